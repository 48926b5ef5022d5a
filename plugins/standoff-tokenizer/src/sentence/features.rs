//! What the classifier sees of a gap between two tokens: hashed features of the words around it, of the sentence so far
//! and of the paragraph.
//!
//! Everything is bounded: a gap costs the same however long the sentence or paragraph is.

use std::ops::RangeInclusive;

use super::Paragraph;
use super::rules::End;
use super::vocabulary::Vocabulary;
use crate::kind::Category;
use crate::swar;

/// The features of the classifier are hashes of this many bits.
pub(crate) const BITS: u32 = 17;

/// The features of the gate are hashes of this many bits.
pub(crate) const GATE_BITS: u32 = 13;

/// The features of the first glance are hashes of this many bits.
pub(crate) const GLANCE_BITS: u32 = 12;

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
    /// Its last three bytes in lower case.
    suffix: u64,
    /// Its bytes in lower case, if they are at most eight.
    packed: Option<u64>,
}

impl Word {
    /// What lies outside the paragraph.
    const NONE: Word = Word { word: 0, shape: 63, class: Vocabulary::NO_WORD, suffix: 0, packed: None };

    #[inline(never)]
    fn at(paragraph: &Paragraph<'_>, vocabulary: &Vocabulary, token: usize) -> Word {
        let (Some(&category), Some((start, len))) = (paragraph.categories.get(token), place_of(paragraph, token)) else {
            return Word::NONE;
        };
        let head = swar::head(swar::load(paragraph.bytes, start), len.min(8));
        let low = swar::head(head | swar::SMALL, len.min(8));
        let tail = tail(paragraph.bytes, start, len);
        let word = hash_of(low, tail, len);
        let is_word = category.is_word();
        // No bit of the small case in the first bytes: a word in capitals.
        let capitals = category == Category::Capital && len > 1 && head & swar::SMALL == 0;
        let length = if is_word { len.min(4) } else { 0 };
        Word {
            word,
            shape: category as u64 | u64::from(capitals) << 6 | (length as u64) << 7,
            class: if is_word { vocabulary.class(word) } else { Vocabulary::NO_WORD },
            suffix: if len > 8 { tail >> 40 } else { low >> (8 * len.saturating_sub(3)) },
            packed: (len <= 8).then_some(low),
        }
    }

    /// The category as a number.
    fn category(&self) -> u64 {
        self.shape & 63
    }
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
    hash_of(swar::lower_case(swar::load(text, start), len.min(8)), tail(text, start, len), len)
}

