//! What a program may read first, second and third, worked out from the words of its classes and the programs of its groups.

use crate::bigram::Groups;
use crate::grammar::{Grammar, INT, NUMBER};
use crate::lexicon::{ClassId, LexId};
use crate::number;
use crate::pattern::Op;

/// A set of atoms, one bit a word of the lexicon.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct AtomSet(Vec<u64>);

impl AtomSet {
    fn none(words: usize) -> AtomSet {
        AtomSet(vec![0; words.div_ceil(64)])
    }

    pub(crate) fn has(&self, id: LexId) -> bool {
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
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let some = |word: u64| (word != 0).then_some(word);
        // Each time the lowest bit is dropped.
        let bits = move |word: u64| std::iter::successors(some(word), move |word| some(word & (word - 1)));
        self.0.iter().zip(0u32..).flat_map(move |(&word, i)| bits(word).map(move |rest| i * 64 + rest.trailing_zeros()))
    }
}

/// Atoms that may come next, and whether nothing need come.
#[derive(Clone, Debug)]
pub(crate) struct Ahead {
    pub(crate) atoms: AtomSet,
    pub(crate) ends: bool,
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

/// The first three atoms of classes and groups.
pub(crate) struct Index {
    words: usize,
    /// By class: the atoms that its words and phrases begin with.
    starts: Vec<AtomSet>,
    /// By class: the second atoms of its phrases.
    phrases_go_on: Vec<AtomSet>,
    /// By class: the third atoms of its phrases; they end where one has two atoms.
    phrases_thirds: Vec<Ahead>,
    /// By group.
    firsts: Vec<AtomSet>,
    /// By group: what may come second; it ends where one atom is enough.
    seconds: Vec<Ahead>,
    /// By group: what may come third; it ends where two atoms are enough.
    thirds: Vec<Ahead>,
}

impl Index {
    pub(crate) fn new(grammar: &Grammar) -> Index {
        let words = grammar.lexicon.len();
        let none = AtomSet::none(words);
        let (classes, groups) = (grammar.digit_classes.len(), grammar.group_names.len());
        let mut index = Index {
            words,
            starts: vec![none.clone(); classes],
            phrases_go_on: vec![none.clone(); classes],
            phrases_thirds: vec![Ahead::none(words); classes],
            firsts: vec![none; groups],
            seconds: vec![Ahead::none(words); groups],
            thirds: vec![Ahead::none(words); groups],
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
        index.grow(grammar, |index, group, program| {
            let own = index.thirds_of(program, 0);
            index.thirds[group].add(&own)
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
                if let Some(set) = self.phrases_thirds.get_mut(usize::from(phrase.reading.class.0)) {
                    match phrase.rest.get(1) {
                        Some(next) => set.atoms.put(*next),
                        None => set.ends = true,
                    }
                }
            }
        }
        for (class, digits) in (0u16..).zip(&grammar.digit_classes) {
            if let Some(digits) = digits {
                (digits.min_len..=digits.max_len).for_each(|length| start(ClassId(class), LexId::digits(length as usize)));
            }
        }
    }

    /// The built-in groups read digits and the words of some classes.
    fn read_numbers(&mut self, grammar: &Grammar) {
        let atoms = |holds: fn(&Grammar, LexId) -> bool| {
            let mut set = AtomSet::none(self.words);
            (0..self.words as u16).map(LexId).filter(|id| holds(grammar, *id)).for_each(|id| set.put(id));
            set
        };
        let first = atoms(number::may_open);
        let second = Ahead { atoms: atoms(number::may_go_on), ends: true };
        for group in [INT, NUMBER].map(usize::from) {
            self.firsts[group] = first.clone();
            self.seconds[group] = second.clone();
            self.thirds[group] = second.clone();
        }
    }

    /// Lets every program add to its group until nothing changes.
    fn grow(&mut self, grammar: &Grammar, mut step: impl FnMut(&mut Index, usize, &[Op]) -> bool) {
        let mut programs: Vec<(u16, &[Op], Groups)> = Vec::new();
        for rule in &grammar.rules {
            programs.extend(rule.programs.iter().map(|place| grammar.program(place)).map(|ops| (rule.group, ops, groups_in(ops))));
        }
        let mut changed: Option<Groups> = None;
        while changed != Some(Groups::NONE) {
            let before = changed.replace(Groups::NONE);
            for (group, program, reads) in &programs {
                let is_due = before.is_none_or(|before| reads.meets(before));
                if is_due && step(self, usize::from(*group), program) {
                    changed.get_or_insert(Groups::NONE).put(*group);
                }
            }
        }
    }

    /// What may come next from inside a program, and whether it may end there.
    pub(crate) fn suffix(&self, program: &[Op], from: usize) -> Ahead {
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
    pub(crate) fn seconds_of(&self, program: &[Op], entry: usize) -> Ahead {
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

    /// What may come third, from an entry on.
    pub(crate) fn thirds_of(&self, program: &[Op], entry: usize) -> Ahead {
        let mut out = Ahead::none(self.words);
        walk(program, entry, |pc, op| {
            let (after_one, after_two) = match op {
                Op::Lex(_) | Op::AnyLex(_) => (true, false),
                Op::Class { class, .. } => {
                    let phrases = &self.phrases_thirds[usize::from(class.0)];
                    out.atoms.add(&phrases.atoms);
                    (true, phrases.ends)
                }
                Op::Group { group, .. } => {
                    let inner = &self.thirds[usize::from(*group)];
                    out.atoms.add(&inner.atoms);
                    (self.seconds[usize::from(*group)].ends, inner.ends)
                }
                _ => (false, false),
            };
            if after_one {
                out.ends |= self.suffix(program, pc + 1).ends;
                out.add(&self.seconds_of(program, pc + 1));
            }
            if after_two {
                out.add(&self.suffix(program, pc + 1));
            }
        });
        out
    }
}

/// The groups that a program refers to.
fn groups_in(program: &[Op]) -> Groups {
    let mut groups = Groups::NONE;
    for op in program {
        if let Op::Group { group, .. } = op {
            groups.put(*group);
        }
    }
    groups
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
