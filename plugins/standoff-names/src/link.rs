//! Mentions of one thing: short forms, acronyms and repeated forms lead to one surface form, the root of an entity.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::candidate::{Candidate, Candidates};
use crate::decide::{Surfaces, is_part, titled};
use crate::evidence::{Cue, Type};
use crate::lexicon::flag;
use crate::reading::{Reading, Shape, Tok};

/// How a candidate came to its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// By the cue that spoke loudest.
    Cue(Cue),
    /// As the family name or the given name of a person named in full.
    ShortPerson,
    /// As the first word, or the head, of an organisation named in full.
    ShortOrganisation,
    /// As the acronym of an organisation named in full.
    Introduced,
}

/// What a candidate is taken for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reference {
    pub(crate) kind: Type,
    pub(crate) how: How,
    /// The surface form that stands for the entity.
    pub(crate) root: u32,
}

/// Buffers that outlive the document.
#[derive(Default)]
pub(crate) struct Links {
    /// What each candidate is; `None` for no name.
    pub(crate) references: Vec<Option<Reference>>,
    /// For each surface form the form that stands for its entity.
    roots: Vec<u32>,
    /// Persons by family name, and by given name.
    families: HashMap<u32, Entry, FixedState>,
    givens: HashMap<u32, Entry, FixedState>,
    /// Persons by a part between the two: the first of two family names, or a second given name.
    middles: HashMap<u32, Entry, FixedState>,
    full: HashMap<(u32, u32), u32, FixedState>,
    /// Organisations by first word.
    firsts: HashMap<u32, Entry, FixedState>,
    /// The latest organisation whose head is a word, on the way through the text.
    heads: HashMap<u32, u32, FixedState>,
}

/// A surface form that a short form leads to, unless there are several.
#[derive(Clone, Copy, Debug)]
struct Entry {
    root: u32,
    several: bool,
}

/// Votes from which a type stands on its own, whatever a short form would make of it.
const FIRM: f32 = 5.0;

impl Links {
    /// Joins the candidates of a document.
    pub(crate) fn join(&mut self, reading: &Reading, surfaces: &Surfaces, candidates: &Candidates) {
        self.references.clear();
        self.roots.clear();
        self.roots.extend(0..surfaces.list.len() as u32);
        self.families.clear();
        self.givens.clear();
        self.middles.clear();
        self.full.clear();
        self.firsts.clear();
        self.heads.clear();
        self.collect(reading, surfaces, candidates);
        self.acronyms(reading, surfaces, &candidates.list);
        for candidate in &candidates.list {
            let reference = self.refer(reading, surfaces, candidate);
            self.references.push(reference);
        }
    }

    /// Collects the full names.
    fn collect(&mut self, reading: &Reading, surfaces: &Surfaces, candidates: &Candidates) {
        let token_of = |seen: usize| candidates.list.get(seen).and_then(|c| reading.tokens.get(c.start));
        // "Van der Laan" and "De Silva" are family names alone; "Van Morrison" has a given name.
        let particle = |t: Option<&Tok>| t.is_some_and(|t| t.has(flag::PARTICLE));
        let family_alone = |seen: usize| {
            let second = candidates.list.get(seen).and_then(|c| reading.tokens.get(c.start + 1));
            particle(token_of(seen)) && (particle(second) || !token_of(seen).is_some_and(|t| t.has(flag::GIVEN)))
        };
        let mut families = Vec::new();
        for (number, surface) in surfaces.list.iter().enumerate() {
            let number = number as u32;
            if surface.parts < 2 {
                continue;
            }
            match surface.kind {
                Type::Person if family_alone(surface.seen) => families.push((number, surface.last)),
                Type::Person => {
                    // "George Bush" and "George W. Bush" are one.
                    let root = *self.full.entry((surface.first, surface.last)).or_insert(number);
                    self.roots[number as usize] = root;
                    enter(&mut self.families, surface.last, root);
                    enter(&mut self.givens, surface.first, root);
                    // "Paz" after "Rodolfo Paz Quispe".
                    if let Some(candidate) = candidates.list.get(surface.seen).filter(|c| c.end - c.start > 2) {
                        for token in &reading.tokens[candidate.start + 1..candidate.end - 1] {
                            if token.shape == Shape::Capital && !token.has(flag::PARTICLE) && token.word != surface.last {
                                enter(&mut self.middles, token.word, root);
                            }
                        }
                    }
                }
                Type::Org => {
                    let telling = token_of(surface.seen).is_some_and(|t| {
                        t.known == 0
                            && !t.has(flag::COMMON | flag::FUNCTION | flag::GIVEN | flag::GROUP | flag::HEAD)
                            && t.shape != Shape::Initial
                    });
                    if telling {
                        enter(&mut self.firsts, surface.first, number);
                    }
                }
                _ => {}
            }
        }
        for (number, last) in families {
            match self.families.get(&last).filter(|entry| !entry.several) {
                Some(entry) => self.roots[number as usize] = entry.root,
                None => enter(&mut self.families, last, number),
            }
        }
    }

