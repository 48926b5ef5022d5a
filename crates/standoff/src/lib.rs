//! Text to stand-off annotations with pipelines of plugins.
//!
//! This crate is the facade: one `pub use` a part, and one feature a bundled plugin. Its `pub use` of a plugin is also
//! what links the plugin in, so that [`Registry`] knows it.
//!
//! - [`standoff_core`]'s items stand at the root: [`Document`], [`Span`], the layers, [`Annotator`], [`Plugin`].
//! - [`runner`]: pipelines, from files or from Rust.
//! - [`io`]: readers and writers.
//! - [`Loader`]: plugins from shared libraries, beside those that are linked in.
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

#[cfg(feature = "process")]
pub use standoff_abi::process;

#[cfg(feature = "load")]
mod loader;
pub mod news;

#[cfg(feature = "load")]
pub use loader::Loader;
#[cfg(feature = "load")]
pub use standoff_abi::{Digest, FileInfo, Library};

// Here and not where it is defined: a plugin that is built as a shared library must not bring it along.
#[cfg(feature = "process")]
standoff_core::register!(standoff_abi::process::Process);

#[cfg(all(doctest, feature = "default"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
