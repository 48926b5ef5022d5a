//! Which programs of the rules are worth trying at an atom, judged by it and the two behind it.
//!
//! Worked out once when the rules are compiled: the first three atoms of every way in which a program can begin.

use std::collections::HashMap;

use crate::ahead::{Ahead, AtomSet, Index};
use crate::bigram::Groups;
use crate::grammar::{Grammar, Rule};
use crate::lexicon::LexId;
use crate::pattern::Op;
use crate::settings::Mode;

/// A program worth trying at an atom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) rule: u16,
    /// In which variants it is in use.
    variants: Variants,
    /// Where its program begins among those of all rules.
    pub(crate) start: u32,
    /// Where in the program to begin: each of the ways that it can begin with is a candidate of its own.
    pub(crate) entry: u16,
    /// The set of atoms that may follow the first one; [`ANY`] if it may end there.
    second: u32,
    /// The set of atoms that may come third; [`ANY`] if it may end before.
    third: u32,
    /// The group that the program begins with; [`NO_GROUP`] if it begins otherwise.
    pub(crate) opens_with: u16,
    /// The set of atoms that may follow that group; [`ANY`] if the program may end there.
    follow: u32,
}

impl Candidate {
    /// Whether it is in use in a variant.
    pub(crate) fn is_for(&self, variant: Variant) -> bool {
        self.variants.has(variant)
    }
}

/// The program of a candidate begins with a word.
pub(crate) const NO_GROUP: u16 = u16::MAX;

/// No restriction on the next atom.
const ANY: u32 = u32::MAX;

/// Which rules are in use: those of a mode and an order of day and month.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Variant(u8);

impl Variant {
    const MODES: [Mode; 4] = [Mode::News, Mode::Narrative, Mode::Colloquial, Mode::Post];
    /// How many there are.
    pub(crate) const COUNT: usize = 2 * Self::MODES.len();

    pub(crate) fn new(mode: Mode, day_first: bool) -> Variant {
        let mode = Self::MODES.iter().position(|m| *m == mode).unwrap_or(0) as u8;
        Variant(mode * 2 + u8::from(day_first))
    }

    /// Its number, below [`Variant::COUNT`].
    pub(crate) fn number(self) -> usize {
        usize::from(self.0)
    }
}

/// A set of variants, one bit each.
#[derive(Clone, Copy, Debug, Default)]
struct Variants(u8);

impl Variants {
    fn of(rule: &Rule) -> Variants {
        let mut all = Variants::default();
        for mode in Variant::MODES.into_iter().filter(|mode| rule.is_for(*mode)) {
            for day_first in [false, true].into_iter().filter(|first| rule.day_first.is_none_or(|d| d == *first)) {
                all.0 |= 1 << Variant::new(mode, day_first).0;
            }
        }
        all
    }

    fn has(self, variant: Variant) -> bool {
        self.0 >> variant.0 & 1 == 1
    }
}

/// The candidates of a grammar.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// By first atom: where its cells are.
    words: Vec<(u32, u32)>,
    cells: Vec<Cell>,
    list: Vec<Candidate>,
    /// By first atom: the variants in which an expression may begin with it.
    tops: Vec<Variants>,
    /// Sets of atoms; candidates refer to them.
    sets: Vec<AtomSet>,
}

/// The candidates of a group that can begin with an atom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    pub(crate) group: u16,
    from: u32,
    to: u32,
}

impl Candidates {
    /// Whether an expression may begin with the atom.
    pub(crate) fn may_open(&self, first: LexId, variant: Variant) -> bool {
        self.tops.get(usize::from(first.0)).is_some_and(|variants| variants.has(variant))
    }

    /// The groups that can begin with the atom.
    pub(crate) fn cells(&self, first: LexId) -> &[Cell] {
        self.words.get(usize::from(first.0)).and_then(|&(from, to)| self.cells.get(from as usize..to as usize)).unwrap_or(&[])
    }

    /// The candidates of a cell, in the order of the rules.
    pub(crate) fn of(&self, cell: Cell) -> &[Candidate] {
        self.list.get(cell.from as usize..cell.to as usize).unwrap_or(&[])
    }

