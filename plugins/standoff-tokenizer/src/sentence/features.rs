//! What the classifier sees of a gap between two tokens: hashed features of the words around it, of the sentence so far
//! and of the paragraph.
//!
//! Everything is bounded: a gap costs the same however long the sentence or paragraph is.

use super::Paragraph;
use super::rules::End;
use super::vocabulary::Vocabulary;
use crate::kind::Category;
use crate::swar;

/// The features of the classifier are hashes of this many bits.
pub(crate) const BITS: u32 = 17;

/// The features of the gate are hashes of this many bits.
pub(crate) const GATE_BITS: u32 = 14;

/// How many tokens back the sentence so far is looked at.
const WINDOW: usize = 24;

/// What stands between two tokens, and what the rules make of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gap {
    /// The token before the gap.
    pub(crate) last: usize,
    /// The first token of the sentence so far.
    pub(crate) first: usize,
    /// The sign at the end of the sentence so far, if it ends with one.
    pub(crate) end: Option<End>,
    /// Whether the rules end the sentence here.
    pub(crate) rule: bool,
}

/// A word near the gap, with all that is asked of it.
#[derive(Clone, Copy)]
struct Word {
    /// A hash of the word in lower case.
    word: u64,
    /// Category, case and length.
    shape: u64,
    /// What the vocabulary says of it.
    class: u64,
    /// Its first eight bytes in lower case.
    low: u64,
    /// Its last three in lower case.
    suffix: u64,
    len: usize,
}

impl Word {
    /// What lies outside the paragraph.
    const NONE: Word = Word { word: 0, shape: 63, class: Vocabulary::NO_WORD, low: 0, suffix: 0, len: 0 };

    #[inline(always)]
    fn at(paragraph: &Paragraph<'_>, vocabulary: &Vocabulary, token: usize) -> Word {
        let (Some(category), Some((start, len))) = (paragraph.category(token), place_of(paragraph, token)) else {
            return Word::NONE;
        };
        let (low, tail) = ends_of(paragraph.bytes, start, len);
        let word = hash_of(low, tail, len);
        let class = if category.is_word() { vocabulary.class(word) } else { Vocabulary::NO_WORD };
        let suffix = if len > 8 { tail >> 40 } else { low >> (8 * len.saturating_sub(3)) };
        Word { word, shape: shape(paragraph, token), class, low, suffix, len }
    }

    /// The category as a number.
    fn category(&self) -> u64 {
        self.shape & 63
    }
}

/// Category, case and length of a token; 63 outside the paragraph.
#[inline]
fn shape(paragraph: &Paragraph<'_>, token: usize) -> u64 {
    let (Some(category), Some((start, len))) = (paragraph.category(token), place_of(paragraph, token)) else { return 63 };
    // No bit of the small case in the first bytes: a word in capitals.
    let head = swar::head(swar::load(paragraph.bytes, start), len);
    let capitals = category == Category::Capital && len > 1 && head & swar::SMALL == 0;
    let length = if category.is_word() { len.min(4) } else { 0 };
    category as u64 | u64::from(capitals) << 6 | (length as u64) << 7
}

/// Where a token begins and how long it is, in bytes; `None` outside the paragraph.
#[inline]
fn place_of(paragraph: &Paragraph<'_>, token: usize) -> Option<(usize, usize)> {
    match (paragraph.start.get(token), paragraph.end.get(token)) {
        (Some(&start), Some(&end)) => Some((start as usize, (end - start) as usize)),
        _ => None,
    }
}

/// The hash of a token, 0 outside the paragraph.
#[inline]
fn hash(paragraph: &Paragraph<'_>, token: usize) -> u64 {
    place_of(paragraph, token).map_or(0, |(start, len)| word_hash(paragraph.bytes, start, len))
}

/// The bytes of the ellipsis in one character, and three points, both as if they were letters in lower case.
const ELLIPSIS: u64 = 0xa6_a0_e2;
const POINTS: u64 = 0x2e_2e_2e;

/// A hash of a word in lower case: its first and last eight bytes and its length.
#[inline]
pub(crate) fn word_hash(text: &[u8], start: usize, len: usize) -> u64 {
    let (low, tail) = ends_of(text, start, len);
    hash_of(low, tail, len)
}

/// The first eight bytes of a word in lower case and, if it has more, the last eight.
#[inline]
fn ends_of(text: &[u8], start: usize, len: usize) -> (u64, u64) {
    let low = swar::lower_case(swar::load(text, start), len);
    (low, if len > 8 { swar::lower_case(swar::load(text, start + len - 8), 8) } else { 0 })
}

#[inline]
fn hash_of(low: u64, tail: u64, len: usize) -> u64 {
    mix(if low == ELLIPSIS { POINTS } else { low }, tail ^ len as u64)
}

