//! The rules as an annotator: what they say becomes rows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use standoff_core::{Annotator, Document, Error, NamedValue, NamedValues, Output, Phrase, Relation, RowRef, RuleDoc, Span, nearest};

use crate::engine::emit::{Findings, Qualifier};
use crate::engine::run::{LayerNames, Scratch, Unwatched};
use crate::engine::sentence::{Annotation, Tokens};
use crate::explain::explain;
use crate::plan::rule::Plan;
use crate::rules::Rules;

/// Runs rules over documents.
#[derive(Clone, Debug)]
pub struct RelationAnnotator {
    pub(crate) rules: Rules,
    pub(crate) layers: LayerNames,
}

impl RelationAnnotator {
    /// An annotator that reads the layers that the rules name, and gives `relation` and `phrase`.
    #[must_use]
    pub fn new(rules: Rules) -> RelationAnnotator {
        RelationAnnotator { rules, layers: LayerNames::default() }
    }

    /// The same, reading some layers under other names: what the rules call a layer, and what documents do. Tokens and
    /// sentences are called `token` and `sentence`.
    #[must_use]
    pub fn with_layers(mut self, names: BTreeMap<String, String>) -> RelationAnnotator {
        self.layers = LayerNames(names.into_iter().collect());
        self
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }
}

impl Annotator for RelationAnnotator {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        let mut scratch = output.take_scratch::<Scratch>();
        scratch.run(&self.rules.plan, document, &self.layers, &mut Unwatched);
        let written = write(&self.rules.plan, &scratch.tokens, &scratch.findings, output);
        output.put_scratch(scratch);
        written
    }

    fn rules(&self) -> Vec<RuleDoc> {
        self.rules.docs()
    }

    fn explain(&self, document: &Document, rule: Option<&str>) -> Result<Option<String>, Error> {
        let mut text = String::new();
        match rule {
            Some(name) => {
                let number = self.rules.names().position(|known| known == name).ok_or_else(|| {
                    let error = Error::settings(format!("there is no rule `{name}`"));
                    match nearest(name, self.rules.names()) {
                        Some(near) => error.help(format!("did you mean `{near}`?")),
                        None => error,
                    }
                })?;
                explain(&self.rules.plan, number, document, &self.layers, false, &mut text);
            }
            None => {
                for number in 0..self.rules.len() {
                    let mut one = String::new();
                    if explain(&self.rules.plan, number, document, &self.layers, true, &mut one) {
                        text.push_str(&one);
                    }
                }
                if text.is_empty() {
                    let _ = writeln!(text, "None of the {} rules matches.", self.rules.len());
                }
            }
        }
        Ok(Some(text))
    }
}

/// Writes what was found, in text order: phrases first, so that relations can refer to them.
fn write(plan: &Plan, tokens: &Tokens, findings: &Findings, output: &mut Output) -> Result<(), Error> {
    let rule_name = |rule: usize| plan.rules.get(rule).map_or("", |rule| rule.name.as_str());
    let place = |start: usize, end: usize| tokens.span(start, end);
    let phrases = text_order(findings.phrases.iter().map(|phrase| place(phrase.start, phrase.end)));
    let mut phrase_rows = vec![RowRef::NONE; phrases.len()];
    let mut layer = output.layer::<Phrase>()?;
    for number in phrases {
        if let (Some(phrase), Some(row)) = (findings.phrases.get(number), phrase_rows.get_mut(number)) {
            let span = place(phrase.start, phrase.end);
            *row = layer.push_by(rule_name(phrase.rule), Phrase { span, kind: Some(&phrase.kind) });
        }
    }
    let relations = text_order(findings.relations.iter().map(|relation| place(relation.start, relation.end)));
    let segment = output.segment(<Relation as standoff_core::Layer>::NAME)?;
    let mut relation_rows = vec![RowRef::NONE; relations.len()];
    for (row, number) in relations.iter().enumerate() {
        if let Some(address) = relation_rows.get_mut(*number) {
            *address = segment.address(row);
        }
    }
    let address = |annotation: &Annotation| match *annotation {
        Annotation::Row(row) => row,
        Annotation::Phrase(number) => phrase_rows.get(number).copied().unwrap_or_default(),
        Annotation::Relation(number) => relation_rows.get(number).copied().unwrap_or_default(),
    };
    let mut layer = output.layer::<Relation>()?;
    for relation in relations.iter().filter_map(|number| findings.relations.get(*number)) {
        let subject: Vec<RowRef> = relation.subject.iter().map(address).collect();
        let object: Vec<RowRef> = relation.object.iter().map(address).collect();
        let qualifiers: Vec<(&str, NamedValue)> = relation
            .qualifiers
            .iter()
            .map(|(name, value)| match value {
                Qualifier::Text(text) => (name.as_str(), NamedValue::Str(text)),
                Qualifier::Annotation(annotation) => (name.as_str(), NamedValue::Row(address(annotation))),
            })
            .collect();
        let row = Relation {
            span: place(relation.start, relation.end),
            kind: &relation.kind,
            subject: &subject,
            object: &object,
            negated: relation.negated,
            modality: Some(&relation.modality),
            qualifiers: (!qualifiers.is_empty()).then(|| NamedValues::new(&qualifiers)),
        };
        layer.push_by(rule_name(relation.rule), row);
    }
    Ok(())
}

/// The numbers of spans in text order; of equal spans the first made comes first.
fn text_order(spans: impl Iterator<Item = Span>) -> Vec<usize> {
    let mut numbered: Vec<(Span, usize)> = spans.enumerate().map(|(number, span)| (span, number)).collect();
    numbered.sort();
    numbered.into_iter().map(|(_, number)| number).collect()
}
