//! The rules of one language: loaded from its resource files, checked, compiled and indexed by the atoms they can begin with.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Deserialize;

use crate::atom::{Atom, CAPITAL, SENTENCE};
use crate::bigram::MOST_GROUPS;
use crate::lexicon::{ClassId, LexId, Lexicon, LexiconBuilder};
use crate::meaning::{Make, Role, value_named};
use crate::pattern::{self, Op};
use crate::settings::Mode;

/// Group of rules that reads whole numbers; built in, because number words are arithmetic rather than patterns.
pub(crate) const INT: u16 = 0;
/// Group of rules that reads numbers with fractions; built in.
pub(crate) const NUMBER: u16 = 1;

/// One rule as it stands in a resource file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleSource {
    /// Unique, stable; stands on every annotation that the rule made.
    pub(crate) id: String,
    /// The group the rule belongs to.
    #[serde(rename = "in")]
    pub(crate) group: String,
    /// Patterns, any of which may match.
    #[serde(rename = "match")]
    pub(crate) patterns: Vec<String>,
    pub(crate) make: Make,
    #[serde(default)]
    pub(crate) with: BTreeMap<String, toml::Value>,
    /// What the rule is for.
    pub(crate) doc: String,
    /// A text with its annotated part in brackets, an arrow, and the value.
    pub(crate) example: String,
    /// Wins over rules of lower priority for the same stretch of text.
    #[serde(default)]
    pub(crate) priority: i32,
    /// Words or `<classes>`, one of which must stand before the annotated part. `<edge>` is the edge of the text or
    /// paragraph, `<other>` a word that the lexicon does not know, `<name>` one of those with a capital.
    #[serde(default)]
    pub(crate) after: Vec<String>,
    #[serde(default)]
    pub(crate) not_after: Vec<String>,
    #[serde(default)]
    pub(crate) before: Vec<String>,
    #[serde(default)]
    pub(crate) not_before: Vec<String>,
    /// An amount must stand before it: a number, or a word or two behind one ("four flights").
    #[serde(default)]
    pub(crate) counted: bool,
    /// The first word must be written with a capital.
    #[serde(default)]
    pub(crate) capital: bool,
    /// No captured word may be written with a capital, as parts of names are.
    #[serde(default)]
    pub(crate) lower: bool,
    /// No captured word may be one of the lexicon's weak words.
    #[serde(default)]
    pub(crate) strong: bool,
    /// Modes in which the rule is used; all if empty. What is for news is also for posts.
    #[serde(default)]
    pub(crate) modes: Vec<Mode>,
    /// Modes in which it is not used nevertheless.
    #[serde(default)]
    pub(crate) not_modes: Vec<Mode>,
    /// Used only with month-first (`false`) or day-first (`true`) numeric dates.
    #[serde(default)]
    pub(crate) day_first: Option<bool>,
}

/// A file of rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleFile {
    #[serde(default)]
    pub(crate) rule: Vec<RuleSource>,
}

/// A condition on the atom beside the annotated part.
#[derive(Debug, Default)]
pub(crate) struct Neighbour {
    words: Vec<LexId>,
    classes: Vec<ClassId>,
    start_or_end: bool,
    unknown: bool,
    name: bool,
}

impl Neighbour {
    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.classes.is_empty() && !self.start_or_end && !self.unknown && !self.name
    }

    /// Whether it is this atom, if `is_of` tells which classes hold it; `None` stands for the edge of the text or of a paragraph.
    pub(crate) fn holds(&self, atom: Option<Atom>, is_of: impl Fn(ClassId) -> bool) -> bool {
        let Some(atom) = atom else { return self.start_or_end };
        let unknown = atom.lex.is_none() && (self.unknown || self.name && atom.has(CAPITAL) && !atom.has(SENTENCE));
        unknown || self.words.contains(&atom.lex) || self.classes.iter().any(|&class| is_of(class))
    }
}