#[inline]
fn mix(a: u64, b: u64) -> u64 {
    let product = (a ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(b.rotate_left(29) ^ 0xd6e8_feb8_6659_fd93);
    product ^ product >> 32
}

/// The feature of a key: the high bits of a product, which depend on all bits of the key.
#[inline]
fn place<const BITS: u32>(key: u64) -> u32 {
    (key.wrapping_mul(0xd6e8_feb8_6659_fd93) >> (64 - BITS)) as u32
}

/// Hands each feature of a gap to `see`.
#[inline]
pub(crate) fn features(paragraph: &Paragraph<'_>, vocabulary: &Vocabulary, gap: Gap, mut see: impl FnMut(u32)) {
    let Gap { last, first, end, rule } = gap;
    let next = last + 1;
    // The word or sign before the gap and the one before it, those behind it.
    let sign = end.map_or(last, |end| end.sign);
    let word = |token: usize| Word::at(paragraph, vocabulary, token);
    let (p1, w0, n1, n2) = (sign.checked_sub(1).map_or(Word::NONE, word), word(sign), word(next), word(next + 1));
    let p2_shape = sign.checked_sub(2).map_or(63, |token| shape(paragraph, token));
    let kind = end.map_or(0, |end| 1 | u64::from(end.quoted) << 1 | u64::from(end.bracketed) << 2 | (end.stops.min(5) as u64) << 3);
    let context = kind | u64::from(rule) << 6 | u64::from(paragraph.is_spaced(next)) << 7;
    let context = context.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let pair = w0.category() | n1.category() << 6;
    // Whether a word begins sentences more often than names, by a filter that is rarely wrong.
    let capital = n1.category() == Category::Capital as u64 && n1.len <= 8;
    let starter = u64::from(capital && paragraph.lexicon.maybe_starter(n1.low));
    // Each feature has its own number, so that equal keys of different features are different features.
    let mut key = |number: u64, a: u64, b: u64| {
        see(place::<BITS>(a ^ context ^ number << 57 ^ b.rotate_left(33)));
    };
    key(1, pair, 0);
    key(2, w0.word, 0);
    key(3, n2.word, pair);
    key(4, hash(paragraph, first), pair);
    key(5, n1.shape | n2.shape << 16, shape(paragraph, next + 2));
    key(6, p2_shape | p1.shape << 16, w0.shape);
    key(7, n1.suffix, pair);
    key(8, so_far(paragraph, first, last), pair);
    key(9, n1.word, paragraph.density());
    key(10, w0.class | n1.class << 3 | n2.class << 6 | p1.class << 9, w0.shape | n1.shape << 16);
    key(11, n1.class, pair | n2.shape << 16);
    key(12, w0.word, n1.class);
    key(13, starter | p1.shape << 1, n1.shape);
}

/// Hands the features that the gate looks at to `see`: the words and categories right at the gap.
#[inline]
pub(crate) fn near(paragraph: &Paragraph<'_>, vocabulary: &Vocabulary, gap: Gap, mut see: impl FnMut(u32)) {
    let next = gap.last + 1;
    let (sign, before) = match gap.end {
        Some(end) => (paragraph.categories[end.sign] as u64, end.sign.saturating_sub(1)),
        None => (63, gap.last),
    };
    let kind = gap.end.map_or(0, |end| 1 | u64::from(end.last > end.sign) << 1 | u64::from(gap.rule) << 2 | (end.stops.min(5) as u64) << 3);
    let category = |token: usize| category(paragraph, token);
    let pair = sign | category(before) << 6 | category(next) << 12 | kind << 18 | u64::from(paragraph.is_spaced(next)) << 24;
    let (before_word, next_word) = (hash(paragraph, before), hash(paragraph, next));
    let classes = vocabulary.class(next_word) | vocabulary.class(before_word) << 2;
    let mut key = |number: u64, a: u64, b: u64| {
        see(place::<GATE_BITS>(a ^ number << 57 ^ b.rotate_left(33)));
    };
    key(1, pair, 0);
    key(2, before_word, sign);
    key(3, next_word, sign | category(before) << 6);
    key(4, pair, category(next + 1));
    key(5, pair, before.checked_sub(1).map_or(62, category));
    key(6, pair, classes | class(next - gap.first) << 8);
}

/// How many tokens a paragraph has for each sign that ends sentences, in few classes.
pub(crate) fn density(categories: &[Category]) -> u64 {
    let is_sign = |category: Category| (Category::Period as u8..=Category::Terminal as u8).contains(&(category as u8));
    // Few enough at a time for a byte to count them, which lets the compiler take sixteen at once.
    let count = |few: &[Category]| usize::from(few.iter().map(|&category| u8::from(is_sign(category))).sum::<u8>());
    let signs: usize = categories.chunks(128).map(count).sum();
    match categories.len() / (signs + 1) {
        0..=7 => 0,
        8..=11 => 1,
        12..=16 => 2,
        17..=23 => 3,
        24..=35 => 4,
        36..=60 => 5,
        _ => 6,
    }
}

/// Numbers of tokens in few classes.
#[inline]
fn class(n: usize) -> u64 {
    u64::from(CLASSES[n.min(CLASSES.len() - 1)])
}

/// A table, for its many possible branches would be guessed wrongly.
static CLASSES: [u8; 26] = [0, 1, 2, 3, 4, 5, 5, 5, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8];

/// The category of a token as a number; 63 outside the paragraph.
#[inline]
fn category(paragraph: &Paragraph<'_>, token: usize) -> u64 {
    paragraph.category(token).map_or(63, |category| category as u64)
}

/// What the sentence so far is made of: how many words in small letters and with capitals its last tokens hold, in few classes, and whether a
/// bracket and a quotation mark wait for their partners.
fn so_far(paragraph: &Paragraph<'_>, first: usize, last: usize) -> u64 {
    let from = first.max((last + 1).saturating_sub(WINDOW));
    let window = &paragraph.categories[from..=last];
    // A fixed length lets the compiler count sixteen at a time; bullets are not counted.
    let mut padded = [Category::Bullet; WINDOW];
    padded[..window.len()].copy_from_slice(window);
    let count = |wanted: Category| padded.iter().map(|&category| u8::from(category as u8 == wanted as u8)).sum::<u8>();
    let words = |wanted: Category| class(usize::from(count(wanted))).min(5);
    let bracket = count(Category::Open) > count(Category::Close);
    let quote = count(Category::OpenQuote) > count(Category::CloseQuote);
    words(Category::Lower) | words(Category::Capital) << 4 | u64::from(bracket) << 8 | u64::from(quote) << 9
}
