//! Running the examples that stand beside the rules.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use standoff_core::{Attribute, Document, Error, Kind, Layers, Output, Provenance, Schema, Sentence, Span, Task, Token, Value};

use crate::engine::matches::Match;
use crate::engine::run::{LayerNames, Scratch, Watch};
use crate::engine::values::Context;
use crate::example::{Mark, Marked};
use crate::plan::rule::{ExamplePlan, Plan, RulePlan};
use crate::plan::symbols::TestValue;
use crate::rules::Rules;
use crate::syntax::tree::ExampleKind;

/// How the examples of a rule set fared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// How many `yes`, `no` and `todo` examples there were.
    pub examples: usize,
    /// What is wrong: a `yes` that does not match as it says, a `no` that does, a rule with neither.
    pub failures: Vec<CheckNote>,
    /// What is worth knowing: a `todo` that matches by now.
    pub notes: Vec<CheckNote>,
}

/// One line of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckNote {
    /// The file, as it was named.
    pub file: String,
    /// The line of the example or the rule, from 1.
    pub line: u32,
    /// The rule.
    pub rule: String,
    /// What there is to say.
    pub message: String,
}

impl fmt::Display for CheckNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.file, self.line, self.rule, self.message)
    }
}

impl CheckReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.failures.is_empty()
    }
}

/// A row to make: its span and attributes.
type Wanted<'w> = (Span, Vec<(&'w str, String)>);

/// Cuts a text into tokens: the byte span of each, in order.
pub type Tokenize<'t> = &'t dyn Fn(&str) -> Vec<Span>;

impl Rules {
    /// Runs all examples. The text of an example is one sentence, its brackets are the annotations that stand in it.
    #[must_use]
    pub fn check(&self) -> CheckReport {
        self.check_with(&plain_tokens)
    }

    /// [`check`](Rules::check) with another tokenizer than a plain one.
    #[must_use]
    pub fn check_with(&self, tokenize: Tokenize) -> CheckReport {
        let mut report = CheckReport::default();
        let mut scratch = Scratch::default();
        for (number, rule) in self.plan.rules.iter().enumerate() {
            let note = |line: u32, message: String| CheckNote { file: rule.file.clone(), line, rule: rule.name.clone(), message };
            if rule.examples.iter().all(|example| example.kind == ExampleKind::Todo) {
                report.failures.push(note(rule.line, "it has neither a `yes` nor a `no`".to_owned()));
            }
            for example in &rule.examples {
                report.examples += 1;
                let fault = run_example(&self.plan, number, example, tokenize, &mut scratch);
                match (example.kind, fault) {
                    (ExampleKind::Yes, Some(fault)) => report.failures.push(note(example.line, format!("\"{}\": {fault}", example.text))),
                    (ExampleKind::No, None) => report.failures.push(note(example.line, format!("\"{}\": it matches", example.text))),
                    (ExampleKind::Todo, None) => {
                        let message = format!("\"{}\": the `todo` matches by now; make it a `yes`", example.text);
                        report.notes.push(note(example.line, message));
                    }
                    _ => {}
                }
            }
        }
        report
    }
}

/// Why an example does not match as its brackets say, if so. An example of a `no` matches if its rule does at all.
fn run_example(plan: &Plan, number: usize, example: &ExamplePlan, tokenize: Tokenize, scratch: &mut Scratch) -> Option<String> {
    let rule = plan.rules.get(number)?;
    let document = match example_document(plan, rule, example, tokenize) {
        Ok(document) => document,
        Err(error) => return Some(error.to_string()),
    };
    let mut seen = Seen { rule: number, matches: Vec::new() };
    scratch.run(plan, &document, &LayerNames::default(), &mut seen);
    if seen.matches.is_empty() {
        return Some("it does not match".to_owned());
    }
    if example.kind == ExampleKind::No {
        return None;
    }
    let wanted: BTreeSet<(u32, Span)> = example
        .marks
        .iter()
        .filter_map(|mark| if let Marked::Capture(slot) = mark.what { Some((slot, span_of(mark))) } else { None })
        .collect();
    let found: BTreeSet<(u32, Span)> = seen.matches.iter().flatten().copied().collect();
    if wanted != found {
        let name = |slot: u32| rule.slots.get(slot as usize).map_or("", |slot| slot.name.as_str());
        let list = |set: Vec<&(u32, Span)>| {
            set.iter().map(|(slot, span)| format!("[{}: {}]", name(*slot), document.slice(*span))).collect::<Vec<_>>().join(" ")
        };
        let missing = list(wanted.difference(&found).collect());
        let extra = list(found.difference(&wanted).collect());
        return Some(match (missing.is_empty(), extra.is_empty()) {
            (false, true) => format!("it does not capture {missing}"),
            (true, _) => format!("it also captures {extra}"),
            (false, false) => format!("it captures {extra} in place of {missing}"),
        });
    }
    let relations: Vec<_> = scratch.findings.relations.iter().filter(|relation| relation.rule == number).collect();
    if relations.is_empty() {
        return Some("it matches, but emits nothing".to_owned());
    }
    example.expected.iter().find_map(|(name, value)| {
        let found: Vec<&str> = relations.iter().filter_map(|relation| relation.attribute(name)).collect();
        let good = !found.is_empty() && found.iter().all(|found| found == value);
        (!good).then(|| match found.first() {
            Some(found) => format!("{name} is {found}, not {value}"),
            None => format!("a relation has no `{name}`; there are type, negated and modality"),
        })
    })
}

/// The captures of a rule's matches, as spans of the text.
struct Seen {
    rule: usize,
    matches: Vec<Vec<(u32, Span)>>,
}

