//! Trains the sentence classifier on texts whose sentences are known, and says how good it is on others.
//!
//! ```text
//! cargo run --release -p standoff-tokenizer --features training --example train_sentences -- \
//!     [--folds N] [--common WORDS]… [--names WORDS]… [--out WEIGHTS] TRAIN.jsonl… [--test TEST.jsonl…]
//! ```
//!
//! The files are JSON Lines with `id`, `text` and `sentences` (pairs of code-point offsets), as made from treebanks. With
//! `--folds` the training texts are also divided into N parts, each scored with weights learnt on the others. The result
//! is the same on every run.
//!
//! The files of words hold, in lower case and divided by white space, words that are commonly written small (`--common`)
//! and names of people (`--names`); lines that begin with `#` are left out.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error;
use std::io::{BufRead, BufReader, Write};

use standoff_tokenizer::training::{FEATURES, GATE_FEATURES, Gate, Sample, Vocabulary, Weights, model, samples, segmenter};
use standoff_tokenizer::{Options, Segmenter, Segments, Sentences};

/// How often all samples are seen.
const EPOCHS: usize = 4;
/// How many times the weights are learnt, each in another order, and averaged.
const ORDERS: u64 = 4;
/// The step of the first update of a weight.
const RATE: f64 = 0.2;
/// How strongly weights are drawn to zero at each update.
const DECAY: f64 = 1e-3;
/// Of a pair of categories, of two before a capital, or of what stands around a usual ending, that is met so often …
const PAIRS_OFTEN: usize = 100;
const CAPITALS_OFTEN: usize = 50;
const ENDINGS_OFTEN: usize = 25;
/// … more than this share of the gaps must be such that the classifier mends what the rules do, or nothing is asked there.
const FOUND: f64 = 0.003;
/// How many right answers, beyond the wrong ones they undo, the gate may cost at each of its bounds, for speed.
const SPENT: isize = 12;
/// In how many parts the bounds of the gate are measured.
const GATE_FOLDS: usize = 4;

#[derive(serde::Deserialize)]
struct Line {
    id: String,
    text: String,
    sentences: Vec<(usize, usize)>,
}

/// A text with its sentences in bytes.
struct Text {
    id: String,
    file: String,
    text: String,
    sentences: Vec<(u32, u32)>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut train, mut tests, mut out, mut folds, mut testing) = (Vec::new(), Vec::new(), None, 0, false);
    let (mut common, mut names) = (String::new(), String::new());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--folds" => folds = arguments.next().ok_or("--folds takes a number")?.parse()?,
            "--common" => add_words(&mut common, arguments.next())?,
            "--names" => add_words(&mut names, arguments.next())?,
            "--out" => out = arguments.next(),
            "--test" => testing = true,
            path if testing => tests.push(path.to_owned()),
            path => train.extend(read(path)?),
        }
    }
    let vocabulary = Vocabulary::of(common.split_whitespace(), names.split_whitespace());
    let mut report = std::io::stderr().lock();
    let sampled: Vec<Vec<Sample>> = train.iter().map(|text| sample(text, &vocabulary)).collect();
    if folds > 1 {
        let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
        for fold in 0..folds {
            let part: Vec<&Sample> = in_fold(&sampled, folds, |f| f != fold).flatten().collect();
            let model = segmenter(&learn(&part, &vocabulary)?);
            for (_, text) in train.iter().enumerate().filter(|(i, _)| i % folds == fold) {
                scores.entry(&text.file).or_default().add(&model, [text]);
            }
        }
        for (file, score) in scores {
            writeln!(report, "{file} in {folds} folds: {score}")?;
        }
    }
    let all: Vec<&Sample> = sampled.iter().flatten().collect();
    let asked = all.iter().filter(|sample| sample.ends).count();
    writeln!(
        report,
        "{} texts, {} gaps, {asked} of {} sentence ends among them",
        train.len(),
        all.len(),
        train.iter().map(|t| t.sentences.len()).sum::<usize>()
    )?;
    let weights = learn(&all, &vocabulary)?;
    let model = segmenter(&weights);
    let rules = Segmenter::new(&Options { sentences: Sentences::Rules, ..Options::default() });
    for path in std::iter::once(None).chain(tests.iter().map(Some)) {
        let texts = path.map(|path| read(path)).transpose()?;
        let texts = texts.as_ref().unwrap_or(&train);
        let (mut learnt, mut ruled) = (Score::default(), Score::default());
        learnt.add(&model, texts);
        ruled.add(&rules, texts);
        writeln!(report, "{}: learnt {learnt}; rules {ruled}", path.map_or("the training texts", |path| path))?;
    }
    if let Some(out) = out {
        std::fs::write(out, weights)?;
    }
    Ok(())
}

fn in_fold(sampled: &[Vec<Sample>], folds: usize, wanted: impl Fn(usize) -> bool) -> impl Iterator<Item = &Vec<Sample>> {
    sampled.iter().enumerate().filter(move |(i, _)| wanted(i % folds)).map(|(_, samples)| samples)
}

