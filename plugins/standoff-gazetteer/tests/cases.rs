//! The cases of `tests/cases/*.toml`. `STANDOFF_CASE=part-of-a-name` runs those alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::path::Path;

use serde::Deserialize;
use standoff_core::Mention;

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
    settings: serde_json::Map<String, serde_json::Value>,
    finds: Vec<String>,
}

#[test]
fn cases_find_what_they_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let only = std::env::var("STANDOFF_CASE").unwrap_or_default();
    let mut wrong = Vec::new();
    let mut ran = 0;
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|f| f.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    for file in files {
        let suite: Suite = toml::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        for case in suite.case.iter().filter(|c| c.name.contains(&only)) {
            ran += 1;
            if let Err(error) = check(case, &folder) {
                wrong.push(format!("{}: {}:\n{error}", file.file_name().unwrap().display(), case.name));
            }
        }
    }
    assert!(ran > 0, "no case is called `{only}`");
    assert!(wrong.is_empty(), "{} of {ran} cases fail\n{}", wrong.len(), wrong.join("\n"));
}

fn check(case: &Case, folder: &Path) -> Result<(), String> {
    let settings = serde_json::Value::Object(case.settings.clone());
    let document = common::annotate(&case.text, &settings, folder).map_err(|e| e.to_string())?;
    let found: Vec<[String; 4]> = document
        .rows::<Mention>()
        .iter()
        .map(|m| [document.slice(m.span), m.kind, m.name.unwrap_or(""), m.row.id.unwrap_or("")].map(str::to_owned))
        .collect();
    let wanted: Vec<Vec<&str>> = case.finds.iter().map(|f| f.split('|').map(str::trim).collect()).collect();
    let agree = found.len() == wanted.len() && found.iter().zip(&wanted).all(|(f, w)| f.iter().zip(w).all(|(a, b)| a == b));
    let shown: Vec<String> = found.iter().map(|f| f.join(" | ")).collect();
    if agree { Ok(()) } else { Err(format!("  wanted {:#?}\n  found {shown:#?}", case.finds)) }
}
