//! The annotator and the plugin over documents: rows, references, settings.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;

use standoff_core::{
    Annotator, AnyPlugin, BuildContext, Document, Error, Layers, Mention, Meta, NamedValue, Output, Phrase, Provenance, Relation, RowRef,
    Sentence, Span, Task, TimeExpression, Token,
};
use standoff_relation::{RelationAnnotator, RelationPlugin, RuleSource, Rules};

/// A document of one sentence a line. `[TYPE text]` is a mention, `[date text]` a time expression.
fn document(marked: &str) -> Document<'static> {
    let mut text = String::new();
    let mut tokens = Vec::new();
    let mut sentences = Vec::new();
    let mut mentions = Vec::new();
    for line in marked.lines() {
        let first = text.len() as u32;
        let mut open: Vec<(String, u32)> = Vec::new();
        for word in line.split_whitespace() {
            if let Some(kind) = word.strip_prefix('[') {
                open.push((kind.to_owned(), u32::MAX));
                continue;
            }
            let bare = word.trim_end_matches(']');
            if bare.starts_with(|c: char| c.is_alphanumeric()) && text.len() as u32 > first {
                text.push(' ');
            }
            let start = text.len() as u32;
            for (_, at) in open.iter_mut().filter(|(_, at)| *at == u32::MAX) {
                *at = start;
            }
            text.push_str(bare);
            tokens.push(Span::new(start, text.len() as u32));
            for _ in 0..word.len() - bare.len() {
                let (kind, start) = open.pop().expect("a bracket is open");
                mentions.push((kind, Span::new(start, text.len() as u32)));
            }
        }
        sentences.push(Span::new(first, text.len() as u32));
        text.push('\n');
    }
    mentions.sort_by_key(|(_, span)| *span);
    let mut document = Document::new(text).unwrap();
    let layers = Layers::new().gives::<Token>().gives::<Sentence>().gives::<Mention>().gives::<TimeExpression>();
    let mut output = Output::new();
    output.begin(&document, &Task::of(Provenance { annotator: "hand".into(), ..Provenance::default() }, layers));
    for span in tokens {
        output.layer::<Token>().unwrap().push(Token { span, ..Token::default() });
    }
    for span in sentences {
        output.layer::<Sentence>().unwrap().push(Sentence { span });
    }
    for (kind, span) in &mentions {
        if kind == "date" {
            output.layer::<TimeExpression>().unwrap().push(TimeExpression {
                span: *span,
                kind: "DATE",
                value: "2017",
                ..TimeExpression::default()
            });
        } else {
            let country = (kind == "NORP").then_some("RU");
            output.layer::<Mention>().unwrap().push(Mention { span: *span, kind, country, ..Mention::default() });
        }
    }
    document.commit(&mut output).unwrap();
    document
}

fn run(annotator: &dyn Annotator, document: &mut Document<'static>, output: &mut Output) {
    let layers = RelationPlugin.layers(&serde_json::json!({})).unwrap();
    output.begin(document, &Task::of(Provenance { annotator: "relation".into(), ..Provenance::default() }, layers));
    annotator.annotate(document, output).unwrap();
    document.commit(output).unwrap();
}

fn rules(text: &str) -> Rules {
    Rules::compile(&[RuleSource::Text { name: "t.rules".into(), text: text.into() }]).unwrap_or_else(|error| panic!("{error}"))
}

/// A relation for people: `predicate(subject, object; qualifier=value)`, with the texts of the rows.
fn shown(document: &Document) -> Vec<String> {
    let text = |id: &RowRef| document.row(*id).and_then(|row| row.span()).map_or("", |span| document.slice(span)).to_owned();
    let texts = |ids: &[RowRef]| ids.iter().map(text).collect::<Vec<_>>().join(" + ");
    document
        .rows::<Relation>()
        .iter()
        .map(|relation| {
            let mut shown = format!("{}({}", relation.kind, texts(relation.subject));
            if !relation.object.is_empty() {
                shown.push_str(&format!(", {}", texts(relation.object)));
            }
            for (name, value) in relation.qualifiers.into_iter().flat_map(|qualifiers| qualifiers.iter()) {
                let value = match value {
                    NamedValue::Row(id) => text(&id),
                    NamedValue::Str(text) => format!("\"{text}\""),
                };
                shown.push_str(&format!("; {name}={value}"));
            }
            let modality = relation.modality.unwrap_or("none");
            format!("{}{shown}){}", if relation.negated { "not " } else { "" }, if modality == "asserted" { "" } else { modality })
        })
        .collect()
}

