//! One plugin, three ways: the news pipeline with every plugin linked in, loaded as a shared library, and moved to a
//! process gives the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};
use standoff::io::jsonl;
use standoff::runner::{RunOptions, SourceDocument, run};
use standoff::{Document, Meta, Pipeline, Plugin, Registry, news};
use standoff_abi::process::Process;
use standoff_testkit::{shared, text};
use standoff_tests::{examples, files};

const PLUGINS: [&str; 5] = ["tokenizer", "gazetteer", "date", "names", "relation"];

/// The example texts, the standard text, and odd ones.
fn documents() -> Vec<(String, String)> {
    let mut documents: Vec<(String, String)> = files(&examples().join("texts"), "txt")
        .into_iter()
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    documents.push(("news".into(), text::news(20_000)));
    let mut runner = TestRunner::deterministic();
    for number in 0..60 {
        documents.push((format!("odd-{number}"), text::any().new_tree(&mut runner).unwrap().current()));
    }
    documents
}

/// The lines that a pipeline writes for [`documents`].
fn lines(pipeline: &Pipeline, threads: usize) -> Vec<u8> {
    let source = documents().into_iter().enumerate().map(|(n, (id, text))| {
        let mut meta = Meta { date: Some("2017-03-20".into()), ..Meta::default() };
        if n % 2 == 0 {
            meta.language = Some("en".into());
            meta.fields.insert("desk".into(), json!({"number": n}));
        }
        SourceDocument::text(id, text, meta)
    });
    let mut all = Vec::new();
    let options = jsonl::WriteOptions { with_retracted: true, ..jsonl::WriteOptions::default() };
    let write = |document: &Document, out: &mut Vec<u8>| jsonl::write(document, &options, out);
    let sink = |finished: standoff::runner::Finished<'_>| {
        all.extend_from_slice(finished.result.unwrap_or_else(|e| panic!("{}: {e}", finished.report.id)));
        Ok(())
    };
    run(pipeline, source, write, sink, &RunOptions { threads, ..RunOptions::default() }).unwrap();
    all
}

#[test]
fn linked_and_loaded_plugins_give_the_same_bytes() {
    let linked = Pipeline::from_toml(news::SOURCE, news::NAME, &Registry::linked().unwrap()).unwrap();
    let mut registry = Registry::new();
    for name in PLUGINS {
        registry.add(shared(&format!("standoff-{name}"), name), "a shared library").unwrap();
    }
    let loaded = Pipeline::from_toml(news::SOURCE, news::NAME, &registry).unwrap();
    let expected = lines(&linked, 1);
    assert!(expected.len() > 200_000, "{} bytes", expected.len());
    for threads in [1, 3] {
        assert!(lines(&loaded, threads) == expected, "shared libraries on {threads} threads gave other bytes");
    }
    for (one, other) in linked.steps().iter().zip(loaded.steps()) {
        assert_eq!(one.annotator().rules(), other.annotator().rules());
        let mut document = Document::new("On Friday Sergei Lavrov met Fumio Kishida on Iturup.").unwrap();
        document.set_id("a");
        let said = [one, other].map(|step| step.annotator().explain(&document, None).map_err(|e| e.to_string()));
        assert_eq!(said[0], said[1]);
    }
}

/// The settings that move a plugin to a process.
fn moved(name: &str) -> Json {
    let plugin = Registry::linked().unwrap();
    let layers = plugin.get(name).unwrap().layers(&json!({})).unwrap();
    let names = |reads: &[standoff::LayerRead]| reads.iter().map(|read| read.name.clone()).collect::<Vec<_>>();
    json!({
        "command": [env!("CARGO_BIN_EXE_serve"), name], "offsets": "byte", "timeout": 120,
        "needs": names(&layers.needs), "uses": names(&layers.uses), "revises": layers.revises,
        "gives": layers.gives.iter().map(|schema| schema.name.clone()).collect::<Vec<_>>(),
    })
}

/// The lines without who made the rows: a process has another version and other settings.
fn rows(lines: &[u8]) -> Vec<Json> {
    let parse = |line: &[u8]| {
        let mut document: Json = serde_json::from_slice(line).unwrap();
        document.as_object_mut().unwrap().remove("made_by");
        document
    };
    lines.split(|&b| b == b'\n').filter(|line| !line.is_empty()).map(parse).collect()
}

#[test]
fn plugins_moved_to_processes_give_the_same_rows() {
    let registry = Registry::linked().unwrap();
    let expected = rows(&lines(&Pipeline::from_toml(news::SOURCE, news::NAME, &registry).unwrap(), 1));
    for name in ["tokenizer", "date", "relation"] {
        let mut builder = Pipeline::builder();
        for plugin in PLUGINS {
            builder = if plugin == name { builder.plugin(Process, moved(name)).named(name) } else { builder.annotator(plugin) };
        }
        let pipeline = builder.build_with(&registry).unwrap();
        let found = rows(&lines(&pipeline, 2));
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "`{name}` moved to a process");
        }
        assert_eq!(found.len(), expected.len());
    }
    assert_eq!(Plugin::manifest(&Process).name, "process");
}