/// The last eight bytes, in lower case, of a word that has more.
#[inline]
fn tail(text: &[u8], start: usize, len: usize) -> u64 {
    if len > 8 { swar::lower_case(swar::load(text, start + len - 8), 8) } else { 0 }
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
pub(crate) fn features(paragraph: &Paragraph<'_>, whole: &Whole, vocabulary: &Vocabulary, gap: Gap, mut see: impl FnMut(u32)) {
    let word = |token: usize| Word::at(paragraph, vocabulary, token);
    let back = |from: usize, by: usize| from.checked_sub(by).map_or(Word::NONE, word);
    let Gap { last, first, end, rule } = gap;
    let next = last + 1;
    let sign = end.map_or(last, |end| end.sign);
    // The word or sign before the gap, those before it, those behind it.
    let (w0, p1, p2) = (word(sign), back(sign, 1), back(sign, 2));
    let (n1, n2, n3) = (word(next), word(next + 1), word(next + 2));
    let start = word(first);
    let spaced = u64::from(paragraph.is_spaced(next));
    let kind = end.map_or(0, |end| 1 | u64::from(end.quoted) << 1 | u64::from(end.bracketed) << 2 | (end.stops.min(5) as u64) << 3);
    let context = kind | u64::from(rule) << 6 | spaced << 7;
    let so_far = SoFar::of(paragraph, first, last);
    let left = (paragraph.len() - next).min(24) as u64 / 3;
    let ahead = Ahead::of(paragraph, next);
    let closed = whole.closed;
    let position = so_far.tokens | left << 8 | closed << 16;
    // Whether a word begins sentences more often than names, by a filter that is rarely wrong.
    let capital = n1.category() == Category::Capital as u64;
    let starter = u64::from(capital && n1.packed.is_some_and(|packed| paragraph.lexicon.maybe_starter(packed)));
    let pair = w0.category() | n1.category() << 6;
    let context = context.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    // Each feature has its own number, so that equal keys of different features are different features.
    let mut key = |number: u64, a: u64, b: u64| {
        see(place::<BITS>(a ^ context ^ number << 57 ^ b.rotate_left(33)));
    };
    key(1, pair, 0);
    key(2, w0.word, 0);
    key(3, n1.word, 0);
    key(4, w0.word, n1.word.rotate_left(20));
    key(5, w0.shape, n1.shape);
    key(6, w0.word, n1.shape);
    key(7, n1.word, w0.shape);
    key(8, p1.word, pair);
    key(9, p1.shape | w0.shape << 16, n1.shape);
    key(10, w0.shape | n1.shape << 16, n2.shape);
    key(11, n1.word, n2.shape);
    key(12, n2.word, pair);
    key(13, p1.word, w0.word.rotate_left(20));
    key(14, n1.word, n2.word.rotate_left(20));
    key(15, so_far.tokens, pair);
    key(16, so_far.summary(), pair);
    key(17, left, pair | closed << 12);
    key(18, start.word, pair);
    key(19, position, pair);
    key(20, n1.shape | n2.shape << 16, n3.shape);
    key(21, p2.shape | p1.shape << 16, w0.shape);
    key(22, p1.word, n1.word.rotate_left(20));
    key(23, start.shape | so_far.tokens << 16, pair);
    key(24, n1.word, p1.shape | w0.shape << 16);
    key(25, so_far.since_comma, w0.shape | n1.shape << 16);
    key(26, starter | so_far.tokens << 1, pair);
    key(27, starter | n2.shape << 1, pair);
    key(28, starter | p1.shape << 1, n1.shape);
    key(29, n1.suffix, pair);
    key(30, w0.suffix, pair);
    key(31, ahead.tokens | ahead.sign << 4, pair);
    key(32, whole.density | whole.capitals << 4 | closed << 8, pair);
    key(33, whole.addresses | whole.density << 8, pair);
    key(34, n1.word, whole.density);
    let three = w0.class | n1.class << 3 | n2.class << 6;
    key(35, three, pair);
    key(36, three | p1.class << 9, w0.shape | n1.shape << 16);
    key(37, n1.class, pair | n2.shape << 16);
    key(38, three | p1.class << 9 | n3.class << 12, pair);
    key(39, w0.class | n1.class << 3 | so_far.tokens << 6, pair);
    key(40, n1.word, w0.class);
    key(41, w0.word, n1.class);
}

/// What the whole paragraph is made of, in few classes. Asked for once a paragraph.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Whole {
    /// Whether it ends with a sign.
    closed: u64,
    /// How many tokens it has for each sign that ends sentences.
    density: u64,
    /// How many of its words have capitals.
    capitals: u64,
    /// Whether it has addresses, and how many colons.
    addresses: u64,
}

impl Whole {
    pub(crate) fn of(paragraph: &Paragraph<'_>) -> Whole {
        let count = Counts::of(paragraph.categories);
        let signs = count.signs;
        let words = count.lower + count.capital;
        let closed = matches!(
            paragraph.categories.last(),
            Some(Category::Period | Category::Bang | Category::Ellipsis | Category::Terminal | Category::CloseQuote | Category::Close)
        );
        let per_sign = paragraph.len() / (signs + 1);
        Whole {
            closed: u64::from(closed),
            density: match per_sign {
                0..=7 => 0,
                8..=11 => 1,
                12..=16 => 2,
                17..=23 => 3,
                24..=35 => 4,
                36..=60 => 5,
                _ => 6,
            },
            capitals: (8 * count.capital / words.max(1)) as u64,
            addresses: u64::from(count.addresses > 0) | (count.colons.min(3) as u64) << 1,
        }
    }
}