#[test]
fn relations_refer_to_rows_and_phrases() {
    let annotator = RelationAnnotator::new(Rules::bundled().unwrap());
    let mut document = document(
        "[NORP Russian] President [PERSON Vladimir Putin] and [NORP Japanese] Prime Minister [PERSON Shinzo Abe] held talks in [date late 2016] .\n\
         The two leaders agreed to create a special regime on the islands .\n\
         The group of islands , which [GPE Russia] calls the [LOC Southern Kurils] , encompassing [LOC Iturup] and [LOC Shikotan] .",
    );
    run(&annotator, &mut document, &mut Output::new());
    assert_eq!(
        shown(&document),
        [
            "held_talks_with(Vladimir Putin, Shinzo Abe; event=talks; time=late 2016)",
            "holds_role(Vladimir Putin, President; of=Russian)",
            "holds_role(Shinzo Abe, Prime Minister; of=Japanese)",
            "happened_at_time(talks, late 2016)",
            "agreed_to(The two leaders, create a special regime on the islands)",
            "alias(The group of islands, Southern Kurils; according_to=Russia)",
            "part_of(Iturup, Southern Kurils)",
            "part_of(Shikotan, Southern Kurils)",
        ]
    );
    let relations = document.rows::<Relation>();
    let role = relations.iter().find(|relation| relation.kind == "holds_role").unwrap();
    assert_eq!(document.slice(role.span), "Russian President Vladimir Putin");
    assert_eq!(document.row(role.subject[0]).unwrap().layer(), "mention");
    assert_eq!(document.row(role.object[0]).unwrap().layer(), "phrase");
    assert_eq!(document.get::<Phrase>(role.object[0]).unwrap().kind, Some("role"));
    let row = document.row(role.id).unwrap();
    assert_eq!(row.segment().rules().get(role.id.row as usize).and_then(|rule| rule.as_str()), Some("title-before-person"));
    assert!(row.segment().is_in_text_order());
}

#[test]
fn attributes_go_into_qualifiers() {
    let text = "type Person = mention[type=PERSON]\ntype N = mention[type=NORP]\nrule r\n  match n:N who:Person\n  \
                emit from(who, country=n.country, kind=\"by-name\", rank=3, missing=n.id)\n  yes \"[n: Russian] [who: Kim]\"\n";
    let mut document = document("The [NORP Russian] [PERSON Kim] left .");
    run(&RelationAnnotator::new(rules(text)), &mut document, &mut Output::new());
    assert_eq!(shown(&document), ["from(Kim; country=\"RU\"; kind=\"by-name\"; rank=\"3\")"]);
}

#[test]
fn nothing_crosses_a_sentence() {
    let text =
        "type Person = mention[type=PERSON]\nrule r\n  match a:Person ..9 b:Person\n  emit with(a, b)\n  yes \"[a: Kim] [b: Lee]\"\n";
    let mut document = document("[PERSON Kim] left .\n[PERSON Lee] and [PERSON Ann] came .");
    run(&RelationAnnotator::new(rules(text)), &mut document, &mut Output::new());
    assert_eq!(shown(&document), ["with(Lee, Ann)"]);
}

#[test]
fn retracted_mentions_are_not_read() {
    let text = "type Person = mention[type=PERSON]\nrule r\n  match a:Person \"left\"\n  emit left(a)\n  yes \"[a: Kim] left\"\n";
    let mut document = document("[PERSON Kim] left .");
    let kim = document.rows::<Mention>().iter().next().unwrap().id;
    let mut output = Output::new();
    output.begin(&document, &Task::of(Provenance::default(), Layers::new().revises::<Mention>()));
    output.retract(kim, "test");
    document.commit(&mut output).unwrap();
    run(&RelationAnnotator::new(rules(text)), &mut document, &mut output);
    assert!(shown(&document).is_empty());
}

