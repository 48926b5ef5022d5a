//! Which groups of rules the first two atoms leave possible, remembered pair by pair.
//!
//! Texts repeat their pairs of words: that nothing can come of "the house" is worked out once, not at each place. The
//! cache belongs to the rules and outlives the documents; it never changes what is found.

use crate::candidate::{Candidate, NO_GROUP, Variant};
use crate::grammar::{Grammar, INT, NUMBER};
use crate::lexicon::LexId;
use crate::number;

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

    /// Whether one is in both.
    pub(crate) fn meets(&self, other: Groups) -> bool {
        self.0[0] & other.0[0] | self.0[1] & other.0[1] != 0
    }

    /// How many there are.
    fn count(&self) -> usize {
        (self.0[0].count_ones() + self.0[1].count_ones()) as usize
    }

    /// How many are before this one.
    fn rank(&self, group: u16) -> usize {
        let below = (1u64 << (group % 64)) - 1;
        if group < 64 {
            (self.0[0] & below).count_ones() as usize
        } else {
            (self.0[0].count_ones() + (self.0[1] & below).count_ones()) as usize
        }
    }

    pub(crate) fn put(&mut self, group: u16) {
        self.0[usize::from(group / 64) % 2] |= 1 << (group % 64);
    }
}

/// Possible groups by pair of atoms, and their programs.
#[derive(Debug, Default)]
pub(crate) struct Bigrams {
    owner: u64,
    digits: u32,
    /// Entries written since the cache has its size.
    written: usize,
    places: Vec<Place>,
    /// Of the pairs that were looked at closely: where in `list` the programs stand, group by possible group.
    spans: Vec<(u32, u32)>,
    list: Vec<Candidate>,
}

/// A pair of atoms.
#[derive(Clone, Copy, Debug)]
struct Place {
    key: u32,
    /// Where its spans begin.
    spans: u32,
    groups: Groups,
}

/// The spans of a pair are not laid out yet.
pub(crate) const NO_SPANS: u32 = u32::MAX;

/// The programs of a group are not worked out yet.
const NOT_YET: (u32, u32) = (u32::MAX, 0);

/// Programs, and spans, kept before all are dropped.
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

    /// Makes the cache larger where it is half written, and drops the programs that are kept, if they are many. Says so if spans that were
    /// given before are void now.
    pub(crate) fn trim(&mut self) -> bool {
        let grows = self.digits < MOST_DIGITS && self.written > self.places.len() / 2;
        if grows {
            self.digits += 2;
        }
        let drops = grows || self.list.len() > KEPT || self.spans.len() > KEPT;
        if drops {
            self.forget();
        }
        drops
    }

    fn forget(&mut self) {
        self.written = 0;
        self.places.clear();
        self.places.resize(1 << self.digits, Place { key: u32::MAX, spans: NO_SPANS, groups: Groups::NONE });
        self.spans.clear();
        self.list.clear();
    }

    fn key(first: LexId, second: Option<LexId>) -> u32 {
        u32::from(first.0) << 16 | u32::from(second.map_or(END, |s| s.0))
    }

    fn place(&self, key: u32) -> usize {
        (key.wrapping_mul(0x9e37_79b1) >> (32 - self.digits)) as usize
    }

    /// Lays out the spans of a pair of atoms, given its possible groups.
    pub(crate) fn lay_out(&mut self, (first, second): (LexId, Option<LexId>), possible: Groups) -> u32 {
        let spans = self.spans.len() as u32;
        self.spans.resize(self.spans.len() + possible.count(), NOT_YET);
        let key = Self::key(first, second);
        let place = self.place(key);
        if let Some(place) = self.places.get_mut(place).filter(|p| p.key == key) {
            place.spans = spans;
        }
        spans
    }

    /// Where in the list the programs of a possible group stand that a pair of atoms leaves possible, given its spans.
    pub(crate) fn programs(
        &mut self,
        grammar: &Grammar,
        variant: Variant,
        group: u16,
        (first, second): (LexId, Option<LexId>),
        (possible, spans): (Groups, u32),
    ) -> std::ops::Range<usize> {
        let at = spans as usize + possible.rank(group);
        if let Some(&(from, to)) = self.spans.get(at).filter(|span| **span != NOT_YET) {
            return from as usize..to as usize;
        }
        let from = self.list.len();
        if let Some(cell) = grammar.candidates.cells(first).iter().find(|cell| cell.group == group) {
            self.list.extend(grammar.candidates.of(*cell).iter().filter(|c| fits(grammar, c, variant, possible, second)));
        }
        if let Some(span) = self.spans.get_mut(at) {
            *span = (from as u32, self.list.len() as u32);
        }
        from..self.list.len()
    }

    /// One of the programs.
    pub(crate) fn program(&self, at: usize) -> Option<Candidate> {
        self.list.get(at).copied()
    }

    /// The groups that may match at a pair of atoms, and its spans; `None` stands for the end of the text or paragraph.
    pub(crate) fn possible(&mut self, grammar: &Grammar, variant: Variant, first: LexId, second: Option<LexId>) -> (Groups, u32) {
        let key = Self::key(first, second);
        let place = self.place(key);
        if let Some(known) = self.places.get(place).filter(|p| p.key == key) {
            return (known.groups, known.spans);
        }
        let groups = work_out(grammar, variant, first, second);
        self.written += 1;
        if let Some(slot) = self.places.get_mut(place) {
            *slot = Place { key, spans: NO_SPANS, groups };
        }
        (groups, NO_SPANS)
    }
}

/// Whether what a program begins with may match: a word, or a group among the possible ones.
fn may_open(candidate: &Candidate, possible: Groups) -> bool {
    candidate.opens_with == NO_GROUP || possible.has(candidate.opens_with)
}

/// Whether a program may match, judged by the groups that may and the second atom.
fn fits(grammar: &Grammar, candidate: &Candidate, variant: Variant, possible: Groups, second: Option<LexId>) -> bool {
    may_open(candidate, possible) && candidate.is_for(variant) && grammar.candidates.admits(candidate, second)
}

fn work_out(grammar: &Grammar, variant: Variant, first: LexId, second: Option<LexId>) -> Groups {
    let mut possible = Groups::NONE;
    if number::may_begin(grammar, first, second) {
        possible.put(INT);
        possible.put(NUMBER);
    }
    loop {
        // Groups that others begin with, and that were not possible when these were looked at.
        let mut missed = Groups::NONE;
        let mut is_final = true;
        for &cell in grammar.candidates.cells(first) {
            if possible.has(cell.group) {
                continue;
            }
            let matches = grammar.candidates.of(cell).iter().filter(|candidate| candidate.is_for(variant)).any(|candidate| {
                let opens = may_open(candidate, possible);
                if !opens {
                    missed.put(candidate.opens_with);
                }
                opens && grammar.candidates.admits(candidate, second)
            });
            if matches {
                possible.put(cell.group);
                is_final &= !missed.has(cell.group);
            }
        }
        if is_final {
            return possible;
        }
    }
}
