//! The weights of the sentence classifier, and how a gap is scored with them.

use super::Paragraph;
use super::features::{BITS, GATE_BITS, Gap, Whole, features, gate_features};
use super::vocabulary::{self, Vocabulary};
use crate::kind::Category;
use crate::swar;

static BUNDLED: &[u8] = include_bytes!("../../data/en/sentences.model");

/// How many weights the classifier has.
const WEIGHTS: usize = 1 << BITS;

/// How many weights the gate has.
const GATE_WEIGHTS: usize = 1 << GATE_BITS;

/// How many bytes tell the words that no sentence ends with.
pub(crate) const LINKS: usize = 1 << 12;

/// The length of a model file.
#[cfg(any(test, feature = "training"))]
pub(crate) const LENGTH: usize = 4 + LINKS + vocabulary::LENGTH + 2 + GATE_WEIGHTS + 2 + WEIGHTS / 2;

/// A linear classifier over hashed features, with a smaller one before it, the gate, that settles the plain cases.
///
/// Features that share a place share its weight; the weights were learnt so. Half a byte in the file is enough for one: the errors
/// of rounding even out over the forty features of a gap.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    /// Hashes of words that link to what follows: articles, prepositions, verbs with an object.
    links: Box<[u8; LINKS]>,
    vocabulary: Vocabulary,
    /// Below this sum of the gate no sentence ends.
    low: i32,
    /// Above this sum of the gate one does.
    high: i32,
    gate_bias: i32,
    gate: Box<[i8; GATE_WEIGHTS]>,
    bias: i32,
    weights: Box<[i8; WEIGHTS]>,
}

impl Model {
    /// The model that comes with the crate.
    pub(crate) fn bundled() -> Model {
        Model::read(BUNDLED)
    }

    /// A model from a file: the bounds of the gate, the linking words, the vocabulary, the bias and weights of the gate,
    /// those of the classifier; numbers of two bytes have the low one first. What is missing counts nothing.
    pub(crate) fn read(file: &[u8]) -> Model {
        let mut rest = file;
        let mut take = |len: usize| {
            let (part, left) = rest.split_at(len.min(rest.len()));
            rest = left;
            part
        };
        let number = |pair: &[u8]| i32::from(i16::from_le_bytes(<[u8; 2]>::try_from(pair).unwrap_or_default()));
        let (low, high) = (number(take(2)), number(take(2)));
        let mut links = Box::new([0; LINKS]);
        links.iter_mut().zip(take(LINKS)).for_each(|(to, &from)| *to = from);
        let vocabulary = Vocabulary::read(take(vocabulary::LENGTH));
        let gate_bias = number(take(2));
        let mut gate = Box::new([0; GATE_WEIGHTS]);
        gate.iter_mut().zip(take(GATE_WEIGHTS)).for_each(|(to, from)| *to = from.cast_signed());
        let bias = number(take(2));
        // Two weights a byte, the one of the even feature in the low half, each greater by eight than it counts.
        let mut weights = Box::new([0; WEIGHTS]);
        for (two, &pair) in weights.chunks_exact_mut(2).zip(take(WEIGHTS / 2)) {
            two.copy_from_slice(&[(pair & 15) as i8 - 8, (pair >> 4) as i8 - 8]);
        }
        Model { links, vocabulary, low, high, gate_bias, gate, bias, weights }
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
        let mut plain = self.gate_bias;
        gate_features(paragraph, whole, &self.vocabulary, gap, |feature| plain += i32::from(self.gate[feature as usize % GATE_WEIGHTS]));
        if plain < self.low {
            return false;
        }
        plain > self.high || self.ends_after_all(paragraph, whole, gap)
    }

    /// What the classifier says where the gate has left it open.
    fn ends_after_all(&self, paragraph: &Paragraph<'_>, whole: &Whole, gap: Gap) -> bool {
        let mut sum = self.bias;
        features(paragraph, whole, &self.vocabulary, gap, |feature| {
            sum += i32::from(self.weights[feature as usize % WEIGHTS]);
        });
        sum > 0
    }
}

/// The place of a word among the linking words. Words of more than eight bytes are never found there.
#[inline]
pub(crate) fn link(text: &[u8], start: usize, len: usize) -> (usize, u8) {
    if len > 8 {
        return (0, 0);
    }
    let hash = swar::lower_case(swar::load(text, start), len).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((hash >> 52) as usize, 1 << (hash >> 49 & 7))
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
    let closed = [C::Open, C::OpenQuote, C::Prefix, C::Initial, C::Currency, C::Bullet, C::Enumerator];
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
    // A clause behind these may count as a sentence however it is written.
    let strong = [C::Semicolon, C::Colon, C::Emoticon];
    let mut i = 0;
    while i < strong.len() {
        table[strong[i] as usize] |= bits(&[C::Lower]);
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
        assert!(model.weights.iter().filter(|&&weight| weight != 0).count() > WEIGHTS / 4);
        assert!(model.low < 0 && model.high > 0);
    }
}
