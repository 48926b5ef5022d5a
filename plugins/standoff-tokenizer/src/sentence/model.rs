//! The weights of the sentence classifier, and how a gap is scored with them.

use super::Paragraph;
use super::features::{BITS, GATE_BITS, Gap, features, near};
use super::vocabulary::{self, Vocabulary};
use crate::kind::Category;

static BUNDLED: &[u8] = include_bytes!("../../data/en/sentences.model");

/// How many weights the classifier has.
const WEIGHTS: usize = 1 << BITS;

/// How many weights the gate has.
const GATE_WEIGHTS: usize = 1 << GATE_BITS;

/// How many categories a table of them has room for.
pub(crate) const CATEGORIES: usize = 64;

/// For each category a bit for each category behind it: a table of pairs.
pub(crate) type Pairs = [u64; CATEGORIES];

/// The length of a model file.
#[cfg(any(test, feature = "training"))]
pub(crate) const LENGTH: usize = (3 + ENDINGS.len()) * 8 * CATEGORIES + vocabulary::LENGTH + 6 + GATE_WEIGHTS / 2 + 2 + WEIGHTS / 2;

/// A linear classifier over hashed features, with a smaller one before it that settles the plain cases: the gate.
///
/// Features that share a place share its weight; the weights were learnt so. Half a byte in the file is enough for one: the errors
/// of rounding even out over the features of a gap.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    asked: Box<Asked>,
    vocabulary: Vocabulary,
    /// Below the first of these sums of the gate no sentence ends, above the second one does.
    bounds: [i32; 2],
    gate: Linear<GATE_WEIGHTS>,
    classifier: Linear<WEIGHTS>,
}

/// The pairs of categories between which a sentence may end, and what excludes some of them.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Those between which it may end without any sign.
    unsigned: Pairs,
    /// All at which there is something to decide.
    all: Pairs,
    /// For each category before a capital, behind which categories nothing is asked there after all, in a short sentence and in a longer
    /// one: between two names hardly a sentence ever ends, but many do behind a time of day.
    vain: [Pairs; 2],
    /// For each of the categories [`ENDINGS`] right before a gap, what stands before it and behind the gap where the rules, which end the
    /// sentence there, are right as often as the classifier.
    plain: [Pairs; ENDINGS.len()],
}

/// What ends most sentences: it may be plain there that one ends.
pub(crate) const ENDINGS: [Category; 3] = [Category::Period, Category::Bang, Category::CloseQuote];

/// Which of the [`ENDINGS`] stands right before a token, if one does.
#[inline]
pub(crate) fn ending_before(categories: &[Category], token: usize) -> Option<usize> {
    ENDINGS.iter().position(|&ending| ending == categories[token - 1])
}

/// A sentence so far of at most so many tokens is short: a heading, a greeting.
pub(crate) const SHORT: usize = 6;

impl Asked {
    /// The pairs without a sign, and for the first of those with a capital what stands before it in vain.
    pub(crate) const fn new(unsigned: Pairs, vain: [Pairs; 2], plain: [Pairs; ENDINGS.len()]) -> Asked {
        let mut all = unsigned;
        let mut i = 0;
        while i < all.len() {
            all[i] |= SIGNED;
            i += 1;
        }
        Asked { unsigned, all, vain, plain }
    }

    /// The first token from `token` on that may end a sentence or begin one, in a sentence that began at `first`.
    #[inline]
    pub(crate) fn next(&self, categories: &[Category], first: usize, token: usize) -> usize {
        let Some(rest) = categories.get(token..) else { return token };
        let mut before = token.checked_sub(1).map_or(Category::Lower, |before| categories[before]);
        for (i, &category) in rest.iter().enumerate() {
            if holds(&self.all, before, category) && (category != Category::Capital || self.capital(categories, first, token + i, before)) {
                return token + i;
            }
            before = category;
        }
        categories.len()
    }

    /// Whether a sentence that began at `first` may end before a token without any sign.
    #[inline]
    pub(crate) fn before(&self, categories: &[Category], first: usize, token: usize) -> bool {
        let (before, category) = (categories[token - 1], categories[token]);
        holds(&self.unsigned, before, category) && (category != Category::Capital || self.capital(categories, first, token, before))
    }

    /// Whether a sentence that ends before `next` by the rules does so beyond doubt.
    #[inline]
    pub(crate) fn is_plain(&self, categories: &[Category], next: usize) -> bool {
        ending_before(categories, next)
            .map(|nth| &self.plain[nth])
            .is_some_and(|pairs| pairs[usize::from(second_before(categories, next))] >> (categories[next] as u64 % 64) & 1 == 1)
    }

    /// Whether it is asked about before a capital at `token` with `before` right before it.
    #[inline]
    fn capital(&self, categories: &[Category], first: usize, token: usize, before: Category) -> bool {
        let vain = &self.vain[usize::from(token > first + SHORT)];
        vain[before as usize % CATEGORIES] >> second_before(categories, token) & 1 == 0
    }
}

