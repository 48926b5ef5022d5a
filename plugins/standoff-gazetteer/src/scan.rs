//! Finds the names of a compiled gazetteer among the units of a text.

use crate::index::{Index, Tables};
use crate::layout;
use crate::unit::Unit;

/// A stretch of units that may be a name: by its keys, not yet verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The number of its first unit.
    pub first: u32,
    /// The number of the unit after its last.
    pub after: u32,
    /// The first of the postings of the name.
    pub(crate) posting: u32,
}

/// Which of overlapping finds to keep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Overlap {
    /// From left to right the longest name that begins there; none that begins within it.
    #[default]
    Longest,
    /// All, nested and crossing.
    All,
}

/// Buffers of a scan, to be used again.
#[derive(Debug, Default)]
pub struct ScanBuffers {
    words: Vec<(u32, u32)>,
}

/// Finds every stretch of units that is a name, by first unit and then from the longest to the shortest.
///
/// `small_starts`: also where the first word begins with a small letter although no name with that first word does.
pub fn scan(index: &Index, units: &[Unit], small_starts: bool, buffers: &mut ScanBuffers, found: &mut Vec<Candidate>) {
    let tables = index.tables();
    look_up(&tables, units, buffers);
    let words = &buffers.words;
    for first in 0..units.len() {
        let (word, info) = words[first];
        if info & (layout::POSTING | layout::GOES_ON) == 0 {
            continue;
        }
        if !small_starts && info & layout::SMALL_START == 0 && !begins_like_a_name(units[first]) {
            continue;
        }
        let start = found.len();
        if info & layout::POSTING != 0 {
            found.push(Candidate { first: first as u32, after: first as u32 + 1, posting: (info & layout::POSTING) - 1 });
        }
        walk(&tables, words, first, word, info, found);
        found[start..].reverse();
    }
}

/// From left to right the longest stretch of units that is a name: what [`scan`] finds, without those that begin within
/// another. Keys decide, nothing is verified; for measuring, and for lists that fold everything.
pub fn scan_longest(index: &Index, units: &[Unit], buffers: &mut ScanBuffers, found: &mut Vec<Candidate>) {
    let tables = index.tables();
    look_up(&tables, units, buffers);
    let words = &buffers.words;
    let mut first = 0;
    while first < units.len() {
        let (word, info) = words[first];
        let mut next = first + 1;
        if info & (layout::POSTING | layout::GOES_ON) != 0 {
            let mut best = (info & layout::POSTING, next);
            if info & layout::GOES_ON != 0 {
                let (mut state, mut at) = (word, first + 1);
                while let Some(&(word, inner)) = words.get(at)
                    && inner & layout::INNER != 0
                    && let Some((to, info)) = tables.step(state, word)
                {
                    at += 1;
                    if info & layout::POSTING != 0 {
                        best = (info & layout::POSTING, at);
                    }
                    if info & layout::GOES_ON == 0 {
                        break;
                    }
                    state = to;
                }
            }
            if best.0 != 0 {
                found.push(Candidate { first: first as u32, after: best.1 as u32, posting: best.0 - 1 });
                next = best.1;
            }
        }
        first = next;
    }
}

/// Looks all units up first: the searches do not wait for one another, so that the memory answers many at once.
fn look_up(tables: &Tables<'_>, units: &[Unit], buffers: &mut ScanBuffers) {
    buffers.words.clear();
    buffers.words.extend(units.iter().map(|u| tables.word(u.key)));
}

fn walk(tables: &Tables<'_>, words: &[(u32, u32)], first: usize, word: u32, info: u32, found: &mut Vec<Candidate>) {
    if info & layout::GOES_ON == 0 {
        return;
    }
    let (mut state, mut at) = (word, first + 1);
    while let Some(&(word, inner)) = words.get(at)
        && inner & layout::INNER != 0
        && let Some((to, info)) = tables.step(state, word)
    {
        at += 1;
        if info & layout::POSTING != 0 {
            found.push(Candidate { first: first as u32, after: at as u32, posting: (info & layout::POSTING) - 1 });
        }
        if info & layout::GOES_ON == 0 {
            break;
        }
        state = to;
    }
}

fn begins_like_a_name(unit: Unit) -> bool {
    unit.is(Unit::CAPITAL) || !unit.is(Unit::SMALL)
}
