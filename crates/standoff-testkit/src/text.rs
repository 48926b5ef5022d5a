//! Texts that annotators trip over, as strategies for proptest, and standard texts for benches.

use proptest::prelude::*;
use proptest::sample::select;

/// Short texts of each sort. Laws are tried on them before any others, so that what chance might leave out is always seen.
pub const KNOWN: [&str; 12] = [
    "",
    " ",
    "Ann Lee met Bob in Moscow on Friday.",
    "\u{e9}",
    "e\u{301}\u{323} \u{301}",
    "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{202b}12",
    "\u{1f600}",
    "\u{1f469}\u{200d}\u{1f680} \u{1f1ef}\u{1f1f5}",
    "\u{6771}\u{4eac}\u{306f}\u{3002}",
    "a\r\n\r\nb\n",
    "\u{0}",
    "\u{feff}1,000.5",
];

/// Any text: every other strategy here in turn, and mixtures of them.
pub fn any() -> BoxedStrategy<String> {
    let piece = prop_oneof![
        4 => prose(),
        1 => combining(),
        1 => right_to_left(),
        1 => emoji(),
        1 => cjk(),
        1 => line_breaks(),
        1 => controls(),
        1 => numbers(),
        1 => punctuation(),
        1 => "\\PC{0,12}",
        1 => any_characters(),
    ];
    prop_oneof![
        8 => proptest::collection::vec((piece, select(&["", " ", "\n", "\u{a0}", "-"][..])), 0..8)
            .prop_map(|parts| parts.into_iter().map(|(part, gap)| part + gap).collect::<String>()),
        1 => long_line(),
        1 => Just(String::new()),
    ]
    .boxed()
}

/// Sentences as in a newspaper, with names, dates and sums.
pub fn prose() -> BoxedStrategy<String> {
    let subject =
        select(&["Dr. Ann Lee", "The ministry", "Moscow", "Mr. O'Neill", "the U.N.", "Ayşe Yıldız", "She", "Acme Inc.", "It"][..]);
    let verb = select(&["met", "said that", "didn't sign", "is part of", "will visit", "left", "owns"][..]);
    let object =
        select(&["the treaty", "Iturup and Kunashir", "$3.5 million", "Tokyo", "him", "\"no comment\"", "the army", "10,000 people"][..]);
    let when = select(&["", " on Friday", " in late 2016", " on 3 March 2017", " two days ago", " at 9:40 p.m.", " since the 1990s"][..]);
    let end = select(&[".", "!", "?", "...", ".\"", ";", ""][..]);
    (subject, verb, object, when, end).prop_map(|(s, v, o, w, e)| format!("{s} {v} {o}{w}{e}")).boxed()
}

/// Letters with combining marks, composed and not, and marks without a letter.
pub fn combining() -> BoxedStrategy<String> {
    let piece = select(&["é", "e\u{301}", "\u{301}", "ö", "o\u{308}\u{323}", "ẛ\u{323}", "क्षि", "ที่", "각", "가", "i\u{307}", "İ"][..]);
    proptest::collection::vec(piece, 1..8).prop_map(|parts| parts.concat()).boxed()
}

/// Hebrew and Arabic, with marks of direction and digits between.
pub fn right_to_left() -> BoxedStrategy<String> {
    let piece = select(&["שלום", "עולם", "مرحبا", "العالم", "١٢٣", "12", " ", "\u{200f}", "\u{202b}", "\u{202c}", "،", "؟", "مَرْحَبًا"][..]);
    proptest::collection::vec(piece, 1..8).prop_map(|parts| parts.concat()).boxed()
}

/// Emoji: joined, with skin tones, flags, keycaps, and their parts alone.
pub fn emoji() -> BoxedStrategy<String> {
    let piece = select(
        &[
            "😀",
            "👩‍🚀",
            "👨‍👩‍👧‍👦",
            "🏳️‍🌈",
            "🇯🇵",
            "🇯",
            "👍🏽",
            "1️⃣",
            "\u{200d}",
            "\u{fe0f}",
            "☂",
            "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
        ][..],
    );
    proptest::collection::vec(piece, 1..6).prop_map(|parts| parts.concat()).boxed()
}

/// Chinese, Japanese and Korean, without spaces, with wide punctuation.
pub fn cjk() -> BoxedStrategy<String> {
    let piece = select(
        &[
            "東京",
            "は",
            "日本の首都です",
            "。",
            "「",
            "」",
            "北京",
            "中华人民共和国",
            "，",
            "２０１７年",
            "ソウル",
            "서울에서",
            "ﾃｽﾄ",
            "𠮷",
            "々",
        ][..],
    );
    proptest::collection::vec(piece, 1..8).prop_map(|parts| parts.concat()).boxed()
}

/// Line ends of every kind, with white space around them.
pub fn line_breaks() -> BoxedStrategy<String> {
    let piece = select(&["\r\n", "\n", "\r", "\u{2028}", "\u{2029}", "\u{85}", "\u{b}", "\u{c}", " ", "\t", "\n\n", "a", "- "][..]);
    proptest::collection::vec(piece, 1..8).prop_map(|parts| parts.concat()).boxed()
}

/// NUL and other control characters, marks of byte order, soft hyphens, noncharacters.
pub fn controls() -> BoxedStrategy<String> {
    let piece = select(
        &["\u{0}", "\u{1}", "\u{1b}[0m", "\u{7f}", "\u{feff}", "\u{ad}", "\u{200b}", "\u{2060}", "\u{fffd}", "\u{ffff}", "\u{10ffff}", "x"]
            [..],
    );
    proptest::collection::vec(piece, 1..8).prop_map(|parts| parts.concat()).boxed()
}

/// Figures, dates and sums, well formed and not.
pub fn numbers() -> BoxedStrategy<String> {
    let piece = select(
        &[
            "0",
            "12",
            "2017",
            "2017-02-30",
            "31/12/99",
            "1,234.56",
            "1.234,56",
            "99999999999999999999",
            "3rd",
            "5kg",
            "½",
            "10%",
            "-7",
            "€3",
            "25:61",
            "²",
            "Ⅻ",
        ][..],
    );
    proptest::collection::vec(piece, 1..6).prop_map(|parts| parts.join(" ")).boxed()
}

/// Runs of punctuation and symbols, brackets that do not match.
pub fn punctuation() -> BoxedStrategy<String> {
    let piece = select(
        &[
            "(", ")", "[", "]", "\"", "'", "’", "“", "”", "«", "—", "-", "...", "…", "?!", "/", "\\", "@", "#", "&", "*", "_", "|", "a.b",
            "x@y.z",
        ][..],
    );
    proptest::collection::vec(piece, 1..12).prop_map(|parts| parts.concat()).boxed()
}

/// A line of some thousand characters without a break, or without even a space.
pub fn long_line() -> BoxedStrategy<String> {
    let unit = select(&["word ", "a", "A ", "東", "e\u{301}", ". ", "1", "(", "Ann and ", "\u{0}", "😀"][..]);
    (unit, 500usize..1500).prop_map(|(unit, count)| unit.repeat(count)).boxed()
}

/// Any characters at all.
pub fn any_characters() -> BoxedStrategy<String> {
    proptest::collection::vec(proptest::char::any(), 0..16).prop_map(|c| c.into_iter().collect()).boxed()
}

/// A news story, made up, of about 1,500 bytes.
pub const NEWS: &str = include_str!("../data/news.txt");

/// News text of about `bytes` bytes, cut at a character: the story over and over.
#[must_use]
pub fn news(bytes: usize) -> String {
    let mut text = NEWS.repeat(bytes / NEWS.len() + 1);
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text
}
