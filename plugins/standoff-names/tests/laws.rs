//! What holds for any text: no panic, rows that the document accepts, the same rows whatever came before.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::LazyLock;

use proptest::prelude::*;
use standoff_core::{Annotator, BuildContext, Document, Entity, Mention, Output, Plugin, Sentence, Span, Task, Token, linked_plugins};
use standoff_names::{MentionType, Names, NamesPlugin, Settings};
use standoff_tokenizer::Tokenizer;

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::new(Settings::default()).unwrap());

fn task(name: &str, layers: standoff_core::Layers) -> Task {
    Task::of(Task::new(name, "1").provenance().as_ref().clone(), layers)
}

fn given() -> Task {
    Task::new("given", "1").gives::<Token>().gives::<Sentence>().gives::<Mention>().gives::<Entity>()
}

/// Runs the annotator and gives all that it wrote, readable.
fn annotate(document: &mut Document<'static>, output: &mut Output) -> Vec<String> {
    output.begin(document, &task("names", NamesPlugin.layers(&Settings::default())));
    NAMES.annotate(document, output).unwrap();
    document.commit(output).unwrap();
    let mut rows = Vec::new();
    for row in document.layer("mention").iter() {
        let span = row.span().unwrap();
        assert!(!span.is_empty() && !document.slice(span).is_empty());
        let mention = document.get::<Mention>(row.id()).unwrap();
        let own = document.provenance(row.segment()).is_some_and(|p| p.annotator == "names");
        if own {
            assert!(MentionType::ALL.iter().any(|t| t.as_str() == mention.kind));
            assert!(row.rule().is_some_and(|id| NAMES.rules().iter().any(|rule| rule.id == id)), "{:?}", row.rule());
        }
        let entity = mention.entity.map(|e| document.get::<Entity>(e).unwrap().name.to_owned());
        rows.push(format!("{span} {} {entity:?} {own}", mention.kind));
    }
    rows.extend(document.retractions().iter().map(|r| format!("{} {}", r.row, r.rule)));
    rows
}

fn document(text: &str) -> Document<'static> {
    Document::new(text.to_owned()).unwrap()
}

fn tokenised(text: &str, output: &mut Output) -> Document<'static> {
    let mut document = document(text);
    let settings = standoff_tokenizer::Settings::default();
    let layers = Tokenizer.layers(&settings);
    let tokenizer = Tokenizer.build(settings, &BuildContext::default()).unwrap();
    output.begin(&document, &task("tokenizer", layers));
    tokenizer.annotate(&document, output).unwrap();
    document.commit(output).unwrap();
    document
}

/// Texts that reach many rules: words of the lists and signs in any order.
fn newsy() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "President",
        "Deputy",
        "Foreign",
        "Minister",
        "minister",
        "of",
        "the",
        "The",
        "State",
        "Affairs",
        "Mr.",
        "Dr",
        "St.",
        "Paris",
        "Hilton",
        "Abe",
        "Shinzo",
        "J.",
        "J.K.",
        "K",
        "van",
        "der",
        "bin",
        "al-Assad",
        "O'Brien",
        "McAllister",
        "Jr.",
        ",",
        ".",
        "(",
        ")",
        "-",
        "–",
        "&",
        "'s",
        "’s",
        "\"",
        "“",
        "”",
        "Bank",
        "Ministry",
        "University",
        "for",
        "and",
        "in",
        "on",
        "IAEA",
        "(BFA)",
        "Inc.",
        "said",
        "told",
        "54",
        "who",
        "Russian",
        "army",
        "self-defense",
        "forces",
        "Ukrainian",
        "crisis",
        "G20",
        "summit",
        "World",
        "War",
        "II",
        "Treaty",
        "Lake",
        "River",
        "May",
        "Monday",
        "Will",
        "I",
        "A",
        "US",
        "us",
        "eBay",
        "ÉCOLE",
        "école",
        "İstanbul",
        "Ǆ",
        "ß",
        "山田",
        "Путин",
        "\n\n",
        "\u{200d}",
        "😀",
        "People",
        "Women",
        "Food",
        "Drug",
        "Administration",
        "Finance",
        "Oakland",
        "Tigers",
        "FC",
        "Basel",
        "wife",
        "counterpart",
        "president",
    ]);
    prop::collection::vec((word, prop::sample::select(vec![" ", " ", " ", ""])), 0..60)
        .prop_map(|words| words.into_iter().flat_map(|(w, s)| [w, s]).collect())
}

/// Spans on the character boundaries of a text.
fn spans(text: &str, picks: &[(prop::sample::Index, prop::sample::Index)]) -> Vec<Span> {
    let mut ends: Vec<u32> = text.char_indices().map(|(at, _)| at as u32).collect();
    ends.push(text.len() as u32);
    picks.iter().map(|(a, b)| (ends[a.index(ends.len())], ends[b.index(ends.len())])).map(|(a, b)| Span::new(a.min(b), a.max(b))).collect()
}

