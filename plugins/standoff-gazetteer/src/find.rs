//! From candidates to finds: verification, evidence, overlaps, and which thing is meant.

use std::sync::Arc;

use crate::context::{Surroundings, Words};
use crate::folding::{Case, Folding};
use crate::index::{Entry, Index, Posting};
use crate::likely::likely_units;
use crate::record::Role;
use crate::resolve::resolve;
use crate::scan::{Candidate, Overlap, ScanBuffers, scan};
use crate::settings::Mode;
use crate::spelling::{corrected, within};
use crate::unit::Unit;

/// A compiled gazetteer at work, with what the settings say of its lists.
pub(crate) struct Source {
    pub index: Arc<Index>,
    /// The folding of each of its lists.
    pub foldings: Vec<Folding>,
    /// A demand that stands in for those of its entries: `Some("")` for none.
    pub demand: Option<String>,
    pub bundled: bool,
    /// Whether a name may begin with a small letter where the list has a capital.
    pub small_starts: bool,
}

/// All lists of an annotator.
pub(crate) struct Finder {
    pub sources: Vec<Source>,
    pub words: &'static Words,
    pub mode: Mode,
    pub overlap: Overlap,
    pub nested: bool,
    /// Whether one letter of a long word may be wrong.
    pub spelling: bool,
}

/// A stretch of units with everything in the lists that has this name.
#[derive(Debug)]
pub(crate) struct Find<'a> {
    pub first: usize,
    pub after: usize,
    /// Where it stands in the text: without an article in front.
    pub start: u32,
    pub end: u32,
    pub options: Vec<Meaning<'a>>,
    pub state: State,
    /// The option that is most likely meant.
    pub best: usize,
}

/// One thing that a find may mean.
#[derive(Debug)]
pub(crate) struct Meaning<'a> {
    pub source: usize,
    pub entry: Entry<'a>,
    pub posting: Posting,
    pub verdict: Verdict,
    pub score: f64,
}

impl<'a> Meaning<'a> {
    /// The usual name of the thing.
    pub(crate) fn name(&self) -> &str {
        self.entry.name.unwrap_or(&self.posting.name)
    }

    /// The type of the mention.
    pub(crate) fn kind(&self) -> &'a str {
        if self.posting.role.is_norp() { "NORP" } else { self.entry.kind }
    }

    pub(crate) fn is_place(&self) -> bool {
        matches!(self.entry.sort, "city" | "capital" | "division" | "country" | "town" | "village") && !self.posting.role.is_norp()
    }

    pub(crate) fn is_country(&self) -> bool {
        self.entry.sort == "country"
    }
}

/// What becomes of a find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It counts.
    Kept,
    /// The text does not bear it out.
    Unfounded,
    /// Another find that begins no later covers it, or a part of it.
    Covered,
}

/// Whether the text bears out a meaning, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Good,
    Bad(&'static str),
}

/// Buffers of a search, to be used again.
#[derive(Default)]
pub(crate) struct FindBuffers {
    pub units: Vec<Unit>,
    pub sentences: Vec<u32>,
    scan: ScanBuffers,
    candidates: Vec<Candidate>,
    postings: Vec<Posting>,
    corrected: Vec<(usize, u64)>,
    respelt: Vec<Unit>,
}