    /// Whether the atom after the first one does not rule the candidate out; `None` at the end of the text.
    pub(crate) fn admits(&self, candidate: &Candidate, second: Option<LexId>) -> bool {
        self.is_in(candidate.second, second)
    }

    /// Whether the third atom does not rule the candidate out.
    pub(crate) fn admits_third(&self, candidate: &Candidate, third: Option<LexId>) -> bool {
        self.is_in(candidate.third, third)
    }

    /// Whether the atom after the group that the candidate begins with does not rule it out.
    pub(crate) fn admits_after_group(&self, candidate: &Candidate, next: Option<LexId>) -> bool {
        self.is_in(candidate.follow, next)
    }

    fn is_in(&self, set: u32, atom: Option<LexId>) -> bool {
        set == ANY || atom.zip(self.sets.get(set as usize)).is_some_and(|(id, set)| set.has(id))
    }

    /// Forgets what the second and third atoms rule out.
    #[cfg(test)]
    pub(crate) fn admit_all(&mut self) {
        for candidate in &mut self.list {
            (candidate.second, candidate.third, candidate.follow) = (ANY, ANY, ANY);
        }
    }

    /// Works them out.
    pub(crate) fn new(grammar: &Grammar) -> Candidates {
        let index = Index::new(grammar);
        let mut sets: Vec<AtomSet> = Vec::new();
        let mut known: HashMap<AtomSet, u32> = HashMap::new();
        let mut set_of = |ahead: Ahead| {
            if ahead.ends {
                return ANY;
            }
            *known.entry(ahead.atoms).or_insert_with_key(|set| {
                sets.push(set.clone());
                sets.len() as u32 - 1
            })
        };
        let mut rules: Vec<(usize, &Rule)> = grammar.rules.iter().enumerate().collect();
        let ranks = ranks(grammar);
        rules.sort_by_key(|(_, rule)| ranks[usize::from(rule.group)]);
        // Each with its group and the atoms that it can begin with.
        let mut all: Vec<(Candidate, u16, AtomSet)> = Vec::new();
        for (number, rule) in rules {
            for place in &rule.programs {
                let program = grammar.program(place);
                for entry in ways_to_begin(program) {
                    let (opens_with, follow) = match program.get(entry) {
                        Some(Op::Group { group, .. }) => (*group, set_of(index.suffix(program, entry + 1))),
                        _ => (NO_GROUP, ANY),
                    };
                    let candidate = Candidate {
                        rule: number as u16,
                        variants: Variants::of(rule),
                        start: place.start,
                        entry: entry as u16,
                        second: set_of(index.seconds_of(program, entry)),
                        third: set_of(index.thirds_of(program, entry)),
                        opens_with,
                        follow,
                    };
                    all.push((candidate, rule.group, index.suffix(program, entry).atoms));
                }
            }
        }
        let mut candidates = Candidates { sets, ..Candidates::default() };
        candidates.lay_out(&all, grammar.lexicon.len(), grammar.top);
        candidates
    }

    /// Puts candidates, group by group, in cells, atom by atom.
    fn lay_out(&mut self, all: &[(Candidate, u16, AtomSet)], words: usize, top: u16) {
        let mut of_word = vec![Vec::new(); words];
        for (candidate, group, atoms) in all {
            atoms.iter().for_each(|id| of_word[id as usize].push((candidate, *group)));
        }
        self.tops.resize(words, Variants::default());
        for (word, candidates) in of_word.iter().enumerate() {
            let first_cell = self.cells.len() as u32;
            for same in candidates.chunk_by(|a, b| a.1 == b.1) {
                let (from, group) = (self.list.len() as u32, same[0].1);
                self.list.extend(same.iter().map(|(candidate, _)| **candidate));
                self.cells.push(Cell { group, from, to: self.list.len() as u32 });
                if group == top {
                    self.tops[word] = Variants(same.iter().fold(0, |all, (candidate, _)| all | candidate.variants.0));
                }
            }
            self.words.push((first_cell, self.cells.len() as u32));
        }
    }
}

