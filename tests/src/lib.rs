//! What the tests of whole pipelines share: the examples, and a listing of a document's rows to compare.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use standoff::{Document, NamedValue, Row, RowRef, Value};

/// The folder `examples`.
#[must_use]
pub fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

/// The files of a folder with an ending, sorted by name.
///
/// # Panics
/// If the folder cannot be read or holds no such file: the examples are part of the repository.
#[must_use]
#[allow(clippy::panic)]
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == ending)).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} holds no .{ending} file", folder.display());
    paths
}

/// All rows but tokens, a line each, layer by layer in text order: who made it by which rule, its text, its attributes.
/// Rows that were retracted are marked with `-` and with who retracted them.
#[must_use]
pub fn listing(document: &Document) -> String {
    let mut out = String::new();
    for name in document.layer_names().into_iter().filter(|n| *n != "token") {
        let _ = writeln!(out, "{name}");
        for row in document.layer(name).with_retracted().iter() {
            line(document, row, &mut out);
        }
    }
    out
}

fn line(document: &Document, row: Row, out: &mut String) {
    out.push_str(if row.is_retracted() { "- " } else { "  " });
    if let Some(span) = row.span() {
        let _ = write!(out, "{span} “{}”", folded(document.slice(span)));
    }
    for attribute in &row.segment().schema().attributes {
        if let Some(value) = row.get(&attribute.name) {
            let _ = write!(out, " {}={}", attribute.name, shown(document, value));
        }
    }
    if let Some(rule) = row.rule() {
        let _ = write!(out, " by {rule}");
    }
    if let Some(retraction) = document.retractions().iter().find(|r| r.row == row.id()) {
        let _ = write!(out, " retracted by {}", retraction.rule);
    }
    out.push('\n');
}

fn shown(document: &Document, value: Value) -> String {
    let name = |id: RowRef| match document.row(id) {
        Some(row) => row.span().map_or_else(|| row.str("name").unwrap_or("?").to_owned(), |span| folded(document.slice(span))),
        None => "?".into(),
    };
    match value {
        Value::Ref(id) => format!("[{}]", name(id)),
        Value::RefList(ids) => ids.iter().map(|&id| format!("[{}]", name(id))).collect(),
        Value::Named(values) => {
            let parts = values.iter().map(|(key, value)| match value {
                NamedValue::Row(id) => format!("{key}: [{}]", name(id)),
                NamedValue::Str(s) => format!("{key}: {s}"),
            });
            format!("({})", parts.collect::<Vec<_>>().join(", "))
        }
        Value::Str(s) => s.to_owned(),
        Value::U32(x) => x.to_string(),
        Value::I64(x) => x.to_string(),
        Value::F64(x) => x.to_string(),
        Value::Bool(x) => x.to_string(),
        other => format!("{other:?}"),
    }
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