fn picks(most: usize) -> impl Strategy<Value = Vec<(prop::sample::Index, prop::sample::Index)>> {
    prop::collection::vec(any::<(prop::sample::Index, prop::sample::Index)>(), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text(text in any::<String>()) {
        let mut output = Output::new();
        let mut document = tokenised(&text, &mut output);
        annotate(&mut document, &mut output);
    }

    #[test]
    fn newsy_text_with_known_names(text in newsy(), known in picks(6), kinds in prop::collection::vec(0usize..5, 6)) {
        let mut output = Output::new();
        let mut document = tokenised(&text, &mut output);
        output.begin(&document, &given());
        for (span, kind) in spans(&text, &known).into_iter().zip(kinds) {
            if !span.is_empty() {
                let kind = ["GPE", "ORG", "NORP", "PERSON", "CONCEPT"][kind];
                let entity = Some(output.layer::<Entity>().unwrap().push(Entity { kind, name: "known", ..Entity::default() }));
                output.layer::<Mention>().unwrap().push(Mention { span, kind, entity, ..Mention::default() });
            }
        }
        document.commit(&mut output).unwrap();
        annotate(&mut document, &mut output);
        NAMES.explain(&document, None).unwrap();
    }

    #[test]
    fn tokens_of_any_kind(text in newsy(), tokens in picks(40), sentences in picks(6)) {
        let mut output = Output::new();
        let mut document = document(&text);
        output.begin(&document, &given());
        for span in spans(&text, &tokens) {
            output.layer::<Token>().unwrap().push(Token { span, ..Token::default() });
        }
        for span in spans(&text, &sentences) {
            output.layer::<Sentence>().unwrap().push(Sentence { span });
        }
        document.commit(&mut output).unwrap();
        annotate(&mut document, &mut output);
    }

    #[test]
    fn the_same_whatever_came_before(first in newsy(), second in newsy()) {
        let mut used = Output::new();
        let mut before = tokenised(&first, &mut used);
        annotate(&mut before, &mut used);
        let mut again = tokenised(&second, &mut used);
        let mut fresh_output = Output::new();
        let mut fresh = tokenised(&second, &mut fresh_output);
        prop_assert_eq!(annotate(&mut again, &mut used), annotate(&mut fresh, &mut fresh_output));
    }
}

#[test]
fn the_worked_example_holds() {
    let example = NamesPlugin.manifest().example;
    let mut output = Output::new();
    let mut document = tokenised(&example.text, &mut output);
    annotate(&mut document, &mut output);
    for find in &example.finds {
        let found = document.layer(&find.layer).iter().any(|row| {
            row.span().is_some_and(|span| document.slice(span) == find.covers)
                && find.attributes.iter().all(|(name, value)| row.str(name) == Some(value))
        });
        assert!(found, "{find:?}");
    }
}

#[test]
fn it_is_registered_and_its_settings_are_checked() {
    let plugin = linked_plugins().into_iter().find(|p| p.manifest().name == "names").unwrap();
    assert!(plugin.build(&serde_json::json!({}), &BuildContext::default()).is_ok());
    let error = plugin.build(&serde_json::json!({"type": []}), &BuildContext::default()).err().unwrap();
    assert!(error.is_settings());
    let layers = plugin.layers(&serde_json::json!({"mentions": "name"})).unwrap();
    assert!(layers.gives.iter().any(|schema| schema.name == "name") && layers.revises == ["name"]);
}

#[test]
fn only_the_types_asked_for() {
    let text = "President Lena Strand left the Norvik Bank.";
    let settings = Settings { types: vec![MentionType::Org], ..Settings::default() };
    let names = Names::new(settings.clone()).unwrap();
    let mut output = Output::new();
    let mut document = tokenised(text, &mut output);
    output.begin(&document, &task("names", NamesPlugin.layers(&settings)));
    names.annotate(&document, &mut output).unwrap();
    document.commit(&mut output).unwrap();
    let found: Vec<&str> = document.rows::<Mention>().iter().map(|m| m.row.kind).collect();
    assert_eq!(found, ["ORG"]);
}

#[test]
fn explain_knows_its_cues() {
    let mut output = Output::new();
    let document = tokenised("They asked Mr. Hatherley. Norvik Ltd. paid.", &mut output);
    let page = NAMES.explain(&document, Some("honorific")).unwrap().unwrap();
    assert!(page.contains("Hatherley") && !page.contains("Norvik"), "{page}");
    let error = NAMES.explain(&document, Some("honorifc")).unwrap_err();
    assert!(error.help_text().is_some_and(|help| help.contains("honorific")));
}

#[test]
fn time_grows_with_the_text_alone() {
    let sentence = "Deputy Foreign Minister Igor Petrenko of the Bank of Orrin and Will Hale (BFA) met Paris Brandt. ";
    let mut output = Output::new();
    for pattern in [
        sentence,
        "Paris ",
        "National ",
        "Bank of ",
        "Food and ",
        "Will ",
        "King ",
        "A & ",
        "J. ",
        "de ",
        "Foo-",
        "(BFA) ",
        "the Ministry ",
    ] {
        let mut seconds = |letters: usize, runs: usize| {
            let text = pattern.repeat(letters / pattern.len());
            let once = |_| {
                let mut document = tokenised(&text, &mut output);
                output.begin(&document, &task("names", NamesPlugin.layers(&Settings::default())));
                let start = std::time::Instant::now();
                NAMES.annotate(&document, &mut output).unwrap();
                let took = start.elapsed().as_secs_f64();
                document.commit(&mut output).unwrap();
                took
            };
            (0..runs).map(once).fold(f64::MAX, f64::min)
        };
        // The best of some runs, since other programs may hold up any one of them. Sixteen times the text: a quadratic
        // rule would take 256 times as long.
        let (short, long) = (seconds(20_000, 9).max(2e-4), seconds(320_000, 3));
        assert!(long < 100.0 * short, "{pattern:?}: {short} s against {long} s");
    }
}
