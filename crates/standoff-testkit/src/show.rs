//! What a document holds, as text that two documents can be compared by.

use std::fmt::Write;

use standoff_core::{Document, Row, Value};

/// Everything that annotators added to a document, a line a row, in the order of its making.
#[must_use]
pub fn contents(document: &Document) -> String {
    contents_from(document, 0)
}

/// The same of the segments from a number on.
pub(crate) fn contents_from(document: &Document, first: usize) -> String {
    let mut text = String::new();
    for segment in document.segments().iter().skip(first) {
        let by = document.provenance(segment).map_or("", |p| p.annotator.as_str());
        let _ = writeln!(text, "{} by {by}:", segment.layer());
        for row in 0..segment.len() {
            let id = standoff_core::RowRef::new(segment.id(), row as u32);
            if let Some(row) = document.row(id) {
                let _ = writeln!(text, "  {}", row_text(row));
            }
        }
    }
    for retraction in document.retractions() {
        let _ = writeln!(text, "retracted {} by {} {:?}", retraction.row, retraction.by, retraction.rule);
    }
    text
}

/// One row: its span, its attributes, its rule and its score.
pub(crate) fn row_text(row: Row<'_>) -> String {
    let mut text = row.span().map_or_else(String::new, |span| span.to_string());
    for attribute in &row.segment().schema().attributes {
        if let Some(value) = row.get(&attribute.name) {
            let _ = write!(text, " {}={}", attribute.name, value_text(value));
        }
    }
    if let Some(rule) = row.rule() {
        let _ = write!(text, " rule={rule}");
    }
    if let Some(score) = row.score() {
        let _ = write!(text, " score={score}");
    }
    text
}

/// A value as a worked example writes it.
pub(crate) fn value_text(value: Value<'_>) -> String {
    match value {
        Value::Str(s) => s.to_owned(),
        Value::U32(x) => x.to_string(),
        Value::I64(x) => x.to_string(),
        Value::F64(x) => x.to_string(),
        Value::Bool(x) => x.to_string(),
        Value::Ref(row) => row.to_string(),
        Value::RefList(rows) => format!("{rows:?}"),
        Value::Named(values) => format!("{:?}", values.iter().collect::<Vec<_>>()),
        other => format!("{other:?}"),
    }
}