fn read(path: &str) -> Result<Vec<Text>, Box<dyn Error>> {
    let mut texts = Vec::new();
    for line in BufReader::new(std::fs::File::open(path)?).lines() {
        let line: Line = serde_json::from_str(&line?)?;
        let mut bytes: Vec<u32> = line.text.char_indices().map(|(at, _)| at as u32).collect();
        bytes.push(line.text.len() as u32);
        let sentences = line.sentences.iter().filter_map(|&(s, e)| Some((*bytes.get(s)?, *bytes.get(e)?))).collect();
        texts.push(Text { id: line.id, file: path.to_owned(), text: line.text, sentences });
    }
    // Folds must not depend on the order of the files.
    texts.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(texts)
}

fn add_words(words: &mut String, path: Option<String>) -> Result<(), Box<dyn Error>> {
    for line in std::fs::read_to_string(path.ok_or("name a file of words")?)?.lines().filter(|line| !line.starts_with('#')) {
        words.push_str(line);
        words.push('\n');
    }
    Ok(())
}

/// The gaps of a text.
fn sample(text: &Text, vocabulary: &Vocabulary) -> Vec<Sample> {
    samples(&text.text, vocabulary, &text.sentences.iter().map(|&(_, end)| end).collect::<HashSet<u32>>())
}

/// A model of the samples: the classifier, and the gate before it with bounds measured on samples that none of them
/// had learnt from.
fn learn(samples: &[&Sample], vocabulary: &Vocabulary) -> std::io::Result<Vec<u8>> {
    let found = by_others(samples, full, FEATURES);
    let gaps = samples.iter().zip(&found).filter(|(sample, _)| !sample.signed);
    let unsigned: Vec<(&Sample, bool)> = gaps.map(|(&sample, &sum)| (sample, sample.ends && sum > 0.0)).collect();
    let (pairs, _) = worth_while(unsigned.iter().map(|&(sample, found)| (sample.pair, found)), PAIRS_OFTEN);
    let before = |sample: &Sample| (sample.pair.0, sample.second_before);
    let around = |sample: &Sample| (sample.second_before, sample.pair.1);
    let [short, long] = [true, false].map(|short| {
        let capitals = unsigned.iter().filter(|(sample, _)| sample.before_capital && sample.short == short);
        let (_, vain) = worth_while(capitals.map(|&(sample, found)| (before(sample), found)), CAPITALS_OFTEN);
        vain
    });
    let in_vain = |sample: &Sample| sample.before_capital && if sample.short { &short } else { &long }.contains(&before(sample));
    let plain = [0, 1, 2].map(|ending| {
        let ended = samples.iter().zip(&found).filter(|(sample, _)| sample.signed && sample.rule && sample.ending == Some(ending));
        worth_while(ended.map(|(sample, &sum)| (around(sample), sum < 0.0 && !sample.ends)), ENDINGS_OFTEN).1
    });
    let is_plain =
        |sample: &Sample| sample.signed && sample.rule && sample.ending.is_some_and(|ending| plain[ending].contains(&around(sample)));
    let asked = |sample: &Sample| if sample.signed { !is_plain(sample) } else { pairs.contains(&sample.pair) && !in_vain(sample) };
    // What is plain is learnt from all the same, for the words around it.
    let samples: &[&Sample] = &samples.iter().copied().filter(|sample| sample.signed || asked(sample)).collect::<Vec<_>>();
    let gate = gate(samples, asked)?;
    Ok(model(&pairs, [&short, &long], plain.each_ref(), vocabulary, &gate, &regress(samples, full, FEATURES)))
}

/// Two categories as numbers.
type Key = (u8, u8);

/// The keys under which it is worth while to ask, and those under which it is not, by keys of gaps and whether the classifier finds a
/// sentence end there.
fn worth_while(gaps: impl Iterator<Item = (Key, bool)>, often: usize) -> (HashSet<Key>, HashSet<Key>) {
    let mut counts: HashMap<Key, (usize, usize)> = HashMap::new();
    for (key, found) in gaps {
        let (all, right) = counts.entry(key).or_default();
        *all += 1;
        *right += usize::from(found);
    }
    let (worth, vain): (Vec<_>, Vec<_>) =
        counts.into_iter().partition(|&(_, (all, right))| all < often || right as f64 > all as f64 * FOUND);
    let keys = |counts: Vec<(Key, _)>| counts.into_iter().map(|(key, _)| key).collect();
    (keys(worth), keys(vain))
}

/// The sum of each sample by weights that were learnt on others.
fn by_others(samples: &[&Sample], features: fn(&Sample) -> &[u32], count: usize) -> Vec<f64> {
    let mut sums = Vec::with_capacity(samples.len());
    for fold in 0..GATE_FOLDS {
        // Neighbouring samples are of one text, so the parts are stretches.
        let part = |i: usize| i * GATE_FOLDS / samples.len() == fold;
        let (kept, rest): (Vec<_>, Vec<_>) = samples.iter().enumerate().partition(|&(i, _)| !part(i));
        let kept: Vec<&Sample> = kept.into_iter().map(|(_, &sample)| sample).collect();
        let weights = regress(&kept, features, count);
        sums.extend(rest.into_iter().map(|(_, sample)| weights.sum(features(sample))));
    }
    sums
}

