//! What holds for any text and options: nothing is lost, spans lie on character boundaries, time grows with length, and
//! threads make no difference.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use standoff_tokenizer::{Convention, Hyphens, Newlines, Options, Segmenter, Segments, Sentences, Spans};

static SEGMENTERS: LazyLock<Vec<Segmenter>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for convention in [Convention::Ud, Convention::Uax29, Convention::Whitespace] {
        for sentences in [Sentences::Learnt, Sentences::Rules] {
            for (hyphens, newlines) in
                [(Hyphens::Split, Newlines::Auto), (Hyphens::Keep, Newlines::Space), (Hyphens::Split, Newlines::Sentence)]
            {
                all.push(Segmenter::new(&Options { convention, sentences, hyphens, newlines, abbreviations: Vec::new() }));
            }
        }
    }
    all
});

fn segment(segmenter: &Segmenter, text: &str, language: Option<&str>) -> Segments {
    let mut segments = Segments::default();
    segmenter.segment_as(text, language, &mut segments);
    segments
}

/// White space as the tokeniser sees it: control characters, the byte order mark and the zero-width space are such.
fn is_blank(gap: &str) -> bool {
    gap.chars().all(|c| c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}' | '\u{feff}'))
}

/// Spans follow one another on character boundaries, and with the white space between them give the text back.
fn covers(text: &str, spans: &Spans) -> Result<(), TestCaseError> {
    let (mut reached, mut back) = (0, String::new());
    for (start, end) in spans.iter() {
        let (start, end) = (start as usize, end as usize);
        prop_assert!(start >= reached && end > start, "{start}..{end} behind {reached} in {text:?}");
        let (gap, span) = (text.get(reached..start), text.get(start..end));
        prop_assert!(gap.is_some_and(is_blank), "{gap:?} is in no span of {text:?}");
        prop_assert!(span.is_some_and(|span| !is_blank(span)), "{span:?} is white space, in {text:?}");
        back.push_str(gap.unwrap());
        back.push_str(span.unwrap());
        reached = end;
    }
    let rest = text.get(reached..);
    prop_assert!(rest.is_some_and(is_blank), "{rest:?} is in no span of {text:?}");
    back.push_str(rest.unwrap());
    prop_assert_eq!(back, text);
    Ok(())
}

fn sound(text: &str) -> Result<(), TestCaseError> {
    for segmenter in SEGMENTERS.iter() {
        for language in [None, Some("en"), Some("ja")] {
            let found = segment(segmenter, text, language);
            prop_assert_eq!(found.tokens.len(), found.categories.len());
            for spans in [&found.tokens, &found.sentences, &found.paragraphs] {
                covers(text, spans)?;
            }
            let among = |spans: &Spans, inner: &Spans| inner.end.iter().all(|end| spans.end.binary_search(end).is_ok());
            prop_assert!(among(&found.tokens, &found.sentences), "a sentence ends within a token of {text:?}");
        }
    }
    Ok(())
}

/// Pieces that make the tokeniser decide something.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "Mr.",
        "U.S.",
        "a.m.",
        "J.",
        "e.g.",
        "No.",
        "don't",
        "can't",
        "'s",
        "’",
        "'",
        "\"",
        "“",
        "”",
        "(",
        ")",
        "[13]",
        "[...]",
        "...",
        "…",
        ". . .",
        ".",
        "!",
        "?",
        "?!",
        "-",
        "--",
        "—",
        "/",
        "\\",
        "@",
        "#",
        "&",
        "_",
        "*",
        "$",
        "€",
        "5",
        "5kg",
        "3.5",
        "1,200",
        "10:30pm",
        "12/26/2000",
        "http://",
        "www.",
        "a.com",
        "a@b.org",
        ":-)",
        "<3",
        "😀",
        "👩‍👩‍👧",
        "🇳🇴",
        "\u{301}",
        "\u{200d}",
        "\u{200b}",
        "\u{feff}",
        "\0",
        "東京",
        "ไทย",
        "Ёж",
        "г.",
        "«",
        "»",
        "。",
        "؟",
        "The",
        "the",
        "He",
        "HE",
        "I",
        " ",
        " ",
        " ",
        "\n",
        "\r\n",
        "\n\n",
        "\t",
        "\u{2029}",
        "\u{85}",
        "•",
        "1.",
        "a)",
        "=",
        "e\u{301}",
        "ﬁ",
        "½",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_of_any_text(text in any::<String>()) {
        sound(&text)?;
    }

    #[test]
    fn nothing_is_lost_of_what_tempts(text in pieces()) {
        sound(&text)?;
    }

    #[test]
    fn paragraphs_do_not_see_one_another(first in pieces(), second in pieces()) {
        let segmenter = &SEGMENTERS[0];
        let both = segment(segmenter, &format!("{first}\n\n{second}"), None);
        let (one, two) = (segment(segmenter, &first, None), segment(segmenter, &second, None));
        let shift = first.len() as u32 + 2;
        let moved = |a: &Spans, b: &Spans| a.iter().chain(b.iter().map(|(s, e)| (s + shift, e + shift))).collect::<Vec<_>>();
        prop_assert_eq!(both.tokens.iter().collect::<Vec<_>>(), moved(&one.tokens, &two.tokens));
        prop_assert_eq!(both.sentences.iter().collect::<Vec<_>>(), moved(&one.sentences, &two.sentences));
    }
}

