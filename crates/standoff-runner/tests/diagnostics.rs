//! Everything that can be wrong with a pipeline file, as it is told. A case is a file under `pipelines/`; what is said of
//! it stands under `snapshots/`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use standoff_runner::{Pipeline, Registry, Severity};

#[test]
fn what_is_wrong_is_told() {
    let registry = common::registry();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pipelines");
    // The files that plugins read are named relative to the pipeline, which must not depend on where the tests run.
    std::env::set_current_dir(&folder).unwrap();
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.ends_with(".toml"));
    names.sort();
    assert!(names.len() > 40);
    let mut failed = Vec::new();
    for name in names {
        let text = std::fs::read_to_string(folder.join(&name)).unwrap();
        let (told, errors) = match Pipeline::from_toml(&text, &name, &registry) {
            Ok(pipeline) => (pipeline.warnings().clone(), false),
            Err(diagnostics) => (diagnostics, true),
        };
        assert!(!told.is_empty(), "{name}: nothing is wrong");
        assert_eq!(told.has_errors(), errors);
        for diagnostic in &told {
            let place = diagnostic.place();
            assert!(place.line.is_some() && place.column.is_some(), "{name}: {diagnostic:?} has no place");
            assert!(diagnostic.severity() == Severity::Warning || errors);
        }
        let case = name.trim_end_matches(".toml").to_owned();
        // One case that differs must not hide the others.
        if std::panic::catch_unwind(|| insta::assert_snapshot!(case.as_str(), told.to_string())).is_err() {
            failed.push(case);
        }
    }
    assert!(failed.is_empty(), "these differ: {failed:?}");
}

#[test]
fn a_program_without_plugins_is_told_why() {
    let told = Pipeline::from_toml("[[annotator]]\nuse = \"tokenizer\"\n", "news.toml", &Registry::new()).unwrap_err();
    insta::assert_snapshot!(told, @r#"
    error: there is no plugin `tokenizer`
     --> news.toml:2:7
      |
    2 | use = "tokenizer"
      |       ^^^^^^^^^^^
      |
      = help: this program was linked with no plugin at all: a crate that is named in Cargo.toml alone is left out by the linker, so refer to each plugin's crate in the source, for instance `use standoff_tokenizer as _;`
    "#);
}

#[test]
fn a_diagnostic_can_be_read_by_programs() {
    let text = "[[annotator]]\nuse = \"tokens\"\n\n[[annotator]]\nuse = \"places\"\ncase = \"ingored\"\n";
    let told = Pipeline::from_toml(text, "news.toml", &common::registry()).unwrap_err();
    let one = told.iter().next().unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(one.place().to_string(), "news.toml:6:8");
    assert_eq!(one.found(), Some("\"ingored\""));
    assert_eq!(one.allowed_values(), ["exact", "ignored", "as-written"]);
    assert_eq!(one.nearest(), Some("ignored"));
    let error = standoff_core::Error::from(told);
    assert!(error.is_plan());
    insta::assert_snapshot!(
        error,
        @"news.toml:6:8: places: `case` cannot be `ingored`; did you mean `ignored`? allowed are `exact`, `ignored` and `as-written`"
    );
}
