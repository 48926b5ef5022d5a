//! Why a rule matches in a document, or how far it gets.

use std::fmt::Write as _;

use standoff_core::Document;

use crate::engine::captures::Capture;
use crate::engine::forms::Forms;
use crate::engine::matches::{Match, Matcher};
use crate::engine::run::{LayerNames, Scratch, Watch};
use crate::engine::sentence::{Sentence, Tokens};
use crate::engine::values::Context;
use crate::plan::program::Instruction;
use crate::plan::rule::Plan;

/// Writes how a rule fares in a document, sentence by sentence, and says whether it matches anywhere.
///
/// Of a sentence in which it does not match this tells what it lacks: a word or annotation without which it cannot match,
/// or else the furthest place that it reaches and what would have to come there; with `brief`, nothing.
pub(crate) fn explain(plan: &Plan, rule: usize, document: &Document, layers: &LayerNames, brief: bool, out: &mut String) -> bool {
    let Some(rule_plan) = plan.rules.get(rule) else { return false };
    let _ = writeln!(out, "{} ({}:{})", rule_plan.name, rule_plan.file, rule_plan.line);
    let mut trace = Trace { plan, rule, document, out, matched: false, brief, number: 0, stopped: Stop::Nowhere };
    Scratch::default().run(plan, document, layers, &mut trace);
    trace.finish();
    trace.matched
}

/// Where a rule stopped in the sentence at hand.
enum Stop {
    /// No sentence is at hand.
    Nowhere,
    /// These are not in the sentence.
    Lacks(Vec<String>),
    /// It got to this token, where one of these would have to come.
    At { token: String, after: String, wanted: Vec<String> },
    /// The pattern matches; conditions may not hold.
    Pattern,
}

struct Trace<'t> {
    plan: &'t Plan,
    rule: usize,
    document: &'t Document<'t>,
    out: &'t mut String,
    matched: bool,
    brief: bool,
    number: usize,
    stopped: Stop,
}

impl Trace<'_> {
    /// Tells of the sentence at hand if the rule did not match there.
    fn finish(&mut self) {
        let number = self.number;
        match std::mem::replace(&mut self.stopped, Stop::Nowhere) {
            Stop::Nowhere => {}
            Stop::Lacks(symbols) => {
                let _ = writeln!(self.out, "  sentence {number}: nothing in it matches {}", symbols.join(" or "));
            }
            Stop::At { token, after, wanted } => {
                let after = if after.is_empty() { String::new() } else { format!(" after \"{after}\"") };
                let _ =
                    writeln!(self.out, "  sentence {number}: it gets to {token}{after}; {} would have to come there", wanted.join(" or "));
            }
            Stop::Pattern => {
                let _ = writeln!(self.out, "  sentence {number}: the pattern matches, but a `where` does not hold");
            }
        }
    }

    fn captures(&self, context: Context, captures: &[Capture]) -> String {
        let slots = &self.plan.rules[self.rule].slots;
        let name = |slot: u32| slots.get(slot as usize).map_or("", |slot| slot.name.as_str());
        captures.iter().map(|capture| format!("[{}: {}]", name(capture.slot), context.text(capture))).collect::<Vec<_>>().join(" ")
    }
}

impl Watch for Trace<'_> {
    fn sentence(&mut self, sentence: &Sentence, forms: &Forms, tokens: &Tokens, matcher: &mut Matcher) {
        self.finish();
        self.number += 1;
        if self.brief {
            return;
        }
        let plan = self.plan;
        let rule = &plan.rules[self.rule];
        let written = |symbol: &u32| plan.symbols.written(*symbol).to_owned();
        if let Some(need) = rule.needs.iter().find(|need| !need.iter().any(|symbol| sentence.has(*symbol))) {
            self.stopped = Stop::Lacks(need.iter().map(written).collect());
            return;
        }
        let mut found = Vec::new();
        matcher.find(plan, self.rule, sentence, forms, |_| true, &mut found);
        if !found.is_empty() {
            self.stopped = Stop::Pattern;
            return;
        }
        if let Some((at, states)) = matcher.furthest(plan, self.rule, sentence, forms) {
            let text = |at: usize| self.document.slice(tokens.span(sentence.first + at, sentence.first + at + 1)).to_owned();
            let token = if at < sentence.len { format!("\"{}\"", text(at)) } else { "the end".to_owned() };
            let after = at.checked_sub(1).map(text).unwrap_or_default();
            let mut wanted: Vec<String> = states
                .iter()
                .map(|state| match rule.program.code[*state] {
                    Instruction::Symbol(symbol) => written(&symbol),
                    Instruction::Part(part) => plan.parts.get(part as usize).map_or_else(String::new, |part| part.written.clone()),
                    Instruction::List(_) => "a list".to_owned(),
                    _ => "the end of the sentence".to_owned(),
                })
                .collect();
            wanted.dedup();
            self.stopped = Stop::At { token, after, wanted };
        }
    }

    fn matches(&mut self, context: Context, stand: &[Match], lost: &[(Match, usize)]) {
        for one in stand.iter().filter(|one| one.rule == self.rule) {
            let captures = self.captures(context, &one.captures);
            let _ = writeln!(self.out, "  sentence {}: matches, with {captures}", self.number);
            self.matched = true;
            self.stopped = Stop::Nowhere;
        }
        for (one, winner) in lost.iter().filter(|(one, _)| one.rule == self.rule) {
            let captures = self.captures(context, &one.captures);
            let winner = &self.plan.rules[*winner].name;
            let _ = writeln!(self.out, "  sentence {}: matches, with {captures}, but the rule `{winner}` wins", self.number);
            self.stopped = Stop::Nowhere;
        }
    }
}
