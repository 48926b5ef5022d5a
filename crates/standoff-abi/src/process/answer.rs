//! What a program answers, as rows.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use standoff_io::jsonl::WriteOptions;
use standoff_io::offsets::OffsetMap;

use crate::core::{
    Attribute, Document, Error, Kind, Layers, NamedValue, NamedValues, Output, RowRef, Schema, SegmentBuilder, Span, Value, nearest,
};

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    id: Option<Json>,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    layers: BTreeMap<String, Vec<Map<String, Json>>>,
    #[serde(default)]
    retract: Vec<Retract>,
}

#[derive(Deserialize)]
struct Retract {
    layer: String,
    row: u32,
    #[serde(default)]
    rule: String,
}

/// Keys of a row that are no attributes.
const RESERVED: [&str; 5] = ["start", "end", "by", "rule", "score"];

/// Reads an answer to a document that was sent with these options, and puts its rows out.
///
/// # Errors
/// If the program says that it failed, or the answer breaks the contract.
pub(super) fn read(answer: &[u8], document: &Document, layers: &Layers, options: &WriteOptions, output: &mut Output) -> Result<(), Error> {
    let answer: Answer = serde_json::from_slice(answer).map_err(|error| {
        let start: String = String::from_utf8_lossy(answer).trim_end().chars().take(60).collect();
        Error::contract(format!("its answer `{start}` cannot be read"))
            .with_source(error)
            .help("write one JSON object a document, such as {\"layers\":{\"mention\":[…]}}, and nothing else")
    })?;
    if let Some(message) = answer.error {
        return Err(Error::annotate(message));
    }
    match answer.id {
        None | Some(Json::Null) => {}
        Some(Json::String(id)) if id == document.id() => {}
        Some(other) => {
            return Err(Error::contract(format!("it answers document {other} where `{}` was asked", document.id()))
                .help("answer each line with one line, in order, and flush"));
        }
    }
    let mut reader = Reader { sent: BTreeMap::new(), new: BTreeMap::new(), offsets: OffsetMap::new(document.text(), options.unit) };
    for layer in &options.layers {
        reader.sent.insert(layer, document.layer(layer).iter().map(|row| row.id()).collect());
    }
    for (layer, rows) in &answer.layers {
        let known = layers.gives.iter().map(|schema| schema.name.as_str());
        if !known.clone().any(|name| name == layer) {
            let error = Error::contract(format!("it writes to layer `{layer}`, which it does not declare to give"));
            return Err(match nearest(layer, known) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("declare the layer in `gives`"),
            });
        }
        let builder = output.segment(layer)?;
        let first = builder.len();
        reader.new.insert(layer, (0..rows.len()).map(|row| builder.address(first + row)).collect());
    }
    for (layer, rows) in &answer.layers {
        let builder = output.segment(layer)?;
        for (number, row) in rows.iter().enumerate() {
            let wrong = |what: String| Error::contract(format!("{layer}[{number}]: {what}"));
            reader.row(row, builder).map_err(wrong)?;
        }
    }
    for Retract { layer, row, rule } in &answer.retract {
        let id = reader.sent.get(layer.as_str()).and_then(|rows| rows.get(*row as usize));
        let id = id.ok_or_else(|| Error::contract(format!("it retracts row {row} of layer `{layer}`, which was not sent")))?;
        output.retract(*id, rule);
    }
    Ok(())
}

struct Reader<'r> {
    sent: BTreeMap<&'r str, Vec<RowRef>>,
    new: BTreeMap<&'r str, Vec<RowRef>>,
    offsets: OffsetMap<'r>,
}

