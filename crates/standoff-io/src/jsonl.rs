//! The wire form: JSON Lines, one document a line.
//!
//! ```json
//! {"id":"kurils","text":"…","meta":{"date":"2017-03-20"},"offsets":"char",
//!  "layers":{"mention":[{"start":0,"end":6,"type":"LOC","entity":0,"by":"gazetteer"}],"entity":[{"type":"LOC","name":"Iturup"}]},
//!  "made_by":[{"annotator":"gazetteer","version":"0.1.0","settings":"sha256:…","layers":["entity","mention"]}]}
//! ```
//!
//! - Rows stand in text order. A reference is the number of a row in its layer, from 0: bare where the layer's schema
//!   says which layer that is, `{"layer":…,"row":…}` otherwise.
//! - `by` names the annotator of a row; rows of `token`, `sentence` and `paragraph`, which have one giver and are many,
//!   go without: `made_by` says who.
//! - Rows that were retracted are left out unless asked for; they carry `"retracted":{"by":…,"rule":…}`. A reference to
//!   a row that is left out is left out itself.
//! - What a document had when it was read is kept: its annotations, and fields unknown to this form (in `meta`).

mod read;
mod write;

pub use read::{RowsByLayer, Schemas, read, read_numbered};
pub use write::{WriteOptions, write};

use standoff_core::{Layer, Paragraph, Sentence, Token};

/// Layers whose rows do not carry `by`.
const UNSIGNED: [&str; 3] = [Token::NAME, Sentence::NAME, Paragraph::NAME];

#[cfg(test)]
mod tests;
