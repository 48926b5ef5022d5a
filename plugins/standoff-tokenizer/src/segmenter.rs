//! The engine as callers see it: a text in, columns of spans out.

use std::sync::{Arc, LazyLock};

use crate::convention;
use crate::lexer::{Lexer, Policy};
use crate::lexicon::Lexicon;
use crate::options::{Convention, Hyphens, Options};
use crate::segments::Segments;
use crate::sentence::Splitter;

/// Divides texts into tokens, sentences and paragraphs. Cheap to clone; one serves any number of threads.
#[derive(Clone, Debug)]
pub struct Segmenter {
    convention: Convention,
    /// For English, Russian, and texts of unknown language.
    listed: Policy,
    /// For texts that are known to be in another language: no lists of words.
    unlisted: Policy,
    splitter: Splitter,
}

/// The languages whose words the lists hold.
const LISTED: [&str; 2] = ["en", "ru"];

static BUNDLED: LazyLock<Arc<Lexicon>> = LazyLock::new(|| Arc::new(Lexicon::bundled()));
static UNIVERSAL: LazyLock<Arc<Lexicon>> = LazyLock::new(|| Arc::new(Lexicon::universal()));

impl Default for Segmenter {
    fn default() -> Segmenter {
        Segmenter::new(&Options::default())
    }
}

impl Segmenter {
    /// A segmenter with these options.
    #[must_use]
    pub fn new(options: &Options) -> Segmenter {
        let lexicon = |shared: &LazyLock<Arc<Lexicon>>| {
            let mut lexicon = Arc::clone(shared);
            if !options.abbreviations.is_empty() {
                Arc::make_mut(&mut lexicon).add_own_abbreviations(&options.abbreviations);
            }
            lexicon
        };
        Segmenter {
            convention: options.convention,
            listed: Policy { lexicon: lexicon(&BUNDLED), split_hyphens: options.hyphens == Hyphens::Split },
            unlisted: Policy { lexicon: lexicon(&UNIVERSAL), split_hyphens: false },
            splitter: Splitter::new(options.sentences, options.newlines),
        }
    }

    #[cfg(feature = "training")]
    pub(crate) fn with_model(mut self, model: Arc<crate::sentence::Model>) -> Segmenter {
        self.splitter.set_model(model);
        self
    }

    /// Writes the segments of a text to `out`, which is cleared first and keeps its memory.
    ///
    /// Takes time in proportion to the length of the text, whatever the text. Only the first 4 GiB are looked at.
    pub fn segment(&self, text: &str, out: &mut Segments) {
        self.segment_as(text, None, out);
    }

    /// The same for a text in a known language, a BCP 47 tag. The word lists serve English and Russian; texts in other
    /// languages are read by Unicode properties alone.
    pub fn segment_as(&self, text: &str, language: Option<&str>, out: &mut Segments) {
        out.clear();
        let text = addressable(text);
        let primary = language.and_then(|tag| tag.split(['-', '_']).next());
        let listed = primary.is_none_or(|tag| LISTED.iter().any(|listed| listed.eq_ignore_ascii_case(tag)));
        let policy = if listed { &self.listed } else { &self.unlisted };
        Lexer::new(text, policy, &self.splitter, out).run();
        convention::retokenize(text, self.convention, out);
    }
}

/// The part of the text whose offsets fit in 32 bits.
fn addressable(text: &str) -> &str {
    match u32::try_from(text.len()) {
        Ok(_) => text,
        Err(_) => (u32::MAX as usize - 3..=u32::MAX as usize).rev().find_map(|end| text.get(..end)).unwrap_or_default(),
    }
}
