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
    starts: Vec<Start>,
}

/// Where a name may begin, as far as a filter can tell.
#[derive(Clone, Copy, Debug, Default)]
struct Start {
    unit: u32,
    /// See [`ALONE`] and [`GOES_ON`].
    kinds: u32,
    /// The hash of the unit and the next.
    pair: u64,
}

/// The unit alone may be a name.
const ALONE: u32 = 1;
/// It may be the first of several units, with the next.
const GOES_ON: u32 = 2;

/// Finds every stretch of units that is a name, by first unit and then from the longest to the shortest.
///
/// `small_starts`: also where the first word begins with a small letter although no name with that first word does.
pub fn scan(index: &Index, units: &[Unit], small_starts: bool, buffers: &mut ScanBuffers, found: &mut Vec<Candidate>) {
    let tables = index.tables();
    for &start in starts(&tables, units, buffers) {
        let Some(&unit) = units.get(start.unit as usize) else { continue };
        let (word, info) = tables.likely_word(unit.key);
        if !small_starts && info & layout::SMALL_START == 0 && !begins_like_a_name(unit) {
            continue;
        }
        let before = found.len();
        names_from(&tables, units, start, word, info, &mut |candidate| found.push(candidate));
        if let Some(new) = found.get_mut(before..) {
            new.reverse();
        }
    }
}

/// From left to right the longest stretch of units that is a name: what [`scan`] finds, without those that begin within
/// another. Keys decide, nothing is verified; for measuring, and for lists that fold everything.
pub fn scan_longest(index: &Index, units: &[Unit], buffers: &mut ScanBuffers, found: &mut Vec<Candidate>) {
    let tables = index.tables();
    let mut free = 0;
    for &start in starts(&tables, units, buffers) {
        let Some(unit) = units.get(start.unit as usize).filter(|_| start.unit >= free) else { continue };
        let (word, info) = tables.likely_word(unit.key);
        let mut longest = None;
        names_from(&tables, units, start, word, info, &mut |candidate| longest = Some(candidate));
        if let Some(candidate) = longest {
            free = candidate.after;
            found.push(candidate);
        }
    }
}

/// Where names may begin. Most places are ruled out here: first by what each unit can be, from a filter that is small
/// because words are few, then by what it and the next can begin, from one that grows with the names. No read of either
/// waits for another or for a guess, so that the memory answers many at once.
fn starts<'b>(tables: &Tables<'_>, units: &[Unit], buffers: &'b mut ScanBuffers) -> &'b [Start] {
    let starts = &mut buffers.starts;
    if starts.len() < units.len() {
        starts.resize(units.len(), Start::default());
    }
    let mut count = 0;
    let (mut before, mut alone_before, mut first_before) = (0, 0, 0);
    for (number, unit) in units.iter().enumerate() {
        let hash = layout::start_hash(unit.key);
        let [alone, first, inner] = tables.kinds(hash).map(u32::from);
        // With each unit it is settled what the one before it can be.
        let kinds = (alone_before * ALONE) | ((first_before & inner) * GOES_ON);
        if let Some(place) = starts.get_mut(count) {
            *place = Start { unit: (number as u32).wrapping_sub(1), kinds, pair: layout::pair_hash(before, hash) };
        }
        count += usize::from(kinds != 0);
        (before, alone_before, first_before) = (hash, alone, first);
    }
    if let Some(place) = starts.get_mut(count).filter(|_| alone_before != 0) {
        *place = Start { unit: units.len() as u32 - 1, kinds: ALONE, pair: 0 };
        count += 1;
    }
    let mut kept = 0;
    for number in 0..count {
        let Some(mut start) = starts.get(number).copied() else { break };
        start.kinds &= ALONE | (u32::from(tables.may_start(start.pair)) * GOES_ON);
        if let Some(place) = starts.get_mut(kept) {
            *place = start;
        }
        kept += usize::from(start.kinds != 0);
    }
    starts.get(..kept).unwrap_or(&[])
}

/// Tells of each name that begins at a unit, from the shortest to the longest. `word` and `info` are those of the unit.
#[inline]
fn names_from(tables: &Tables<'_>, units: &[Unit], start: Start, word: u32, info: u32, tell: &mut impl FnMut(Candidate)) {
    let first = start.unit;
    let mut name = |after: u32, info: u32| {
        if let Some(posting) = (info & layout::POSTING).checked_sub(1) {
            tell(Candidate { first, after, posting });
        }
    };
    if start.kinds & ALONE != 0 {
        name(first + 1, info);
    }
    if start.kinds & GOES_ON == 0 || info & layout::GOES_ON == 0 {
        return;
    }
    let mut after = first + 1;
    let next = units.get(after as usize).map(|u| tables.likely_word(u.key));
    let mut step = next.filter(|(_, inner)| inner & layout::INNER != 0).and_then(|(next, _)| tables.likely_step(word, next));
    while let Some((state, info)) = step {
        after += 1;
        name(after, info);
        if info & layout::GOES_ON == 0 {
            break;
        }
        let next = units.get(after as usize).map(|u| tables.word(u.key));
        step = next.filter(|(_, inner)| inner & layout::INNER != 0).and_then(|(next, _)| tables.step(state, next));
    }
}

fn begins_like_a_name(unit: Unit) -> bool {
    unit.is(Unit::CAPITAL) || !unit.is(Unit::SMALL)
}
