//! Lists of objects: JSON Lines and TOML.

use std::io::BufRead;
use std::path::Path;

use serde_json::{Map, Value};
use standoff_core::Error;

use super::fields::{Field, finish};
use super::{Defaults, Sink, lines};
use crate::record::Record;

pub(super) fn read_json_lines<R: BufRead>(path: &Path, content: R, defaults: &Defaults, sink: &mut Sink<'_>) -> Result<(), Error> {
    lines(path, content, |number, line| {
        if line.trim().is_empty() {
            return Ok(());
        }
        let object: Map<String, Value> = serde_json::from_str(line).map_err(|e| {
            let column = u32::try_from(e.column()).ok().filter(|&c| c > 0);
            Error::resource("the line is no JSON object").at(path, Some(number), column).with_source(e)
        })?;
        sink(record(object, number, defaults)?)
    })
}

pub(super) fn read_toml(path: &Path, content: &str, defaults: &Defaults, sink: &mut Sink<'_>) -> Result<(), Error> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct List {
        entry: Vec<toml::Spanned<Map<String, Value>>>,
    }
    let line_of = |offset: usize| content.get(..offset).map_or(1, |before| before.matches('\n').count() as u32 + 1);
    let list: List = toml::from_str(content).map_err(|e| {
        let line = e.span().map(|s| line_of(s.start));
        Error::resource(e.message().to_owned()).at(path, line, None).help("a list is an array of tables `[[entry]]`, each with a `name`")
    })?;
    for entry in list.entry {
        let line = line_of(entry.span().start);
        let record = record(entry.into_inner(), line, defaults).map_err(|e| e.at(path, Some(line), None))?;
        sink(record).map_err(|e| e.at(path, Some(line), None))?;
    }
    Ok(())
}

fn record(object: Map<String, Value>, line: u32, defaults: &Defaults) -> Result<Record, Error> {
    let mut record = Record { line, ..Record::default() };
    for (key, value) in object {
        let field = Field::of(&key)?;
        set(&field, &mut record, &key, value)?;
    }
    finish(&mut record, defaults.kind.as_deref())?;
    Ok(record)
}

fn set(field: &Field, record: &mut Record, key: &str, value: Value) -> Result<(), Error> {
    match value {
        Value::Null => Ok(()),
        Value::String(text) => field.set(record, &text),
        Value::Number(number) => field.set(record, &number.to_string()),
        Value::Array(items) if field.is_list() => items.into_iter().try_for_each(|item| match item {
            Value::String(text) => field.set(record, &text),
            other => Err(wrong(key, &other)),
        }),
        _ if *field == Field::Skip => Ok(()),
        other => Err(wrong(key, &other)),
    }
}

fn wrong(key: &str, value: &Value) -> Error {
    Error::resource(format!("`{key}` cannot be `{value}`"))
        .help("names are strings or arrays of strings, `lat`, `lon` and `population` are numbers")
}
