//! Annotators that are programs of their own: what they may do, and what they may not.

#![cfg(all(feature = "process", unix))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use standoff_abi::core::{
    Annotator, AnyPlugin, BuildContext, Document, Entity, Error, Layers, Mention, NamedValue, Output, Provenance, Sentence, Span, Task,
    Value,
};
use standoff_abi::process::Process;

/// A program that answers each document with what `answer` makes of it; `d` is the document, `n` its number.
fn python(answer: &str) -> Json {
    json!([
        "python3",
        "-c",
        format!("import sys, json, time, os\nfor n, line in enumerate(sys.stdin):\n d = json.loads(line)\n {answer}\n")
    ])
}

fn say(answer: &str) -> Json {
    python(&format!("print(json.dumps({answer}), flush=True)"))
}

struct Built(Box<dyn Annotator>, Layers);

fn build(settings: Json) -> Result<Built, Error> {
    let plugin: &dyn AnyPlugin = &Process;
    let layers = plugin.layers(&settings)?;
    Ok(Built(plugin.build(&settings, &BuildContext::default())?, layers))
}

impl Built {
    fn annotate(&self, document: &mut Document<'static>, output: &mut Output) -> Result<(), Error> {
        let task = Task::of(Provenance { annotator: "program".into(), ..Provenance::default() }, self.1.clone());
        document.restrict(Some(&task));
        output.begin(document, &task);
        let result = self.0.annotate(document, output);
        document.restrict(None);
        if result.is_err() {
            output.finish();
        }
        result.and_then(|()| document.commit(output))
    }

    fn on(&self, text: &'static str) -> Result<Document<'static>, Error> {
        let mut document = Document::new(text)?.with_id("one");
        self.annotate(&mut document, &mut Output::new()).map(|()| document)
    }
}

/// A document with a sentence and two mentions of one entity.
fn document() -> Document<'static> {
    let text = "Жуков 😀 met Żuk.";
    let mut document = Document::new(text).unwrap().with_id("one").with_date("2017-03-20");
    let mut output = Output::new();
    output.begin(&document, &Task::new("earlier", "1").gives::<Mention>().gives::<Entity>().gives::<Sentence>());
    let entity = output.layer::<Entity>().unwrap().push(Entity { kind: "PERSON", name: "Жуков", ..Entity::default() });
    for (start, end) in [(0, 10), (text.find("Ż").unwrap(), text.len() - 1)] {
        let span = Span::new(start as u32, end as u32);
        output.layer::<Mention>().unwrap().push(Mention { span, kind: "PERSON", entity: Some(entity), ..Mention::default() });
    }
    output.layer::<Sentence>().unwrap().push(Sentence { span: Span::new(0, text.len() as u32) });
    document.commit(&mut output).unwrap();
    document
}

