//! Every rule is documented, and finds something in its own example.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use standoff_date::{LanguageChoice, Mode, Settings, Tagger, TokenSpan};
use standoff_tokenizer::{Segmenter, Segments};

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
            let plain: String = text.trim().replace(['[', ']'], "");
            if value.trim().is_empty() {
                continue;
            }
            let mut segments = Segments::default();
            Segmenter::default().segment(&plain, &mut segments);
            let tokens: Vec<TokenSpan> = segments.tokens.iter().collect();
            // Of a part of an expression the example shows where in it the part stands.
            let covers = |t: &Tagger| {
                let found = t.tag(&plain, &tokens, &[], Some("2017-03-20T12:00"));
                bracketed(text.trim()).iter().all(|part| found.iter().any(|timex| timex.start <= part.start && part.end <= timex.end))
            };
            if !taggers.iter().any(covers) {
                silent.push(format!("{}: {}", rule.id, text.trim()));
            }
        }
    }
    assert!(silent.is_empty(), "examples in which what is bracketed is not found:\n{}", silent.join("\n"));
}

/// The bracketed parts, as byte ranges of the text without its brackets.
fn bracketed(text: &str) -> Vec<std::ops::Range<u32>> {
    let (mut parts, mut from, mut at) = (Vec::new(), 0, 0);
    for c in text.chars() {
        match c {
            '[' => from = at,
            ']' => parts.push(from..at),
            c => at += c.len_utf8() as u32,
        }
    }
    parts
}

#[test]
fn explain_knows_every_rule() {
    let tagger = Tagger::new(Settings::default()).unwrap();
    for rule in tagger.rules() {
        assert_eq!(tagger.explain(rule.id).map(|r| r.doc), Some(rule.doc));
    }
    assert!(tagger.explain("no-such-rule").is_none());
}