/// A compiled rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) doc: String,
    pub(crate) example: String,
    pub(crate) patterns: Vec<String>,
    pub(crate) group: u16,
    pub(crate) make: Make,
    pub(crate) constants: Vec<(Role, i32)>,
    pub(crate) priority: i32,
    pub(crate) programs: Vec<Vec<Op>>,
    pub(crate) after: Neighbour,
    pub(crate) not_after: Neighbour,
    pub(crate) before: Neighbour,
    pub(crate) not_before: Neighbour,
    pub(crate) counted: bool,
    pub(crate) capital: bool,
    pub(crate) lower: bool,
    pub(crate) strong: bool,
    pub(crate) modes: Vec<Mode>,
    pub(crate) not_modes: Vec<Mode>,
    pub(crate) day_first: Option<bool>,
}

/// Runs of digits that a class admits.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DigitClass {
    /// Fewest digits.
    pub(crate) min_len: u32,
    /// Most digits.
    pub(crate) max_len: u32,
    /// Smallest value.
    pub(crate) min: u32,
    /// Largest value.
    pub(crate) max: u32,
}

/// Everything needed to recognise expressions of one language.
#[derive(Debug)]
pub(crate) struct Grammar {
    /// Tells grammars apart within a process.
    pub(crate) id: u64,
    pub(crate) lexicon: Lexicon,
    pub(crate) rules: Vec<Rule>,
    pub(crate) group_names: Vec<String>,
    /// By class.
    pub(crate) digit_classes: Vec<Option<DigitClass>>,
    /// By variant (see [`Grammar::variant`]): programs worth trying.
    candidates: Vec<CandidateTable>,
    /// Sets of atoms, one bit a word of the lexicon, each `set_words` long; candidates refer to them.
    sets: Vec<u64>,
    set_words: usize,
    pub(crate) top: u16,
    pub(crate) numbers: NumberClasses,
}

/// Atoms that may come next, and whether nothing need come.
#[derive(Clone, Debug)]
struct Ahead {
    atoms: Vec<bool>,
    ends: bool,
}

impl Ahead {
    fn add(&mut self, atoms: &[bool]) {
        for (slot, new) in self.atoms.iter_mut().zip(atoms) {
            *slot |= *new;
        }
    }
}

impl Rule {
    /// Whether it is used in a mode.
    fn is_for(&self, mode: Mode) -> bool {
        let listed = self.modes.is_empty() || self.modes.contains(&mode) || mode == Mode::Post && self.modes.contains(&Mode::News);
        listed && !self.not_modes.contains(&mode)
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

/// A program worth trying at an atom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) rule: u16,
    pub(crate) program: u16,
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

/// No restriction on the second atom.
const ANY: u32 = u32::MAX;

/// Classes that the built-in reading of number words refers to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NumberClasses {
    pub(crate) cardinal: Option<ClassId>,
    pub(crate) scale: Option<ClassId>,
    pub(crate) article: Option<ClassId>,
    /// "first", "twentieth": reasons to look closer in a message.
    pub(crate) ordinal: Option<ClassId>,
    pub(crate) and: Option<ClassId>,
    pub(crate) comma: LexId,
    pub(crate) point: LexId,
    pub(crate) hyphen: LexId,
    pub(crate) slash: LexId,
    pub(crate) percent: LexId,
    pub(crate) dollar: LexId,
}

impl Grammar {
    /// Compiles rules over a lexicon that is complete but for the literals in the patterns.
    ///
    /// # Errors
    /// A sentence naming the rule and what is wrong with it.
    pub(crate) fn compile(
        mut words: LexiconBuilder,
        sources: Vec<RuleSource>,
        digits: &BTreeMap<String, DigitClass>,
    ) -> Result<Grammar, String> {
        let mut group_names = vec!["int".to_owned(), "number".to_owned()];
        for source in &sources {
            if !group_names.contains(&source.group) {
                group_names.push(source.group.clone());
            }
        }
        if group_names.len() > MOST_GROUPS {
            return Err(format!("the rules have {} groups, more than {MOST_GROUPS}", group_names.len()));
        }
        for name in digits.keys() {
            words.class(name);
        }
        let class_names = words.class_names();
        let classes = |name: &str| class_names.iter().position(|n| n == name).map(|i| ClassId(i as u16));
        let groups = |name: &str| group_names.iter().position(|n| n == name).map(|i| i as u16);
        let mut rules = Vec::with_capacity(sources.len());
        let mut seen = HashMap::new();
        for source in sources {
            let id = source.id.clone();
            if seen.insert(id.clone(), ()).is_some() {
                return Err(format!("rule `{id}` is defined twice"));
            }
            let rule = compile_rule(source, &mut words, &classes, &groups).map_err(|e| format!("rule `{id}`: {e}"))?;
            rules.push(rule);
        }
        let digit_classes = class_names.iter().map(|n| digits.get(n).copied()).collect();
        let numbers = NumberClasses {
            cardinal: classes("cardinal"),
            scale: classes("scale"),
            article: classes("one"),
            ordinal: classes("ordinal-word"),
            and: classes("and"),
            comma: words.atom(","),
            point: words.atom("."),
            hyphen: words.atom("-"),
            slash: words.atom("/"),
            percent: words.atom("%"),
            dollar: words.atom("$"),
        };
        let top = groups("timex").ok_or("no rule is in the group `timex`")?;
        let lexicon = words.finish();
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut grammar = Grammar {
            id,
            lexicon,
            rules,
            group_names,
            digit_classes,
            candidates: Vec::new(),
            sets: Vec::new(),
            set_words: 0,
            top,
            numbers,
        };
        grammar.index();
        Ok(grammar)
    }

