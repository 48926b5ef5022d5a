//! What the training example needs of the sentence classifier: its view of a text whose sentences are known, and
//! segmenters with other weights.

use std::collections::HashSet;
use std::sync::Arc;

use super::features::{BITS, GATE_BITS, Whole, features, gate_features};
use super::lines::Lines;
use super::model::{self, Model};
pub use super::vocabulary::Vocabulary;
use super::{Paragraph, Splitter};
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
    /// The token before the gap, in lower case.
    pub before: Vec<u8>,
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
        let links = |_| false;
        splitter.boundaries(&paragraph, &lines, Some(&links), &mut Spans::default(), |gap| {
            let at = paragraph.end[gap.last];
            let ends = ends.contains(&at);
            let (mut all, mut gate) = (Vec::new(), Vec::new());
            features(&paragraph, &whole, vocabulary, gap, |feature| all.push(feature));
            gate_features(&paragraph, &whole, vocabulary, gap, |feature| gate.push(feature));
            samples.push(Sample {
                at,
                before: paragraph.word(gap.last).to_ascii_lowercase(),
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

/// How many steps of the gate's weights make one unit: its bounds must mean the same in every model.
const GATE_STEPS: f64 = 12.0;

/// How many steps of the classifier's weights make one unit. Few weights are larger than the seven steps there are.
const STEPS: f64 = 8.0;

/// A model file from the words that link to what follows, the vocabulary, the weights of the gate, the sums below and
/// above which it settles the matter, and the weights of the classifier.
#[must_use]
pub fn model<'w>(
    links: impl IntoIterator<Item = &'w [u8]>,
    vocabulary: &Vocabulary,
    gate: &Weights,
    bounds: (f64, f64),
    full: &Weights,
) -> Vec<u8> {
    let mut file = Vec::with_capacity(model::LENGTH);
    file.extend(short(bounds.0 * GATE_STEPS).to_le_bytes());
    file.extend(short(bounds.1 * GATE_STEPS).to_le_bytes());
    let mut bits = [0; model::LINKS];
    for word in links {
        let (place, bit) = model::link(word, 0, word.len());
        bits[place] |= bit;
    }
    file.extend(bits);
    vocabulary.write(&mut file);
    file.extend(short(gate.bias * GATE_STEPS).to_le_bytes());
    file.extend(gate.weights.iter().map(|weight| (weight * GATE_STEPS).round().clamp(-127.0, 127.0) as i8 as u8));
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
