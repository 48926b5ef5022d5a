//! Runs the cases of `tests/cases/*.toml`; the README beside them says how they are written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;
use standoff_core::{Annotator, BuildContext, Document, Entity, Mention, Output, Plugin, Sentence, Span, Task, Token};
use standoff_names::{Names, NamesPlugin, Settings};
use standoff_tokenizer::Tokenizer;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    span: (u32, u32),
    kind: String,
    text: String,
}

/// A text without its marks, and the marks.
#[derive(Default)]
struct Parsed {
    text: String,
    expected: Vec<(Mark, Option<String>)>,
    /// With whether it is to be retracted.
    known: Vec<(Mark, bool)>,
}

fn parse(marked: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut open: Vec<(char, String, usize)> = Vec::new();
    let mut chars = marked.chars();
    while let Some(c) = chars.next() {
        match c {
            '[' | '{' => {
                let label: String = chars.by_ref().take_while(|&c| c != ' ').collect();
                open.push((c, label, parsed.text.len()));
            }
            ']' | '}' => {
                let (bracket, label, start) = open.pop().expect("a bracket is closed that was not opened");
                let text = parsed.text[start..].to_owned();
                let span = (start as u32, parsed.text.len() as u32);
                if bracket == '[' {
                    let (kind, number) = label.split_once('=').map_or((&*label, None), |(k, n)| (k, Some(n.to_owned())));
                    parsed.expected.push((Mark { span, kind: kind.into(), text }, number));
                } else {
                    let kind = label.trim_end_matches('!').to_owned();
                    parsed.known.push((Mark { span, kind, text }, label.ends_with('!')));
                }
            }
            c => parsed.text.push(c),
        }
    }
    assert!(open.is_empty(), "a bracket stays open in {marked:?}");
    parsed
}

fn check(case: &Case, tokenizer: &dyn Annotator, names: &Names) -> Result<(), String> {
    let parsed = parse(&case.text);
    let mut document = Document::new(parsed.text.clone()).unwrap();
    let mut output = Output::new();
    let provenance = |name: &str| Task::new(name, "1").provenance().as_ref().clone();
    let layers = Tokenizer.layers(&standoff_tokenizer::Settings::default());
    output.begin(&document, &Task::of(provenance("tokenizer"), layers));
    tokenizer.annotate(&document, &mut output).unwrap();
    document.commit(&mut output).unwrap();
    assert!(!document.rows::<Token>().is_empty() && !document.rows::<Sentence>().is_empty());
    output.begin(&document, &Task::new("given", "1").gives::<Mention>().gives::<Entity>());
    for (mark, _) in &parsed.known {
        let entity = output.layer::<Entity>().unwrap().push(Entity { kind: &mark.kind, name: &mark.text, ..Entity::default() });
        let span = Span::new(mark.span.0, mark.span.1);
        let row = Mention { span, kind: &mark.kind, entity: Some(entity), ..Mention::default() };
        output.layer::<Mention>().unwrap().push(row);
    }
    document.commit(&mut output).unwrap();
    output.begin(&document, &Task::of(provenance("names"), NamesPlugin.layers(&Settings::default())));
    names.annotate(&document, &mut output).unwrap();
    document.commit(&mut output).map_err(|e| e.to_string())?;

    let mut found = Vec::new();
    let mut entities = HashMap::new();
    for row in document.layer("mention").iter() {
        let span = row.span().unwrap();
        let mark = Mark { span: (span.start, span.end), kind: row.str("type").unwrap().into(), text: document.slice(span).into() };
        if document.provenance(row.segment()).is_some_and(|p| p.annotator == "names") {
            assert!(row.rule().is_some(), "{mark:?} has no rule");
            entities.insert(mark.span, document.get::<Mention>(row.id()).unwrap().entity);
            found.push(mark);
        }
    }
    let mut expected: Vec<Mark> = parsed.expected.iter().map(|(m, _)| m.clone()).collect();
    found.sort();
    expected.sort();
    let show = |marks: &[Mark]| marks.iter().map(|m| format!("{} {}", m.kind, m.text)).collect::<Vec<_>>().join(" | ");
    if found != expected {
        let why = names.explain(&document, None).unwrap().unwrap_or_default();
        return Err(format!("found    {}\n  expected {}\n{why}", show(&found), show(&expected)));
    }
    for (mark, retracted) in &parsed.known {
        let live = document.layer("mention").iter().any(|row| {
            row.span() == Some(Span::new(mark.span.0, mark.span.1))
                && document.provenance(row.segment()).is_some_and(|p| p.annotator == "given")
        });
        if live == *retracted {
            return Err(format!("{} {} is {}retracted", mark.kind, mark.text, if live { "not " } else { "" }));
        }
    }
    let numbered: Vec<_> = parsed.expected.iter().filter_map(|(m, n)| n.as_ref().map(|n| (m, n, entities[&m.span]))).collect();
    for (i, (a, m, one)) in numbered.iter().enumerate() {
        for (b, n, other) in &numbered[..i] {
            if one.is_none() || (m == n) != (one == other) {
                return Err(format!("the entities of {} and {} are {}one", b.text, a.text, if one == other { "" } else { "not " }));
            }
        }
    }
    Ok(())
}

#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let filter = std::env::var("STANDOFF_CASES").unwrap_or_default();
    let tokenizer = Tokenizer.build(standoff_tokenizer::Settings::default(), &BuildContext::default()).unwrap();
    let names = Names::new(Settings::default()).unwrap();
    let (mut count, mut failures) = (0, Vec::new());
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    for path in files.iter().filter(|p| p.extension().is_some_and(|e| e == "toml")) {
        let file: File = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for case in file.case.iter().filter(|c| c.name.contains(&filter)) {
            count += 1;
            if let Err(why) = check(case, &*tokenizer, &names) {
                failures.push(format!("{} ({})\n  {why}", case.name, path.file_name().unwrap().to_string_lossy()));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count} cases fail:\n{}", failures.len(), failures.join("\n"));
    assert!(count > 0, "no case has {filter:?} in its name");
}
