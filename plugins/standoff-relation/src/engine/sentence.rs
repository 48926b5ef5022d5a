//! A document as rules see it: numbered tokens, and steps from token to token that phrases and annotations allow.

use standoff_core::{Document, Row, RowRef, Span};

use crate::engine::emit::Findings;
use crate::engine::forms::Forms;
use crate::plan::rule::Plan;
use crate::plan::symbols::{AttributeTest, value_at};

/// Stands for "no annotation".
pub(crate) const NONE: u32 = u32::MAX;

/// What a step stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Annotation {
    /// A row of the document.
    Row(RowRef),
    /// A relation that an earlier phase emitted, by its number.
    Relation(usize),
    /// A phrase that an earlier phase emitted, by its number.
    Phrase(usize),
}

/// A step: something that matches a symbol from one token to the end of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    /// The first token.
    pub(crate) start: u32,
    /// One past the last token.
    pub(crate) end: u32,
    pub(crate) symbol: u32,
    /// Number of the annotation, or [`NONE`] for a phrase.
    pub(crate) annotation: u32,
}

/// The tokens of a document and the steps over its annotations. Buffers are kept from document to document.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    spans: Vec<Span>,
    forms: Vec<u32>,
    /// Tokens from one number to another, a pair a sentence.
    sentences: Vec<(usize, usize)>,
    pub(crate) annotations: Vec<Annotation>,
    /// By first token.
    edges: Vec<Edge>,
}

impl Tokens {
    /// Reads a document. `layer` gives the name under which a document has a layer that rules speak of.
    pub(crate) fn read<'n>(&mut self, plan: &Plan, forms: &mut Forms, document: &Document, layer: impl Fn(&'n str) -> &'n str)
    where
        Plan: 'n,
    {
        self.spans.clear();
        self.forms.clear();
        self.sentences.clear();
        self.annotations.clear();
        self.edges.clear();
        forms.begin(plan);
        let tokens = document.layer(layer("token"));
        let reads_rows = !plan.token_attributes.is_empty();
        for row in tokens.iter() {
            let Some(span) = row.span().filter(|span| !span.is_empty()) else { continue };
            // Tokens of several annotators may overlap: the first of the text order counts.
            if self.spans.last().is_some_and(|last| last.end > span.start) {
                continue;
            }
            self.spans.push(span);
            self.forms.push(forms.number(plan, document.slice(span), reads_rows.then_some(row)));
        }
        let mut next = 0;
        for span in document.layer(layer("sentence")).iter().filter_map(Row::span) {
            let first = next + self.spans[next..].partition_point(|token| token.start < span.start);
            let last = first + self.spans[first..].partition_point(|token| token.end <= span.end);
            if last > first {
                self.sentences.push((first, last));
                next = last;
            }
        }
    }

    /// Notes the steps over the annotations of all layers that the rules speak of.
    pub(crate) fn annotate<'p>(&mut self, plan: &'p Plan, document: &Document, layer: impl Fn(&'p str) -> &'p str) {
        for tests in &plan.symbols.layers {
            for row in document.layer(layer(&tests.layer)).iter() {
                let Some((start, end)) = row.span().and_then(|span| self.tokens_of(span)) else { continue };
                let mut number = NONE;
                for (symbol, tests) in &tests.tests {
                    if !tests.iter().all(|test| test.passes(value_at(document, row, &test.path))) {
                        continue;
                    }
                    if number == NONE {
                        number = u32::try_from(self.annotations.len()).unwrap_or(NONE);
                        self.annotations.push(Annotation::Row(row.id()));
                    }
                    self.edges.push(Edge { start, end, symbol: *symbol, annotation: number });
                }
            }
        }
        self.edges.sort_by_key(|edge| edge.start);
    }

    /// The tokens that a span covers, if it begins and ends with tokens.
    fn tokens_of(&self, span: Span) -> Option<(u32, u32)> {
        let start = self.spans.binary_search_by_key(&span.start, |token| token.start).ok()?;
        let end = self.spans.binary_search_by_key(&span.end, |token| token.end).ok()? + 1;
        (start < end).then(|| Some((u32::try_from(start).ok()?, u32::try_from(end).ok()?)))?
    }

    /// How many sentences have tokens.
    pub(crate) fn sentences(&self) -> usize {
        self.sentences.len()
    }

    /// The tokens of a sentence, from one number to another.
    pub(crate) fn sentence(&self, number: usize) -> (usize, usize) {
        self.sentences.get(number).copied().unwrap_or_default()
    }

    /// The span from one token to the end of another, by their numbers in the document; the end is exclusive.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        match (self.spans.get(start), end.checked_sub(1).and_then(|last| self.spans.get(last))) {
            (Some(first), Some(last)) => Span::new(first.start, last.end),
            _ => Span::default(),
        }
    }
}