/// The categories of signs that end sentences, and those of addresses.
const SIGNS: RangeInclusive<u8> = Category::Period as u8..=Category::Terminal as u8;
const ADDRESSES: RangeInclusive<u8> = Category::Url as u8..=Category::Email as u8;

/// How many tokens are counted at a time.
const BLOCK: usize = 64;

/// How many tokens of some categories a paragraph has.
#[derive(Default)]
struct Counts {
    lower: usize,
    capital: usize,
    signs: usize,
    addresses: usize,
    colons: usize,
}

impl Counts {
    fn of(categories: &[Category]) -> Counts {
        let mut counts = Counts::default();
        let (blocks, rest) = categories.as_chunks::<BLOCK>();
        blocks.iter().for_each(|block| counts.add_block(block));
        // Bullets are not counted.
        let mut padded = [Category::Bullet; BLOCK];
        padded[..rest.len()].copy_from_slice(rest);
        counts.add_block(&padded);
        counts
    }

    /// Counts each category over a fixed number of tokens, which lets the compiler take sixteen at a time.
    fn add_block(&mut self, block: &[Category; BLOCK]) {
        let count = |is: fn(u8) -> bool| usize::from(block.iter().map(|&category| u8::from(is(category as u8))).sum::<u8>());
        self.lower += count(|category| category == Category::Lower as u8);
        self.capital += count(|category| category == Category::Capital as u8);
        self.signs += count(|category| SIGNS.contains(&category));
        self.addresses += count(|category| ADDRESSES.contains(&category));
        self.colons += count(|category| category == Category::Colon as u8);
    }
}

/// What comes up to the next sign that may end a sentence.
struct Ahead {
    tokens: u64,
    /// The category of that sign.
    sign: u64,
}

impl Ahead {
    #[inline]
    fn of(paragraph: &Paragraph<'_>, next: usize) -> Ahead {
        let rest = &paragraph.categories[next.min(paragraph.len())..paragraph.len().min(next + WINDOW)];
        let tokens = rest.iter().position(|&category| super::rules::is_end(category)).unwrap_or(rest.len());
        Ahead { tokens: class(tokens), sign: rest.get(tokens).map_or(63, |&category| category as u64) }
    }
}

/// Numbers of tokens in few classes.
#[inline]
fn class(n: usize) -> u64 {
    u64::from(CLASSES[n.min(CLASSES.len() - 1)])
}

/// A table, for its many possible branches would be guessed wrongly.
static CLASSES: [u8; 26] = [0, 1, 2, 3, 4, 5, 5, 5, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8];

/// The words and categories right at a gap, and how the paragraph is written: what settles the plain cases.
pub(crate) struct Near {
    /// The category of the sign at the end of the sentence so far.
    sign: u64,
    /// The token before the gap and before the sign, if there is one.
    before: usize,
    /// The first token behind the gap.
    next: usize,
    /// The categories on both sides, and what the rules make of the sign.
    pair: u64,
    /// The category behind these.
    after: u64,
    before_word: u64,
    next_word: u64,
    /// The class of the paragraph by its signs.
    writing: u64,
    /// How long the sentence so far is, in tokens.
    tokens: usize,
}

impl Near {
    #[inline(always)]
    pub(crate) fn of(paragraph: &Paragraph<'_>, whole: &Whole, gap: Gap) -> Near {
        let next = gap.last + 1;
        let (sign, before) = match gap.end {
            Some(end) => (paragraph.categories[end.sign] as u64, end.sign.saturating_sub(1)),
            None => (63, gap.last),
        };
        let kind =
            gap.end.map_or(0, |end| 1 | u64::from(end.last > end.sign) << 1 | u64::from(gap.rule) << 2 | (end.stops.min(5) as u64) << 3);
        let pair = sign
            | category(paragraph, before) << 6
            | category(paragraph, next) << 12
            | kind << 18
            | u64::from(paragraph.is_spaced(next)) << 24;
        Near {
            sign,
            before,
            next,
            pair,
            after: category(paragraph, next + 1),
            before_word: hash(paragraph, before),
            next_word: hash(paragraph, next),
            writing: whole.density | whole.closed << 3,
            tokens: gap.last + 1 - gap.first,
        }
    }

