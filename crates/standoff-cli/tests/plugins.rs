//! Plugins from shared libraries and from processes, as the command loads them.

#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use common::{TEXT, examples, folder, library, lines, outcome, run, standoff, write};
use serde_json::Value as Json;
use tempfile::TempDir;

const TIDE: &str = "[[annotator]]\nuse = \"tokenizer\"\n\n[[annotator]]\nuse = \"my-plugin\"\nwords = [\"tide\"]\n";

/// A folder with the library of `my-plugin` in `lib/`, a text, and a pipeline that does not say where the plugin is.
fn with_library() -> (TempDir, String) {
    let folder = folder();
    std::fs::create_dir(folder.path().join("lib")).unwrap();
    let name = library("my_plugin").file_name().unwrap().to_str().unwrap().to_owned();
    std::fs::copy(library("my_plugin"), folder.path().join("lib").join(&name)).unwrap();
    write(&folder, "tide.txt", "At low tide it waits.");
    write(&folder, "tide.toml", TIDE);
    (folder, format!("lib/{name}"))
}

/// What the words are that a run found.
fn words(outcome: (i32, String, String)) -> Vec<String> {
    let (status, out, err) = outcome;
    assert_eq!(status, 0, "{err}");
    let text = |row: &Json| row["word"].as_str().unwrap().to_owned();
    lines(&out).iter().flat_map(|d| d["layers"]["my_plugin"].as_array().unwrap().iter().map(text).collect::<Vec<_>>()).collect()
}

fn digest(folder: &TempDir, path: &str) -> String {
    let (status, out, err) = run(folder.path(), &["plugin", "inspect", "--json", "--no-load", path]);
    assert_eq!(status, 0, "{err}");
    serde_json::from_str::<Json>(&out).unwrap()["sha256"].as_str().unwrap().to_owned()
}

#[test]
fn a_library_or_a_folder_of_them_can_be_named() {
    let (folder, file) = with_library();
    for path in [file.as_str(), "lib", "./lib/"] {
        let arguments = ["run", "--plugin", path, "tide.toml", "tide.txt", "-f", "jsonl"];
        assert_eq!(words(run(folder.path(), &arguments)), ["tide"]);
    }
    // The same library twice, by two paths, is one.
    let twice = ["run", "--plugin", "lib", "--plugin", &file, "tide.toml", "tide.txt", "-f", "jsonl"];
    assert_eq!(words(run(folder.path(), &twice)), ["tide"]);

    let (_, out, _) = run(folder.path(), &["list", "--plugin", "lib"]);
    assert!(out.lines().any(|line| line.starts_with("my-plugin  0.1.0")), "{out}");
    assert!(out.contains(&format!("my-plugin comes from {file}")) && !out.contains("date comes from"), "{out}");
    let (_, out, _) = run(folder.path(), &["list", "--json", "--plugin", "lib"]);
    let all: Json = serde_json::from_str(&out).unwrap();
    let from = |name: &str| all.as_array().unwrap().iter().find(|p| p["name"] == name).unwrap()["from"].clone();
    assert_eq!((from("my-plugin"), from("date")), (Json::from(file.as_str()), Json::from("linked into the program")));
    let (_, out, _) = run(folder.path(), &["explain", "my-plugin", "--plugin", "lib"]);
    assert!(out.contains("Whether capitals matter") && out.contains("my_plugin “Ferry” word=ferry rule=list"), "{out}");
    let (_, out, _) = run(folder.path(), &["explain", "my-plugin", "--plugin", "lib", "--text", "a harbour"]);
    assert!(out.contains("my_plugin “harbour” word=harbour"), "{out}");
    let (_, out, _) = run(folder.path(), &["schema", "my_plugin", "--plugin", "lib"]);
    assert!(serde_json::from_str::<Json>(&out).unwrap()["properties"]["word"].is_object(), "{out}");
    let (status, out, _) = run(folder.path(), &["check", "tide.toml", "--plugin", "lib"]);
    assert!(status == 0 && out.contains("my-plugin  token → my_plugin"), "{out}");
}

#[test]
fn a_plugin_that_the_pipeline_does_not_use_is_told_of() {
    let (folder, _) = with_library();
    let (status, _, err) = run(folder.path(), &["run", "--plugin", "lib", "a.txt"]);
    assert_eq!(status, 0);
    assert!(err.contains("note: the pipeline does not use `my-plugin` of --plugin"), "{err}");
}