/// One sentence, its tokens numbered from 0. Buffers are kept from sentence to sentence.
#[derive(Debug, Default)]
pub(crate) struct Sentence {
    /// The number of its first token in the document.
    pub(crate) first: usize,
    /// How many tokens it has.
    pub(crate) len: usize,
    forms: Vec<u32>,
    /// By first token; numbers are those of the sentence.
    edges: Vec<Edge>,
    /// Where the edges of each token begin; one more than there are tokens.
    offsets: Vec<u32>,
    /// A bit for each symbol that something in the sentence matches.
    present: Vec<u64>,
}

impl Sentence {
    /// Reads a sentence of a document.
    pub(crate) fn read(&mut self, plan: &Plan, forms: &Forms, tokens: &Tokens, number: usize) {
        let (first, last) = tokens.sentence(number);
        self.first = first;
        self.len = last - first;
        self.forms.clear();
        self.forms.extend_from_slice(&tokens.forms[first..last]);
        self.edges.clear();
        let clip = |n: usize| u32::try_from(n).unwrap_or(NONE);
        let low = tokens.edges.partition_point(|edge| (edge.start as usize) < first);
        for edge in tokens.edges[low..].iter().take_while(|edge| (edge.start as usize) < last) {
            if edge.end as usize <= last {
                self.edges.push(Edge { start: edge.start - clip(first), end: edge.end - clip(first), ..*edge });
            }
        }
        self.phrases(plan, forms, tokens);
        self.index(forms);
    }

    /// Notes the steps over phrases of more than one token; those of one token are among the token's tests.
    fn phrases(&mut self, plan: &Plan, forms: &Forms, tokens: &Tokens) {
        let clip = |n: usize| u32::try_from(n).unwrap_or(NONE);
        for start in 0..self.len {
            let mut node = forms.node(self.forms[start]);
            let mut at = start + 1;
            while let (Some(from), Some(&form)) = (node, self.forms.get(at)) {
                let apart = match (tokens.spans.get(self.first + at - 1), tokens.spans.get(self.first + at)) {
                    (Some(before), Some(here)) => before.end < here.start,
                    _ => true,
                };
                let from = if apart { plan.symbols.trie.walk(from, " ") } else { Some(from) };
                node = from.and_then(|from| plan.symbols.trie.walk(from, forms.folded(form)));
                at += 1;
                if let Some(node) = node {
                    let edge = |symbol: &u32| Edge { start: clip(start), end: clip(at), symbol: *symbol, annotation: NONE };
                    self.edges.extend(plan.symbols.trie.ends(node).iter().map(edge));
                }
            }
        }
    }

