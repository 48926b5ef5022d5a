//! Settings against the JSON Schema that their plugin gives: all that is wrong with them, each with its path.
//!
//! This knows the part of JSON Schema that settings structs give rise to. It is asked only about settings that the plugin
//! itself refused, to say more about them than the first thing that the plugin stumbled over.

use serde_json::{Map, Value as Json};
use standoff_core::nearest;

use crate::node::{Step, path_text};

/// One thing that is wrong.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) path: Vec<Step>,
    /// Whether the key at the end of the path is at fault, not its value.
    pub(crate) at_key: bool,
    pub(crate) message: String,
    pub(crate) label: String,
    pub(crate) found: String,
    pub(crate) allowed: Vec<String>,
    pub(crate) help: Option<String>,
}

/// Everything that a schema says is wrong with a value.
pub(crate) fn problems(schema: &Json, value: &Json) -> Vec<Problem> {
    let mut checker = Checker { root: schema, problems: Vec::new() };
    checker.check(schema, value, &mut Vec::new(), 0);
    checker.problems
}

struct Checker<'s> {
    root: &'s Json,
    problems: Vec<Problem>,
}

/// Schemas may refer to themselves; settings are not nested as deeply.
const DEEPEST: usize = 64;

impl<'s> Checker<'s> {
    fn tell(&mut self, path: &[Step], message: String, label: String) -> &mut Problem {
        let problem = Problem { path: path.to_vec(), at_key: false, message, label, found: String::new(), allowed: Vec::new(), help: None };
        self.problems.push(problem);
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    fn check(&mut self, schema: &'s Json, value: &Json, path: &mut Vec<Step>, depth: usize) {
        let Json::Object(keywords) = schema else {
            if *schema == Json::Bool(false) {
                self.tell(path, format!("{} is not allowed", subject(path)), String::new());
            }
            return;
        };
        if depth > DEEPEST {
            return;
        }
        let before = self.problems.len();
        if let Some(target) = keywords.get("$ref").and_then(Json::as_str).and_then(|r| self.resolve(r)) {
            self.check(target, value, path, depth + 1);
        }
        for part in keywords.get("allOf").and_then(Json::as_array).into_iter().flatten() {
            self.check(part, value, path, depth + 1);
        }
        for keyword in ["oneOf", "anyOf"] {
            if let Some(branches) = keywords.get(keyword).and_then(Json::as_array) {
                self.branches(branches, value, path, depth);
            }
        }
        if self.problems.len() > before {
            return;
        }
        if let Some(values) = constants(schema) {
            self.one_of(&values, value, path);
        } else if !types(keywords).is_empty() && !types(keywords).iter().any(|t| is_of(value, t)) {
            let types: Vec<&str> = types(keywords).into_iter().filter(|t| *t != "null").collect();
            self.wrong_type(&types, keywords, value, path);
        } else {
            self.inside(keywords, value, path, depth);
        }
    }

    fn wrong_type(&mut self, types: &[&str], keywords: &Map<String, Json>, value: &Json, path: &[Step]) {
        let wanted: Vec<&str> = types.iter().map(|t| name_of_type(t)).collect();
        let message = format!("{} must be {}, not {}", subject(path), wanted.join(" or "), what_is(value));
        let help = match (types, value) {
            (["array"], Json::String(text)) => Some(format!("write a list: `[{}]`", Json::from(text.as_str()))),
            (["boolean"], Json::String(text)) if ["true", "false"].contains(&text.as_str()) => {
                Some(format!("write it without quotes: `{text}`"))
            }
            (["integer" | "number"], Json::String(text)) if text.parse::<f64>().is_ok() => {
                Some(format!("write it without quotes: `{text}`"))
            }
            (["string"], Json::Number(_) | Json::Bool(_)) => Some(format!("write it in quotes: `\"{value}\"`")),
            _ => None,
        };
        let label = description(keywords);
        self.tell(path, message, label).help = help;
    }

    fn one_of(&mut self, values: &[&Json], value: &Json, path: &[Step]) {
        if values.contains(&value) {
            return;
        }
        let plain = |v: &Json| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        let allowed = values.iter().filter(|v| !v.is_null()).map(|v| plain(v)).collect();
        let found = plain(value);
        let message = if value.is_string() {
            format!("{} cannot be `{found}`", subject(path))
        } else {
            format!("{} must be one of a few values, not {}", subject(path), what_is(value))
        };
        let problem = self.tell(path, message, String::new());
        problem.allowed = allowed;
        problem.found = found;
    }

    fn inside(&mut self, keywords: &'s Map<String, Json>, value: &Json, path: &mut Vec<Step>, depth: usize) {
        match value {
            Json::Object(map) => self.object(keywords, map, path, depth),
            Json::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    let fixed = keywords.get("prefixItems").and_then(|p| p.get(i));
                    if let Some(schema) = fixed.or_else(|| keywords.get("items")) {
                        path.push(Step::Index(i));
                        self.check(schema, item, path, depth + 1);
                        path.pop();
                    }
                }
                let count = |key| keywords.get(key).and_then(Json::as_u64);
                match (count("minItems"), count("maxItems"), items.len() as u64) {
                    (Some(least), _, n) if n < least => {
                        self.tell(path, format!("{} must have at least {least} items, and has {n}", subject(path)), String::new());
                    }
                    (_, Some(most), n) if n > most => {
                        self.tell(path, format!("{} must have at most {most} items, and has {n}", subject(path)), String::new());
                    }
                    _ => {}
                }
            }
            Json::Number(number) => {
                let Some(x) = number.as_f64() else { return };
                let bound = |key| keywords.get(key).and_then(Json::as_f64);
                let wrong = if let Some(least) = bound("minimum").filter(|least| x < *least) {
                    format!("at least {least}")
                } else if let Some(most) = bound("maximum").or_else(|| width(keywords)).filter(|most| x > *most) {
                    format!("at most {most}")
                } else if let Some(least) = bound("exclusiveMinimum").filter(|least| x <= *least) {
                    format!("more than {least}")
                } else if let Some(most) = bound("exclusiveMaximum").filter(|most| x >= *most) {
                    format!("less than {most}")
                } else {
                    return;
                };
                self.tell(path, format!("{} must be {wrong}, not {number}", subject(path)), String::new());
            }
            _ => {}
        }
    }

    fn object(&mut self, keywords: &'s Map<String, Json>, map: &Map<String, Json>, path: &mut Vec<Step>, depth: usize) {
        let none = Map::new();
        let properties = keywords.get("properties").and_then(Json::as_object);
        let known: Vec<&str> = properties.unwrap_or(&none).keys().map(String::as_str).collect();
        for (key, value) in map {
            path.push(Step::Key(key.clone()));
            match (properties.and_then(|p| p.get(key)), keywords.get("additionalProperties")) {
                (Some(schema), _) => self.check(schema, value, path, depth + 1),
                (None, Some(Json::Bool(false))) => {
                    let message = match path_text(&path[..path.len() - 1]).as_str() {
                        "" => format!("unknown setting `{key}`"),
                        parent => format!("unknown key `{key}` in `{parent}`"),
                    };
                    let problem = self.tell(path, message, String::new());
                    problem.at_key = true;
                    problem.allowed = known.iter().map(|&k| k.to_owned()).collect();
                    problem.found.clone_from(key);
                    if known.is_empty() {
                        problem.help = Some("it takes no settings".into());
                    }
                }
                (None, Some(schema)) => self.check(schema, value, path, depth + 1),
                (None, None) => {}
            }
            path.pop();
        }
        for required in keywords.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
            if !map.contains_key(required) {
                let strange = map.keys().map(String::as_str).filter(|key| !known.contains(key));
                if let Some(meant) = nearest(required, strange) {
                    path.push(Step::Key(meant.to_owned()));
                    let problem = self.tell(path, format!("unknown key `{}`", path_text(path)), String::new());
                    problem.at_key = true;
                    problem.help = Some(format!("did you mean `{required}`? That is missing"));
                    path.pop();
                    continue;
                }
                let label = properties.and_then(|p| p.get(required)).and_then(Json::as_object).map(description).unwrap_or_default();
                let message = match path_text(path).as_str() {
                    "" => format!("the setting `{required}` is missing"),
                    parent => format!("`{required}` is missing in `{parent}`"),
                };
                self.tell(path, message, label);
            }
        }
    }

    /// A value that passes one of several schemas. If it passes none, the ones that come nearest are told.
    fn branches(&mut self, branches: &'s [Json], value: &Json, path: &mut Vec<Step>, depth: usize) {
        let mut attempts: Vec<(&'s Json, Vec<Problem>)> = Vec::new();
        for branch in branches {
            let mut attempt = Checker { root: self.root, problems: Vec::new() };
            attempt.check(branch, value, path, depth + 1);
            if attempt.problems.is_empty() {
                return;
            }
            let branch = branch.get("$ref").and_then(Json::as_str).and_then(|r| self.resolve(r)).unwrap_or(branch);
            if branch.get("type") != Some(&Json::from("null")) {
                attempts.push((branch, attempt.problems));
            }
        }
        if attempts.len() == 1 {
            self.problems.extend(attempts.into_iter().flat_map(|(_, problems)| problems));
            return;
        }
        let constant: Option<Vec<&Json>> =
            attempts.iter().map(|(branch, _)| constants(branch)).collect::<Option<Vec<_>>>().map(|c| c.concat());
        if let Some(values) = constant {
            return self.one_of(&values, value, path);
        }
        if let Some((tag, values)) = tag_of(attempts.iter().map(|(branch, _)| *branch))
            && let Some(found) = value.get(tag)
            && !values.contains(&found)
        {
            path.push(Step::Key(tag.to_owned()));
            self.one_of(&values, found, path);
            path.pop();
            return;
        }
        // A variant that is told by a tag: the tag decides which of them is meant.
        if let Json::Object(map) = value {
            let tagged = |branch: &Json| {
                let tags = branch.get("properties").and_then(Json::as_object);
                tags.is_some_and(|tags| tags.iter().any(|(key, schema)| schema.get("const").is_some_and(|c| map.get(key) == Some(c))))
            };
            if let Some(at) = attempts.iter().position(|(branch, _)| tagged(branch)) {
                self.problems.extend(attempts.swap_remove(at).1);
                return;
            }
        }
        let same_type: Vec<usize> =
            (0..attempts.len()).filter(|&i| attempts[i].0.as_object().is_some_and(|k| types(k).iter().any(|t| is_of(value, t)))).collect();
        if let [only] = same_type.as_slice() {
            self.problems.extend(attempts.swap_remove(*only).1);
            return;
        }
        let mut wanted: Vec<&str> = attempts.iter().filter_map(|(b, _)| b.as_object()).flat_map(types).map(name_of_type).collect();
        wanted.dedup();
        let label = attempts.iter().filter_map(|(b, _)| b.as_object()).map(description).filter(|d| !d.is_empty());
        let label = label.map(|d| d.trim_end_matches('.').to_owned()).collect::<Vec<_>>().join("; or: ");
        let help = tag_of(attempts.iter().map(|(branch, _)| *branch))
            .filter(|(_, values)| values.contains(&value))
            .map(|(tag, _)| format!("write a table: `{{ {tag} = {value} }}`"));
        let message = match (wanted.is_empty(), same_type.is_empty()) {
            (false, true) => format!("{} must be {}, not {}", subject(path), wanted.join(" or "), what_is(value)),
            _ => format!("{} has none of the forms that it may have", subject(path)),
        };
        self.tell(path, message, label).help = help;
    }

    fn resolve(&self, reference: &str) -> Option<&'s Json> {
        self.root.pointer(reference.strip_prefix('#')?)
    }
}

