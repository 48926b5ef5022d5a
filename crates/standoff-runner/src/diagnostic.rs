//! What is wrong with a pipeline, where, and what to write instead.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use standoff_core::{Error, Place};

/// A place that a diagnostic points at.
#[derive(Clone, Debug)]
pub(crate) enum Location {
    /// Bytes of a file.
    File(Arc<SourceFile>, Range<usize>),
    /// A call of the builder, in the program's own source.
    Call(&'static std::panic::Location<'static>),
}

/// A file that diagnostics quote.
#[derive(Debug)]
pub(crate) struct SourceFile {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Location {
    /// Line and column count from 1, columns in characters.
    pub(crate) fn place(&self) -> Place {
        match self {
            Location::File(file, range) => {
                let before = file.text.get(..range.start).unwrap_or(&file.text);
                let line = 1 + before.matches('\n').count();
                let column = 1 + before.rsplit('\n').next().unwrap_or("").chars().count();
                Place { file: PathBuf::from(&file.name), line: u32::try_from(line).ok(), column: u32::try_from(column).ok() }
            }
            Location::Call(at) => Place { file: at.file().into(), line: Some(at.line()), column: Some(at.column()) },
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Location::File(file, range) => file.text.get(range.clone()),
            Location::Call(_) => None,
        }
    }
}

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The pipeline cannot run.
    Error,
    /// The pipeline can run, but probably not as it was meant.
    Warning,
}

/// One thing that is wrong with a pipeline.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    severity: Severity,
    message: String,
    /// The first label is the place of the diagnostic; the others say what it clashes with.
    labels: Vec<(Location, String)>,
    allowed: Vec<String>,
    nearest: Option<String>,
    help: Vec<String>,
}

impl Diagnostic {
    pub(crate) fn error(message: impl Into<String>, at: Location, label: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            message: message.into(),
            labels: vec![(at, label.into())],
            allowed: Vec::new(),
            nearest: None,
            help: Vec::new(),
        }
    }

    pub(crate) fn warning(message: impl Into<String>, at: Location, label: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(message, at, label) }
    }

    pub(crate) fn label(mut self, at: Location, label: impl Into<String>) -> Diagnostic {
        self.labels.push((at, label.into()));
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help.push(help.into());
        self
    }

    pub(crate) fn helps(mut self, help: impl IntoIterator<Item = String>) -> Diagnostic {
        self.help.extend(help);
        self
    }

    /// Says what may stand there, and which of it is nearest to `found`.
    pub(crate) fn allowed<'a>(mut self, found: &str, allowed: impl IntoIterator<Item = &'a str>) -> Diagnostic {
        self.allowed = allowed.into_iter().map(str::to_owned).collect();
        self.nearest = standoff_core::nearest(found, self.allowed.iter().map(String::as_str)).map(str::to_owned);
        self
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What is wrong, in a sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where: the pipeline file, or for a pipeline built in Rust the call that is at fault.
    #[must_use]
    pub fn place(&self) -> Place {
        self.labels.first().map_or_else(|| Place { file: PathBuf::new(), line: None, column: None }, |(at, _)| at.place())
    }

    /// The offending text, as it stands in the file.
    #[must_use]
    pub fn found(&self) -> Option<&str> {
        self.labels.first().and_then(|(at, _)| at.text())
    }

    /// What may stand there instead, if it is one of a few.
    #[must_use]
    pub fn allowed_values(&self) -> &[String] {
        &self.allowed
    }

    /// What may stand there and is nearest to what does.
    #[must_use]
    pub fn nearest(&self) -> Option<&str> {
        self.nearest.as_deref()
    }

    /// What to do, a sentence each: the nearest spelling and the allowed values first.
    #[must_use]
    pub fn help_texts(&self) -> Vec<String> {
        let near = self.nearest.iter().map(|near| format!("did you mean `{near}`?"));
        let allowed = (!self.allowed.is_empty()).then(|| match self.allowed.as_slice() {
            [one] => format!("allowed is only `{one}`"),
            many => format!("allowed are {}", crate::registry::quoted(many)),
        });
        near.chain(allowed).chain(self.help.iter().cloned()).collect()
    }

    fn key(&self) -> (usize, u32, u32) {
        let start = match self.labels.first() {
            Some((Location::File(_, range), _)) => range.start,
            _ => 0,
        };
        let place = self.place();
        (start, place.line.unwrap_or(0), place.column.unwrap_or(0))
    }

    fn group<'d>(&'d self) -> Group<'d> {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut elements: Vec<Element<'d>> = Vec::new();
        // Labels in one file share a snippet; the first one is the place of the diagnostic.
        let mut quoted: Vec<&Arc<SourceFile>> = Vec::new();
        for (at, label) in &self.labels {
            match at {
                Location::File(file, _) if quoted.iter().any(|q| Arc::ptr_eq(q, file)) => {}
                Location::File(file, _) => {
                    quoted.push(file);
                    elements.push(self.snippet(file).into());
                }
                Location::Call(call) => {
                    let origin = Origin::path(call.file()).line(call.line() as usize).char_column(call.column() as usize);
                    elements.push(origin.into());
                    if !label.is_empty() {
                        elements.push(Level::NOTE.message(label.as_str()).into());
                    }
                }
            }
        }
        elements.extend(self.help_texts().into_iter().map(|help| Level::HELP.message(help).into()));
        level.primary_title(self.message.as_str()).elements(elements)
    }

    fn snippet<'d>(&'d self, file: &'d Arc<SourceFile>) -> Snippet<'d, annotate_snippets::Annotation<'d>> {
        let marks = self.labels.iter().enumerate().filter_map(|(i, (at, label))| match at {
            Location::File(f, range) if Arc::ptr_eq(f, file) => {
                let kind = if i == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
                let mark = kind.span(on_text(&file.text, range));
                Some(if label.is_empty() { mark } else { mark.label(label.as_str()) })
            }
            _ => None,
        });
        Snippet::source(file.text.as_str()).path(file.name.as_str()).annotations(marks)
    }
}

