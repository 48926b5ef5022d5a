//! Each example text through the news pipeline, and each example pipeline over a text, against reviewed snapshots.

#![allow(clippy::unwrap_used, clippy::panic)]

use standoff::{Document, Output, Pipeline, Registry, news};
use standoff_tests::{examples, files, listing};

fn annotated(pipeline: &Pipeline, text: &str, date: Option<&str>) -> String {
    let mut document = Document::new(text.to_owned()).unwrap();
    document.meta_mut().date = date.map(str::to_owned);
    pipeline.annotate(&mut document, &mut Output::new()).unwrap();
    listing(&document)
}

/// The dates of the texts, as their datelines have them.
fn date(name: &str) -> Option<&'static str> {
    Some(match name {
        "flood" => "2021-10-04",
        "harbour" => "2023-06-14",
        "kurils" => "2017-03-20",
        "letter" => "2024-03-12",
        "summit" => "2019-05-09",
        "verdict" => "2022-01-18",
        _ => return None,
    })
}

#[test]
fn texts_through_the_news_pipeline() {
    let pipeline = Pipeline::from_toml(news::SOURCE, news::NAME, &Registry::linked().unwrap()).unwrap();
    for path in files(&examples().join("texts"), "txt") {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let date = date(&name).unwrap_or_else(|| panic!("{name}: say its date in this test"));
        let text = std::fs::read_to_string(&path).unwrap();
        insta::assert_snapshot!(format!("news-{name}"), annotated(&pipeline, &text, Some(date)));
    }
}

#[test]
fn pipelines_over_a_text() {
    let registry = Registry::linked().unwrap();
    for path in files(&examples().join("pipelines"), "toml") {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let toml = std::fs::read_to_string(&path).unwrap();
        let about = if name == "contacts" { "harbour" } else { "kurils" };
        let text = std::fs::read_to_string(examples().join(format!("texts/{about}.txt"))).unwrap();
        let pipeline = Pipeline::from_toml(&toml, &path, &registry).unwrap_or_else(|e| panic!("{e}"));
        assert!(pipeline.warnings().is_empty(), "{}", pipeline.warnings());
        insta::assert_snapshot!(format!("pipeline-{name}"), annotated(&pipeline, &text, date(about)));
    }
}
