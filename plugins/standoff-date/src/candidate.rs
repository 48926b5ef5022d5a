//! Which programs of the rules are worth trying at an atom, judged by it and the one behind it.
//!
//! Worked out once when the rules are compiled: the first and second atoms of every way in which a program can begin.

use std::collections::HashMap;

use crate::grammar::{Grammar, INT, NUMBER, Rule};
use crate::lexicon::{ClassId, LexId};
use crate::pattern::Op;
use crate::settings::Mode;

/// A program worth trying at an atom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) rule: u16,
    /// Where its program begins among those of all rules.
    pub(crate) start: u32,
    /// Where in the program to begin: each of the ways that it can begin with is a candidate of its own.
    pub(crate) entry: u16,
    /// The set of atoms that may follow the first one; [`ANY`] if it may end there.
    second: u32,
    /// The group that the program begins with; [`NO_GROUP`] if it begins otherwise.
    pub(crate) opens_with: u16,
    /// The set of atoms that may follow that group; [`ANY`] if the program may end there.
    follow: u32,
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

    fn all_of(rule: &Rule) -> impl Iterator<Item = Variant> {
        let both = |mode: &Mode| [false, true].map(|day_first| (*mode, day_first));
        let uses = |(mode, day_first): &(Mode, bool)| rule.is_for(*mode) && rule.day_first.is_none_or(|d| d == *day_first);
        Self::MODES.iter().flat_map(both).filter(uses).map(|(mode, day_first)| Variant::new(mode, day_first))
    }
}

/// Programs worth trying, by group and first atom.
#[derive(Debug, Default)]
pub(crate) struct CandidateTable {
    /// Where in `list` the programs of (group × number of words + word) begin and end.
    spans: Vec<(u32, u32)>,
    list: Vec<Candidate>,
    words: usize,
}

impl CandidateTable {
    /// No programs.
    pub(crate) const EMPTY: CandidateTable = CandidateTable { spans: Vec::new(), list: Vec::new(), words: 0 };

    /// Programs of `group` that can begin with the atom, in the order of the rules.
    pub(crate) fn get(&self, group: u16, first: LexId) -> &[Candidate] {
        let span = self.spans.get(group as usize * self.words + first.0 as usize);
        span.and_then(|&(from, to)| self.list.get(from as usize..to as usize)).unwrap_or(&[])
    }
}

/// The candidates of a grammar.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// By variant.
    tables: Vec<CandidateTable>,
    /// Sets of atoms; candidates refer to them.
    sets: Vec<AtomSet>,
}

impl Candidates {
    /// The programs of a variant.
    pub(crate) fn of(&self, variant: Variant) -> Option<&CandidateTable> {
        self.tables.get(variant.number())
    }

    /// Whether the atom after the first one does not rule the candidate out; `None` at the end of the text.
    pub(crate) fn admits(&self, candidate: Candidate, second: Option<LexId>) -> bool {
        self.is_in(candidate.second, second)
    }

    /// Whether the atom after the group that the candidate begins with does not rule it out.
    pub(crate) fn admits_after_group(&self, candidate: Candidate, next: Option<LexId>) -> bool {
        self.is_in(candidate.follow, next)
    }

    fn is_in(&self, set: u32, atom: Option<LexId>) -> bool {
        set == ANY || atom.zip(self.sets.get(set as usize)).is_some_and(|(id, set)| set.has(id))
    }

    /// Works them out.
    pub(crate) fn new(grammar: &Grammar) -> Candidates {
        let index = Index::new(grammar);
        let (groups, words) = (grammar.group_names.len(), grammar.lexicon.len());
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
        // By variant: the cell of the table, and the candidate; cells are sorted afterwards, candidates keep their order.
        let mut entries: [Vec<(u32, Candidate)>; Variant::COUNT] = Default::default();
        for (r, rule) in grammar.rules.iter().enumerate() {
            for place in &rule.programs {
                let program = grammar.program(place);
                for entry in ways_to_begin(program) {
                    let (opens_with, follow) = match program.get(entry) {
                        Some(Op::Group { group, .. }) => (*group, set_of(index.suffix(program, entry + 1))),
                        _ => (NO_GROUP, ANY),
                    };
                    let second = set_of(index.seconds_of(program, entry));
                    let candidate = Candidate { rule: r as u16, start: place.start, entry: entry as u16, second, opens_with, follow };
                    let first = index.suffix(program, entry).atoms;
                    for variant in Variant::all_of(rule) {
                        let cells = first.iter().map(|id| rule.group as u32 * words as u32 + id);
                        entries[variant.number()].extend(cells.map(|cell| (cell, candidate)));
                    }
                }
            }
        }
        let tables = entries.map(|entries| table(entries, groups * words, words)).into();
        Candidates { tables, sets }
    }
}

