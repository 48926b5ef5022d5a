//! What a checked pipeline is and does with one document.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::Arc;

use common::{Fixed, Run, capitals, paragraphs, tokens};
use serde_json::json;
use standoff_core::{
    Annotator, Document, Entity, Error, Layer, Layers, Mention, Meta, Output, Paragraph, Relation, RowRef, Sentence, Span, Token,
};
use standoff_runner::{Pipeline, PipelineBuilder, PipelineFile, Registry, Skip};

fn names(pipeline: &Pipeline) -> Vec<&str> {
    pipeline.steps().iter().map(|step| step.name()).collect()
}

fn document(text: &str) -> Document<'static> {
    Document::new(text.to_owned()).unwrap().with_id("d")
}

fn covered<L: Layer>(document: &Document) -> Vec<String> {
    document.layer(L::NAME).iter().map(|row| document.slice(row.span().unwrap()).to_owned()).collect()
}

/// Tokens, paragraphs and capitals.
fn basics() -> PipelineBuilder {
    Pipeline::builder()
        .own("capitals", Layers::new().needs::<Token>().gives::<Mention>().gives::<Entity>(), capitals("LOC"))
        .own("tokens", Layers::new().gives::<Token>(), tokens())
        .own("paragraphs", Layers::new().gives::<Paragraph>(), paragraphs())
}

