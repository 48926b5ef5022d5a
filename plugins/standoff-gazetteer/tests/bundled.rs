//! Every name of the bundled lists that a reader would look for is found in a sentence with it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::path::{Path, PathBuf};

use standoff_core::Mention;
use standoff_gazetteer::{Defaults, Format, Record, Role, compile_bundled, read_list_file};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn records(list: &str) -> Vec<Record> {
    let mut all = Vec::new();
    read_list_file(&data().join(list), Format::Tsv, &Defaults::default(), &mut |record| {
        all.push(record);
        Ok(())
    })
    .unwrap();
    all
}

#[test]
fn the_compiled_lists_are_those_of_the_folder() {
    let compiled = std::fs::read(data().join("bundled.sgz")).unwrap();
    assert!(compile_bundled(&data()).unwrap() == compiled, "run `cargo run -p standoff-gazetteer --example compile`");
}

/// A sentence, the name that must be found in it, and what the mention must say.
struct Wanted {
    sentence: String,
    name: String,
    kind: Option<&'static str>,
    thing: String,
}

/// Checks all sentences; many at once as one text, since context must not matter across paragraphs.
fn check(what: &str, wanted: &[Wanted]) {
    assert!(!wanted.is_empty());
    let mut missing = Vec::new();
    for want in wanted {
        let document = common::annotate(&want.sentence, &serde_json::json!({}), Path::new("")).unwrap();
        let article = want.name.strip_prefix("the ").or(want.name.strip_prefix("The ")).unwrap_or(&want.name);
        let mentions = document.rows::<Mention>();
        let found = mentions.iter().any(|m| {
            let covered = document.slice(m.span);
            (covered == want.name || covered == article)
                && want.kind.is_none_or(|k| k == m.kind)
                && (want.thing.is_empty() || m.name == Some(&want.thing))
        });
        if !found {
            let all: Vec<String> = mentions.iter().map(|m| format!("{} {} {:?}", document.slice(m.span), m.kind, m.name)).collect();
            missing.push(format!("{} ({}) in “{}”: {all:?}", want.name, want.thing, want.sentence));
        }
    }
    assert!(missing.is_empty(), "{what}: {} of {} are not found\n{}", missing.len(), wanted.len(), missing.join("\n"));
}

#[test]
fn every_name_of_the_kuril_islands() {
    let mut wanted = Vec::new();
    for record in records("kurils.tsv") {
        for name in std::iter::once(&record.name).chain(record.aliases.iter().map(|a| &a.text)) {
            wanted.push(Wanted {
                sentence: format!("They sailed to {name} in spring."),
                name: name.clone(),
                kind: None,
                thing: record.name.clone(),
            });
        }
    }
    assert!(wanted.len() > 400, "{}", wanted.len());
    check("Kurils", &wanted);
}

#[test]
fn every_country_with_its_names() {
    let mut wanted = Vec::new();
    for record in records("countries.tsv") {
        let names = record.aliases.iter().filter(|a| !a.role.is_norp() && a.tag.is_empty()).map(|a| &a.text);
        for name in std::iter::once(&record.name).chain(names) {
            wanted.push(Wanted {
                sentence: format!("Officials from {name} arrived on Monday."),
                name: name.clone(),
                kind: Some(if record.country == "AQ" { "LOC" } else { "GPE" }),
                thing: String::new(),
            });
        }
    }
    assert!(wanted.len() > 600, "{}", wanted.len());
    check("countries", &wanted);
}

#[test]
fn every_word_for_the_people_of_a_country() {
    let mut wanted = Vec::new();
    for record in records("countries.tsv") {
        for alias in record.aliases.iter().filter(|a| a.role == Role::Adjective) {
            wanted.push(Wanted {
                sentence: format!("The {} government agreed.", alias.text),
                name: alias.text.clone(),
                kind: Some("NORP"),
                thing: String::new(),
            });
        }
        for alias in record.aliases.iter().filter(|a| a.role == Role::Demonym) {
            wanted.push(Wanted {
                sentence: format!("Then the {} agreed.", alias.text),
                name: alias.text.clone(),
                kind: Some("NORP"),
                thing: String::new(),
            });
        }
    }
    assert!(wanted.len() > 500, "{}", wanted.len());
    check("people", &wanted);
}

#[test]
fn every_capital() {
    let countries = records("countries.tsv");
    let mut wanted = Vec::new();
    for record in records("cities.tsv").into_iter().filter(|r| r.sort == "capital") {
        let country = &countries.iter().find(|c| c.country == record.country).unwrap().name;
        wanted.push(Wanted {
            sentence: format!("The delegation flew to {}, the capital of {country}.", record.name),
            name: record.name.clone(),
            kind: Some("GPE"),
            thing: String::new(),
        });
    }
    assert!(wanted.len() > 200, "{}", wanted.len());
    check("capitals", &wanted);
}

#[test]
fn every_organisation_sea_and_region() {
    let mut wanted = Vec::new();
    for list in ["organisations.tsv", "world.tsv"] {
        for record in records(list) {
            let demanding = !record.demand.is_empty();
            let sentence = if demanding {
                format!("He told the {} about it.", record.name)
            } else {
                format!("He spoke of the {} yesterday.", record.name)
            };
            if matches!(record.demand.as_str(), "sputnik" | "code") {
                wanted.push(Wanted {
                    sentence: format!("He told {} so.", record.name),
                    name: record.name.clone(),
                    kind: None,
                    thing: record.name.clone(),
                });
            } else {
                wanted.push(Wanted { sentence, name: record.name.clone(), kind: None, thing: String::new() });
            }
        }
    }
    check("organisations, seas and regions", &wanted);
}

#[test]
fn ids_are_given_only_where_a_source_confirms_them() {
    let ids: Vec<(String, String)> = records("kurils.tsv").into_iter().filter(|r| !r.id.is_empty()).map(|r| (r.name, r.id)).collect();
    let confirmed = [
        ("Kuril Islands", "wikidata:Q80389"),
        ("Paramushir", "wikidata:Q818749"),
        ("Onekotan", "wikidata:Q1043134"),
        ("Simushir", "wikidata:Q1423489"),
        ("Urup", "wikidata:Q847281"),
        ("Iturup", "wikidata:Q215727"),
        ("Kunashir", "wikidata:Q847285"),
        ("Yuzhno-Kurilsk", "geonames:2119447"),
        ("Kurilsk", "geonames:2123979"),
        ("Severo-Kurilsk", "geonames:2121385"),
    ];
    assert_eq!(ids, confirmed.map(|(name, id)| (name.to_owned(), id.to_owned())));
}
