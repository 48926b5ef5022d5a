//! Every distinct test of a rule set, numbered. Patterns speak of tests by number, so each is evaluated once for each
//! distinct token or annotation, however many rules ask.

use std::collections::HashMap;

use regex::Regex;
use standoff_core::{Document, Row, Value};

use crate::inflection::Inflection;
use crate::language::fold;
use crate::plan::trie::Trie;

/// The tests of a rule set. What a test stands for is a *symbol* here: the alphabet that patterns are written in.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    /// For each symbol how it is written, for people.
    written: Vec<String>,
    /// For each symbol a rough guess how often it comes, in tokens of a hundred.
    frequency: Vec<f32>,
    /// For each symbol the layer and the tests of its annotations, if it is about annotations.
    annotation: Vec<Option<(u32, u32)>>,
    known: HashMap<String, u32>,
    pub(crate) trie: Trie,
    /// Which symbols a token with this lemma matches.
    pub(crate) lemmas: HashMap<String, Vec<u32>>,
    /// Symbols that forms in the trie stand for only where a token has no lemma of its own.
    pub(crate) by_form: Vec<bool>,
    /// `_` without tests.
    pub(crate) any: Option<u32>,
    pub(crate) tokens: Vec<(u32, TokenTest)>,
    pub(crate) layers: Vec<LayerTests>,
}

/// The tests on the annotations of one layer.
#[derive(Debug)]
pub(crate) struct LayerTests {
    pub(crate) layer: String,
    pub(crate) tests: Vec<(u32, Vec<AttributeTest>)>,
}

/// A test on a single token.
#[derive(Debug)]
pub(crate) enum TokenTest {
    /// On its text as it stands.
    Regex(Regex),
    Attributes(Vec<AttributeTest>),
}

/// A test on one attribute.
#[derive(Clone, Debug)]
pub(crate) struct AttributeTest {
    pub(crate) path: Vec<String>,
    pub(crate) equal: bool,
    pub(crate) values: Vec<TestValue>,
}

#[derive(Clone, Debug)]
pub(crate) enum TestValue {
    Word(String),
    Int(i64),
    Regex(Regex),
}

impl Symbols {
    fn intern(&mut self, key: String, written: String, frequency: f32) -> (u32, bool) {
        let next = u32::try_from(self.written.len()).unwrap_or(u32::MAX);
        let symbol = *self.known.entry(key).or_insert(next);
        if symbol == next {
            self.written.push(written);
            self.frequency.push(frequency);
            self.annotation.push(None);
            self.by_form.push(false);
        }
        (symbol, symbol == next)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.written.len()
    }

    /// How a symbol is written in a rule.
    pub(crate) fn written(&self, symbol: u32) -> &str {
        self.written.get(symbol as usize).map_or("", String::as_str)
    }

    /// A rough guess how often a symbol comes.
    pub(crate) fn frequency(&self, symbol: u32) -> f32 {
        self.frequency.get(symbol as usize).copied().unwrap_or(100.0)
    }

    /// The layer and the tests of a symbol that is about annotations.
    pub(crate) fn annotation(&self, symbol: u32) -> Option<(&str, &[AttributeTest])> {
        let (layer, test) = (*self.annotation.get(symbol as usize)?)?;
        let layer = self.layers.get(layer as usize)?;
        let (_, tests) = layer.tests.get(test as usize)?;
        Some((&layer.layer, tests))
    }

    /// Any token.
    pub(crate) fn any(&mut self) -> u32 {
        let (symbol, _) = self.intern("_".to_owned(), "_".to_owned(), 100.0);
        self.any = Some(symbol);
        symbol
    }

