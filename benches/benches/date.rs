//! Time expressions, beside peers on the same text, one thread.
//!
//! `STANDOFF_BENCH_TEXT=FILE` sets the text: English news, a few hundred kilobytes, not repeated. Without it the texts of
//! `examples/texts` are read. Ours gets tokens and sentences that were cut before; the peers get the text, as they cut it
//! themselves. chrono-node and dateparser run as programs of their own, started here, if they are installed: `NODE_PATH`
//! and `STANDOFF_BENCH_PYTHON` say where. What is not there is told and left out.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use duckling::{Context, DimensionKind, Lang, Locale, Options, parse};
use standoff_date::{Mode, Scratch, Settings, Tagger, TokenSpan};
use standoff_tokenizer::{Segmenter, Segments};

/// About the size of a news article.
const DOCUMENT: usize = 3000;
const DATE: &str = "2017-03-20";
/// The fastest run counts: what the machine can do while nobody else uses it.
const RUNS: usize = 40;
/// The crate duckling is slow; it reads this much of the text.
const DUCKLING_BYTES: usize = 30_000;

struct Prepared {
    text: String,
    tokens: Vec<TokenSpan>,
    sentences: Vec<u32>,
}

fn texts() -> Vec<String> {
    if let Ok(path) = std::env::var("STANDOFF_BENCH_TEXT") {
        let text = std::fs::read_to_string(path).expect("the text of STANDOFF_BENCH_TEXT");
        let mut all = Vec::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let mut end = rest.len().min(DOCUMENT);
            while end < rest.len() && !(rest.is_char_boundary(end) && rest.as_bytes()[end - 1].is_ascii_whitespace()) {
                end += 1;
            }
            let (document, after) = rest.split_at(end);
            all.push(document.to_owned());
            rest = after;
        }
        return all;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/texts");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    files.iter().filter(|f| f.extension().is_some_and(|e| e == "txt")).map(|f| std::fs::read_to_string(f).unwrap()).collect()
}

fn prepare(text: String, segmenter: &Segmenter, segments: &mut Segments) -> Prepared {
    segmenter.segment(&text, segments);
    let tokens = segments.tokens.iter().collect();
    let sentences = segments.sentences.iter().map(|s| s.0).collect();
    Prepared { text, tokens, sentences }
}

fn fastest(what: &str, bytes: usize, runs: usize, run: &mut dyn FnMut() -> usize) -> f64 {
    let mut best = f64::INFINITY;
    let mut found = 0;
    for _ in 0..runs {
        let start = Instant::now();
        found = black_box(run());
        best = best.min(start.elapsed().as_secs_f64());
    }
    let speed = bytes as f64 / best / 1e6;
    eprintln!("  {what}: {speed:.3} MB/s, {found} found in {bytes} bytes, the fastest of {runs}");
    speed
}

fn date(c: &mut Criterion) {
    let segmenter = Segmenter::default();
    let mut segments = Segments::default();
    let documents: Vec<Prepared> = texts().into_iter().map(|t| prepare(t, &segmenter, &mut segments)).collect();
    let bytes: usize = documents.iter().map(|d| d.text.len()).sum();
    eprintln!("date: {} documents, {bytes} bytes", documents.len());

    let mut scratch = Scratch::default();
    let tagger = |mode| Tagger::new(Settings { mode, ..Settings::default() }).unwrap();
    let taggers = [("news", tagger(Mode::News)), ("narrative", tagger(Mode::Narrative)), ("colloquial", tagger(Mode::Colloquial))];
    let tag_all = |tagger: &Tagger, scratch: &mut Scratch| -> usize {
        documents.iter().map(|d| tagger.tag_with(&d.text, &d.tokens, &d.sentences, Some(DATE), scratch).len()).sum()
    };

    let mut group = c.benchmark_group("date");
    group.throughput(Throughput::Bytes(bytes as u64));
    for (name, tagger) in &taggers {
        group.bench_function(*name, |b| {
            b.iter(|| {
                let found = tag_all(tagger, &mut scratch);
                assert!(found > 0);
                found
            });
        });
    }
    group.finish();
    c.bench_function("date/build", |b| b.iter(|| Tagger::new(Settings::default()).unwrap()));

    let ours = fastest("ours, tokens given", bytes, RUNS, &mut || tag_all(&taggers[0].1, &mut scratch));
    fastest("ours, tokenizer included", bytes, RUNS, &mut || {
        documents
            .iter()
            .map(|d| {
                segmenter.segment(&d.text, &mut segments);
                let tokens: Vec<TokenSpan> = segments.tokens.iter().collect();
                let sentences: Vec<u32> = segments.sentences.iter().map(|s| s.0).collect();
                taggers[0].1.tag_with(&d.text, &tokens, &sentences, Some(DATE), &mut scratch).len()
            })
            .sum()
    });

    let (locale, context, options) = (Locale::new(Lang::EN, None), Context::default(), Options::default());
    let mut part = 0;
    let some: Vec<&Prepared> = documents
        .iter()
        .take_while(|d| {
            part += d.text.len();
            part <= DUCKLING_BYTES.max(documents[0].text.len())
        })
        .collect();
    let size = some.iter().map(|d| d.text.len()).sum();
    let theirs = fastest("duckling (crate)", size, 2, &mut || {
        some.iter().map(|d| parse(&d.text, &locale, &[DimensionKind::Time], &context, &options).len()).sum()
    });
    eprintln!("  ours is {:.0} times the speed of the crate duckling", ours / theirs);
    others(&documents, ours);
}

/// The peers that are no Rust: each prints its own line.
fn others(documents: &[Prepared], ours: f64) {
    let path = std::env::temp_dir().join(format!("standoff-bench-date-{}.jsonl", std::process::id()));
    let mut file = std::fs::File::create(&path).unwrap();
    for document in documents {
        writeln!(file, "\"{}\"", escaped(&document.text)).unwrap();
    }
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    let python = std::env::var("STANDOFF_BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    for (program, script) in [("node", "date_chrono.cjs"), (python.as_str(), "date_dateparser.py")] {
        match Command::new(program).arg(scripts.join(script)).arg(&path).output() {
            Ok(output) if output.status.success() => {
                let line = String::from_utf8_lossy(&output.stdout).trim().to_owned();
                let theirs: Option<f64> = line.split(": ").nth(1).and_then(|rest| rest.split(' ').next()).and_then(|n| n.parse().ok());
                let ratio = theirs.map_or(String::new(), |t| format!("; ours is {:.0} times as fast", ours / t));
                eprintln!("  {line}{ratio}");
            }
            Ok(output) => {
                eprintln!("  {script} left out: {}", String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("it failed"))
            }
            Err(error) => eprintln!("  {script} left out: {program}: {error}"),
        }
    }
    std::fs::remove_file(path).unwrap();
}

/// The text as the inside of a JSON string.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out
}

criterion_group!(benches, date);
criterion_main!(benches);
