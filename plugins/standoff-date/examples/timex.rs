//! Tags the documents of a scorer file: JSON Lines with `doc_id`, `text` and `dct` on standard input, the same with
//! `timexes` on standard output. Offsets are code points there.
//!
//! ```sh
//! cargo run --release -p standoff-date --example timex -- news < gold.jsonl > system.jsonl
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::io::{BufRead, Write};

use standoff_date::{Settings, Tagger, TokenSpan};
use standoff_tokenizer::{Segmenter, Segments};

fn main() -> Result<(), Box<dyn Error>> {
    let settings: Settings = match std::env::args().nth(1).as_deref() {
        None => Settings::default(),
        Some(text) if text.starts_with('{') => serde_json::from_str(text)?,
        Some(mode) => serde_json::from_value(serde_json::json!({ "mode": mode }))?,
    };
    let tagger = Tagger::new(settings)?;

    let segmenter = Segmenter::default();
    let mut segments = Segments::default();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let document: serde_json::Value = serde_json::from_str(&line?)?;
        let text = document["text"].as_str().unwrap_or("");
        let date = document["dct"].as_str().or_else(|| document["ref"].as_str());
        segmenter.segment(text, &mut segments);
        let tokens: Vec<TokenSpan> = segments.tokens.iter().collect();
        let sentences: Vec<u32> = segments.sentences.iter().map(|s| s.0).collect();
        let chars = CharOffsets::new(text);
        let timexes: Vec<serde_json::Value> = tagger
            .tag(text, &tokens, &sentences, date)
            .into_iter()
            .map(|t| {
                let mut json = serde_json::json!({
                    "start": chars.at(t.start), "end": chars.at(t.end), "type": t.kind, "value": t.value, "rule": tagger.rule_id(t.rule),
                });
                for (key, value) in [("mod", t.modifier.map(str::to_owned)), ("quant", t.quant.map(str::to_owned)), ("freq", t.freq)] {
                    if let Some(value) = value {
                        json[key] = value.into();
                    }
                }
                if let Some(interval) = t.interval {
                    json["from"] = interval.start.map(|d| d.to_string()).into();
                    json["to"] = interval.end.map(|d| d.to_string()).into();
                }
                json
            })
            .collect();
        let id = document.get("doc_id").or_else(|| document.get("id"));
        serde_json::to_writer(&mut out, &serde_json::json!({ "doc_id": id, "timexes": timexes }))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Code points by byte offset.
struct CharOffsets(Vec<u32>);

impl CharOffsets {
    fn new(text: &str) -> Self {
        let mut chars = vec![0; text.len() + 1];
        let mut n = 0;
        for (i, slot) in chars.iter_mut().enumerate() {
            *slot = n;
            n += u32::from(text.is_char_boundary(i));
        }
        CharOffsets(chars.iter().enumerate().map(|(i, &n)| if text.is_char_boundary(i) { n } else { n - 1 }).collect())
    }

    fn at(&self, byte: u32) -> u32 {
        self.0.get(byte as usize).copied().unwrap_or(0)
    }
}