#[test]
fn neither_names_nor_brackets_are_seen_from_the_next_paragraph() {
    let segmenter = &SEGMENTERS[0];
    for (first, second) in [("He", "I. . .Mr."), ("(", "5=)'s")] {
        let both = segment(segmenter, &format!("{first}\n\n{second}"), None);
        let shift = first.len() as u32 + 2;
        let moved: Vec<_> = segment(segmenter, second, None).tokens.iter().map(|(s, e)| (s + shift, e + shift)).collect();
        assert_eq!(both.tokens.iter().skip(1).collect::<Vec<_>>(), moved, "{second}");
    }
}

#[test]
fn threads_make_no_difference() {
    let text = standoff_testkit::text::NEWS.repeat(20);
    let segmenter = Segmenter::default();
    let alone = segment(&segmenter, &text, None);
    // Each thread takes other texts before the one that is compared, with buffers that it keeps.
    let found: Vec<Segments> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..8)
            .map(|nth| {
                let (segmenter, text) = (&segmenter, &text);
                scope.spawn(move || {
                    let mut segments = Segments::default();
                    for cut in (0..=nth).filter(|cut| text.is_char_boundary(*cut * 100)) {
                        segmenter.segment(&text[cut * 100..], &mut segments);
                    }
                    segmenter.segment(text, &mut segments);
                    segments
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    assert!(found.iter().all(|segments| *segments == alone));
}

/// A text of so many megabytes; `STANDOFF_LAWS_MB=100` makes the lines longer than a debug build likes.
fn megabytes(unit: &str) -> String {
    let megabytes = std::env::var("STANDOFF_LAWS_MB").ok().and_then(|n| n.parse().ok()).unwrap_or(1usize);
    unit.repeat((megabytes << 20) / unit.len())
}

#[test]
fn time_grows_with_length_alone() {
    let units = [
        "The pier fell. ",
        "word ",
        "word",
        "a.",
        ".",
        "(",
        ")",
        "\"",
        "'",
        "`",
        "e\u{301}",
        "\u{301}",
        "-",
        "- ",
        "1.",
        "1,",
        "1/",
        "a@",
        "http://",
        "www.",
        "#",
        "😀\u{200d}",
        "🇳",
        "[1] ",
        ". . . ",
        "Mr. ",
        "J. ",
        "etc. ",
        "I ",
        "\n",
        "a\n",
        "\u{200b}",
        "東",
        "ไ",
        "1) ",
        "• ",
        "_",
        "a-",
        "a'",
        "A&",
        ":-",
        "$",
        "?!",
        "a/b",
        "\u{2029}",
        " ",
        "«",
        "a.com/",
        "a+",
        "\0",
    ];
    let segmenter = Segmenter::default();
    let time = |text: &str, segments: &mut Segments| {
        let start = Instant::now();
        segmenter.segment(text, segments);
        start.elapsed()
    };
    let mut segments = Segments::default();
    for unit in units {
        let long = megabytes(unit);
        let mut middle = long.len() / 8;
        while !long.is_char_boundary(middle) {
            middle += 1;
        }
        // The fastest of some runs, for other work on the machine can make any of them look slow; and again if need be.
        let limit = |short: Duration| short.max(Duration::from_millis(2)) * 32;
        let mut short = (0..3).map(|_| time(&long[..middle], &mut segments)).min().unwrap();
        let mut whole = time(&long, &mut segments);
        for _ in 0..6 {
            if whole < limit(short) {
                break;
            }
            short = short.max(time(&long[..middle], &mut segments));
            whole = whole.min(time(&long, &mut segments));
        }
        assert!(whole < limit(short), "{unit:?}: {short:?} for {middle} bytes, {whole:?} for {}", long.len());
    }
}
