//! Bad plugins and files: each is refused or contained, the message says whose fault it is, and the run goes on.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock};

use serde_json::{Value as Json, json};
use standoff::runner::PipelineFile;
use standoff::runner::{RunOptions, SourceDocument, run};
use standoff::{AnyPlugin, Document, Loader, Meta, Pipeline, Registry};
use standoff_abi::{Digest, FileInfo, Library};

/// Where the libraries are built: the system clears it.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile");
    std::fs::create_dir_all(&folder).unwrap();
    folder
});

/// Compiles a C file of `tests/hostile`.
fn compile(source: &str, name: &str, options: &[&str]) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = FOLDER.join(name);
    let output = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()))
        .args(["-std=c99", "-fPIC", "-fvisibility=hidden", "-I"])
        .arg(root.join("../crates/standoff-abi/include"))
        .args(options)
        .arg("-o")
        .arg(&path)
        .arg(root.join("hostile").join(source))
        .output()
        .expect("a C compiler is needed: set CC to one");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    path
}

fn library(case: u32) -> PathBuf {
    compile("library.c", &format!("library{case}.so"), &["-shared", &format!("-DCASE={case}")])
}

/// Documents of which the second has an exclamation mark in it.
const TEXTS: [&str; 3] = ["aé quiet.", "aé loud!", "aé again."];

/// Runs a pipeline over [`TEXTS`]; gives the lines that were written, and what was said of the documents set aside.
fn annotate(pipeline: &Pipeline, threads: usize) -> (Vec<String>, Vec<String>) {
    let source = TEXTS.iter().enumerate().map(|(n, text)| SourceDocument::text(format!("d{n}"), (*text).to_owned(), Meta::default()));
    let (mut written, mut aside) = (Vec::new(), Vec::new());
    let write = |document: &Document, out: &mut Vec<u8>| standoff::io::jsonl::write(document, &Default::default(), out);
    let sink = |finished: standoff::runner::Finished<'_>| {
        match finished.result {
            Ok(line) => written.push(String::from_utf8(line.to_vec()).unwrap()),
            Err(error) => aside.push(error.to_string()),
        }
        Ok(())
    };
    let summary = run(pipeline, source, write, sink, &RunOptions { threads, ..RunOptions::default() }).unwrap();
    assert_eq!((written.len() as u64, aside.len() as u64), (TEXTS.len() as u64 - summary.set_aside, summary.set_aside));
    (written, aside)
}

/// A pipeline of one plugin, after the tokenizer.
fn pipeline(plugin: &Arc<dyn AnyPlugin>, settings: Json) -> Result<Pipeline, String> {
    let mut registry = Registry::linked().unwrap();
    let name = plugin.manifest().name;
    registry.add(Arc::clone(plugin), "a test").unwrap();
    let pipeline = Pipeline::builder().annotator("tokenizer").annotator_with(&name, settings);
    pipeline.build_with(&registry).map_err(|found| found.to_string())
}

/// What a line says of the layers; who made them differs by the settings.
fn layers(line: &str) -> &str {
    line.split("\"made_by\"").next().unwrap()
}

