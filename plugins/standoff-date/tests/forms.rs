//! Dates, lengths and times in every form they are written in: whatever the form, the value is the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod brackets;
mod tagging;

use brackets::unbracket;
use jiff::civil::{Date, Weekday, date};
use standoff_date::{Mode, Settings, Tagger};
use tagging::tag;

const TODAY: &str = "2014-06-18";
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const SHORT: [&str; 12] = ["Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."];
const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// Texts with the expressions in them and their values, and a tagger to check them with.
struct Forms {
    tagger: Tagger,
    wrong: Vec<String>,
    checked: usize,
}

impl Forms {
    fn new(mode: Mode) -> Forms {
        Forms { tagger: Tagger::new(Settings { mode, ..Settings::default() }).unwrap(), wrong: Vec::new(), checked: 0 }
    }

    /// The text holds its expressions in brackets, in the order of their values.
    fn expect(&mut self, marked: &str, values: &[&str]) {
        let (text, spans) = unbracket(marked);
        let found: Vec<(&str, String)> = tag(&self.tagger, &text, Some(TODAY))
            .into_iter()
            .map(|t| (text.get(t.start as usize..t.end as usize).unwrap(), t.value))
            .collect();
        let wanted = spans.iter().zip(values).all(|(span, value)| found.iter().any(|(s, v)| *s == &text[span.clone()] && v == value));
        self.checked += 1;
        if !wanted || spans.len() != values.len() {
            self.wrong.push(format!("{marked:?}: wanted {values:?}, found {found:?}"));
        }
    }

    fn finish(self, at_least: usize) {
        assert!(self.checked >= at_least, "only {} forms", self.checked);
        let shown = self.wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
        assert!(self.wrong.is_empty(), "{} of {} forms are read wrong:\n{shown}", self.wrong.len(), self.checked);
    }
}

fn words(n: i32) -> String {
    match n {
        0..20 => SMALL[n as usize].to_owned(),
        20..100 if n % 10 == 0 => TENS[n as usize / 10].to_owned(),
        20..100 => format!("{}-{}", TENS[n as usize / 10], SMALL[n as usize % 10]),
        _ if n % 100 == 0 => format!("{} hundred", SMALL[n as usize / 100]),
        _ => format!("{} hundred and {}", SMALL[n as usize / 100], words(n % 100)),
    }
}

