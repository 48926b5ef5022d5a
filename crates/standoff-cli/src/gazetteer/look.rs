//! `standoff gazetteer info` and `lookup`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicatif::{HumanBytes, HumanCount};
use serde_json::{Map, Value as Json, json};
use standoff::Error;
use standoff::gazetteer::{self as library, Case, Folding, Hit, Index, Meta};

use super::arguments::{Info, Lookup};
use crate::{Failure, print};

/// The lists that come with the program, where no file has this name.
const BUNDLED: &str = "bundled";

fn is_bundled(path: &Path) -> bool {
    path == Path::new(BUNDLED) && !path.exists()
}

pub(crate) fn info(options: &Info) -> Result<i32, Failure> {
    let files = if is_bundled(&options.file) {
        let index = library::bundled()?;
        index.verify()?;
        vec![(PathBuf::from(BUNDLED), index.size(), index.meta().clone())]
    } else {
        library::info(&options.file)?.files
    };
    if options.json {
        let all: Vec<Json> = files.iter().map(|(path, bytes, meta)| json!({"file": path, "bytes": bytes, "meta": meta})).collect();
        return print(&format!("{:#}\n", Json::from(all)));
    }
    let mut page = String::new();
    for (path, bytes, meta) in &files {
        describe(path, *bytes, meta, &mut page);
    }
    print(&page)
}

fn describe(path: &Path, bytes: u64, meta: &Meta, page: &mut String) {
    let each = bytes as f64 / meta.names.max(1) as f64;
    let _ = writeln!(page, "{}: whole, version {} of the format", path.display(), library::FORMAT_VERSION);
    let _ = writeln!(page, "  {} names of {} things", HumanCount(meta.names), HumanCount(meta.entries));
    let _ = writeln!(page, "  {} words, {} steps from word to word", HumanCount(meta.words), HumanCount(meta.edges));
    let _ = writeln!(page, "  {}, {each:.1} bytes a name", HumanBytes(bytes));
    for (label, values) in [("types", &meta.types), ("kinds", &meta.sorts), ("demands", &meta.demands), ("tags", &meta.tags)] {
        let values: Vec<&str> = values.iter().map(String::as_str).filter(|v| !v.is_empty()).collect();
        if !values.is_empty() {
            let _ = writeln!(page, "  {label}: {}", shortened(&values));
        }
    }
    for list in &meta.lists {
        let _ = writeln!(page, "  list {}: {}", list.name, folding(list.folding));
    }
}

fn shortened(values: &[&str]) -> String {
    const SHOWN: usize = 20;
    let shown = values.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if values.len() > SHOWN { format!("{shown} and {} more", values.len() - SHOWN) } else { shown }
}

fn folding(folding: Folding) -> String {
    let case = match folding.case {
        Case::Capitals => "capitals as in the list",
        Case::Ignore => "any case",
        Case::Exact => "case as in the list",
    };
    let told = [
        (folding.diacritics, "diacritics"),
        (folding.hyphens, "hyphens"),
        (folding.apostrophes, "apostrophes"),
        (folding.periods, "periods"),
        (folding.abbreviations, "abbreviations"),
    ];
    let differing: Vec<&str> = told.iter().filter(|(folded, _)| !folded).map(|(_, what)| *what).collect();
    if differing.is_empty() { case.into() } else { format!("{case}; distinguishes {}", differing.join(", ")) }
}

pub(crate) fn lookup(options: &Lookup) -> Result<i32, Failure> {
    let indexes: Vec<Arc<Index>> = if is_bundled(&options.file) {
        vec![library::bundled()?]
    } else {
        library::open_all(&options.file)?.into_iter().map(Arc::new).collect()
    };
    let mut page = String::new();
    let mut all_found = true;
    for name in &options.names {
        let mut hits = Vec::new();
        for index in &indexes {
            hits.extend(library::lookup(index, name)?);
        }
        all_found &= !hits.is_empty();
        if options.json {
            for hit in &hits {
                let _ = writeln!(page, "{}", as_json(name, hit)?);
            }
        } else {
            tell(name, &hits, &mut page);
        }
    }
    print(&page)?;
    Ok(i32::from(!all_found))
}

fn tell(name: &str, hits: &[Hit], page: &mut String) {
    let _ = match hits.len() {
        0 => writeln!(page, "{name}: nothing has this name"),
        1 => writeln!(page, "{name}"),
        n => writeln!(page, "{name}: {n} things"),
    };
    for Hit { record, list } in hits {
        let _ = write!(page, "  {} {}", record.kind, record.name);
        for part in [&record.sort, &record.country, &record.id] {
            if !part.is_empty() {
                let _ = write!(page, ", {part}");
            }
        }
        if let Some((lat, lon)) = record.place {
            let _ = write!(page, ", {lat:.3} {lon:.3}");
        }
        if let Some(population) = record.population {
            let _ = write!(page, ", {} people", HumanCount(population));
        }
        let _ = write!(page, "\n      {list}:{}", record.line);
        match record.aliases.first() {
            Some(alias) => {
                let _ = write!(page, ", {} “{}”", alias.role, alias.text);
                if !alias.tag.is_empty() {
                    let _ = write!(page, " ({})", alias.tag);
                }
            }
            None => page.push_str(", name"),
        }
        if !record.demand.is_empty() {
            let _ = write!(page, "; counts if: {}", record.demand);
        }
        page.push('\n');
    }
}

fn as_json(found: &str, hit: &Hit) -> Result<String, Error> {
    let record = &hit.record;
    let mut object = Map::new();
    object.insert("found".into(), found.into());
    for (key, value) in [
        ("name", &record.name),
        ("id", &record.id),
        ("type", &record.kind),
        ("kind", &record.sort),
        ("country", &record.country),
        ("division", &record.division),
        ("demand", &record.demand),
    ] {
        if !value.is_empty() {
            object.insert(key.into(), value.as_str().into());
        }
    }
    if let Some((lat, lon)) = record.place {
        object.insert("lat".into(), lat.into());
        object.insert("lon".into(), lon.into());
    }
    if let Some(population) = record.population {
        object.insert("population".into(), population.into());
    }
    if let Some(alias) = record.aliases.first() {
        object.insert("as".into(), json!({"name": alias.text, "role": alias.role, "tag": alias.tag}));
    }
    object.insert("list".into(), hit.list.as_str().into());
    object.insert("line".into(), record.line.into());
    serde_json::to_string(&object).map_err(|e| Error::io("cannot be written as JSON").with_source(e))
}
