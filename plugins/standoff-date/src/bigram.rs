//! Which groups of rules the first two atoms leave possible, remembered pair by pair.
//!
//! Texts repeat their pairs of words: that nothing can come of "the house" is worked out once, not at each place. The
//! cache belongs to the rules and outlives the documents; it never changes what is found.

use crate::grammar::{CandidateTable, Grammar, INT, NO_GROUP, NUMBER};
use crate::lexicon::LexId;

/// Places in the cache, a power of two; a later pair may drive out an earlier one.
const PLACES: usize = 1 << 12;
/// Stands for the end of the text or paragraph.
const END: u16 = u16::MAX;

/// A set of groups, one bit each. There are fewer than 128.
pub(crate) type Groups = u128;

/// The bit of a group; groups beyond the set's size share the last one, which only costs time.
pub(crate) fn bit(group: u16) -> Groups {
    1 << group.min(127)
}

/// Possible groups by pair of atoms.
#[derive(Debug, Default)]
pub(crate) struct Bigrams {
    owner: u64,
    places: Vec<(u32, Groups)>,
}

impl Bigrams {
    /// Prepares for the rules that `owner` names; what was kept for others is dropped.
    pub(crate) fn prepare(&mut self, owner: u64) {
        if self.owner != owner || self.places.is_empty() {
            self.owner = owner;
            self.places.clear();
            self.places.resize(PLACES, (u32::MAX, 0));
        }
    }

    /// The groups that may match at a pair of atoms; `None` stands for the end of the text or paragraph.
    pub(crate) fn possible(&mut self, grammar: &Grammar, table: &CandidateTable, first: LexId, second: Option<LexId>) -> Groups {
        let key = u32::from(first.0) << 16 | u32::from(second.map_or(END, |s| s.0));
        let place = (key.wrapping_mul(0x9e37_79b1) >> 20) as usize % PLACES;
        if let Some(&(_, groups)) = self.places.get(place).filter(|p| p.0 == key) {
            return groups;
        }
        let groups = work_out(grammar, table, first, second);
        if let Some(slot) = self.places.get_mut(place) {
            *slot = (key, groups);
        }
        groups
    }
}

fn work_out(grammar: &Grammar, table: &CandidateTable, first: LexId, second: Option<LexId>) -> Groups {
    let mut possible = bit(INT) | bit(NUMBER);
    loop {
        let before = possible;
        for group in 0..grammar.group_names.len() as u16 {
            if possible & bit(group) != 0 {
                continue;
            }
            let any = table
                .get(group, first)
                .iter()
                .any(|c| (c.opens_with == NO_GROUP || possible & bit(c.opens_with) != 0) && grammar.admits(*c, second));
            if any {
                possible |= bit(group);
            }
        }
        if possible == before {
            return possible;
        }
    }
}
