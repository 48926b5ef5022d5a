//! Wikidata's entities as JSON, one a line: the dump as it comes, with its brackets and commas, or without.
//!
//! Read are labels, aliases, P31 (instance of) and P279 (subclass of) for the type, P625 (coordinates), P17 (country; its
//! item id), P1082 (population). `data/wikidata_types.tsv` says which classes make which type; entities of no known class
//! take the list's type, and are left out if it has none.

use std::collections::HashMap;
use std::io::BufRead;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;
use standoff_core::Error;

use super::{Defaults, Sink, lines};
use crate::record::{Alias, Record, Role};

pub(super) fn read<R: BufRead>(path: &Path, content: R, defaults: &Defaults, sink: &mut Sink<'_>) -> Result<(), Error> {
    lines(path, content, |number, line| {
        let line = line.trim().trim_end_matches(',');
        if matches!(line, "" | "[" | "]") {
            return Ok(());
        }
        let entity: Value = serde_json::from_str(line).map_err(|e| Error::resource("the line is no JSON object").with_source(e))?;
        match record(&entity, number, defaults)? {
            Some(record) => sink(record),
            None => Ok(()),
        }
    })
}

/// The type and the sort of each class.
fn types() -> &'static HashMap<&'static str, (&'static str, &'static str)> {
    static TYPES: OnceLock<HashMap<&'static str, (&'static str, &'static str)>> = OnceLock::new();
    TYPES.get_or_init(|| {
        let lines = include_str!("../../data/wikidata_types.tsv").lines().skip(1);
        lines
            .filter_map(|l| l.split_once('\t').and_then(|(id, rest)| rest.split('\t').next().zip(rest.split('\t').nth(1)).map(|t| (id, t))))
            .collect()
    })
}

fn record(entity: &Value, number: u32, defaults: &Defaults) -> Result<Option<Record>, Error> {
    let Some(id) = entity["id"].as_str() else {
        return Err(Error::resource("the line has no `id`").help("give one entity of Wikidata's JSON dump a line"));
    };
    let class = claims(entity, "P31").chain(claims(entity, "P279")).filter_map(|v| v["id"].as_str()).find_map(|c| types().get(c));
    let (kind, sort) = match (&defaults.kind, class) {
        (Some(kind), class) => (kind.clone(), class.map_or("", |c| c.1)),
        (None, Some((kind, sort))) => ((*kind).to_owned(), *sort),
        (None, None) => return Ok(None),
    };
    let wanted = |language: &str| defaults.languages.is_empty() || defaults.languages.iter().any(|l| l == language);
    let labels = entity["labels"].as_object();
    let preferred = labels.and_then(|l| l.get("en").or_else(|| l.iter().find(|(language, _)| wanted(language)).map(|(_, v)| v)));
    let Some(name) = preferred.and_then(|l| l["value"].as_str()) else { return Ok(None) };
    let mut record = Record {
        name: name.into(),
        id: format!("wikidata:{id}"),
        kind,
        sort: sort.into(),
        place: claims(entity, "P625")
            .find_map(|v| Some((v["latitude"].as_f64()?, v["longitude"].as_f64()?)))
            .filter(|(lat, lon)| lat.abs() <= 90.0 && lon.abs() <= 180.0),
        country: claims(entity, "P17").find_map(|v| v["id"].as_str()).unwrap_or("").into(),
        population: claims(entity, "P1082")
            .find_map(|v| v["amount"].as_str()?.trim_start_matches('+').parse::<f64>().ok())
            .map(|n| n as u64),
        line: number,
        ..Record::default()
    };
    let mut add = |language: &str, value: &Value| {
        if let Some(text) = value["value"].as_str().filter(|t| wanted(language) && *t != name)
            && !record.aliases.iter().any(|a| a.text == text)
        {
            record.aliases.push(Alias { text: text.into(), role: Role::Alias, tag: language.into() });
        }
    };
    for (language, label) in labels.into_iter().flatten() {
        add(language, label);
    }
    for (language, aliases) in entity["aliases"].as_object().into_iter().flatten() {
        aliases.as_array().into_iter().flatten().for_each(|alias| add(language, alias));
    }
    Ok(Some(record))
}

/// The values that a property has, best rank first.
fn claims<'v>(entity: &'v Value, property: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    let all = entity["claims"][property].as_array().map_or(&[][..], Vec::as_slice);
    let ranked = |preferred: bool| {
        all.iter()
            .filter(move |c| (c["rank"] == "preferred") == preferred && c["rank"] != "deprecated")
            .map(|c| &c["mainsnak"]["datavalue"]["value"])
            .filter(|v| !v.is_null())
    };
    ranked(true).chain(ranked(false))
}
