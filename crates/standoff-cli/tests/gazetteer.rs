//! `standoff gazetteer` as its users see it: what it prints, what it writes, and its exit status.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value as Json;
use tempfile::TempDir;

const ISLANDS: &str = "name\tid\ttype\tkind\tlat\tlon\taliases\taliases:ru\n\
    Iturup\texample:1\tLOC\tisland\t45.0\t147.9\tEtorofu|Yetorofu\tИтуруп\n\
    Kunashir\texample:2\tLOC\tisland\t44.1\t145.9\tKunashiri\t\n";

/// Exit status, stdout and stderr.
fn gazetteer(folder: &Path, arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut command = Command::cargo_bin("standoff").unwrap();
    command.current_dir(folder).arg("gazetteer").args(arguments).timeout(std::time::Duration::from_secs(120));
    let output = command.write_stdin(input).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn done(folder: &Path, arguments: &[&str]) -> (String, String) {
    let (status, out, err) = gazetteer(folder, arguments, "");
    assert_eq!(status, 0, "{arguments:?}: {err}");
    (out, err)
}

fn fails(folder: &Path, arguments: &[&str], message: &str) {
    let (status, out, err) = gazetteer(folder, arguments, "");
    assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}: {err}");
    assert!(err.contains(message), "{arguments:?}: {err}");
}

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("islands.tsv"), ISLANDS).unwrap();
    folder
}

#[test]
fn a_list_is_compiled_looked_into_and_used() {
    let folder = folder();
    let (out, err) = done(folder.path(), &["build", "islands.tsv", "-o", "names.sgz", "--inflect", "ru"]);
    assert_eq!(out, "");
    assert!(err.starts_with("names.sgz: ") && err.contains(" of 2 things"), "{err}");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");

    let (out, _) = done(folder.path(), &["lookup", "names.sgz", "etorofu", "Итурупом"]);
    assert!(out.contains("LOC Iturup, island, example:1, 45.000 147.900\n      islands.tsv:2, other name “Etorofu”"), "{out}");
    assert!(out.contains("inflected form “Итурупом” (ru)"), "{out}");
    let (out, _) = done(folder.path(), &["lookup", "names.sgz", "Etorofu", "--json"]);
    let hit: Json = serde_json::from_str(&out).unwrap();
    assert_eq!((&hit["name"], &hit["line"], &hit["as"]["role"]), (&"Iturup".into(), &2.into(), &"alias".into()));
    let (status, out, _) = gazetteer(folder.path(), &["lookup", "names.sgz", "Urup", "Iturup"], "");
    assert_eq!(status, 1);
    assert!(out.starts_with("Urup: nothing has this name\nIturup\n"), "{out}");

    let (out, _) = done(folder.path(), &["info", "names.sgz"]);
    assert!(out.contains("whole") && out.contains("list islands.tsv: capitals as in the list"), "{out}");
    let (out, _) = done(folder.path(), &["info", "names.sgz", "--json"]);
    assert_eq!(serde_json::from_str::<Json>(&out).unwrap()[0]["meta"]["entries"], 2);

    let pipeline = "[[annotator]]\nuse = \"tokenizer\"\n[[annotator]]\nuse = \"gazetteer\"\nbundled = false\nlists = [\"names.sgz\"]\n";
    std::fs::write(folder.path().join("islands.toml"), pipeline).unwrap();
    let mut run = Command::cargo_bin("standoff").unwrap();
    run.current_dir(folder.path()).args(["run", "islands.toml", "-", "--format", "jsonl"]).write_stdin("They saw Etorofu.");
    let document: Json = serde_json::from_slice(&run.output().unwrap().stdout).unwrap();
    assert_eq!(document["layers"]["mention"][0]["id"], "example:1");
}

#[test]
fn lists_are_put_on_top_and_merged() {
    let folder = folder();
    std::fs::write(folder.path().join("more.jsonl"), "{\"name\":\"Urup\",\"type\":\"LOC\"}\n").unwrap();
    done(folder.path(), &["build", "islands.tsv", "-o", "names.sgz", "-q"]);
    let (_, err) = done(folder.path(), &["add", "names.sgz", "more.jsonl"]);
    assert!(err.starts_with("names.1.sgz: 1 names of 1 things"), "{err}");
    let (out, _) = done(folder.path(), &["lookup", "names.sgz", "Urup"]);
    assert!(out.contains("more.jsonl:1, name"), "{out}");
    // A new file under the old name has the old one's additions.
    let (_, err) = done(folder.path(), &["build", "islands.tsv", "-o", "names.sgz"]);
    assert!(err.contains("note: names.1.sgz is read on top of it"), "{err}");

    let (_, err) = done(folder.path(), &["merge", "names.sgz", "-o", "names.sgz"]);
    assert!(err.starts_with("names.sgz: ") && err.contains("of 3 things") && !err.contains("note"), "{err}");
    assert!(!folder.path().join("names.1.sgz").exists());
    let (out, _) = done(folder.path(), &["lookup", "names.sgz", "Urup", "Etorofu"]);
    assert!(out.contains("more.jsonl:1, name") && out.contains("islands.tsv:2, other name"), "{out}");
}

