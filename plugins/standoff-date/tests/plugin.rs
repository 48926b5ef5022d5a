//! The plugin over documents: layers, settings, explain.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::json;
use standoff_core::{AnyPlugin, BuildContext, Document, Meta, Output, Provenance, Task, TimeExpression};
use standoff_date::DatePlugin;
use standoff_tokenizer::Tokenizer;

fn annotate(document: &mut Document<'static>, settings: serde_json::Value) {
    let mut output = Output::new();
    for (plugin, settings) in [(&Tokenizer as &dyn AnyPlugin, json!({})), (&DatePlugin as &dyn AnyPlugin, settings)] {
        let manifest = plugin.manifest();
        let annotator = plugin.build(&settings, &BuildContext::default()).unwrap();
        let provenance = Provenance { annotator: manifest.name, version: manifest.version, ..Provenance::default() };
        output.begin(document, &Task::of(provenance, plugin.layers(&settings).unwrap()));
        annotator.annotate(document, &mut output).unwrap();
        document.commit(&mut output).unwrap();
    }
}

#[test]
fn rows_carry_value_interval_and_rule() {
    let mut document =
        Document::new("Talks were held on Saturday, after decades of dispute, in late 2016.").unwrap().with_date("2017-03-20");
    annotate(&mut document, json!({}));
    let rows: Vec<_> = document
        .rows::<TimeExpression>()
        .iter()
        .map(|r| {
            (
                document.slice(r.span).to_owned(),
                r.kind.to_owned(),
                r.value.to_owned(),
                r.modifier.map(str::to_owned),
                r.from.map(str::to_owned),
            )
        })
        .collect();
    let row = |text: &str, kind: &str, value: &str, modifier: Option<&str>, from: Option<&str>| {
        (text.to_owned(), kind.to_owned(), value.to_owned(), modifier.map(str::to_owned), from.map(str::to_owned))
    };
    assert_eq!(
        rows,
        [
            row("Saturday", "DATE", "2017-03-18", None, Some("2017-03-18T00:00:00")),
            row("decades", "DURATION", "PXDE", None, None),
            row("late 2016", "DATE", "2016", Some("END"), Some("2016-01-01T00:00:00")),
        ]
    );
    assert!(document.layer("date").iter().all(|r| r.rule().is_some()));
}

#[test]
fn the_documents_language_chooses_the_rules() {
    let mut document = Document::new("Die Gespräche wurden am Samstag geführt.").unwrap();
    *document.meta_mut() = Meta { date: Some("2017-03-20".into()), language: Some("de".into()), ..Meta::default() };
    annotate(&mut document, json!({}));
    let values: Vec<String> = document.rows::<TimeExpression>().iter().map(|r| r.value.to_owned()).collect();
    assert_eq!(values, ["2017-03-18"]);
}

#[test]
fn wrong_settings_are_refused_with_what_is_allowed() {
    for (settings, part) in [
        (json!({ "mode": "poetry" }), "narrative"),
        (json!({ "fiscal_start": 13 }), "1 to 12"),
        (json!({ "date": "tomorrow" }), "2017-03-20"),
        (json!({ "layers": { "tokens": "t" } }), "did you mean `token`"),
        (json!({ "colour": "red" }), "colour"),
    ] {
        let error = DatePlugin.build(&settings, &BuildContext::default()).err().unwrap().to_string();
        assert!(error.contains(part), "{settings}: {error}");
    }
}

#[test]
fn durations_refer_to_what_they_hang_on() {
    let mut document = Document::new("Two days after May 5, 2016, she left. Three days later, she was back.").unwrap();
    annotate(&mut document, json!({ "mode": "news" }));
    let rows: Vec<_> = document.layer("date").iter().collect();
    let points: Vec<_> =
        rows.iter().map(|r| document.get::<TimeExpression>(r.id()).unwrap()).map(|t| (t.begin_point, t.end_point)).collect();
    let may = rows[1].id();
    assert_eq!(points, [(Some(may), None), (None, None), (Some(may), None)]);
    let last = document.get::<TimeExpression>(rows[2].id()).unwrap();
    assert_eq!((last.from, last.to), (Some("2016-05-05T00:00:00"), Some("2016-05-09T00:00:00")));
}

#[test]
fn explain_tells_the_rule() {
    let mut document = Document::new("It was held in late 2016.").unwrap();
    annotate(&mut document, json!({}));
    let annotator = DatePlugin.build(&json!({}), &BuildContext::default()).unwrap();
    let report = annotator.explain(&document, Some("edge-date")).unwrap().unwrap();
    assert!(report.contains("Early, mid or late in a date.") && report.contains("late 2016"), "{report}");
    assert!(annotator.explain(&document, Some("edge-dat")).err().unwrap().to_string().contains("edge-date"));
    assert!(annotator.rules().iter().all(|r| !r.summary.is_empty()));
}
