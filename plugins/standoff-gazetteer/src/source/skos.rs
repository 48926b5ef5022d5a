//! SKOS vocabularies as N-Triples: one triple a line, in any order.
//!
//! Read are `skos:prefLabel`, `altLabel` and `hiddenLabel`, and the latitude and longitude of WGS84. Turtle and RDF/XML
//! are not read; every RDF tool turns them into N-Triples.

use std::io::BufRead;
use std::path::Path;

use standoff_core::Error;

use super::{Defaults, Sink, lines};
use crate::record::{Alias, Record, Role};
use crate::sort::Sorter;

const MEMORY: usize = 256 << 20;
const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";
const WGS84: &str = "http://www.w3.org/2003/01/geo/wgs84_pos#";

pub(super) fn read<R: BufRead>(path: &Path, content: R, defaults: &Defaults, sink: &mut Sink<'_>) -> Result<(), Error> {
    // Triples of one concept need not stand together.
    let mut sorter = Sorter::new(MEMORY);
    lines(path, content, |number, line| {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let triple = triple(line).ok_or_else(|| {
            Error::resource("the line is no triple")
                .help("write `<subject> <predicate> \"label\"@en .`; turn Turtle or RDF/XML into N-Triples first")
        })?;
        let part = match triple.predicate.strip_prefix(SKOS).or_else(|| triple.predicate.strip_prefix(WGS84)) {
            Some("prefLabel") => 0,
            Some("altLabel") => 1,
            Some("hiddenLabel") => 2,
            Some("lat") => 3,
            Some("long") => 4,
            _ => return Ok(()),
        };
        let mut key = triple.subject.as_bytes().to_vec();
        key.push(0);
        let mut content = vec![part];
        content.extend(number.to_be_bytes());
        content.extend(triple.language.as_bytes());
        content.push(0);
        content.extend(triple.value.as_bytes());
        sorter.push(&key, &content)
    })?;
    let mut subject = Vec::new();
    let mut open: Option<Draft> = None;
    sorter.finish()?.each(|key, content| {
        if key != subject {
            if let Some(draft) = open.take() {
                draft.finish(path, defaults, sink)?;
            }
            subject = key.to_vec();
        }
        let id = String::from_utf8_lossy(key.strip_suffix(&[0]).unwrap_or(key)).into_owned();
        open.get_or_insert_with(|| Draft { id, ..Draft::default() }).take(content, defaults);
        Ok(())
    })?;
    match open {
        Some(draft) => draft.finish(path, defaults, sink),
        None => Ok(()),
    }
}

#[derive(Default)]
struct Draft {
    id: String,
    record: Record,
    lat: Option<f64>,
    lon: Option<f64>,
}

impl Draft {
    fn take(&mut self, content: &[u8], defaults: &Defaults) {
        let Some((&part, rest)) = content.split_first() else { return };
        let number = rest.get(..4).and_then(|n| n.try_into().ok()).map_or(0, u32::from_be_bytes);
        let text = rest.get(4..).map(String::from_utf8_lossy).unwrap_or_default();
        let Some((language, value)) = text.split_once('\0') else { return };
        if self.record.line == 0 {
            self.record.line = number;
        }
        let wanted = defaults.languages.is_empty() || language.is_empty() || defaults.languages.iter().any(|l| l == language);
        match part {
            3 => self.lat = value.parse().ok(),
            4 => self.lon = value.parse().ok(),
            _ if !wanted => {}
            0 if self.record.name.is_empty() || language == "en" => {
                let before = std::mem::replace(&mut self.record.name, value.to_owned());
                if !before.is_empty() {
                    self.record.aliases.push(Alias::new(before, Role::Alias));
                }
            }
            _ => self.record.aliases.push(Alias { text: value.to_owned(), role: Role::Alias, tag: language.to_owned() }),
        }
    }

    fn finish(mut self, path: &Path, defaults: &Defaults, sink: &mut Sink<'_>) -> Result<(), Error> {
        if self.record.name.is_empty() {
            return Ok(());
        }
        self.record.id = self.id;
        self.record.place = self.lat.zip(self.lon).filter(|(lat, lon)| lat.abs() <= 90.0 && lon.abs() <= 180.0);
        let line = self.record.line;
        super::fields::finish(&mut self.record, defaults.kind.as_deref()).map_err(|e| e.at(path, Some(line), None))?;
        sink(self.record)
    }
}

struct Triple<'l> {
    subject: &'l str,
    predicate: &'l str,
    value: String,
    language: &'l str,
}

/// One line of N-Triples.
fn triple(line: &str) -> Option<Triple<'_>> {
    let (subject, rest) = node(line)?;
    let (predicate, rest) = node(rest.trim_start())?;
    let rest = rest.trim_start().strip_suffix('.')?.trim_end();
    if let Some(literal) = rest.strip_prefix('"') {
        let mut value = String::new();
        let mut chars = literal.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    let language = literal[at + 1..].strip_prefix('@').unwrap_or("");
                    return Some(Triple { subject, predicate, value, language });
                }
                '\\' => value.push(escaped(&mut chars)?),
                c => value.push(c),
            }
        }
        return None;
    }
    let (value, _) = node(rest)?;
    Some(Triple { subject, predicate, value: value.to_owned(), language: "" })
}

fn escaped(chars: &mut std::str::CharIndices<'_>) -> Option<char> {
    let digits = match chars.next()?.1 {
        'n' => return Some('\n'),
        't' => return Some('\t'),
        'r' => return Some('\r'),
        'u' => 4,
        'U' => 8,
        c => return Some(c),
    };
    let mut code = 0;
    for _ in 0..digits {
        code = code * 16 + chars.next()?.1.to_digit(16)?;
    }
    char::from_u32(code)
}

/// An IRI or a blank node at the start of a line, and what follows.
fn node(line: &str) -> Option<(&str, &str)> {
    if let Some(rest) = line.strip_prefix('<') {
        return rest.split_once('>');
    }
    if line.starts_with("_:") {
        let end = line.find(char::is_whitespace)?;
        return Some(line.split_at(end));
    }
    None
}
