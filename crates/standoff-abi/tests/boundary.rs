//! The contract from both sides in one process: what an annotator finds through it is what it finds without.
//!
//! No library is loaded here, so that all of it runs under Miri as well:
//! `cargo +nightly miri test -p standoff-abi --features host --test boundary`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use serde::Deserialize;
use standoff_abi::Library;
use standoff_abi::core::{
    Annotator, AnyPlugin, BuildContext, Document, Error, Layer, Layers, Manifest, Meta, NamedValue, NamedValues, Output, Plugin,
    Provenance, RowRef, RuleDoc, Span, Task, Value,
};

/// A row with an attribute of every kind, required and optional.
#[derive(Clone, Debug, Default, PartialEq, Layer)]
#[layer(name = "thing")]
struct Thing<'a> {
    span: Span,
    count: u32,
    offset: Option<i64>,
    weight: Option<f64>,
    sure: bool,
    maybe: Option<bool>,
    #[layer(symbol)]
    kind: &'a str,
    #[layer(symbol)]
    shade: Option<&'a str>,
    text: &'a str,
    note: Option<&'a str>,
    parent: Option<RowRef>,
    #[layer(target = "thing")]
    children: &'a [RowRef],
    others: Option<&'a [RowRef]>,
    more: Option<NamedValues<'a>>,
}

/// A row without a place in the text.
#[derive(Clone, Debug, Default, PartialEq, Layer)]
#[layer(name = "tally")]
struct Tally<'a> {
    of: &'a str,
    #[layer(target = "copy")]
    first: RowRef,
}

/// Copies every other row of `thing`, takes the rest back, and counts.
struct Mirror;

#[derive(Clone, Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    /// What goes wrong, if anything.
    fails: Option<String>,
    /// The layer that is written.
    layer: Option<String>,
}

impl Plugin for Mirror {
    type Settings = Settings;

    fn manifest(&self) -> Manifest {
        Manifest::new("mirror", "1.2.3", "Copies rows.").languages(&["en"])
    }

    fn layers(&self, settings: &Settings) -> Layers {
        let copy = settings.layer.as_deref().unwrap_or("copy");
        Layers::new().needs::<Thing>().gives::<Tally>().gives_as::<Thing>(copy).revises::<Thing>()
    }

    fn build(&self, settings: Settings, context: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        match settings.fails.as_deref() {
            Some("build") => Err(Error::resource("no such list").at(context.resolve("list.tsv"), Some(3), None).help("write one")),
            Some("build by panic") => panic!("no luck today"),
            _ => Ok(Box::new(Copier(settings))),
        }
    }
}

struct Copier(Settings);

impl Annotator for Copier {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        let layer = self.0.layer.as_deref().unwrap_or("copy");
        let mut first = None;
        for (number, thing) in document.rows::<Thing>().iter().enumerate() {
            if number % 2 == 1 {
                output.retract(thing.id, if number % 3 == 0 { "third" } else { "" });
                continue;
            }
            let mut copies = output.layer_as::<Thing>(layer)?;
            // Lists of `copy` may only point into `thing`, and the row's own parent is the row that was copied.
            let copy = Thing { parent: Some(thing.id), children: &[thing.id], ..thing.row.clone() };
            let id = copies.push_by(if number % 4 == 0 { "even" } else { "odd" }, copy);
            if number % 3 == 0 {
                copies.score_last(number as f64 / 7.0);
            }
            first.get_or_insert(id);
        }
        if let Some(first) = first {
            let date = document.meta().date.as_deref().unwrap_or("no date");
            let (desk, makers) = (document.meta().fields.get("desk"), document.made_by().len());
            let of = format!("{} {date} {desk:?} {makers} sees {} secrets", document.id(), document.layer("secret").len());
            output.layer::<Tally>()?.push(Tally { of: &of, first });
        }
        match self.0.fails.as_deref() {
            Some("annotate") => Err(Error::annotate("had enough").help("be kind")),
            Some("annotate by panic") => panic!("fell over {}", document.id()),
            _ => Ok(()),
        }
    }

    fn rules(&self) -> Vec<RuleDoc> {
        vec![RuleDoc { id: "even".into(), summary: "Every fourth.".into(), example: "a".into(), place: "here:1".into() }]
    }

    fn explain(&self, document: &Document, rule: Option<&str>) -> Result<Option<String>, Error> {
        match rule {
            Some("even") => Ok(Some(format!("{} of {} rows", document.rows::<Thing>().len(), document.id()))),
            Some(other) => Err(Error::plan(format!("no rule `{other}`"))),
            None => Ok(None),
        }
    }
}

standoff_abi::register!(Mirror);

fn foreign() -> &'static dyn AnyPlugin {
    static LIBRARY: std::sync::LazyLock<Library> = std::sync::LazyLock::new(|| Library::of_this_program().unwrap());
    LIBRARY.plugins().next().unwrap()
}

const TEXT: &str = "Übe 😀 cd\r\ne\u{301}f 東京 gh \u{0} ij";