#[test]
fn forms_stand_in_front_or_are_told_and_stdin_is_read() {
    let folder = folder();
    let line =
        "2123979\tKurilsk\tKuril'sk\tShana,Курильск\t45.22\t147.88\tP\tPPLA2\tRU\t\t64\t\t\t\t2070\t\t10\tAsia/Srednekolymsk\t2019-01-01\n";
    std::fs::write(folder.path().join("RU.txt"), line).unwrap();
    done(folder.path(), &["build", "geonames:RU.txt", "islands.tsv", "-o", "a.sgz"]);
    let (out, _) = done(folder.path(), &["lookup", "a.sgz", "Shana", "Iturup"]);
    assert!(
        out.contains("GPE Kurilsk, city, RU, geonames:2123979, 45.220 147.880, 2,070 people\n      RU.txt:1, other name “Shana”"),
        "{out}"
    );

    let (status, _, err) = gazetteer(folder.path(), &["build", "geonames:-", "-o", "b.sgz", "--min-population", "5000"], line);
    assert_eq!(status, 0, "{err}");
    assert!(err.contains("warning: none of the lists has a name"), "{err}");
    let arguments = ["build", "-", "--format", "csv", "--columns", "name,id", "--type", "ORG", "--case", "exact", "-o", "c.sgz"];
    let (status, _, err) = gazetteer(folder.path(), &arguments, "US,1\n");
    assert_eq!(status, 0, "{err}");
    let (out, _) = done(folder.path(), &["lookup", "c.sgz", "us"]);
    assert!(out.contains("ORG US, 1\n      stdin:1, name"), "{out}");
    let (out, _) = done(folder.path(), &["info", "c.sgz"]);
    assert!(out.contains("list stdin: case as in the list"), "{out}");
}

#[test]
fn what_is_wrong_is_said() {
    let folder = folder();
    std::fs::write(folder.path().join("a.txt"), "Iturup\n").unwrap();
    std::fs::write(folder.path().join("bad.tsv"), "name\tpopulaton\n").unwrap();
    fails(folder.path(), &["build", "a.txt", "-o", "a.sgz"], "put the form in front of a list, as in `geonames:a.txt`");
    fails(folder.path(), &["build", "geoname:a.txt", "-o", "a.sgz"], "did you mean `geonames:a.txt`?");
    fails(folder.path(), &["build", "geonames:a.txt", "-o", "a.sgz"], "a.txt:1");
    fails(folder.path(), &["build", "bad.tsv", "-o", "a.sgz"], "did you mean `population`?");
    fails(folder.path(), &["build", "missing.tsv", "-o", "a.sgz"], "missing.tsv");
    fails(folder.path(), &["build", "islands.tsv", "-o", "no/such/a.sgz"], "cannot write the file");
    fails(folder.path(), &["build", "islands.tsv", "-o", "a.sgz", "--inflect", "fr"], "allowed are en, ru");
    fails(folder.path(), &["build", "islands.tsv", "-o", "a.sgz", "--type", "Loc"], "did you mean `LOC`?");
    fails(folder.path(), &["build", "islands.tsv", "-o", "a.sgz", "--columns", "nam"], "did you mean `name`?");
    fails(folder.path(), &["build", "islands.tsv", "-o", "a.sgz", "--alternate-names", "x"], "there is none among the lists");
    fails(folder.path(), &["build", "islands.tsv", "-o", "a.sgz", "--memory", "much"], "such as 512M or 4G");
    fails(folder.path(), &["info", "islands.tsv"], "this is not a compiled gazetteer");
    assert!(!folder.path().join("a.sgz").exists());

    done(folder.path(), &["build", "islands.tsv", "-o", "names.sgz", "-q"]);
    let whole = std::fs::read(folder.path().join("names.sgz")).unwrap();
    std::fs::write(folder.path().join("cut.sgz"), &whole[..whole.len() - 3]).unwrap();
    fails(folder.path(), &["info", "cut.sgz"], "it is cut off or was added to");
    fails(folder.path(), &["add", "cut.sgz", "islands.tsv"], "it is cut off or was added to");
    fails(folder.path(), &["merge", "names.sgz", "cut.sgz", "-o", "b.sgz"], "cut.sgz");
}

#[test]
fn the_bundled_lists_can_be_looked_into() {
    let folder = folder();
    let (out, _) = done(folder.path(), &["lookup", "bundled", "Etorofu"]);
    assert!(out.contains("LOC Iturup, island") && out.contains("kurils.tsv:"), "{out}");
    let (out, _) = done(folder.path(), &["info", "bundled"]);
    assert!(out.contains("list kurils.tsv") && out.contains("list cities.tsv"), "{out}");
}