#[test]
fn rows_of_every_kind_come_back() {
    let attributes = json!([
        {"name": "count", "kind": "u32", "optional": false}, {"name": "offset", "kind": "i64"}, {"name": "weight", "kind": "f64"},
        {"name": "sure", "kind": "bool"}, {"name": "kind", "kind": "symbol"}, {"name": "text", "kind": "text"},
        {"name": "of", "kind": "ref", "target": "mention"}, {"name": "with", "kind": "ref_list", "target": "pair"},
        {"name": "more", "kind": "named"},
    ]);
    let answer = r#"{"id": d["id"], "layers": {"pair": [
        {"start": m["start"], "end": m["end"], "count": i, "offset": -i, "weight": i / 2, "sure": True, "kind": "k", "text": d["text"][m["start"]:m["end"]],
         "of": i, "with": [1 - i], "more": {"when": d["meta"]["date"], "whom": [{"layer": "mention", "row": i}, {"layer": "entity", "row": 1}]},
         "rule": "r%d" % i, "score": 0.5} for i, m in enumerate(d["layers"]["mention"])],
        "entity": [{"type": "GROUP", "name": ",".join(sorted(d["layers"]))}]},
        "retract": [{"layer": "mention", "row": 1, "rule": "twice"}]}"#;
    let settings = json!({
        "command": say(&answer.replace('\n', " ")), "needs": ["mention"], "uses": ["entity"], "revises": ["mention"],
        "gives": [{"name": "pair", "attributes": attributes}, "entity"],
    });
    let built = build(settings).unwrap();
    let mut document = document();
    built.annotate(&mut document, &mut Output::new()).unwrap();

    let pairs: Vec<_> = document.layer("pair").iter().collect();
    assert_eq!(pairs.len(), 2);
    let mentions: Vec<_> = document.rows::<Mention>().with_retracted().iter().map(|m| (m.id, m.span)).collect();
    for (i, pair) in pairs.iter().enumerate() {
        assert_eq!(pair.span(), Some(mentions[i].1));
        assert_eq!(pair.get("count"), Some(Value::U32(i as u32)));
        assert_eq!(pair.get("offset"), Some(Value::I64(-(i as i64))));
        assert_eq!(pair.get("weight"), Some(Value::F64(i as f64 / 2.0)));
        assert_eq!(pair.get("sure"), Some(Value::Bool(true)));
        assert_eq!(pair.str("kind"), Some("k"));
        assert_eq!(pair.str("text"), Some(document.slice(mentions[i].1)));
        assert_eq!(pair.get("of"), Some(Value::Ref(mentions[i].0)));
        assert_eq!(pair.get("with"), Some(Value::RefList(&[pairs[1 - i].id()])));
        let Some(Value::Named(more)) = pair.get("more") else { panic!("no named values") };
        let group = document.rows::<Entity>().iter().find(|e| e.kind == "GROUP").unwrap();
        // The sentence was not asked for, so it was not sent.
        assert_eq!(group.name, "entity,mention");
        let expected =
            [("when", NamedValue::Str("2017-03-20")), ("whom", NamedValue::Row(mentions[i].0)), ("whom", NamedValue::Row(group.id))];
        assert_eq!(more.iter().collect::<Vec<_>>(), expected);
        assert_eq!((pair.rule(), pair.score()), (Some(["r0", "r1"][i]), Some(0.5)));
    }
    assert_eq!(document.rows::<Mention>().len(), 1);
    assert_eq!(document.retractions()[0].rule, "twice");
}

#[test]
fn each_worker_has_one_program_that_lives_on() {
    let answer = r#"{"layers": {"entity": [{"type": str(os.getpid()), "name": str(n)}]}}"#;
    let built = build(json!({"command": say(answer), "gives": ["entity"]})).unwrap();
    let found: Vec<(String, String)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut output = Output::new();
                    let mut found = Vec::new();
                    for _ in 0..20 {
                        let mut document = Document::new("a").unwrap();
                        built.annotate(&mut document, &mut output).unwrap();
                        let entity = document.rows::<Entity>().iter().next().unwrap();
                        found.push((entity.kind.to_owned(), entity.name.to_owned()));
                    }
                    found
                })
            })
            .collect();
        workers.into_iter().flat_map(|w| w.join().unwrap()).collect()
    });
    let mut programs: Vec<&String> = found.iter().map(|(pid, _)| pid).collect();
    programs.sort();
    programs.dedup();
    assert!((1..=3).contains(&programs.len()), "{programs:?}");
    // Each counts its documents from 0 on: none was started anew, none was asked twice.
    for program in programs {
        let mut numbers: Vec<u32> = found.iter().filter(|(pid, _)| pid == program).map(|(_, n)| n.parse().unwrap()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..numbers.len() as u32).collect::<Vec<_>>());
    }
}