    /// "International Atomic Energy Agency (IAEA)": the letters in brackets stand for the name before them.
    fn acronyms(&mut self, reading: &Reading, surfaces: &Surfaces, candidates: &[Candidate]) {
        for pair in candidates.windows(2) {
            let [long, short] = pair else { continue };
            let bracket = short.start == long.end + 1 && reading.word(long.end) == "(" && short.end == short.start + 1;
            if !bracket || reading.tokens[short.start].shape != Shape::Upper || long.surface == short.surface {
                continue;
            }
            let kind = surfaces.list.get(long.surface as usize).map_or(Type::None, |s| s.kind);
            if matches!(kind, Type::Org | Type::None) && spells(reading, long, reading.word(short.start)) {
                self.roots[short.surface as usize] = self.root(long.surface);
            }
        }
    }

    fn root(&self, surface: u32) -> u32 {
        self.roots.get(surface as usize).copied().unwrap_or(surface)
    }

    fn refer(&mut self, reading: &Reading, surfaces: &Surfaces, candidate: &Candidate) -> Option<Reference> {
        let surface = surfaces.list.get(candidate.surface as usize)?;
        let root = self.root(candidate.surface);
        let token = &reading.tokens[candidate.start];
        let own = |how| Reference { kind: surface.kind, how, root };
        if candidate.fixed.is_some() {
            return (surface.kind != Type::None).then(|| own(How::Cue(surface.cue)));
        }
        if surface.parts == 1 && candidate.end == candidate.start + 1 {
            let votes = &surface.votes;
            let other = votes[1..Type::None as usize].iter().copied().fold(0.0, f32::max);
            // A word that the language has too is a short form only where its capital says something.
            let doubtful = token.first && token.has(flag::COMMON | flag::FUNCTION) && reading.counts_of(token).capital == 0;
            let known = candidate.known && !titled(reading, candidate);
            let given = || self.givens.get(&surface.first).filter(|_| token.has(flag::GIVEN));
            // A part between the two tells who a person is, not that it is a person.
            let middle = || self.middles.get(&surface.first).filter(|e| !e.several && surface.kind == Type::Person);
            let person = self.families.get(&surface.first).or_else(given).or_else(middle);
            if let Some(entry) = person.filter(|_| !doubtful && !known && other < FIRM) {
                let root = if entry.several { root } else { entry.root };
                return Some(Reference { kind: Type::Person, how: How::ShortPerson, root });
            }
            if known {
                return None;
            }
            if root != candidate.surface {
                return Some(Reference { kind: Type::Org, how: How::Introduced, root });
            }
            if let Some(entry) = self.firsts.get(&surface.first).filter(|e| !e.several && !doubtful && votes[0] < FIRM) {
                return Some(Reference { kind: Type::Org, how: How::ShortOrganisation, root: entry.root });
            }
            // "the Ministry" is the ministry named last.
            if token.has(flag::ORG)
                && !token.first
                && candidate.start > 0
                && reading.word(candidate.start - 1) == "the"
                && let Some(&root) = self.heads.get(&surface.first)
            {
                return Some(Reference { kind: Type::Org, how: How::ShortOrganisation, root });
            }
        }
        if (candidate.known && !titled(reading, candidate)) || surface.kind == Type::None {
            return None;
        }
        if surface.kind == Type::Org && surface.parts > 1 {
            for at in candidate.start..candidate.end {
                if reading.tokens[at].has(flag::ORG) {
                    self.heads.insert(reading.tokens[at].word, root);
                }
            }
        }
        Some(own(How::Cue(surface.cue)))
    }
}

fn enter(map: &mut HashMap<u32, Entry, FixedState>, word: u32, root: u32) {
    let entry = map.entry(word).or_insert(Entry { root, several: false });
    entry.several |= entry.root != root;
}

/// Whether the initials of a name's capitalised words, with or without the little words between, are these letters.
pub(crate) fn spells(reading: &Reading, long: &Candidate, letters: &str) -> bool {
    let initial = |at: usize| reading.word(at).chars().next();
    let letters = || letters.chars().filter(|c| c.is_alphanumeric());
    let words = || long.start..long.end;
    let parts = words().filter(|&at| is_part(&reading.tokens[at])).filter_map(initial);
    let all = words().filter(|&at| reading.tokens[at].shape != Shape::Other).filter_map(initial);
    letters().count() > 1 && (parts.eq(letters()) || all.eq(letters()))
}