#[test]
fn documents_in_other_languages_are_left_alone() {
    let annotator = RelationAnnotator::new(Rules::bundled().unwrap());
    for (language, count) in [(Some("en-GB"), 1), (None, 1), (Some("ru"), 0)] {
        let mut document = document("The [NORP Russian] president [PERSON Kim] left .");
        *document.meta_mut() = Meta { language: language.map(str::to_owned), ..Meta::default() };
        run(&annotator, &mut document, &mut Output::new());
        assert_eq!(shown(&document).len(), count, "{language:?}");
    }
}

#[test]
fn a_worker_that_annotates_many_documents_finds_the_same_as_a_fresh_one() {
    let first = RelationAnnotator::new(Rules::bundled().unwrap());
    let second = RelationAnnotator::new(rules(
        "type Person = mention[type=PERSON]\nrule r\n  match a:Person \"left\"\n  emit left(a)\n  yes \"[a: Kim] left\"\n",
    ));
    let texts =
        ["[NORP Russian] president [PERSON Kim] left .", "[PERSON Lee] , president of [GPE Utopia] , left .", "", "[PERSON Kim] left ."];
    let mut worker = Output::new();
    for text in texts.iter().cycle().take(12) {
        let fresh: Vec<Vec<String>> = [&first, &second]
            .iter()
            .map(|annotator| {
                let mut document = document(text);
                run(*annotator, &mut document, &mut Output::new());
                shown(&document)
            })
            .collect();
        for (annotator, wanted) in [&first, &second].iter().zip(fresh) {
            let mut document = document(text);
            run(*annotator, &mut document, &mut worker);
            assert_eq!(shown(&document), wanted);
        }
    }
}

#[test]
fn explain_tells_matches_and_how_far_a_rule_got() {
    let annotator = RelationAnnotator::new(rules(
        "type Person = mention[type=PERSON]\n\
         rule met conflict c\n  match a:Person \"met\" b:Person\n  where a != b\n  emit met(a, b)\n  yes \"[a: Kim] met [b: Lee]\"\n\
         rule saw conflict c priority 2\n  match a:Person \"met\" b:Person \"again\"\n  emit saw(a, b)\n  yes \"[a: Kim] met [b: Lee] again\"\n",
    ));
    let document = document(
        "[PERSON Kim] met [PERSON Lee] .\n[PERSON Kim] saw [PERSON Lee] .\n[PERSON Kim] met the others .\n[PERSON Kim] met [PERSON kim] .\n\
         [PERSON Kim] met [PERSON Lee] again .",
    );
    let told = annotator.explain(&document, Some("met")).unwrap().unwrap();
    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        [
            "met (t.rules:2)",
            "  sentence 1: matches, with [a: Kim] [b: Lee]",
            "  sentence 2: nothing in it matches \"met\"",
            "  sentence 3: it gets to \"the\" after \"met\"; Person would have to come there",
            "  sentence 4: the pattern matches, but a `where` does not hold",
            "  sentence 5: matches, with [a: Kim] [b: Lee], but the rule `saw` wins",
        ]
    );
    let all = annotator.explain(&document, None).unwrap().unwrap();
    assert!(all.contains("met (t.rules:2)") && all.contains("saw (t.rules:7)"), "{all}");
    assert!(!all.contains("nothing in it"), "{all}");
    let error = annotator.explain(&document, Some("mat")).unwrap_err();
    assert!(error.to_string().contains("did you mean `met`?"), "{error}");
}

fn build(settings: serde_json::Value, base: &std::path::Path) -> Result<Box<dyn Annotator>, Error> {
    RelationPlugin.build(&settings, &BuildContext::new(base))
}

