//! From candidates to finds: verification, evidence, overlaps, and which thing is meant.

use std::sync::Arc;

use crate::context::{Demand, Surroundings, Words};
use crate::folding::{Case, Folding};
use crate::index::{Entry, Index, Posting};
use crate::record::Role;
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

    fn is_place(&self) -> bool {
        matches!(self.entry.sort, "city" | "capital" | "division" | "country" | "town" | "village") && !self.posting.role.is_norp()
    }

    fn is_country(&self) -> bool {
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

    /// Gives each meaning its verdict: twice, because what stands beside a name may be a name itself.
    fn judge(&self, around: &Surroundings, finds: &mut [Find]) {
        let mut known = vec![false; around.units.len()];
        for find in finds.iter() {
            if find.options.iter().any(|o| self.demand_of(o).is_none() && (!o.is_place() || o.is_country() || o.entry.sort == "capital")) {
                known[find.first..find.after].fill(true);
            }
        }
        for _ in 0..2 {
            let verdicts: Vec<Vec<Verdict>> = finds
                .iter()
                .enumerate()
                .map(|(i, find)| find.options.iter().map(|option| self.verdict(around, finds, i, option, &known)).collect())
                .collect();
            known.fill(false);
            for (find, verdicts) in finds.iter_mut().zip(verdicts) {
                for (option, verdict) in find.options.iter_mut().zip(verdicts) {
                    option.verdict = verdict;
                }
                let good = find.options.iter().any(|o| o.verdict == Verdict::Good);
                find.state = if good { State::Kept } else { State::Unfounded };
                if good {
                    known[find.first..find.after].fill(true);
                }
            }
        }
        self.spread(around, finds, &known);
        self.family_names(around, finds);
    }

    /// A name that stands after a given name or a title somewhere in the text is a family name elsewhere too, unless the
    /// words around speak of a place.
    fn family_names(&self, around: &Surroundings, finds: &mut [Find]) {
        let family: Vec<u64> = finds
            .iter()
            .filter(|f| f.after - f.first == 1 && f.options.iter().any(|o| o.verdict == Verdict::Bad(FAMILY)))
            .filter_map(|f| around.units.get(f.first).map(|u| u.key))
            .collect();
        for find in finds.iter_mut().filter(|f| f.state == State::Kept && f.after - f.first == 1) {
            if around.units.get(find.first).is_none_or(|u| !family.contains(&u.key)) || around.has_cue(find.first, find.after) {
                continue;
            }
            for option in find.options.iter_mut().filter(|o| o.is_place() && !o.is_country()) {
                option.verdict = Verdict::Bad(FAMILY_HERE);
            }
            if !find.options.iter().any(|o| o.verdict == Verdict::Good) {
                find.state = State::Unfounded;
            }
        }
    }

    /// A name that the text bore out in one place means the same in the others, unless a person's name is around it.
    fn spread(&self, around: &Surroundings, finds: &mut [Find], known: &[bool]) {
        let sure: Vec<(usize, u32, String)> = finds
            .iter()
            .flat_map(|f| &f.options)
            .filter(|o| o.verdict == Verdict::Good && o.is_place())
            .map(|o| (o.source, o.entry.number, o.posting.name.clone()))
            .collect();
        for find in finds.iter_mut() {
            let alone = is_alone(around, find, known);
            for option in &mut find.options {
                if matches!(option.verdict, Verdict::Bad(reason) if reason == NO_CUE)
                    && alone
                    && sure.iter().any(|(s, e, n)| (*s, *e) == (option.source, option.entry.number) && *n == option.posting.name)
                {
                    option.verdict = Verdict::Good;
                }
            }
            if find.options.iter().any(|o| o.verdict == Verdict::Good) {
                find.state = State::Kept;
            }
        }
    }

    /// What a meaning must show, if anything.
    fn demand_of(&self, option: &Meaning) -> Option<&Demand> {
        let source = self.sources.get(option.source)?;
        let name = match &source.demand {
            Some(demand) => demand.as_str(),
            None if source.bundled => {
                let special = self.words.ambiguous.get(&option.posting.name);
                special.map_or(option.entry.demand, String::as_str)
            }
            None => option.entry.demand,
        };
        self.words.demands.get(name).filter(|d| !(d.only_names && option.posting.role.is_norp()))
    }

    fn verdict(&self, around: &Surroundings, finds: &[Find], number: usize, option: &Meaning, known: &[bool]) -> Verdict {
        if self.mode == Mode::All {
            return Verdict::Good;
        }
        let find = &finds[number];
        let bundled = self.sources.get(option.source).is_some_and(|s| s.bundled);
        let units = &around.units[find.first..find.after];
        if option.posting.role == Role::Code && option.posting.name.len() <= 4 && around.shouts(find.first, find.after) {
            return Verdict::Bad("the text around is all in capitals");
        }
        let covered = around.text.get(find.start as usize..find.end as usize).unwrap_or("");
        let small = units.iter().any(|u| u.is(Unit::SMALL)) && !covered.contains(char::is_uppercase);
        if bundled && small && !self.follows_the(around, find) {
            return Verdict::Bad("it is in small letters and has no article");
        }
        let next = around
            .after(find.after)
            .filter(|(at, u)| u.is_capital() && !known.get(*at).copied().unwrap_or(false) && !self.words.neighbour.contains(&u.key));
        let article = option.posting.name.starts_with("the ");
        if bundled && article && next.is_some() && option.entry.kind != "ORG" && !option.is_place() {
            return Verdict::Bad(LONGER);
        }
        if bundled && option.is_place() && around.is_named_after(find.first) {
            return Verdict::Bad(LONGER);
        }
        if bundled && option.is_place() && !option.is_country() {
            if follows_person_word(around, find.first) {
                return Verdict::Bad(FAMILY);
            }
            let large = option.entry.sort == "capital" || option.entry.population.is_some_and(|p| p >= 1_000_000);
            let given = units.len() == 1 && units.iter().any(|u| self.words.first_names.contains(&u.key));
            if next.is_some() || (!large || given) && !is_alone(around, find, known) {
                return Verdict::Bad(LONGER);
            }
        }
        match self.demand_of(option) {
            Some(demand) => self.meets(around, finds, find, option, demand, known),
            None => Verdict::Good,
        }
    }

    fn follows_the(&self, around: &Surroundings, find: &Find) -> bool {
        around.before(find.first).is_some_and(|(_, u)| u.key == self.words.the)
    }

    fn meets(&self, around: &Surroundings, finds: &[Find], find: &Find, option: &Meaning, demand: &Demand, known: &[bool]) -> Verdict {
        if demand.not_first && around.is_first(find.first) {
            return Verdict::Bad("it begins a sentence and may be a common word");
        }
        if demand.alone && (!is_alone(around, find, known) || follows_person_word(around, find.first)) {
            return Verdict::Bad(LONGER);
        }
        let next = around.after(find.after);
        if demand.bare_next && next.is_some_and(|(_, u)| u.is_capital()) {
            return Verdict::Bad("a capitalised word follows");
        }
        if self.mode == Mode::Recall {
            return Verdict::Good;
        }
        let mut any = false;
        let mut met = |condition: bool, holds: &dyn Fn() -> bool| {
            any |= condition;
            condition && holds()
        };
        let good = met(!demand.before.is_empty(), &|| around.before(find.first).is_some_and(|(_, u)| demand.before.contains(&u.key)))
            || met(!demand.after.is_empty(), &|| next.is_some_and(|(_, u)| demand.after.contains(&u.key)))
            || met(demand.or_small_next, &|| next.is_some_and(|(_, u)| !u.is_capital()))
            || met(demand.parenthesised, &|| {
                around.punctuation(find.first.checked_sub(1)) == "(" && around.punctuation(Some(find.after)) == ")"
            })
            || met(demand.cue, &|| around.has_cue(find.first, find.after))
            || met(demand.place_near, &|| self.place_near(around, finds, find, option, demand.cue));
        if good || !any { Verdict::Good } else { Verdict::Bad(NO_CUE) }
    }

    /// Whether the country or the division follows after a comma or in parentheses; `list`: or another place does, or
    /// comes before.
    fn place_near(&self, around: &Surroundings, finds: &[Find], find: &Find, option: &Meaning, list: bool) -> bool {
        let sign = around.punctuation(Some(find.after));
        let goes_on = matches!(sign, "," | "(") || list && around.after(find.after).is_some_and(|(_, u)| u.key == self.words.and);
        let next = if goes_on { find.after + 1 } else { usize::MAX };
        let at = |first: usize| finds.iter().filter(move |f| f.first == first).flat_map(|f| &f.options);
        let follows = at(next).any(|o| contains(o, option) || list && is_sure_place(self, o));
        follows
            || list && {
                let sign = find
                    .first
                    .checked_sub(1)
                    .filter(|&s| around.punctuation(Some(s)) == "," || around.units.get(s).is_some_and(|u| u.key == self.words.and));
                sign.is_some_and(|s| finds.iter().filter(|f| f.after == s).flat_map(|f| &f.options).any(|o| is_sure_place(self, o)))
            }
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

const LONGER: &str = "it stands within a longer name";
const FAMILY: &str = "a given name or a title stands before it: it is a family name";
const FAMILY_HERE: &str = "in this text it is a family name";
const NO_CUE: &str = "the name is also a word or a family name, and nothing around it speaks of a place";

/// Whether the word before says that what follows is a person's name.
fn follows_person_word(around: &Surroundings, first: usize) -> bool {
    let Some((at, before)) = around.before(first) else { return false };
    if !before.is_capital() {
        return false;
    }
    let words = around.words;
    if words.person_title.contains(&before.key) {
        return true;
    }
    if words.first_names.contains(&before.key) {
        // "Will Moscow agree?": a word that begins a sentence may be any word.
        return !around.is_first(at) || !words.neighbour.contains(&before.key);
    }
    // An initial.
    around.text.get(before.start as usize..before.end as usize).is_some_and(|t| t.len() == 2 && t.ends_with('.'))
}

/// Whether no capitalised word stands beside a find that could make one name with it.
fn is_alone(around: &Surroundings, find: &Find, known: &[bool]) -> bool {
    let known = |at: usize| known.get(at).copied().unwrap_or(false);
    let words = around.words;
    let strange = |at: usize, unit: Unit| unit.is_capital() && !known(at) && !words.neighbour.contains(&unit.key);
    // A word that begins a sentence has its capital from that, unless it is a given name.
    let named = |at: usize, unit: Unit| !around.is_first(at) || words.first_names.contains(&unit.key);
    let before = around.before(find.first).is_some_and(|(at, u)| strange(at, u) && named(at, u));
    let after = around.after(find.after).is_some_and(|(at, u)| strange(at, u));
    let joined = find.first.checked_sub(1).is_some_and(|at| !known(at)) && around.hyphen_before(find.first).is_some_and(|u| u.is_capital())
        || !known(find.after) && around.hyphen_after(find.after).is_some_and(|u| u.is_capital());
    !before && !after && !joined
}

/// Whether one place is the country or the division of another.
fn contains(outer: &Meaning, inner: &Meaning) -> bool {
    let (outer, inner) = (&outer.entry, &inner.entry);
    !inner.country.is_empty()
        && outer.country == inner.country
        && (outer.sort == "country" || outer.sort == "division" && outer.division == inner.division && outer.number != inner.number)
}

fn is_sure_place(finder: &Finder, option: &Meaning) -> bool {
    option.is_place() && finder.demand_of(option).is_none()
}

/// Says of each find which of its meanings is most likely: the best known, and where the text names its country, its
/// division or places near it. A name means the same throughout a document.
fn resolve(around: &Surroundings, finds: &mut [Find]) {
    let anchors: Vec<(String, Option<(f64, f64)>)> = finds
        .iter()
        .filter(|f| f.state == State::Kept && f.options.len() == 1)
        .flat_map(|f| &f.options)
        .map(|o| (o.entry.country.to_owned(), o.entry.place.filter(|_| !matches!(o.entry.sort, "continent" | "ocean" | "country"))))
        .collect();
    for i in 0..finds.len() {
        if finds[i].state != State::Kept {
            continue;
        }
        let scores: Vec<f64> = finds[i]
            .options
            .iter()
            .map(|option| {
                if option.verdict != Verdict::Good {
                    return f64::NEG_INFINITY;
                }
                let comma = matches!(around.punctuation(Some(finds[i].after)), "," | "(");
                let named = comma
                    && finds
                        .iter()
                        .filter(|f| f.first == finds[i].after + 1 && f.state == State::Kept)
                        .flat_map(|f| &f.options)
                        .any(|o| contains(o, option));
                prior(option) + nearness(option, &anchors) + if named { 6.0 } else { 0.0 }
            })
            .collect();
        for (option, score) in finds[i].options.iter_mut().zip(scores) {
            option.score = score;
        }
    }
    // The best score that a thing has anywhere under this name counts everywhere.
    let best_anywhere: Vec<(String, usize, u32, f64)> = finds
        .iter()
        .filter(|f| f.state == State::Kept)
        .flat_map(|f| &f.options)
        .filter(|o| o.score.is_finite())
        .map(|o| (o.posting.name.clone(), o.source, o.entry.number, o.score))
        .collect();
    for find in finds.iter_mut().filter(|f| f.state == State::Kept) {
        for option in &mut find.options {
            if option.score.is_finite() {
                for (name, source, entry, score) in &best_anywhere {
                    if (*source, *entry) == (option.source, option.entry.number) && *name == option.posting.name {
                        option.score = option.score.max(*score);
                    }
                }
            }
        }
        let mut best = 0;
        for (i, option) in find.options.iter().enumerate() {
            if option.score > find.options[best].score {
                best = i;
            }
        }
        find.best = best;
    }
}

/// How well known a thing is, as far as the lists tell: about the logarithm of how often it is named.
fn prior(option: &Meaning) -> f64 {
    let entry = &option.entry;
    let people = entry.population.map_or(0.0, |p| ((p + 1) as f64).log10());
    let sort = match entry.sort {
        "country" => 4.0,
        "capital" => 1.5,
        "division" => 0.5,
        "city" => 0.0,
        _ => 7.0,
    };
    let role = match option.posting.role {
        Role::Name => 0.5,
        Role::Former | Role::Inflected => -0.5,
        _ => 0.0,
    };
    // Later sources are the user's own: they know their texts.
    people + sort + role + 10.0 * option.source as f64
}

/// How much the other places of the document speak for a meaning.
fn nearness(option: &Meaning, anchors: &[(String, Option<(f64, f64)>)]) -> f64 {
    if anchors.is_empty() {
        return 0.0;
    }
    let same = anchors.iter().filter(|(country, _)| !country.is_empty() && country == option.entry.country).count();
    let share = same as f64 / anchors.len() as f64;
    let near = option.entry.place.map_or(0.0, |place| {
        let distances = anchors.iter().filter_map(|(_, p)| *p).map(|p| distance(place, p));
        let closest = distances.fold(f64::INFINITY, f64::min);
        if closest < 300.0 { 1.0 - closest / 300.0 } else { 0.0 }
    });
    2.0 * share + near
}

/// The distance of two places on a sphere, in kilometres.
fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (lat_a, lat_b) = (a.0.to_radians(), b.0.to_radians());
    let (lat, lon) = (((lat_b - lat_a) / 2.0).sin(), ((b.1 - a.1).to_radians() / 2.0).sin());
    2.0 * 6371.0 * (lat * lat + lat_a.cos() * lat_b.cos() * lon * lon).sqrt().min(1.0).asin()
}
