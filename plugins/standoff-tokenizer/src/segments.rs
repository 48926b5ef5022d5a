//! The result of segmentation, as columns in buffers that the caller keeps and reuses.

use crate::kind::Category;

/// Half-open byte spans in text order, as two columns of equal length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spans {
    /// Where each span begins: byte offsets on character boundaries, strictly ascending.
    pub start: Vec<u32>,
    /// Where each span ends (exclusive): byte offsets on character boundaries, greater than the start.
    pub end: Vec<u32>,
}

impl Spans {
    /// The number of spans.
    #[must_use]
    pub fn len(&self) -> usize {
        self.start.len()
    }

    /// Whether there is no span.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.start.is_empty()
    }

    /// The spans as pairs, in text order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, u32)> + '_ {
        self.start.iter().copied().zip(self.end.iter().copied())
    }

    /// Removes all spans and keeps the memory.
    pub fn clear(&mut self) {
        self.start.clear();
        self.end.clear();
    }

    #[inline]
    pub(crate) fn push(&mut self, start: usize, end: usize) {
        // Offsets fit: the segmenter refuses to look past the first 4 GiB of a text.
        self.start.push(start as u32);
        self.end.push(end as u32);
    }
}

/// Tokens, sentences and paragraphs of one text.
///
/// Spans of one sort never overlap. Every character that is not white space lies in exactly one token, one sentence and
/// one paragraph, so that spans and gaps together give the text back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segments {
    /// The tokens.
    pub tokens: Spans,
    /// The category of each token, parallel to `tokens`.
    pub categories: Vec<Category>,
    /// The sentences. Each begins where a token begins and ends where a token ends.
    pub sentences: Spans,
    /// The paragraphs: text between blank lines. Each begins where a sentence begins and ends where a sentence ends.
    pub paragraphs: Spans,
}

impl Segments {
    /// Removes all spans and keeps the memory for the next text.
    pub fn clear(&mut self) {
        self.tokens.clear();
        self.categories.clear();
        self.sentences.clear();
        self.paragraphs.clear();
    }

    /// Makes room for the tokens of a text of this many bytes, if it is like most.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        let tokens = bytes / 4;
        self.tokens.start.reserve(tokens);
        self.tokens.end.reserve(tokens);
        self.categories.reserve(tokens);
    }

    #[inline]
    pub(crate) fn token(&mut self, start: usize, end: usize, category: Category) {
        self.tokens.push(start, end);
        self.categories.push(category);
    }
}
