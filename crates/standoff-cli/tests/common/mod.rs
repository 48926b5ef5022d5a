//! What the tests of the command share: running it, and folders to run it in.

#![allow(dead_code, reason = "no test file uses all of it")]

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value as Json;
use tempfile::TempDir;

pub(crate) const TEXT: &str = "TOKYO, March 20, 2017 - Russian Foreign Minister Sergey Lavrov met Fumio Kishida on Monday.\n";

pub(crate) fn standoff(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("standoff").unwrap();
    command.current_dir(folder).args(arguments).timeout(std::time::Duration::from_secs(120));
    command
}

/// Exit status, stdout and stderr.
pub(crate) fn outcome(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    outcome(&mut standoff(folder, arguments))
}

pub(crate) fn piped(folder: &Path, arguments: &[&str], input: impl Into<Vec<u8>>) -> (i32, String, String) {
    outcome(standoff(folder, arguments).write_stdin(input))
}

pub(crate) fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("a.txt"), TEXT).unwrap();
    folder
}

pub(crate) fn write(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) {
    std::fs::write(folder.path().join(name), content).unwrap();
}

pub(crate) fn lines(jsonl: &str) -> Vec<Json> {
    jsonl.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A shared library that Cargo built beside the test.
pub(crate) fn library(krate: &str) -> PathBuf {
    let file = format!("{}{krate}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let path = std::env::current_exe().unwrap().parent().unwrap().join(file);
    assert!(path.is_file(), "{} is not there", path.display());
    path
}

/// The folder `examples` of the repository.
pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").canonicalize().unwrap()
}