#[test]
fn rows_that_break_the_contract_cost_their_document() {
    let path = compile("rows.c", "rows.so", &["-shared", "-Wall", "-Wextra", "-Werror"]);
    let plugin = Library::open(&path, None).unwrap().to_plugins().remove(0);
    let (good, aside) = annotate(&pipeline(&plugin, json!({"case": 0})).unwrap(), 1);
    assert!(aside.is_empty() && good.iter().all(|line| line.contains("\"mark\"")), "{aside:?}");
    let says: [&[&str]; 40] = [
        &["span 0..10", "character boundaries"],
        &["span 0..2", "character boundaries"],
        &["span 4..3", "character boundaries"],
        &["span 4294967295..4294967295", "character boundaries"],
        &["`to` refers to row", "which does not exist"],
        &["`to` refers to row", "which does not exist"],
        &["`peer` refers to a row of layer `mark`, not of `other`"],
        &["`list` refers to row", "which does not exist"],
        &["`named` refers to row", "which does not exist"],
        &["layer `mark`", "not UTF-8 from byte 1 on"],
        &["layer `mark`", "not UTF-8 from byte 0 on"],
        &["`kind` uses the code 1, which its dictionary lacks"],
        &["offsets of a string column do not divide its bytes"],
        &["`list` has list offsets that do not divide its items"],
        &["`named` uses the code 5, which its dictionary lacks"],
        &["it writes to layer number 2, and declares to give 2"],
        &["6 columns for 7 attributes"],
        &["of kind i64, not of kind u32"],
        &["of the unknown kind 77"],
        &["`standoff_rows` whose `size` is 0", "set `size` to sizeof(standoff_rows)"],
        &["`standoff_column` whose `size` is 8"],
        &["2 starts at a null or unaligned pointer"],
        &["1099511627776 rows, which is more than row numbers can count"],
        &["`count` has 1 values for 2 rows"],
        &["2 values at a null or unaligned pointer"],
        &["lacks the attribute `count`, which is not optional"],
        &["lacks the attribute `count`, which is not optional"],
        &["`text` has 1 values for 2 rows"],
        &["it retracts row", "which does not exist"],
        &["it retracts a row of layer", "which it does not declare to revise"],
        &["`standoff_retraction` whose `size` is 1"],
        &["a `standoff_rows` at a null or unaligned pointer"],
        &["I would rather not"],
        &["it gave no reason"],
        &["it answered with the unknown status 99"],
        &["it panicked: gone mad"],
        &["hostile: "],
        &["7 columns at a null or unaligned pointer"],
        &["values, which is more than memory can hold"],
        &["it writes to layer number 9"],
    ];
    for (number, says) in says.iter().enumerate() {
        let case = number + 1;
        let (written, aside) = annotate(&pipeline(&plugin, json!({"case": case})).unwrap(), 1);
        assert_eq!(aside.len(), 1, "case {case}: {aside:?}");
        assert!(aside[0].starts_with("hostile: ") && says.iter().all(|s| aside[0].contains(s)), "case {case}: {}", aside[0]);
        assert_eq!([layers(&written[0]), layers(&written[1])], [layers(&good[0]), layers(&good[2])], "case {case}");
    }
}

#[test]
fn a_bad_plugin_among_many_documents_and_threads_costs_its_own() {
    let plugin = Library::open(&compile("rows.c", "rows2.so", &["-shared"]), None).unwrap().to_plugins().remove(0);
    let pipeline = pipeline(&plugin, json!({"case": 1})).unwrap();
    let text = |n: u32| if n.is_multiple_of(3) { "aé loud!" } else { "aé quiet." };
    let source = (0..300).map(|n| SourceDocument::text(format!("d{n}"), text(n).to_owned(), Meta::default()));
    let (mut written, mut aside) = (0, 0);
    let write = |document: &Document, out: &mut Vec<u8>| standoff::io::jsonl::write(document, &Default::default(), out);
    let sink = |finished: standoff::runner::Finished<'_>| {
        if finished.result.is_ok() {
            written += 1
        } else {
            aside += 1
        }
        Ok(())
    };
    run(&pipeline, source, write, sink, &RunOptions { threads: 4, ..RunOptions::default() }).unwrap();
    assert_eq!((written, aside), (200, 100));
}

/// Why a library is refused: one line that names the file.
fn refusal(path: &Path) -> String {
    let error = Library::open(path, None).err().unwrap_or_else(|| panic!("{} was taken", path.display()));
    assert!(error.is_resource(), "{error:?}");
    let text = error.to_string();
    assert!(text.starts_with(&path.display().to_string()) && !text.contains('\n'), "{text}");
    text
}

