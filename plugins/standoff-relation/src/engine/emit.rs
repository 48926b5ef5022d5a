//! What matches say: relations between captures, and phrases for captures that no layer has.

use std::collections::HashMap;

use standoff_core::Value;

use crate::engine::captures::Capture;
use crate::engine::cues::status;
use crate::engine::matches::Match;
use crate::engine::sentence::Annotation;
use crate::engine::values::{Context, Found};
use crate::plan::rule::{EmitPlan, Plan, RulePlan, ValuePlan};
use crate::plan::symbols::AttributeTest;

/// Everything that the rules say of a document.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) relations: Vec<RelationFound>,
    pub(crate) phrases: Vec<PhraseFound>,
    /// Phrases by their tokens.
    known: HashMap<(usize, usize), usize>,
}

/// A relation. Tokens are those of the document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RelationFound {
    pub(crate) rule: usize,
    pub(crate) kind: String,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) subject: Vec<Annotation>,
    pub(crate) object: Vec<Annotation>,
    pub(crate) negated: bool,
    pub(crate) modality: String,
    pub(crate) qualifiers: Vec<(String, Qualifier)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Qualifier {
    Text(String),
    Annotation(Annotation),
}

/// A stretch of text that a relation speaks of. Tokens are those of the document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PhraseFound {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: String,
    pub(crate) rule: usize,
}

impl Findings {
    pub(crate) fn clear(&mut self) {
        self.relations.clear();
        self.phrases.clear();
        self.known.clear();
    }

    /// A capture as an argument: the annotation that it is, or a phrase.
    fn argument(&mut self, plan: &RulePlan, rule: usize, capture: &Capture, annotation: Option<Annotation>, first: usize) -> Annotation {
        annotation.unwrap_or_else(|| {
            let place = (first + capture.start, first + capture.end);
            let phrases = &mut self.phrases;
            let number = *self.known.entry(place).or_insert_with(|| {
                let kind = plan.slots.get(capture.slot as usize).map_or_else(String::new, |slot| slot.name.clone());
                phrases.push(PhraseFound { start: place.0, end: place.1, kind, rule });
                phrases.len() - 1
            });
            Annotation::Phrase(number)
        })
    }
}

/// A relation before its phrases are noted.
struct Draft {
    relation: RelationFound,
    subject: Vec<(Capture, Option<Annotation>)>,
    object: Vec<(Capture, Option<Annotation>)>,
    qualifiers: Vec<(String, QualifierDraft)>,
}

enum QualifierDraft {
    Text(String),
    Capture(Capture, Option<Annotation>),
}

/// Says what a match says. A relation that was said before is not said again.
pub(crate) fn emit(plan: &Plan, one: &Match, context: Context) -> Vec<Statement> {
    let Some(rule) = plan.rules.get(one.rule) else { return Vec::new() };
    rule.emits.iter().flat_map(|emit| statements(plan, rule, emit, one, context)).collect()
}

/// What an `emit` says, ready to be noted among the findings.
pub(crate) struct Statement(Draft);

