//! Runs the cases under `tests/cases`: a text with its expressions in brackets, and what each must be.
//!
//! ```toml
//! date = "2017-03-20"          # of all cases of the file that name none
//! mode = "news"
//!
//! [[case]]
//! text = "Talks were held on [Saturday]."
//! is = ["DATE 2017-03-18"]     # type, value, and where it matters mod=…, quant=…, freq=…
//! ```
//!
//! In `ends.toml`, begin=… and end=… tell where durations begin and end. Every bracketed part must be found exactly, and nothing else. `STANDOFF_CASE=word` runs only the cases whose text
//! holds the word.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod brackets;
mod tagging;

use std::collections::HashMap;
use std::path::Path;

use brackets::unbracket;
use serde::Deserialize;
use standoff_date::{Settings, Tagger};
use tagging::tag;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    mode: Option<String>,
    #[serde(default)]
    language: Option<String>,
    /// Of all cases of the file.
    #[serde(default)]
    settings: serde_json::Map<String, serde_json::Value>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    is: Vec<String>,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    mode: Option<String>,
    /// Any setting, by name.
    #[serde(default)]
    settings: serde_json::Map<String, serde_json::Value>,
}

#[test]
fn cases() {
    let only = std::env::var("STANDOFF_CASE").ok();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let mut taggers: HashMap<String, Tagger> = HashMap::new();
    let (mut run, mut wrong) = (0, Vec::new());
    for path in files {
        let file: File = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for case in &file.case {
            if only.as_ref().is_some_and(|word| !case.text.contains(word.as_str())) {
                continue;
            }
            run += 1;
            let mut settings = file.settings.clone();
            settings.extend(case.settings.clone());
            for (key, value) in [("mode", case.mode.as_ref().or(file.mode.as_ref())), ("language", file.language.as_ref())] {
                if let Some(value) = value {
                    settings.insert(key.into(), value.clone().into());
                }
            }
            let key = serde_json::to_string(&settings).unwrap();
            let tagger = taggers.entry(key).or_insert_with(|| {
                let settings: Settings = serde_json::from_value(settings.into()).unwrap();
                Tagger::new(settings).unwrap()
            });
            let (text, spans) = unbracket(&case.text);
            let date = case.date.as_ref().or(file.date.as_ref()).filter(|d| !d.is_empty());
            let found: Vec<String> = tag(tagger, &text, date.map(String::as_str))
                .iter()
                .map(|t| {
                    let mut line = format!("[{}] {} {}", &text[t.start as usize..t.end as usize], t.kind, t.value);
                    let ends = path.ends_with("ends.toml");
                    let (begin, end) = (t.begin.as_deref().filter(|_| ends), t.until.as_deref().filter(|_| ends));
                    for (name, value) in
                        [("mod", t.modifier), ("quant", t.quant), ("freq", t.freq.as_deref()), ("begin", begin), ("end", end)]
                    {
                        if let Some(value) = value {
                            line.push_str(&format!(" {name}={value}"));
                        }
                    }
                    line
                })
                .collect();
            let expected: Vec<String> = spans.iter().zip(&case.is).map(|(span, is)| format!("[{}] {is}", &text[span.clone()])).collect();
            assert_eq!(spans.len(), case.is.len(), "{}: `{}` has another number of brackets than of values", path.display(), case.text);
            if found != expected {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                wrong.push(format!("{name}: {}\n    expected {expected:?}\n    found    {found:?}", case.text));
            }
        }
    }
    assert!(run > 0, "no case was run");
    assert!(wrong.is_empty(), "{} of {run} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
