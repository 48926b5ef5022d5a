//! Writes the names of documents whose tokens are given, for measuring against gold spans.
//!
//! Each line of the standard input is `{"id", "text", "tokens": [[start, end] …], "sentences": [[start, end] …],
//! "mentions": [{"start", "end", "type"} …]}`, offsets in characters; the mentions are what a gazetteer found. Each line
//! of the standard output is `{"id", "text", "spans": [{"start", "end", "type", "rule", "entity"} …]}`: all live mentions.
//! With `--flat` mentions inside others are left out, as most gold data have it. With `--explain` the
//! standard error says of each form why it is a name or none.
//!
//! ```text
//! cargo run --release -p standoff-names --example spans -- --flat < documents.jsonl > spans.jsonl
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::io::{BufRead, stdin};

use serde_json::{Value, json};
use standoff_core::{Annotator, Document, Entity, Mention, Output, Sentence, Span, Task, Token};
use standoff_names::{Names, Settings};

fn main() -> Result<(), Box<dyn Error>> {
    let explains = std::env::args().any(|a| a == "--explain");
    let flat = std::env::args().any(|a| a == "--flat");
    let names = Names::new(Settings::default())?;
    let mut output = Output::new();
    let given = Task::new("given", "1").gives::<Token>().gives::<Sentence>().gives::<Mention>();
    let layers = standoff_core::Layers::new().gives::<Mention>().gives::<Entity>().revises::<Mention>();
    let task = Task::of(Task::new("names", "1").provenance().as_ref().clone(), layers);
    for line in stdin().lock().lines() {
        let input: Value = serde_json::from_str(&line?)?;
        let text = input["text"].as_str().unwrap_or_default().to_owned();
        let mut bytes: Vec<u32> = text.char_indices().map(|(at, _)| at as u32).collect();
        bytes.push(text.len() as u32);
        let offset = |v: &Value| v.as_u64().and_then(|c| bytes.get(c as usize).copied()).unwrap_or(text.len() as u32);
        let spans = |key: &str| input[key].as_array().cloned().unwrap_or_default();
        let mut document = Document::new(text.clone())?;
        output.begin(&document, &given);
        for token in spans("tokens") {
            output.layer::<Token>()?.push(Token { span: Span::new(offset(&token[0]), offset(&token[1])), ..Token::default() });
        }
        for sentence in spans("sentences") {
            output.layer::<Sentence>()?.push(Sentence { span: Span::new(offset(&sentence[0]), offset(&sentence[1])) });
        }
        for mention in spans("mentions") {
            let span = Span::new(offset(&mention["start"]), offset(&mention["end"]));
            let kind = mention["type"].as_str().unwrap_or_default();
            output.layer::<Mention>()?.push_by("given", Mention { span, kind, ..Mention::default() });
        }
        document.commit(&mut output)?;
        if explains {
            eprintln!("## {}\n{}", input["id"], names.explain(&document, None)?.unwrap_or_default());
        }
        output.begin(&document, &task);
        names.annotate(&document, &mut output)?;
        document.commit(&mut output)?;
        let chars = |byte: u32| bytes.partition_point(|&b| b < byte);
        let mut found = Vec::new();
        let mut reach = 0;
        let skip = |kind: &str| flat && matches!(kind, "NORP" | "TITLE" | "EVENT" | "LAW");
        for row in document.layer("mention").iter() {
            let (Some(span), Some(kind)) = (row.span(), row.str("type")) else { continue };
            if skip(kind) || (flat && span.end <= reach) {
                continue;
            }
            reach = reach.max(span.end);
            let entity = document.get::<Mention>(row.id()).and_then(|m| m.entity).map(|e| e.to_string());
            found.push(json!({"start": chars(span.start), "end": chars(span.end), "type": kind, "rule": row.rule(),
                "entity": entity, "text": document.slice(span)}));
        }
        println!("{}", json!({"id": input["id"], "text": text, "spans": found}));
    }
    Ok(())
}