fn ordinal(n: i32) -> String {
    let suffix = match (n % 100, n % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{n}{suffix}")
}

fn ordinal_words(n: i32) -> String {
    match n {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        5 => "fifth".to_owned(),
        8 => "eighth".to_owned(),
        9 => "ninth".to_owned(),
        12 => "twelfth".to_owned(),
        20 | 30 => format!("{}ieth", TENS[n as usize / 10].trim_end_matches('y')),
        21.. => format!("{}-{}", TENS[n as usize / 10], ordinal_words(n % 10)),
        _ => format!("{}th", SMALL[n as usize]),
    }
}

fn weekday(day: Date) -> String {
    day.strftime("%A").to_string()
}

/// Days from two hundred years, one in seven of each month.
fn days() -> impl Iterator<Item = Date> {
    let years = [1789i16, 1945, 1999, 2000, 2008, 2013];
    years.into_iter().flat_map(|y| (0..52).map(move |n| date(y, 1, 1).saturating_add(jiff::Span::new().days(n * 7 + n % 5))))
}

fn day_forms(day: Date) -> Vec<String> {
    let (y, m, d, w) = (day.year(), day.month(), i32::from(day.day()), weekday(day));
    let (long, short) = (MONTHS[m as usize - 1], SHORT[m as usize - 1]);
    let abbreviated = &long[..3];
    let (nth, nth_word) = (ordinal(d), ordinal_words(d));
    vec![
        format!("{long} {d}, {y}"),
        format!("{d} {long} {y}"),
        format!("{short} {d}, {y}"),
        format!("{d} {abbreviated} {y}"),
        format!("{long} {nth}, {y}"),
        format!("{nth} {long} {y}"),
        format!("the {nth} of {long} {y}"),
        format!("the {nth} of {long}, {y}"),
        format!("{nth} of {long} {y}"),
        format!("{y}-{m:02}-{d:02}"),
        format!("{y}/{m:02}/{d:02}"),
        format!("{d}-{abbreviated}-{y}"),
        format!("{d:02} {abbreviated} {y}"),
        format!("{long} {nth_word}, {y}"),
        format!("the {nth_word} of {long}, {y}"),
        format!("{w}, {long} {d}, {y}"),
        format!("{w} {d} {long} {y}"),
        format!("{}, {d} {abbreviated} {y}", &w[..3]),
        format!("{y} {long} {d}"),
        format!("{} {d}, {y}", long.to_uppercase()),
        format!("{d}. {long} {y}"),
    ]
}

/// Reads each of the days in every form, in a sentence that holds `[]` for it.
fn read_days(mode: Mode, days: impl Iterator<Item = Date>, sentence: &str, at_least: usize) {
    let mut forms = Forms::new(mode);
    for day in days {
        for form in day_forms(day) {
            forms.expect(&sentence.replace("[]", &format!("[{form}]")), &[&day.to_string()]);
        }
    }
    forms.finish(at_least);
}

#[test]
fn a_day_is_the_same_in_every_form() {
    for mode in [Mode::News, Mode::Narrative, Mode::Post] {
        read_days(mode, days(), "He was born on [] in Rome.", 6000);
    }
}

#[test]
fn messages_read_a_day_alike() {
    read_days(Mode::Colloquial, days().step_by(3), "see []", 2000);
}

#[test]
fn a_length_is_the_same_in_digits_and_words() {
    let mut forms = Forms::new(Mode::News);
    let units = [("second", "PT", "S"), ("minute", "PT", "M"), ("hour", "PT", "H"), ("day", "P", "D"), ("week", "P", "W")];
    for (unit, before, after) in units.into_iter().chain([("month", "P", "M"), ("year", "P", "Y")]) {
        for n in (1..130).chain([200, 365]) {
            let value = format!("{before}{n}{after}");
            let s = if n == 1 { "" } else { "s" };
            for number in [n.to_string(), words(n), words(n).replace('-', " ")] {
                forms.expect(&format!("It lasted [{number} {unit}{s}]."), &[&value]);
                forms.expect(&format!("a [{number}-{unit}] project"), &[&value]);
                forms.expect(&format!("It lasted [about {number} {unit}{s}]."), &[&value]);
            }
        }
    }
    forms.finish(8000);
}

#[test]
fn so_long_ago_is_counted_from_the_document() {
    let mut forms = Forms::new(Mode::News);
    let today = date(2014, 6, 18);
    let back = |span: jiff::Span| today.saturating_sub(span);
    for n in 1..40i32 {
        for number in [n.to_string(), words(n)] {
            let s = if n == 1 { "" } else { "s" };
            let (day, week) = (back(jiff::Span::new().days(n)), back(jiff::Span::new().weeks(n)).iso_week_date());
            let month = back(jiff::Span::new().months(n));
            forms.expect(&format!("He left [{number} day{s} ago]."), &[&day.to_string()]);
            forms.expect(&format!("He left [{number} week{s} ago]."), &[&format!("{}-W{:02}", week.year(), week.week())]);
            forms.expect(&format!("He left [{number} month{s} ago]."), &[&format!("{}-{:02}", month.year(), month.month())]);
            forms.expect(&format!("He left [{number} year{s} ago]."), &[&(2014 - n).to_string()]);
            let ahead = today.saturating_add(jiff::Span::new().days(n));
            forms.expect(&format!("He will leave [{number} day{s} from now]."), &[&ahead.to_string()]);
        }
    }
    forms.finish(390);
}

#[test]
fn a_time_is_the_same_in_every_form() {
    let mut forms = Forms::new(Mode::News);
    for hour in 0..24 {
        let (twelve, half) = ((hour + 11) % 12 + 1, if hour < 12 { "a.m." } else { "p.m." });
        let bare = half.replace('.', "");
        for minute in [0, 5, 15, 30, 45, 59] {
            let value = format!("{TODAY}T{hour:02}:{minute:02}");
            let clocks = [
                format!("{twelve}:{minute:02} {half}"),
                format!("{twelve}:{minute:02} {bare}"),
                format!("{twelve}:{minute:02}{bare}"),
                format!("{twelve}.{minute:02}{bare}"),
                format!("{twelve}:{minute:02} {}", bare.to_uppercase()),
                format!("{hour:02}:{minute:02}"),
                format!("{hour:02}:{minute:02} hours"),
                format!("{hour:02}{minute:02} hours"),
            ];
            for clock in clocks {
                forms.expect(&format!("It begins at [{clock}] and ends soon."), &[&value]);
            }
            forms.expect(&format!("It begins at [{hour:02}:{minute:02}:07] and ends soon."), &[&format!("{value}:07")]);
            for clock in [format!("{hour:02}:{minute:02} GMT"), format!("{hour:02}{minute:02} GMT")] {
                forms.expect(&format!("It begins at [{clock}] and ends soon."), &[&format!("{value}Z")]);
            }
        }
        for clock in [format!("{twelve} {half}"), format!("{twelve}{bare}"), format!("{twelve} {bare}")] {
            forms.expect(&format!("It begins at [{clock}] and ends soon."), &[&format!("{TODAY}T{hour:02}:00")]);
        }
    }
    for (hour, part, later) in [(4, "in the morning", 0), (4, "in the afternoon", 12), (7, "in the evening", 12), (10, "at night", 12)] {
        for number in [hour.to_string(), words(hour)] {
            let at = hour + later;
            for (clock, h, m) in [
                (format!("{number} o'clock"), at, 0),
                (format!("half past {number}"), at, 30),
                (format!("a quarter past {number}"), at, 15),
                (format!("quarter to {number}"), at - 1, 45),
                (format!("ten past {number}"), at, 10),
                (format!("twenty to {number}"), at - 1, 40),
            ] {
                forms.expect(&format!("It begins at [{clock} {part}]."), &[&format!("{TODAY}T{h:02}:{m:02}")]);
            }
        }
    }
    forms.finish(1600);
}

#[test]
fn ends_of_a_range_share_what_one_of_them_says() {
    let mut forms = Forms::new(Mode::News);
    for (m, month) in (1..).zip(MONTHS) {
        for (a, b) in [(2, 5), (11, 13), (21, 28)] {
            let (from, to) = (format!("1998-{m:02}-{a:02}"), format!("1998-{m:02}-{b:02}"));
            for text in [
                format!("It was held from [{month} {a}] to [{month} {b}, 1998]."),
                format!("It was held from [{a}] to [{b} {month} 1998]."),
                format!("It was held [{month} {a}]-[{b}, 1998]."),
                format!("It was held on [{a}]–[{b} {month} 1998]."),
                format!("It was held between [{month} {a}] and [{b}, 1998]."),
                format!("It was held on [{month} {a}] and [{b}, 1998]."),
                format!("It was held on [{a}] and [{b} {month} 1998]."),
            ] {
                forms.expect(&text, &[&from, &to]);
            }
        }
    }
    for (a, b) in [("1914", "1918"), ("1998", "2001"), ("2003", "2013")] {
        for text in ["between [A] and [B]", "from [A] to [B]", "from [A] until [B]", "in [A]-[B]", "in [A]–[B]", "from [A] through [B]"] {
            forms.expect(&format!("He lived there {}.", text.replace('A', a).replace('B', b)), &[a, b]);
        }
    }
    forms.finish(260);
}

#[test]
fn weekdays_of_a_month_are_counted() {
    let mut forms = Forms::new(Mode::News);
    for (m, month) in (1i8..).zip(MONTHS) {
        for of_week in [Weekday::Monday, Weekday::Wednesday, Weekday::Sunday] {
            for (n, ordinal) in [(1i8, "first"), (2, "second"), (3, "3rd"), (4, "fourth"), (-1, "last")] {
                let day = date(2015, m, 1).nth_weekday_of_month(n, of_week).unwrap();
                forms.expect(&format!("It was held on [the {ordinal} {} of {month} 2015].", weekday(day)), &[&day.to_string()]);
            }
        }
    }
    forms.finish(180);
}

#[test]
fn centuries_decades_and_quarters() {
    let mut forms = Forms::new(Mode::News);
    for n in 1..22 {
        for number in [ordinal(n), ordinal_words(n)] {
            forms.expect(&format!("It was built in [the {number} century]."), &[&format!("{:02}", n - 1)]);
            forms.expect(&format!("It was built in [the {number} century BC]."), &[&format!("BC{:02}", n - 1)]);
        }
    }
    for decade in 190..202 {
        for form in [format!("the {decade}0s"), format!("the late {decade}0s"), format!("the mid-{decade}0s"), format!("the {decade}0's")] {
            forms.expect(&format!("It was built in [{form}]."), &[&decade.to_string()]);
        }
    }
    for (q, name) in (1..).zip(["first", "second", "third", "fourth"]) {
        for form in [
            format!("the {name} quarter of 2013"),
            format!("{name} quarter 2013"),
            format!("Q{q} 2013"),
            format!("2013 Q{q}"),
            format!("{q}Q 2013"),
            format!("2013's {name} quarter"),
            format!("the {} quarter of 2013", ordinal(q)),
            format!("the 2013 {name} quarter"),
        ] {
            forms.expect(&format!("Sales rose in [{form}]."), &[&format!("2013-Q{q}")]);
        }
    }
    forms.finish(160);
}
