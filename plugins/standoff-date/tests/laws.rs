//! What holds for any text, date and settings.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod tagging;

use std::sync::LazyLock;

use proptest::prelude::*;
use standoff_date::{Mode, Settings, Tagger, Timex, TokenSpan, interval_of};
use tagging::tag;

static NEWS: LazyLock<Tagger> = LazyLock::new(|| tagger(Mode::News));
static NARRATIVE: LazyLock<Tagger> = LazyLock::new(|| tagger(Mode::Narrative));
static COLLOQUIAL: LazyLock<Tagger> = LazyLock::new(|| tagger(Mode::Colloquial));
static POST: LazyLock<Tagger> = LazyLock::new(|| tagger(Mode::Post));

fn tagger(mode: Mode) -> Tagger {
    Tagger::new(Settings { mode, ..Settings::default() }).unwrap()
}

/// Words that expressions are made of, so that random texts are full of them.
fn temporal_text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "last",
        "next",
        "this",
        "the",
        "of",
        "in",
        "on",
        "at",
        "a",
        "two",
        "three",
        "20",
        "5",
        "31",
        "1990",
        "2016",
        "'98",
        "May",
        "March",
        "Feb.",
        "June",
        "Monday",
        "Sunday",
        "week",
        "weeks",
        "month",
        "year",
        "years",
        "decades",
        "ago",
        "later",
        "earlier",
        "early",
        "late",
        "end",
        "summer",
        "winter",
        "quarter",
        "third",
        "first",
        "today",
        "yesterday",
        "tomorrow",
        "noon",
        "midnight",
        "3 pm",
        "14:30",
        "2017-03-20",
        "3/4/2015",
        "27:61",
        "31 February",
        "BC",
        "century",
        "20th",
        "every",
        "each",
        "from",
        "to",
        "-",
        "–",
        ",",
        ".",
        "between",
        "and",
        "half",
        "now",
        "Christmas",
        "Easter",
        "Ramadan",
        "Diwali",
        "about",
        "more than",
        "morning",
        "night",
        "will",
        "was",
        "held",
        "fiscal",
        "1st",
    ]);
    (prop::collection::vec(word, 1..14)).prop_map(|words| words.join(" "))
}

