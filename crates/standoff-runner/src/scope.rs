//! `within`: in which rows of another layer an entry may give rows.

use std::fmt;

use serde_json::Value as Json;
use standoff_core::{Document, NamedValue, Output, Row, RowRef, Segment, Task, Value as Cell, Values};

use crate::condition::{Is, Test, all_hold, tests, text};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::entry::Origin;
use crate::node::{Node, Value};

/// A layer, and tests of the attributes of its rows: `within = "paragraph"`, or
/// `within = { layer = "mention", type = ["ORG", "GPE"] }` in a pipeline file.
///
/// An entry with a scope gives only rows that lie wholly inside one of the layer's rows that pass the tests, and takes
/// back only such rows. A row without a place in the text, such as an entity, goes where the rows go that refer to it:
/// it is dropped if all of them are. Dropped rows are retracted by the rule `within`, so that they can still be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Within {
    layer: String,
    tests: Vec<Test>,
}

impl Within {
    /// The layer.
    #[must_use]
    pub fn layer(&self) -> &str {
        &self.layer
    }

    pub(crate) fn parse(node: &Node, origin: &Origin, out: &mut Diagnostics) -> Option<Within> {
        const HELP: &str = "write for instance `within = \"paragraph\"` or `within = { layer = \"mention\", type = \"ORG\" }`";
        let table = match &node.value {
            Value::String(layer) if !layer.trim().is_empty() => return Some(Within { layer: layer.clone(), tests: Vec::new() }),
            Value::Table(table) => table,
            Value::String(_) => {
                out.push(Diagnostic::error("`within` names no layer", origin.at(&node.span), "").help(HELP));
                return None;
            }
            _ => {
                let message = format!("`within` must be the name of a layer or a table, not {}", node.kind());
                out.push(Diagnostic::error(message, origin.at(&node.span), "").help(HELP));
                return None;
            }
        };
        let layer = match table.iter().find(|(key, _)| key.name == "layer") {
            Some((_, value)) => value.str().filter(|name| !name.trim().is_empty()).or_else(|| {
                out.push(Diagnostic::error("`layer` of `within` must be the name of a layer", origin.at(&value.span), "").help(HELP));
                None
            }),
            None => {
                out.push(Diagnostic::error("`within` does not say in which layer", origin.at(&node.span), "").help(HELP));
                None
            }
        };
        let rest: Vec<_> = table.iter().filter(|(key, _)| key.name != "layer").cloned().collect();
        let tests = tests(&rest, &[], "within", origin, out)?;
        Some(Within { layer: layer?.to_owned(), tests })
    }

    /// The single tests, those under `not` among them.
    pub(crate) fn single(&self) -> Vec<&Is> {
        fn collect<'t>(tests: &'t [Test], into: &mut Vec<&'t Is>) {
            for test in tests {
                match test {
                    Test::Is(is) => into.push(is),
                    Test::Not(inner) => collect(inner, into),
                }
            }
        }
        let mut single = Vec::new();
        collect(&self.tests, &mut single);
        single
    }

    /// Lets only those retractions stand that concern rows in scope. To be called before the output is committed.
    pub(crate) fn spare(&self, document: &Document, output: &mut Output) {
        let base = document.segments().len();
        output.retain_retractions(|row, _| {
            let span = document.segments().get(row.segment as usize).filter(|s| s.schema().spans).map(|s| s.span(row.row as usize));
            span.is_none_or(|_| document.row(row).is_none_or(|row| self.holds(document, base, row)))
        });
    }

    /// Takes back the rows of the segments from `base` on that are out of scope. To be called after the commit.
    pub(crate) fn drop_outside(&self, document: &mut Document<'static>, base: usize, task: &Task) {
        let mut outside = Dropped::new(document, base);
        for (s, segment) in document.segments().iter().enumerate().skip(base).filter(|(_, s)| s.schema().spans) {
            for row in 0..segment.len() {
                let id = RowRef::new(s as u32, row as u32);
                outside.set(id, document.row(id).is_some_and(|row| !self.holds(document, base, row)));
            }
        }
        outside.follow(document);
        outside.retract(document, task, "within");
    }

    fn holds(&self, document: &Document, base: usize, row: Row) -> bool {
        let Some(span) = row.span() else { return true };
        let mut around = document.layer(&self.layer).covering(span);
        around.any(|row| (row.id().segment as usize) < base && all_hold(&self.tests, &|key, values| passes(row, key, values)))
    }
}

