//! Test cases as data.
//!
//! ```toml
//! [[case]]
//! name = "two in a row"
//! text = "NO WAY, he said."
//! date = "2017-03-20"                                  # the document's own date, if it matters
//! settings = { longest = 3 }                           # of the plugin
//! finds = [
//!     { layer = "shout", covers = "NO WAY", level = 2 },
//! ]
//!
//! [[case]]
//! name = "none"
//! text = "No way."
//! finds = []
//! ```
//!
//! `finds` lists the rows of the layers that the plugin gives, in text order: no more and no fewer in each layer that it
//! names, or in all of them if it is empty; with `more = true` there may be others between. A row names its layer, the
//! text that it covers, and as many of its attributes as matter (`rule` is one). `language` sets the document's.
//!
//! `STANDOFF_CASE=part-of-a-name` runs the cases of which the name has that in it. Layers that the plugin needs are given
//! as [`Subject`] says.

#![allow(clippy::panic, reason = "a test is to fail")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value as Json, json};
use standoff_core::{AnyPlugin, BuildContext, Document, Output, Row, Value};

use crate::show::{row_text, value_text};
use crate::subject::Subject;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    text: String,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    settings: serde_json::Map<String, Json>,
    #[serde(default)]
    more: bool,
    finds: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    layer: String,
    #[serde(default)]
    covers: Option<String>,
    #[serde(flatten)]
    attributes: BTreeMap<String, Json>,
}

/// Runs the cases of a file, or of all `.toml` files of a folder. Relative paths in settings start at its folder.
///
/// # Panics
/// If a case fails, a file cannot be read, or there is no case at all: the message lists every case that fails.
pub fn run(plugin: &dyn AnyPlugin, path: impl AsRef<Path>) {
    let path = path.as_ref();
    let only = std::env::var("STANDOFF_CASE").unwrap_or_default();
    let (mut ran, mut wrong) = (0, Vec::new());
    for file in files(path) {
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let suite: Suite = toml::from_str(&text).unwrap_or_else(|e| panic!("{}:\n{e}", file.display()));
        let folder = file.parent().unwrap_or(Path::new(""));
        for case in suite.case.iter().filter(|c| c.name.contains(&only)) {
            ran += 1;
            if let Err(what) = check(plugin, case, folder) {
                wrong.push(format!("{}: {}:\n{what}", file.display(), case.name));
            }
        }
    }
    assert!(ran > 0, "there is no case `{only}` in {}\nhelp: write one, or unset STANDOFF_CASE", path.display());
    assert!(
        wrong.is_empty(),
        "{} of {ran} cases fail\n{}\nhelp: STANDOFF_CASE=name runs one alone; correct the case or the plugin",
        wrong.len(),
        wrong.join("\n")
    );
}

fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = std::fs::read_dir(path).unwrap_or_else(|e| panic!("{}: {e}\nhelp: put the cases there", path.display()));
    let mut files: Vec<PathBuf> =
        entries.filter_map(|e| e.ok().map(|e| e.path())).filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    files
}

fn check(plugin: &dyn AnyPlugin, case: &Case, folder: &Path) -> Result<(), String> {
    let settings = Json::Object(case.settings.clone());
    let subject = Subject::with(plugin, &settings, &BuildContext::new(folder)).map_err(|e| format!("  {e}"))?;
    let mut document = Document::new(case.text.clone()).map_err(|e| e.to_string())?;
    document.meta_mut().date.clone_from(&case.date);
    document.meta_mut().language.clone_from(&case.language);
    let mut output = Output::new();
    subject.prepare(&mut document, &mut output).map_err(|e| format!("  {e}"))?;
    let first = document.segments().len() as u32;
    subject.annotate(&mut document, &mut output).map_err(|e| format!("  {e}"))?;

    let mut layers: Vec<&str> = case.finds.iter().map(|f| f.layer.as_str()).collect();
    if layers.is_empty() {
        layers = subject.layers().gives.iter().map(|s| s.name.as_str()).collect();
    }
    layers.sort_unstable();
    layers.dedup();
    let mut wrong = Vec::new();
    for layer in layers {
        let rows: Vec<Row<'_>> = document.layer(layer).iter().filter(|row| row.id().segment >= first).collect();
        let wanted: Vec<&Found> = case.finds.iter().filter(|f| f.layer == layer).collect();
        let good = if case.more {
            let mut rest = rows.iter();
            wanted.iter().all(|w| rest.any(|row| fits(&document, *row, w)))
        } else {
            rows.len() == wanted.len() && rows.iter().zip(&wanted).all(|(row, w)| fits(&document, *row, w))
        };
        if !good {
            let wanted: Vec<String> =
                wanted.iter().map(|w| format!("    {:?} {}", w.covers.as_deref().unwrap_or(""), json!(w.attributes))).collect();
            let found: Vec<String> =
                rows.iter().map(|&r| format!("    {:?} {}", r.span().map_or("", |s| document.slice(s)), row_text(r))).collect();
            wrong.push(format!("  wanted in `{layer}`:\n{}\n  found:\n{}", wanted.join("\n"), found.join("\n")));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn fits(document: &Document, row: Row<'_>, wanted: &Found) -> bool {
    let covers = row.span().map_or("", |span| document.slice(span));
    wanted.covers.as_ref().is_none_or(|w| w == covers)
        && wanted.attributes.iter().all(|(name, json)| match (name.as_str(), row.get(name)) {
            ("rule", None) => row.rule() == json.as_str(),
            (_, None) => json.as_str() == Some(""),
            (_, Some(value)) => is(document, value, json),
        })
}

/// A reference is wanted as the text that its row covers.
fn is(document: &Document, value: Value<'_>, json: &Json) -> bool {
    let covered = |id| document.row(id).and_then(|row| row.span()).map_or("", |span| document.slice(span));
    match (value, json) {
        (Value::F64(x), json) => json.as_f64() == Some(x),
        (Value::Ref(id), Json::String(text)) => covered(id) == text,
        (Value::RefList(ids), Json::Array(texts)) => {
            ids.len() == texts.len() && ids.iter().zip(texts).all(|(&id, text)| text.as_str() == Some(covered(id)))
        }
        (value, Json::String(text)) => value_text(value) == *text,
        (value, json) => {
            let wanted = json.to_string();
            value_text(value) == wanted
        }
    }
}
