//! Documents out.

use std::fmt::Write as _;

use standoff_core::{Document, Error, LayerView, NamedValue, Row, RowRef, Schema, Value};

use super::UNSIGNED;
use crate::offsets::{OffsetMap, Unit};

/// How to write.
#[derive(Clone, Debug, Default)]
pub struct WriteOptions {
    /// What offsets count.
    pub unit: Unit,
    /// Whether to write rows that were retracted as well.
    pub with_retracted: bool,
    /// Only these layers; all where empty.
    pub layers: Vec<String>,
}

/// Appends a document as one line, newline included.
///
/// # Errors
/// If the metadata cannot be written as JSON.
pub fn write(document: &Document, options: &WriteOptions, out: &mut Vec<u8>) -> Result<(), Error> {
    let mut writer = Writer::new(document, options, out);
    writer.document()?;
    Ok(())
}

struct Writer<'a> {
    document: &'a Document<'a>,
    options: &'a WriteOptions,
    offsets: OffsetMap<'a>,
    layers: Vec<(&'a str, LayerView<'a>)>,
    /// For each row of each segment, its number in its layer as written; `NONE` where it is left out.
    numbers: Vec<Vec<u32>>,
    out: &'a mut Vec<u8>,
}

const NONE: u32 = u32::MAX;