#[test]
fn libraries_that_are_no_good_plugins_are_refused() {
    let cases: [(u32, &str); 16] = [
        (1, "refused: it describes its plugins in a way that cannot be read"),
        (2, "refused: it describes its plugins in a way that cannot be read"),
        (3, "refused: it has no plugin in it; register one with `standoff_abi::register!`"),
        (4, "refused: it has two plugins named `twin`"),
        (5, "refused: it does not say which layers its plugin `mute` reads and writes"),
        (7, "refused: it does not say which plugins it has (its answer is not UTF-8)"),
        (9, "refused: it cannot be loaded ("),
        (10, "refused: it does not say which plugins it has (not today)"),
        (11, "refused: it speaks version 2 of the plugin contract, and this program version 1; build it with"),
        (12, "refused: it is cut off or damaged (its table has 24 bytes, not 80)"),
        (13, "refused: it is cut off or damaged (the symbol STANDOFF_PLUGIN_V1 is not what it should be)"),
        (14, "refused: it lacks the function `create`"),
        (15, "refused: it does not say which plugins it has (it lacks the function `describe`)"),
        (16, "refused: it speaks version 2 of the plugin contract, and this program version 1"),
        (17, "refused: it is a shared library without the symbol STANDOFF_PLUGIN_V1, so it is no plugin; register the plugin with"),
        (9, "standoff_test_nobody_has_this"),
    ];
    for (case, says) in cases {
        let text = refusal(&library(case));
        assert!(text.contains(says), "case {case}: {text}");
    }
}

#[test]
fn files_that_are_no_libraries_are_refused() {
    let good = std::fs::read(library(0)).unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = FOLDER.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let patched = |name: &str, at: usize, with: &[u8]| {
        let mut bytes = good.clone();
        bytes[at..at + with.len()].copy_from_slice(with);
        file(name, &bytes)
    };
    let program = compile("library.c", "program", &["-DCASE=18", "-static"]);
    let object = compile("library.c", "object.o", &["-DCASE=0", "-c"]);
    let mut cases = vec![
        (file("empty.so", b""), "refused: it is empty; name a shared library (.so) that was built from a plugin's crate"),
        (file("text.so", b"[[annotator]]\nuse = \"tokenizer\"\n"), "refused: it is not a shared library; name"),
        (FOLDER.clone(), "refused: it is not a file; name the shared library itself"),
        (FOLDER.join("nobody.so"), "cannot read the file"),
        (program, "refused: it is not a shared library (a program)"),
        (object, "refused: it is not a shared library (an object file, not yet linked)"),
        // The machine, the width and the byte order of an ELF file.
        (
            patched("machine.so", 18, &[if cfg!(target_arch = "x86_64") { 0xb7 } else { 0x3e }, 0]),
            "refused: it was built for another machine",
        ),
        (patched("magic.so", 1, b"XXX"), "refused: it is not a shared library; name"),
        (file("windows.so", b"MZ"), "refused: it is "),
    ];
    // Cut off anywhere, it is refused before the system's loader sees it (which would die of a bus error).
    for cut in [5, 40, 63, 64, 200, 1000, good.len() / 2, good.len() - 2000, good.len() - 100, good.len() - 1] {
        cases.push((file(&format!("cut{cut}.so"), &good[..cut]), "refused: it is "));
    }
    for (path, says) in cases {
        let text = match Library::open(&path, None) {
            Ok(_) => panic!("{} was taken", path.display()),
            Err(error) => error.to_string(),
        };
        assert!(text.starts_with(&path.display().to_string()) && text.contains(says), "{text}");
    }
    // What is damaged inside is at least no danger to whoever looks.
    for at in (0..good.len()).step_by(37) {
        let mut bytes = good.clone();
        bytes[at] ^= 0xff;
        let _ = FileInfo::read(&file("flipped.so", &bytes));
    }
}

#[test]
fn only_listed_bytes_are_loaded() {
    let path = library(0);
    let digest = FileInfo::read(&path).unwrap().digest;
    let other = Digest::of(b"something else");
    let error = Library::open(&path, Some(&[other])).unwrap_err().to_string();
    assert!(error.contains(&format!("refused: it has the digest {digest}, which is not listed; list it if you trust the file")), "{error}");
    assert!(Library::open(&path, Some(&[])).is_err());
    // It is hashed, copied and loaded from the same reading: what happens to the file afterwards does not matter.
    let library = Library::open(&path, Some(&[other, digest])).unwrap();
    std::fs::write(&path, b"gone").unwrap();
    assert_eq!(library.plugins().next().unwrap().manifest().name, "hollow");
    assert_eq!(library.info().unwrap().digest, digest);
}

