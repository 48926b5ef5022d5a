//! Which tests a token passes, found once for each distinct token and kept from document to document.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use standoff_core::{Row, Value};

use crate::language::{fold, fold_into};
use crate::plan::rule::Plan;
use crate::plan::symbols::TokenTest;
use crate::plan::trie::Node;

/// How many distinct tokens are kept at most before the cache starts anew.
const MOST: usize = 1 << 16;

/// The distinct tokens seen, with a bit a symbol.
#[derive(Debug, Default)]
pub(crate) struct Forms {
    /// The number of each token by its text and the attributes that tests read.
    known: HashMap<Box<str>, u32, RandomState>,
    /// Words of a bit vector a token.
    words: usize,
    bits: Vec<u64>,
    /// Where in the trie a phrase goes on after the token.
    nodes: Vec<Option<Node>>,
    folded: Vec<Box<str>>,
    key: String,
    text: String,
}

impl Forms {
    /// Makes ready for a document of a rule set.
    pub(crate) fn begin(&mut self, plan: &Plan) {
        let words = plan.symbols.len().div_ceil(64).max(1);
        if self.known.len() > MOST || self.words != words {
            *self = Forms { words, ..Forms::default() };
        }
    }

    /// The number of a token.
    pub(crate) fn number(&mut self, plan: &Plan, text: &str, row: Option<Row>) -> u32 {
        self.key.clear();
        self.key.push_str(text);
        if let Some(row) = row {
            for name in &plan.token_attributes {
                self.key.push('\u{0}');
                push_value(&mut self.key, row.get(name));
            }
        }
        if let Some(&number) = self.known.get(self.key.as_str()) {
            return number;
        }
        let number = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.known.insert(self.key.as_str().into(), number);
        self.add(plan, text, row);
        number
    }

    fn add(&mut self, plan: &Plan, text: &str, row: Option<Row>) {
        let symbols = &plan.symbols;
        let base = self.bits.len();
        self.bits.resize(base + self.words, 0);
        let mut set = |symbol: u32| {
            if let Some(word) = self.bits.get_mut(base + symbol as usize / 64) {
                *word |= 1 << (symbol % 64);
            }
        };
        if let Some(any) = symbols.any {
            set(any);
        }
        fold_into(text, &mut self.text);
        let lemma = row.and_then(|row| row.str("lemma"));
        let node = symbols.trie.walk(0, &self.text);
        for symbol in node.map_or(&[][..], |node| symbols.trie.ends(node)) {
            if lemma.is_none() || !symbols.by_form[*symbol as usize] {
                set(*symbol);
            }
        }
        for symbol in lemma.and_then(|lemma| symbols.lemmas.get(&fold(lemma))).into_iter().flatten() {
            set(*symbol);
        }
        for (symbol, test) in &symbols.tokens {
            let passes = match test {
                TokenTest::Regex(regex) => regex.is_match(text),
                TokenTest::Attributes(tests) => tests.iter().all(|test| match test.path.as_slice() {
                    [name] if name == "form" => test.passes_text(text),
                    [name] => test.passes(row.and_then(|row| row.get(name))),
                    _ => !test.equal,
                }),
            };
            if passes {
                set(*symbol);
            }
        }
        self.nodes.push(node.filter(|node| symbols.trie.goes_on(*node)));
        self.folded.push(self.text.as_str().into());
    }

    /// The bits of a token.
    pub(crate) fn bits(&self, form: u32) -> &[u64] {
        let base = form as usize * self.words;
        self.bits.get(base..base + self.words).unwrap_or_default()
    }

    /// Whether a token passes a test.
    pub(crate) fn passes(&self, form: u32, symbol: u32) -> bool {
        let word = self.bits.get(form as usize * self.words + symbol as usize / 64);
        word.is_some_and(|word| word >> (symbol % 64) & 1 == 1)
    }

    /// How many words the bits of a token have.
    pub(crate) fn words(&self) -> usize {
        self.words
    }

    /// Where in the trie a phrase goes on after a token.
    pub(crate) fn node(&self, form: u32) -> Option<Node> {
        self.nodes.get(form as usize).copied().flatten()
    }

    /// A token's text as phrases are compared.
    pub(crate) fn folded(&self, form: u32) -> &str {
        self.folded.get(form as usize).map_or("", AsRef::as_ref)
    }
}

fn push_value(key: &mut String, value: Option<Value>) {
    match value {
        Some(Value::Str(text)) => key.push_str(text),
        Some(Value::Bool(found)) => key.push(if found { '1' } else { '0' }),
        Some(Value::U32(n)) => key.push_str(&n.to_string()),
        Some(Value::I64(n)) => key.push_str(&n.to_string()),
        Some(Value::F64(n)) => key.push_str(&n.to_string()),
        _ => key.push('\u{1}'),
    }
}
