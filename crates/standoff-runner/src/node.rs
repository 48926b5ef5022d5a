//! Values of a TOML file with their places: what settings are read from, and how a setting's path leads back to its text.

use std::ops::Range;

use serde_json::{Map, Value as Json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it stands, in bytes.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) span: Range<usize>,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    String(String),
    Integer(i64),
    /// An integer of more than 64 bits.
    Huge(String),
    Float(f64),
    Bool(bool),
    Datetime(String),
    Array(Vec<Node>),
    Table(Table),
    /// What JSON has and TOML has not: null, and integers of the sixty-fourth bit.
    Other(Json),
}

/// Keys and values in the order of the file.
pub(crate) type Table = Vec<(Key, Node)>;

#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) span: Range<usize>,
}

/// A step of a path into settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

impl Node {
    pub(crate) fn of(value: &Spanned<DeValue<'_>>) -> Node {
        let span = value.span();
        let value = match value.get_ref() {
            DeValue::String(s) => Value::String(s.to_string()),
            DeValue::Integer(i) => match i64::from_str_radix(i.as_str(), i.radix()) {
                Ok(number) => Value::Integer(number),
                Err(_) => Value::Huge(i.to_string()),
            },
            DeValue::Float(f) => match f.as_str().parse() {
                Ok(number) => Value::Float(number),
                Err(_) => Value::Huge(f.to_string()),
            },
            DeValue::Boolean(b) => Value::Bool(*b),
            DeValue::Datetime(d) => Value::Datetime(d.to_string()),
            DeValue::Array(items) => Value::Array(items.iter().map(Node::of).collect()),
            DeValue::Table(entries) => Value::Table(table_of(entries)),
        };
        Node { value, span }
    }

    /// The same from JSON, as the builder takes it. It has no places.
    pub(crate) fn of_json(value: Json) -> Node {
        let value = match value {
            Json::String(s) => Value::String(s),
            Json::Bool(b) => Value::Bool(b),
            Json::Number(n) => match (n.as_i64(), n.as_f64()) {
                (Some(i), _) => Value::Integer(i),
                (None, Some(f)) if n.is_f64() => Value::Float(f),
                _ => Value::Other(Json::Number(n)),
            },
            Json::Array(items) => Value::Array(items.into_iter().map(Node::of_json).collect()),
            Json::Object(map) => Value::Table(table_of_json(map)),
            Json::Null => Value::Other(Json::Null),
        };
        Node { value, span: 0..0 }
    }

    /// What it is, for a message: "a string".
    pub(crate) fn kind(&self) -> &'static str {
        match self.value {
            Value::String(_) => "a string",
            Value::Integer(_) | Value::Huge(_) => "an integer",
            Value::Float(_) => "a number",
            Value::Bool(_) => "a truth value",
            Value::Datetime(_) => "a date",
            Value::Array(_) => "a list",
            Value::Table(_) => "a table",
            Value::Other(Json::Null) => "null",
            Value::Other(_) => "a large number",
        }
    }

    pub(crate) fn str(&self) -> Option<&str> {
        if let Value::String(s) = &self.value { Some(s) } else { None }
    }

    /// The place of a string of this text, at any depth.
    pub(crate) fn find(&self, text: &str) -> Option<Range<usize>> {
        match &self.value {
            Value::String(s) if s == text => Some(self.span.clone()),
            Value::Array(items) => items.iter().find_map(|item| item.find(text)),
            Value::Table(table) => table.iter().find_map(|(_, item)| item.find(text)),
            _ => None,
        }
    }

    /// The value as JSON: dates become strings. The error is the place of a number that JSON has no form for.
    pub(crate) fn json(&self) -> Result<Json, (Range<usize>, String)> {
        Ok(match &self.value {
            Value::String(s) | Value::Datetime(s) => Json::String(s.clone()),
            Value::Integer(i) => Json::from(*i),
            Value::Huge(number) => return Err((self.span.clone(), format!("`{number}` has more than 64 bits"))),
            Value::Float(f) => match serde_json::Number::from_f64(*f) {
                Some(number) => Json::Number(number),
                None => return Err((self.span.clone(), format!("`{f}` is no finite number"))),
            },
            Value::Bool(b) => Json::Bool(*b),
            Value::Array(items) => Json::Array(items.iter().map(Node::json).collect::<Result<_, _>>()?),
            Value::Table(table) => Json::Object(json_of(table)?),
            Value::Other(json) => json.clone(),
        })
    }
}

