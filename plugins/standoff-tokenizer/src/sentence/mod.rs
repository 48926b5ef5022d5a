//! Sentences: which tokens of a paragraph end one.

mod lines;
mod list;
mod rules;

use std::ops::Range;

use crate::kind::Category;
use crate::lexicon::Lexicon;
use crate::options::{Newlines, Sentences};
use crate::segments::Segments;
use lines::Lines;
use list::List;
use rules::End;

/// Divides paragraphs into sentences.
#[derive(Clone, Debug)]
pub(crate) struct Splitter {
    newlines: Newlines,
}

impl Splitter {
    pub(crate) fn new(_sentences: Sentences, newlines: Newlines) -> Splitter {
        Splitter { newlines }
    }

    /// Writes the sentences of the paragraph made of the given tokens. `lines` are the tokens that begin a line.
    pub(crate) fn split(&self, text: &str, lexicon: &Lexicon, out: &mut Segments, tokens: Range<usize>, lines: &[u32]) {
        let Segments { tokens: spans, categories, sentences, .. } = out;
        let paragraph = Paragraph {
            bytes: text.as_bytes(),
            lexicon,
            start: &spans.start[tokens.clone()],
            end: &spans.end[tokens.clone()],
            categories: &categories[tokens.clone()],
        };
        let lines = Lines::new(&paragraph, tokens.start, lines);
        let mut list = List::new(&paragraph);
        let mut first = 0;
        let mut line = 0;
        let mut token = 0;
        let mut cut = |first: &mut usize, last: usize| {
            sentences.push(paragraph.start[*first] as usize, paragraph.end[last] as usize);
            *first = last + 1;
        };
        while token < paragraph.len() {
            if token > first {
                let item = list.is_open() && list.begins(&paragraph, token);
                if item || lines.start(line) == Some(token) && lines.ends(&paragraph, line, self.newlines) {
                    cut(&mut first, token - 1);
                }
            } else if list.is_open() && token > 0 {
                list.begins(&paragraph, token);
            }
            if lines.start(line) == Some(token) {
                line += 1;
            }
            if rules::is_end(paragraph.categories[token]) {
                let end = End::at(&paragraph, token);
                if rules::ends(&paragraph, first, end) {
                    cut(&mut first, end.last);
                }
                token = end.last;
            }
            token += 1;
        }
        if first < paragraph.len() {
            cut(&mut first, paragraph.len() - 1);
        }
    }
}

/// The tokens of one paragraph, by index from zero.
pub(crate) struct Paragraph<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) start: &'a [u32],
    pub(crate) end: &'a [u32],
    pub(crate) categories: &'a [Category],
}

impl<'a> Paragraph<'a> {
    pub(crate) fn len(&self) -> usize {
        self.categories.len()
    }

    /// The category of a token; `None` outside the paragraph.
    pub(crate) fn category(&self, token: usize) -> Option<Category> {
        self.categories.get(token).copied()
    }

    /// The bytes of a token; nothing outside the paragraph.
    pub(crate) fn word(&self, token: usize) -> &'a [u8] {
        match (self.start.get(token), self.end.get(token)) {
            (Some(&start), Some(&end)) => &self.bytes[start as usize..end as usize],
            _ => &[],
        }
    }

    /// Whether white space, or the start or end of the paragraph, stands before a token.
    pub(crate) fn is_spaced(&self, token: usize) -> bool {
        match (token.checked_sub(1).and_then(|before| self.end.get(before)), self.start.get(token)) {
            (Some(end), Some(start)) => end < start,
            _ => true,
        }
    }

    /// Whether a word with its own full stop begins with a capital. In scripts beyond ASCII the word before the stop has
    /// case as well, but the forms of address that ask for this are written small there.
    pub(crate) fn is_capital(&self, token: usize) -> bool {
        self.word(token).first().is_some_and(u8::is_ascii_uppercase)
    }

    /// Whether the sentence so far begins with a small letter, as in text written without capitals.
    pub(crate) fn is_lower_case(&self, first: usize, last: usize) -> bool {
        (first..last).map(|token| self.categories[token]).find(|category| category.is_word()) == Some(Category::Lower)
    }
}
