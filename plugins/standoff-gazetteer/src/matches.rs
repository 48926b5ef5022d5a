//! Matches: what a scan finds, verified, without any weighing of the context.

use crate::folding::{Case, Folding};
use crate::index::{Index, Posting};
use crate::record::Role;
use crate::scan::{Overlap, ScanBuffers, scan};
use crate::unit::Unit;

/// A stretch of text that is a name, with every thing that has the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Offset of its first byte.
    pub start: u32,
    /// Offset one past its last byte.
    pub end: u32,
    /// The names it is, one for each thing; see [`Index::entry`] for the things.
    pub names: Vec<Posting>,
}

/// Every stretch of a text that is a name under the folding of its list, or under `folding` if given, in text order,
/// the longest first. Abbreviations ([`Role::Code`]) match in their very case only.
#[must_use]
pub fn matches(index: &Index, text: &str, units: &[Unit], folding: Option<Folding>, overlap: Overlap) -> Vec<Match> {
    let mut found = Vec::new();
    scan(index, units, true, &mut ScanBuffers::default(), &mut found);
    let (mut all, mut postings, mut free) = (Vec::new(), Vec::new(), 0);
    for candidate in found {
        if overlap == Overlap::Longest && candidate.first < free {
            continue;
        }
        let (Some(first), Some(last)) = (units.get(candidate.first as usize), units.get(candidate.after as usize - 1)) else { continue };
        let covered = text.get(first.start as usize..last.end as usize).unwrap_or("");
        if index.postings(candidate.posting, &mut postings).is_none() {
            continue;
        }
        postings.retain(|posting| {
            let of_list = || index.entry(posting.entry).and_then(|e| index.meta().lists.get(e.list as usize)).map(|l| l.folding);
            let Some(mut folding) = folding.or_else(of_list) else { return false };
            if posting.role == Role::Code {
                folding.case = Case::Exact;
            }
            folding.agrees(&posting.name, covered)
        });
        if !postings.is_empty() {
            free = candidate.after;
            all.push(Match { start: first.start, end: last.end, names: std::mem::take(&mut postings) });
        }
    }
    all
}
