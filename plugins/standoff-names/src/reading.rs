//! A document as the rules see it: tokens with what the lists say of them, their shape, their sentences, and the names
//! that other annotators found.

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use standoff_core::{Document, Mention, RowRef, Sentence, Span};
use std::hash::BuildHasher;

use crate::lexicon::{Lexicon, flag};

/// How a token is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    /// All lower case.
    Lower,
    /// A capital and lower case: `Putin`, `Al-assad`.
    Capital,
    /// Two capitals or more: `NATO`, `U.S.`
    Upper,
    /// One capital, with or without a point: `J`, `J.`
    Initial,
    /// Capitals inside the word: `McDonald`, `eBay`.
    Mixed,
    /// Digits.
    Number,
    /// Anything else: punctuation, addresses, scripts without case.
    #[default]
    Other,
}

/// A token.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tok {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// What the lists say of it.
    pub(crate) flags: u64,
    pub(crate) shape: Shape,
    /// Its lower-case form, a number into the vocabulary of the document.
    pub(crate) word: u32,
    /// Nothing stands between it and the token before.
    pub(crate) glued: bool,
    /// It begins a sentence, a quotation or a line, where even ordinary words have capitals.
    pub(crate) first: bool,
    /// The known name that it lies in, from 1; 0 if in none.
    pub(crate) known: u32,
}

impl Tok {
    pub(crate) const fn has(&self, bits: u64) -> bool {
        self.flags & bits != 0
    }

    /// Whether it is written as names are.
    pub(crate) const fn is_capital(&self) -> bool {
        matches!(self.shape, Shape::Capital | Shape::Upper | Shape::Initial | Shape::Mixed)
    }

    pub(crate) const fn is_lower(&self) -> bool {
        matches!(self.shape, Shape::Lower)
    }
}

/// A name that another annotator found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) row: RowRef,
    pub(crate) span: Span,
    /// Its tokens, end exclusive.
    pub(crate) tokens: (usize, usize),
    pub(crate) kind: KnownKind,
    pub(crate) entity: Option<RowRef>,
}

/// The types that the rules tell apart among the names of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KnownKind {
    Place,
    Org,
    Norp,
    Person,
    Other,
}

/// A sentence: its tokens, end exclusive, and whether nearly all of its words have capitals.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extent {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) headline: bool,
}

/// How often a word stands in the document in which form.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) lower: u32,
    pub(crate) capital: u32,
}

/// Buffers that outlive the document.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) tokens: Vec<Tok>,
    pub(crate) sentences: Vec<Extent>,
    pub(crate) known: Vec<Known>,
    pub(crate) counts: Vec<Counts>,
    words: Words,
    /// What the lists say of each word of the vocabulary: one look-up for all its tokens.
    flags: Vec<u64>,
    lower: String,
}

impl Reading {
    /// Reads a document anew.
    pub(crate) fn read(&mut self, document: &Document, lexicon: &Lexicon, layers: (&str, &str, &str)) {
        self.tokens.clear();
        self.sentences.clear();
        self.known.clear();
        self.counts.clear();
        self.words.clear();
        self.flags.clear();
        let (token, sentence, mention) = layers;
        self.read_tokens(document, lexicon, token);
        self.read_sentences(document, sentence);
        self.read_known(document, mention);
        for token in &self.tokens {
            let counts = &mut self.counts[token.word as usize];
            match token.shape {
                Shape::Lower => counts.lower += 1,
                Shape::Capital | Shape::Upper | Shape::Mixed if !token.first => counts.capital += 1,
                _ => {}
            }
        }
    }

    /// A word of the vocabulary.
    pub(crate) fn word(&self, token: usize) -> &str {
        self.tokens.get(token).map_or("", |t| self.words.get(t.word))
    }

    /// The number of a word that the document has, by its lower-case form.
    pub(crate) fn counts_of(&self, token: &Tok) -> Counts {
        self.counts.get(token.word as usize).copied().unwrap_or_default()
    }

    /// The known name that a token lies in.
    pub(crate) fn known_at(&self, token: usize) -> Option<&Known> {
        let number = self.tokens.get(token)?.known;
        self.known.get((number as usize).checked_sub(1)?)
    }

    fn read_tokens(&mut self, document: &Document, lexicon: &Lexicon, layer: &str) {
        let text = document.text();
        let view = document.layer(layer);
        let mut end = 0;
        let mut add = |span: Span| {
            let Some(form) = text.get(span.range()).filter(|f| !f.is_empty()) else { return };
            if span.start < end {
                return;
            }
            let shape = shape(form);
            self.lower.clear();
            self.lower.extend(form.chars().map(|c| if c == '’' { '\'' } else { c }).flat_map(char::to_lowercase));
            let (word, new) = self.words.intern(&self.lower);
            if new {
                self.counts.push(Counts::default());
                self.flags.push(lexicon.flags(&self.lower));
            }
            let flags = if shape == Shape::Other { 0 } else { self.flags[word as usize] };
            let glued = span.start == end && end > 0;
            self.tokens.push(Tok { start: span.start, end: span.end, flags, shape, word, glued, first: false, known: 0 });
            end = span.end;
        };
        match view.single() {
            Some(segment) => (0..segment.len()).for_each(|row| add(segment.span(row))),
            None => view.iter().filter_map(|row| row.span()).for_each(add),
        }
    }

    fn read_sentences(&mut self, document: &Document, layer: &str) {
        let mut at = 0;
        for sentence in document.rows_of::<Sentence>(layer).iter() {
            let from = at;
            while self.tokens.get(at).is_some_and(|t| t.start < sentence.span.start) {
                at += 1;
            }
            self.add_sentence(from, at);
            let from = at;
            while self.tokens.get(at).is_some_and(|t| t.start < sentence.span.end) {
                at += 1;
            }
            self.add_sentence(from, at);
        }
        self.add_sentence(at, self.tokens.len());
    }

