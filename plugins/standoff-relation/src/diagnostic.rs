//! What is wrong with a rules file: where, what was found, what to write instead.

use std::error::Error as StdError;
use std::fmt;

/// A place in one of the files of a rule set: bytes, end exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Number of the file in [`Sources`].
    pub(crate) file: u32,
    /// Offset of the first byte.
    pub(crate) start: u32,
    /// Offset one past the last byte.
    pub(crate) end: u32,
}

impl Place {
    /// The smallest place that holds both; they lie in one file.
    pub(crate) fn to(self, other: Place) -> Place {
        Place { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// One fault of a rules file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// What is wrong, with what was found.
    pub message: String,
    /// What is allowed, or the nearest name that is declared.
    pub help: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        if let Some(help) = &self.help {
            write!(f, "; {help}")?;
        }
        Ok(())
    }
}

/// Everything that is wrong with the files of a rule set, in the order in which it was found. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesError {
    diagnostics: Vec<Diagnostic>,
}

impl RulesError {
    /// An error of these faults, or nothing where there is none.
    pub(crate) fn new(diagnostics: Vec<Diagnostic>) -> Option<RulesError> {
        if diagnostics.is_empty() { None } else { Some(RulesError { diagnostics }) }
    }

    /// The faults, at least one.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.diagnostics.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl StdError for RulesError {}

impl From<RulesError> for standoff_core::Error {
    fn from(error: RulesError) -> standoff_core::Error {
        // The contract has room for one place: the first fault gets it, the others follow in the text.
        let mut faults = error.diagnostics.into_iter();
        let Some(first) = faults.next() else { return standoff_core::Error::resource("the rules have a fault") };
        let mut message = first.message;
        let rest: Vec<String> = faults.map(|fault| fault.to_string()).collect();
        if !rest.is_empty() {
            if let Some(help) = &first.help {
                message = format!("{message}; {help}");
            }
            message = format!("{message}\n{}", rest.join("\n"));
            return standoff_core::Error::resource(message).at(first.file, Some(first.line), Some(first.column));
        }
        let result = standoff_core::Error::resource(message).at(first.file, Some(first.line), Some(first.column));
        match first.help {
            Some(help) => result.help(help),
            None => result,
        }
    }
}

/// The texts of a rule set, and the faults found in them so far.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    files: Vec<(String, String)>,
    faults: Vec<Diagnostic>,
}

impl Sources {
    /// Adds a file and gives its number.
    pub(crate) fn add(&mut self, name: String, text: String) -> u32 {
        self.files.push((name, text));
        u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX)
    }

    /// The name of a file.
    pub(crate) fn name(&self, file: u32) -> &str {
        self.files.get(file as usize).map_or("", |(name, _)| name)
    }

    /// The text of a file.
    pub(crate) fn text(&self, file: u32) -> &str {
        self.files.get(file as usize).map_or("", |(_, text)| text)
    }

    /// Notes a fault.
    pub(crate) fn fault(&mut self, place: Place, message: impl Into<String>, help: Option<String>) {
        let (line, column) = self.line_column(place);
        self.faults.push(Diagnostic { file: self.name(place.file).to_owned(), line, column, message: message.into(), help });
    }

    /// Line and column of a place, both from 1, the column in characters.
    pub(crate) fn line_column(&self, place: Place) -> (u32, u32) {
        let before = self.text(place.file).get(..place.start as usize).unwrap_or_default();
        let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// Whether nothing was found wrong.
    #[cfg(test)]
    pub(crate) fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    /// The faults as an error, if there are any; faults of one place are told once.
    pub(crate) fn into_error(self) -> Option<RulesError> {
        let mut faults = self.faults;
        faults.dedup();
        RulesError::new(faults)
    }
}

/// The help that names the nearest of the known names, or else lists them.
pub(crate) fn nearest_or_list<'n>(found: &str, kind: &str, known: impl Iterator<Item = &'n str>) -> String {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    known.dedup();
    if let Some(near) = standoff_core::nearest(found, known.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    match known.len() {
        0 => format!("no {kind} is declared"),
        1..=12 => format!("declared: {}", known.join(", ")),
        more => format!("declared: {}, and {} more", known[..10].join(", "), more - 10),
    }
}
