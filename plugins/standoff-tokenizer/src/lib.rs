//! Tokens, sentences and paragraphs of any text, in one pass and without loss.
//!
//! ```
//! use standoff_tokenizer::{Segmenter, Segments};
//!
//! let text = "Mr. Abe didn't speak. Russia did.";
//! let mut segments = Segments::default();
//! Segmenter::default().segment(text, &mut segments);
//! let tokens: Vec<&str> = segments.tokens.iter().map(|(s, e)| &text[s as usize..e as usize]).collect();
//! assert_eq!(tokens, ["Mr.", "Abe", "did", "n't", "speak", ".", "Russia", "did", "."]);
//! assert_eq!(segments.sentences.iter().collect::<Vec<_>>(), [(0, 21), (22, 33)]);
//! ```
//!
//! [`Segmenter`] is the engine: it takes a `&str` and fills buffers that the caller keeps. Tokens follow the convention
//! of the English Universal Dependencies and Penn treebanks by default. English and Russian have word lists under
//! `data/`; every other language is read by Unicode properties, scripts without spaces by `icu_segmenter`.
//!
//! It does not tag, normalise spelling or repair text, and it never fails: any text has a segmentation.

mod address;
mod class;
mod convention;
mod figure;
mod form;
mod kind;
mod letters;
mod lexer;
mod lexicon;
mod mark;
mod options;
mod plugin;
mod segmenter;
mod segments;
mod sentence;
mod settings;

mod swar;
mod unspaced;
mod word;
mod words;

pub use kind::{Category, Kind};
pub use options::{Convention, Hyphens, Newlines, Options, Sentences};
pub use plugin::Tokenizer;
pub use segmenter::Segmenter;
pub use segments::{Segments, Spans};
#[cfg(feature = "training")]
pub use sentence::training;
pub use settings::Settings;
