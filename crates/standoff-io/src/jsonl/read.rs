//! Documents in.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use standoff_core::{
    Attribute, Document, Error, Kind, Meta, NamedValue, NamedValues, Provenance, RowRef, Schema, SegmentBuilder, Span, Value, vocabulary,
};

use crate::offsets::{OffsetMap, Unit};

/// The schemas that rows are read by: those of the shared vocabulary, and others that were added. A layer that is not
/// among them is read by what its rows hold.
#[derive(Clone, Debug)]
pub struct Schemas(BTreeMap<String, Arc<Schema>>);

impl Default for Schemas {
    fn default() -> Schemas {
        Schemas(vocabulary().into_iter().map(|s| (s.name.clone(), Arc::clone(s))).collect())
    }
}

impl Schemas {
    /// Adds a schema; one of the same name gives way.
    pub fn add(&mut self, schema: Arc<Schema>) {
        self.0.insert(schema.name.clone(), schema);
    }
}

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Option<Json>,
    text: String,
    #[serde(default)]
    meta: Option<Meta>,
    #[serde(default)]
    offsets: Unit,
    #[serde(default)]
    layers: BTreeMap<String, Vec<Map<String, Json>>>,
    #[serde(default)]
    made_by: Vec<Maker>,
    #[serde(flatten)]
    rest: BTreeMap<String, Json>,
}

#[derive(Deserialize)]
struct Maker {
    #[serde(flatten)]
    provenance: Provenance,
    #[serde(default)]
    layers: Vec<String>,
}

/// Reads one line. `id` is that of a document that has none.
///
/// # Errors
/// If the line is not a JSON object of this form, an offset lies within a character or past the end, a reference leads
/// nowhere, or an attribute is of another kind than its layer's schema says.
pub fn read(line: &[u8], id: &str, schemas: &Schemas) -> Result<Document<'static>, Error> {
    read_numbered(line, id, schemas).map(|(document, _)| document)
}

/// The addresses of a document's rows by layer, in the order of the line.
pub type RowsByLayer = BTreeMap<String, Vec<RowRef>>;

/// The same, and where the rows of each layer went, in the order of the line: what a program needs that answers with
/// references by number.
///
/// # Errors
/// As for [`read`].
pub fn read_numbered(line: &[u8], id: &str, schemas: &Schemas) -> Result<(Document<'static>, RowsByLayer), Error> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let line: Line = serde_json::from_slice(line).map_err(|error| {
        let place = if error.column() > 0 { format!(" at byte {} of the line", error.column()) } else { String::new() };
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default().to_owned();
        Error::input(format!("{what}{place}"))
            .help("a document is one line such as {\"id\":\"a\",\"text\":\"…\",\"meta\":{\"date\":\"2017-03-20\"}}")
    })?;
    let id = match &line.id {
        None | Some(Json::Null) => id.to_owned(),
        Some(Json::String(s)) => s.clone(),
        Some(other) => other.to_string(),
    };
    let mut meta = line.meta.unwrap_or_default();
    for (key, value) in line.rest {
        meta.fields.entry(key).or_insert(value);
    }
    let mut document = Document::new(line.text)?.with_id(id).with_meta(meta);
    let mut rows = RowsByLayer::new();
    if !line.layers.is_empty() {
        let offsets = OffsetMap::new(document.text(), line.offsets);
        let reader = Reader { layers: &line.layers, made_by: &line.made_by, schemas, offsets };
        let (segments, retracted, places) = reader.segments()?;
        rows = places.into_iter().map(|(layer, rows)| (layer.to_owned(), rows)).collect();
        document.adopt(segments)?;
        for (row, by, rule) in retracted {
            document.adopt_retraction(row, &by, &rule);
        }
    }
    Ok((document, rows))
}

type Segments = Vec<(Arc<Provenance>, standoff_core::Segment<'static>)>;
type Retracted = Vec<(RowRef, Arc<Provenance>, String)>;
type Places<'a> = BTreeMap<&'a str, Vec<RowRef>>;

struct Reader<'a> {
    layers: &'a BTreeMap<String, Vec<Map<String, Json>>>,
    made_by: &'a [Maker],
    schemas: &'a Schemas,
    offsets: OffsetMap<'a>,
}

/// Keys of a row that are no attributes.
const RESERVED: [&str; 6] = ["start", "end", "by", "rule", "score", "retracted"];