fn statements(plan: &Plan, rule: &RulePlan, emit: &EmitPlan, one: &Match, context: Context) -> Vec<Statement> {
    let of = |slot: u32| one.captures.iter().filter(move |capture| capture.slot == slot).copied();
    let members: Vec<Option<Capture>> = match emit.each {
        Some(slot) => of(slot).map(Some).collect(),
        None => vec![None],
    };
    let used = |slot: u32| {
        let qualifies = |value: &ValuePlan| matches!(value, ValuePlan::Capture { slot: own, path } if *own == slot && path.is_empty());
        emit.arguments.contains(&slot) || emit.qualifiers.iter().any(|(_, value)| qualifies(value))
    };
    let argument = |at: usize| one.captures.iter().any(|capture| used(capture.slot) && (capture.start..capture.end).contains(&at));
    let Some(language) = plan.languages.get(rule.language) else { return Vec::new() };
    let status = status(language, context.sentence, context.forms, one.start, one.end, argument);
    let first = context.sentence.first;
    let mut statements = Vec::new();
    for member in members {
        let captures = |slot: u32| -> Vec<(Capture, Option<Annotation>)> {
            let chosen: Vec<Capture> = match member {
                Some(member) if Some(slot) == emit.each => vec![member],
                _ => of(slot).collect(),
            };
            chosen.into_iter().map(|capture| (capture, context.annotation(&capture))).collect()
        };
        let sides: Vec<_> = emit.arguments.iter().map(|slot| captures(*slot)).collect();
        if sides.iter().any(Vec::is_empty) {
            continue;
        }
        let mut sides = sides.into_iter();
        let mut qualifiers = Vec::new();
        for (name, value) in &emit.qualifiers {
            match value {
                ValuePlan::Capture { slot, path } if path.is_empty() => {
                    let values = captures(*slot).into_iter();
                    qualifiers.extend(values.map(|(capture, annotation)| (name.clone(), QualifierDraft::Capture(capture, annotation))));
                }
                ValuePlan::Capture { slot, path } => {
                    for (capture, _) in captures(*slot) {
                        match context.attribute(&capture, path) {
                            Some(Found::Text(text)) => qualifiers.push((name.clone(), QualifierDraft::Text(text))),
                            Some(Found::Number(number)) => qualifiers.push((name.clone(), QualifierDraft::Text(number.to_string()))),
                            Some(Found::Row(row)) => {
                                qualifiers.push((name.clone(), QualifierDraft::Capture(capture, Some(Annotation::Row(row)))))
                            }
                            None => {}
                        }
                    }
                }
                ValuePlan::Text(text) => qualifiers.push((name.clone(), QualifierDraft::Text(text.clone()))),
                ValuePlan::Int(int) => qualifiers.push((name.clone(), QualifierDraft::Text(int.to_string()))),
                ValuePlan::Regex(_) => {}
            }
        }
        let relation = RelationFound {
            rule: one.rule,
            kind: emit.predicate.clone(),
            start: first + one.start,
            end: first + one.end,
            subject: Vec::new(),
            object: Vec::new(),
            negated: emit.negated.unwrap_or(status.negated),
            modality: emit.modality.clone().unwrap_or_else(|| status.modality.to_owned()),
            qualifiers: Vec::new(),
        };
        let subject = sides.next().unwrap_or_default();
        let object = sides.next().unwrap_or_default();
        statements.push(Statement(Draft { relation, subject, object, qualifiers }));
    }
    statements
}

impl Findings {
    /// Notes what a match says, unless a relation from number `since` on says the same: one predicate of the same
    /// arguments.
    pub(crate) fn note(&mut self, plan: &RulePlan, first: usize, since: usize, statement: Statement) {
        let Statement(Draft { mut relation, subject, object, qualifiers }) = statement;
        let rule = relation.rule;
        let mut argument = |(capture, annotation): (Capture, Option<Annotation>)| self.argument(plan, rule, &capture, annotation, first);
        relation.subject = subject.into_iter().map(&mut argument).collect();
        relation.object = object.into_iter().map(&mut argument).collect();
        let same = |known: &RelationFound| {
            known.kind == relation.kind
                && known.negated == relation.negated
                && known.subject == relation.subject
                && known.object == relation.object
        };
        if self.relations.iter().skip(since).any(same) {
            return;
        }
        let mut argument = |(capture, annotation): (Capture, Option<Annotation>)| self.argument(plan, rule, &capture, annotation, first);
        relation.qualifiers = qualifiers
            .into_iter()
            .map(|(name, value)| match value {
                QualifierDraft::Text(text) => (name, Qualifier::Text(text)),
                QualifierDraft::Capture(capture, annotation) => (name, Qualifier::Annotation(argument((capture, annotation)))),
            })
            .collect();
        self.relations.push(relation);
    }
}

impl RelationFound {
    /// An attribute as text, by its name in the layer.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        match name {
            "type" => Some(&self.kind),
            "negated" => Some(if self.negated { "true" } else { "false" }),
            "modality" => Some(&self.modality),
            _ => None,
        }
    }

    /// Whether it passes a test of a later phase.
    pub(crate) fn passes(&self, test: &AttributeTest) -> bool {
        match test.path.as_slice() {
            [name] => test.passes(self.attribute(name).map(Value::Str)),
            _ => !test.equal,
        }
    }
}

impl PhraseFound {
    /// Whether it passes a test of a later phase.
    pub(crate) fn passes(&self, test: &AttributeTest) -> bool {
        match test.path.as_slice() {
            [name] if name == "type" => test.passes_text(&self.kind),
            _ => !test.equal,
        }
    }
}