/// The category of the last token but one before `token` as a number; 63 before the paragraph.
#[inline]
pub(crate) fn second_before(categories: &[Category], token: usize) -> u8 {
    token.checked_sub(2).and_then(|second| categories.get(second)).map_or(63, |&category| category as u8 % 64)
}

/// The weights of features that are numbers below `WEIGHTS`, and what is added to each sum of them.
#[derive(Clone, Debug)]
struct Linear<const WEIGHTS: usize> {
    bias: i32,
    weights: Box<[i8; WEIGHTS]>,
}

impl<const WEIGHTS: usize> Linear<WEIGHTS> {
    /// Weights of half a byte, the one of the even feature in the low half, each greater by eight than it counts.
    fn read(file: &mut &[u8]) -> Linear<WEIGHTS> {
        let bias = number(take(file, 2));
        let mut weights = Box::new([0; WEIGHTS]);
        for (two, &pair) in weights.chunks_exact_mut(2).zip(take(file, WEIGHTS / 2)) {
            two.copy_from_slice(&[(pair & 15) as i8 - 8, (pair >> 4) as i8 - 8]);
        }
        Linear { bias, weights }
    }

    #[inline]
    fn weight(&self, feature: u32) -> i32 {
        i32::from(self.weights[feature as usize % WEIGHTS])
    }
}

/// Takes bytes off the front; what is missing is left out.
fn take<'f>(file: &mut &'f [u8], len: usize) -> &'f [u8] {
    let (part, rest) = file.split_at(len.min(file.len()));
    *file = rest;
    part
}

/// A number of two bytes, the low one first.
fn number(pair: &[u8]) -> i32 {
    i32::from(i16::from_le_bytes(<[u8; 2]>::try_from(pair).unwrap_or_default()))
}

impl Model {
    /// The model that comes with the crate.
    pub(crate) fn bundled() -> Model {
        Model::read(BUNDLED)
    }

    /// A model from a file: the pairs between which sentences end without a sign, those before a capital before which
    /// nothing is asked after all in a short sentence and in a longer one, what stands around each of the [`ENDINGS`] where
    /// it is plain, the vocabulary, the bounds, bias and weights of the gate, the bias and weights of the classifier. What is
    /// missing counts nothing.
    pub(crate) fn read(file: &[u8]) -> Model {
        let rest = &mut &*file;
        let mut pairs = || {
            let mut pairs = [0; CATEGORIES];
            for (to, from) in pairs.iter_mut().zip(take(rest, 8 * CATEGORIES).chunks(8)) {
                *to = from.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte));
            }
            pairs
        };
        let asked = Box::new(Asked::new(pairs(), [(); 2].map(|()| pairs()), ENDINGS.map(|_| pairs())));
        let vocabulary = Vocabulary::read(take(rest, vocabulary::LENGTH));
        let bounds = [(); 2].map(|()| number(take(rest, 2)));
        Model { asked, vocabulary, bounds, gate: Linear::read(rest), classifier: Linear::read(rest) }
    }

    /// The pairs of categories that the model is asked about.
    pub(crate) fn asked(&self) -> &Asked {
        &self.asked
    }

    /// Whether a sentence ends at the gap.
    #[inline(never)]
    pub(crate) fn ends(&self, paragraph: &Paragraph<'_>, gap: Gap) -> bool {
        let mut sum = self.gate.bias;
        near(paragraph, &self.vocabulary, gap, |feature| sum += self.gate.weight(feature));
        let [low, high] = self.bounds;
        if sum < low { false } else { sum > high || self.ends_after_all(paragraph, gap) }
    }

    /// What the classifier says where the gate has left it open.
    #[inline(never)]
    fn ends_after_all(&self, paragraph: &Paragraph<'_>, gap: Gap) -> bool {
        let mut sum = self.classifier.bias;
        features(paragraph, &self.vocabulary, gap, |feature| sum += self.classifier.weight(feature));
        sum > 0
    }
}

/// Whether a pair is one of these.
#[inline]
fn holds(pairs: &Pairs, before: Category, after: Category) -> bool {
    pairs[before as usize % CATEGORIES] >> (after as u64 % 64) & 1 == 1
}

/// The pairs between which the training looks for sentences that end without any sign.
#[cfg(feature = "training")]
pub(crate) static CANDIDATES: Pairs = candidates();

#[cfg(feature = "training")]
const fn candidates() -> Pairs {
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
        // The hour follows the day in the headers of mail.
        C::Time,
    ]);
    let rarely = bits(&[C::Open, C::OpenQuote, C::Quote, C::Number, C::Amount]);
    let mut table = [!never; CATEGORIES];
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

/// What the rules ask: behind signs alone.
pub(crate) static SIGNS_ALONE: Asked = Asked::new([0; CATEGORIES], [[0; CATEGORIES]; 2], [[0; CATEGORIES]; ENDINGS.len()]);

/// A bit for each of these categories.
pub(crate) const fn bits(categories: &[Category]) -> u64 {
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
        let learnt = model.classifier.weights.iter().filter(|&&weight| weight != 0).count();
        assert!(learnt > WEIGHTS / 8, "{learnt} of {WEIGHTS}");
        assert!(model.bounds[0] < 0 && model.bounds[1] > 0);
    }
}