fn said(settings: serde_json::Value, base: &std::path::Path) -> String {
    match build(settings, base) {
        Ok(_) => "it builds".into(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn wrong_settings_are_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("quote.rules"), "type Q = quote\nrule q\n  match a:Q\n  emit quoted(a)\n  yes \"[a: b]\"\n").unwrap();
    fs::write(folder.path().join("bad.rules"), "rule q\n  match a:Q\n  emit quoted(a)\n").unwrap();
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let base = folder.path();
    assert!(build(json("{}"), base).is_ok());
    assert!(build(json(r#"{"rules": ["quote.rules"], "uses": ["quote"]}"#), base).is_ok());
    let cases = [
        (r#"{"rulez": []}"#, "unknown field `rulez`, expected one of `rules`, `bundled`, `language`, `without`, `uses`, `layers`"),
        (r#"{"language": "xx"}"#, "`language`: there are no bundled rules for the language `xx`; allowed: en"),
        (r#"{"bundled": false}"#, "`rules`: there are no rules to run; name a rules file, or leave `bundled` on"),
        (r#"{"without": ["title-before-persn"]}"#, "`without`: there is no rule `title-before-persn`; did you mean `title-before-person`?"),
        (
            r#"{"rules": ["quote.rules"]}"#,
            "`uses`: a type of the rules stands for rows of `quote`, which is not among the layers read; write `uses = [\"quote\"]`",
        ),
        (r#"{"rules": ["bad.rules"]}"#, "bad.rules:2:11: `Q` is not declared; no type or list is declared"),
        (r#"{"rules": ["gone.rules"]}"#, "gone.rules:1:1: cannot read the file"),
    ];
    for (settings, wanted) in cases {
        let said = said(json(settings), base);
        assert!(said.contains(wanted), "{settings}\n says  {said}\n wants {wanted}");
    }
}

#[test]
fn files_use_one_another_and_lists_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("more")).unwrap();
    fs::write(
        folder.path().join("more/shared.rules"),
        "use \"../top.rules\"\ntype Person = mention[type=PERSON]\nlist jobs from \"jobs.txt\"\n",
    )
    .unwrap();
    fs::write(folder.path().join("more/jobs.txt"), "# jobs\nbaker\n\nchief baker  # the first\n").unwrap();
    let top = "use \"more/shared.rules\"\nrule job\n  match job:jobs who:Person\n  emit has_job(who, job)\n  yes \"[job: chief baker] [who: Kim]\"\n";
    fs::write(folder.path().join("top.rules"), top).unwrap();
    let rules = Rules::file(folder.path().join("top.rules")).unwrap_or_else(|error| panic!("{error}"));
    assert!(rules.check().is_good());
    let settings = serde_json::json!({"rules": ["top.rules"], "bundled": false});
    let annotator = build(settings, folder.path()).unwrap();
    let mut document = document("The baker [PERSON Kim] left .");
    run(annotator.as_ref(), &mut document, &mut Output::new());
    assert_eq!(shown(&document), ["has_job(Kim, baker)"]);
    let docs = annotator.rules();
    assert_eq!((docs[0].id.as_str(), docs[0].summary.as_str(), docs[0].example.as_str()), ("job", "Says has_job.", "chief baker Kim"));
    assert!(docs[0].place.ends_with("top.rules:2"), "{}", docs[0].place);
}

#[test]
fn layers_may_have_other_names() {
    let text = "type Person = person[type=PERSON]\nrule r\n  match a:Person \"left\"\n  emit left(a)\n  yes \"[a: Kim] left\"\n";
    let names = BTreeMap::from([("person".to_owned(), "mention".to_owned())]);
    let annotator = RelationAnnotator::new(rules(text)).with_layers(names);
    let mut document = document("[PERSON Kim] left .");
    run(&annotator, &mut document, &mut Output::new());
    assert_eq!(shown(&document), ["left(Kim)"]);
}

#[test]
fn the_manifest_keeps_its_word() {
    let manifest = AnyPlugin::manifest(&RelationPlugin);
    assert_eq!(manifest.name, "relation");
    let annotator = build(serde_json::json!({}), std::path::Path::new("")).unwrap();
    let mut document = document("The capital of [GPE Japan] is [GPE Tokyo] .");
    run(annotator.as_ref(), &mut document, &mut Output::new());
    let relation = document.rows::<Relation>().iter().next().unwrap();
    let wanted = &manifest.example.finds[0];
    assert_eq!(document.slice(relation.span), wanted.covers);
    assert_eq!(wanted.attributes[0], ("type".to_owned(), relation.kind.to_owned()));
}
