//! The binary contract between a host and its plugins: the same source, linked in or loaded as a shared library.
//!
//! A plugin crate registers its plugin through this crate, and says which forms it is built in:
//!
//! ```toml
//! [lib]
//! crate-type = ["rlib", "cdylib"]
//! ```
//!
//! ```
//! # use standoff_abi::core::{Annotator, BuildContext, Document, Error, Layers, Manifest, Output, Plugin};
//! # struct Nothing;
//! # impl Plugin for Nothing {
//! #     type Settings = std::collections::BTreeMap<String, String>;
//! #     fn manifest(&self) -> Manifest { Manifest::new("nothing", "0.1.0", "Finds nothing.") }
//! #     fn layers(&self, _: &Self::Settings) -> Layers { Layers::new() }
//! #     fn build(&self, _: Self::Settings, _: &BuildContext) -> Result<Box<dyn Annotator>, Error> { Ok(Box::new(Nothing)) }
//! # }
//! # impl Annotator for Nothing {
//! #     fn annotate(&self, _: &Document, _: &mut Output) -> Result<(), Error> { Ok(()) }
//! # }
//! standoff_abi::register!(Nothing);
//! ```
//!
//! Nothing is exported by hand: the entry symbol is defined once, here, and lists what the library registered.
//!
//! - [`v1`]: the contract itself, as C sees it. `include/standoff.h` is the same in C.
//! - [`Library`]: the plugins of a shared library, checked, loaded and made into [`AnyPlugin`](core::AnyPlugin)s
//!   (feature `host`).
//! - `process`: an annotator that is a program of its own, in any language (feature `process`).
//!
//! What it does not do: a plugin runs in the host's process with all the host's rights. A wrong span, reference, string
//! or layer, an error and a panic are caught and cost the document; a call to `abort`, a wild pointer, a plugin built
//! with `panic = "abort"` that panics, or one that never returns are not. Load only what you trust (the list of digests
//! in a pipeline file says what that is), or run it as a process.

#[allow(unsafe_code, reason = "reads what lies behind the pointers of the other side")]
#[cfg_attr(not(feature = "host"), allow(dead_code, reason = "half of it is the host's"))]
mod borrow;
mod contain;
#[cfg_attr(not(feature = "host"), allow(dead_code, reason = "half of it is the host's"))]
mod failure;
#[cfg(feature = "host")]
mod host;
#[allow(unsafe_code, reason = "scratch that holds pointers between calls")]
#[cfg_attr(not(feature = "host"), allow(dead_code, reason = "half of it is the host's"))]
mod lend;
#[allow(unsafe_code, reason = "the functions that a host calls")]
mod plugin;
#[allow(unsafe_code, reason = "a place that threads take from and put to without a lock")]
mod pool;
#[cfg(feature = "process")]
pub mod process;
#[allow(unsafe_code, reason = "the entry symbol is exported")]
pub mod v1;

pub use contain::contain;
#[cfg(feature = "host")]
pub use host::{Digest, FileInfo, Library, search, search_path};
/// What plugins are written against.
pub use standoff_core as core;
/// Registers a plugin, linked or loaded alike. Going through this crate is what makes a library loadable.
pub use standoff_core::register;
