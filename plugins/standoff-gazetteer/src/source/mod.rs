//! Lists as people keep them: TSV, CSV, JSON Lines, TOML.
//!
//! Every reader hands over one [`Record`] after another and stops at the first thing it cannot read, with file, line and
//! what to write instead.

pub(crate) use fields::check_type;

mod fields;
mod table;
mod tree;

use std::path::Path;

use standoff_core::Error;

use crate::record::Record;

pub use fields::Columns;

/// Takes the records of a source, one after another.
pub type Sink<'s> = dyn FnMut(Record) -> Result<(), Error> + 's;

/// What is assumed of a list where it does not say so itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defaults {
    /// The type of its things.
    pub kind: Option<String>,
    /// What the columns of a table hold, if its first line does not say so.
    pub columns: Option<Vec<String>>,
}

/// The forms that a list may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Columns separated by tabs; the first line names them.
    Tsv,
    /// Columns separated by commas, quoted as in RFC 4180; the first line names them.
    Csv,
    /// One JSON object a line.
    JsonLines,
    /// An array of tables `[[entry]]`.
    Toml,
}

impl Format {
    /// The form that a file's name promises.
    ///
    /// # Errors
    /// If it promises none.
    pub fn of(path: &Path) -> Result<Format, Error> {
        let name = path.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
        match name.rsplit('.').next() {
            Some("tsv" | "tab") => Ok(Format::Tsv),
            Some("csv") => Ok(Format::Csv),
            Some("jsonl" | "ndjson") => Ok(Format::JsonLines),
            Some("toml") => Ok(Format::Toml),
            _ => Err(Error::resource("the name of the file does not say what it is")
                .at(path, None, None)
                .help("a list has a name that ends in .tsv, .csv, .jsonl or .toml; a compiled one in .sgz")),
        }
    }
}

/// Reads a list.
///
/// # Errors
/// If it cannot be read, with file and line.
pub fn read(path: &Path, content: &str, format: Format, defaults: &Defaults, sink: &mut Sink<'_>) -> Result<(), Error> {
    match format {
        Format::Tsv => table::read(path, content.as_bytes(), b'\t', defaults, sink),
        Format::Csv => table::read(path, content.as_bytes(), b',', defaults, sink),
        Format::JsonLines => tree::read_json_lines(path, content, defaults, sink),
        Format::Toml => tree::read_toml(path, content, defaults, sink),
    }
}
