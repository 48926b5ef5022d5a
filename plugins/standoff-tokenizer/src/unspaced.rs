//! Scripts without spaces between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese. Left to `icu_segmenter`.

use std::sync::LazyLock;

use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};

use crate::class::Class;
use crate::kind::Category;
use crate::lexer::Lexer;

/// Longer runs are handed over in pieces of this many bytes, so that the segmenter's memory stays small.
const PIECE: usize = 1 << 14;

/// The segmenter for these scripts. It only borrows data that is compiled in, but takes a while to find it.
static SEGMENTER: LazyLock<WordSegmenterBorrowed<'static>> =
    LazyLock::new(|| WordSegmenter::new_auto(WordBreakInvariantOptions::default()));

impl Lexer<'_> {
    /// Takes the run of such letters that begins at `at`, and gives the place behind it.
    pub(crate) fn unspaced(&mut self, at: usize) -> usize {
        let mut stop = at;
        loop {
            match self.classes.at(self.bytes, stop) {
                (Class::Unspaced | Class::Extend, len) if stop - at < PIECE => stop += len,
                _ => break,
            }
        }
        let mut start = at;
        for boundary in SEGMENTER.segment_str(&self.text[at..stop]) {
            let end = at + boundary;
            if end > start {
                self.out.token(start, end, Category::Uncased);
                start = end;
            }
        }
        stop
    }
}