    fn add_sentence(&mut self, start: usize, end: usize) {
        if start >= end {
            return;
        }
        let (mut content, mut capitals, mut common) = (0, 0, 0);
        let mut fresh = true;
        for at in start..end {
            let word = self.words.get(self.tokens[at].word);
            let opens = matches!(word, "“" | "\"" | "``" | ":" | "•" | "—" | "''" | "'" | "‘");
            let token = &mut self.tokens[at];
            token.first = fresh && token.shape != Shape::Other;
            fresh = if token.shape == Shape::Other { fresh || opens } else { token.shape == Shape::Number && fresh };
            if matches!(token.shape, Shape::Other | Shape::Number | Shape::Initial) || token.has(flag::FUNCTION) {
                continue;
            }
            content += 1;
            if token.is_capital() {
                capitals += 1;
                let plain = token.has(flag::COMMON) && !token.has(flag::HEAD | flag::TITLE | flag::TITLE_MODIFIER | flag::GIVEN);
                common += usize::from(plain);
            }
        }
        let headline = content >= 4 && common >= 2 && capitals * 10 >= content * 9;
        self.sentences.push(Extent { start, end, headline });
    }

    fn read_known(&mut self, document: &Document, layer: &str) {
        let mut at = 0;
        for mention in document.rows_of::<Mention>(layer).iter() {
            let span = mention.span;
            while self.tokens.get(at).is_some_and(|t| t.end <= span.start) {
                at += 1;
            }
            let mut end = at;
            while self.tokens.get(end).is_some_and(|t| t.start < span.end) {
                end += 1;
            }
            let kind = match mention.kind {
                "GPE" | "LOC" | "FAC" => KnownKind::Place,
                "ORG" => KnownKind::Org,
                "NORP" => KnownKind::Norp,
                "PERSON" => KnownKind::Person,
                _ => KnownKind::Other,
            };
            self.known.push(Known { row: mention.id_of(), span, tokens: (at, end), kind, entity: mention.entity });
            let number = self.known.len() as u32;
            // Names come the longest first where they start together: what lies in another keeps the outer one.
            self.tokens[at..end].iter_mut().filter(|t| t.known == 0).for_each(|t| t.known = number);
        }
    }
}

/// The address of a typed row, whatever its own attribute `id`.
trait RowAddress {
    fn id_of(&self) -> RowRef;
}

impl<R> RowAddress for standoff_core::Entry<R> {
    fn id_of(&self) -> RowRef {
        self.id
    }
}

/// How a form is written.
fn shape(form: &str) -> Shape {
    let (mut upper, mut lower, mut digits, mut other, mut marks, mut inner) = (0, 0, 0, 0, 0, 0);
    let mut after_letter = false;
    for c in form.chars() {
        if c.is_uppercase() {
            upper += 1;
            inner += usize::from(after_letter && lower > 0);
            after_letter = true;
        } else if c.is_lowercase() {
            lower += 1;
            after_letter = true;
        } else if c.is_ascii_digit() {
            digits += 1;
            after_letter = false;
        } else if matches!(c, '.' | '-' | '\'' | '’' | '&' | '‐' | '‑' | '–') {
            marks += 1;
            after_letter = c == '.';
        } else if matches!(c, '@' | '/' | ':' | '#' | '_' | '\\') {
            return Shape::Other;
        } else {
            other += usize::from(!c.is_alphanumeric());
        }
    }
    if other > 0 || upper + lower == 0 {
        return if digits > 0 { Shape::Number } else { Shape::Other };
    }
    let capital_first = form.chars().next().is_some_and(char::is_uppercase);
    match (upper, lower) {
        (0, _) if digits > 0 => Shape::Number,
        (0, _) => Shape::Lower,
        (1, 0) if digits == 0 && marks <= 1 => Shape::Initial,
        (_, 0) => Shape::Upper,
        _ if inner > 0 || !capital_first => Shape::Mixed,
        // "U.S.-led", "NATOs" and the like are told by their share of capitals.
        (u, l) if u >= 2 && marks == 0 && u > l => Shape::Upper,
        _ => Shape::Capital,
    }
}

/// The distinct words of a document.
#[derive(Default)]
pub(crate) struct Words {
    text: String,
    ends: Vec<u32>,
    table: HashTable<u32>,
}

impl Words {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.table.clear();
    }

    pub(crate) fn get(&self, number: u32) -> &str {
        word(&self.text, &self.ends, number)
    }

    /// The number of a form, and whether it is new.
    pub(crate) fn intern(&mut self, form: &str) -> (u32, bool) {
        let hash = |s: &str| FixedState::default().hash_one(s);
        let h = hash(form);
        let (text, ends) = (&self.text, &self.ends);
        if let Some(&number) = self.table.find(h, |&n| word(text, ends, n) == form) {
            return (number, false);
        }
        let number = self.ends.len() as u32;
        self.text.push_str(form);
        self.ends.push(self.text.len() as u32);
        let (text, ends) = (&self.text, &self.ends);
        self.table.insert_unique(h, number, |&n| hash(word(text, ends, n)));
        (number, true)
    }
}

fn word<'t>(text: &'t str, ends: &[u32], number: u32) -> &'t str {
    let end = ends.get(number as usize).copied().unwrap_or(0);
    let start = (number as usize).checked_sub(1).and_then(|n| ends.get(n)).copied().unwrap_or(0);
    text.get(start as usize..end as usize).unwrap_or("")
}