/// Which rows of the newest segments are to go.
pub(crate) struct Dropped {
    base: usize,
    rows: Vec<Vec<bool>>,
}

impl Dropped {
    pub(crate) fn new(document: &Document, base: usize) -> Dropped {
        Dropped { base, rows: document.segments().iter().skip(base).map(|s| vec![false; s.len()]).collect() }
    }

    fn set(&mut self, id: RowRef, dropped: bool) {
        if let Some(row) = self.slot(id) {
            *row = dropped;
        }
    }

    /// All rows of a layer go.
    pub(crate) fn layer(&mut self, document: &Document, layer: &str) {
        for (rows, segment) in self.rows.iter_mut().zip(document.segments().iter().skip(self.base)) {
            if segment.layer() == layer {
                rows.fill(true);
            }
        }
    }

    fn slot(&mut self, id: RowRef) -> Option<&mut bool> {
        let segment = (id.segment as usize).checked_sub(self.base)?;
        self.rows.get_mut(segment)?.get_mut(id.row as usize)
    }

    /// Rows without a place go if rows refer to them and all of these go.
    pub(crate) fn follow(&mut self, document: &Document) {
        let mut kept: Vec<Vec<bool>> = self.rows.iter().map(|rows| vec![false; rows.len()]).collect();
        let mut lost = kept.clone();
        for (segment, gone) in document.segments().iter().skip(self.base).zip(&self.rows) {
            references(segment, &mut |from, to| {
                let Some(target) = (to.segment as usize).checked_sub(self.base) else { return };
                let side = if gone.get(from).copied().unwrap_or(false) { &mut lost } else { &mut kept };
                if let Some(mark) = side.get_mut(target).and_then(|rows| rows.get_mut(to.row as usize)) {
                    *mark = true;
                }
            });
        }
        for (s, segment) in document.segments().iter().skip(self.base).enumerate().filter(|(_, s)| !s.schema().spans) {
            for row in 0..segment.len() {
                if lost[s][row] && !kept[s][row] {
                    self.rows[s][row] = true;
                }
            }
        }
    }

    pub(crate) fn retract(self, document: &mut Document<'static>, task: &Task, rule: &str) {
        for (s, rows) in self.rows.iter().enumerate() {
            for (row, _) in rows.iter().enumerate().filter(|(_, gone)| **gone) {
                document.adopt_retraction(RowRef::new((self.base + s) as u32, row as u32), task.provenance(), rule);
            }
        }
    }
}

/// Calls `visit` with each row of a segment and each address in it.
fn references(segment: &Segment, visit: &mut dyn FnMut(usize, RowRef)) {
    for column in segment.columns() {
        if !matches!(column.values(), Values::Ref(_) | Values::RefList { .. } | Values::Named(_)) {
            continue;
        }
        for row in 0..column.len() {
            match column.get(row) {
                Some(Cell::Ref(to)) => visit(row, to),
                Some(Cell::RefList(list)) => list.iter().for_each(|to| visit(row, *to)),
                Some(Cell::Named(named)) => named.iter().for_each(|(_, value)| {
                    if let NamedValue::Row(to) = value {
                        visit(row, to);
                    }
                }),
                _ => {}
            }
        }
    }
}

fn passes(row: Row, key: &[String], values: &[Json]) -> bool {
    let [attribute] = key else { return false };
    let Some(cell) = row.get(attribute) else { return false };
    values.iter().any(|wanted| match cell {
        Cell::Str(s) => wanted.as_str() == Some(s),
        Cell::Bool(b) => wanted.as_bool() == Some(b),
        Cell::U32(n) => wanted.as_i64() == Some(n.into()),
        Cell::I64(n) => wanted.as_i64() == Some(n),
        Cell::F64(n) => wanted.as_f64() == Some(n),
        _ => false,
    })
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tests.as_slice() {
            [] => f.write_str(&self.layer),
            tests => write!(f, "{} with {}", self.layer, text(tests)),
        }
    }
}
