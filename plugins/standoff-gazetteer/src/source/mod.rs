//! Lists as people keep them: TSV, CSV, JSON Lines, TOML, dumps of GeoNames and Wikidata, SKOS.
//!
//! Every reader hands over one [`Record`] after another and stops at the first thing it cannot read, with file, line and
//! what to write instead. Readers of dumps need little memory, however long the dump.

mod fields;
mod geonames;
mod skos;
mod table;
mod tree;
mod wikidata;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use standoff_core::{Error, unreadable};

use crate::record::Record;

pub use fields::{Columns, check_type};

/// Takes the records of a source, one after another.
pub type Sink<'s> = dyn FnMut(Record) -> Result<(), Error> + 's;

/// What is assumed of a list where it does not say so itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defaults {
    /// The type of its things.
    pub kind: Option<String>,
    /// What the columns of a table hold, if its first line does not say so.
    pub columns: Option<Vec<String>>,
    /// For GeoNames: the file of alternate names.
    pub alternate_names: Option<PathBuf>,
    /// For GeoNames: only places of at least so many people, where they are places that people live in.
    pub min_population: u64,
    /// For Wikidata and SKOS: only labels of these languages; all if empty.
    pub languages: Vec<String>,
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
    /// A table of GeoNames: `allCountries.txt`, `cities15000.txt`, a country's file.
    GeoNames,
    /// Wikidata's entities, one a line, as in its JSON dump.
    Wikidata,
    /// A SKOS vocabulary as N-Triples.
    Skos,
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
            Some("nt") => Ok(Format::Skos),
            _ => Err(Error::resource("the name of the file does not say what it is")
                .at(path, None, None)
                .help("a list has a name that ends in .tsv, .csv, .jsonl, .toml or .nt, a compiled one in .sgz; or say the form")),
        }
    }

    /// The form of this name, as the command calls them.
    #[must_use]
    pub fn named(name: &str) -> Option<Format> {
        Format::NAMES.iter().find(|(n, _)| *n == name).map(|(_, f)| *f)
    }

    /// The names of the forms.
    pub const NAMES: [(&'static str, Format); 7] = [
        ("tsv", Format::Tsv),
        ("csv", Format::Csv),
        ("jsonl", Format::JsonLines),
        ("toml", Format::Toml),
        ("geonames", Format::GeoNames),
        ("wikidata", Format::Wikidata),
        ("skos", Format::Skos),
    ];
}

/// Reads a list from a file.
///
/// # Errors
/// If it cannot be read, with file and line.
pub fn read_file(path: &Path, format: Format, defaults: &Defaults, sink: &mut Sink<'_>) -> Result<(), Error> {
    let file = File::open(path).map_err(|e| unreadable(path, e))?;
    read(path, BufReader::with_capacity(1 << 18, file), format, defaults, sink)
}

/// Reads a list. `path` is for messages only, but for GeoNames' alternate names.
///
/// # Errors
/// If it cannot be read, with file and line.
pub fn read<R: BufRead>(path: &Path, mut content: R, format: Format, defaults: &Defaults, sink: &mut Sink<'_>) -> Result<(), Error> {
    match format {
        Format::Tsv => table::read(path, content, b'\t', defaults, sink),
        Format::Csv => table::read(path, content, b',', defaults, sink),
        Format::JsonLines => tree::read_json_lines(path, content, defaults, sink),
        Format::Wikidata => wikidata::read(path, content, defaults, sink),
        Format::GeoNames => geonames::read(path, content, defaults, sink),
        Format::Skos => skos::read(path, content, defaults, sink),
        Format::Toml => {
            let mut text = String::new();
            content.read_to_string(&mut text).map_err(|e| not_text(path, None, e))?;
            tree::read_toml(path, &text, defaults, sink)
        }
    }
}

/// Calls `each` with every line of a text and its number, without the line's end.
fn lines<R: BufRead>(path: &Path, mut content: R, mut each: impl FnMut(u32, &str) -> Result<(), Error>) -> Result<(), Error> {
    let mut line = String::new();
    for number in 1.. {
        line.clear();
        let read = content.read_line(&mut line).map_err(|e| not_text(path, Some(number), e))?;
        if read == 0 {
            break;
        }
        let text = line.trim_end_matches(['\n', '\r']).trim_start_matches('\u{feff}');
        each(number, text).map_err(|e| e.at(path, Some(number), None))?;
    }
    Ok(())
}

fn not_text(path: &Path, line: Option<u32>, error: std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::InvalidData {
        return Error::resource("the list is not UTF-8").at(path, line, None).help("save it as UTF-8");
    }
    Error::resource("cannot read the list").at(path, line, None).with_source(error)
}
