//! Readers and writers of annotated documents, one module a format.
//!
//! - [`text`]: plain text in.
//! - [`jsonl`]: the wire form, one JSON document a line, in and out.
//! - [`table`]: a page for people, out.
//! - [`offsets`]: byte offsets against code points and UTF-16 units. Inside, offsets are bytes; only this crate converts.
//!
//! Which files to read and in what order is the caller's affair.

pub mod jsonl;
pub mod offsets;
pub mod table;
pub mod text;
