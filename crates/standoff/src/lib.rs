//! Text to stand-off annotations with pipelines of plugins.
//!
//! This crate is the facade: one `pub use` a part, and one feature a bundled plugin. Its `pub use` of a plugin is also
//! what links the plugin in, so that [`Registry`] knows it.
//!
//! - [`standoff_core`]'s items stand at the root: [`Document`], [`Span`], the layers, [`Annotator`], [`Plugin`].
//! - [`runner`]: pipelines, from files or from Rust.
//! - [`io`]: readers and writers.
//! - [`news`]: the embedded pipeline that `standoff run` uses when none is named.

pub use standoff_core::*;
pub use standoff_io as io;
pub use standoff_runner as runner;
pub use standoff_runner::{Pipeline, Registry};

#[cfg(feature = "date")]
pub use standoff_date as date;
#[cfg(feature = "gazetteer")]
pub use standoff_gazetteer as gazetteer;
#[cfg(feature = "names")]
pub use standoff_names as names;
#[cfg(feature = "relation")]
pub use standoff_relation as relation;
#[cfg(feature = "tokenizer")]
pub use standoff_tokenizer as tokenizer;

pub mod news;

#[cfg(all(doctest, feature = "tokenizer", feature = "gazetteer", feature = "date", feature = "names", feature = "relation"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
