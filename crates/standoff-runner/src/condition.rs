//! `when`: which documents an entry is for, by their metadata.

use std::fmt;
use std::ops::Range;

use serde_json::Value as Json;
use standoff_core::{Document, nearest};

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::entry::Origin;
use crate::node::{Key, Node, Value};
use crate::registry::quoted;

/// Metadata that documents have by themselves; any other key is a free field.
const METADATA: [&str; 4] = ["language", "date", "source", "id"];

/// Tests of a document's metadata, all of which must hold: `when = { language = "en" }` in a pipeline file.
///
/// A test names a field of the metadata (`language`, `date`, `source`, a free field, or `id`) and a value, or a list of
/// values of which one must be there. `not = { … }` turns tests round, and so does `language = { not = "en" }`. A
/// language stands for its regions too: `en` holds for `en-GB`. A document that lacks the field does not pass, save
/// by `not`.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition(pub(crate) Vec<Test>);

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    Is(Is),
    Not(Vec<Test>),
}

/// One field that must have one of some values. The spans are those of the key and of each value, where it was written.
#[derive(Clone, Debug)]
pub(crate) struct Is {
    pub(crate) key: Vec<String>,
    pub(crate) values: Vec<Json>,
    pub(crate) key_span: Range<usize>,
    pub(crate) value_spans: Vec<Range<usize>>,
}

/// Tests are the same wherever they stand.
impl PartialEq for Is {
    fn eq(&self, other: &Is) -> bool {
        self.key == other.key && self.values == other.values
    }
}

impl Condition {
    /// Whether a document passes.
    #[must_use]
    pub fn holds(&self, document: &Document) -> bool {
        all_hold(&self.0, &|key, values| field(document, key, &mut |found| values.iter().any(|v| matches(key, found, v))))
    }

    /// The values that a test without `not` asks of a field, if there is one.
    pub(crate) fn asks(&self, field: &str) -> Option<&[Json]> {
        self.0.iter().find_map(|test| match test {
            Test::Is(is) if is.key == [field] => Some(is.values.as_slice()),
            _ => None,
        })
    }

    /// Whether it is certain that no document passes both. Free fields may hold several values at once, so only a test
    /// and its opposite settle it for them.
    pub(crate) fn excludes(&self, other: &Condition) -> bool {
        let one_way = |a: &Condition, b: &Condition| {
            a.0.iter().any(|test| match test {
                Test::Is(Is { key, values, .. }) => b.0.iter().any(|t| match t {
                    Test::Is(Is { key: k, values: others, .. }) => {
                        let single = METADATA.contains(&key.join(".").as_str());
                        key == k && single && !values.iter().any(|v| others.iter().any(|o| matches(key, v, o) || matches(key, o, v)))
                    }
                    Test::Not(inner) => match inner.as_slice() {
                        [Test::Is(Is { key: k, values: others, .. })] => {
                            key == k && values.iter().all(|v| others.iter().any(|o| matches(key, v, o)))
                        }
                        _ => false,
                    },
                }),
                Test::Not(_) => false,
            })
        };
        one_way(self, other) || one_way(other, self)
    }

    pub(crate) fn parse(node: &Node, origin: &Origin, out: &mut Diagnostics) -> Option<Condition> {
        let Value::Table(table) = &node.value else {
            out.push(
                Diagnostic::error(format!("`when` must be a table, not {}", node.kind()), origin.at(&node.span), "")
                    .help("write for instance `when = { language = \"en\" }`"),
            );
            return None;
        };
        for (key, _) in table {
            if let Some(near) = nearest(&key.name, METADATA).filter(|near| *near != key.name) {
                out.push(
                    Diagnostic::warning(format!("`when` asks for a free field `{}` of the metadata", key.name), origin.at(&key.span), "")
                        .help(format!("did you mean `{near}`?")),
                );
            }
        }
        if table.is_empty() {
            out.push(Diagnostic::error("`when` is empty", origin.at(&node.span), "").help("leave it out, or say what it tests"));
            return None;
        }
        tests(table, &[], "when", origin, out).map(Condition)
    }
}

/// Reads tests of named values. `what` is the key that they stand under.
pub(crate) fn tests(table: &[(Key, Node)], path: &[String], what: &str, origin: &Origin, out: &mut Diagnostics) -> Option<Vec<Test>> {
    let before = out.len();
    let mut found = Vec::new();
    for (key, node) in table {
        let deeper = || path.iter().chain([&key.name]).cloned().collect::<Vec<String>>();
        match &node.value {
            Value::Table(inner) if inner.is_empty() => {
                out.push(Diagnostic::error(format!("`{}` of `{what}` tests nothing", key.name), origin.at(&node.span), ""));
            }
            Value::Table(inner) if key.name == "not" => {
                found.extend(tests(inner, path, what, origin, out).map(Test::Not));
            }
            _ if key.name == "not" && path.is_empty() => out.push(
                Diagnostic::error(format!("`not` of `{what}` must be a table, not {}", node.kind()), origin.at(&node.span), "")
                    .help("write for instance `not = { language = \"en\" }`"),
            ),
            _ if key.name == "not" => {
                found.extend(one(path.to_vec(), key, node, what, origin, out).map(|is| Test::Not(vec![Test::Is(is)])));
            }
            Value::Table(inner) => found.extend(tests(inner, &deeper(), what, origin, out).into_iter().flatten()),
            _ => found.extend(one(deeper(), key, node, what, origin, out).map(Test::Is)),
        }
    }
    (!out.iter().skip(before).any(|d| d.severity() == Severity::Error)).then_some(found)
}