    /// Adds the steps over what a phase emitted in this sentence.
    pub(crate) fn add_findings(
        &mut self,
        plan: &Plan,
        forms: &Forms,
        annotations: &mut Vec<Annotation>,
        findings: &Findings,
        from: (usize, usize),
    ) {
        let clip = |n: usize| u32::try_from(n).unwrap_or(NONE);
        for tests in &plan.symbols.layers {
            let mut add = |start: usize, end: usize, annotation: Annotation, passes: &dyn Fn(&AttributeTest) -> bool| {
                for (symbol, tests) in &tests.tests {
                    if tests.iter().all(passes) {
                        let edge = Edge { start: clip(start), end: clip(end), symbol: *symbol, annotation: clip(annotations.len()) };
                        self.edges.push(edge);
                        annotations.push(annotation);
                    }
                }
            };
            match tests.layer.as_str() {
                "relation" => {
                    for (i, relation) in findings.relations.iter().enumerate().skip(from.0) {
                        let (start, end) = (relation.start - self.first, relation.end - self.first);
                        add(start, end, Annotation::Relation(i), &|test| relation.passes(test));
                    }
                }
                "phrase" => {
                    for (i, phrase) in findings.phrases.iter().enumerate().skip(from.1) {
                        let (start, end) = (phrase.start - self.first, phrase.end - self.first);
                        add(start, end, Annotation::Phrase(i), &|test| phrase.passes(test));
                    }
                }
                _ => {}
            }
        }
        self.index(forms);
    }

    fn index(&mut self, forms: &Forms) {
        // Of the steps from one token the longest come first, and in the order of their annotations.
        self.edges.sort_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)).then(a.annotation.cmp(&b.annotation)));
        self.offsets.clear();
        let mut at = 0;
        for token in 0..=self.len {
            while self.edges.get(at).is_some_and(|edge| (edge.start as usize) < token) {
                at += 1;
            }
            self.offsets.push(u32::try_from(at).unwrap_or(NONE));
        }
        self.present.clear();
        self.present.resize(forms.words(), 0);
        for form in &self.forms {
            for (all, own) in self.present.iter_mut().zip(forms.bits(*form)) {
                *all |= own;
            }
        }
        for edge in &self.edges {
            if let Some(word) = self.present.get_mut(edge.symbol as usize / 64) {
                *word |= 1 << (edge.symbol % 64);
            }
        }
    }

    /// The symbols that something in the sentence matches, as bits.
    pub(crate) fn present(&self) -> &[u64] {
        &self.present
    }

    /// Whether something in the sentence matches a symbol.
    pub(crate) fn has(&self, symbol: u32) -> bool {
        self.present.get(symbol as usize / 64).is_some_and(|word| word >> (symbol % 64) & 1 == 1)
    }

    /// Whether the token at a place passes a test by itself.
    pub(crate) fn passes(&self, forms: &Forms, symbol: u32, at: usize) -> bool {
        self.forms.get(at).is_some_and(|form| forms.passes(*form, symbol))
    }

    /// The bits of the token at a place; none after the last.
    pub(crate) fn bits<'f>(&self, forms: &'f Forms, at: usize) -> &'f [u64] {
        self.forms.get(at).map_or(&[], |form| forms.bits(*form))
    }

    /// The steps over phrases and annotations that begin at a token, the longest first.
    pub(crate) fn edges(&self, at: usize) -> &[Edge] {
        match (self.offsets.get(at), self.offsets.get(at + 1)) {
            (Some(&from), Some(&to)) => self.edges.get(from as usize..to as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    /// All steps of a symbol from a token: where they end, and over which annotation.
    pub(crate) fn steps<'s>(&'s self, forms: &Forms, symbol: u32, at: usize) -> impl Iterator<Item = (usize, u32)> + use<'s> {
        let own = self.passes(forms, symbol, at).then_some((at + 1, NONE));
        let edges = self.edges(at).iter().filter(move |edge| edge.symbol == symbol);
        edges.map(|edge| (edge.end as usize, edge.annotation)).chain(own)
    }

    /// Where the longest step of a symbol from a token ends.
    pub(crate) fn longest(&self, forms: &Forms, symbol: u32, at: usize) -> Option<usize> {
        self.steps(forms, symbol, at).map(|(end, _)| end).next()
    }
}
