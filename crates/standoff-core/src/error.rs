//! The one error type of the contract.

use std::error::Error as StdError;
use std::fmt;
use std::path::{Path, PathBuf};

/// What went wrong, where, and what to do about it.
///
/// Text is never an error: whatever a document says, an annotator gives some output. What can fail is configuration and
/// resources (when an annotator is built), an annotator that breaks the contract, and reading and writing. Ask with the
/// `is_…` predicates; print with `Display`, which names the annotator, the place and the help if they are known.
pub struct Error(Box<Inner>);

struct Inner {
    area: Area,
    message: String,
    annotator: Option<String>,
    setting: Option<String>,
    place: Option<Place>,
    help: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// A place in a file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as it was named.
    pub file: PathBuf,
    /// The line, if known.
    pub line: Option<u32>,
    /// The column, if known.
    pub column: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Area {
    Settings,
    Resource,
    Plan,
    Input,
    Io,
    Annotate,
    Contract,
    Panic,
}

impl Error {
    fn new(area: Area, message: impl Into<String>) -> Error {
        Error(Box::new(Inner { area, message: message.into(), annotator: None, setting: None, place: None, help: None, source: None }))
    }

    /// A setting has a wrong value. Say which with [`in_setting`](Error::in_setting).
    pub fn settings(message: impl Into<String>) -> Error {
        Error::new(Area::Settings, message)
    }

    /// A file that an annotator needs is missing or broken. Say where with [`at`](Error::at).
    pub fn resource(message: impl Into<String>) -> Error {
        Error::new(Area::Resource, message)
    }

    /// A pipeline does not fit together.
    pub fn plan(message: impl Into<String>) -> Error {
        Error::new(Area::Plan, message)
    }

    /// A document cannot be read: not UTF-8, not the expected format, too large.
    pub fn input(message: impl Into<String>) -> Error {
        Error::new(Area::Input, message)
    }

    /// Reading or writing failed.
    pub fn io(message: impl Into<String>) -> Error {
        Error::new(Area::Io, message)
    }

    /// An annotator gave up on a document.
    pub fn annotate(message: impl Into<String>) -> Error {
        Error::new(Area::Annotate, message)
    }

    /// An annotator broke the contract: a span out of range, an undeclared layer, a dangling reference.
    pub fn contract(message: impl Into<String>) -> Error {
        Error::new(Area::Contract, message)
    }

    /// An annotator panicked.
    pub fn panic(message: impl Into<String>) -> Error {
        Error::new(Area::Panic, message)
    }

    /// The same, naming the annotator; the first name given stays.
    #[must_use]
    pub fn with_annotator(mut self, name: impl Into<String>) -> Error {
        self.0.annotator.get_or_insert_with(|| name.into());
        self
    }

    /// The same, naming the setting as a path from the annotator's settings, such as `lists[0].type`.
    #[must_use]
    pub fn in_setting(mut self, path: impl Into<String>) -> Error {
        self.0.setting = Some(path.into());
        self
    }

    /// The same, naming a file, and in it a line and a column (from 1) where they are known.
    #[must_use]
    pub fn at(mut self, file: impl Into<PathBuf>, line: Option<u32>, column: Option<u32>) -> Error {
        self.0.place = Some(Place { file: file.into(), line, column });
        self
    }

    /// The same, saying what to do instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Error {
        self.0.help = Some(help.into());
        self
    }

    /// The same, with the error that caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        self.0.source = Some(source.into());
        self
    }

    /// Whether a setting is wrong.
    #[must_use]
    pub fn is_settings(&self) -> bool {
        self.0.area == Area::Settings
    }

    /// Whether a resource is missing or broken.
    #[must_use]
    pub fn is_resource(&self) -> bool {
        self.0.area == Area::Resource
    }

    /// Whether the pipeline does not fit together.
    #[must_use]
    pub fn is_plan(&self) -> bool {
        self.0.area == Area::Plan
    }

    /// Whether a document could not be read.
    #[must_use]
    pub fn is_input(&self) -> bool {
        self.0.area == Area::Input
    }

    /// Whether reading or writing failed.
    #[must_use]
    pub fn is_io(&self) -> bool {
        self.0.area == Area::Io
    }

    /// Whether an annotator gave up, broke the contract or panicked: it costs the document, not the run.
    #[must_use]
    pub fn is_annotator(&self) -> bool {
        matches!(self.0.area, Area::Annotate | Area::Contract | Area::Panic)
    }

    /// Whether an annotator broke the contract.
    #[must_use]
    pub fn is_contract(&self) -> bool {
        self.0.area == Area::Contract
    }

    /// Whether an annotator panicked.
    #[must_use]
    pub fn is_panic(&self) -> bool {
        self.0.area == Area::Panic
    }

    /// The message alone, without annotator, place and help.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The annotator concerned.
    #[must_use]
    pub fn annotator(&self) -> Option<&str> {
        self.0.annotator.as_deref()
    }

    /// The setting concerned, as a path such as `lists[0].type`.
    #[must_use]
    pub fn setting(&self) -> Option<&str> {
        self.0.setting.as_deref()
    }

    /// The place concerned.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }

    /// What to do instead.
    #[must_use]
    pub fn help_text(&self) -> Option<&str> {
        self.0.help.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(place) = &inner.place {
            write!(f, "{place}: ")?;
        }
        if let Some(annotator) = &inner.annotator {
            write!(f, "{annotator}: ")?;
        }
        if let Some(setting) = &inner.setting {
            write!(f, "`{setting}`: ")?;
        }
        f.write_str(&inner.message)?;
        if let Some(source) = &inner.source {
            write!(f, ": {source}")?;
        }
        if let Some(help) = &inner.help {
            write!(f, "; {help}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} error: {self}", self.0.area)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Error {
        Error::io("reading or writing failed").with_source(error)
    }
}

/// A file that could not be read, as an error that names it.
pub fn unreadable(file: &Path, error: std::io::Error) -> Error {
    Error::resource("cannot read the file").at(file, None, None).with_source(error)
}

/// The name among `known` that is nearest to `name`, if one is near enough to be meant.
///
/// Near means at most a third of the letters changed (optimal string alignment), whatever the case.
pub fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let lower = name.to_lowercase();
    let limit = (name.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|k| (strsim::osa_distance(&lower, &k.to_lowercase()), k))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, k)| k)
}
