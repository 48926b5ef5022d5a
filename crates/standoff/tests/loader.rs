//! Shared libraries, as a program in Rust loads them.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use serde_json::json;
use standoff::runner::PipelineFile;
use standoff::{Document, FileInfo, Loader, Output, Pipeline};

/// The library of `my-plugin`, which Cargo built beside this test. The test is not linked with it.
fn library() -> PathBuf {
    let file = format!("{}my_plugin{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    std::env::current_exe().unwrap().parent().unwrap().join(file)
}

fn words(pipeline: &Pipeline) -> Vec<String> {
    let mut document = Document::new("The tide takes the ferry.").unwrap();
    pipeline.annotate(&mut document, &mut Output::new()).unwrap();
    document.layer("my_plugin").iter().map(|row| row.str("word").unwrap().to_owned()).collect()
}

#[test]
fn a_pipeline_in_rust_uses_a_loaded_plugin() {
    let mut loader = Loader::new().unwrap();
    assert!(loader.registry().get("my-plugin").is_err());
    assert_eq!(loader.open(library()).unwrap(), ["my-plugin"]);
    // Again it changes nothing.
    assert!(loader.open(library()).unwrap().is_empty());
    assert_eq!(loader.registry().origin("my-plugin"), Some(library().to_str().unwrap()));
    let pipeline = Pipeline::builder().annotator("tokenizer").annotator_with("my-plugin", json!({"words": ["tide"]}));
    assert_eq!(words(&pipeline.build_with(loader.registry()).unwrap()), ["tide"]);
}

#[test]
fn a_pipeline_file_loads_what_it_names() {
    let file = |header: &str| {
        let text = format!(
            "plugins = ['{}']\n{header}\n[[annotator]]\nuse = \"tokenizer\"\n\n[[annotator]]\nuse = \"my-plugin\"\n",
            library().display()
        );
        PipelineFile::parse(&text, "p.toml").unwrap()
    };
    assert_eq!(words(&Loader::new().unwrap().pipeline(file("")).unwrap()), ["ferry"]);
    let digest = FileInfo::read(&library()).unwrap().digest;
    let listed = format!("[pipeline]\nallow = [\"{digest}\"]");
    assert_eq!(words(&Loader::new().unwrap().pipeline(file(&listed)).unwrap()), ["ferry"]);
    let refused = Loader::new().unwrap().pipeline(file("[pipeline]\nallow = []")).unwrap_err().to_string();
    assert!(refused.contains("which is not listed") && refused.contains("p.toml:1:12"), "{refused}");
}

#[test]
fn only_what_is_allowed_is_loaded() {
    let mut loader = Loader::new().unwrap();
    assert!(loader.allow(["sha256:12"]).unwrap_err().is_settings());
    loader.allow(["0".repeat(64)]).unwrap();
    assert!(loader.open(library()).unwrap_err().to_string().contains("which is not listed"));
    loader.allow([FileInfo::read(&library()).unwrap().digest.to_string()]).unwrap();
    assert_eq!(loader.open(library()).unwrap(), ["my-plugin"]);
}

#[test]
fn a_plugin_that_this_program_has_already_is_not_loaded_a_second_time() {
    let error = Loader::new().unwrap().open(library().with_file_name("libstandoff_date.so"));
    if cfg!(target_os = "linux") {
        let error = error.unwrap_err().to_string();
        assert!(error.contains("two plugins are named `date`") && error.contains("libstandoff_date.so"), "{error}");
    }
}