impl Reader<'_> {
    fn row(&self, row: &Map<String, Json>, builder: &mut SegmentBuilder) -> Result<(), String> {
        let schema = std::sync::Arc::clone(builder.schema());
        if let Some(name) = row.keys().find(|name| !RESERVED.contains(&name.as_str()) && schema.column(name).is_none()) {
            let near = nearest(name, schema.attributes.iter().map(|a| a.name.as_str()));
            let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            return Err(format!("there is no attribute `{name}`{near}"));
        }
        let span = self.span(row, &schema)?;
        for (column, attribute) in schema.attributes.iter().enumerate() {
            let Some(json) = row.get(&attribute.name).filter(|v| !v.is_null()) else { continue };
            self.push(builder, column, attribute, json)?;
        }
        builder.finish_row(span);
        if let Some(rule) = row.get("rule").and_then(Json::as_str) {
            builder.rule_of_last(rule);
        }
        if let Some(score) = row.get("score").and_then(Json::as_f64) {
            builder.score_last(score);
        }
        Ok(())
    }

    fn push(&self, builder: &mut SegmentBuilder, column: usize, attribute: &Attribute, json: &Json) -> Result<(), String> {
        let wrong = || format!("`{}` must be a {}, not {}", attribute.name, attribute.kind, short(json));
        let pushed = match attribute.kind {
            Kind::U32 => {
                let x = json.as_u64().and_then(|x| u32::try_from(x).ok()).ok_or_else(wrong)?;
                builder.push_value(column, Some(Value::U32(x)))
            }
            Kind::I64 => builder.push_value(column, Some(Value::I64(json.as_i64().ok_or_else(wrong)?))),
            Kind::F64 => builder.push_value(column, Some(Value::F64(json.as_f64().ok_or_else(wrong)?))),
            Kind::Bool => builder.push_value(column, Some(Value::Bool(json.as_bool().ok_or_else(wrong)?))),
            Kind::Symbol | Kind::Text => builder.push_value(column, Some(Value::Str(json.as_str().ok_or_else(wrong)?))),
            Kind::Ref => builder.push_value(column, Some(Value::Ref(self.reference(json, attribute)?))),
            Kind::RefList => {
                let items = json.as_array().ok_or_else(wrong)?.iter();
                let items = items.map(|item| self.reference(item, attribute)).collect::<Result<Vec<_>, _>>()?;
                builder.push_value(column, Some(Value::RefList(&items)))
            }
            Kind::Named => {
                let mut items = Vec::new();
                for (name, value) in json.as_object().ok_or_else(wrong)? {
                    for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
                        let value = match value.as_str() {
                            Some(string) => NamedValue::Str(string),
                            None => NamedValue::Row(self.reference(value, attribute)?),
                        };
                        items.push((name.as_str(), value));
                    }
                }
                builder.push_value(column, Some(Value::Named(NamedValues::new(&items))))
            }
            _ => false,
        };
        if pushed { Ok(()) } else { Err(wrong()) }
    }

    fn span(&self, row: &Map<String, Json>, schema: &Schema) -> Result<Span, String> {
        if !schema.spans {
            return Ok(Span::default());
        }
        let offset = |name: &str| {
            let json = row.get(name).ok_or_else(|| format!("`{name}` is missing"))?;
            let unit = json.as_u64().and_then(|x| u32::try_from(x).ok());
            let unit = unit.ok_or_else(|| format!("`{name}` must be an offset, not {}", short(json)))?;
            self.offsets.to_byte(unit).ok_or_else(|| format!("`{name}` is {unit}, which is past the text or within a character"))
        };
        let span = Span::new(offset("start")?, offset("end")?);
        if span.start > span.end { Err("it ends before it starts".to_owned()) } else { Ok(span) }
    }

    fn reference(&self, json: &Json, attribute: &Attribute) -> Result<RowRef, String> {
        let wrong = || format!("`{}` must be a row number or {{\"layer\":…,\"row\":…}}, not {}", attribute.name, short(json));
        let layer = json.get("layer").and_then(Json::as_str).or(attribute.target.as_deref()).ok_or_else(wrong)?;
        let row = json.as_u64().or_else(|| json.get("row").and_then(Json::as_u64)).ok_or_else(wrong)?;
        let (sent, new) = (self.sent.get(layer), self.new.get(layer));
        let count = sent.map_or(0, Vec::len) as u64;
        let list = if row < count { sent } else { new };
        let number = if row < count { row } else { row - count };
        let found = list.and_then(|rows| rows.get(usize::try_from(number).ok()?)).copied();
        found.ok_or_else(|| format!("`{}` refers to row {row} of layer `{layer}`, which was neither sent nor given", attribute.name))
    }
}

/// A value as a message shows it.
fn short(json: &Json) -> String {
    let mut text = json.to_string();
    if text.chars().count() > 40 {
        text = text.chars().take(39).chain(['…']).collect();
    }
    text
}
