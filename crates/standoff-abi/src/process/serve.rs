//! The other end: a plugin as a program that another run talks to.

use std::io::{BufRead, Write};

use serde_json::{Map, Value as Json, json};
use standoff_io::jsonl::{self, RowsByLayer, Schemas};
use standoff_io::offsets::{OffsetMap, Unit};

use crate::core::{AnyPlugin, BuildContext, Document, Error, NamedValue, Output, Provenance, Row, RowRef, Task, Value};

/// Answers documents with what a plugin finds in them, until the input ends: what the plugin
/// [`process`](super::Process) runs.
///
/// Offsets count what each document's `offsets` says. A document that cannot be read, or that the plugin fails on, is
/// answered with the error.
///
/// # Errors
/// If the plugin cannot be built, or input and output fail.
pub fn serve(
    plugin: &dyn AnyPlugin,
    settings: &Json,
    context: &BuildContext,
    mut input: impl BufRead,
    mut output: impl Write,
) -> Result<(), Error> {
    let manifest = plugin.manifest();
    let layers = plugin.layers(settings)?;
    let annotator = plugin.build(settings, context)?;
    let provenance = Provenance { annotator: manifest.name, version: manifest.version, settings: String::new() };
    let task = Task::of(provenance, layers);
    let mut schemas = Schemas::default();
    for read in task.layers().needs.iter().chain(&task.layers().uses) {
        if let Some(schema) = &read.schema {
            schemas.add(if schema.name == read.name { std::sync::Arc::clone(schema) } else { schema.renamed(&read.name) });
        }
    }
    let mut buffers = Output::new();
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let answered = jsonl::read_numbered(&line, "", &schemas).and_then(|(mut document, rows)| {
            let sent = document.segments().len();
            document.restrict(Some(&task));
            buffers.begin(&document, &task);
            let worked = annotator.annotate(&document, &mut buffers);
            document.restrict(None);
            worked.inspect_err(|_| buffers.finish())?;
            let retracted = document.retractions().len();
            document.commit(&mut buffers)?;
            let answer = Answer::new(&document, sent, &rows, unit_of(&line)).write(retracted);
            document.strip(&mut buffers);
            Ok(answer)
        });
        let answer = answered.unwrap_or_else(|error| json!({ "error": error.to_string() }));
        serde_json::to_writer(&mut output, &answer).map_err(|e| Error::io("cannot write an answer").with_source(e))?;
        output.write_all(b"\n")?;
        output.flush()?;
        line.clear();
    }
    Ok(())
}

/// What the offsets of a line count. The line was read as a document before.
fn unit_of(line: &[u8]) -> Unit {
    #[derive(serde::Deserialize)]
    struct Header {
        #[serde(default)]
        offsets: Unit,
    }
    serde_json::from_slice::<Header>(line).map_or(Unit::default(), |header| header.offsets)
}

struct Answer<'a> {
    document: &'a Document<'a>,
    /// How many segments were sent.
    sent: usize,
    offsets: OffsetMap<'a>,
    /// For each segment, the number in its layer of each of its rows: those that were sent count first, in the order in
    /// which they were sent, then those that are new.
    numbers: Vec<Vec<u32>>,
}

impl<'a> Answer<'a> {
    fn new(document: &'a Document<'a>, sent: usize, rows: &RowsByLayer, unit: Unit) -> Answer<'a> {
        let mut numbers: Vec<Vec<u32>> = document.segments().iter().map(|s| vec![0; s.len()]).collect();
        for (number, id) in rows.values().flat_map(|rows| rows.iter().enumerate()) {
            numbers[id.segment as usize][id.row as usize] = number as u32;
        }
        for segment in document.segments().iter().skip(sent) {
            let before = rows.get(segment.layer()).map_or(0, Vec::len) as u32;
            numbers[segment.id() as usize] = (before..).take(segment.len()).collect();
        }
        Answer { document, sent, offsets: OffsetMap::new(document.text(), unit), numbers }
    }

    fn write(&self, retracted: usize) -> Json {
        let mut layers = Map::new();
        for segment in self.document.segments().iter().skip(self.sent).filter(|s| !s.is_empty()) {
            let ids = (0..segment.len()).map(|row| RowRef::new(segment.id(), row as u32));
            let rows: Vec<Json> = ids.filter_map(|id| self.document.row(id)).map(|row| self.row(row)).collect();
            layers.insert(segment.layer().to_owned(), Json::Array(rows));
        }
        let retract: Vec<Json> = self.document.retractions()[retracted..]
            .iter()
            .map(|r| {
                let mut retraction = self.place(r.row);
                retraction["rule"] = json!(r.rule);
                retraction
            })
            .collect();
        json!({ "id": self.document.id(), "layers": layers, "retract": retract })
    }

    fn row(&self, row: Row<'a>) -> Json {
        let mut fields = Map::new();
        if let Some(span) = row.span() {
            fields.insert("start".into(), json!(self.offsets.from_byte(span.start)));
            fields.insert("end".into(), json!(self.offsets.from_byte(span.end)));
        }
        for attribute in &row.segment().schema().attributes {
            if let Some(value) = row.get(&attribute.name) {
                fields.insert(attribute.name.clone(), self.value(value));
            }
        }
        if let Some(rule) = row.rule() {
            fields.insert("rule".into(), json!(rule));
        }
        if let Some(score) = row.score() {
            fields.insert("score".into(), json!(score));
        }
        Json::Object(fields)
    }

    fn value(&self, value: Value<'_>) -> Json {
        match value {
            Value::U32(x) => json!(x),
            Value::I64(x) => json!(x),
            Value::F64(x) => json!(x),
            Value::Bool(x) => json!(x),
            Value::Str(x) => json!(x),
            Value::Ref(row) => self.place(row),
            Value::RefList(rows) => rows.iter().map(|&row| self.place(row)).collect(),
            Value::Named(values) => {
                let mut fields: Map<String, Json> = Map::new();
                for (name, value) in values.iter() {
                    let json = match value {
                        NamedValue::Row(row) => self.place(row),
                        NamedValue::Str(string) => json!(string),
                    };
                    match fields.get_mut(name) {
                        None => {
                            fields.insert(name.to_owned(), Json::Array(vec![json]));
                        }
                        Some(list) => list.as_array_mut().into_iter().for_each(|list| list.push(json.clone())),
                    }
                }
                Json::Object(fields)
            }
            _ => Json::Null,
        }
    }

    /// A row as `{"layer":…,"row":…}`.
    fn place(&self, row: RowRef) -> Json {
        let layer = self.document.segments().get(row.segment as usize).map_or("", |s| s.layer());
        let number = self.numbers.get(row.segment as usize).and_then(|rows| rows.get(row.row as usize));
        json!({ "layer": layer, "row": number })
    }
}
