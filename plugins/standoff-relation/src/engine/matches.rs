//! The matches of rules in a sentence.

use std::cell::OnceCell;

use crate::engine::captures::{Capture, captures_of, read_off};
use crate::engine::coordination::ListTable;
use crate::engine::forms::Forms;
use crate::engine::sentence::Sentence;
use crate::engine::table::{Ground, Known, Table};
use crate::plan::program::{Instruction, Program};
use crate::plan::rule::{Plan, RulePlan};

/// A match of a rule: tokens of the sentence, and what it captured there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) rule: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) captures: Vec<Capture>,
}

/// Buffers to match with, and what is known of the sentence at hand.
#[derive(Debug, Default)]
pub(crate) struct Matcher {
    known: Known,
    table: Table,
    /// Tables of sentences before, to be filled again.
    spare_lists: Vec<ListTable>,
    spare_looks: Vec<Vec<bool>>,
    spare_table: Table,
}

impl Matcher {
    /// Forgets the sentence before.
    pub(crate) fn begin(&mut self, plan: &Plan) {
        self.spare_lists.extend(self.known.lists.drain(..).flatten());
        self.known.lists.resize_with(plan.lists.len(), || None);
        self.spare_looks.extend(self.known.looks.drain(..).flatten());
        self.known.looks.resize_with(plan.looks.len(), || None);
        self.known.parts.iter_mut().for_each(Vec::clear);
        self.known.parts.resize_with(plan.parts.len(), Vec::new);
    }

    /// Finds the matches of a rule: leftmost first, and from a place the longest, or the shortest. `accept` says whether
    /// a match stands; after one that does the search goes on at its end, otherwise at the next token.
    pub(crate) fn find(
        &mut self,
        plan: &Plan,
        rule: usize,
        sentence: &Sentence,
        forms: &Forms,
        mut accept: impl FnMut(&Match) -> bool,
        found: &mut Vec<Match>,
    ) {
        let Some(RulePlan { program, shortest, .. }) = plan.rules.get(rule) else { return };
        self.prepare(plan, program, sentence, forms);
        let mut table = std::mem::take(&mut self.table);
        let ground = Ground { sentence, forms, known: &self.known, parts: &plan.parts };
        if table.run(program, ground, *shortest) {
            let mut events = Vec::new();
            let mut at = 0;
            while at < sentence.len {
                let Some(end) = table.end(at).filter(|end| *end > at) else {
                    at += 1;
                    continue;
                };
                events.clear();
                read_off(program, Some(&table), ground, at, end, *shortest, &mut events);
                let mut captures = Vec::new();
                captures_of(&plan.lists, ground, &events, &mut captures);
                let one = Match { rule, start: at, end, captures };
                if accept(&one) {
                    at = end;
                    found.push(one);
                } else {
                    at += 1;
                }
            }
        }
        self.table = table;
    }

    /// How far a rule's pattern gets in a sentence: the last place that it reaches, and the states that stop there.
    pub(crate) fn furthest(&mut self, plan: &Plan, rule: usize, sentence: &Sentence, forms: &Forms) -> Option<(usize, Vec<usize>)> {
        let program = &plan.rules.get(rule)?.program;
        self.prepare(plan, program, sentence, forms);
        let mut table = std::mem::take(&mut self.table);
        table.forwards(program, Ground { sentence, forms, known: &self.known, parts: &plan.parts });
        let takes = |state: &usize| {
            matches!(program.code[*state], Instruction::Symbol(_) | Instruction::Part(_) | Instruction::List(_) | Instruction::SentenceEnd)
        };
        let furthest = (0..=sentence.len).rev().find_map(|at| {
            let states: Vec<usize> = (0..program.code.len()).filter(|state| table.reaches(at, *state)).filter(takes).collect();
            (!states.is_empty()).then_some((at, states))
        });
        self.table = table;
        furthest
    }

    /// Finds out what a program asks of lists and look-arounds.
    fn prepare(&mut self, plan: &Plan, program: &Program, sentence: &Sentence, forms: &Forms) {
        for part in &program.parts {
            if let (Some(table), Some(part)) = (self.known.parts.get_mut(*part as usize), plan.parts.get(*part as usize))
                && table.is_empty()
            {
                table.resize_with(sentence.len + 1, OnceCell::new);
                self.prepare(plan, &part.program, sentence, forms);
            }
        }
        for list in &program.lists {
            self.list(plan, *list as usize, sentence, forms);
        }
        for look in &program.looks {
            self.look(plan, *look as usize, sentence, forms);
        }
    }

    fn list(&mut self, plan: &Plan, list: usize, sentence: &Sentence, forms: &Forms) {
        let (Some(None), Some(list_plan)) = (self.known.lists.get(list), plan.lists.get(list)) else { return };
        let Some(language) = plan.languages.get(list_plan.language) else { return };
        self.prepare(plan, &list_plan.member, sentence, forms);
        let mut table = self.spare_lists.pop().unwrap_or_default();
        table.find(list_plan, language, Ground { sentence, forms, known: &self.known, parts: &plan.parts });
        self.known.lists[list] = Some(table);
    }

    fn look(&mut self, plan: &Plan, look: usize, sentence: &Sentence, forms: &Forms) {
        let (Some(None), Some(look_plan)) = (self.known.looks.get(look), plan.looks.get(look)) else { return };
        let places = 0..=sentence.len;
        let mut holds = self.spare_looks.pop().unwrap_or_default();
        holds.clear();
        // Most look-arounds ask for one word or annotation: no program needs to run for that.
        if let ([Instruction::Symbol(symbol), Instruction::Accept], false) = (look_plan.program.code.as_slice(), look_plan.behind) {
            holds.extend(places.map(|at| sentence.longest(forms, *symbol, at).is_some()));
            self.known.looks[look] = Some(holds);
            return;
        }
        self.prepare(plan, &look_plan.program, sentence, forms);
        let mut table = std::mem::take(&mut self.spare_table);
        let ground = Ground { sentence, forms, known: &self.known, parts: &plan.parts };
        let accept = look_plan.program.code.len().saturating_sub(1);
        if look_plan.behind {
            table.forwards(&look_plan.program, ground);
            holds.extend(places.map(|at| table.reaches(at, accept)));
        } else {
            let matched = table.run(&look_plan.program, ground, false);
            holds.extend(places.map(|at| matched && table.end(at).is_some()));
        }
        self.spare_table = table;
        self.known.looks[look] = Some(holds);
    }
}