/// The range cut to the text and to its first line, so that a table does not fill the screen.
fn on_text(text: &str, range: &Range<usize>) -> Range<usize> {
    let (start, end) = (range.start.min(text.len()), range.end.min(text.len()));
    let line = text.get(start..end).and_then(|t| t.find('\n')).filter(|&at| at > 0);
    start..line.map_or(end.max(start), |at| start + at)
}

/// All that is wrong with a pipeline, in the order of the file.
///
/// `Display` shows it as a compiler would, with the lines at fault; [`styled`](Diagnostics::styled) adds colours for a
/// terminal.
#[derive(Clone, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Sorts by place and leaves out what was said twice.
    pub(crate) fn sort(&mut self) {
        self.0.sort_by_key(Diagnostic::key);
        self.0.dedup_by(|a, b| a.message == b.message && a.key() == b.key());
    }

    /// One by one, in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the pipeline cannot run.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.severity == Severity::Error)
    }

    /// As a compiler would show it, with colours as ANSI escapes.
    #[must_use]
    pub fn styled(&self) -> String {
        self.render(&Renderer::styled())
    }

    fn render(&self, renderer: &Renderer) -> String {
        let reports: Vec<String> = self.0.iter().map(|d| renderer.render(&[d.group()])).collect();
        reports.join("\n\n")
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(&Renderer::plain()))
    }
}

/// The same as `Display`, so that a `main` that returns a `Result` shows it well.
impl fmt::Debug for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl std::error::Error for Diagnostics {}

/// The first error, with its place; how many more there are is said.
impl From<Diagnostics> for Error {
    fn from(diagnostics: Diagnostics) -> Error {
        let more = match diagnostics.len().saturating_sub(1) {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        let Some(first) = diagnostics.0.into_iter().min_by_key(|d| d.severity) else {
            return Error::plan("the pipeline cannot run");
        };
        let place = first.place();
        let error = Error::plan(format!("{}{more}", first.message)).at(place.file, place.line, place.column);
        match first.help_texts().as_slice() {
            [] => error,
            helps => error.help(helps.join("; ").replace("?; ", "? ")),
        }
    }
}

/// A file that an error names, to quote the line at fault. `None` if it cannot be read as text or is large.
pub(crate) fn quote(place: &Place) -> Option<Location> {
    const MOST: u64 = 1 << 24;
    let path: &Path = &place.file;
    let line = place.line?.checked_sub(1)? as usize;
    if std::fs::metadata(path).ok()?.len() > MOST {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let content = text.get(start..)?.lines().next()?;
    let column = place.column.map_or(0, |c| c.saturating_sub(1) as usize);
    let from = start + content.char_indices().nth(column).map_or(content.len(), |(at, _)| at);
    let to = (start + content.len()).max(from);
    let file = SourceFile { name: path.display().to_string(), text };
    Some(Location::File(Arc::new(file), from..to))
}
