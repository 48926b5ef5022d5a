//! The weights of the sentence classifier, and how a gap is scored with them.

use super::Paragraph;
use super::features::{Gap, Whole, features, gate_features};
use crate::kind::Category;
use crate::swar;

static BUNDLED: &[u8] = include_bytes!("../../data/en/sentences.model");

/// How many weights the table has.
pub(crate) const WEIGHTS: usize = 1 << 15;

/// How many weights the gate has.
pub(crate) const GATE_WEIGHTS: usize = 1 << 13;

/// How many bits tell the words that no sentence ends with, in words of sixteen bits.
pub(crate) const LINKS: usize = 1 << 8;

/// The length of a model file.
#[cfg(any(test, feature = "training"))]
pub(crate) const LENGTH: usize = 2 * (4 + LINKS + GATE_WEIGHTS + WEIGHTS);

/// A linear classifier over hashed features, with a smaller one before it, the gate, that settles the plain cases.
///
/// Of the features that share a place only the weightiest is kept; eight more bits of its hash stand beside its weight, so
/// that another feature is rarely taken for it.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    /// Hashes of words that link to what follows: articles, prepositions, verbs with an object.
    links: Box<[u16; LINKS]>,
    gate: Table<GATE_WEIGHTS>,
    /// Below this sum of the gate no sentence ends.
    low: i32,
    /// Above this sum of the gate one does.
    high: i32,
    full: Table<WEIGHTS>,
}

/// Weights of hashed features, and what is added to their sum.
#[derive(Clone, Debug)]
struct Table<const N: usize> {
    /// The weight in the low byte, the bits of the hash in the high one.
    weights: Box<[u16; N]>,
    bias: i32,
}

impl<const N: usize> Table<N> {
    fn read(numbers: &mut impl Iterator<Item = u16>) -> Table<N> {
        let bias = signed(numbers);
        let mut weights = Box::new([0; N]);
        weights.iter_mut().zip(&mut *numbers).for_each(|(to, from)| *to = from);
        Table { weights, bias }
    }

    #[inline]
    fn weight(&self, feature: u32) -> i32 {
        let (place, tag) = place::<N>(feature);
        let [weight, found] = self.weights[place].to_le_bytes();
        if found == tag { i32::from(weight.cast_signed()) } else { 0 }
    }
}

fn signed(numbers: &mut impl Iterator<Item = u16>) -> i32 {
    i32::from(numbers.next().unwrap_or_default().cast_signed())
}

impl Model {
    /// The model that comes with the crate.
    pub(crate) fn bundled() -> Model {
        Model::read(BUNDLED)
    }

    /// A model from a file of numbers of two bytes, low byte first: the bounds of the gate, the linking words, the
    /// bias and weights of the gate, those of the classifier. What is missing counts nothing.
    pub(crate) fn read(file: &[u8]) -> Model {
        let numbers = &mut file.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let (low, high) = (signed(numbers), signed(numbers));
        let mut links = Box::new([0; LINKS]);
        links.iter_mut().zip(&mut *numbers).for_each(|(to, from)| *to = from);
        Model { links, low, high, gate: Table::read(numbers), full: Table::read(numbers) }
    }

    /// Whether a token is one of the words that link to what follows, so that no sentence ends with it but by a sign.
    #[inline]
    pub(crate) fn links(&self, paragraph: &Paragraph<'_>, token: usize) -> bool {
        let (Some(&start), Some(&end)) = (paragraph.start.get(token), paragraph.end.get(token)) else { return false };
        let (word, bit) = link(paragraph.bytes, start as usize, (end - start) as usize);
        self.links[word % LINKS] & bit != 0
    }

    /// Whether a sentence ends at the gap.
    pub(crate) fn ends(&self, paragraph: &Paragraph<'_>, whole: &Whole, gap: Gap) -> bool {
        let mut plain = self.gate.bias;
        gate_features(paragraph, whole, gap, |feature| plain += self.gate.weight(feature));
        if plain < self.low {
            return false;
        }
        plain > self.high || self.ends_after_all(paragraph, whole, gap)
    }

    /// What the classifier says where the gate has left it open.
    fn ends_after_all(&self, paragraph: &Paragraph<'_>, whole: &Whole, gap: Gap) -> bool {
        let mut sum = self.full.bias;
        features(paragraph, whole, gap, |feature| sum += self.full.weight(feature));
        sum > 0
    }
}

/// The place of a word among the linking words. Words of more than eight bytes are never found there.
#[inline]
pub(crate) fn link(text: &[u8], start: usize, len: usize) -> (usize, u16) {
    if len > 8 {
        return (0, 0);
    }
    let hash = swar::lower_case(swar::load(text, start), len).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((hash >> 56) as usize, 1 << (hash >> 52 & 15))
}

/// The place of a feature in a table of `N` and what distinguishes it there.
pub(crate) fn place<const N: usize>(feature: u32) -> (usize, u8) {
    (feature as usize % N, (feature as usize / N) as u8)
}

/// Whether sentences may end between tokens of these categories without any sign.
#[inline]
pub(crate) fn may_end_unsigned(before: Category, after: Category) -> bool {
    MAY_END[before as usize % 64] >> (after as u64 % 64) & 1 == 1
}

/// For each category, the categories after which a sentence may begin behind it: one bit each.
static MAY_END: [u64; 64] = may_end();

const fn may_end() -> [u64; 64] {
    use Category as C;
    // What never begins one, and what never does behind plain words.
    let never = bits(&[
        C::Lower,
        C::Clitic,
        C::Period,
        C::Ellipsis,
        C::Bang,
        C::Terminal,
        C::Comma,
        C::Semicolon,
        C::Colon,
        C::Close,
        C::CloseQuote,
    ]);
    let rarely = bits(&[C::Open, C::OpenQuote, C::Quote, C::Number, C::Amount]);
    let mut table = [!never; 64];
    let closed = [C::Open, C::OpenQuote, C::Prefix, C::Initial, C::Currency];
    let plain = [C::Lower, C::Comma, C::Clitic];
    let mut i = 0;
    while i < closed.len() {
        table[closed[i] as usize] = 0;
        i += 1;
    }
    let mut i = 0;
    while i < plain.len() {
        table[plain[i] as usize] &= !rarely;
        i += 1;
    }
    table
}

/// The bits of the categories that may end a sentence by themselves, behind any category.
pub(crate) const SIGNED: u64 = bits(&[Category::Period, Category::Bang, Category::Ellipsis, Category::Terminal, Category::Abbreviation]);

/// The same for each category that may stand before.
pub(crate) static MAY_END_SIGNED: [u64; 64] = [SIGNED; 64];

/// Both together: the pairs at which there is something to decide.
pub(crate) static MAY_MATTER: [u64; 64] = {
    let mut table = may_end();
    let mut i = 0;
    while i < table.len() {
        table[i] |= SIGNED;
        i += 1;
    }
    table
};

const fn bits(categories: &[Category]) -> u64 {
    let mut bits = 0;
    let mut i = 0;
    while i < categories.len() {
        bits |= 1 << categories[i] as u64;
        i += 1;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_that_comes_with_the_crate_is_whole() {
        assert_eq!(BUNDLED.len(), LENGTH);
        let model = Model::bundled();
        assert!(model.full.weights.iter().filter(|&&weight| weight != 0).count() > WEIGHTS / 2);
        assert!(model.low < 0 && model.high > 0);
    }
}
