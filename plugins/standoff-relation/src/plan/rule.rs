//! What a compiled rule set is made of.

use std::sync::atomic::{AtomicU64, Ordering};

use regex::Regex;

use crate::example::Mark;
use crate::language::{Cue, Language};
use crate::plan::program::{ListPlan, LookPlan, PartPlan, Program};
use crate::plan::symbols::Symbols;
use crate::syntax::tree::{ExampleKind, Operator};

/// A compiled rule set.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Tells rule sets apart where workers keep buffers for several.
    pub(crate) id: u64,
    pub(crate) symbols: Symbols,
    pub(crate) lists: Vec<ListPlan>,
    pub(crate) looks: Vec<LookPlan>,
    pub(crate) parts: Vec<PartPlan>,
    pub(crate) languages: Vec<LanguagePlan>,
    /// In the order of the files.
    pub(crate) rules: Vec<RulePlan>,
    pub(crate) phases: usize,
    /// For each symbol the rules that it wakes.
    pub(crate) wakes: Vec<Vec<u32>>,
    /// Rules that nothing in particular wakes.
    pub(crate) always: Vec<u32>,
    /// The attributes of tokens that tests read.
    pub(crate) token_attributes: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct RulePlan {
    pub(crate) name: String,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) language: usize,
    pub(crate) phase: u32,
    pub(crate) priority: i64,
    pub(crate) conflict: Option<u32>,
    pub(crate) shortest: bool,
    pub(crate) program: Program,
    /// Of each set at least one symbol must be in a sentence; the rarest set first.
    pub(crate) needs: Vec<Vec<u32>>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) conditions: Vec<ConditionPlan>,
    pub(crate) emits: Vec<EmitPlan>,
    pub(crate) examples: Vec<ExamplePlan>,
}

/// A capture's name.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) name: String,
    /// The first symbol about annotations within it: what a bracket of an example stands for.
    pub(crate) annotation: Option<u32>,
}

#[derive(Debug)]
pub(crate) enum ConditionPlan {
    Compare { negated: bool, left: ValuePlan, operator: Operator, right: ValuePlan },
    Is { negated: bool, slot: u32, symbols: Vec<u32> },
}

#[derive(Debug)]
pub(crate) enum ValuePlan {
    /// A capture, or an attribute of what it captured.
    Capture {
        slot: u32,
        path: Vec<String>,
    },
    Text(String),
    Int(i64),
    Regex(Regex),
}

#[derive(Debug)]
pub(crate) struct EmitPlan {
    pub(crate) each: Option<u32>,
    pub(crate) predicate: String,
    /// The captures of subject and object.
    pub(crate) arguments: Vec<u32>,
    pub(crate) qualifiers: Vec<(String, ValuePlan)>,
    pub(crate) negated: Option<bool>,
    pub(crate) modality: Option<String>,
}

#[derive(Debug)]
pub(crate) struct ExamplePlan {
    pub(crate) kind: ExampleKind,
    pub(crate) text: String,
    pub(crate) marks: Vec<Mark>,
    pub(crate) expected: Vec<(String, String)>,
    pub(crate) line: u32,
}

/// The words of a language as symbols.
#[derive(Debug)]
pub(crate) struct LanguagePlan {
    pub(crate) name: String,
    pub(crate) data: &'static Language,
    pub(crate) and: u32,
    pub(crate) between: u32,
    pub(crate) before: u32,
    pub(crate) apposition: u32,
    pub(crate) comma: u32,
    pub(crate) brackets: Vec<(u32, u32)>,
    pub(crate) boundaries: u32,
    /// The symbol of each cue, in the order of the data.
    pub(crate) cues: Vec<(u32, &'static Cue)>,
}

impl LanguagePlan {
    pub(crate) fn new(name: &str, data: &'static Language, symbols: &mut Symbols) -> LanguagePlan {
        let joins = &data.coordination;
        let mut phrases = |phrases: &[String]| {
            let written = phrases.iter().map(|phrase| format!("\"{phrase}\"")).collect::<Vec<_>>().join(" | ");
            symbols.phrases(&written, phrases.iter().map(String::as_str))
        };
        LanguagePlan {
            name: name.to_owned(),
            and: phrases(&joins.and),
            between: phrases(&joins.between),
            before: phrases(&joins.before),
            apposition: phrases(&joins.apposition),
            comma: phrases(&[",".to_owned()]),
            brackets: joins
                .brackets
                .iter()
                .map(|(open, close)| (phrases(std::slice::from_ref(open)), phrases(std::slice::from_ref(close))))
                .collect(),
            boundaries: phrases(&data.cues.boundaries),
            cues: data.cues.cues.iter().map(|cue| (phrases(&cue.words), cue)).collect(),
            data,
        }
    }
}

impl Plan {
    /// Builds the indexes, once all rules are there.
    pub(crate) fn finish(&mut self) {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        self.id = NEXT.fetch_add(1, Ordering::Relaxed);
        self.token_attributes = self.symbols.token_attributes();
        self.wakes = vec![Vec::new(); self.symbols.len()];
        for (i, rule) in self.rules.iter().enumerate() {
            let number = u32::try_from(i).unwrap_or(u32::MAX);
            match rule.needs.first() {
                Some(need) => {
                    for symbol in need {
                        if let Some(woken) = self.wakes.get_mut(*symbol as usize) {
                            woken.push(number);
                        }
                    }
                }
                None => self.always.push(number),
            }
        }
    }
}
