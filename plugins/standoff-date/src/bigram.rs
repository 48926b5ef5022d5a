//! Which groups of rules the first two atoms leave possible, remembered pair by pair.
//!
//! Texts repeat their pairs of words: that nothing can come of "the house" is worked out once, not at each place. The
//! cache belongs to the rules and outlives the documents; it never changes what is found.

use crate::candidate::{Candidate, CandidateTable, NO_GROUP};
use crate::grammar::{Grammar, INT, NUMBER};
use crate::lexicon::LexId;

/// Binary digits of a place in the cache: at first, and at most (two and a half megabytes). News has some ten thousand pairs; where two fall
/// on one place, the later one drives out the earlier one.
const FEWEST_DIGITS: u32 = 10;
const MOST_DIGITS: u32 = 16;
/// Stands for the end of the text or paragraph.
const END: u16 = u16::MAX;

/// A set of groups, one bit each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Groups([u64; 2]);

/// How many groups there may be.
pub(crate) const MOST_GROUPS: usize = 128;

impl Groups {
    /// No group.
    pub(crate) const NONE: Groups = Groups([0; 2]);

    pub(crate) fn has(&self, group: u16) -> bool {
        self.0[usize::from(group / 64) % 2] >> (group % 64) & 1 == 1
    }

    pub(crate) fn put(&mut self, group: u16) {
        self.0[usize::from(group / 64) % 2] |= 1 << (group % 64);
    }
}

/// Possible groups by pair of atoms.
#[derive(Debug, Default)]
pub(crate) struct Bigrams {
    owner: u64,
    digits: u32,
    /// Entries written since the cache has its size.
    written: usize,
    places: Vec<(u32, Groups)>,
    /// Programs of a group that a pair of atoms leaves possible: the key, and where they stand in `list`.
    lists: Vec<(u64, u32, u32)>,
    list: Vec<Candidate>,
}

/// Programs kept before all are dropped.
const KEPT: usize = 1 << 18;

impl Bigrams {
    /// Prepares for the rules that `owner` names; what was kept for others is dropped.
    pub(crate) fn prepare(&mut self, owner: u64) {
        if self.owner != owner || self.places.is_empty() {
            self.owner = owner;
            self.digits = self.digits.max(FEWEST_DIGITS);
            self.forget();
        }
    }

    /// Makes the cache larger where it is half written, and drops the programs that are kept, if they are many. Places in the list that
    /// were given before are void then.
    pub(crate) fn trim(&mut self) {
        let grows = self.digits < MOST_DIGITS && self.written > self.places.len() / 2;
        if grows {
            self.digits += 2;
        }
        if grows || self.list.len() > KEPT {
            self.forget();
        }
    }

    fn forget(&mut self) {
        self.written = 0;
        self.places.clear();
        self.places.resize(1 << self.digits, (u32::MAX, Groups::NONE));
        self.lists.clear();
        self.lists.resize(1 << self.digits, (u64::MAX, 0, 0));
        self.list.clear();
    }

    /// Where in the list the programs of a group stand that the pair of atoms leaves possible, given the possible groups.
    pub(crate) fn programs(
        &mut self,
        grammar: &Grammar,
        table: &CandidateTable,
        group: u16,
        pair: (LexId, Option<LexId>),
        possible: Groups,
    ) -> std::ops::Range<usize> {
        let (first, second) = pair;
        let key = u64::from(group) << 32 | u64::from(first.0) << 16 | u64::from(second.map_or(END, |s| s.0));
        let place = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - self.digits)) as usize;
        if let Some(&(_, from, to)) = self.lists.get(place).filter(|l| l.0 == key) {
            return from as usize..to as usize;
        }
        let from = self.list.len();
        self.list.extend(table.get(group, first).iter().filter(|c| fits(grammar, **c, possible, second)));
        self.written += 1;
        if let Some(slot) = self.lists.get_mut(place) {
            *slot = (key, from as u32, self.list.len() as u32);
        }
        from..self.list.len()
    }

    /// One of the programs.
    pub(crate) fn program(&self, at: usize) -> Option<Candidate> {
        self.list.get(at).copied()
    }

    /// The groups that may match at a pair of atoms; `None` stands for the end of the text or paragraph.
    pub(crate) fn possible(&mut self, grammar: &Grammar, table: &CandidateTable, first: LexId, second: Option<LexId>) -> Groups {
        let key = u32::from(first.0) << 16 | u32::from(second.map_or(END, |s| s.0));
        let place = (key.wrapping_mul(0x9e37_79b1) >> (32 - self.digits)) as usize;
        if let Some(&(_, groups)) = self.places.get(place).filter(|p| p.0 == key) {
            return groups;
        }
        let groups = work_out(grammar, table, first, second);
        self.written += 1;
        if let Some(slot) = self.places.get_mut(place) {
            *slot = (key, groups);
        }
        groups
    }
}

/// Whether a program may match, judged by the groups that may and the second atom.
fn fits(grammar: &Grammar, candidate: Candidate, possible: Groups, second: Option<LexId>) -> bool {
    (candidate.opens_with == NO_GROUP || possible.has(candidate.opens_with)) && grammar.candidates.admits(candidate, second)
}

fn work_out(grammar: &Grammar, table: &CandidateTable, first: LexId, second: Option<LexId>) -> Groups {
    let mut possible = Groups::NONE;
    possible.put(INT);
    possible.put(NUMBER);
    loop {
        let before = possible;
        for group in 0..grammar.group_names.len() as u16 {
            if possible.has(group) {
                continue;
            }
            if table.get(group, first).iter().any(|c| fits(grammar, *c, possible, second)) {
                possible.put(group);
            }
        }
        if possible == before {
            return possible;
        }
    }
}