/// Numbers that look like chance and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// A document with some segments of things, by two annotators.
fn document(seed: u64) -> Document<'static> {
    let mut dice = Dice(seed);
    let mut meta = Meta { date: seed.is_multiple_of(2).then(|| "2017-03-20".into()), language: Some("en".into()), ..Meta::default() };
    if seed.is_multiple_of(3) {
        meta.fields.insert("desk".into(), serde_json::json!({"north": [1, null]}));
    }
    let mut document = Document::new(TEXT).unwrap().with_id(format!("d{seed}")).with_meta(meta);
    let bounds: Vec<u32> = (0..=TEXT.len()).filter(|&i| TEXT.is_char_boundary(i)).map(|i| i as u32).collect();
    let mut output = Output::new();
    let mut known: Vec<RowRef> = Vec::new();
    for segment in 0..dice.roll(4) {
        let provenance = Provenance {
            annotator: ["even", "odd"][segment % 2].into(),
            version: "1".into(),
            settings: if segment == 0 { "sha256:00".into() } else { String::new() },
        };
        output.begin(&document, &Task::of(provenance, Layers::new().gives::<Thing>().gives::<Tally>().revises::<Thing>()));
        for row in 0..dice.roll(20) {
            let (a, b) = (bounds[dice.roll(bounds.len())], bounds[dice.roll(bounds.len())]);
            let text = format!("é{}", dice.roll(5));
            let list: Vec<RowRef> = (0..dice.roll(3)).filter_map(|_| known.get(dice.roll(known.len().max(1)))).copied().collect();
            let named = [("who", NamedValue::Str(&text)), ("whom", list.first().map_or(NamedValue::Str(""), |&r| NamedValue::Row(r)))];
            let thing = Thing {
                span: Span::new(a.min(b), a.max(b)),
                count: row as u32,
                offset: (dice.roll(2) == 0).then_some(-(row as i64)),
                weight: (dice.roll(3) == 0).then_some(0.5),
                sure: dice.roll(2) == 0,
                maybe: [None, Some(true), Some(false)][dice.roll(3)],
                kind: ["", "a", "b"][dice.roll(3)],
                shade: [None, Some("light"), Some("dark")][dice.roll(3)],
                text: &text,
                note: [None, Some(""), Some("ß")][dice.roll(3)],
                parent: list.first().copied(),
                children: &list,
                others: (dice.roll(2) == 0).then_some(&list[..]),
                more: (dice.roll(2) == 0).then(|| NamedValues::new(&named)),
            };
            let mut layer = output.layer::<Thing>().unwrap();
            known.push(if dice.roll(2) == 0 { layer.push(thing) } else { layer.push_by("r", thing) });
        }
        if segment == 2 && !known.is_empty() {
            output.retract(known[0], "doubt");
        }
        document.commit(&mut output).unwrap();
    }
    document
}

/// Everything that a document holds, as text.
fn contents(document: &Document<'_>) -> String {
    let mut text = format!("{:?}\n{:?}\n", document.made_by(), document.retractions());
    for segment in document.segments() {
        text += &format!("{} by {:?} {:?}\n", segment.layer(), document.provenance(segment), segment.schema());
        for row in 0..segment.len() {
            let values: Vec<Option<Value<'_>>> = segment.columns().iter().map(|c| c.get(row)).collect();
            let values = values.iter().map(|v| match v {
                Some(Value::Named(named)) => format!("{:?}", named.iter().collect::<Vec<_>>()),
                other => format!("{other:?}"),
            });
            let (rule, score) = (segment.rules().str(row), segment.scores().get(row));
            text += &format!("{} {rule:?} {score:?} {:?}\n", segment.span(row), values.collect::<Vec<_>>());
        }
    }
    text
}

fn annotate(annotator: &dyn Annotator, layers: &Layers, document: &mut Document<'static>, output: &mut Output) -> Result<(), Error> {
    let task = Task::of(Provenance { annotator: "mirror".into(), ..Provenance::default() }, layers.clone());
    document.restrict(Some(&task));
    output.begin(document, &task);
    let result = annotator.annotate(document, output);
    document.restrict(None);
    if result.is_err() {
        output.finish();
    }
    result.and_then(|()| document.commit(output))
}

fn built(plugin: &dyn AnyPlugin, settings: serde_json::Value) -> (Box<dyn Annotator>, Layers) {
    let layers = plugin.layers(&settings).unwrap();
    (plugin.build(&settings, &BuildContext::new("base")).unwrap(), layers)
}

#[test]
fn rows_of_every_kind_cross_both_ways() {
    let settings = serde_json::json!({});
    let (linked, linked_layers) = built(&Mirror, settings.clone());
    let (shared, shared_layers) = built(foreign(), settings);
    assert_eq!(linked_layers, shared_layers);
    let (mut one, mut other) = (Output::new(), Output::new());
    let mut rows = 0;
    for seed in 0..if cfg!(miri) { 4 } else { 400 } {
        let (mut expected, mut found) = (document(seed), document(seed));
        annotate(&*linked, &linked_layers, &mut expected, &mut one).unwrap();
        annotate(&*shared, &shared_layers, &mut found, &mut other).unwrap();
        assert_eq!(contents(&found), contents(&expected));
        rows += found.layer("copy").len();
        assert_eq!(shared.explain(&found, Some("even")).unwrap(), linked.explain(&expected, Some("even")).unwrap());
    }
    assert!(rows > 0);
    assert_eq!(shared.rules(), linked.rules());
    let document = document(1);
    assert_eq!(shared.explain(&document, None).unwrap(), None);
    assert_eq!(format!("{:?}", shared.explain(&document, Some("x")).unwrap_err()), "Plan error: no rule `x`");
}

