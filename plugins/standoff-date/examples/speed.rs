//! Megabytes a second over the texts of a scorer file (JSON Lines with `text` and `dct`), tokenised beforehand.
//!
//! ```sh
//! cargo run --release -p standoff-date --example speed -- news 7 < gold.jsonl
//! ```

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::io::BufRead;
use std::time::Instant;

use standoff_date::{Scratch, Settings, Tagger, TokenSpan};
use standoff_tokenizer::{Segmenter, Segments};

fn main() -> Result<(), Box<dyn Error>> {
    let mode = std::env::args().nth(1).unwrap_or_else(|| "news".to_owned());
    let tagger = Tagger::new(serde_json::from_value::<Settings>(serde_json::json!({ "mode": mode }))?)?;
    let segmenter = Segmenter::default();
    let mut segments = Segments::default();
    let mut documents = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let document: serde_json::Value = serde_json::from_str(&line?)?;
        let text = document["text"].as_str().unwrap_or("").to_owned();
        segmenter.segment(&text, &mut segments);
        let sentences: Vec<u32> = segments.sentences.iter().map(|s| s.0).collect();
        let tokens: Vec<TokenSpan> = segments.tokens.iter().collect();
        documents.push((text, tokens, sentences, document["dct"].as_str().map(str::to_owned)));
    }
    let bytes: usize = documents.iter().map(|d| d.0.len()).sum();
    let mut scratch = Scratch::default();
    let mut best = f64::MAX;
    let mut found = 0;
    let rounds = std::env::args().nth(2).and_then(|n| n.parse().ok()).unwrap_or(7);
    for _ in 0..rounds {
        let start = Instant::now();
        found = 0;
        for (text, tokens, sentences, date) in &documents {
            found += tagger.tag_with(text, tokens, sentences, date.as_deref(), &mut scratch).len();
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{} documents, {bytes} bytes, {found} expressions, {:.1} MB/s", documents.len(), bytes as f64 / best / 1e6);
    Ok(())
}