fn one(path: Vec<String>, key: &Key, node: &Node, what: &str, origin: &Origin, out: &mut Diagnostics) -> Option<Is> {
    let items = match &node.value {
        Value::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    if items.is_empty() {
        out.push(
            Diagnostic::error(format!("`{}` of `{what}` is an empty list, which nothing passes", key.name), origin.at(&node.span), "")
                .help("name at least one value"),
        );
        return None;
    }
    let mut is = Is { key: path, values: Vec::new(), key_span: key.span.clone(), value_spans: Vec::new() };
    for item in items {
        match (&item.value, item.json()) {
            (Value::Array(_) | Value::Table(_) | Value::Other(_), _) | (_, Err(_)) => {
                out.push(
                    Diagnostic::error(
                        format!("`{}` of `{what}` is tested against {}", key.name, item.kind()),
                        origin.at(&item.span),
                        "neither a string, a number nor a truth value",
                    )
                    .help(format!("write one value such as `{0} = \"x\"`, or a list of values such as `{0} = [\"x\", \"y\"]`", key.name)),
                );
                return None;
            }
            (_, Ok(value)) => {
                is.values.push(value);
                is.value_spans.push(item.span.clone());
            }
        }
    }
    Some(is)
}

pub(crate) fn all_hold(tests: &[Test], is: &dyn Fn(&[String], &[Json]) -> bool) -> bool {
    tests.iter().all(|test| match test {
        Test::Is(test) => is(&test.key, &test.values),
        Test::Not(inner) => !all_hold(inner, is),
    })
}

/// Hands the value of a field to `test`; false where the document lacks it.
fn field(document: &Document, key: &[String], test: &mut dyn FnMut(&Json) -> bool) -> bool {
    let Some((first, rest)) = key.split_first() else { return false };
    let meta = document.meta();
    let known = match first.as_str() {
        "id" => Some(document.id()),
        "language" => meta.language.as_deref(),
        "date" => meta.date.as_deref(),
        "source" => meta.source.as_deref(),
        name => {
            let value = rest.iter().try_fold(meta.fields.get(name), |at, key| at.map(|v| v.get(key))).flatten();
            return match value {
                Some(Json::Array(items)) => items.iter().any(test),
                Some(value) => test(value),
                None => false,
            };
        }
    };
    known.is_some_and(|text| rest.is_empty() && test(&Json::String(text.to_owned())))
}

fn matches(key: &[String], found: &Json, wanted: &Json) -> bool {
    match (found, wanted) {
        (Json::String(tag), Json::String(range)) if *key == ["language"] => in_language(tag, range),
        (Json::Number(a), Json::Number(b)) => a.as_f64() == b.as_f64(),
        _ => found == wanted,
    }
}

/// Whether a language tag lies in a range: `en` holds `en`, `EN` and `en-GB`.
pub(crate) fn in_language(tag: &str, range: &str) -> bool {
    let (head, tail) = (tag.get(..range.len()), tag.get(range.len()..).unwrap_or(""));
    head.is_some_and(|head| head.eq_ignore_ascii_case(range)) && (tail.is_empty() || tail.starts_with(['-', '_']))
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text(&self.0))
    }
}

pub(crate) fn text(tests: &[Test]) -> String {
    let texts: Vec<String> = tests
        .iter()
        .map(|test| match test {
            Test::Is(Is { key, values, .. }) => match values.as_slice() {
                [one] => format!("{} = {one}", key.join(".")),
                many => format!("{} = [{}]", key.join("."), many.iter().map(Json::to_string).collect::<Vec<_>>().join(", ")),
            },
            Test::Not(inner) => format!("not ({})", text(inner)),
        })
        .collect();
    texts.join(", ")
}

/// Whether a condition can ever hold for a plugin that reads these languages only; if not, the languages for a message.
pub(crate) fn never_reads(condition: &Condition, languages: &[String]) -> Option<String> {
    let asked = condition.asks("language").filter(|_| !languages.is_empty())?;
    let reads = |tag: &Json| tag.as_str().is_none_or(|tag| languages.iter().any(|l| in_language(tag, l) || in_language(l, tag)));
    (!asked.iter().any(reads)).then(|| quoted(languages))
}
