//! Tokens and sentences, beside what others make of the same texts, one thread.
//!
//! `STANDOFF_BENCH_TEXT=FILE` takes another English text than the made one of 20 MB. The table that is printed first tells
//! for each piece of a megabyte the fastest of several runs, the contenders taking turns, which other work on the machine
//! disturbs least; criterion's figures follow.
//!
//! The icu_segmenter rows find word boundaries, then sentence boundaries, and keep both, as ours keeps spans and kinds; the
//! rows of white space and memchr only count.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use icu_segmenter::options::{SentenceBreakInvariantOptions, WordBreakInvariantOptions};
use icu_segmenter::{SentenceSegmenter, WordSegmenter};
use standoff_benches::prose;
use standoff_tokenizer::{Options, Segmenter, Segments, Sentences};
use unicode_segmentation::UnicodeSegmentation;

const ENGLISH: usize = 20 << 20;
const OTHER: usize = 2 << 20;
const PIECE: usize = 1 << 20;
const ROUNDS: usize = 7;

type Contender = (&'static str, Box<dyn FnMut(&str) -> usize>);

fn contenders(all: bool) -> Vec<Contender> {
    let mut list: Vec<Contender> = vec![
        ("standoff: tokens and sentences", Box::new(ours(&Options::default()))),
        ("standoff: sentences by rules", Box::new(ours(&Options { sentences: Sentences::Rules, ..Options::default() }))),
        ("icu_segmenter: words, then sentences", Box::new(icu())),
    ];
    if all {
        list.push(("unicode-segmentation: words, then sentences", Box::new(unicode)));
        list.push(("split_ascii_whitespace", Box::new(|text| text.split_ascii_whitespace().count())));
        list.push(("memchr of spaces", Box::new(|text| memchr::memchr_iter(b' ', text.as_bytes()).count())));
    }
    list
}

fn ours(options: &Options) -> impl FnMut(&str) -> usize + use<> {
    let segmenter = Segmenter::new(options);
    let mut segments = Segments::default();
    move |text| {
        segmenter.segment(text, &mut segments);
        segments.tokens.len() + segments.sentences.len()
    }
}

fn icu() -> impl FnMut(&str) -> usize {
    let words = WordSegmenter::new_auto(WordBreakInvariantOptions::default());
    let sentences = SentenceSegmenter::new(SentenceBreakInvariantOptions::default());
    let mut ends: Vec<u32> = Vec::new();
    move |text| {
        ends.clear();
        ends.extend(words.segment_str(text).map(|end| end as u32));
        ends.extend(sentences.segment_str(text).map(|end| end as u32));
        ends.len()
    }
}

fn unicode(text: &str) -> usize {
    text.split_word_bound_indices().count() + text.split_sentence_bound_indices().count()
}

/// Pieces of about a megabyte, cut at paragraphs where there are any.
fn pieces(text: &str) -> Vec<&str> {
    let mut rest = text;
    let mut pieces = Vec::new();
    while rest.len() > PIECE {
        let mut at = PIECE;
        while !rest.is_char_boundary(at) {
            at -= 1;
        }
        let cut = rest[..at].rfind("\n\n").unwrap_or(at);
        pieces.push(&rest[..cut]);
        rest = &rest[cut..];
    }
    pieces.push(rest);
    pieces
}

fn table(name: &str, text: &str, all: bool) {
    let mut contenders = contenders(all);
    let pieces = pieces(text);
    let mut best = vec![vec![f64::INFINITY; pieces.len()]; contenders.len()];
    for _ in 0..ROUNDS {
        for (nth, piece) in pieces.iter().enumerate() {
            for (contender, best) in contenders.iter_mut().zip(&mut best) {
                let start = Instant::now();
                black_box(contender.1(black_box(piece)));
                best[nth] = best[nth].min(start.elapsed().as_secs_f64());
            }
        }
    }
    let seconds: Vec<f64> = best.iter().map(|best| best.iter().sum()).collect();
    eprintln!("{name}: {:.1} MB", text.len() as f64 / 1e6);
    for ((what, _), taken) in contenders.iter().zip(&seconds) {
        eprintln!("  {what:45} {:8.0} MB/s, ours {:5.2} × as fast", text.len() as f64 / taken / 1e6, taken / seconds[0]);
    }
}

fn tokenizer(c: &mut Criterion) {
    let own = std::env::var("STANDOFF_BENCH_TEXT").ok().map(|file| std::fs::read_to_string(file).expect("a text in UTF-8"));
    let english = own.unwrap_or_else(|| prose::english(ENGLISH));
    let texts =
        [("English", english), ("Russian", prose::russian(OTHER)), ("Japanese", prose::japanese(OTHER)), ("emoji", prose::emoji(OTHER))];
    for (name, text) in &texts {
        table(name, text, true);
    }
    let mut group = c.benchmark_group("tokenizer");
    group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2));
    for (name, text) in &texts {
        group.throughput(Throughput::Bytes(text.len() as u64));
        for (what, mut run) in contenders(*name == "English") {
            let expected = run(text);
            group.bench_function(BenchmarkId::new(what, name), |b| b.iter(|| assert_eq!(run(text), expected)));
        }
    }
    group.finish();
}

criterion_group!(benches, tokenizer);
criterion_main!(benches);