    /// Which rules are in use: those of a mode and an order of day and month.
    pub(crate) fn variant(mode: Mode, day_first: bool) -> usize {
        let mode = match mode {
            Mode::News | Mode::Auto => 0,
            Mode::Narrative => 1,
            Mode::Colloquial => 2,
            Mode::Post => 3,
        };
        mode * 2 + usize::from(day_first)
    }

    /// The programs of a variant.
    pub(crate) fn candidates(&self, variant: usize) -> Option<&CandidateTable> {
        self.candidates.get(variant)
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
        if set == ANY {
            return true;
        }
        let Some(id) = atom else { return false };
        let word = self.sets.get(set as usize * self.set_words + id.0 as usize / 64);
        word.is_some_and(|word| word >> (id.0 % 64) & 1 == 1)
    }

    fn index(&mut self) {
        let groups = self.group_names.len();
        let size = self.lexicon.len();
        let mut firsts: Vec<Vec<bool>> = vec![vec![false; size]; groups];
        for group in [INT, NUMBER] {
            for id in 1..6u16 {
                firsts[group as usize][id as usize] = true;
            }
            for class in [self.numbers.cardinal, self.numbers.scale, self.numbers.article].into_iter().flatten() {
                for id in self.lexicon.starts_of(class) {
                    firsts[group as usize][id.0 as usize] = true;
                }
            }
        }
        // Groups refer to one another, so their first atoms grow until nothing changes.
        loop {
            let mut changed = false;
            for rule in &self.rules {
                for program in &rule.programs {
                    let own = self.first_atoms(program, 0, &firsts);
                    for (slot, new) in firsts[rule.group as usize].iter_mut().zip(own) {
                        changed |= new && !*slot;
                        *slot |= new;
                    }
                }
            }
            if !changed {
                break;
            }
        }
        // The same for the second atom; a group that can match a single atom passes the question on.
        let mut seconds: Vec<Ahead> = vec![Ahead { atoms: vec![false; size], ends: false }; groups];
        for group in [INT, NUMBER] {
            // Numbers go on in many ways.
            seconds[group as usize] = Ahead { atoms: vec![true; size], ends: true };
        }
        loop {
            let mut changed = false;
            for rule in &self.rules {
                for program in &rule.programs {
                    let own = self.second_atoms(program, 0, &firsts, &seconds);
                    let group = &mut seconds[rule.group as usize];
                    for (slot, new) in group.atoms.iter_mut().zip(own.atoms) {
                        changed |= new && !*slot;
                        *slot |= new;
                    }
                    changed |= own.ends && !group.ends;
                    group.ends |= own.ends;
                }
            }
            if !changed {
                break;
            }
        }
        let mut sets: Vec<Vec<u64>> = Vec::new();
        let mut table = vec![vec![vec![Vec::new(); size]; groups]; 8];
        for (r, rule) in self.rules.iter().enumerate() {
            for (p, program) in rule.programs.iter().enumerate() {
                let mut set_of = |ahead: Ahead| {
                    if ahead.ends {
                        return ANY;
                    }
                    let mut set = vec![0u64; size.div_ceil(64)];
                    for (id, _) in ahead.atoms.iter().enumerate().filter(|(_, yes)| **yes) {
                        set[id / 64] |= 1 << (id % 64);
                    }
                    let known = sets.iter().position(|s| *s == set).unwrap_or_else(|| {
                        sets.push(set);
                        sets.len() - 1
                    });
                    known as u32
                };
                for entry in entries(program) {
                    let second = set_of(self.second_atoms(program, entry, &firsts, &seconds));
                    let (opens_with, follow) = match program.get(entry) {
                        Some(Op::Group { group, .. }) => (*group, set_of(self.suffix(program, entry + 1, &firsts))),
                        _ => (NO_GROUP, ANY),
                    };
                    let candidate = Candidate { rule: r as u16, program: p as u16, entry: entry as u16, second, opens_with, follow };
                    let first = self.first_atoms(program, entry, &firsts);
                    for mode in [Mode::News, Mode::Narrative, Mode::Colloquial, Mode::Post] {
                        for day_first in [false, true] {
                            if !rule.is_for(mode) || rule.day_first.is_some_and(|d| d != day_first) {
                                continue;
                            }
                            for (id, _) in first.iter().enumerate().filter(|(_, yes)| **yes) {
                                table[Self::variant(mode, day_first)][rule.group as usize][id].push(candidate);
                            }
                        }
                    }
                }
            }
        }
        self.candidates = table
            .into_iter()
            .map(|groups| {
                let mut out = CandidateTable { words: size, ..CandidateTable::default() };
                for cell in groups.iter().flatten() {
                    let from = out.list.len() as u32;
                    out.list.extend_from_slice(cell);
                    out.spans.push((from, out.list.len() as u32));
                }
                out
            })
            .collect();
        self.set_words = size.div_ceil(64);
        self.sets = sets.concat();
    }

