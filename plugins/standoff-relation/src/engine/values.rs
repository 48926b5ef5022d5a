//! What captures stand for, and whether conditions on them hold.

use std::cmp::Ordering;

use standoff_core::{Document, RowRef, Value};

use crate::engine::captures::Capture;
use crate::engine::emit::Findings;
use crate::engine::forms::Forms;
use crate::engine::matches::Match;
use crate::engine::sentence::{Annotation, NONE, Sentence, Tokens};
use crate::language::fold;
use crate::plan::rule::{ConditionPlan, ValuePlan};
use crate::plan::symbols::value_at;
use crate::syntax::tree::Operator;

/// A document with what rules found in it so far: where the values of captures come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'c> {
    pub(crate) document: &'c Document<'c>,
    pub(crate) tokens: &'c Tokens,
    pub(crate) forms: &'c Forms,
    pub(crate) sentence: &'c Sentence,
    pub(crate) findings: &'c Findings,
}

/// A value as conditions compare it and qualifiers hold it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found {
    Text(String),
    Number(f64),
    Row(RowRef),
}

impl<'c> Context<'c> {
    /// The text of a capture.
    pub(crate) fn text(&self, capture: &Capture) -> &'c str {
        let first = self.sentence.first;
        self.document.slice(self.tokens.span(first + capture.start, first + capture.end))
    }

    /// The annotation that a capture is.
    pub(crate) fn annotation(&self, capture: &Capture) -> Option<Annotation> {
        if capture.annotation == NONE { None } else { self.tokens.annotations.get(capture.annotation as usize).copied() }
    }

    /// The value of an attribute of a capture.
    pub(crate) fn attribute(&self, capture: &Capture, path: &[String]) -> Option<Found> {
        match self.annotation(capture) {
            Some(Annotation::Row(id)) => match value_at(self.document, self.document.row(id)?, path)? {
                Value::Str(text) => Some(Found::Text(text.to_owned())),
                Value::Bool(found) => Some(Found::Text(found.to_string())),
                Value::U32(n) => Some(Found::Number(f64::from(n))),
                Value::I64(n) => Some(Found::Number(n as f64)),
                Value::F64(n) => Some(Found::Number(n)),
                Value::Ref(target) => Some(Found::Row(target)),
                _ => None,
            },
            Some(Annotation::Relation(number)) => {
                let relation = self.findings.relations.get(number)?;
                let value = path.first().and_then(|name| relation.attribute(name))?;
                Some(Found::Text(value.to_owned()))
            }
            _ => match path {
                [name] if name == "text" => Some(Found::Text(self.text(capture).to_owned())),
                _ => None,
            },
        }
    }

    /// Whether a condition holds for a match.
    pub(crate) fn holds(&self, condition: &ConditionPlan, one: &Match) -> bool {
        let of = |slot: u32| one.captures.iter().filter(move |capture| capture.slot == slot);
        match condition {
            ConditionPlan::Is { negated, slot, symbols } => {
                let is = |capture: &Capture| {
                    let mut steps = symbols.iter().flat_map(|symbol| self.sentence.steps(self.forms, *symbol, capture.start));
                    steps.any(|(end, _)| end == capture.end)
                };
                let mut captures = of(*slot).peekable();
                (captures.peek().is_some() && captures.all(is)) != *negated
            }
            ConditionPlan::Compare { negated, left: ValuePlan::Capture { slot, path }, operator, right } => {
                let holds = match right {
                    ValuePlan::Capture { slot: other, path: other_path } if path.is_empty() && other_path.is_empty() => {
                        let same = of(*slot).any(|a| of(*other).any(|b| self.same(a, b)));
                        match operator {
                            Operator::Equal => same,
                            Operator::Unequal => !same,
                            Operator::Less | Operator::Greater => {
                                of(*slot).any(|a| of(*other).any(|b| compare(operator, &self.value(a, path), &self.value(b, path))))
                            }
                        }
                    }
                    ValuePlan::Capture { slot: other, path: other_path } => {
                        let lefts: Vec<Option<Found>> = of(*slot).map(|capture| self.value(capture, path)).collect();
                        let rights: Vec<Option<Found>> = of(*other).map(|capture| self.value(capture, other_path)).collect();
                        any_or_unequal(operator, &lefts, &rights)
                    }
                    ValuePlan::Text(text) => {
                        let lefts: Vec<Option<Found>> = of(*slot).map(|capture| self.value(capture, path)).collect();
                        any_or_unequal(operator, &lefts, &[Some(Found::Text(text.clone()))])
                    }
                    ValuePlan::Int(int) => {
                        let lefts: Vec<Option<Found>> = of(*slot).map(|capture| self.value(capture, path)).collect();
                        any_or_unequal(operator, &lefts, &[Some(Found::Number(*int as f64))])
                    }
                    ValuePlan::Regex(regex) => {
                        let matched =
                            of(*slot).any(|capture| matches!(self.value(capture, path), Some(Found::Text(text)) if regex.is_match(&text)));
                        matched == (*operator == Operator::Equal)
                    }
                };
                holds != *negated
            }
            // The left side is a capture: nothing else is ever compiled.
            ConditionPlan::Compare { .. } => false,
        }
    }

    fn value(&self, capture: &Capture, path: &[String]) -> Option<Found> {
        if path.is_empty() { Some(Found::Text(self.text(capture).to_owned())) } else { self.attribute(capture, path) }
    }

    /// Whether two captures stand for the same thing: the same tokens, the same entity, id or name, or the same words.
    fn same(&self, a: &Capture, b: &Capture) -> bool {
        if (a.start, a.end) == (b.start, b.end) {
            return true;
        }
        for name in ["entity", "id", "name"] {
            let path = [name.to_owned()];
            if let (Some(a), Some(b)) = (self.attribute(a, &path), self.attribute(b, &path)) {
                return a == b;
            }
        }
        fold(self.text(a)) == fold(self.text(b))
    }
}

/// Whether some value on the left compares to some on the right; "unequal" means that none is equal.
fn any_or_unequal(operator: &Operator, lefts: &[Option<Found>], rights: &[Option<Found>]) -> bool {
    match operator {
        Operator::Unequal => !any_or_unequal(&Operator::Equal, lefts, rights),
        _ => lefts.iter().any(|left| rights.iter().any(|right| compare(operator, left, right))),
    }
}

fn compare(operator: &Operator, left: &Option<Found>, right: &Option<Found>) -> bool {
    let order = match (left, right) {
        (Some(Found::Number(a)), Some(Found::Number(b))) => a.partial_cmp(b),
        // Text is compared as phrases are, so that a case in a name does not matter; ISO dates keep their order.
        (Some(Found::Text(a)), Some(Found::Text(b))) => Some(fold(a).cmp(&fold(b))),
        (Some(Found::Text(a)), Some(Found::Number(b))) => a.trim().parse::<f64>().ok().and_then(|a| a.partial_cmp(b)),
        (Some(Found::Row(a)), Some(Found::Row(b))) => (a == b).then_some(Ordering::Equal),
        _ => None,
    };
    match operator {
        Operator::Equal => order == Some(Ordering::Equal),
        Operator::Unequal => order != Some(Ordering::Equal),
        Operator::Less => order == Some(Ordering::Less),
        Operator::Greater => order == Some(Ordering::Greater),
    }
}