#[test]
fn a_program_that_breaks_the_contract_costs_the_document() {
    let cases = [
        (r#""not an object""#, "its answer `\"not an object\"` cannot be read"),
        (r#"{"layers": {"entitee": []}}"#, "it writes to layer `entitee`, which it does not declare to give; did you mean `entity`?"),
        (
            r#"{"layers": {"entity": [{"type": "X", "name": "a", "nmae": "b"}]}}"#,
            "entity[0]: there is no attribute `nmae`; did you mean `name`?",
        ),
        (r#"{"layers": {"entity": [{"type": "X", "name": 7}]}}"#, "entity[0]: `name` must be a text, not 7"),
        (r#"{"layers": {"entity": [{"type": "X"}]}}"#, "layer `entity`: a row lacks the attribute `name`, which is not optional"),
        (r#"{"layers": {"mention": [{"start": 0, "end": 3, "type": "X"}]}}"#, "mention[0]: `end` is 3, which is past the text"),
        (r#"{"layers": {"mention": [{"start": 2, "end": 1, "type": "X"}]}}"#, "mention[0]: it ends before it starts"),
        (r#"{"layers": {"mention": [{"start": 0, "type": "X"}]}}"#, "mention[0]: `end` is missing"),
        (r#"{"layers": {"mention": [{"start": 0, "end": 1, "type": "X", "entity": 0}]}}"#, "`entity` refers to row 0 of layer `entity`"),
        (r#"{"retract": [{"layer": "mention", "row": 0}]}"#, "it retracts row 0 of layer `mention`, which was not sent"),
        (r#"{"id": "two"}"#, "it answers document \"two\" where `one` was asked; answer each line with one line"),
    ];
    for (answer, says) in cases {
        // Every other document goes wrong, and the next one is fine.
        let answer = format!(r#"{answer} if d["text"] == "no" else {{}}"#);
        let built = build(json!({"command": say(&answer), "gives": ["entity", "mention"], "uses": ["entity"]})).unwrap();
        built.on("go").unwrap();
        let error = built.on("no").unwrap_err();
        assert!(error.is_contract() && error.to_string().contains(says), "{answer}\n{error}");
        built.on("go").unwrap();
    }
}

#[test]
fn a_program_that_gives_up_on_a_document_is_kept() {
    let answer = r#"{"error": "too hard"} if d["text"] == "no" else {"layers": {"entity": [{"type": str(os.getpid()), "name": ""}]}}"#;
    let built = build(json!({"command": say(answer), "gives": ["entity"], "restarts": 0})).unwrap();
    let pid = |document: &Document<'_>| document.rows::<Entity>().iter().next().unwrap().kind.to_owned();
    let before = pid(&built.on("go").unwrap());
    for _ in 0..3 {
        assert_eq!(built.on("no").unwrap_err().message(), "too hard");
    }
    assert_eq!(pid(&built.on("go").unwrap()), before);
}

#[test]
fn a_program_that_dies_is_started_again_until_it_is_given_up() {
    let crash =
        r#"(sys.stderr.write("Traceback: oh no\n"), sys.stderr.flush(), os._exit(7)) if d["text"] == "no" else print("{}", flush=True)"#;
    let built = build(json!({"command": python(crash), "gives": ["entity"], "restarts": 2})).unwrap();
    for _ in 0..2 {
        let error = built.on("no").unwrap_err().to_string();
        assert!(error.contains("ended (exit status: 7) without an answer (its last words: Traceback: oh no)"), "{error}");
    }
    built.on("go").unwrap();
    for _ in 0..3 {
        built.on("no").unwrap_err();
    }
    let error = built.on("go").unwrap_err().to_string();
    assert!(error.contains("the program failed on 3 documents in a row and is not started again"), "{error}");

    // One that ended between two documents costs none.
    let once = python(r#"(print("{}", flush=True), os._exit(0))"#);
    let built = build(json!({"command": once, "gives": ["entity"], "restarts": 0})).unwrap();
    for _ in 0..3 {
        built.on("go").unwrap();
        std::thread::sleep(Duration::from_millis(300));
    }
}

#[test]
fn a_program_that_is_late_is_ended() {
    let start = Instant::now();
    for slow in [
        // It sleeps; it never reads, so that a long document fills the pipe; it answers without end.
        python(r#"time.sleep(60) if d["text"] != "go" else print("{}", flush=True)"#),
        json!(["python3", "-c", "import time\ntime.sleep(60)"]),
        json!(["sh", "-c", "sleep 60"]),
    ] {
        let built = build(json!({"command": slow, "gives": ["entity"], "timeout": 0.5})).unwrap();
        let mut document = Document::new("x".repeat(1 << 20)).unwrap();
        let error = built.annotate(&mut document, &mut Output::new()).unwrap_err();
        assert!(error.to_string().contains("did not answer within 0.5 s; raise `timeout`"), "{error}");
    }
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_program_that_talks_too_much_is_found_out() {
    let built = build(json!({"command": python(r#"print("{}\n{}", flush=True)"#), "gives": ["entity"]})).unwrap();
    built.on("go").unwrap();
    // The second line waits by now, or comes a moment later and answers the next document.
    std::thread::sleep(Duration::from_millis(300));
    let error = built.on("go").unwrap_err();
    assert!(error.is_contract() && error.to_string().contains("it wrote a line without being asked"), "{error}");
    built.on("go").unwrap();
}

#[test]
fn an_answer_is_bounded_by_what_was_sent() {
    // A line without end, in answer to a document or without having been asked.
    for endless in [python("while True: sys.stdout.write('x' * (1 << 16))"), json!(["sh", "-c", "yes | tr -d '\\n'"])] {
        let built = build(json!({"command": endless, "gives": ["entity"]})).unwrap();
        let error = built.on("go").unwrap_err();
        assert!(error.is_contract() && error.to_string().contains("a line of more than 4 MiB, which is more than"), "{error}");
    }
    // What is long in proportion is good: 6 MB in answer to 300 kB.
    let long = r#"{"layers": {"entity": [{"type": "X", "name": "y" * 20 * len(d["text"])}]}}"#;
    let built = build(json!({"command": say(long), "gives": ["entity"]})).unwrap();
    let mut document = Document::new("x".repeat(300_000)).unwrap();
    built.annotate(&mut document, &mut Output::new()).unwrap();
    assert_eq!(document.rows::<Entity>().iter().next().unwrap().name.len(), 6_000_000);
}

#[test]
fn a_program_ends_with_all_that_it_has_started() {
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("pid");
    let gone = || {
        let pid = std::fs::read_to_string(&note).unwrap();
        let alive = |pid: &str| std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
        let start = Instant::now();
        while alive(pid.trim()) && start.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(20));
        }
        !alive(pid.trim())
    };
    // One that dies and leaves another behind, and one that is late.
    for (end, says) in [("exit 3", "ended (exit status: 3)"), ("wait", "did not answer within 0.5 s")] {
        let script = format!("sleep 60 > {0}.out 2>&1 & echo $! > {0}; {end}", note.display());
        let built = build(json!({"command": ["sh", "-c", script], "gives": ["entity"], "timeout": 0.5})).unwrap();
        let error = built.on("go").unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
        assert!(!cfg!(target_os = "linux") || gone(), "{end}: what it started is still there");
    }
}

#[test]
fn wrong_settings_are_told() {
    let command = json!(["python3"]);
    let cases = [
        (json!({}), "`command`: there is no program to run; write `command = [\"python3\", \"annotator.py\"]`"),
        (json!({"command": command, "gives": ["entity"], "timeout": 0}), "`timeout`: 0 is no time limit"),
        (json!({"command": command}), "`gives`: it neither gives nor revises a layer"),
        (json!({"command": command, "gives": ["menton"]}), "`gives[0]`: `menton` is no shared layer; did you mean `mention`?"),
        (json!({"command": command, "gives": ["entity", {"name": "entity"}]}), "`gives[1]`: the layer `entity` a second time"),
        (
            json!({"command": command, "gives": [{"name": "a", "attributes": [{"name": "rule", "kind": "text"}]}]}),
            "`gives[0]`: the attribute `rule` is taken by the wire form",
        ),
        (json!({"command": ["no-such-program-here"], "gives": ["entity"]}), "`command`: cannot start the program `no-such-program-here`"),
        (json!({"commnad": []}), "unknown field `commnad`"),
    ];
    for (settings, says) in cases {
        let error = build(settings.clone()).err().unwrap_or_else(|| panic!("{settings} was taken"));
        assert!(error.to_string().contains(says), "{settings}\n{error}");
    }
}
