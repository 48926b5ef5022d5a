//! The plugin through the contract: layers, attributes, settings.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use standoff_core::{AnyPlugin, BuildContext, Document, Output, Paragraph, Provenance, Sentence, Task, Token};
use standoff_tokenizer::Tokenizer;

fn annotate(text: &str, settings: serde_json::Value) -> Document<'static> {
    let plugin: &dyn AnyPlugin = &Tokenizer;
    let annotator = plugin.build(&settings, &BuildContext::default()).unwrap();
    let provenance = Provenance { annotator: "tokenizer".into(), ..Provenance::default() };
    let task = Task::of(provenance, plugin.layers(&settings).unwrap());
    let mut document = Document::new(text.to_owned()).unwrap();
    let mut output = Output::new();
    output.begin(&document, &task);
    annotator.annotate(&document, &mut output).unwrap();
    document.commit(&mut output).unwrap();
    document
}

#[test]
fn the_worked_example_holds() {
    let example = AnyPlugin::manifest(&Tokenizer).example;
    let document = annotate(&example.text, serde_json::json!({}));
    for row in &example.finds {
        let layer = document.layer(&row.layer);
        let found = layer.iter().any(|entry| {
            let same = entry.span().is_some_and(|span| document.slice(span) == row.covers);
            same && row.attributes.iter().all(|(name, value)| entry.get(name).and_then(|v| v.as_str()) == Some(value))
        });
        assert!(found, "{row:?}");
    }
}

#[test]
fn tokens_sentences_and_paragraphs_are_rows() {
    let document = annotate("Don't.\n\nYes, 5kg.", serde_json::json!({ "norm": true, "shape": true }));
    let tokens: Vec<_> = document
        .rows::<Token>()
        .iter()
        .map(|token| (document.slice(token.span), token.kind.unwrap(), token.norm, token.shape.unwrap()))
        .collect();
    assert_eq!(
        tokens,
        [
            ("Do", "word", Some("do"), "Xx"),
            ("n't", "word", Some("not"), "x'x"),
            (".", "punctuation", None, "."),
            ("Yes", "word", Some("yes"), "Xxx"),
            (",", "punctuation", None, ","),
            ("5", "number", None, "d"),
            ("kg", "word", None, "xx"),
            (".", "punctuation", None, "."),
        ]
    );
    let sentences: Vec<_> = document.rows::<Sentence>().iter().map(|s| document.slice(s.span)).collect();
    assert_eq!(sentences, ["Don't.", "Yes, 5kg."]);
    assert_eq!(document.rows::<Paragraph>().iter().count(), 2);
}

#[test]
fn a_worker_reuses_its_buffers_without_mixing_documents() {
    let plugin: &dyn AnyPlugin = &Tokenizer;
    let settings = serde_json::json!({});
    let annotator = plugin.build(&settings, &BuildContext::default()).unwrap();
    let task = Task::of(Provenance::default(), plugin.layers(&settings).unwrap());
    let mut output = Output::new();
    for text in ["One two three. Four.", "", "Five.", "Six seven.\n\nEight"] {
        let mut document = Document::new(text.to_owned()).unwrap();
        output.begin(&document, &task);
        annotator.annotate(&document, &mut output).unwrap();
        document.commit(&mut output).unwrap();
        let alone = annotate(text, settings.clone());
        let spans = |d: &Document| d.rows::<Token>().iter().map(|t| t.span).collect::<Vec<_>>();
        assert_eq!(spans(&document), spans(&alone), "{text}");
    }
}

#[test]
fn wrong_settings_say_what_is_wrong() {
    let plugin: &dyn AnyPlugin = &Tokenizer;
    let refused = |settings: serde_json::Value| match plugin.build(&settings, &BuildContext::default()) {
        Ok(_) => panic!("{settings} was taken"),
        Err(error) => error.to_string(),
    };
    assert!(refused(serde_json::json!({ "convention": "penn" })).contains("whitespace"));
    assert!(refused(serde_json::json!({ "sentence": "rules" })).contains("sentences"));
    assert!(refused(serde_json::json!({ "abbreviations": ["."] })).contains("abbreviation"));
}

#[test]
fn the_language_of_the_document_chooses_the_lists() {
    let count = |language: Option<&str>| {
        let mut settings = serde_json::json!({});
        if let Some(language) = language {
            settings["language"] = language.into();
        }
        annotate("don't", settings).rows::<Token>().iter().count()
    };
    assert_eq!((count(None), count(Some("en-GB")), count(Some("de"))), (2, 2, 1));
}
