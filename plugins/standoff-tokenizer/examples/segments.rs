//! Segments a corpus for scoring: reads JSON Lines with `id` and `text`, writes JSON Lines with `id`, `text`, `tokens` and
//! `sentences`, spans as pairs of code-point offsets.
//!
//! ```text
//! cargo run --release -p standoff-tokenizer --example segments -- IN.jsonl > OUT.jsonl
//! ```

use std::error::Error;
use std::io::{BufRead, BufReader, BufWriter, Write};

use standoff_tokenizer::{Segmenter, Segments, Spans};

#[derive(serde::Deserialize)]
struct Input {
    id: String,
    text: String,
}

#[derive(serde::Serialize)]
struct Output<'a> {
    id: &'a str,
    text: &'a str,
    tokens: Vec<(usize, usize)>,
    sentences: Vec<(usize, usize)>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("give the path of a file in JSON Lines")?;
    let segmenter = Segmenter::default();
    let mut segments = Segments::default();
    let mut out = BufWriter::new(std::io::stdout().lock());
    for line in BufReader::new(std::fs::File::open(path)?).lines() {
        let Input { id, text } = serde_json::from_str(&line?)?;
        segmenter.segment(&text, &mut segments);
        let chars = code_points(&text);
        let pairs = |spans: &Spans| spans.iter().map(|(s, e)| (chars[s as usize], chars[e as usize])).collect();
        let (tokens, sentences) = (pairs(&segments.tokens), pairs(&segments.sentences));
        serde_json::to_writer(&mut out, &Output { id: &id, text: &text, tokens, sentences })?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// How many code points begin before each byte of the text.
fn code_points(text: &str) -> Vec<usize> {
    let mut before = Vec::with_capacity(text.len() + 1);
    let mut count = 0;
    for byte in text.bytes() {
        before.push(count);
        // Continuation bytes begin no character; no span begins or ends at one.
        count += usize::from(byte & 0xc0 != 0x80);
    }
    // The offset of a character's first byte counts the characters before it.
    before.push(count);
    before
}