impl<'a> Writer<'a> {
    fn new(document: &'a Document<'a>, options: &'a WriteOptions, out: &'a mut Vec<u8>) -> Writer<'a> {
        let mut layers = Vec::new();
        let mut numbers: Vec<Vec<u32>> = document.segments().iter().map(|_| Vec::new()).collect();
        for name in document.layer_names() {
            if !options.layers.is_empty() && !options.layers.iter().any(|l| l == name) {
                continue;
            }
            let mut view = document.layer(name);
            if options.with_retracted {
                view = view.with_retracted();
            }
            for segment in view.segments() {
                numbers[segment.id() as usize] = vec![NONE; segment.len()];
            }
            for (number, row) in view.iter().enumerate() {
                let id = row.id();
                numbers[id.segment as usize][id.row as usize] = number as u32;
            }
            layers.push((name, view));
        }
        let offsets = OffsetMap::new(document.text(), options.unit);
        Writer { document, options, offsets, layers, numbers, out }
    }

    fn document(&mut self) -> Result<(), Error> {
        let document = self.document;
        self.raw("{\"id\":");
        self.string(document.id());
        self.raw(",\"text\":");
        self.string(document.text());
        self.raw(",\"meta\":");
        serde_json::to_writer(&mut *self.out, document.meta()).map_err(|e| Error::io("cannot write the metadata").with_source(e))?;
        self.raw(",\"offsets\":\"");
        self.raw(self.options.unit.name());
        self.raw("\",\"layers\":{");
        for i in 0..self.layers.len() {
            let (name, view) = self.layers[i].clone();
            self.comma(i);
            self.string(name);
            self.raw(":[");
            for (j, row) in view.iter().enumerate() {
                self.comma(j);
                self.row(row, !UNSIGNED.contains(&name));
            }
            self.raw("]");
        }
        self.raw("},\"made_by\":[");
        for (i, maker) in document.made_by().iter().enumerate() {
            self.comma(i);
            self.raw("{\"annotator\":");
            self.string(&maker.annotator);
            self.raw(",\"version\":");
            self.string(&maker.version);
            if !maker.settings.is_empty() {
                self.raw(",\"settings\":");
                self.string(&maker.settings);
            }
            self.raw(",\"layers\":[");
            let mut layers: Vec<&str> =
                document.segments().iter().filter(|s| document.provenance(s) == Some(maker)).map(|s| s.layer()).collect();
            layers.sort_unstable();
            layers.dedup();
            for (j, layer) in layers.into_iter().enumerate() {
                self.comma(j);
                self.string(layer);
            }
            self.raw("]}");
        }
        self.raw("]}\n");
        Ok(())
    }

    fn row(&mut self, row: Row<'a>, signed: bool) {
        let mut first = true;
        self.raw("{");
        if let Some(span) = row.span() {
            let (start, end) = (self.offsets.from_byte(span.start), self.offsets.from_byte(span.end));
            self.key("start", &mut first);
            self.number(start);
            self.key("end", &mut first);
            self.number(end);
        }
        let segment = row.segment();
        let number = row.id().row as usize;
        let schema: &'a Schema = segment.schema();
        for (attribute, column) in schema.attributes.iter().zip(segment.columns()) {
            if let Some(value) = column.get(number) {
                self.attribute(&attribute.name, attribute.target.as_deref(), value, &mut first);
            }
        }
        if signed && let Some(maker) = self.document.provenance(segment) {
            self.key("by", &mut first);
            self.string(&maker.annotator);
        }
        if let Some(rule) = row.rule() {
            self.key("rule", &mut first);
            self.string(rule);
        }
        if let Some(score) = row.score() {
            self.key("score", &mut first);
            self.float(score);
        }
        if row.is_retracted()
            && let Some(retraction) = self.document.retractions().iter().find(|r| r.row == row.id())
        {
            self.key("retracted", &mut first);
            self.raw("{\"by\":");
            let by = self.document.made_by().get(retraction.by as usize).map_or("", |p| p.annotator.as_str());
            self.string(by);
            self.raw(",\"rule\":");
            self.string(&retraction.rule);
            self.raw("}");
        }
        self.raw("}");
    }

    fn attribute(&mut self, name: &str, target: Option<&str>, value: Value<'a>, first: &mut bool) {
        if let Value::Ref(reference) = value
            && self.place(reference).is_none()
        {
            return;
        }
        self.key(name, first);
        match value {
            Value::U32(x) => self.number(x),
            Value::I64(x) => {
                let mut buffer = itoa::Buffer::new();
                self.raw(buffer.format(x));
            }
            Value::F64(x) => self.float(x),
            Value::Bool(x) => self.raw(if x { "true" } else { "false" }),
            Value::Str(x) => self.string(x),
            Value::Ref(x) => self.reference(x, target),
            Value::RefList(x) => {
                self.raw("[");
                let written = x.iter().filter(|&&r| self.place(r).is_some()).copied().collect::<Vec<_>>();
                for (i, reference) in written.into_iter().enumerate() {
                    self.comma(i);
                    self.reference(reference, target);
                }
                self.raw("]");
            }
            Value::Named(values) => {
                let mut first = true;
                self.raw("{");
                let mut names: Vec<&str> = Vec::new();
                for (name, _) in values.iter() {
                    if names.contains(&name) {
                        continue;
                    }
                    names.push(name);
                    let all: Vec<NamedValue<'a>> = values
                        .iter()
                        .filter(|(n, _)| *n == name)
                        .map(|(_, v)| v)
                        .filter(|v| if let NamedValue::Row(r) = v { self.place(*r).is_some() } else { true })
                        .collect();
                    if all.is_empty() {
                        continue;
                    }
                    self.key(name, &mut first);
                    if all.len() > 1 {
                        self.raw("[");
                    }
                    for (i, value) in all.iter().enumerate() {
                        self.comma(i);
                        match value {
                            NamedValue::Row(r) => self.reference(*r, None),
                            NamedValue::Str(s) => self.string(s),
                        }
                    }
                    if all.len() > 1 {
                        self.raw("]");
                    }
                }
                self.raw("}");
            }
            // `Value` may grow: a kind that this form does not know is null rather than a broken line.
            _ => self.raw("null"),
        }
    }

    /// The layer of a row and its number there, if it is written.
    fn place(&self, reference: RowRef) -> Option<(&'a str, u32)> {
        let number = *self.numbers.get(reference.segment as usize)?.get(reference.row as usize)?;
        (number != NONE).then(|| (self.document.segments()[reference.segment as usize].layer(), number))
    }

    fn reference(&mut self, reference: RowRef, target: Option<&str>) {
        match (self.place(reference), target) {
            (Some((layer, number)), Some(target)) if layer == target => self.number(number),
            (Some((layer, number)), _) => {
                self.raw("{\"layer\":");
                self.string(layer);
                self.raw(",\"row\":");
                self.number(number);
                self.raw("}");
            }
            (None, _) => self.raw("null"),
        }
    }

    fn key(&mut self, name: &str, first: &mut bool) {
        if !*first {
            self.raw(",");
        }
        *first = false;
        self.string(name);
        self.raw(":");
    }

    fn comma(&mut self, i: usize) {
        if i > 0 {
            self.raw(",");
        }
    }

    fn number(&mut self, x: u32) {
        let mut buffer = itoa::Buffer::new();
        self.raw(buffer.format(x));
    }

    /// JSON has no NaN and no infinities: they are null.
    fn float(&mut self, x: f64) {
        match serde_json::Number::from_f64(x) {
            Some(number) => {
                let mut text = String::new();
                let _ = write!(text, "{number}");
                self.raw(&text);
            }
            None => self.raw("null"),
        }
    }

    fn string(&mut self, s: &str) {
        // Writing a string to memory cannot fail.
        let _ = serde_json::to_writer(&mut *self.out, s);
    }

    fn raw(&mut self, s: &str) {
        self.out.extend_from_slice(s.as_bytes());
    }
}