impl<'a> Reader<'a> {
    fn segments(&self) -> Result<(Segments, Retracted, Places<'a>), Error> {
        // First say where each row will be, so that references may point forwards; then read the rows.
        let mut makers: Vec<(&str, &str)> = Vec::new();
        let mut places: BTreeMap<&str, Vec<RowRef>> = BTreeMap::new();
        for (layer, rows) in self.layers {
            let mut counts: Vec<u32> = Vec::new();
            let first = makers.len();
            let mut at = Vec::with_capacity(rows.len());
            for row in rows {
                let by = row.get("by").and_then(Json::as_str).unwrap_or_else(|| self.maker_of(layer));
                let segment = match makers[first..].iter().position(|(_, maker)| *maker == by) {
                    Some(found) => found,
                    None => {
                        makers.push((layer, by));
                        counts.push(0);
                        counts.len() - 1
                    }
                };
                at.push(RowRef::new((first + segment) as u32, counts[segment]));
                counts[segment] += 1;
            }
            places.insert(layer, at);
        }
        let mut builders = Vec::with_capacity(makers.len());
        for (layer, _) in &makers {
            builders.push(SegmentBuilder::new(self.schema(layer)?));
        }
        let mut retracted = Vec::new();
        for (layer, rows) in self.layers {
            for (number, row) in rows.iter().enumerate() {
                let place = places[layer.as_str()][number];
                let wrong = |what: String| Error::input(format!("layers.{layer}[{number}]: {what}"));
                self.row(row, &mut builders[place.segment as usize], &places).map_err(wrong)?;
                if let Some(retraction) = row.get("retracted") {
                    let field = |name: &str| retraction.get(name).and_then(Json::as_str).unwrap_or_default();
                    retracted.push((place, self.provenance(field("by")), field("rule").to_owned()));
                }
            }
        }
        let segments = makers
            .iter()
            .zip(builders)
            .map(|((_, by), builder)| Ok((self.provenance(by), builder.finish().map_err(|e| Error::input(e.message().to_owned()))?)))
            .collect::<Result<Segments, Error>>()?;
        Ok((segments, retracted, places))
    }

    /// Who made the rows of a layer that do not say so.
    fn maker_of(&self, layer: &str) -> &str {
        self.made_by.iter().find(|m| m.layers.iter().any(|l| l == layer)).map_or("input", |m| &m.provenance.annotator)
    }

    fn provenance(&self, by: &str) -> Arc<Provenance> {
        let known = self.made_by.iter().find(|m| m.provenance.annotator == by).map(|m| m.provenance.clone());
        Arc::new(known.unwrap_or_else(|| Provenance { annotator: by.to_owned(), ..Provenance::default() }))
    }