    /// What may come second, after a first atom, from an entry on.
    fn second_atoms(&self, program: &[Op], entry: usize, firsts: &[Vec<bool>], seconds: &[Ahead]) -> Ahead {
        let mut out = Ahead { atoms: vec![false; self.lexicon.len()], ends: false };
        let mut stack = vec![entry];
        let mut seen = vec![false; program.len()];
        while let Some(pc) = stack.pop() {
            if pc >= program.len() || std::mem::replace(&mut seen[pc], true) {
                continue;
            }
            let mut after_one = false;
            match &program[pc] {
                Op::Lex(_) | Op::AnyLex(_) => after_one = true,
                Op::Class { class, .. } => {
                    after_one = true;
                    for phrase in (0..self.lexicon.len()).flat_map(|i| self.lexicon.phrases(LexId(i as u16))) {
                        if phrase.reading.class == *class
                            && let Some(next) = phrase.rest.first()
                        {
                            out.atoms[next.0 as usize] = true;
                        }
                    }
                }
                Op::Group { group, .. } => {
                    let inner = &seconds[*group as usize];
                    out.add(&inner.atoms);
                    after_one = inner.ends;
                }
                Op::Split(a, b) => stack.extend([*a as usize, *b as usize]),
                Op::Jump(to) => stack.push(*to as usize),
                Op::Tight | Op::Loose | Op::Open | Op::Close => stack.push(pc + 1),
                Op::Accept => {}
            }
            if after_one {
                let rest = self.suffix(program, pc + 1, firsts);
                out.add(&rest.atoms);
                out.ends |= rest.ends;
            }
        }
        out
    }

    /// What may come next from inside a program, and whether it may end there.
    fn suffix(&self, program: &[Op], from: usize, firsts: &[Vec<bool>]) -> Ahead {
        let mut out = Ahead { atoms: vec![false; self.lexicon.len()], ends: false };
        let mut stack = vec![from];
        let mut seen = vec![false; program.len()];
        while let Some(pc) = stack.pop() {
            if pc >= program.len() || std::mem::replace(&mut seen[pc], true) {
                continue;
            }
            match &program[pc] {
                Op::Split(a, b) => stack.extend([*a as usize, *b as usize]),
                Op::Jump(to) => stack.push(*to as usize),
                Op::Tight | Op::Loose | Op::Open | Op::Close => stack.push(pc + 1),
                Op::Accept => out.ends = true,
                op => {
                    let one = [op.clone()];
                    out.add(&self.first_atoms(&one, 0, firsts));
                }
            }
        }
        out
    }

