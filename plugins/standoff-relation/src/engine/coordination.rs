//! Lists: members of one kind, and what a language puts between them.

use crate::engine::captures::{Event, read_off};
use crate::engine::forms::Forms;
use crate::engine::sentence::Sentence;
use crate::engine::table::{Ground, Table};
use crate::plan::program::ListPlan;
use crate::plan::rule::LanguagePlan;

/// Where the lists of one kind are in a sentence.
#[derive(Debug, Default)]
pub(crate) struct ListTable {
    /// How the member's program fares.
    members: Table,
    /// For each place the end of the list that begins there.
    ends: Vec<Option<usize>>,
    /// For each place where a member begins, where the next one does.
    next: Vec<Option<usize>>,
    /// For each place where a list begins, where its first member does: after an article, perhaps.
    first: Vec<Option<usize>>,
}

impl ListTable {
    /// Finds the lists of a sentence. A list is as long as it can be, and each of its members as well.
    pub(crate) fn find(&mut self, plan: &ListPlan, language: &LanguagePlan, ground: Ground) {
        let table = self;
        let len = ground.sentence.len;
        for places in [&mut table.ends, &mut table.next, &mut table.first] {
            places.clear();
            places.resize(len + 1, None);
        }
        if !table.members.run(&plan.member, ground, false) {
            return;
        }
        for at in (0..len).rev() {
            let Some(end) = table.members.end(at) else { continue };
            let joints = Joints { sentence: ground.sentence, forms: ground.forms, language };
            let next = joints.next(end, |place| table.ends.get(place).is_some_and(Option::is_some));
            table.next[at] = next;
            table.ends[at] = Some(next.and_then(|next| table.ends[next]).unwrap_or(end));
        }
        let joints = Joints { sentence: ground.sentence, forms: ground.forms, language };
        for at in 0..len {
            table.first[at] = joints.member(at, &|place| table.ends.get(place).is_some_and(Option::is_some));
        }
    }

    /// Where a list that begins at a place ends.
    pub(crate) fn end(&self, at: usize) -> Option<usize> {
        let first = self.first.get(at).copied().flatten()?;
        self.ends.get(first).copied().flatten()
    }

    /// What the members of the list that begins at a place capture.
    pub(crate) fn read_off(&self, plan: &ListPlan, ground: Ground, at: usize, events: &mut Vec<Event>) {
        let mut place = self.first.get(at).copied().flatten();
        while let Some(at) = place {
            if let Some(end) = self.members.end(at) {
                read_off(&plan.member, Some(&self.members), ground, at, end, false, events);
            }
            place = self.next.get(at).copied().flatten();
        }
    }
}

/// What may stand between members.
struct Joints<'j> {
    sentence: &'j Sentence,
    forms: &'j Forms,
    language: &'j LanguagePlan,
}

impl Joints<'_> {
    fn after(&self, symbol: u32, at: usize) -> Option<usize> {
        self.sentence.longest(self.forms, symbol, at)
    }

    /// Where the next member begins after one that ends at a place; `is_member` says where members begin.
    fn next(&self, end: usize, is_member: impl Fn(usize) -> bool) -> Option<usize> {
        let language = self.language;
        let end = self.after_bracket(end);
        // "A, and B" or "A, B".
        if let Some(after) = self.after(language.between, end) {
            let and = self.after(language.and, after);
            if let Some(member) = and.and_then(|after| self.member(after, &is_member)).or_else(|| self.member(after, &is_member)) {
                return Some(member);
            }
        }
        // "A and B".
        if let Some(member) = self.after(language.and, end).and_then(|after| self.member(after, &is_member)) {
            return Some(member);
        }
        // "A, the former president, and B".
        let opened = self.after(language.comma, end).filter(|after| self.after(language.apposition, *after).is_some())?;
        let closed = (opened..opened + language.data.coordination.longest as usize).find_map(|at| self.after(language.comma, at))?;
        self.after(language.and, closed).and_then(|after| self.member(after, &is_member))
    }

    /// The place after brackets that open at a place, or the place itself.
    fn after_bracket(&self, at: usize) -> usize {
        let longest = self.language.data.coordination.longest as usize;
        self.language
            .brackets
            .iter()
            .find_map(|(open, close)| {
                let inside = self.after(*open, at)?;
                (inside..=inside + longest).find_map(|at| self.after(*close, at))
            })
            .unwrap_or(at)
    }

    /// Where a member begins at a place or after at most two words that belong to the list, such as an article.
    fn member(&self, at: usize, is_member: &impl Fn(usize) -> bool) -> Option<usize> {
        let mut at = at;
        for _ in 0..3 {
            if is_member(at) {
                return Some(at);
            }
            at = self.after(self.language.before, at)?;
        }
        None
    }
}
