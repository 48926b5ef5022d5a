//! Dumps of GeoNames: the main table, and its alternate names.
//!
//! The main table has no header. Its 19 columns are geonameid, name, asciiname, alternatenames, latitude, longitude,
//! feature class, feature code, country code, cc2, admin1 to admin4 code, population, elevation, dem, timezone,
//! modification date. `alternateNamesV2.txt` has alternateNameId, geonameid, isolanguage, alternate name, isPreferredName,
//! isShortName, isColloquial, isHistoric, from, to.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use standoff_core::{Error, unreadable};

use super::{Defaults, Sink, lines};
use crate::record::{Alias, Record, Role};
use crate::sort::Sorter;

const COLUMNS: usize = 19;
/// How many bytes of places and names are sorted in memory before they go to disk.
const MEMORY: usize = 512 << 20;

pub(super) fn read<R: BufRead>(path: &Path, content: R, defaults: &Defaults, sink: &mut Sink<'_>) -> Result<(), Error> {
    let Some(names) = &defaults.alternate_names else {
        return lines(path, content, |number, line| match place(line, number, defaults)? {
            Some((_, record)) => sink(record),
            None => Ok(()),
        });
    };
    // Both files are brought into the order of the ids, so that they can be read side by side.
    let mut sorter = Sorter::new(MEMORY);
    lines(path, content, |number, line| match place(line, number, defaults)? {
        Some((id, _)) => sorter.push(&key(id, 0, number), line.as_bytes()),
        None => Ok(()),
    })?;
    let file = File::open(names).map_err(|e| unreadable(names, e))?;
    lines(names, BufReader::with_capacity(1 << 18, file), |number, line| {
        let mut columns = line.split('\t');
        let id = columns.nth(1).and_then(|id| id.parse::<u64>().ok());
        let Some(id) = id else {
            return Err(Error::resource("the line is none of GeoNames' alternate names")
                .help("its columns are alternateNameId, geonameid, language, name … separated by tabs"));
        };
        sorter.push(&key(id, 1, number), line.as_bytes())
    })?;
    let mut open: Option<(u64, Record)> = None;
    sorter.finish()?.each(|key, content| {
        let id = key.get(..8).and_then(|k| k.try_into().ok()).map_or(0, u64::from_be_bytes);
        let number = key.get(9..13).and_then(|k| k.try_into().ok()).map_or(0, u32::from_be_bytes);
        let line = std::str::from_utf8(content).unwrap_or("");
        if key.get(8) == Some(&0) {
            if let Some((_, record)) = open.take() {
                sink(record)?;
            }
            open = place(line, number, defaults)?;
        } else if let Some((_, record)) = open.as_mut().filter(|(known, _)| *known == id) {
            alternate(line, record);
        }
        Ok(())
    })?;
    match open {
        Some((_, record)) => sink(record),
        None => Ok(()),
    }
}

fn key(id: u64, part: u8, number: u32) -> [u8; 13] {
    let mut key = [0; 13];
    key[..8].copy_from_slice(&id.to_be_bytes());
    key[8] = part;
    key[9..].copy_from_slice(&number.to_be_bytes());
    key
}

/// A line of the main table; `None` if the place is too small.
fn place(line: &str, number: u32, defaults: &Defaults) -> Result<Option<(u64, Record)>, Error> {
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let columns: Vec<&str> = line.split('\t').collect();
    let wrong = |what: String| Error::resource(what).help("its columns are geonameid, name, asciiname … separated by tabs, 19 in all");
    if columns.len() != COLUMNS {
        return Err(wrong(format!("the line has {} columns; a line of GeoNames has {COLUMNS}", columns.len())));
    }
    let id: u64 = columns[0].parse().map_err(|_| wrong(format!("`{}` is no geonameid", columns[0])))?;
    let degrees = |text: &str, limit: f64| text.parse::<f64>().ok().filter(|d| d.abs() <= limit);
    let (Some(lat), Some(lon)) = (degrees(columns[4], 90.0), degrees(columns[5], 180.0)) else {
        return Err(wrong(format!("`{}`, `{}` is no latitude and longitude", columns[4], columns[5])));
    };
    let population: u64 = columns[14].parse().unwrap_or(0);
    let (class, code) = (columns[6], columns[7]);
    if class == "P" && population < defaults.min_population {
        return Ok(None);
    }
    let (kind, sort) = type_of(class, code);
    let mut record = Record {
        name: columns[1].trim().to_owned(),
        id: format!("geonames:{id}"),
        kind: defaults.kind.clone().unwrap_or_else(|| kind.into()),
        sort: sort.into(),
        place: Some((lat, lon)),
        country: columns[8].to_owned(),
        division: columns[10].to_owned(),
        population: (population > 0).then_some(population),
        line: number,
        ..Record::default()
    };
    if record.name.is_empty() {
        return Ok(None);
    }
    if defaults.alternate_names.is_none() {
        for name in columns[3].split(',').filter(|n| !n.is_empty() && *n != record.name) {
            record.aliases.push(Alias::new(name, Role::Alias));
        }
    }
    Ok(Some((id, record)))
}

fn alternate(line: &str, record: &mut Record) {
    let columns: Vec<&str> = line.split('\t').collect();
    let at = |i: usize| columns.get(i).copied().unwrap_or("");
    // Links, postcodes, airport codes and the like are no names.
    let language = at(2);
    if language.len() > 3 && !language.contains('-') || matches!(at(6), "1") {
        return;
    }
    let role = match (language, at(7)) {
        ("iata" | "icao" | "faac" | "abbr", _) => Role::Code,
        (_, "1") => Role::Former,
        _ => Role::Alias,
    };
    let text = at(3).trim();
    if !text.is_empty() && text != record.name {
        record.aliases.push(Alias { text: text.to_owned(), role, tag: language.to_owned() });
    }
}

/// The type of mentions, and the sort, of a feature class and code.
fn type_of(class: &str, code: &str) -> (&'static str, &'static str) {
    match (class, code) {
        ("A", "PCLI" | "PCLD" | "PCLS" | "PCLF" | "PCL" | "TERR" | "PCLIX") => ("GPE", "country"),
        ("A", "ADM1") => ("GPE", "division"),
        ("A", _) => ("GPE", "district"),
        ("P", "PPLC") => ("GPE", "capital"),
        ("P", _) => ("GPE", "city"),
        ("S", _) => ("FAC", "building"),
        ("R", _) => ("FAC", "road"),
        ("T", "ISL" | "ISLS" | "ISLET" | "ISLT") => ("LOC", "island"),
        ("T", "MT" | "MTS" | "PK" | "PKS" | "VLC") => ("LOC", "mountain"),
        ("T", _) => ("LOC", "landform"),
        ("H", "STM" | "STMS" | "STMM") => ("LOC", "river"),
        ("H", "STRT" | "CHN") => ("LOC", "strait"),
        ("H", _) => ("LOC", "water"),
        ("L", "CONT") => ("LOC", "continent"),
        _ => ("LOC", "region"),
    }
}