    fn first_atoms(&self, program: &[Op], entry: usize, firsts: &[Vec<bool>]) -> Vec<bool> {
        let mut out = vec![false; self.lexicon.len()];
        let mut stack = vec![entry];
        let mut seen = vec![false; program.len()];
        while let Some(pc) = stack.pop() {
            if pc >= program.len() || std::mem::replace(&mut seen[pc], true) {
                continue;
            }
            match &program[pc] {
                Op::Lex(id) => out[id.0 as usize] = true,
                Op::AnyLex(ids) => ids.iter().for_each(|id| out[id.0 as usize] = true),
                Op::Class { class, .. } => {
                    self.lexicon.starts_of(*class).iter().for_each(|id| out[id.0 as usize] = true);
                    if let Some(Some(digits)) = self.digit_classes.get(class.0 as usize) {
                        for length in digits.min_len..=digits.max_len {
                            out[LexId::digits(length as usize).0 as usize] = true;
                        }
                    }
                }
                Op::Group { group, .. } => {
                    for (slot, first) in out.iter_mut().zip(&firsts[*group as usize]) {
                        *slot |= *first;
                    }
                }
                Op::Split(a, b) => stack.extend([*a as usize, *b as usize]),
                Op::Jump(to) => stack.push(*to as usize),
                Op::Tight | Op::Loose | Op::Open | Op::Close => stack.push(pc + 1),
                Op::Accept => {}
            }
        }
        out
    }
}

/// Where a program can begin, in the order in which its ways are tried: behind the choices that come before anything is read. An
/// annotated part that begins at once begins where the match does, which needs no step.
fn entries(program: &[Op]) -> Vec<usize> {
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

fn compile_rule(
    source: RuleSource,
    words: &mut LexiconBuilder,
    classes: &dyn Fn(&str) -> Option<ClassId>,
    groups: &dyn Fn(&str) -> Option<u16>,
) -> Result<Rule, String> {
    let mut constants = Vec::new();
    for (name, value) in &source.with {
        let role = Role::named(name).ok_or_else(|| format!("`{name}` in `with` is no role; roles are {}", Role::names()))?;
        let number = match value {
            toml::Value::Integer(n) => i32::try_from(*n).ok(),
            toml::Value::Boolean(b) => Some(i32::from(*b)),
            toml::Value::String(s) => value_named(s),
            _ => None,
        };
        constants.push((role, number.ok_or_else(|| format!("`{value}` in `with` is no value for `{name}`"))?));
    }
    let mut programs = Vec::new();
    for text in &source.patterns {
        let mut scope = pattern::Scope { words: &mut *words, classes, groups, values: value_named };
        programs.push(pattern::compile(text, &mut scope)?);
    }
    let mut neighbour = |list: &[String]| -> Result<Neighbour, String> {
        let mut out = Neighbour::default();
        for item in list {
            if item == "<edge>" {
                out.start_or_end = true;
            } else if item == "<other>" {
                out.unknown = true;
            } else if item == "<name>" {
                out.name = true;
            } else if let Some(name) = item.strip_prefix('<').and_then(|i| i.strip_suffix('>')) {
                out.classes.push(classes(name).ok_or_else(|| format!("`{item}` is no class of the lexicon"))?);
            } else {
                out.words.push(words.atom(item));
            }
        }
        Ok(out)
    };
    Ok(Rule {
        after: neighbour(&source.after)?,
        not_after: neighbour(&source.not_after)?,
        before: neighbour(&source.before)?,
        not_before: neighbour(&source.not_before)?,
        group: groups(&source.group).unwrap_or(0),
        id: source.id,
        doc: source.doc,
        example: source.example,
        patterns: source.patterns,
        make: source.make,
        constants,
        priority: source.priority,
        programs,
        counted: source.counted,
        capital: source.capital,
        lower: source.lower,
        strong: source.strong,
        modes: source.modes,
        not_modes: source.not_modes,
        day_first: source.day_first,
    })
}