    /// The schema of a layer: the known one, with what else its rows hold.
    fn schema(&self, layer: &str) -> Result<Arc<Schema>, Error> {
        let rows = &self.layers[layer];
        let known = self.schemas.0.get(layer);
        let mut extra: Vec<(&str, Kind)> = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            for (name, value) in row {
                if RESERVED.contains(&name.as_str()) || value.is_null() || known.is_some_and(|s| s.column(name).is_some()) {
                    continue;
                }
                let wrong = |what: &str| Error::input(format!("layers.{layer}[{number}].{name}: {what}"));
                let kind = kind_of(value).ok_or_else(|| wrong("a value of no kind that an attribute may have"))?;
                match extra.iter_mut().find(|(n, _)| n == name) {
                    None => extra.push((name, kind)),
                    Some((_, k)) if *k == kind => {}
                    Some((_, k)) if matches!((*k, kind), (Kind::I64, Kind::F64) | (Kind::F64, Kind::I64)) => *k = Kind::F64,
                    Some((_, k)) => return Err(wrong(&format!("of kind {kind}, where rows before have {k}"))),
                }
            }
        }
        if let Some(known) = known
            && extra.is_empty()
        {
            return Ok(Arc::clone(known));
        }
        let mut schema = match known {
            Some(known) => (**known).clone(),
            None => Schema::new(layer, rows.iter().any(|row| row.contains_key("start"))),
        };
        schema.attributes.extend(extra.into_iter().map(|(name, kind)| Attribute::new(name, kind).optional()));
        Ok(Arc::new(schema))
    }

    fn row(&self, row: &Map<String, Json>, builder: &mut SegmentBuilder, places: &BTreeMap<&str, Vec<RowRef>>) -> Result<(), String> {
        let schema = Arc::clone(builder.schema());
        for (column, attribute) in schema.attributes.iter().enumerate() {
            let Some(json) = row.get(&attribute.name).filter(|v| !v.is_null()) else { continue };
            let wrong = || format!("`{}` must be a {}, not {}", attribute.name, attribute.kind, short(json));
            let reference = |json: &Json| self.reference(json, attribute, places);
            let pushed = match attribute.kind {
                Kind::U32 => {
                    let x = json.as_u64().and_then(|x| u32::try_from(x).ok()).ok_or_else(wrong)?;
                    builder.push_value(column, Some(Value::U32(x)))
                }
                Kind::I64 => builder.push_value(column, Some(Value::I64(json.as_i64().ok_or_else(wrong)?))),
                Kind::F64 => builder.push_value(column, Some(Value::F64(json.as_f64().ok_or_else(wrong)?))),
                Kind::Bool => builder.push_value(column, Some(Value::Bool(json.as_bool().ok_or_else(wrong)?))),
                Kind::Symbol | Kind::Text => builder.push_value(column, Some(Value::Str(json.as_str().ok_or_else(wrong)?))),
                Kind::Ref => builder.push_value(column, Some(Value::Ref(reference(json)?))),
                Kind::RefList => {
                    let items = json.as_array().ok_or_else(wrong)?.iter().map(reference).collect::<Result<Vec<_>, _>>()?;
                    builder.push_value(column, Some(Value::RefList(&items)))
                }
                Kind::Named => {
                    let mut items = Vec::new();
                    for (name, value) in json.as_object().ok_or_else(wrong)? {
                        for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
                            let value = match value.as_str() {
                                Some(s) => NamedValue::Str(s),
                                None => NamedValue::Row(reference(value)?),
                            };
                            items.push((name.as_str(), value));
                        }
                    }
                    builder.push_value(column, Some(Value::Named(NamedValues::new(&items))))
                }
                _ => false,
            };
            if !pushed {
                return Err(wrong());
            }
        }
        builder.finish_row(self.span(row, schema.spans)?);
        if let Some(rule) = row.get("rule").and_then(Json::as_str) {
            builder.rule_of_last(rule);
        }
        if let Some(score) = row.get("score").and_then(Json::as_f64) {
            builder.score_last(score);
        }
        Ok(())
    }

    fn span(&self, row: &Map<String, Json>, spans: bool) -> Result<Span, String> {
        if !spans {
            return Ok(Span::default());
        }
        let offset = |name: &str| {
            let json = row.get(name).ok_or_else(|| format!("`{name}` is missing"))?;
            let unit = json
                .as_u64()
                .and_then(|x| u32::try_from(x).ok())
                .ok_or_else(|| format!("`{name}` must be an offset, not {}", short(json)))?;
            self.offsets.to_byte(unit).ok_or_else(|| format!("`{name}` is {unit}, which is past the text or within a character"))
        };
        let span = Span::new(offset("start")?, offset("end")?);
        if span.start > span.end { Err("it ends before it starts".into()) } else { Ok(span) }
    }

    fn reference(&self, json: &Json, attribute: &Attribute, places: &BTreeMap<&str, Vec<RowRef>>) -> Result<RowRef, String> {
        let wrong = || format!("`{}` must be {}, not {}", attribute.name, "a row number or {\"layer\":…,\"row\":…}", short(json));
        let layer = json.get("layer").and_then(Json::as_str).or(attribute.target.as_deref()).ok_or_else(wrong)?;
        let row = json.as_u64().or_else(|| json.get("row").and_then(Json::as_u64)).ok_or_else(wrong)?;
        let place = places.get(layer).and_then(|rows| rows.get(usize::try_from(row).ok()?)).copied();
        place.ok_or_else(|| format!("`{}` refers to row {row} of layer `{layer}`, which does not exist", attribute.name))
    }
}

fn kind_of(value: &Json) -> Option<Kind> {
    let is_reference = |v: &Json| v.get("layer").is_some_and(Json::is_string) && v.get("row").is_some_and(Json::is_u64);
    match value {
        Json::Null => None,
        Json::Bool(_) => Some(Kind::Bool),
        Json::Number(n) if n.is_i64() => Some(Kind::I64),
        Json::Number(_) => Some(Kind::F64),
        Json::String(_) => Some(Kind::Text),
        Json::Array(items) => items.iter().all(is_reference).then_some(Kind::RefList),
        Json::Object(map) if is_reference(value) => (map.len() == 2).then_some(Kind::Ref),
        Json::Object(map) => map
            .values()
            .all(|v| v.is_string() || is_reference(v) || v.as_array().is_some_and(|a| a.iter().all(|v| v.is_string() || is_reference(v))))
            .then_some(Kind::Named),
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
