//! What a layer looks like: its name, whether its rows have spans, and its attributes.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The kind of values that one attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// An unsigned 32-bit integer.
    U32,
    /// A signed 64-bit integer.
    I64,
    /// A double-precision float.
    F64,
    /// A truth value.
    Bool,
    /// A string out of a small set, stored once in a dictionary of the segment.
    Symbol,
    /// Any string, stored in an arena of the segment.
    Text,
    /// The address of a row.
    Ref,
    /// A list of addresses of rows.
    RefList,
    /// A list of named values, each the address of a row or a string.
    Named,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::U32 => "u32",
            Kind::I64 => "i64",
            Kind::F64 => "f64",
            Kind::Bool => "bool",
            Kind::Symbol => "symbol",
            Kind::Text => "text",
            Kind::Ref => "reference",
            Kind::RefList => "list of references",
            Kind::Named => "named values",
        })
    }
}

/// One attribute of a layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Its name, unique in the layer; also the key in the wire form.
    pub name: String,
    /// The kind of its values.
    pub kind: Kind,
    /// Whether a row may lack it.
    #[serde(default)]
    pub optional: bool,
    /// For references: the one layer that they point into, or `None` where any layer will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// What it means, for people.
    #[serde(default)]
    pub doc: String,
}

impl Attribute {
    /// A required attribute of a kind.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: Kind) -> Attribute {
        Attribute { name: name.into(), kind, optional: false, target: None, doc: String::new() }
    }

    /// The same, but rows may lack it.
    #[must_use]
    pub fn optional(mut self) -> Attribute {
        self.optional = true;
        self
    }

    /// The same, with references into one layer only.
    #[must_use]
    pub fn target(mut self, layer: impl Into<String>) -> Attribute {
        self.target = Some(layer.into());
        self
    }

    /// The same, with its meaning.
    #[must_use]
    pub fn doc(mut self, doc: impl Into<String>) -> Attribute {
        self.doc = doc.into();
        self
    }
}

/// The shape of one layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// The layer's name; also its key in the wire form.
    pub name: String,
    /// Whether rows have a place in the text. Entities, for one, have none.
    pub spans: bool,
    /// The attributes, in the order of their columns.
    pub attributes: Vec<Attribute>,
    /// What a row stands for, for people.
    #[serde(default)]
    pub doc: String,
}

impl Schema {
    /// A layer without attributes.
    #[must_use]
    pub fn new(name: impl Into<String>, spans: bool) -> Schema {
        Schema { name: name.into(), spans, attributes: Vec::new(), doc: String::new() }
    }

    /// The same with one more attribute.
    #[must_use]
    pub fn with(mut self, attribute: Attribute) -> Schema {
        self.attributes.push(attribute);
        self
    }

    /// The same under another name: for an annotator whose settings say which layer it writes.
    #[must_use]
    pub fn renamed(&self, name: impl Into<String>) -> Arc<Schema> {
        Arc::new(Schema { name: name.into(), ..self.clone() })
    }

    /// The number of the column that holds an attribute.
    #[must_use]
    pub fn column(&self, attribute: &str) -> Option<usize> {
        self.attributes.iter().position(|a| a.name == attribute)
    }

    /// Why rows of this schema cannot be read as rows of `wanted`, if they cannot.
    ///
    /// They can if both or neither have spans, each attribute that `wanted` requires is there, and attributes of the
    /// same name are of the same kind (`symbol` and `text` are both strings and read alike).
    #[must_use]
    pub fn mismatch(&self, wanted: &Schema) -> Option<String> {
        let text = |kind| if kind == Kind::Symbol { Kind::Text } else { kind };
        if self.spans != wanted.spans {
            let has = |spans| if spans { "has spans" } else { "has no spans" };
            return Some(format!("it {} where one that {} is wanted", has(self.spans), has(wanted.spans)));
        }
        wanted.attributes.iter().find_map(|want| match self.column(&want.name).map(|c| &self.attributes[c]) {
            Some(have) if text(have.kind) != text(want.kind) => {
                Some(format!("its attribute `{}` is of kind {}, not {}", want.name, have.kind, want.kind))
            }
            None if !want.optional => Some(format!("it lacks the attribute `{}`", want.name)),
            _ => None,
        })
    }

    /// The JSON Schema of one row in the wire form.
    #[must_use]
    pub fn json_schema(&self) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        if self.spans {
            let place = json!({"type": "integer", "minimum": 0});
            properties.insert("start".into(), place.clone());
            properties.insert("end".into(), place);
            required.extend([json!("start"), json!("end")]);
        }
        for attribute in &self.attributes {
            let mut property = match attribute.kind {
                Kind::U32 => json!({"type": "integer", "minimum": 0, "maximum": u32::MAX}),
                Kind::I64 => json!({"type": "integer"}),
                Kind::F64 => json!({"type": "number"}),
                Kind::Bool => json!({"type": "boolean"}),
                Kind::Symbol | Kind::Text => json!({"type": "string"}),
                Kind::Ref => reference(attribute.target.as_deref()),
                Kind::RefList => json!({"type": "array", "items": reference(attribute.target.as_deref())}),
                Kind::Named => json!({"type": "object", "additionalProperties": {"anyOf": [
                    {"type": "string"}, reference(None), {"type": "array"}]}}),
            };
            if !attribute.doc.is_empty() {
                property["description"] = json!(attribute.doc);
            }
            properties.insert(attribute.name.clone(), property);
            if !attribute.optional {
                required.push(json!(attribute.name));
            }
        }
        properties.insert("by".into(), json!({"type": "string", "description": "The annotator that made the row."}));
        properties.insert("rule".into(), json!({"type": "string", "description": "The rule that made the row."}));
        properties.insert("score".into(), json!({"type": "number"}));
        let mut schema = json!({"type": "object", "properties": properties, "required": required});
        if !self.doc.is_empty() {
            schema["description"] = json!(self.doc);
        }
        schema
    }
}

fn reference(target: Option<&str>) -> Value {
    match target {
        Some(layer) => json!({"type": "integer", "minimum": 0, "description": format!("A row of the layer `{layer}`, from 0.")}),
        None => json!({"type": "object", "required": ["layer", "row"], "properties": {
            "layer": {"type": "string"}, "row": {"type": "integer", "minimum": 0}}}),
    }
}