#[test]
fn a_pipeline_file_names_libraries_and_their_digests() {
    let path = compile("library.c", "listed.so", &["-shared", "-DCASE=0"]);
    let digest = FileInfo::read(&path).unwrap().digest.to_string();
    let plan = |entry: &str| {
        let text = format!("plugins = [{entry}]\n\n[[annotator]]\nuse = \"hollow\"\n");
        let file = PipelineFile::parse(&text, FOLDER.join("pipeline.toml")).unwrap();
        Loader::new().unwrap().pipeline(file).map(|_| ()).map_err(|found| found.to_string())
    };
    plan("\"listed.so\"").unwrap();
    plan(&format!("{{ path = \"listed.so\", sha256 = \"{}\" }}", &digest[7..])).unwrap();
    let wrong = plan(&format!("{{ path = \"listed.so\", sha256 = \"{}\" }}", "0".repeat(64))).unwrap_err();
    assert!(wrong.contains("refused: it has the digest sha256:") && wrong.contains("pipeline.toml:1:12"), "{wrong}");
    let missing = plan("\"nobody.so\"").unwrap_err();
    assert!(missing.contains("cannot load") && missing.contains("nobody.so"), "{missing}");
    // A name that is taken.
    library(6);
    let taken = plan("\"library6.so\"").unwrap_err();
    assert!(taken.contains("two plugins are named `tokenizer`"), "{taken}");
    library(8);
    let unfit = plan("\"library8.so\"").unwrap_err();
    assert!(unfit.contains("Not A Name") && unfit.contains("lower case letters"), "{unfit}");
}

#[test]
fn a_plugin_in_rust_that_fails_is_contained() {
    let plugin = standoff_testkit::shared("moody-plugin", "moody");
    let (good, _) = annotate(&pipeline(&plugin, json!({})).unwrap(), 1);
    let cases = [
        ("panics", "moody: it panicked: enough of \"d1\" (at "),
        ("panics-twice", "moody: it panicked: it gave no message"),
        ("gives-up", "moody: it is too loud"),
        ("strays", "moody: it writes to layer `sentence`, which it does not declare to give"),
        ("overshoots", "moody: layer `mention`: the span 0..10 does not lie on character boundaries"),
    ];
    for (mood, says) in cases {
        for threads in [1, 3] {
            let (written, aside) = annotate(&pipeline(&plugin, json!({"mood": mood})).unwrap(), threads);
            assert!(aside.len() == 1 && aside[0].starts_with(says), "{mood}: {aside:?}");
            assert_eq!([layers(&written[0]), layers(&written[1])], [layers(&good[0]), layers(&good[2])]);
        }
    }
    for (mood, says) in [
        ("panics-when-built", "not today"),
        ("panics-when-asked", "do not ask"),
        ("refuses", "not in the mood"),
        ("glad", "`mood` cannot be `glad`"),
    ] {
        let error = pipeline(&plugin, json!({"mood": mood})).err().unwrap_or_else(|| panic!("{mood} was built"));
        assert!(error.contains(says), "{mood}: {error}");
    }
    let end = pipeline(&plugin, json!({"mood": "panics-at-the-end"})).unwrap();
    assert!(end.steps().iter().all(|step| step.annotator().rules().is_empty() || step.name() != "moody"));
    drop(end);
}

#[test]
fn a_program_without_plugins_is_told_how() {
    let error = Pipeline::builder().annotator("tokenizer").build_with(&Registry::new()).unwrap_err().to_string();
    assert!(error.contains("refer to each plugin's crate in the source, for instance `use standoff_tokenizer as _;`"), "{error}");
}