/// Puts candidates in their cells, in the order in which they come.
fn table(entries: Vec<(u32, Candidate)>, cells: usize, words: usize) -> CandidateTable {
    let mut spans = vec![(0u32, 0u32); cells];
    for (cell, _) in &entries {
        spans[*cell as usize].1 += 1;
    }
    let mut end = 0;
    for span in &mut spans {
        let count = span.1;
        *span = (end, end);
        end += count;
    }
    let Some(&(_, any)) = entries.first() else { return CandidateTable { spans, list: Vec::new(), words } };
    let mut list = vec![any; entries.len()];
    for (cell, candidate) in entries {
        let span = &mut spans[cell as usize];
        list[span.1 as usize] = candidate;
        span.1 += 1;
    }
    CandidateTable { spans, list, words }
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

/// A set of atoms, one bit a word of the lexicon.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct AtomSet(Vec<u64>);

impl AtomSet {
    fn none(words: usize) -> AtomSet {
        AtomSet(vec![0; words.div_ceil(64)])
    }

    fn has(&self, id: LexId) -> bool {
        self.0.get(usize::from(id.0 / 64)).is_some_and(|word| word >> (id.0 % 64) & 1 == 1)
    }

    fn put(&mut self, id: LexId) {
        if let Some(word) = self.0.get_mut(usize::from(id.0 / 64)) {
            *word |= 1 << (id.0 % 64);
        }
    }

    /// Takes in another one; whether anything came in.
    fn add(&mut self, other: &AtomSet) -> bool {
        let mut changed = false;
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            changed |= more & !*word != 0;
            *word |= more;
        }
        changed
    }

    /// The ids in it, ascending.
    fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let some = |word: u64| (word != 0).then_some(word);
        // Each time the lowest bit is dropped.
        let bits = move |word: u64| std::iter::successors(some(word), move |word| some(word & (word - 1)));
        self.0.iter().zip(0u32..).flat_map(move |(&word, i)| bits(word).map(move |rest| i * 64 + rest.trailing_zeros()))
    }
}

/// Atoms that may come next, and whether nothing need come.
#[derive(Clone, Debug)]
struct Ahead {
    atoms: AtomSet,
    ends: bool,
}

impl Ahead {
    fn none(words: usize) -> Ahead {
        Ahead { atoms: AtomSet::none(words), ends: false }
    }

    /// Takes in another one; whether anything came in.
    fn add(&mut self, other: &Ahead) -> bool {
        let changed = other.ends && !self.ends;
        self.ends |= other.ends;
        self.atoms.add(&other.atoms) || changed
    }
}

/// First and second atoms of classes and groups.
struct Index {
    words: usize,
    /// By class: the atoms that its words and phrases begin with.
    starts: Vec<AtomSet>,
    /// By class: the second atoms of its phrases.
    phrases_go_on: Vec<AtomSet>,
    /// By group.
    firsts: Vec<AtomSet>,
    /// By group: what may come second; it ends where one atom is enough.
    seconds: Vec<Ahead>,
}

impl Index {
    fn new(grammar: &Grammar) -> Index {
        let words = grammar.lexicon.len();
        let none = AtomSet::none(words);
        let (classes, groups) = (grammar.digit_classes.len(), grammar.group_names.len());
        let mut index = Index {
            words,
            starts: vec![none.clone(); classes],
            phrases_go_on: vec![none.clone(); classes],
            firsts: vec![none; groups],
            seconds: vec![Ahead::none(words); groups],
        };
        index.read_classes(grammar);
        index.read_numbers(grammar);
        // Groups refer to one another, so their first atoms grow until nothing changes.
        index.grow(grammar, |index, group, program| {
            let own = index.suffix(program, 0).atoms;
            index.firsts[group].add(&own)
        });
        // The same for the second atom; a group that can match a single atom passes the question on.
        index.grow(grammar, |index, group, program| {
            let own = index.seconds_of(program, 0);
            index.seconds[group].add(&own)
        });
        index
    }