/// By group: its place in an order in which groups come behind those that they can begin with, but for cycles.
fn ranks(grammar: &Grammar) -> Vec<u16> {
    let mut opened = vec![Groups::NONE; grammar.group_names.len()];
    for rule in &grammar.rules {
        for program in rule.programs.iter().map(|place| grammar.program(place)) {
            for entry in ways_to_begin(program) {
                if let Some(Op::Group { group, .. }) = program.get(entry) {
                    opened[usize::from(rule.group)].put(*group);
                }
            }
        }
    }
    let mut ranks = vec![u16::MAX; opened.len()];
    let mut next = 0;
    let mut seen = Groups::NONE;
    // A group is put on the stack again below those that it begins with, to be ranked when they are.
    let mut stack: Vec<(u16, bool)> = (0..opened.len() as u16).rev().map(|group| (group, false)).collect();
    while let Some((group, is_due)) = stack.pop() {
        if is_due {
            ranks[usize::from(group)] = next;
            next += 1;
        } else if !seen.has(group) {
            seen.put(group);
            stack.push((group, true));
            stack.extend((0..opened.len() as u16).filter(|inner| opened[usize::from(group)].has(*inner)).map(|inner| (inner, false)));
        }
    }
    ranks
}

/// Where a program can begin, in the order in which its ways are tried: behind the choices that come before anything is read. An
/// annotated part that begins at once begins where the match does, which needs no step.
fn ways_to_begin(program: &[Op]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut stack = vec![0usize];
    let mut seen = vec![false; program.len()];
    while let Some(pc) = stack.pop() {
        match program.get(pc) {
            Some(_) if std::mem::replace(&mut seen[pc], true) => {}
            Some(Op::Split(a, b)) => stack.extend([usize::from(*b), usize::from(*a)]),
            Some(Op::Jump(to)) => stack.push(usize::from(*to)),
            Some(Op::Open) => stack.push(pc + 1),
            Some(_) => found.push(pc),
            None => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use standoff_tokenizer::{Segmenter, Segments};

    use crate::settings::{Mode, Settings};
    use crate::tagger::{Tagger, Timex};

    fn taggers() -> Vec<(Tagger, Tagger)> {
        let new = |mode| Tagger::new(Settings { mode, events: true, ..Settings::default() });
        let both = |mode| Some((new(mode).ok()?, new(mode).ok()?.trying_all()));
        let found: Vec<_> = [Mode::News, Mode::Narrative, Mode::Colloquial, Mode::Post].into_iter().filter_map(both).collect();
        assert_eq!(found.len(), 4);
        found
    }

    fn tag(tagger: &Tagger, text: &str) -> Vec<Timex> {
        let mut segments = Segments::default();
        Segmenter::default().segment(text, &mut segments);
        let tokens: Vec<_> = segments.tokens.iter().collect();
        let sentences: Vec<u32> = segments.sentences.iter().map(|s| s.0).collect();
        tagger.tag(text, &tokens, &sentences, Some("2017-03-20T12:00"))
    }

    fn examples(tagger: &Tagger) -> Vec<String> {
        let text = |example: &str| example.split("=>").next().unwrap_or("").replace(['[', ']'], "");
        tagger.rules().map(|rule| text(rule.example)).collect()
    }

    #[test]
    fn nothing_is_ruled_out_that_matches() {
        for (tagger, trying_all) in taggers() {
            for text in examples(&tagger) {
                assert_eq!(tag(&tagger, &text), tag(&trying_all, &text), "{text}");
            }
        }
    }

    #[test]
    fn nothing_is_ruled_out_that_matches_in_words_of_the_examples_at_random() {
        let taggers = taggers();
        let words: Vec<String> = examples(&taggers[0].0).iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect();
        let texts = prop::collection::vec(prop::sample::select(words), 1..12).prop_map(|words| words.join(" "));
        proptest!(ProptestConfig::with_cases(2_000), |(text in texts)| {
            for (tagger, trying_all) in &taggers {
                prop_assert_eq!(tag(tagger, &text), tag(trying_all, &text));
            }
        });
    }
}
