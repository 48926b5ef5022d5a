//! The same input gives the same bytes, on any number of threads and after any other document.

#![allow(clippy::unwrap_used)]

use standoff::io::jsonl;
use standoff::runner::{RunOptions, SourceDocument, run};
use standoff::{Document, Error, Meta, Pipeline, Registry, news};
use standoff_tests::{examples, files};

/// The example texts whole and cut into all their paragraphs, over and over, with some that cannot be read among them.
fn documents() -> Vec<(String, Result<String, ()>)> {
    let mut all = Vec::new();
    for round in 0..3 {
        for path in files(&examples().join("texts"), "txt") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            for (number, paragraph) in text.split("\n\n").enumerate() {
                all.push((format!("{name}-{round}-{number}"), Ok(paragraph.to_owned())));
            }
            all.push((format!("{name}-{round}-broken"), Err(())));
            all.push((format!("{name}-{round}"), Ok(text)));
        }
    }
    all
}

fn output(pipeline: &Pipeline, threads: usize) -> (Vec<u8>, u64) {
    let source = documents().into_iter().map(|(id, text)| match text {
        Ok(text) => SourceDocument::text(id, text, Meta { date: Some("2020-02-02".into()), ..Meta::default() }),
        Err(()) => SourceDocument::failed(id, Error::input("broken on purpose")),
    });
    let mut all = Vec::new();
    let write = |document: &Document, out: &mut Vec<u8>| jsonl::write(document, &jsonl::WriteOptions::default(), out);
    let sink = |finished: standoff::runner::Finished<'_>| {
        match finished.result {
            Ok(bytes) => all.extend_from_slice(bytes),
            Err(error) => all.extend_from_slice(format!("{}: {error}\n", finished.report.source).as_bytes()),
        }
        Ok(())
    };
    let summary = run(pipeline, source, write, sink, &RunOptions { threads, ..RunOptions::default() }).unwrap();
    (all, summary.set_aside)
}

#[test]
fn threads_change_nothing() {
    let pipeline = Pipeline::from_toml(news::SOURCE, news::NAME, &Registry::linked().unwrap()).unwrap();
    let (one, set_aside) = output(&pipeline, 1);
    assert_eq!(set_aside, 18);
    assert!(one.len() > 100_000);
    for threads in [2, 8] {
        let (many, _) = output(&pipeline, threads);
        assert!(many == one, "{threads} threads gave other bytes than one");
    }
}
