//! Scores the tagger on gold files: JSON Lines with `doc_id`, `text`, `dct` and `timexes` (`start`, `end` in code points,
//! `type`, `value`, perhaps `alt`, other values that are right too).
//!
//! ```sh
//! cargo run --release -p standoff-date --example timex_accuracy -- --part aside news timebank.jsonl
//! cargo run --release -p standoff-date --example timex_accuracy -- --part tuned '{"mode":"colloquial","utc_offset":-120}' duckling.jsonl
//! ```
//!
//! Counted as TempEval-3 does: gold and found expressions are paired one to one (same span first, then the largest overlap);
//! strict is the same span, relaxed any overlap, value any overlap with the same value. `--part` takes a fixed fifth of the
//! documents (`aside`: those whose id's SHA-256 is divisible by five) or the others (`tuned`); `--errors` lists what is
//! wrong in the tuned part.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;

use sha2::{Digest, Sha256};
use standoff_date::{Settings, Tagger, TokenSpan};
use standoff_tokenizer::{Segmenter, Segments};

#[derive(Clone, Debug)]
struct Mark {
    start: usize,
    end: usize,
    value: String,
    also: Vec<String>,
}

#[derive(Default)]
struct Counts {
    gold: usize,
    found: usize,
    strict: usize,
    relaxed: usize,
    value: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut part = None;
    let mut errors = false;
    let mut rest = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--part" => part = arguments.next(),
            "--errors" => errors = true,
            _ => rest.push(argument),
        }
    }
    let Some((mode, files)) = rest.split_first() else {
        return Err("accuracy [--part tuned|aside] [--errors] MODE|SETTINGS FILE…".into());
    };
    let settings: Settings = match mode.starts_with('{') {
        true => serde_json::from_str(mode)?,
        false => serde_json::from_value(serde_json::json!({ "mode": mode }))?,
    };
    let tagger = Tagger::new(settings)?;
    for file in files {
        let mut counts = Counts::default();
        for line in std::fs::read_to_string(file)?.lines() {
            let document: serde_json::Value = serde_json::from_str(line)?;
            let aside = is_aside(document["doc_id"].as_str().unwrap_or(""));
            if part.as_deref().is_some_and(|p| (p == "aside") != aside) {
                continue;
            }
            score(&tagger, &document, &mut counts, errors && !aside);
        }
        let f1 = |hits: usize| 200.0 * hits as f64 / (counts.gold + counts.found).max(1) as f64;
        println!(
            "{file} {}: {} gold, {} found, strict {:.1}, relaxed {:.1}, value {:.1} F1, right value {:.1} % of gold",
            part.as_deref().unwrap_or("all"),
            counts.gold,
            counts.found,
            f1(counts.strict),
            f1(counts.relaxed),
            f1(counts.value),
            100.0 * counts.value as f64 / counts.gold.max(1) as f64,
        );
    }
    Ok(())
}

/// The digest, read as one number, is divisible by five. 256 leaves 1 when divided by 5, so that the sum of the bytes does.
fn is_aside(id: &str) -> bool {
    Sha256::digest(id.as_bytes()).iter().map(|&b| u32::from(b)).sum::<u32>().is_multiple_of(5)
}

fn score(tagger: &Tagger, document: &serde_json::Value, counts: &mut Counts, errors: bool) {
    let text = document["text"].as_str().unwrap_or("");
    let mut segments = Segments::default();
    Segmenter::default().segment(text, &mut segments);
    let tokens: Vec<TokenSpan> = segments.tokens.iter().collect();
    let sentences: Vec<u32> = segments.sentences.iter().map(|s| s.0).collect();
    let bytes: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
    let gold: Vec<Mark> = document["timexes"].as_array().into_iter().flatten().filter_map(|t| gold_mark(t, text, &bytes)).collect();
    let found: Vec<Mark> = tagger
        .tag(text, &tokens, &sentences, document["dct"].as_str())
        .into_iter()
        .map(|t| Mark { start: t.start as usize, end: t.end as usize, value: t.value, also: Vec::new() })
        .collect();
    counts.gold += gold.len();
    counts.found += found.len();
    let covered = |m: &Mark| text.get(m.start..m.end).unwrap_or("").to_owned();
    let mut open: Vec<(bool, usize, usize, usize)> = Vec::new();
    for (i, g) in gold.iter().enumerate() {
        for (j, f) in found.iter().enumerate() {
            let overlap = g.end.min(f.end).saturating_sub(g.start.max(f.start));
            if overlap > 0 {
                open.push(((g.start, g.end) != (f.start, f.end), usize::MAX - overlap, i, j));
            }
        }
    }
    open.sort_unstable();
    let (mut of_gold, mut of_found) = (vec![None; gold.len()], vec![None; found.len()]);
    for (_, _, i, j) in open {
        if of_gold[i].is_none() && of_found[j].is_none() {
            (of_gold[i], of_found[j]) = (Some(j), Some(i));
        }
    }
    for (g, pair) in gold.iter().zip(&of_gold) {
        let Some(f) = pair.map(|j: usize| &found[j]) else {
            if errors {
                println!("missed  {:?} {}", covered(g), g.value);
            }
            continue;
        };
        counts.relaxed += 1;
        counts.strict += usize::from((g.start, g.end) == (f.start, f.end));
        let right = g.value == f.value || g.also.contains(&f.value);
        counts.value += usize::from(right);
        if errors && !right {
            println!("value   {:?} {}, not {}", covered(f), g.value, f.value);
        }
    }
    for (f, _) in found.iter().zip(&of_found).filter(|(_, pair)| errors && pair.is_none()) {
        println!("extra   {:?} {}", covered(f), f.value);
    }
}

fn gold_mark(timex: &serde_json::Value, text: &str, bytes: &[usize]) -> Option<Mark> {
    let at = |key: &str| bytes.get(timex[key].as_u64()? as usize).copied();
    let (start, end) = (at("start")?, at("end")?);
    let inside = text.get(start..end)?;
    let start = end - inside.trim_start().len();
    let end = start + inside.trim().len();
    let also = timex["alt"].as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect();
    (start < end).then(|| Mark { start, end, value: timex["value"].as_str().unwrap_or("").to_owned(), also })
}
