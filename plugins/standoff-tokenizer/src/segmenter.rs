//! The engine as callers see it: a text in, columns of spans out.

use std::sync::{Arc, LazyLock};

use crate::lexer::{Hyphens, Lexer};
use crate::lexicon::Lexicon;
use crate::segments::Segments;
use crate::sentence::Splitter;

/// Divides texts into tokens, sentences and paragraphs. Cheap to clone; one may serve many threads.
#[derive(Clone, Debug)]
pub struct Segmenter {
    lexicon: Arc<Lexicon>,
    hyphens_kept: bool,
    splitter: Splitter,
}

static BUNDLED: LazyLock<Arc<Lexicon>> = LazyLock::new(|| Arc::new(Lexicon::bundled().unwrap_or_default()));

impl Default for Segmenter {
    fn default() -> Segmenter {
        Segmenter { lexicon: Arc::clone(&BUNDLED), hyphens_kept: false, splitter: Splitter::default() }
    }
}

impl Segmenter {
    /// Writes the segments of a text to `out`, which is cleared first and keeps its memory.
    ///
    /// Takes time in proportion to the length of the text, whatever the text. Only the first 4 GiB are looked at.
    pub fn segment(&self, text: &str, out: &mut Segments) {
        out.clear();
        let hyphens = if self.hyphens_kept { Hyphens::Keep } else { Hyphens::Split };
        Lexer::new(text, &self.lexicon, hyphens, &self.splitter, out).run(0, text.len());
    }
}
