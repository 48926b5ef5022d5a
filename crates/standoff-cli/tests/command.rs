//! The command as its users see it: what it prints, where, and its exit status.

#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::{TEXT, folder, lines, piped, run, write};
use serde_json::Value as Json;

#[test]
fn text_gives_a_table_and_the_date_comes_from_the_dateline() {
    let folder = folder();
    let (status, out, _) = run(folder.path(), &["run", "a.txt"]);
    assert_eq!(status, 0);
    assert!(out.starts_with("a.txt · 2017-03-20"), "{out}");
    assert!(out.contains("Sergey Lavrov") && out.contains("2017-03-20  “Monday”"), "{out}");
    assert!(!out.contains('\x1b'), "styles in what is no terminal: {out}");
}

#[test]
fn a_date_on_the_command_line_counts() {
    let folder = folder();
    write(&folder, "b.txt", "They met on Saturday.");
    let (_, out, _) = run(folder.path(), &["run", "b.txt", "--date", "2017-03-20", "--format", "jsonl"]);
    let document = &lines(&out)[0];
    assert_eq!(document["meta"]["date"], "2017-03-20");
    assert_eq!(document["layers"]["date"][0]["value"], "2017-03-18");
    for wrong in ["yesterday", "2017-02-29", "2017-13-01", "20170320"] {
        let (status, _, err) = run(folder.path(), &["run", "b.txt", "--date", wrong]);
        assert_eq!(status, 2);
        assert!(err.contains("there is no such day; write it as 2017-03-20"), "{err}");
    }
}

#[test]
fn json_lines_give_json_lines_and_keep_what_is_there() {
    let folder = folder();
    let input = concat!(
        "{\"id\":\"x\",\"text\":\"Übel. Lavrov met Kishida.\",\"meta\":{\"desk\":\"asia\"},\"layers\":{\"mine\":[{\"start\":0,\"end\":4,\"n\":1}]}}\n",
        "\n{\"text\":\"Nothing.\"}\n"
    );
    let (status, out, _) = piped(folder.path(), &["run", "-"], input);
    assert_eq!(status, 0);
    let documents = lines(&out);
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0]["meta"]["desk"], "asia");
    assert_eq!(documents[0]["layers"]["mine"][0]["n"], 1);
    assert_eq!(documents[0]["layers"]["token"][0]["end"], 4);
    assert_eq!(documents[1]["id"], "stdin:3");
    let (_, bytes, _) = piped(folder.path(), &["run", "-", "--offsets", "byte", "--layers", "token"], input);
    assert_eq!(lines(&bytes)[0]["layers"]["token"][0]["end"], 5);
    assert!(lines(&bytes)[0]["layers"].get("mine").is_none());
}

#[test]
fn text_on_stdin_is_one_document() {
    let folder = folder();
    let (status, out, _) = piped(folder.path(), &["run"], TEXT);
    assert_eq!(status, 0);
    assert!(out.starts_with("stdin · 2017-03-20"), "{out}");
}