#[test]
fn the_environment_names_whole_paths_and_the_working_directory_is_never_looked_in() {
    let (folder, file) = with_library();
    let with =
        |value: &str| outcome(standoff(folder.path(), &["run", "tide.toml", "tide.txt", "-f", "jsonl"]).env("STANDOFF_PLUGIN_PATH", value));
    let whole = folder.path().join("lib").display().to_string();
    assert_eq!(words(with(&whole)), ["tide"]);
    assert_eq!(words(with(&format!(":{}:{whole}:", folder.path().join(&file).display()))), ["tide"]);
    for (value, says) in [
        ("lib", "lib: a relative path in STANDOFF_PLUGIN_PATH, which depends on where the program is started; write the whole path"),
        (".", ".: a relative path in STANDOFF_PLUGIN_PATH"),
        ("/no/such/folder", "/no/such/folder: cannot read the file"),
    ] {
        let (status, out, err) = with(value);
        assert_eq!((status, out.as_str()), (2, ""));
        assert!(err.contains(says), "{err}");
    }
    // Beside the pipeline and in the working directory it lies in vain.
    std::fs::copy(folder.path().join(&file), folder.path().join(Path::new(&file).file_name().unwrap())).unwrap();
    for value in ["", ":", "::"] {
        let (status, _, err) = with(value);
        assert_eq!(status, 2);
        assert!(err.contains("there is no plugin `my-plugin`"), "{err}");
    }
}

#[test]
fn a_pipeline_file_names_its_libraries_relative_to_itself() {
    let (folder, file) = with_library();
    let elsewhere = TempDir::new().unwrap();
    let pipeline = folder.path().join("tide.toml").display().to_string();
    let text = folder.path().join("tide.txt").display().to_string();
    let with = |plugins: &str, header: &str| {
        write(&folder, "tide.toml", format!("plugins = [{plugins}]\n{header}\n{TIDE}"));
        run(elsewhere.path(), &["run", &pipeline, &text, "-f", "jsonl"])
    };
    let (good, bad) = (digest(&folder, &file), "0".repeat(64));
    assert_eq!(words(with("\"lib\"", "")), ["tide"]);
    assert_eq!(words(with(&format!("\"{file}\", \"lib\""), "")), ["tide"]);
    assert_eq!(words(with(&format!("{{ path = \"{file}\", sha256 = \"{good}\" }}"), "")), ["tide"]);
    assert_eq!(words(with("\"lib\"", &format!("[pipeline]\nallow = [\"{bad}\", \"sha256:{good}\"]"))), ["tide"]);
    for (plugins, header, says) in [
        (format!("{{ path = \"{file}\", sha256 = \"{bad}\" }}"), String::new(), format!("refused: it has the digest sha256:{good}")),
        ("\"lib\"".into(), format!("[pipeline]\nallow = [\"{bad}\"]"), format!("refused: it has the digest sha256:{good}")),
        ("\"lib\"".into(), "[pipeline]\nallow = []".into(), format!("refused: it has the digest sha256:{good}")),
        ("\"none.so\"".into(), String::new(), "none.so`: cannot read the file".into()),
        ("\"tide.txt\"".into(), String::new(), "refused: it is not a shared library".into()),
        ("\".\"".into(), String::new(), "the folder holds no shared library".into()),
    ] {
        let (status, out, err) = with(&plugins, &header);
        assert_eq!((status, out.as_str()), (2, ""), "{plugins}");
        assert!(err.contains(&says) && err.contains("tide.toml:1:12"), "{plugins}: {err}");
    }
    // What the file does not list is not loaded, whoever names it.
    write(&folder, "tide.toml", format!("[pipeline]\nallow = [\"{bad}\"]\n{TIDE}"));
    let (status, _, err) = run(folder.path(), &["run", "--plugin", "lib", "tide.toml", "tide.txt"]);
    assert_eq!(status, 2);
    assert!(err.contains(&format!("{file}: refused: it has the digest sha256:{good}, which is not listed")), "{err}");
}

