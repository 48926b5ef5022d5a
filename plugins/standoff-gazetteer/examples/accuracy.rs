//! Scores places against gold: `cargo run --release -p standoff-gazetteer --example accuracy -- [OPTIONS] FILE…`.
//!
//! Files are column files (`.conll`, `.iob2`: the word and an IOB tag, as `word tag` or as `number word tag`), or JSON Lines
//! with `text` and `mentions` of `start`, `end` (characters) and `type`. Gold mentions of type LOC, GPE, FAC and Location are
//! places. `--half odd` and `--half even` take every second document: tune on one, report the other. `--errors` lists
//! what is wrong. `--settings JSON` sets the gazetteer.
#![allow(clippy::print_stdout, reason = "an example that shows its results")]

use std::collections::BTreeSet;

use standoff_core::{Annotator, AnyPlugin, BuildContext, Document, Error, Mention, Output, Provenance, Task};

struct Gold {
    text: String,
    /// Places, in bytes.
    places: BTreeSet<(usize, usize)>,
}

fn main() -> Result<(), Error> {
    let (mut files, mut half, mut errors, mut settings) = (Vec::new(), None, false, serde_json::json!({}));
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--half" => half = arguments.next(),
            "--errors" => errors = true,
            "--settings" => {
                let text = arguments.next().unwrap_or_default();
                settings = serde_json::from_str(&text).map_err(|e| Error::settings("the settings are no JSON").with_source(e))?;
            }
            _ => files.push(argument),
        }
    }
    let pipeline =
        [annotator(&standoff_tokenizer::Tokenizer, serde_json::json!({}))?, annotator(&standoff_gazetteer::Gazetteer, settings)?];
    for file in files {
        let gold = read(&file)?;
        let (mut right, mut found, mut wanted) = (0, 0, 0);
        for (number, document) in gold.iter().enumerate() {
            if half.as_deref().is_some_and(|h| (h == "odd") != (number % 2 == 1)) {
                continue;
            }
            let places = places(&pipeline, &document.text)?;
            right += places.intersection(&document.places).count();
            found += places.len();
            wanted += document.places.len();
            if errors {
                show("spurious", &document.text, places.difference(&document.places));
                show("missed", &document.text, document.places.difference(&places));
            }
        }
        let (precision, recall) =
            (100.0 * right as f64 / f64::max(found as f64, 1.0), 100.0 * right as f64 / f64::max(f64::from(wanted as u32), 1.0));
        let f1 = if right == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
        println!("{file}: {wanted} places, {found} found, {right} right: precision {precision:.1}, recall {recall:.1}, F1 {f1:.1}");
    }
    Ok(())
}

fn show<'a>(what: &str, text: &str, spans: impl Iterator<Item = &'a (usize, usize)>) {
    for &(start, end) in spans {
        let from = text.get(..start).map_or(0, |t| t.char_indices().rev().nth(40).map_or(0, |(i, _)| i));
        let to = text.get(end..).and_then(|t| t.char_indices().nth(40)).map_or(text.len(), |(i, _)| end + i);
        let [before, name, after] = [from..start, start..end, end..to].map(|r| text.get(r).unwrap_or("").replace('\n', " "));
        println!("{what}\t{before}[{name}]{after}");
    }
}

fn annotator(plugin: &dyn AnyPlugin, settings: serde_json::Value) -> Result<(Box<dyn Annotator>, Task), Error> {
    let manifest = plugin.manifest();
    let provenance = Provenance { annotator: manifest.name, version: manifest.version, settings: String::new() };
    Ok((plugin.build(&settings, &BuildContext::default())?, Task::of(provenance, plugin.layers(&settings)?)))
}

fn places(pipeline: &[(Box<dyn Annotator>, Task)], text: &str) -> Result<BTreeSet<(usize, usize)>, Error> {
    let mut document = Document::new(text.to_owned())?;
    let mut output = Output::new();
    for (annotator, task) in pipeline {
        output.begin(&document, task);
        annotator.annotate(&document, &mut output)?;
        document.commit(&mut output)?;
    }
    let mentions = document.rows::<Mention>();
    Ok(mentions.iter().filter(|m| is_place(m.kind)).map(|m| (m.span.start as usize, m.span.end as usize)).collect())
}

fn is_place(kind: &str) -> bool {
    matches!(kind, "GPE" | "LOC" | "FAC" | "Location")
}

fn read(file: &str) -> Result<Vec<Gold>, Error> {
    let content = std::fs::read_to_string(file)?;
    if file.ends_with(".jsonl") {
        return content.lines().map(read_json).collect();
    }
    // Documents of twenty sentences: the files do not say where documents begin, or have very many.
    let sentences: Vec<&str> = content.split("\n\n").collect();
    Ok(sentences.chunks(20).map(read_columns).collect())
}

fn read_json(line: &str) -> Result<Gold, Error> {
    let value: serde_json::Value = serde_json::from_str(line).map_err(|e| Error::input("the line is no JSON").with_source(e))?;
    let text = value["text"].as_str().unwrap_or("").to_owned();
    let bytes: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
    let at = |v: &serde_json::Value| v.as_u64().and_then(|i| bytes.get(i as usize).copied());
    let mentions = value["mentions"].as_array().into_iter().flatten();
    let places = mentions.filter(|m| m["type"].as_str().is_some_and(is_place)).filter_map(|m| at(&m["start"]).zip(at(&m["end"]))).collect();
    Ok(Gold { text, places })
}

fn read_columns(sentences: &[&str]) -> Gold {
    let mut gold = Gold { text: String::new(), places: BTreeSet::new() };
    for sentence in sentences {
        let mut open: Option<(usize, usize)> = None;
        for line in sentence.lines().filter(|l| !l.starts_with('#')) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let (word, tag) = match columns[..] {
                [word, tag] => (word, tag),
                [_, word, tag, ..] => (word, tag),
                _ => continue,
            };
            let start = gold.text.len();
            gold.text.push_str(word);
            let end = gold.text.len();
            gold.text.push(' ');
            let place = tag.split_once('-').is_some_and(|(_, kind)| is_place(kind));
            match &mut open {
                Some(span) if place && tag.starts_with('I') => span.1 = end,
                _ => {
                    gold.places.extend(open.take());
                    open = place.then_some((start, end));
                }
            }
        }
        gold.places.extend(open);
        gold.text.push('\n');
    }
    gold
}
