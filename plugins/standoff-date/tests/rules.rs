//! Every rule is documented, and finds something in its own example.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod brackets;
mod tagging;

use brackets::unbracket;
use standoff_date::{LanguageChoice, Mode, Settings, Tagger};
use tagging::tag;

#[test]
fn every_rule_has_an_example_that_it_fits() {
    let mut silent = Vec::new();
    for language in [LanguageChoice::En, LanguageChoice::De] {
        let taggers: Vec<Tagger> = [Mode::News, Mode::Narrative, Mode::Colloquial, Mode::Post]
            .into_iter()
            .map(|mode| Tagger::new(Settings { mode, language, events: true, ..Settings::default() }).unwrap())
            .collect();
        for rule in taggers[0].rules() {
            assert!(rule.doc.ends_with('.'), "rule {} lacks a sentence", rule.id);
            let (text, value) = rule.example.split_once("=>").unwrap_or_else(|| panic!("rule {}: example without `=>`", rule.id));
            if value.trim().is_empty() {
                continue;
            }
            let (text, spans) = unbracket(text.trim());
            // Of a part of an expression the example shows where in it the part stands.
            let covers = |t: &Tagger| {
                let found = tag(t, &text, Some("2017-03-20T12:00"));
                spans.iter().all(|part| found.iter().any(|timex| timex.start as usize <= part.start && part.end <= timex.end as usize))
            };
            if !taggers.iter().any(covers) {
                silent.push(format!("{}: {}", rule.id, rule.example));
            }
        }
    }
    assert!(silent.is_empty(), "examples in which what is bracketed is not found:\n{}", silent.join("\n"));
}

#[test]
fn explain_knows_every_rule() {
    let tagger = Tagger::new(Settings::default()).unwrap();
    for rule in tagger.rules() {
        assert_eq!(tagger.explain(rule.id).map(|r| r.doc), Some(rule.doc));
    }
    assert!(tagger.explain("no-such-rule").is_none());
}