#[test]
fn a_library_is_inspected() {
    let (folder, file) = with_library();
    let digest = digest(&folder, &file);
    let (status, out, err) = run(folder.path(), &["plugin", "inspect", &file]);
    assert_eq!((status, err.as_str()), (0, ""));
    for part in [
        std::env::consts::ARCH,
        "contract  1.0",
        &format!("sha256:{digest}"),
        "panics    cost the document",
        "my-plugin 0.1.0\n  Words of a list.",
        "needs     token",
        "gives     my_plugin",
        "case: boolean = false",
        &format!("plugins = [{{ path = \"{file}\", sha256 = \"{digest}\" }}]"),
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    let (_, out, _) = run(folder.path(), &["plugin", "inspect", "--no-load", &file]);
    assert!(out.contains("It was not loaded") && !out.contains("my-plugin 0.1.0"), "{out}");
    let (_, out, _) = run(folder.path(), &["plugin", "inspect", "--json", &file]);
    let all: Json = serde_json::from_str(&out).unwrap();
    assert_eq!((&all["contract"], &all["aborts_on_panic"]), (&Json::from("1.0"), &Json::from(false)));
    assert_eq!((&all["plugins"][0]["name"], &all["plugins"][0]["layers"]["gives"][0]["name"]), (&"my-plugin".into(), &"my_plugin".into()));
}

#[test]
fn what_is_no_plugin_is_refused_in_one_sentence() {
    let (folder, file) = with_library();
    let bytes = std::fs::read(folder.path().join(&file)).unwrap();
    write(&folder, "half.so", &bytes[..bytes.len() / 2]);
    write(&folder, "empty.so", "");
    let mut cases = Vec::new();
    if cfg!(target_os = "linux") {
        // Another version of the contract, and another machine.
        let mut newer = bytes.clone();
        let header = [b"STANDOFF".as_slice(), &1_u32.to_ne_bytes()].concat();
        let at = newer.windows(header.len()).position(|window| window == header).unwrap();
        newer[at + 8..at + 12].copy_from_slice(&2_u32.to_ne_bytes());
        write(&folder, "newer.so", newer);
        let mut other = bytes.clone();
        other[18] = if cfg!(target_arch = "x86_64") { 0xb7 } else { 0x3e };
        write(&folder, "other.so", other);
        cases
            .push(("newer.so", "newer.so: refused: it speaks version 2 of the plugin contract, and this program version 1; build it with"));
        cases.push(("other.so", "other.so: refused: it was built for another machine"));
    }
    for (path, says) in cases.into_iter().chain([
        ("half.so", "half.so: refused: it is cut off or damaged"),
        ("empty.so", "empty.so: refused: it is empty"),
        ("a.txt", "a.txt: refused: it is not a shared library"),
        ("lib", "lib: refused: it is not a file; name the shared library itself"),
        ("none.so", "none.so: cannot read the file"),
    ]) {
        for arguments in [&["plugin", "inspect", path][..], &["plugin", "inspect", "--no-load", "--json", path]] {
            let (status, out, err) = run(folder.path(), arguments);
            assert_eq!((status, out.as_str()), (2, ""));
            assert!(err.starts_with("error: ") && err.contains(says) && err.lines().count() == 1, "{err}");
        }
        if path != "lib" {
            let (status, _, err) = run(folder.path(), &["run", "--plugin", path, "a.txt"]);
            assert!(status == 2 && err.contains(says) && err.lines().count() == 1, "{err}");
        }
    }
    let taken = library("standoff_date").display().to_string();
    let (status, _, err) = run(folder.path(), &["run", "--plugin", &taken, "a.txt"]);
    assert!(status == 2 && err.contains("two plugins are named `date`") && err.contains(&taken) && err.lines().count() == 1, "{err}");
    let (status, _, err) = run(folder.path(), &["run", "--plugin", ".", "a.txt"]);
    assert!(status == 2 && err.contains("refused: it "), "{err}");
}

#[test]
fn a_plugin_that_panics_costs_the_document_and_is_named() {
    let folder = folder();
    let moody = library("moody_plugin").display().to_string();
    let pipeline = "[[annotator]]\nuse = \"tokenizer\"\n\n[[annotator]]\nuse = \"moody\"\nmood = \"panics\"\n";
    write(&folder, "moody.toml", pipeline);
    write(
        &folder,
        "b.jsonl",
        "{\"id\":\"b\",\"text\":\"Quiet.\"}\n{\"id\":\"c\",\"text\":\"Loud!\"}\n{\"id\":\"d\",\"text\":\"Quiet.\"}\n",
    );
    let (status, out, err) = run(folder.path(), &["run", "--plugin", &moody, "moody.toml", "b.jsonl"]);
    assert_eq!(status, 3, "{err}");
    assert_eq!(lines(&out).iter().map(|d| d["id"].as_str().unwrap()).collect::<Vec<_>>(), ["b", "d"]);
    assert!(err.contains("set aside: b.jsonl:2: moody: it panicked: enough of \"c\""), "{err}");
    assert!(!err.contains("thread"), "a panic was printed beside the message: {err}");
    // A wrong setting of a loaded plugin is shown at its place, with what is allowed.
    write(&folder, "moody.toml", pipeline.replace("panics", "pancis"));
    let (status, _, err) = run(folder.path(), &["run", "--plugin", &moody, "moody.toml", "b.jsonl"]);
    assert!(status == 2 && err.contains("moody.toml:6:8") && err.contains("did you mean `panics`?"), "{err}");
}

#[test]
fn an_annotator_in_python_takes_part() {
    let example = examples().join("python-annotator");
    let folder = folder();
    let (pipeline, text) = (example.join("pipeline.toml"), example.join("example.txt"));
    let arguments = ["run", pipeline.to_str().unwrap(), text.to_str().unwrap(), "-f", "jsonl"];
    let (status, out, err) = run(folder.path(), &arguments);
    assert_eq!(status, 0, "this test needs python3: {err}");
    let document = &lines(&out)[0];
    let text: Vec<char> = document["text"].as_str().unwrap().chars().collect();
    let found: Vec<(String, &str)> = document["layers"]["abbreviation"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let offset = |name: &str| row[name].as_u64().unwrap() as usize;
            assert_eq!((&row["by"], &row["rule"]), (&Json::from("abbreviations"), &Json::from("brackets")));
            (text[offset("start")..offset("end")].iter().collect(), row["long"].as_str().unwrap())
        })
        .collect();
    assert_eq!(found, [("ICJ".to_owned(), "International Court of Justice"), ("BFU".to_owned(), "Baltic Ferry Union")]);

    // Many documents on several threads keep their order, odd ones among them.
    let odd = ["😀 Żuk (ŻŻ)", "the World Health Organization (WHO)", "", "(A)", "\\u0000 )(", "e\\u0301 Union (EU)", "a\\u2028b\\r\\nc"];
    let input: String = (0..70).map(|n| format!("{{\"id\":\"{n}\",\"text\":\"{}\"}}\n", odd[n % odd.len()])).collect();
    let mut many = standoff(folder.path(), &["run", pipeline.to_str().unwrap(), "-", "-j", "3"]);
    let (status, out, err) = outcome(many.write_stdin(input));
    assert_eq!(status, 0, "{err}");
    let documents = lines(&out);
    assert_eq!(documents.len(), 70);
    for (n, document) in documents.iter().enumerate() {
        assert_eq!(document["id"], n.to_string());
        let rows = document["layers"]["abbreviation"].as_array().map_or(0, Vec::len);
        assert_eq!(rows, usize::from([1, 5].contains(&(n % odd.len()))), "{document}");
    }
}

