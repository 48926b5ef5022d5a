//! The whole news pipeline on news-style texts, and what each of its annotators takes of it.
//!
//! The limit that the table names is the tokenizer alone: everything else reads what it wrote.

#![allow(clippy::unwrap_used)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use standoff::io::jsonl;
use standoff::{Document, Meta, Output, Pipeline, Registry, news};
use standoff_benches::prose::EXAMPLES as TEXTS;

fn pipeline(c: &mut Criterion) {
    let registry = Registry::linked().unwrap();
    let news = Pipeline::from_toml(news::SOURCE, news::NAME, &registry).unwrap();
    let tokenizer = Pipeline::builder().annotator("tokenizer").build().unwrap();
    let meta = Meta { date: Some("2020-02-02".into()), language: Some("en".into()), ..Meta::default() };
    let bytes: usize = TEXTS.iter().map(|t| t.len()).sum();

    let mut group = c.benchmark_group("pipeline");
    group.throughput(Throughput::Bytes(bytes as u64));
    for (name, pipeline, layer, least) in [("tokenizer", &tokenizer, "token", 1000), ("news", &news, "mention", 100)] {
        let mut output = Output::new();
        let mut document = Document::new("").unwrap();
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut rows = 0;
                for text in TEXTS {
                    document.reset("", text, meta.clone(), &mut output).unwrap();
                    pipeline.annotate(&mut document, &mut output).unwrap();
                    rows += document.layer(layer).len();
                }
                assert!(rows > least, "{rows} rows of {layer}");
            });
        });
    }
    let mut output = Output::new();
    let documents: Vec<Document<'static>> = TEXTS
        .iter()
        .map(|text| {
            let mut document = Document::new(*text).unwrap().with_meta(meta.clone());
            news.annotate(&mut document, &mut output).unwrap();
            document
        })
        .collect();
    let mut line = Vec::new();
    group.bench_function("write JSON Lines", |b| {
        b.iter(|| {
            line.clear();
            for document in &documents {
                jsonl::write(document, &jsonl::WriteOptions::default(), &mut line).unwrap();
            }
            assert!(line.len() > bytes);
        });
    });
    group.finish();
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
