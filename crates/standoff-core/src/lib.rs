//! Documents with stand-off annotations, and the contract of the annotators that make them.
//!
//! ```
//! use standoff_core::{Document, Mention, Output, Span, Task};
//!
//! let mut document = Document::new("Lavrov met Kishida.")?;
//! let mut output = Output::new();
//! output.begin(&document, &Task::new("example", "1.0").gives::<Mention>());
//! output.layer::<Mention>()?.push(Mention { span: Span::new(0, 6), kind: "PERSON", ..Mention::default() });
//! document.commit(&mut output)?;
//! let names: Vec<&str> = document.rows::<Mention>().iter().map(|m| document.slice(m.span)).collect();
//! assert_eq!(names, ["Lavrov"]);
//! # Ok::<(), standoff_core::Error>(())
//! ```
//!
//! - A [`Document`] is a text, its [`Meta`] and annotation layers. Offsets are bytes ([`Span`]).
//! - A layer is a list of [`Segment`]s, one by each annotator that wrote to it: immutable columns. Reading a layer
//!   ([`Document::rows`], [`Document::layer`]) merges them in text order.
//! - A struct becomes a layer by `#[derive(Layer)]`; the shared ones are [`Token`], [`Sentence`], [`Paragraph`],
//!   [`Mention`], [`TimeExpression`], [`Entity`], [`Relation`], [`Phrase`] and [`Dependency`].
//! - An [`Annotator`] reads a document and writes rows to an [`Output`]; a [`Plugin`] declares its [`Layers`] and builds
//!   it from settings; [`register!`] makes it known.
//!
//! This crate knows no linguistics, no files, no threads and no pipelines: `standoff-io` reads and writes documents,
//! `standoff-runner` runs pipelines over them.

// So that the derive macro's paths hold here as in every other crate.
extern crate self as standoff_core;

mod annotator;
mod chunk;
mod column;
mod document;
mod error;
mod index;
mod layer;
mod output;
mod rows;
mod schema;
mod segment;
mod span;
mod strings;
mod task;
mod vocabulary;

pub use annotator::{Annotator, AnyPlugin, BuildContext, Example, ExampleRow, Manifest, Plugin, RuleDoc, linked_plugins};
pub use chunk::{Appending, Chunk, ColumnSlices, Slices, Slot};
pub use column::{Column, NamedColumns, NamedValue, NamedValues, Value, Values};
pub use document::{Document, Meta, Retraction};
pub use error::{Error, Place, nearest, unreadable};
pub use layer::{Field, Layer, Row, SegmentView};
pub use output::{LayerWriter, Output};
pub use rows::{Entry, Found, LayerView, Rows};
pub use schema::{Attribute, Kind, Schema};
pub use segment::{Segment, SegmentBuilder};
pub use span::{RowRef, Span};
/// Declares a layer from a struct; see the trait of the same name.
pub use standoff_derive::Layer;
pub use strings::{Dictionary, StringSlices, Strings};
pub use task::{LayerRead, Layers, Provenance, Task};
pub use vocabulary::{Dependency, Entity, Mention, Paragraph, Phrase, Relation, Sentence, TimeExpression, Token, vocabulary};

/// What the macros refer to. Not part of the interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::annotator::Registration;
    pub use crate::layer::attribute_of;
    pub use inventory;
    pub use std::sync::{Arc, LazyLock};
}