pub(crate) fn table_of(entries: &DeTable<'_>) -> Table {
    let mut table: Table =
        entries.iter().map(|(key, value)| (Key { name: key.get_ref().to_string(), span: key.span() }, Node::of(value))).collect();
    table.sort_by_key(|(key, _)| key.span.start);
    table
}

pub(crate) fn table_of_json(map: Map<String, Json>) -> Table {
    map.into_iter().map(|(name, value)| (Key { name, span: 0..0 }, Node::of_json(value))).collect()
}

pub(crate) fn json_of(table: &[(Key, Node)]) -> Result<Map<String, Json>, (Range<usize>, String)> {
    table.iter().map(|(key, node)| Ok((key.name.clone(), node.json()?))).collect()
}

/// The place of what a path leads to, or of the last thing on the way that exists. `key`: the place of the key itself,
/// not of its value, where the path ends at one.
pub(crate) fn locate(table: &[(Key, Node)], path: &[Step], key: bool) -> Option<Range<usize>> {
    let Some((Step::Key(name), rest)) = path.split_first() else { return None };
    let (found, node) = table.iter().find(|(k, _)| k.name == *name)?;
    if rest.is_empty() {
        return Some(if key { found.span.clone() } else { node.span.clone() });
    }
    let deeper = match &node.value {
        Value::Table(inner) => locate(inner, rest, key),
        Value::Array(items) => locate_in_list(items, rest, key),
        _ => None,
    };
    // A list of tables is as long as its tables: the key is what to point at then.
    deeper.or_else(|| Some(found.span.start..node.span.end.max(found.span.end)))
}

fn locate_in_list(items: &[Node], path: &[Step], key: bool) -> Option<Range<usize>> {
    let Some((Step::Index(index), rest)) = path.split_first() else { return None };
    let node = items.get(*index)?;
    let deeper = match &node.value {
        _ if rest.is_empty() => None,
        Value::Table(inner) => locate(inner, rest, key),
        Value::Array(items) => locate_in_list(items, rest, key),
        _ => None,
    };
    Some(deeper.unwrap_or_else(|| node.span.clone()))
}

/// The steps of a path such as `lists[0].type`, as errors of plugins name it. Keys are matched against the settings, as
/// they may hold dots themselves.
pub(crate) fn steps(path: &str, settings: &Json) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = Some(settings);
    let mut rest = path;
    while !rest.is_empty() {
        rest = rest.strip_prefix('.').unwrap_or(rest);
        if let Some(inner) = rest.strip_prefix('[')
            && let Some((number, after)) = inner.split_once(']')
            && let Ok(index) = number.parse()
        {
            steps.push(Step::Index(index));
            at = at.and_then(|value| value.get(index));
            rest = after;
            continue;
        }
        let ends = |key: &str| rest.strip_prefix(key).is_some_and(|after| after.is_empty() || after.starts_with(['.', '[']));
        let known = at.and_then(Json::as_object).and_then(|o| o.keys().filter(|k| ends(k)).max_by_key(|k| k.len()));
        let length = known.map_or_else(|| rest.find(['.', '[']).unwrap_or(rest.len()), String::len);
        if length == 0 {
            break;
        }
        let (key, after) = rest.split_at(length);
        steps.push(Step::Key(key.to_owned()));
        at = at.and_then(|value| value.get(key));
        rest = after;
    }
    steps
}

/// A path for people: `lists[0].type`.
pub(crate) fn path_text(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => {
                text.push('.');
                text.push_str(key);
            }
            Step::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}