impl Finder {
    /// Everything in the text that the lists name, in text order, the longest first; kept or not.
    pub(crate) fn find<'a>(&'a self, text: &str, buffers: &mut FindBuffers) -> Vec<Find<'a>> {
        let mut finds = self.candidates(text, buffers);
        let around = Surroundings { text, units: &buffers.units, sentences: &buffers.sentences, words: self.words };
        self.judge(&around, &mut finds);
        self.settle(&mut finds);
        resolve(&around, &mut finds);
        finds
    }

    /// Whether any list may have a name that the text has, as it cuts words by itself: most short texts name nothing, and that
    /// is told much faster than what they name.
    pub(crate) fn may_find(&self, text: &str, buffers: &mut FindBuffers) -> bool {
        // With a letter wrong any word may be one of a name.
        self.spelling
            || self.sources.iter().any(|source| {
                // A list of so many names that all words are cut anyway is looked through once.
                if source.index.firsts().is_none() {
                    return true;
                }
                buffers.candidates.clear();
                likely_units(&source.index, text, &mut buffers.units);
                scan(&source.index, &buffers.units, source.small_starts, &mut buffers.scan, &mut buffers.candidates);
                !buffers.candidates.is_empty()
            })
    }

    /// What agrees with a name of a list under the list's folding.
    fn candidates<'a>(&'a self, text: &str, buffers: &mut FindBuffers) -> Vec<Find<'a>> {
        let mut finds: Vec<Find<'a>> = Vec::new();
        for (number, source) in self.sources.iter().enumerate() {
            buffers.candidates.clear();
            buffers.corrected.clear();
            scan(&source.index, &buffers.units, source.small_starts, &mut buffers.scan, &mut buffers.candidates);
            if self.spelling {
                self.respelt(source, text, buffers);
            }
            for candidate in &buffers.candidates {
                let (first, after) = (candidate.first as usize, candidate.after as usize);
                let (Some(begin), Some(last)) = (buffers.units.get(first), buffers.units.get(after.wrapping_sub(1))) else { continue };
                let covered = text.get(begin.start as usize..last.end as usize).unwrap_or("");
                if source.index.postings(candidate.posting, &mut buffers.postings).is_none() {
                    continue;
                }
                let wrong = buffers.corrected.iter().filter(|(at, _)| (first..after).contains(at)).count();
                let mut options = Vec::new();
                for posting in buffers.postings.drain(..) {
                    let Some(entry) = source.index.entry(posting.entry) else { continue };
                    let mut folding = source.foldings.get(entry.list as usize).copied().unwrap_or_default();
                    if posting.role == Role::Code {
                        folding.case = Case::Exact;
                    }
                    let agrees = if wrong > 0 && folding.case != Case::Exact {
                        within(&folding.normal(&posting.name), &folding.normal(covered), wrong)
                    } else {
                        folding.agrees(&posting.name, covered)
                    };
                    if agrees {
                        options.push(Meaning { source: number, entry, posting, verdict: Verdict::Good, score: 0.0 });
                    }
                }
                if options.is_empty() {
                    continue;
                }
                // A mention leaves the article out, unless it is a part of the usual name.
                let article = begin.key == self.words.the && after - first > 1 && !options.iter().any(|o| o.posting.role == Role::Name);
                let first = first + usize::from(article);
                let start = buffers.units.get(first).map_or(begin.start, |u| u.start);
                finds.push(Find { first, after, start, end: last.end, options, state: State::Unfounded, best: 0 });
            }
        }
        finds.sort_by_key(|f| (f.first, std::cmp::Reverse(f.after)));
        finds.dedup_by(|next, kept| {
            let same = (next.first, next.after) == (kept.first, kept.after);
            if same {
                kept.options.append(&mut next.options);
            }
            same
        });
        finds
    }

    /// Adds the candidates that there are if one letter of each unknown word is put right.
    fn respelt(&self, source: &Source, text: &str, buffers: &mut FindBuffers) {
        corrected(&source.index.tables(), text, &buffers.units, &mut buffers.corrected);
        if buffers.corrected.is_empty() {
            return;
        }
        buffers.respelt.clear();
        buffers.respelt.extend_from_slice(&buffers.units);
        for &(at, key) in &buffers.corrected {
            if let Some(unit) = buffers.respelt.get_mut(at) {
                unit.key = key;
            }
        }
        buffers.candidates.clear();
        scan(&source.index, &buffers.respelt, source.small_starts, &mut buffers.scan, &mut buffers.candidates);
    }

    /// Settles overlaps.
    fn settle(&self, finds: &mut [Find]) {
        if self.overlap == Overlap::All {
            return;
        }
        let mut covered = 0;
        let mut cover: Option<(bool, usize)> = None;
        for find in finds.iter_mut().filter(|f| f.state == State::Kept) {
            if find.first >= covered {
                covered = find.after;
                let organisation = find.options.iter().any(|o| o.verdict == Verdict::Good && o.entry.kind == "ORG");
                cover = Some((organisation, find.after));
                continue;
            }
            let within = self.nested && cover.is_some_and(|(organisation, end)| organisation && find.after <= end);
            if !(within && find.options.iter().any(|o| o.verdict == Verdict::Good && o.is_country())) {
                find.state = State::Covered;
            }
        }
    }
}
