//! What the training example needs of the sentence classifier: its view of a text whose sentences are known, and
//! segmenters with other weights.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::Arc;

use super::features::{BITS, GATE_BITS, Gap, features, near};
use super::lines::Lines;
use super::model::{self, Asked, ENDINGS, Model};
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

/// A gap at which a sentence may end.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Where the token before the gap ends, in bytes.
    pub at: u32,
    /// The categories on both sides, as numbers below 64.
    pub pair: (u8, u8),
    /// The category before these, 63 if there is none.
    pub second_before: u8,
    /// Which of the usual endings stands right before the gap, if one does and white space stands behind it.
    pub ending: Option<usize>,
    /// Whether a word with a capital stands behind the gap.
    pub before_capital: bool,
    /// Whether the sentence so far is a short one.
    pub short: bool,
    /// The features of the gap, below [`FEATURES`].
    pub features: Vec<u32>,
    /// The features that the gate looks at, below [`GATE_FEATURES`].
    pub gate: Vec<u32>,
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
    let asked = Asked::new(model::CANDIDATES, [[0; model::CATEGORIES]; 2], [[0; model::CATEGORIES]; ENDINGS.len()]);
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
            density: OnceCell::new(),
        };
        let lines = Lines::new(&paragraph, 0, &[]);
        splitter.boundaries(&paragraph, &lines, Some(&asked), &mut Spans::default(), |gap: Gap| {
            let at = paragraph.end[gap.last];
            let ends = ends.contains(&at);
            let (mut all, mut gate) = (Vec::new(), Vec::new());
            features(&paragraph, vocabulary, gap, |feature| all.push(feature));
            near(&paragraph, vocabulary, gap, |feature| gate.push(feature));
            samples.push(Sample {
                at,
                pair: (paragraph.categories[gap.last] as u8, paragraph.categories[gap.last + 1] as u8),
                second_before: model::second_before(paragraph.categories, gap.last + 1),
                ending: model::ending_before(paragraph.categories, gap.last + 1).filter(|_| paragraph.is_spaced(gap.last + 1)),
                before_capital: paragraph.categories[gap.last + 1] == Category::Capital,
                short: gap.last < gap.first + model::SHORT,
                features: all,
                gate,
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

/// How many steps of the classifier's weights make one unit. Few weights are larger than the seven steps there are.
const STEPS: f64 = 8.0;

/// The same for the gate, which has fewer features and so larger weights.
const GATE_STEPS: f64 = 4.0;

/// The weights of the gate, and the sums below and above which it settles the matter.
#[derive(Clone, Debug)]
pub struct Gate {
    /// The weights.
    pub weights: Weights,
    /// Below this sum no sentence ends.
    pub low: f64,
    /// Above this sum one does.
    pub high: f64,
}

/// A model file from the pairs of categories between which a sentence may end without any sign, those before a capital before which
/// nothing is asked after all in a short sentence and in a longer one, the vocabulary, the gate and the weights of the classifier.
#[must_use]
pub fn model(
    unsigned: &HashSet<(u8, u8)>,
    vain: [&HashSet<(u8, u8)>; 2],
    plain: [&HashSet<(u8, u8)>; ENDINGS.len()],
    vocabulary: &Vocabulary,
    gate: &Gate,
    full: &Weights,
) -> Vec<u8> {
    let mut file = Vec::with_capacity(model::LENGTH);
    for pairs in [unsigned].into_iter().chain(vain).chain(plain) {
        let mut table = [0u64; model::CATEGORIES];
        for &(row, bit) in pairs {
            table[usize::from(row) % model::CATEGORIES] |= 1 << (bit % 64);
        }
        table.iter().for_each(|bits| file.extend(bits.to_le_bytes()));
    }
    vocabulary.write(&mut file);
    [gate.low, gate.high].iter().for_each(|bound| file.extend(short(bound * GATE_STEPS).to_le_bytes()));
    write(&mut file, &gate.weights, GATE_STEPS);
    write(&mut file, full, STEPS);
    file
}

/// Writes the bias in two bytes and two weights a byte, in steps.
fn write(file: &mut Vec<u8>, weights: &Weights, steps: f64) {
    let half = |weight: f64| ((weight * steps).round().clamp(-7.0, 7.0) + 8.0) as u8;
    file.extend(short(weights.bias * steps).to_le_bytes());
    file.extend(weights.weights.chunks(2).map(|pair| half(pair[0]) | half(pair[1]) << 4));
}

fn short(value: f64) -> i16 {
    value.round().clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
}

/// A segmenter whose sentences are found with this model.
#[must_use]
pub fn segmenter(model: &[u8]) -> Segmenter {
    Segmenter::default().with_model(Arc::new(Model::read(model)))
}