#[test]
fn many_threads_share_an_annotator() {
    let (shared, layers) = built(foreign(), serde_json::json!({"layer": "copy"}));
    let seeds: u64 = if cfg!(miri) { 3 } else { 8 };
    let expected: Vec<String> = (0..seeds)
        .map(|seed| {
            let mut document = document(seed);
            annotate(&*shared, &layers, &mut document, &mut Output::new()).unwrap();
            contents(&document)
        })
        .collect();
    std::thread::scope(|scope| {
        for thread in 0..if cfg!(miri) { 2 } else { 4 } {
            let (shared, layers, expected) = (&shared, &layers, &expected);
            scope.spawn(move || {
                let mut output = Output::new();
                for round in 0..if cfg!(miri) { 1 } else { 50 } {
                    let seed = (thread * 3 + round) % expected.len();
                    let mut document = document(seed as u64);
                    annotate(&**shared, layers, &mut document, &mut output).unwrap();
                    assert_eq!(contents(&document), expected[seed]);
                }
            });
        }
    });
}

#[test]
fn a_plugin_says_who_it_is() {
    let plugin = foreign();
    assert_eq!(plugin.manifest(), AnyPlugin::manifest(&Mirror));
    assert_eq!(plugin.settings_schema(), AnyPlugin::settings_schema(&Mirror));
    let settings = serde_json::json!({"layer": "twin"});
    assert_eq!(plugin.layers(&settings).unwrap(), AnyPlugin::layers(&Mirror, &settings).unwrap());
    assert_eq!(plugin.layers(&settings).unwrap().gives[1].name, "twin");
}

#[test]
fn errors_and_panics_say_the_same_on_both_sides() {
    let (linked, shared): (&dyn AnyPlugin, &dyn AnyPlugin) = (&Mirror, foreign());
    for settings in [serde_json::json!({"fials": 1}), serde_json::json!({"layer": [1]}), serde_json::json!(7)] {
        let [expected, found] = [linked, shared].map(|p| format!("{:?}", p.layers(&settings).unwrap_err()));
        assert_eq!(found, expected);
        let [expected, found] = [linked, shared].map(|p| format!("{:?}", p.build(&settings, &BuildContext::default()).err().unwrap()));
        assert_eq!(found, expected);
    }
    let settings = serde_json::json!({"fails": "build"});
    let [expected, found] = [linked, shared].map(|p| format!("{:?}", p.build(&settings, &BuildContext::new("base")).err().unwrap()));
    assert_eq!(found, expected);
    assert!(found.contains("list.tsv:3: no such list; write one"), "{found}");

    let error = shared.build(&serde_json::json!({"fails": "build by panic"}), &BuildContext::default()).err().unwrap();
    assert!(error.is_panic() && error.message().contains("it panicked: no luck today (at "), "{error}");
    for (fails, says) in [("annotate", "had enough; be kind"), ("annotate by panic", "it panicked: fell over d4 (at ")] {
        let (shared, layers) = built(foreign(), serde_json::json!({"fails": fails}));
        let mut document = document(4);
        let before = contents(&document);
        let mut output = Output::new();
        let error = annotate(&*shared, &layers, &mut document, &mut output).unwrap_err();
        assert!(error.is_annotator() && error.to_string().starts_with(says), "{error}");
        assert_eq!(contents(&document), before);
        assert_eq!(error.is_panic(), fails.ends_with("panic"));
        // And the next document is annotated as ever.
        let (good, layers) = built(foreign(), serde_json::json!({}));
        annotate(&*good, &layers, &mut document, &mut output).unwrap();
        assert!(!document.layer("copy").is_empty());
    }
}

#[test]
fn a_layer_that_is_not_declared_is_not_seen() {
    let mut document = document(4);
    let mut output = Output::new();
    let mut secret = (**Tally::schema()).clone();
    secret.name = "secret".into();
    secret.attributes[1].target = None;
    let secret = Arc::new(secret);
    output.begin(&document, &Task::of(Provenance::default(), Layers::new().gives_schema(secret)));
    let things = document.rows::<Thing>().iter().next().unwrap().id;
    output.layer_as::<Tally>("secret").unwrap().push(Tally { of: "keep out", first: things });
    document.commit(&mut output).unwrap();
    let (shared, layers) = built(foreign(), serde_json::json!({}));
    annotate(&*shared, &layers, &mut document, &mut output).unwrap();
    let tally = document.rows::<Tally>().iter().last().unwrap();
    assert!(tally.of.ends_with(" sees 0 secrets"), "{}", tally.of);
    assert_eq!(document.layer("secret").len(), 1);
}