#[test]
fn needs_decide_the_order_and_the_file_decides_the_rest() {
    let file = |uses: &[&str]| uses.iter().map(|name| format!("[[annotator]]\nuse = \"{name}\"\n")).collect::<String>();
    let order = |uses: &[&str]| {
        let pipeline = Pipeline::from_toml(&file(uses), "p.toml", &common::registry()).unwrap();
        names(&pipeline).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(order(&["facts", "places", "dates", "tokens"]), ["tokens", "places", "dates", "facts"]);
    assert_eq!(order(&["dates", "facts", "tokens", "places"]), ["tokens", "dates", "places", "facts"]);
}

#[test]
fn a_layer_is_given_then_revised_then_extended_then_read() {
    let entry = |name: &str, more: &str| format!("[[annotator]]\nuse = \"custom\"\nname = \"{name}\"\n{more}\n");
    let text = [
        entry("reader", "uses = [\"x\"]"),
        entry("extender", "needs = [\"x\"]\ngives = [\"x\"]"),
        entry("arbiter", "uses = [\"x\"]\nrevises = [\"x\"]\ngives = [\"x\"]"),
        entry("cleaner", "revises = [\"x\"]"),
        entry("finder", "gives = [\"x\"]"),
        entry("other-finder", "gives = [\"x\"]"),
    ]
    .concat();
    let pipeline = Pipeline::from_toml(&text, "p.toml", &common::registry()).unwrap();
    assert_eq!(names(&pipeline), ["finder", "other-finder", "arbiter", "cleaner", "extender", "reader"]);
    assert_eq!(pipeline.schemas().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["x"]);
}

#[test]
fn an_annotator_that_only_offers_to_revise_needs_nothing_to_revise() {
    let text = "[[annotator]]\nuse = \"custom\"\nuses = [\"mention\"]\nrevises = [\"mention\"]\n";
    assert!(Pipeline::from_toml(text, "p.toml", &common::registry()).is_ok());
}

#[test]
fn documents_are_annotated_and_reported() {
    let pipeline = basics().build_with(&Registry::new()).unwrap();
    let (mut doc, mut output) = (document("Lavrov met Kishida\nin Tokyo"), Output::new());
    let report = pipeline.annotate(&mut doc, &mut output).unwrap();
    assert_eq!(covered::<Mention>(&doc), ["Lavrov", "Kishida", "Tokyo"]);
    let counts: Vec<(&str, u64)> = report.rows.iter().map(|(name, n)| (&**name, *n)).collect();
    assert_eq!(counts, [("token", 5), ("mention", 3), ("entity", 3), ("paragraph", 2)]);
    assert_eq!(report.annotators.iter().map(|(name, _)| &**name).collect::<Vec<_>>(), ["tokens", "capitals", "paragraphs"]);
    assert!(report.skipped.is_empty() && report.seconds > 0.0);
    // Everything can be read again, and the makers have signed.
    assert_eq!(doc.layer_names(), ["entity", "mention", "paragraph", "token"]);
    let makers: Vec<&str> = doc.made_by().iter().map(|p| p.annotator.as_str()).collect();
    assert_eq!(makers, ["tokens", "capitals", "paragraphs"]);
    // A report is a line, and can be read back.
    let line = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<standoff_runner::DocumentReport>(&line).unwrap(), report);
    assert!(line.contains(r#""rows":{"token":5,"mention":3,"entity":3,"paragraph":2}"#), "{line}");
}

#[test]
fn annotators_see_only_what_they_declare() {
    let nosy = Run(|document: &Document, output: &mut Output| {
        assert!(document.rows::<Token>().is_empty());
        output.layer::<Sentence>()?.push(Sentence { span: Span::new(0, 1) });
        Ok(())
    });
    let pipeline = basics().own("nosy", Layers::new().uses::<Mention>().gives::<Sentence>(), nosy).build_with(&Registry::new()).unwrap();
    let mut doc = document("A b");
    pipeline.annotate(&mut doc, &mut Output::new()).unwrap();
    assert_eq!(doc.rows::<Token>().len(), 2);
}

fn languages(meta: Meta, when: serde_json::Value) -> Vec<(String, Skip)> {
    let pipeline =
        Pipeline::builder().own("tokens", Layers::new().gives::<Token>(), tokens()).when(when).build_with(&Registry::new()).unwrap();
    let mut doc = document("a").with_meta(meta);
    let report = pipeline.annotate(&mut doc, &mut Output::new()).unwrap();
    report.skipped.into_iter().map(|(name, why)| (name.to_string(), why)).collect()
}

#[test]
fn when_tests_the_metadata() {
    let mut meta = Meta { language: Some("en-GB".into()), source: Some("reuters".into()), ..Meta::default() };
    meta.fields.insert("topic".into(), json!(["politics", "islands"]));
    meta.fields.insert("publisher".into(), json!({"country": "RU", "circulation": 5}));
    meta.fields.insert("checked".into(), json!(true));
    let holds = |when: serde_json::Value| languages(meta.clone(), when).is_empty();
    for yes in [
        json!({"language": "en"}),
        json!({"language": "EN-gb"}),
        json!({"language": ["ru", "en"]}),
        json!({"language": {"not": "ru"}}),
        json!({"not": {"language": "ru"}}),
        json!({"not": {"language": "en", "source": "tass"}}),
        json!({"language": "en", "source": "reuters"}),
        json!({"topic": "islands"}),
        json!({"topic": ["sport", "politics"]}),
        json!({"publisher": {"country": "RU", "circulation": 5.0}}),
        json!({"checked": true}),
        json!({"id": "d"}),
        json!({"not": {"missing": "x"}}),
    ] {
        assert!(holds(yes.clone()), "{yes}");
    }
    for no in [
        json!({"language": "e"}),
        json!({"language": "en-US"}),
        json!({"language": ["ru", "de"]}),
        json!({"not": {"language": "en"}}),
        json!({"language": "en", "source": "tass"}),
        json!({"topic": "sport"}),
        json!({"publisher": {"country": "JP"}}),
        json!({"checked": "true"}),
        json!({"date": "2017-03-20"}),
        json!({"language": {"not": ["en", "ru"]}}),
    ] {
        assert!(!holds(no.clone()), "{no}");
    }
    assert_eq!(languages(Meta::default(), json!({"language": "en"})), [("tokens".into(), Skip::When)]);
}

#[test]
fn languages_and_missing_needs_pass_annotators_over() {
    let mut registry = Registry::new();
    let ja = Fixed { name: "tokens-ja", languages: &["ja"], layers: Layers::new().gives::<Token>() };
    registry.add(Arc::new(ja), "here").unwrap();
    let pipeline = Pipeline::builder()
        .annotator("tokens-ja")
        .own("capitals", Layers::new().needs::<Token>().gives::<Mention>().gives::<Entity>(), capitals("LOC"))
        .own("facts", Layers::new().needs::<Mention>().gives::<Relation>(), Run(|_: &Document, _: &mut Output| Ok(())))
        .build_with(&registry)
        .unwrap();
    let skipped = |language: Option<&str>| {
        let meta = Meta { language: language.map(str::to_owned), ..Meta::default() };
        let report = pipeline.annotate(&mut document("a").with_meta(meta), &mut Output::new()).unwrap();
        report.skipped.into_iter().map(|(name, why)| format!("{name}: {}", String::from(why))).collect::<Vec<_>>()
    };
    assert_eq!(skipped(Some("en")), ["tokens-ja: language", "capitals: needs token", "facts: needs mention"]);
    assert!(skipped(Some("ja-JP")).is_empty());
    // Of unknown language: it is tried.
    assert!(skipped(None).is_empty());
}

#[test]
fn within_drops_what_lies_outside() {
    let first_line = Run(|document: &Document, output: &mut Output| {
        let end = document.text().find('\n').unwrap_or(document.text().len());
        output.layer_as::<Paragraph>("headline")?.push(Paragraph { span: Span::new(0, end as u32) });
        Ok(())
    });
    let pipeline = Pipeline::builder()
        .own("headline", Layers::new().gives_as::<Paragraph>("headline"), first_line)
        .own("tokens", Layers::new().gives::<Token>(), tokens())
        .own("capitals", Layers::new().needs::<Token>().gives::<Mention>().gives::<Entity>(), capitals("LOC"))
        .within(json!("headline"))
        .build_with(&Registry::new())
        .unwrap();
    let mut doc = document("Lavrov in Tokyo\nKishida was in Bonn");
    let report = pipeline.annotate(&mut doc, &mut Output::new()).unwrap();
    assert_eq!(covered::<Mention>(&doc), ["Lavrov", "Tokyo"]);
    // The entities of what was dropped go with it.
    let entities: Vec<_> = doc.rows::<Entity>().iter().map(|e| e.name).collect();
    assert_eq!(entities, ["Lavrov", "Tokyo"]);
    assert_eq!((report.rows_in("mention"), report.rows_in("entity"), report.rows_in("token")), (2, 2, 7));
    // They can still be shown, with the reason.
    assert_eq!(doc.layer("mention").with_retracted().len(), 4);
    assert!(doc.retractions().iter().all(|r| r.rule == "within"));
}

#[test]
fn within_tests_attributes() {
    let mentions = |of: &'static str, kind: &'static str| {
        Run(move |document: &Document, output: &mut Output| {
            for (at, _) in document.text().match_indices(of) {
                let span = Span::new(at as u32, (at + of.len()) as u32);
                output.layer::<Mention>()?.push(Mention { span, kind, ..Mention::default() });
            }
            Ok(())
        })
    };
    let found = |within: serde_json::Value| {
        let pipeline = Pipeline::builder()
            .own("orgs", Layers::new().gives::<Mention>(), mentions("Bank of Japan", "ORG"))
            .own("places", Layers::new().gives::<Mention>(), mentions("Sea of Japan", "LOC"))
            .own("parts", Layers::new().gives::<Token>(), tokens())
            .within(within)
            .build_with(&Registry::new())
            .unwrap();
        let mut doc = document("The Bank of Japan looks at the Sea of Japan.");
        pipeline.annotate(&mut doc, &mut Output::new()).unwrap();
        covered::<Token>(&doc).join(" ")
    };
    assert_eq!(found(json!("mention")), "Bank of Japan Sea of");
    assert_eq!(found(json!({"layer": "mention", "type": "ORG"})), "Bank of Japan");
    assert_eq!(found(json!({"layer": "mention", "type": ["LOC", "GPE"]})), "Sea of");
    assert_eq!(found(json!({"layer": "mention", "not": {"type": "LOC"}})), "Bank of Japan");
    assert_eq!(found(json!({"layer": "mention", "type": {"not": "ORG"}})), "Sea of");
}

#[test]
fn within_narrows_a_reviser() {
    let sweep = Run(|document: &Document, output: &mut Output| {
        document.rows::<Mention>().iter().for_each(|m| output.retract(m.id, "all"));
        Ok(())
    });
    let pipeline = basics()
        .own("sweep", Layers::new().revises::<Mention>(), sweep)
        .within(json!({"layer": "sentence"}))
        .own(
            "sentences",
            Layers::new().gives::<Sentence>(),
            Run(|_: &Document, output: &mut Output| {
                output.layer::<Sentence>()?.push(Sentence { span: Span::new(0, 6) });
                Ok(())
            }),
        )
        .build_with(&Registry::new())
        .unwrap();
    let mut doc = document("Lavrov met Kishida");
    pipeline.annotate(&mut doc, &mut Output::new()).unwrap();
    assert_eq!(covered::<Mention>(&doc), ["Kishida"]);
}

#[test]
fn layers_that_documents_bring_along_are_kept() {
    let bring = |layers: Layers, annotator: Box<dyn Annotator>| {
        let pipeline = Pipeline::builder().own("source", layers, annotator).build_with(&Registry::new()).unwrap();
        let mut doc = document("Lavrov met Kishida");
        pipeline.annotate(&mut doc, &mut Output::new()).unwrap();
        doc
    };
    // All that the annotator would give is there already.
    let mut doc = bring(Layers::new().gives::<Token>(), Box::new(tokens()));
    let pipeline = basics().build_with(&Registry::new()).unwrap();
    let report = pipeline.annotate(&mut doc, &mut Output::new()).unwrap();
    assert_eq!(report.skipped, [("tokens".into(), Skip::Has("token".into()))]);
    assert_eq!((report.rows_in("token"), report.rows_in("mention")), (3, 2));

    // A part is there: the rest is given.
    let both = Run(|document: &Document, output: &mut Output| {
        tokens().annotate(document, output)?;
        output.layer::<Sentence>()?.push(Sentence { span: Span::new(0, 18) });
        Ok(())
    });
    let pipeline =
        Pipeline::builder().own("both", Layers::new().gives::<Token>().gives::<Sentence>(), both).build_with(&Registry::new()).unwrap();
    let mut doc = bring(Layers::new().gives::<Token>(), Box::new(tokens()));
    let report = pipeline.annotate(&mut doc, &mut Output::new()).unwrap();
    assert_eq!((report.rows_in("token"), report.rows_in("sentence"), report.skipped.len()), (3, 1, 0));

    // An annotator whose need only documents can meet.
    let pipeline = Pipeline::builder()
        .expects("token")
        .own("capitals", Layers::new().needs::<Token>().gives::<Mention>().gives::<Entity>(), capitals("LOC"))
        .build_with(&Registry::new())
        .unwrap();
    let mut doc = bring(Layers::new().gives::<Token>(), Box::new(tokens()));
    assert_eq!(pipeline.annotate(&mut doc, &mut Output::new()).unwrap().rows_in("mention"), 2);
}

#[test]
fn two_givers_of_one_layer_for_different_documents() {
    let pipeline = Pipeline::builder()
        .own("tokens", Layers::new().gives::<Token>(), tokens())
        .when(json!({"not": {"language": "ja"}}))
        .own("tokens-ja", Layers::new().gives::<Token>(), Run(|_: &Document, _: &mut Output| Ok(())))
        .when(json!({"language": "ja"}))
        .build_with(&Registry::new())
        .unwrap();
    let count = |language: &str| {
        let meta = Meta { language: Some(language.into()), ..Meta::default() };
        pipeline.annotate(&mut document("a b").with_meta(meta), &mut Output::new()).unwrap().rows_in("token")
    };
    assert_eq!((count("en"), count("ja")), (2, 0));
}

#[test]
fn an_annotator_that_fails_is_named() {
    type Work = fn(&Document, &mut Output) -> Result<(), Error>;
    let fails = |broken: Run<Work>| {
        let pipeline =
            basics().own("broken", Layers::new().uses::<Mention>().gives::<Sentence>(), broken).build_with(&Registry::new()).unwrap();
        let mut output = Output::new();
        let error = pipeline.annotate(&mut document("A b"), &mut output).unwrap_err();
        assert_eq!(error.annotator(), Some("broken"), "{error}");
        // The output serves the next document.
        let good = basics().build_with(&Registry::new()).unwrap();
        assert_eq!(good.annotate(&mut document("A b"), &mut output).unwrap().rows_in("mention"), 1);
        error
    };
    let gives_up = fails(Run(|_, _| Err(Error::annotate("no"))));
    assert!(gives_up.is_annotator() && gives_up.to_string() == "broken: no");
    let panics = fails(Run(|_, output| {
        output.layer::<Sentence>()?.push(Sentence { span: Span::new(0, 1) });
        panic!("oh {}", 7)
    }));
    assert!(panics.is_panic(), "{panics}");
    assert!(panics.to_string().starts_with("broken: it panicked: oh 7 (at "), "{panics}");
    let undeclared = fails(Run(|_, output| output.layer::<Token>().map(drop)));
    assert!(undeclared.is_contract(), "{undeclared}");
    let off = fails(Run(|_, output| {
        output.layer::<Sentence>()?.push(Sentence { span: Span::new(0, 99) });
        Ok(())
    }));
    assert!(off.is_contract(), "{off}");
    let retracts = fails(Run(|_, output| {
        output.retract(RowRef::new(0, 0), "x");
        Ok(())
    }));
    assert!(retracts.is_contract(), "{retracts}");
}

#[test]
fn settings_are_signed() {
    let signed = |text: &str| {
        let pipeline = Pipeline::from_toml(text, "p.toml", &common::registry()).unwrap();
        pipeline.steps().iter().map(|s| s.task().provenance().settings.clone()).collect::<Vec<_>>()
    };
    let base = "[[annotator]]\nuse = \"tokens\"\n[[annotator]]\nuse = \"places\"\n";
    let one = signed(&format!("{base}bundled = false\nshortest = 2\n"));
    // printf '{"bundled":false,"shortest":2}' | sha256sum
    let expected = "sha256:ec1093b7c6be2637ab882b2eb1d65c44f244ab8513f3bf79fddddf0402edf6fe";
    assert_eq!(one, ["", expected]);
    // The order of the keys is of no consequence, and their values are.
    assert_eq!(one, signed(&format!("{base}shortest = 2\nbundled = false\n")));
    assert_ne!(one, signed(&format!("{base}shortest = 3\nbundled = false\n")));
    assert_ne!(one, signed(&format!("{base}shortest = 2\nbundled = false\nwithin = \"token\"\n")));
}

#[test]
fn the_builder_points_at_its_calls() {
    let line = line!();
    let told = Pipeline::builder()
        .annotator("tokns")
        .annotator_with("places", json!({"case": "ingored"}))
        .annotator_with("dates", json!([1]))
        .build_with(&common::registry())
        .unwrap_err();
    let places: Vec<String> = told.iter().map(|d| d.place().to_string()).collect();
    let expected = |n: u32| format!("{}:{}:10", file!(), line + n);
    assert_eq!(places, [expected(2), expected(3), expected(4)]);
    let text = told.to_string();
    for part in ["there is no plugin `tokns`", "did you mean `tokens`?", "`case` cannot be `ingored`", "must be a JSON object, not a list"]
    {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn the_builder_takes_plugins_and_annotators_of_the_program() {
    let pipeline = Pipeline::builder()
        .plugin(common::Places, json!({"bundled": false}))
        .named("islands")
        .own("tokens", Layers::new().gives::<Token>(), tokens())
        .build()
        .unwrap();
    assert_eq!(names(&pipeline), ["tokens", "islands"]);
    assert_eq!(pipeline.step("islands").unwrap().settings(), &json!({"bundled": false}));
}

#[test]
fn a_file_may_have_a_byte_order_mark_and_foreign_line_ends() {
    let text = "\u{feff}[pipeline]\r\nname = \"n\"\r\ndescription = \"d\"\r\n[[annotator]]\r\nuse = \"tokens\"\r\n";
    let pipeline = Pipeline::from_toml(text, "p.toml", &common::registry()).unwrap();
    assert_eq!((pipeline.name(), pipeline.description()), (Some("n"), Some("d")));
    let told = Pipeline::from_toml(&text.replace("tokens", "tokns"), "p.toml", &common::registry()).unwrap_err();
    assert_eq!(told.iter().next().unwrap().place().to_string(), "p.toml:5:7");
}

#[test]
fn shared_libraries_are_loaded_by_the_hook() {
    let text = "plugins = [\"lib/a.so\", \"b.so\"]\n[[annotator]]\nuse = \"mine\"\n";
    let mut file = PipelineFile::parse(text, "/etc/news/p.toml").unwrap();
    let paths: Vec<String> = file.plugins().iter().map(|p| format!("{} at {}", p.path.display(), p.place())).collect();
    assert_eq!(paths, ["/etc/news/lib/a.so at /etc/news/p.toml:1:12", "/etc/news/b.so at /etc/news/p.toml:1:24"]);
    let mut registry = Registry::new();
    file.load_plugins(&mut registry, |plugin| {
        if plugin.path.ends_with("b.so") {
            return Err(Error::resource("not a plugin").help("build it with standoff-abi"));
        }
        Ok(vec![Arc::new(Fixed { name: "mine", languages: &[], layers: Layers::new().gives::<Token>() })])
    });
    assert_eq!(registry.origin("mine"), Some("/etc/news/lib/a.so"));
    let told = file.plan(&registry).unwrap_err();
    insta::assert_snapshot!(told, @r#"
    error: cannot load `/etc/news/b.so`: not a plugin
     --> /etc/news/p.toml:1:24
      |
    1 | plugins = ["lib/a.so", "b.so"]
      |                        ^^^^^^
      |
      = help: build it with standoff-abi
    "#);
}

#[test]
fn a_registry_says_where_plugins_of_one_name_come_from() {
    let plugin = |name| Arc::new(Fixed { name, languages: &[], layers: Layers::new() });
    let mut registry = Registry::new();
    registry.add(plugin("dates"), "/lib/one.so").unwrap();
    let error = registry.add(plugin("dates"), "/lib/two.so").unwrap_err().to_string();
    assert_eq!(
        error,
        "two plugins are named `dates`: version 0.1.0 (/lib/one.so) and version 0.1.0 (/lib/two.so); leave one of them out, or rename it"
    );
    assert!(registry.add(plugin("Dates"), "x").unwrap_err().to_string().contains("lower case"));
    let error = registry.get("date").err().unwrap().to_string();
    assert_eq!(error, "there is no plugin `date`; did you mean `dates`? the plugins of this program are `dates`");
    let error = Registry::new().get("dates").err().unwrap().to_string();
    assert!(error.contains("linked with no plugin at all"), "{error}");
}