    /// Hands the features of the first glance to `see`.
    #[inline]
    pub(crate) fn glance(&self, mut see: impl FnMut(u32)) {
        see(place::<GLANCE_BITS>(self.pair ^ self.writing << 58));
        see(place::<GLANCE_BITS>(self.before_word ^ self.sign << 32 ^ 1 << 63));
        see(place::<GLANCE_BITS>(self.next_word ^ self.sign << 32));
        see(place::<GLANCE_BITS>(self.next_word ^ (self.pair & 0xfff) << 32 ^ 1 << 62));
        see(place::<GLANCE_BITS>(self.pair ^ self.after << 52 ^ 1 << 61));
    }

    /// Hands the features of the gate to `see`.
    #[inline]
    pub(crate) fn gate(&self, paragraph: &Paragraph<'_>, vocabulary: &Vocabulary, mut see: impl FnMut(u32)) {
        let &Near { sign, before, next, pair, after: after_next, before_word, next_word, writing, tokens } = self;
        let before_before = before.checked_sub(1).map_or(62, |token| category(paragraph, token));
        let mut key = |number: u64, a: u64, b: u64| {
            see(place::<GATE_BITS>(a ^ number << 57 ^ b.rotate_left(33)));
        };
        key(1, pair, 0);
        key(2, before_word, sign);
        key(3, next_word, sign);
        key(4, pair, writing);
        key(5, pair, after_next);
        key(6, pair, before_before);
        key(7, before_word, sign | category(paragraph, next) << 6);
        key(8, next_word, sign | category(paragraph, before) << 6);
        let classes = vocabulary.class(next_word) | vocabulary.class(before_word) << 2;
        key(9, pair, classes | after_next << 8);
        key(10, pair, classes | class(tokens) << 8);
        key(11, next_word, after_next | 1 << 8);
        key(12, before_word, classes | category(paragraph, next) << 8);
        key(13, next_word, classes | before_before << 8 | 1 << 16);
        key(14, pair, before_before | after_next << 8 | 1 << 16);
        key(15, pair, class(tokens) | writing << 8 | 1 << 16);
    }
}

/// The category of a token as a number; 63 outside the paragraph.
#[inline]
fn category(paragraph: &Paragraph<'_>, token: usize) -> u64 {
    paragraph.category(token).map_or(63, |category| category as u64)
}

/// What the sentence so far is made of, in few classes.
struct SoFar {
    /// How many tokens it has.
    tokens: u64,
    /// How many words with a small letter.
    lower: u64,
    /// How many with a capital.
    capital: u64,
    /// How many tokens ago the last comma was.
    since_comma: u64,
    /// Whether a bracket and a quotation mark wait for their partners.
    open: u64,
}

impl SoFar {
    fn of(paragraph: &Paragraph<'_>, first: usize, last: usize) -> SoFar {
        let from = first.max((last + 1).saturating_sub(WINDOW));
        let window = &paragraph.categories[from..=last];
        // A fixed length lets the compiler count sixteen at a time; bullets are not counted.
        let mut padded = [Category::Bullet; WINDOW];
        padded[..window.len()].copy_from_slice(window);
        let mut sums = [0u8; 6];
        for &category in &padded {
            let is = |wanted: Category| u8::from(category as u8 == wanted as u8);
            sums[0] += is(Category::Lower);
            sums[1] += is(Category::Capital);
            sums[2] += is(Category::Open);
            sums[3] += is(Category::Close);
            sums[4] += is(Category::OpenQuote);
            sums[5] += is(Category::CloseQuote);
        }
        let bracket = sums[2] > sums[3];
        let quote = sums[4] > sums[5];
        let comma = window.iter().rev().position(|&category| category == Category::Comma);
        SoFar {
            tokens: class(last + 1 - first),
            lower: class(usize::from(sums[0])),
            capital: class(usize::from(sums[1])),
            since_comma: comma.map_or(9, class),
            open: u64::from(bracket) | u64::from(quote) << 1,
        }
    }

    fn summary(&self) -> u64 {
        self.lower.min(5) | self.capital.min(5) << 4 | self.open << 8
    }
}
