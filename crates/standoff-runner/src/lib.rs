//! Pipeline files, checked plans and parallel runs of annotators.
//!
//! ```
//! use standoff_core::{Annotator, Document, Error, Layer, Layers, Mention, Output, Span};
//! use standoff_runner::Pipeline;
//!
//! struct Capitals;
//!
//! impl Annotator for Capitals {
//!     fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
//!         for (at, c) in document.text().char_indices().filter(|(_, c)| c.is_uppercase()) {
//!             let span = Span::new(at as u32, (at + c.len_utf8()) as u32);
//!             output.layer::<Mention>()?.push(Mention { span, kind: "CAPITAL", ..Mention::default() });
//!         }
//!         Ok(())
//!     }
//! }
//!
//! let pipeline = Pipeline::builder().own("capitals", Layers::new().gives::<Mention>(), Capitals).build()?;
//! let mut document = Document::new("Iturup and Kunashir")?;
//! let report = pipeline.annotate(&mut document, &mut Output::new())?;
//! assert_eq!((document.rows::<Mention>().len(), report.rows_in("mention")), (2, 2));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - A [`Registry`] holds plugins by name. A [`PipelineFile`] is the text of a pipeline, parsed; [`Pipeline::builder`]
//!   makes the same from Rust.
//! - A [`Pipeline`] is the checked plan: what fits together is known before any text is read, and everything that does
//!   not is told at once as [`Diagnostics`].
//! - [`Pipeline::annotate`] annotates one document; [`run`] reads a source with any number of threads and gives a sink
//!   the results in the source's order.
//! - A [`DocumentReport`] is a line of the report of a run; [`Done`] reads such a report to resume.
//!
//! This crate names no plugin, reads no documents from files and writes none.

mod builder;
mod condition;
mod contain;
mod diagnostic;
mod entry;
mod file;
mod graph;
mod jsonschema;
mod node;
mod pipeline;
mod plan;
mod registry;
mod report;
mod run;
mod scope;
mod source;

pub use builder::PipelineBuilder;
pub use condition::Condition;
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use file::{PipelineFile, PluginPath};
pub use graph::one_giver_only;
pub use pipeline::{Pipeline, Step};
pub use registry::Registry;
pub use report::{DocumentReport, Done, Skip, Status, Summary};
pub use run::{Finished, RunOptions, run};
pub use scope::Within;
pub use source::{Cancel, Interruptible, SourceDocument};