/// Sentences in the past and the future with an expression that is counted from the document's date in days or weeks.
fn relative_text() -> impl Strategy<Value = String> {
    let pick = |words: &'static [&'static str]| prop::sample::select(words);
    let weekday = || pick(&["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]);
    let part = || pick(&["", "", " morning", " afternoon", " evening", " night", " at noon", " at 3 pm", " at 14:30"]);
    let expression = prop_oneof![
        (pick(&["on ", "last ", "next ", "this ", "on the following ", "on the previous "]), weekday(), part())
            .prop_map(|(which, day, part)| format!("{which}{day}{part}")),
        (pick(&["today", "yesterday", "tomorrow"]), part()).prop_map(|(day, part)| format!("{day}{part}")),
        pick(&["the day before yesterday", "the day after tomorrow", "the week before last", "the week after next"])
            .prop_map(str::to_owned),
        (2u32..40, pick(&["days", "weeks", "hours"]), pick(&["ago", "from now"])).prop_map(|(n, unit, side)| format!("{n} {unit} {side}")),
        (pick(&["last", "this", "next"]), pick(&["week", "weekend"])).prop_map(|(which, unit)| format!("{which} {unit}")),
        (weekday(), pick(&["last", "this", "next"])).prop_map(|(day, which)| format!("on {day} of {which} week")),
        (weekday(), weekday()).prop_map(|(from, to)| format!("from {from} to {to}")),
        (pick(&["early", "late", "later"]), pick(&["this", "next", "last"])).prop_map(|(edge, which)| format!("{edge} {which} week")),
        (pick(&["in the past", "over the next"]), 2u32..20, pick(&["days", "weeks"]))
            .prop_map(|(side, n, unit)| format!("{side} {n} {unit}")),
    ];
    let verb = pick(&[
        "They met",
        "Talks were held",
        "They will meet",
        "The summit ends",
        "The vote is set to be held",
        "It had rained",
        "Call me",
    ]);
    (verb, expression).prop_map(|(verb, expression)| format!("{verb} {expression}."))
}

fn check(text: &str, found: &[Timex]) -> Result<(), TestCaseError> {
    let mut last = 0;
    for timex in found {
        prop_assert!(timex.start >= last && timex.start < timex.end, "{timex:?} overlaps or is empty in {text:?}");
        prop_assert!(text.get(timex.start as usize..timex.end as usize).is_some());
        last = timex.end;
        prop_assert!(!timex.value.is_empty());
        if let Some(interval) = timex.interval {
            if let (Some(start), Some(end)) = (interval.start, interval.end) {
                prop_assert!(start < end, "{timex:?} in {text:?}");
            }
            if timex.kind == "DATE" || timex.kind == "TIME" {
                prop_assert_eq!(interval_of(&timex.value), Some(interval), "{:?} in {:?}", timex, text);
            }
        } else if timex.kind == "DATE" || timex.kind == "TIME" {
            // What denotes no interval says so by X, by a reference or by open ends that contradict each other.
            prop_assert!(
                timex.value.contains('X') || timex.value.ends_with("_REF") || timex.value.contains('/') || timex.value.starts_with('P'),
                "{timex:?} in {text:?}"
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_sound_rows(text in "\\PC{0,200}") {
        for tagger in [&*NEWS, &*NARRATIVE, &*COLLOQUIAL, &*POST] {
            check(&text, &tag(tagger, &text, Some("2017-03-20")))?;
        }
    }

    #[test]
    fn values_parse_back(text in temporal_text(), year in 1i32..9998, month in 1i32..13, day in 1i32..29) {
        let date = format!("{year:04}-{month:02}-{day:02}");
        for tagger in [&*NEWS, &*NARRATIVE, &*COLLOQUIAL, &*POST] {
            check(&text, &tag(tagger, &text, Some(&date)))?;
            check(&text, &tag(tagger, &text, None))?;
        }
    }

    #[test]
    fn a_week_later_everything_relative_is_a_week_later(text in relative_text(), weeks in 0i64..3000, day in 0i64..7, hour in prop::option::of(0i8..24)) {
        let first = jiff::civil::date(1950, 1, 2).checked_add(jiff::Span::new().days(7 * weeks + day)).unwrap();
        let second = first.checked_add(jiff::Span::new().weeks(1)).unwrap();
        let written = |date: jiff::civil::Date| match hour {
            Some(hour) => format!("{date}T{hour:02}:30"),
            None => date.to_string(),
        };
        for tagger in [&*NEWS, &*COLLOQUIAL, &*POST] {
            let one = tag(tagger, &text, Some(&written(first)));
            let two = tag(tagger, &text, Some(&written(second)));
            prop_assert!(!one.is_empty(), "nothing in {text:?}");
            prop_assert_eq!(one.len(), two.len(), "{:?}", text);
            let later = |at: jiff::civil::DateTime| at.checked_add(jiff::Span::new().weeks(1)).unwrap();
            for (a, b) in one.iter().zip(&two) {
                prop_assert_eq!((a.start, a.end, a.kind), (b.start, b.end, b.kind), "{:?}", text);
                match (a.interval, b.interval) {
                    (Some(x), Some(y)) => prop_assert_eq!((x.start.map(later), x.end.map(later)), (y.start, y.end), "{:?}: {:?}", text, a),
                    (None, None) => prop_assert_eq!(&a.value, &b.value, "{:?}", text),
                    _ => prop_assert!(false, "{text:?}: {a:?}, {b:?}"),
                }
            }
        }
    }

    #[test]
    fn the_clock_is_never_asked(text in temporal_text()) {
        // Without a document's date the same text gives the same values, and nothing of today's year by itself.
        let found = tag(&NEWS, &text, None);
        prop_assert_eq!(&found, &tag(&NEWS, &text, None));
    }

    #[test]
    fn every_day_of_the_calendar_is_read(day in 0i32..3_600_000) {
        // Days of the years 1 to 9999, written out.
        let date = jiff::civil::date(1, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
        if date.year() >= 1000 && date.year() < 3000 {
            let found = tag(&NEWS, &format!("It happened on {date}."), None);
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!(&found[0].value, &date.to_string());
        }
        prop_assert!(interval_of(&date.to_string()).is_some());
    }
}

#[test]
fn hostile_texts_take_linear_time() {
    // A megabyte each; the bound is generous, a quadratic reading would take hours.
    let texts = [
        "monday ".repeat(150_000),
        "1.1.1.".repeat(150_000),
        "1".repeat(1_000_000),
        "1 ".repeat(500_000),
        "1/".repeat(500_000),
        "from monday to ".repeat(70_000),
        "the last ".repeat(110_000),
        "the first week of the first week of ".repeat(28_000),
        "two years and ".repeat(70_000),
        "3:".repeat(500_000),
        "(May (June ".repeat(90_000),
        "a ".repeat(500_000),
        "next ".repeat(200_000),
        "two days later ".repeat(70_000),
        "from 1 to 2 from 3 to ".repeat(45_000),
        "1-feb-".repeat(160_000),
        "will due to was to friday ".repeat(40_000),
        "day 20170320 ".repeat(75_000),
        "May 3, 1989 and May 4 in the third quarter, ".repeat(23_000),
    ];
    for tagger in [&*NEWS, &*COLLOQUIAL, &*POST] {
        for text in &texts {
            // One token a run, so that the tokeniser's own time does not count.
            let tokens: Vec<TokenSpan> = text
                .split_inclusive(' ')
                .scan(0u32, |at, piece| {
                    let start = *at;
                    *at += piece.len() as u32;
                    Some((start, start + piece.trim_end().len() as u32))
                })
                .collect();
            let half: Vec<TokenSpan> = tokens.iter().copied().filter(|t| (t.1 as usize) < text.len() / 2).collect();
            let time = |tokens: &[TokenSpan]| {
                let start = std::time::Instant::now();
                let found = tagger.tag(text, tokens, &[], Some("2017-03-20"));
                (start.elapsed().as_secs_f64(), found.len())
            };
            let (short, _) = time(&half);
            let (long, _) = time(&tokens);
            assert!(long < 60.0, "{:?}… took {long} s", &text[..30]);
            assert!(tokens.len() == 1 || long < 8.0 * short + 1.0, "{:?}…: half took {short} s, all {long} s", &text[..30]);
        }
    }
}

#[test]
fn nonsense_is_never_wrapped() {
    for text in ["31 February 2015", "on 2015-02-30", "at 27:15", "June 31", "13/32/2015", "February 29, 2023"] {
        for timex in tag(&NEWS, text, Some("2017-03-20")) {
            assert!(!timex.value.contains("-03-0") && !timex.value.contains("T03"), "{text}: {timex:?}");
        }
    }
}