/// A gap that none of the weights has learnt from: what they make of it.
struct Seen {
    /// The sum of the gate.
    sum: f64,
    /// Whether the classifier ends the sentence.
    found: bool,
    ends: bool,
}

/// A gate with such bounds that what they settle is as often right as it would be by the classifier, whose sums are given.
fn gate(samples: &[&Sample], asked: impl Fn(&Sample) -> bool) -> std::io::Result<Gate> {
    let (found, sums) = (by_others(samples, full, FEATURES), by_others(samples, near, GATE_FEATURES));
    let seen = samples.iter().zip(found.into_iter().zip(sums)).filter(|(sample, _)| asked(sample));
    let mut seen: Vec<Seen> = seen.map(|(sample, (found, sum))| Seen { sum, found: found > 0.0, ends: sample.ends }).collect();
    seen.sort_by(|a, b| a.sum.total_cmp(&b.sum));
    let low = bound(seen.iter(), true).unwrap_or(f64::MIN).min(0.0);
    let high = bound(seen.iter().rev(), false).unwrap_or(f64::MAX).max(0.0);
    let open = seen.iter().filter(|seen| (low..=high).contains(&seen.sum)).count();
    writeln!(std::io::stderr(), "{open} of {} gaps left open", seen.len())?;
    Ok(Gate { weights: regress(samples, near, GATE_FEATURES), low, high })
}

/// How far gaps are settled, taken in the order of certainty, against a classifier that says `against`: as long as this has
/// undone at most [`SPENT`] right answers more than at best, wrong ones deducted.
fn bound<'s>(seen: impl Iterator<Item = &'s Seen>, against: bool) -> Option<f64> {
    let (mut lost, mut least, mut last) = (0isize, 0, None);
    for seen in seen {
        if seen.found == against {
            lost += if seen.ends == against { 1 } else { -1 };
        }
        if lost <= least + SPENT {
            (least, last) = (lost.min(least), Some(seen.sum));
        }
    }
    last
}

fn near(sample: &Sample) -> &[u32] {
    &sample.gate
}

fn full(sample: &Sample) -> &[u32] {
    &sample.features
}

/// Logistic regression by stochastic gradients with a step for each weight (AdaGrad), the weights averaged over the
/// second half of several runs.
fn regress(samples: &[&Sample], features: fn(&Sample) -> &[u32], count: usize) -> Weights {
    let mut averages = vec![0.0f64; count + 1];
    for run in 1..=ORDERS {
        let mut weights = vec![0.0f64; count + 1];
        let mut squares = vec![1e-2f64; count + 1];
        let mut order: Vec<usize> = (0..samples.len()).collect();
        let mut state = 0x2545_f491_4f6c_dd1du64.wrapping_mul(2 * run - 1);
        for epoch in 0..EPOCHS {
            shuffle(&mut order, &mut state);
            for &i in &order {
                let places = || features(samples[i]).iter().map(|&feature| feature as usize).chain([count]);
                let sum: f64 = places().map(|place| weights[place]).sum();
                let error = 1.0 / (1.0 + (-sum).exp()) - f64::from(u8::from(samples[i].ends));
                for place in places() {
                    let gradient = error + DECAY * weights[place];
                    squares[place] += gradient * gradient;
                    weights[place] -= RATE * gradient / squares[place].sqrt();
                }
            }
            if epoch >= EPOCHS / 2 {
                let part = 1.0 / ((EPOCHS - EPOCHS / 2) as f64 * ORDERS as f64);
                averages.iter_mut().zip(&weights).for_each(|(average, weight)| *average += weight * part);
            }
        }
    }
    let bias = averages.pop().unwrap_or_default();
    Weights { bias, weights: averages }
}

/// A fixed shuffle, so that every run gives the same weights.
fn shuffle(order: &mut [usize], state: &mut u64) {
    for i in (1..order.len()).rev() {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        order.swap(i, (*state % (i as u64 + 1)) as usize);
    }
}

/// Sentences found by exact span.
#[derive(Default)]
struct Score {
    gold: usize,
    found: usize,
    right: usize,
}

impl Score {
    fn add<'t>(&mut self, segmenter: &Segmenter, texts: impl IntoIterator<Item = &'t Text>) {
        let mut segments = Segments::default();
        for text in texts {
            segmenter.segment(&text.text, &mut segments);
            let gold: HashSet<(u32, u32)> = text.sentences.iter().copied().collect();
            self.gold += gold.len();
            self.found += segments.sentences.len();
            self.right += segments.sentences.iter().filter(|span| gold.contains(span)).count();
        }
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ratio = |a: usize, b: usize| 100.0 * a as f64 / b.max(1) as f64;
        let (precision, recall) = (ratio(self.right, self.found), ratio(self.right, self.gold));
        let f1 = ratio(2 * self.right, self.found + self.gold);
        write!(f, "P {precision:.2} R {recall:.2} F1 {f1:.2}")
    }
}