    fn read_classes(&mut self, grammar: &Grammar) {
        let mut start = |class: ClassId, id: LexId| {
            if let Some(set) = self.starts.get_mut(usize::from(class.0)) {
                set.put(id);
            }
        };
        for id in (0..self.words as u16).map(LexId) {
            grammar.lexicon.readings(id).iter().for_each(|reading| start(reading.class, id));
            for phrase in grammar.lexicon.phrases(id) {
                start(phrase.reading.class, id);
                if let (Some(set), Some(next)) = (self.phrases_go_on.get_mut(usize::from(phrase.reading.class.0)), phrase.rest.first()) {
                    set.put(*next);
                }
            }
        }
        for (class, digits) in (0u16..).zip(&grammar.digit_classes) {
            if let Some(digits) = digits {
                (digits.min_len..=digits.max_len).for_each(|length| start(ClassId(class), LexId::digits(length as usize)));
            }
        }
    }

    /// The built-in groups read any digits and the words of some classes, and go on in many ways.
    fn read_numbers(&mut self, grammar: &Grammar) {
        let numbers = &grammar.numbers;
        let classes: Vec<ClassId> = [numbers.cardinal, numbers.scale, numbers.article, numbers.fraction].into_iter().flatten().collect();
        for group in [INT, NUMBER].map(usize::from) {
            (1..6).for_each(|id| self.firsts[group].put(LexId(id)));
            for class in &classes {
                self.firsts[group].add(&self.starts[usize::from(class.0)]);
            }
            self.seconds[group] = Ahead { atoms: AtomSet(vec![u64::MAX; self.words.div_ceil(64)]), ends: true };
        }
    }

    /// Lets every program add to its group until nothing changes.
    fn grow(&mut self, grammar: &Grammar, mut step: impl FnMut(&mut Index, usize, &[Op]) -> bool) {
        loop {
            let mut changed = false;
            for rule in &grammar.rules {
                for place in &rule.programs {
                    changed |= step(self, usize::from(rule.group), grammar.program(place));
                }
            }
            if !changed {
                break;
            }
        }
    }

    /// What may come next from inside a program, and whether it may end there.
    fn suffix(&self, program: &[Op], from: usize) -> Ahead {
        let mut out = Ahead::none(self.words);
        walk(program, from, |_, op| match op {
            Op::Accept => out.ends = true,
            Op::Lex(id) => out.atoms.put(*id),
            Op::AnyLex(ids) => ids.iter().for_each(|id| out.atoms.put(*id)),
            Op::Class { class, .. } => {
                out.atoms.add(&self.starts[usize::from(class.0)]);
            }
            Op::Group { group, .. } => {
                out.atoms.add(&self.firsts[usize::from(*group)]);
            }
            _ => {}
        });
        out
    }

    /// What may come second, after a first atom, from an entry on.
    fn seconds_of(&self, program: &[Op], entry: usize) -> Ahead {
        let mut out = Ahead::none(self.words);
        walk(program, entry, |pc, op| {
            let after_one = match op {
                Op::Lex(_) | Op::AnyLex(_) => true,
                Op::Class { class, .. } => {
                    out.atoms.add(&self.phrases_go_on[usize::from(class.0)]);
                    true
                }
                Op::Group { group, .. } => {
                    let inner = &self.seconds[usize::from(*group)];
                    out.atoms.add(&inner.atoms);
                    inner.ends
                }
                _ => false,
            };
            if after_one {
                out.add(&self.suffix(program, pc + 1));
            }
        });
        out
    }
}

/// Shows what a program may read next from a place on, and whether it may end there.
fn walk<'p>(program: &'p [Op], from: usize, mut visit: impl FnMut(usize, &'p Op)) {
    let mut stack = vec![from];
    let mut seen = vec![false; program.len()];
    while let Some(pc) = stack.pop() {
        let Some(op) = program.get(pc) else { continue };
        if std::mem::replace(&mut seen[pc], true) {
            continue;
        }
        match op {
            Op::Split(a, b) => stack.extend([usize::from(*a), usize::from(*b)]),
            Op::Jump(to) => stack.push(usize::from(*to)),
            Op::Tight | Op::Loose | Op::Open | Op::Close => stack.push(pc + 1),
            op => visit(pc, op),
        }
    }
}
