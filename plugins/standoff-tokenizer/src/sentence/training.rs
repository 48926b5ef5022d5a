//! What the training example needs of the sentence classifier: its view of a text whose sentences are known, and
//! segmenters with other weights.

use std::collections::HashSet;
use std::sync::Arc;

use super::features::{BITS, GATE_BITS, GLANCE_BITS, Gap, Near, Whole, features};
use super::lines::Lines;
use super::model::{self, Asked, Model};
pub use super::vocabulary::Vocabulary;
use super::{Paragraph, Splitter};
use crate::kind::Category;
use crate::lexicon::Lexicon;
use crate::options::{Newlines, Options, Sentences};
use crate::segmenter::Segmenter;
use crate::segments::{Segments, Spans};

/// The features of the classifier are numbers below this.
pub const FEATURES: usize = 1 << BITS;

/// The features of the gate are numbers below this.
pub const GATE_FEATURES: usize = 1 << GATE_BITS;

/// The features of the first glance are numbers below this.
pub const GLANCE_FEATURES: usize = 1 << GLANCE_BITS;

/// A gap at which a sentence may end.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Where the token before the gap ends, in bytes.
    pub at: u32,
    /// The categories on both sides, as numbers below 64.
    pub pair: (u8, u8),
    /// The category before these, 63 if there is none.
    pub second_before: u8,
    /// Whether a word with a capital stands behind the gap.
    pub before_capital: bool,
    /// Whether the sentence so far is a short one.
    pub short: bool,
    /// The features of the gap, below [`FEATURES`].
    pub features: Vec<u32>,
    /// The features that the gate looks at, below [`GATE_FEATURES`].
    pub gate: Vec<u32>,
    /// The features of the first glance, below [`GLANCE_FEATURES`].
    pub glance: Vec<u32>,
    /// Whether a sentence ends there.
    pub ends: bool,
    /// Whether the rules would end it.
    pub rule: bool,
    /// Whether a sign stands before the gap.
    pub signed: bool,
}

/// All gaps of a text that the classifier is asked about, given where its sentences end (byte offsets).
#[must_use]
pub fn samples(text: &str, vocabulary: &Vocabulary, ends: &HashSet<u32>) -> Vec<Sample> {
    let mut segments = Segments::default();
    Segmenter::new(&Options { sentences: Sentences::Rules, ..Options::default() }).segment(text, &mut segments);
    let lexicon = Lexicon::bundled();
    let splitter = Splitter::new(Sentences::Rules, Newlines::Auto);
    let asked = Asked::new(model::CANDIDATES, [[0; model::CATEGORIES]; 2]);
    let mut samples = Vec::new();
    let mut token = 0;
    for (_, end) in segments.paragraphs.iter() {
        let first = token;
        while segments.tokens.end.get(token).is_some_and(|&e| e <= end) {
            token += 1;
        }
        let paragraph = Paragraph {
            bytes: text.as_bytes(),
            lexicon: &lexicon,
            start: &segments.tokens.start[first..token],
            end: &segments.tokens.end[first..token],
            categories: &segments.categories[first..token],
        };
        let whole = Whole::of(&paragraph);
        let lines = Lines::new(&paragraph, 0, &[]);
        splitter.boundaries(&paragraph, &lines, Some(&asked), &mut Spans::default(), |gap: Gap| {
            let at = paragraph.end[gap.last];
            let ends = ends.contains(&at);
            let (mut all, mut gate, mut glance) = (Vec::new(), Vec::new(), Vec::new());
            let near = Near::of(&paragraph, &whole, gap);
            features(&paragraph, &whole, vocabulary, gap, |feature| all.push(feature));
            near.gate(&paragraph, vocabulary, |feature| gate.push(feature));
            near.glance(|feature| glance.push(feature));
            samples.push(Sample {
                at,
                pair: (paragraph.categories[gap.last] as u8, paragraph.categories[gap.last + 1] as u8),
                second_before: model::second_before(paragraph.categories, gap.last + 1),
                before_capital: paragraph.categories[gap.last + 1] == Category::Capital,
                short: gap.last < gap.first + model::SHORT,
                features: all,
                gate,
                glance,
                ends,
                rule: gap.rule,
                signed: gap.end.is_some(),
            });
            ends
        });
    }
    samples
}

/// The weights of one table before they are rounded.
#[derive(Clone, Debug, Default)]
pub struct Weights {
    /// What is added to each sum.
    pub bias: f64,
    /// One weight for each feature.
    pub weights: Vec<f64>,
}

impl Weights {
    /// The sum of these features.
    #[must_use]
    pub fn sum(&self, features: &[u32]) -> f64 {
        features.iter().map(|&feature| self.weights[feature as usize]).sum::<f64>() + self.bias
    }
}

/// How many steps of the weights of glance and gate make one unit.
const FINE_STEPS: f64 = 12.0;

/// How many steps of the classifier's weights make one unit. Few weights are larger than the seven steps there are.
const STEPS: f64 = 8.0;

/// The weights of the glance or the gate, and the sums below and above which it settles the matter.
#[derive(Clone, Debug)]
pub struct Sieve {
    /// The weights.
    pub weights: Weights,
    /// Below this sum no sentence ends.
    pub low: f64,
    /// Above this sum one does.
    pub high: f64,
}

/// A model file from the pairs of categories between which a sentence may end without any sign, those before a capital before which
/// nothing is asked after all in a short sentence and in a longer one, the vocabulary, the glance, the gate and the weights of the classifier.
#[must_use]
pub fn model(
    unsigned: &HashSet<(u8, u8)>,
    vain: [&HashSet<(u8, u8)>; 2],
    vocabulary: &Vocabulary,
    glance: &Sieve,
    gate: &Sieve,
    full: &Weights,
) -> Vec<u8> {
    let mut file = Vec::with_capacity(model::LENGTH);
    for pairs in [unsigned, vain[0], vain[1]] {
        let mut table = [0u64; model::CATEGORIES];
        for &(row, bit) in pairs {
            table[usize::from(row) % model::CATEGORIES] |= 1 << (bit % 64);
        }
        table.iter().for_each(|bits| file.extend(bits.to_le_bytes()));
    }
    vocabulary.write(&mut file);
    for sieve in [glance, gate] {
        for value in [sieve.low, sieve.high, sieve.weights.bias] {
            file.extend(short(value * FINE_STEPS).to_le_bytes());
        }
        file.extend(sieve.weights.weights.iter().map(|weight| (weight * FINE_STEPS).round().clamp(-127.0, 127.0) as i8 as u8));
    }
    file.extend(short(full.bias * STEPS).to_le_bytes());
    let half = |weight: f64| ((weight * STEPS).round().clamp(-7.0, 7.0) + 8.0) as u8;
    file.extend(full.weights.chunks(2).map(|pair| half(pair[0]) | half(pair[1]) << 4));
    file
}

fn short(value: f64) -> i16 {
    value.round().clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
}

/// A segmenter whose sentences are found with this model.
#[must_use]
pub fn segmenter(model: &[u8]) -> Segmenter {
    Segmenter::default().with_model(Arc::new(Model::read(model)))
}