#[test]
fn the_worked_example_of_a_process_is_run() {
    let folder = folder();
    let (status, out, err) = run(folder.path(), &["explain", "process"]);
    assert_eq!(status, 0, "{err}");
    let (page, found) = out.split_once("\nfinds\n\n").unwrap_or_else(|| panic!("there is no worked example in {out}"));
    assert_eq!(found, "  phrase “#Kiel” type=hashtag\n  phrase “#Stormflod” type=hashtag\n", "this test needs python3");
    // What is shown is a pipeline, to be copied and run.
    let (_, pipeline) = page.split_once("in the pipeline\n\n").unwrap();
    write(&folder, "tags.toml", pipeline);
    write(&folder, "tags.txt", "Storm over #Kiel, no ferry to Ærø: #Stormflod.");
    let (status, out, err) = run(folder.path(), &["run", "tags.toml", "tags.txt", "-f", "jsonl"]);
    assert_eq!(status, 0, "{err}");
    assert_eq!(lines(&out)[0]["layers"]["phrase"].as_array().unwrap().len(), 2, "{out}");
}

#[test]
fn a_program_that_fails_costs_its_documents_and_is_named() {
    let folder = folder();
    let pipeline = |command: &str, more: &str| {
        let entry = format!("[[annotator]]\nuse = \"process\"\nname = \"helper\"\ncommand = {command}\ngives = [\"mention\"]\n{more}\n");
        write(&folder, "p.toml", entry);
        run(folder.path(), &["run", "p.toml", "a.txt", "b.txt"])
    };
    write(&folder, "b.txt", TEXT);
    for (command, more, says) in [
        (
            "[\"sh\", \"-c\", \"echo oh no >&2; exit 3\"]",
            "",
            "set aside: a.txt: helper: the program ended (exit status: 3) without an answer",
        ),
        ("[\"sh\", \"-c\", \"sleep 60\"]", "timeout = 0.2", "helper: the program did not answer within 0.2 s; raise `timeout`"),
        ("[\"yes\"]", "", "helper: its answer `y` cannot be read"),
    ] {
        let (status, _, err) = pipeline(command, more);
        assert_eq!(status, 3, "{err}");
        assert!(err.contains(says) && err.contains("2 of 2 documents were set aside"), "{err}");
    }
    let (status, _, err) = pipeline("[\"no-such-program\"]", "");
    assert!(status == 2 && err.contains("p.toml:4:11") && err.contains("cannot start the program `no-such-program`"), "{err}");
    let (status, _, err) = pipeline("[]", "");
    assert!(status == 2 && err.contains("write `command = [\"python3\", \"annotator.py\"]`"), "{err}");
}

