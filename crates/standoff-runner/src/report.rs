//! What became of each document, and of a run.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::io::BufRead;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use standoff_core::Error;

/// What became of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It was annotated and written.
    #[default]
    Done,
    /// It could not be read or annotated, and nothing of it was written.
    SetAside,
}

/// Why an entry was passed over for a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Skip {
    /// Its `when` does not hold: `when`.
    When,
    /// Its plugin does not read the document's language: `language`.
    Language,
    /// All annotators that give a layer it needs were passed over: `needs LAYER`.
    Needs(Arc<str>),
    /// The document brought along the layers that it gives, of which there can be one only: `has LAYER`.
    Has(Arc<str>),
}

impl From<Skip> for String {
    fn from(skip: Skip) -> String {
        match skip {
            Skip::When => "when".into(),
            Skip::Language => "language".into(),
            Skip::Needs(layer) => format!("needs {layer}"),
            Skip::Has(layer) => format!("has {layer}"),
        }
    }
}

impl TryFrom<String> for Skip {
    type Error = String;
    fn try_from(text: String) -> Result<Skip, String> {
        match (text.as_str(), text.split_once(' ')) {
            ("when", _) => Ok(Skip::When),
            ("language", _) => Ok(Skip::Language),
            (_, Some(("needs", layer))) => Ok(Skip::Needs(layer.into())),
            (_, Some(("has", layer))) => Ok(Skip::Has(layer.into())),
            _ => Err(format!("`{text}` is no reason to pass over an annotator")),
        }
    }
}

/// For people: "its `when` does not hold".
impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Skip::When => f.write_str("its `when` does not hold"),
            Skip::Language => f.write_str("it does not read the language"),
            Skip::Needs(layer) => write!(f, "it needs `{layer}`, and what gives it was passed over"),
            Skip::Has(layer) => write!(f, "the document has `{layer}` already"),
        }
    }
}

/// One document's line of a report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DocumentReport {
    /// What the source calls it: unique in the run.
    pub source: String,
    /// The document's own id, if it could be read.
    #[serde(default)]
    pub id: String,
    /// What became of it.
    pub status: Status,
    /// Why it was set aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The annotator that failed, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// Its size as it was read.
    pub bytes: u64,
    /// The size of what was written of it.
    pub written: u64,
    /// Seconds spent on it in all, parsing and writing out included.
    pub seconds: f64,
    /// Seconds by annotator, in the order in which they ran.
    #[serde(with = "ordered")]
    pub annotators: Vec<(Arc<str>, f64)>,
    /// Live rows by layer, in the order in which the layers came to be.
    #[serde(with = "ordered")]
    pub rows: Vec<(Arc<str>, u64)>,
    /// Annotators that were passed over, and why.
    #[serde(default, with = "ordered", skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<(Arc<str>, Skip)>,
}

impl DocumentReport {
    /// How many live rows a layer has.
    #[must_use]
    pub fn rows_in(&self, layer: &str) -> u64 {
        self.rows.iter().find(|(name, _)| **name == *layer).map_or(0, |(_, rows)| *rows)
    }

    pub(crate) fn set_aside(&mut self, error: &Error) {
        self.status = Status::SetAside;
        self.reason = Some(error.to_string());
        self.failed = error.annotator().map(str::to_owned);
        self.rows.clear();
        self.written = 0;
    }
}

/// Pairs as a JSON object that keeps their order.
mod ordered {
    use std::fmt;
    use std::marker::PhantomData;
    use std::sync::Arc;

    use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
    use serde::ser::{Serialize, Serializer};

    pub(super) fn serialize<S: Serializer, V: Serialize>(pairs: &[(Arc<str>, V)], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(pairs.iter().map(|(name, value)| (&**name, value)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, V: Deserialize<'de>>(from: D) -> Result<Vec<(Arc<str>, V)>, D::Error> {
        struct Pairs<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Pairs<V> {
            type Value = Vec<(Arc<str>, V)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut pairs = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, V>()? {
                    pairs.push((name.into(), value));
                }
                Ok(pairs)
            }
        }
        from.deserialize_map(Pairs(PhantomData))
    }
}

/// A run as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Documents that were annotated and written.
    pub done: u64,
    /// Documents that were set aside.
    pub set_aside: u64,
    /// Documents that an earlier run had done.
    pub resumed: u64,
    /// Bytes read, of the documents of this run.
    pub bytes: u64,
    /// Bytes written.
    pub written: u64,
    /// Seconds by the clock.
    pub seconds: f64,
    /// Whether the run was cancelled before the source came to its end.
    pub cancelled: bool,
    /// Seconds by annotator, summed over threads.
    pub annotators: BTreeMap<Arc<str>, f64>,
    /// Live rows by layer.
    pub rows: BTreeMap<Arc<str>, u64>,
    /// For how many documents each annotator was passed over, and why.
    pub skipped: BTreeMap<Arc<str>, BTreeMap<Skip, u64>>,
}

impl Summary {
    pub(crate) fn add(&mut self, report: &DocumentReport) {
        match report.status {
            Status::Done => self.done += 1,
            Status::SetAside => self.set_aside += 1,
        }
        self.bytes += report.bytes;
        self.written += report.written;
        for (name, seconds) in &report.annotators {
            match self.annotators.get_mut(name) {
                Some(sum) => *sum += seconds,
                None => drop(self.annotators.insert(Arc::clone(name), *seconds)),
            }
        }
        for (name, rows) in &report.rows {
            match self.rows.get_mut(name) {
                Some(sum) => *sum += rows,
                None => drop(self.rows.insert(Arc::clone(name), *rows)),
            }
        }
        for (name, why) in &report.skipped {
            *self.skipped.entry(Arc::clone(name)).or_default().entry(why.clone()).or_default() += 1;
        }
    }
}

/// The documents that earlier runs are through with, by their keys: what `--resume` leaves out.
#[derive(Clone, Debug, Default)]
pub struct Done {
    keys: HashSet<String>,
    lines: u64,
    written: u64,
}

impl Done {
    /// Reads a report, a line of JSON a document. A last line that was cut off, as a killed run leaves it, does not count:
    /// its document is not done. Documents that were set aside are done too, unless `again` says to try them once more.
    ///
    /// # Errors
    /// If the report cannot be read, or a line that is whole is not one of a report.
    pub fn read(report: impl BufRead, again: bool) -> Result<Done, Error> {
        let mut done = Done::default();
        let mut report = report;
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = report.read_until(b'\n', &mut line).map_err(|e| Error::io("the report cannot be read").with_source(e))?;
            if read == 0 || line.last() != Some(&b'\n') {
                return Ok(done);
            }
            done.lines += 1;
            let parsed: DocumentReport = serde_json::from_slice(&line)
                .map_err(|e| Error::io(format!("line {} of the report is not one of a report", done.lines)).with_source(e))?;
            done.written += parsed.written;
            if parsed.status == Status::Done || !again {
                done.keys.insert(parsed.source);
            }
        }
    }

    /// Whether a document is done.
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// How many documents are done.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether none is done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many bytes the earlier runs wrote of documents that the report knows of. Output beyond that belongs to
    /// documents that will be done again, and is to be cut off.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }
}
