//! Writes the names of documents, for measuring against gold spans.
//!
//! Each line of the standard input is `{"id", "text"}`, with `"tokens": [[start, end] …]` and `"sentences"` alike where the
//! gold data have tokens of their own (otherwise the tokenizer's are taken). Offsets are characters. The gazetteer finds
//! places first. Each line of the standard output is `{"id", "text", "spans": [{"start", "end", "type", "by", "rule",
//! "entity"} …]}`: all live mentions.
//!
//! - `--flat` leaves out mentions inside others, and types other than people, organisations and places (those as LOC), as
//!   gold data for names have it.
//! - `--alone` leaves out the gazetteer.
//! - `--explain` says on the standard error of each form why it is a name or none.
//!
//! ```text
//! cargo run --release -p standoff-names --example spans -- --flat < documents.jsonl > spans.jsonl
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::io::{BufRead, Write, stdin, stdout};

use serde_json::{Value, json};
use standoff_core::{Annotator, BuildContext, Document, Layers, Mention, Output, Plugin, Sentence, Span, Task, Token};
use standoff_gazetteer::Gazetteer;
use standoff_names::{NamesPlugin, Settings};
use standoff_tokenizer::Tokenizer;

fn task(name: &str, layers: Layers) -> Task {
    Task::of(Task::new(name, "1").provenance().as_ref().clone(), layers)
}

fn run(annotator: &dyn Annotator, task: &Task, document: &mut Document<'static>, output: &mut Output) -> Result<(), standoff_core::Error> {
    output.begin(document, task);
    annotator.annotate(document, output)?;
    document.commit(output)
}

fn main() -> Result<(), Box<dyn Error>> {
    let has = |name: &str| std::env::args().any(|a| a == name);
    let (flat, alone, explains) = (has("--flat"), has("--alone"), has("--explain"));
    let context = BuildContext::default();
    let tokenizer = Tokenizer.build(Default::default(), &context)?;
    let gazetteer = Gazetteer.build(Default::default(), &context)?;
    let names = NamesPlugin.build(Settings::default(), &context)?;
    let tasks = [
        task("tokenizer", Tokenizer.layers(&Default::default())),
        task("gazetteer", Gazetteer.layers(&Default::default())),
        task("names", NamesPlugin.layers(&Settings::default())),
    ];
    let given = Task::new("given", "1").gives::<Token>().gives::<Sentence>();
    let mut output = Output::new();
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        let input: Value = serde_json::from_str(&line?)?;
        let text = input["text"].as_str().unwrap_or_default().to_owned();
        let mut bytes: Vec<u32> = text.char_indices().map(|(at, _)| at as u32).collect();
        bytes.push(text.len() as u32);
        let mut document = Document::new(text.clone())?;
        match input["tokens"].as_array() {
            None => run(&*tokenizer, &tasks[0], &mut document, &mut output)?,
            Some(tokens) => {
                let offset = |v: &Value| v.as_u64().and_then(|c| bytes.get(c as usize).copied()).unwrap_or(text.len() as u32);
                let span = |v: &Value| Span::new(offset(&v[0]), offset(&v[1]));
                output.begin(&document, &given);
                for token in tokens {
                    output.layer::<Token>()?.push(Token { span: span(token), ..Token::default() });
                }
                for sentence in input["sentences"].as_array().into_iter().flatten() {
                    output.layer::<Sentence>()?.push(Sentence { span: span(sentence) });
                }
                document.commit(&mut output)?;
            }
        }
        if !alone {
            run(&*gazetteer, &tasks[1], &mut document, &mut output)?;
        }
        if explains {
            eprintln!("## {}\n{}", input["id"], names.explain(&document, None)?.unwrap_or_default());
        }
        run(&*names, &tasks[2], &mut document, &mut output)?;

        let chars = |byte: u32| bytes.partition_point(|&b| b < byte);
        let mut found = Vec::new();
        let mut reach = 0;
        for row in document.layer("mention").iter() {
            let (Some(span), Some(kind)) = (row.span(), row.str("type")) else { continue };
            let kind = match kind {
                "GPE" | "FAC" if flat => "LOC",
                "PERSON" | "ORG" | "LOC" => kind,
                _ if flat => continue,
                other => other,
            };
            if flat && span.end <= reach {
                continue;
            }
            reach = reach.max(span.end);
            let entity = document.get::<Mention>(row.id()).and_then(|m| m.entity).map(|e| e.to_string());
            let by = document.provenance(row.segment()).map(|p| p.annotator.as_str());
            found.push(json!({"start": chars(span.start), "end": chars(span.end), "type": kind, "by": by, "rule": row.rule(),
                "entity": entity, "text": document.slice(span)}));
        }
        writeln!(out, "{}", json!({"id": input["id"], "text": text, "spans": found}))?;
    }
    Ok(())
}