#[test]
fn what_cannot_be_read_is_set_aside_and_the_rest_goes_on() {
    let folder = folder();
    write(&folder, "bad.txt", b"caf\xe9 au lait");
    write(&folder, "empty.txt", "");
    write(&folder, "lines.jsonl", b"{\"text\":\"One.\"}\n{\"text\":\n{\"text\":\"Two.\"}\n\xff\n");
    let all = ["run", "a.txt", "bad.txt", "empty.txt", "lines.jsonl", "-o", "out.jsonl", "--report", "report.jsonl"];
    let (status, out, err) = run(folder.path(), &all);
    assert_eq!((status, out.as_str()), (3, ""));
    assert!(err.contains("set aside: bad.txt: not UTF-8: byte 0xe9 at line 1, byte 4"), "{err}");
    assert!(err.contains("set aside: lines.jsonl:2: ") && err.contains("set aside: lines.jsonl:4: "), "{err}");
    assert!(err.contains("3 of 7 documents were set aside"), "{err}");
    let ids: Vec<Json> =
        lines(&std::fs::read_to_string(folder.path().join("out.jsonl")).unwrap()).iter().map(|d| d["id"].clone()).collect();
    assert_eq!(ids, ["a.txt", "empty.txt", "lines.jsonl:1", "lines.jsonl:3"]);
    let report = lines(&std::fs::read_to_string(folder.path().join("report.jsonl")).unwrap());
    let statuses: Vec<&str> = report.iter().map(|r| r["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["done", "set_aside", "done", "done", "set_aside", "done", "set_aside"]);
    assert!(report[0]["annotators"]["tokenizer"].is_f64() && report[0]["rows"]["token"].as_u64() > Some(5));
}

#[test]
fn a_document_over_the_limit_is_set_aside() {
    let folder = folder();
    write(&folder, "b.jsonl", format!("{{\"text\":\"{}\"}}\n{{\"text\":\"One.\"}}\n", "x".repeat(500)));
    let (status, out, err) = run(folder.path(), &["run", "b.jsonl", "--max-bytes", "100"]);
    assert_eq!(status, 3);
    assert_eq!(lines(&out).len(), 1);
    assert!(err.contains("b.jsonl:1: more than 100 bytes; raise the limit with --max-bytes"), "{err}");
}

#[test]
fn folders_patterns_and_missing_files() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    write(&folder, "sub/b.txt", "B.");
    write(&folder, "sub/c.bin", "C.");
    let ids = |arguments: &[&str]| -> Vec<String> {
        let (status, out, err) = run(folder.path(), arguments);
        assert_eq!(status, 0, "{err}");
        lines(&out).iter().map(|d| d["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&["run", "-f", "jsonl", "."]), ["./a.txt", "./sub/b.txt"]);
    assert_eq!(ids(&["run", "-f", "jsonl", "**/*.txt"]), ["a.txt", "sub/b.txt"]);
    for (argument, says) in [("none.txt", "there is no such file"), ("*.none", "no file matches"), ("a[", "not a pattern")] {
        let (status, out, err) = run(folder.path(), &["run", argument]);
        assert_eq!((status, out.as_str()), (2, ""));
        assert!(err.contains(says), "{err}");
    }
}

#[test]
fn a_run_that_was_killed_goes_on_where_it_stopped() {
    let folder = folder();
    let all: String = (0..50).map(|i| format!("{{\"id\":\"{i}\",\"text\":\"Lavrov met Kishida in Bonn in {}.\"}}\n", 1950 + i)).collect();
    write(&folder, "all.jsonl", &all);
    assert_eq!(run(folder.path(), &["run", "all.jsonl", "-o", "whole.jsonl", "--report", "whole.report"]).0, 0);
    let whole = std::fs::read_to_string(folder.path().join("whole.jsonl")).unwrap();
    let report = std::fs::read_to_string(folder.path().join("whole.report")).unwrap();

    // What a killed run leaves: a report that ends within a line, and a part that is ahead of it.
    let known: String = report.split_inclusive('\n').take(20).collect();
    let part: String = whole.split_inclusive('\n').take(23).collect();
    write(&folder, "out.report", format!("{known}{{\"source\":\"all.js"));
    write(&folder, "out.jsonl.part", format!("{part}{{\"id\":"));
    let again = ["run", "all.jsonl", "-o", "out.jsonl", "--report", "out.report", "--resume"];
    let (status, _, err) = run(folder.path(), &again);
    assert_eq!(status, 0, "{err}");
    assert!(err.contains("30 documents, 20 done before"), "{err}");
    assert_eq!(std::fs::read_to_string(folder.path().join("out.jsonl")).unwrap(), whole);
    assert_eq!(std::fs::read_to_string(folder.path().join("out.report")).unwrap().lines().count(), 50);
    assert!(!folder.path().join("out.jsonl.part").exists());

    // Of a run that had come to its end nothing is lost.
    assert_eq!(run(folder.path(), &again).0, 0);
    assert_eq!(std::fs::read_to_string(folder.path().join("out.jsonl")).unwrap(), whole);
}

#[test]
fn results_that_cannot_be_written_are_an_error() {
    let folder = folder();
    let (status, _, err) = run(folder.path(), &["run", "a.txt", "-o", "no/such/folder/out.jsonl"]);
    assert_eq!(status, 2);
    assert!(err.contains("no/such/folder/out.jsonl.part: cannot be written"), "{err}");
    if Path::new("/dev/full").exists() {
        let (status, _, err) = run(folder.path(), &["run", "a.txt", "-o", "/dev/full"]);
        assert_eq!(status, 2, "{err}");
        assert!(err.contains("No space left"), "{err}");
    }
}

#[test]
fn a_pipeline_that_does_not_fit_is_shown_with_its_place() {
    let folder = folder();
    write(&folder, "p.toml", "[[annotator]]\nuse = \"tokeniser\"\n");
    let (status, out, err) = run(folder.path(), &["run", "p.toml", "a.txt"]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.contains("p.toml:2:7") && err.contains("did you mean `tokenizer`?"), "{err}");
    assert_eq!(run(folder.path(), &["check", "p.toml"]).0, 1);
    write(&folder, "p.toml", "[[annotator]]\nuse = \"date\"\n\n[[annotator]]\nuse = \"tokenizer\"\n");
    let (status, out, _) = run(folder.path(), &["check", "p.toml"]);
    assert_eq!(status, 0);
    assert!(out.contains("1. tokenizer") && out.contains("2. date"), "{out}");
}

#[test]
fn rules_are_checked_by_their_examples() {
    let folder = folder();
    let rules = "type Person = mention[type=PERSON]\nrule met\n  match a:Person <meet> b:Person\n  emit met(a, b)\n  yes \"[a: Ann] met [b: Bob]\"\n";
    write(&folder, "good.rules", rules);
    let (status, out, err) = run(folder.path(), &["check", "good.rules"]);
    assert_eq!(status, 0, "{err}");
    assert!(out.contains("1 rules, 1 examples: good"), "{out}");
    write(&folder, "bad.rules", rules.replace("[a: Ann] met", "[a: Ann] saw"));
    let (status, _, err) = run(folder.path(), &["check", "bad.rules"]);
    assert_eq!(status, 1);
    assert!(err.contains("bad.rules:5: met: "), "{err}");
}

#[test]
fn the_embedded_pipeline_and_the_bundled_rules_are_good() {
    let folder = folder();
    let (status, out, err) = run(folder.path(), &["check"]);
    assert_eq!(status, 0, "{err}");
    assert!(out.contains("the embedded news pipeline: good") && out.contains("relation"), "{out}");
}

#[test]
fn plugins_are_listed_and_explained() {
    let folder = folder();
    let (status, out, _) = run(folder.path(), &["list"]);
    assert_eq!(status, 0);
    for plugin in ["tokenizer", "gazetteer", "date", "names", "relation"] {
        assert!(out.lines().any(|line| line.starts_with(plugin)), "{out}");
        let (status, page, err) = run(folder.path(), &["explain", plugin]);
        assert_eq!(status, 0, "{err}");
        assert!(page.contains("Settings") && page.contains("Example") && !page.contains("finds nothing"), "{page}");
    }
    let (_, json, _) = run(folder.path(), &["list", "--json"]);
    assert_eq!(serde_json::from_str::<Json>(&json).unwrap().as_array().unwrap().len(), 6);
    let (status, _, err) = run(folder.path(), &["explain", "dates"]);
    assert_eq!(status, 2);
    assert!(err.contains("did you mean `date`?"), "{err}");
}

#[test]
fn one_finding_is_explained() {
    let folder = folder();
    let (status, out, err) = run(folder.path(), &["explain", "gazetteer", "--text", "They landed on Etorofu."]);
    assert_eq!(status, 0, "{err}");
    assert!(out.contains("Etorofu") && out.contains("Iturup"), "{out}");
}

#[test]
fn schemas_are_json() {
    let folder = folder();
    for of in ["document", "pipeline", "mention", "date", "tokenizer"] {
        let (status, out, err) = run(folder.path(), &["schema", of]);
        assert_eq!(status, 0, "{err}");
        let schema: Json = serde_json::from_str(&out).unwrap();
        assert_eq!(schema["type"], "object", "{of}");
    }
    let (status, _, err) = run(folder.path(), &["schema", "mentions"]);
    assert_eq!(status, 2);
    assert!(err.contains("did you mean `mention`?"), "{err}");
}

#[test]
fn help_teaches_and_completions_are_scripts() {
    let folder = folder();
    let (status, out, _) = run(folder.path(), &["run", "--help"]);
    assert_eq!(status, 0);
    assert!(out.contains("standoff run report.txt") && out.contains("Exit status: 0 done;"), "{out}");
    let (status, out, _) = run(folder.path(), &["completions", "bash"]);
    assert_eq!(status, 0);
    assert!(out.contains("complete") && out.contains("standoff"), "{out}");
    assert_eq!(run(folder.path(), &["no-such-command"]).0, 2);
}