#[cfg(unix)]
#[test]
fn an_interruption_finishes_the_documents_under_way_and_ends_the_programs() {
    let folder = folder();
    let program = "import os, sys, time\nopen('pid', 'w').write(str(os.getpid()))\nfor line in sys.stdin:\n  time.sleep(0.5)\n  print('{}', flush=True)\n";
    write(&folder, "slow.py", program);
    write(&folder, "p.toml", "[[annotator]]\nuse = \"process\"\ncommand = [\"python3\", \"slow.py\"]\ngives = [\"mention\"]\n");
    let texts: String = (0..200).map(|n| format!("{{\"id\":\"{n}\",\"text\":\"a\"}}\n")).collect();
    write(&folder, "all.jsonl", texts);
    let child = std::process::Command::new(standoff(folder.path(), &[]).get_program())
        .args(["run", "p.toml", "all.jsonl", "-j", "1", "-o", "out.jsonl"])
        .current_dir(folder.path())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let part = folder.path().join("out.jsonl.part");
    let start = std::time::Instant::now();
    while !(part.exists() && folder.path().join("pid").exists()) || start.elapsed() < std::time::Duration::from_secs(2) {
        assert!(start.elapsed() < std::time::Duration::from_secs(60), "the run does not start");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let signal = |what: &str, pid: &str| std::process::Command::new("kill").args([what, pid]).stderr(std::process::Stdio::null()).status();
    assert!(signal("-INT", &child.id().to_string()).unwrap().success());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{err}");
    assert!(err.contains("the documents under way are being finished") && err.contains("which out.jsonl.part holds"), "{err}");
    assert!(std::fs::read_to_string(&part).unwrap().lines().count() < 100);
    let pid = std::fs::read_to_string(folder.path().join("pid")).unwrap();
    assert!(!signal("-0", &pid).unwrap().success(), "the program is still there");
}

#[cfg(unix)]
#[test]
fn a_second_interruption_leaves_no_program_behind() {
    let folder = folder();
    // It reads nothing, so that it does not hear of the end of its input.
    write(&folder, "deaf.py", "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)\n");
    write(&folder, "p.toml", "[[annotator]]\nuse = \"process\"\ncommand = [\"python3\", \"deaf.py\"]\ngives = [\"mention\"]\n");
    let mut child = std::process::Command::new(standoff(folder.path(), &[]).get_program())
        .args(["run", "p.toml", "a.txt"])
        .current_dir(folder.path())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let start = std::time::Instant::now();
    let pid = loop {
        assert!(start.elapsed() < std::time::Duration::from_secs(60), "the run does not start");
        match std::fs::read_to_string(folder.path().join("pid")) {
            Ok(pid) if !pid.is_empty() => break pid,
            _ => std::thread::sleep(std::time::Duration::from_millis(50)),
        }
    };
    let signal = |what: &str, pid: &str| std::process::Command::new("kill").args([what, pid]).stderr(std::process::Stdio::null()).status();
    let mut said = std::io::BufReader::new(child.stderr.take().unwrap());
    assert!(signal("-INT", &child.id().to_string()).unwrap().success());
    // The second is sent when the first has been heard.
    let mut line = String::new();
    while !line.contains("again to end at once") {
        line.clear();
        assert!(std::io::BufRead::read_line(&mut said, &mut line).unwrap() > 0, "it did not hear of the interruption");
    }
    assert!(signal("-INT", &child.id().to_string()).unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!signal("-0", &pid).unwrap().success(), "the program is still there");
}
