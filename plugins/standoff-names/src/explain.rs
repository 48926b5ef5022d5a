//! Why a document's names are what they are: each form with its votes and cues, those that were no names too.

use std::fmt::Write;

use standoff_core::Document;

use crate::candidate::Candidates;
use crate::decide::Surfaces;
use crate::evidence::{Cue, Evidence, Type};
use crate::link::Links;
use crate::reading::Reading;

/// A page of text, one line a surface form in the order of the text; `only` keeps the forms for which one cue spoke.
pub(crate) fn explain(
    document: &Document,
    reading: &Reading,
    candidates: &Candidates,
    surfaces: &Surfaces,
    links: &Links,
    evidence: &Evidence,
    only: Option<Cue>,
) -> String {
    let mut page = format!("threshold {}\n", evidence.threshold);
    let mut places: Vec<Vec<usize>> = vec![Vec::new(); surfaces.list.len()];
    for (number, candidate) in candidates.list.iter().enumerate() {
        if let Some(list) = places.get_mut(candidate.surface as usize) {
            list.push(number);
        }
    }
    for (surface, places) in surfaces.list.iter().zip(&places) {
        let cues: Vec<(Cue, bool)> = Cue::ALL.iter().filter_map(|&cue| surface.count(cue).map(|twice| (cue, twice))).collect();
        if only.is_some_and(|cue| !cues.iter().any(|&(c, _)| c == cue)) {
            continue;
        }
        let span = |number: &usize| candidates.list.get(*number).map(|c| crate::annotator::span_of(reading, c.start, c.end));
        let name = places.first().and_then(span).map_or("", |span| document.slice(span));
        let referred = places.iter().find_map(|&n| links.references.get(n).copied().flatten());
        let kind = referred.map_or(surface.kind, |r| r.kind);
        let _ = write!(page, "{name:?}: {}", kind.as_str());
        for other in Type::ALL {
            let votes = surface.votes[other as usize];
            if votes != 0.0 {
                let _ = write!(page, ", {} {votes:.1}", other.as_str());
            }
        }
        page.push_str("; cues");
        for (cue, twice) in cues {
            let _ = write!(page, " {}{}", cue.id(), if twice { "*2" } else { "" });
        }
        page.push_str("; at");
        for span in places.iter().filter_map(span) {
            let _ = write!(page, " {span}");
        }
        page.push('\n');
    }
    page
}