impl Watch for Seen {
    fn hears_all(&self) -> bool {
        true
    }

    fn matches(&mut self, context: Context, stand: &[Match], _: &[(Match, usize)]) {
        let first = context.sentence.first;
        for one in stand.iter().filter(|one| one.rule == self.rule) {
            let span = |start: usize, end: usize| context.tokens.span(first + start, first + end);
            self.matches.push(one.captures.iter().map(|capture| (capture.slot, span(capture.start, capture.end))).collect());
        }
    }
}

fn span_of(mark: &Mark) -> Span {
    let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span::new(clip(mark.start), clip(mark.end))
}

/// The document of an example: one sentence, its tokens, and in each bracket the annotation that its name asks for.
fn example_document(plan: &Plan, rule: &RulePlan, example: &ExamplePlan, tokenize: Tokenize) -> Result<Document<'static>, Error> {
    let mut document = Document::new(example.text.clone())?;
    let spans = tokenize(document.text());
    // Rows wanted in each layer: a span and its attributes.
    let mut wanted: Vec<(&str, Vec<Wanted>)> = Vec::new();
    for mark in &example.marks {
        let span = span_of(mark);
        let starts = spans.iter().any(|token| token.start == span.start);
        let ends = spans.iter().any(|token| token.end == span.end);
        if !starts || !ends {
            return Err(Error::input(format!("the bracket around \"{}\" cuts through a token", document.slice(span))));
        }
        // `[of: [Gpe: Germany]]` says which of several types the capture is of.
        let told = |other: &Mark| matches!(other.what, Marked::Type(_)) && (other.start, other.end) == (mark.start, mark.end);
        let symbol = match mark.what {
            Marked::Capture(_) if example.marks.iter().any(told) => None,
            Marked::Capture(slot) => rule.slots.get(slot as usize).and_then(|slot| slot.annotation),
            Marked::Type(symbol) => Some(symbol),
        };
        let Some((layer, tests)) = symbol.and_then(|symbol| plan.symbols.annotation(symbol)) else { continue };
        let attributes = tests
            .iter()
            .filter(|test| test.equal)
            .filter_map(|test| {
                let value = match test.values.first()? {
                    TestValue::Word(word) => word.clone(),
                    TestValue::Int(int) => int.to_string(),
                    TestValue::Regex(_) => return None,
                };
                Some((test.path.first()?.as_str(), value))
            })
            .collect();
        match wanted.iter_mut().find(|(name, _)| *name == layer) {
            Some((_, rows)) => rows.push((span, attributes)),
            None => wanted.push((layer, vec![(span, attributes)])),
        }
    }
    let mut layers = Layers::new().gives::<Token>().gives::<Sentence>();
    for (layer, rows) in &wanted {
        let mut schema = Schema::new(*layer, true);
        let names: BTreeSet<&str> = rows.iter().flat_map(|(_, attributes)| attributes).map(|(name, _)| *name).collect();
        for name in names {
            schema = schema.with(Attribute::new(name, Kind::Symbol).optional());
        }
        layers = layers.gives_schema(Arc::new(schema));
    }
    let provenance = Provenance { annotator: "example".into(), version: String::new(), settings: String::new() };
    let mut output = Output::new();
    output.begin(&document, &Task::of(provenance, layers));
    for span in &spans {
        output.layer::<Token>()?.push(Token { span: *span, ..Token::default() });
    }
    if let (Some(first), Some(last)) = (spans.first(), spans.last()) {
        output.layer::<Sentence>()?.push(Sentence { span: first.cover(*last) });
    }
    for (layer, mut rows) in wanted {
        rows.sort_by_key(|(span, _)| *span);
        let segment = output.segment(layer)?;
        for (span, attributes) in rows {
            for (name, value) in attributes {
                if let Some(column) = segment.schema().column(name) {
                    segment.push_value(column, Some(Value::Str(&value)));
                }
            }
            segment.finish_row(span);
        }
    }
    document.commit(&mut output)?;
    Ok(document)
}

/// Words and marks: enough to cut an example. Phrases match however a text is cut.
pub(crate) fn plain_tokens(text: &str) -> Vec<Span> {
    let clip = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut spans = Vec::new();
    let mut chars = text.char_indices().peekable();
    let is_apostrophe = |c: char| matches!(c, '\'' | '’');
    while let Some((start, c)) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut end = start + c.len_utf8();
        let clitic = is_apostrophe(c) && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if c.is_alphanumeric() || clitic {
            while let Some(&(at, next)) = chars.peek() {
                let rest = &text[at + next.len_utf8()..];
                let joins = matches!(next, '-' | '.' | '+' | '&') && rest.starts_with(char::is_alphanumeric);
                if !next.is_alphanumeric() && !joins {
                    break;
                }
                chars.next();
                end = at + next.len_utf8();
            }
        }
        // "did" and "n't".
        let rest = &text[end..];
        let negated = text[start..end].ends_with(['n', 'N']) && end - start > 1 && rest.starts_with(is_apostrophe);
        if negated
            && rest.chars().nth(1).is_some_and(|c| c.eq_ignore_ascii_case(&'t'))
            && !rest.chars().nth(2).is_some_and(char::is_alphanumeric)
        {
            let clitic = end + rest.char_indices().nth(2).map_or(rest.len(), |(at, _)| at);
            spans.extend([Span::new(clip(start), clip(end - 1)), Span::new(clip(end - 1), clip(clitic))]);
            chars.next();
            chars.next();
            continue;
        }
        spans.push(Span::new(clip(start), clip(end)));
    }
    spans
}