/// The values of an `enum` or a `const`.
fn constants(schema: &Json) -> Option<Vec<&Json>> {
    match (schema.get("enum"), schema.get("const")) {
        (Some(Json::Array(values)), _) => Some(values.iter().collect()),
        (_, Some(value)) => Some(vec![value]),
        _ => None,
    }
}

/// The key by whose value all variants are told apart, and its values.
fn tag_of<'s>(branches: impl Iterator<Item = &'s Json> + Clone) -> Option<(&'s str, Vec<&'s Json>)> {
    let tags = branches.clone().next()?.get("properties")?.as_object()?;
    tags.keys().find_map(|tag| {
        let values: Option<Vec<&Json>> = branches.clone().map(|b| b.get("properties")?.get(tag)?.get("const")).collect();
        Some((tag.as_str(), values?))
    })
}

fn types(keywords: &Map<String, Json>) -> Vec<&str> {
    match keywords.get("type") {
        Some(Json::String(one)) => vec![one],
        Some(Json::Array(many)) => many.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_of(value: &Json, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

fn name_of_type(name: &str) -> &str {
    match name {
        "null" => "nothing",
        "boolean" => "`true` or `false`",
        "integer" => "an integer",
        "number" => "a number",
        "string" => "a string",
        "array" => "a list",
        "object" => "a table",
        other => other,
    }
}

fn what_is(value: &Json) -> String {
    match value {
        Json::Null => "null".into(),
        Json::Bool(b) => format!("`{b}`"),
        Json::Number(n) => format!("the number {n}"),
        Json::String(_) => "a string".into(),
        Json::Array(_) => "a list".into(),
        Json::Object(_) => "a table".into(),
    }
}

/// The greatest number of the integer's width, where the schema names only that.
fn width(keywords: &Map<String, Json>) -> Option<f64> {
    match keywords.get("format").and_then(Json::as_str)? {
        "uint8" => Some(u8::MAX.into()),
        "uint16" => Some(u16::MAX.into()),
        "uint32" => Some(u32::MAX.into()),
        "int8" => Some(i8::MAX.into()),
        "int16" => Some(i16::MAX.into()),
        "int32" => Some(i32::MAX.into()),
        _ => None,
    }
}

fn description(keywords: &Map<String, Json>) -> String {
    keywords.get("description").and_then(Json::as_str).map(|d| d.lines().next().unwrap_or("").to_owned()).unwrap_or_default()
}

fn subject(path: &[Step]) -> String {
    match path {
        [] => "the settings".into(),
        path => format!("`{}`", path_text(path)),
    }
}