    /// One of several phrases, whatever their case.
    pub(crate) fn phrases<'p>(&mut self, written: &str, phrases: impl Iterator<Item = &'p str>) -> u32 {
        let mut phrases: Vec<String> = phrases.map(fold).collect();
        phrases.sort_unstable();
        phrases.dedup();
        let frequency = phrases.iter().map(|phrase| phrase_frequency(phrase)).sum();
        let (symbol, new) = self.intern(format!("\"{}", phrases.join("\"")), written.to_owned(), frequency);
        if new {
            for phrase in &phrases {
                self.trie.insert(phrase, symbol);
            }
        }
        symbol
    }

    /// One of several lemmas of a language.
    pub(crate) fn lemma(&mut self, lemmas: &[String], language: &str, inflection: &Inflection) -> u32 {
        let mut lemmas: Vec<String> = lemmas.iter().map(|lemma| fold(lemma)).collect();
        lemmas.sort_unstable();
        lemmas.dedup();
        let forms: Vec<String> = lemmas.iter().flat_map(|lemma| inflection.forms(lemma)).collect();
        let frequency = forms.iter().map(|form| phrase_frequency(form) / 2.0).sum();
        let (symbol, new) = self.intern(format!("<{language} {}", lemmas.join("|")), format!("<{}>", lemmas.join("|")), frequency);
        if new {
            self.by_form[symbol as usize] = true;
            for form in &forms {
                self.trie.insert(form, symbol);
            }
            for lemma in lemmas {
                self.lemmas.entry(lemma).or_default().push(symbol);
            }
        }
        symbol
    }

    /// A token whose whole text matches a regular expression.
    pub(crate) fn regex(&mut self, source: &str) -> Result<u32, regex::Error> {
        let regex = whole(source)?;
        let (symbol, new) = self.intern(format!("/{source}"), format!("/{source}/"), 20.0);
        if new {
            self.tokens.push((symbol, TokenTest::Regex(regex)));
        }
        Ok(symbol)
    }

    /// A token with attributes.
    pub(crate) fn token(&mut self, written: &str, tests: Vec<AttributeTest>) -> u32 {
        let (symbol, new) = self.intern(format!("_[{}]", key_of(&tests)), written.to_owned(), 20.0);
        if new {
            self.tokens.push((symbol, TokenTest::Attributes(tests)));
        }
        symbol
    }

    /// An annotation of a layer, with attributes.
    pub(crate) fn annotations(&mut self, written: &str, layer: &str, tests: Vec<AttributeTest>) -> u32 {
        let (symbol, new) = self.intern(format!("@{layer}[{}]", key_of(&tests)), written.to_owned(), 3.0);
        if new {
            let at = self.layers.iter().position(|known| known.layer == layer).unwrap_or_else(|| {
                self.layers.push(LayerTests { layer: layer.to_owned(), tests: Vec::new() });
                self.layers.len() - 1
            });
            let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            self.annotation[symbol as usize] = Some((clip(at), clip(self.layers[at].tests.len())));
            self.layers[at].tests.push((symbol, tests));
        }
        symbol
    }

    /// The attributes of tokens that some test reads, sorted; `form` is none of them.
    pub(crate) fn token_attributes(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .tokens
            .iter()
            .filter_map(|(_, test)| if let TokenTest::Attributes(tests) = test { Some(tests) } else { None })
            .flatten()
            .filter_map(|test| test.path.first())
            .filter(|name| name.as_str() != "form")
            .cloned()
            .collect();
        if !self.lemmas.is_empty() {
            names.push("lemma".to_owned());
        }
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// A regular expression for a whole text.
pub(crate) fn whole(source: &str) -> Result<Regex, regex::Error> {
    Regex::new(&format!("^(?:{source})$"))
}

fn key_of(tests: &[AttributeTest]) -> String {
    let mut key = String::new();
    for test in tests {
        key.push_str(&format!("{}{}", test.path.join("."), if test.equal { "=" } else { "!=" }));
        for value in &test.values {
            match value {
                TestValue::Word(word) => key.push_str(&format!("{word:?}|")),
                TestValue::Int(int) => key.push_str(&format!("{int}|")),
                TestValue::Regex(regex) => key.push_str(&format!("/{}/|", regex.as_str())),
            }
        }
        key.push('&');
    }
    key
}

/// A guess from a phrase's longest word: long words are rare.
fn phrase_frequency(phrase: &str) -> f32 {
    match phrase.split(' ').map(|word| word.chars().count()).max() {
        None | Some(0..=1) => 5.0,
        Some(2..=3) => 1.5,
        Some(4..=5) => 0.1,
        Some(6..=8) => 0.03,
        Some(_) => 0.01,
    }
}

impl AttributeTest {
    /// Whether a value passes. What is not there is unequal to everything.
    pub(crate) fn passes(&self, value: Option<Value>) -> bool {
        let found = value.is_some_and(|value| self.values.iter().any(|wanted| wanted.is(value)));
        found == self.equal
    }

    /// Whether a string passes.
    pub(crate) fn passes_text(&self, text: &str) -> bool {
        self.passes(Some(Value::Str(text)))
    }
}

impl TestValue {
    fn is(&self, value: Value) -> bool {
        match (self, value) {
            (TestValue::Word(word), Value::Str(text)) => word == text,
            (TestValue::Word(word), Value::Bool(found)) => word == if found { "true" } else { "false" },
            (TestValue::Int(int), Value::Str(text)) => text.parse() == Ok(*int),
            (TestValue::Int(int), Value::U32(found)) => i64::from(found) == *int,
            (TestValue::Int(int), Value::I64(found)) => found == *int,
            (TestValue::Int(int), Value::F64(found)) => found == *int as f64,
            (TestValue::Regex(regex), Value::Str(text)) => regex.is_match(text),
            _ => false,
        }
    }
}

/// The value that a path of attributes leads to from a row. References are followed.
pub(crate) fn value_at<'d>(document: &'d Document, row: Row<'d>, path: &[String]) -> Option<Value<'d>> {
    let (name, rest) = path.split_first()?;
    let value = match (row.get(name), name.as_str()) {
        (None, "text") => return row.span().map(|span| Value::Str(document.slice(span))),
        (value, _) => value?,
    };
    if rest.is_empty() {
        return Some(value);
    }
    match value {
        Value::Ref(target) => value_at(document, document.row(target)?, rest),
        _ => None,
    }
}
