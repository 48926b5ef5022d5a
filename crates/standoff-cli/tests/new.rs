//! `standoff new`: what it writes, and that it works as it is.

#![allow(clippy::unwrap_used)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{examples, lines, run};
use tempfile::TempDir;

#[test]
fn names_are_checked_and_nothing_is_written() {
    let folder = TempDir::new().unwrap();
    for (name, says) in [
        ("Quotes", "did you mean `quotes`?"),
        ("my_quotes", "did you mean `my-quotes`?"),
        ("2nd", "starts with a letter; did you mean `nd`?"),
        ("ключ", "it is made of lower case letters, digits and hyphens"),
        ("a--b", "a hyphen stands between letters or digits"),
        ("date", "this program has a plugin of that name; take another, such as `my-date`"),
        ("mention", "its layer would have the name of a shared one"),
        ("match", "it has a meaning for Rust"),
        ("standoff-extra", "it has a meaning for Rust or for standoff"),
        ("..", "cannot be a name"),
    ] {
        let (status, out, err) = run(folder.path(), &["new", "plugin", name]);
        assert_eq!((status, out.as_str()), (2, ""), "{name}");
        assert!(err.contains(says) && err.lines().count() == 1, "{name}: {err}");
    }
    let (status, _, err) = run(folder.path(), &["new", "plugin", "quotes", "--standoff", "."]);
    assert!(status == 2 && err.contains(".: this is no checkout of standoff's repository"), "{err}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn nothing_that_is_there_is_touched() {
    let folder = TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("taken")).unwrap();
    std::fs::write(folder.path().join("taken/Cargo.toml"), "mine").unwrap();
    std::fs::write(folder.path().join("file"), "mine").unwrap();
    for what in ["plugin", "pipeline"] {
        for name in ["taken", "file"] {
            let (status, _, err) = run(folder.path(), &["new", what, name]);
            assert!(status == 2 && err.contains("is there already; take another name; nothing was written"), "{err}");
        }
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("taken/Cargo.toml")).unwrap(), "mine");
    assert_eq!(std::fs::read_dir(folder.path().join("taken")).unwrap().count(), 1);
    // An empty folder may be filled.
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    assert_eq!(run(folder.path(), &["new", "pipeline", "empty"]).0, 0);
}

#[test]
fn a_new_pipeline_runs() {
    let folder = TempDir::new().unwrap();
    let (status, out, err) = run(folder.path(), &["new", "pipeline", "sub/ferries"]);
    assert_eq!(status, 0, "{err}");
    // The commands that it tells are those to run.
    let told: Vec<Vec<&str>> = out
        .lines()
        .filter_map(|line| line.trim().strip_prefix("standoff "))
        .map(|line| line.split('#').next().unwrap().split_whitespace().collect())
        .collect();
    assert_eq!(told.len(), 3, "{out}");
    let (status, out, err) = run(folder.path(), &told[0]);
    assert_eq!(status, 0, "{err}");
    assert!(out.contains("sub/ferries/pipeline.toml: good") && out.contains("1 rules, 2 examples: good"), "{out}");
    let (status, out, err) = run(folder.path(), &told[1]);
    assert_eq!(status, 0, "{err}");
    assert!(out.contains("serves  Northern Ferries  → Gull Quay") && out.contains("2024-05-03"), "{out}");
    let (status, out, _) = run(folder.path(), &told[2]);
    assert_eq!((status, lines(&out).len()), (0, 1));
}

/// Runs Cargo in a crate outside of the workspace. All of them share a target folder below the workspace's own, and have
/// the workspace's versions of other crates, so that nothing is fetched or built twice. (The workspace's own will not do:
/// Cargo gives libraries that are also built as shared ones no name of their own for each workspace.)
fn cargo(folder: &Path, arguments: &[&str]) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside");
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        // That the laws hold is tested in the workspace; here it is whether they run.
        .env("PROPTEST_CASES", "4")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "cargo {arguments:?}\n{}\n{}", text(&output.stdout), text(&output.stderr));
    target
}

fn library(krate: &str) -> String {
    format!("{}{krate}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

/// Runs the `pipeline.toml` of a plugin's folder over its `example.txt`, with the library where the pipeline looks for it.
fn run_example(folder: &Path, built: &Path, krate: &str) -> String {
    let place = TempDir::new().unwrap();
    for file in ["pipeline.toml", "example.txt"] {
        std::fs::copy(folder.join(file), place.path().join(file)).unwrap();
    }
    std::fs::create_dir_all(place.path().join("target/release")).unwrap();
    std::fs::copy(built.join("debug").join(library(krate)), place.path().join("target/release").join(library(krate))).unwrap();
    let (status, out, err) = run(place.path(), &["run", "pipeline.toml", "example.txt", "-f", "jsonl"]);
    assert_eq!(status, 0, "{err}");
    out
}

#[test]
fn plugins_outside_of_the_workspace_build_test_and_run() {
    // A new one.
    let folder = TempDir::new().unwrap();
    let (status, out, err) = run(folder.path(), &["new", "plugin", "harbour-signs"]);
    assert_eq!(status, 0, "{err}");
    assert!(out.contains("cargo test") && out.contains("standoff run pipeline.toml example.txt"), "{out}");
    let crate_folder = folder.path().join("harbour-signs");
    let target = cargo(&crate_folder, &["test", "--quiet"]);
    cargo(&crate_folder, &["bench", "--no-run", "--quiet", "--profile", "dev"]);
    cargo(&crate_folder, &["build", "--quiet"]);
    let document = &lines(&run_example(&crate_folder, &target, "harbour_signs"))[0];
    let rows = document["layers"]["harbour_signs"].as_array().unwrap();
    let words: Vec<&str> = rows.iter().map(|row| row["word"].as_str().unwrap()).collect();
    assert_eq!(words, ["ferry", "harbour", "tide", "harbour"]);

    // The example of the documentation, which lies in a workspace of its own.
    let example = examples().join("third-party-plugin");
    let lock = examples().join("../Cargo.lock");
    std::fs::copy(lock, example.join("Cargo.lock")).unwrap();
    cargo(&example, &["build", "--quiet"]);
    let document = &lines(&run_example(&example, &target, "quotes"))[0];
    let quotes = document["layers"]["quote"].as_array().unwrap();
    let mentions = document["layers"]["mention"].as_array().unwrap();
    let text: Vec<char> = document["text"].as_str().unwrap().chars().collect();
    let covered = |row: &serde_json::Value| -> String {
        text[row["start"].as_u64().unwrap() as usize..row["end"].as_u64().unwrap() as usize].iter().collect()
    };
    let found: Vec<(String, String)> =
        quotes.iter().map(|q| (covered(q), covered(&mentions[q["speaker"].as_u64().unwrap() as usize]))).collect();
    let expected = [("The pier will open again on Monday,", "Anna Berg"), ("We shall see what the tide brings,", "Paul Ahrens")];
    assert_eq!(found, expected.map(|(q, s)| (q.to_owned(), s.to_owned())));
    let (status, out, err) = run(folder.path(), &["plugin", "inspect", target.join("debug").join(library("quotes")).to_str().unwrap()]);
    assert!(status == 0 && out.contains("quotes 0.1.0"), "{out}{err}");
}
