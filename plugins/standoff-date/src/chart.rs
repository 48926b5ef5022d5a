//! Matches the compiled rules over atoms.
//!
//! Each pair of (group of rules, position) is worked out once and remembered, every match has a bounded length and every
//! starting point a bounded number of steps. So the time is linear in the text, whatever the text.

use smallvec::SmallVec;

use crate::atom::{Atom, BREAK, CAPITAL, DIGITS, LETTERS, SENTENCE, SPACE};
use crate::bigram::{Bigrams, Groups, NO_SPANS};
use crate::build::{self, Built};
use crate::candidate::{NO_GROUP, Variant};
use crate::grammar::{Grammar, INT, NUMBER, Neighbour, Rule};
use crate::lexicon::LexId;
use crate::meaning::{Meaning, Role};
use crate::number;
use crate::pattern::Op;
use crate::settings::Mode;

/// No expression is longer than this many atoms.
const LONGEST: u32 = 40;
/// Steps spent on one starting point before what has been found must do.
const FUEL: u32 = 6_000;
/// Distinct ends kept for a group at a position.
const ENDS: usize = 8;
/// Remembered positions; a power of two above [`LONGEST`].
const WINDOW: usize = 64;

/// Nodes of a group at a position, one for each end.
type Ends = SmallVec<[u32; ENDS]>;

/// What a pattern captured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Capture {
    pub(crate) role: Role,
    pub(crate) got: Got,
    /// Atoms, half-open.
    pub(crate) start: u32,
    pub(crate) end: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Got {
    Value(i32),
    Node(u32),
}

/// A stretch of atoms that a group of rules has recognised.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) meaning: Meaning,
    pub(crate) rule: u16,
    /// Annotated part, in atoms; the match itself may hold context on either side.
    pub(crate) open: u32,
    pub(crate) close: u32,
    /// End of the match.
    pub(crate) end: u32,
    priority: i32,
}

/// Where in the results stands what a group matched at a position.
#[derive(Clone, Copy, Debug, Default)]
struct Memo {
    first: u32,
    count: u32,
}

/// What is known of the groups at a position.
#[derive(Clone, Copy, Debug)]
struct Row {
    at: u32,
    /// Groups that the atom and the next one leave possible.
    possible: Groups,
    /// Where their programs are kept.
    spans: u32,
    /// Groups that have been worked out, or are being.
    tried: Groups,
    /// Groups that match; there is a memo of them.
    matching: Groups,
}

const UNKNOWN: Row = Row { at: u32::MAX, possible: Groups::NONE, spans: NO_SPANS, tried: Groups::NONE, matching: Groups::NONE };

/// What is kept from one document to the next.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    memo: Vec<Memo>,
    bigrams: Bigrams,
    results: Vec<u32>,
    nodes: Vec<Node>,
    captures: Vec<Capture>,
}

/// Working memory of one document's matching; reused between documents.
pub(crate) struct Chart<'a> {
    grammar: &'a Grammar,
    variant: Variant,
    groups: usize,
    atoms: &'a [Atom],
    memo: Vec<Memo>,
    bigrams: Bigrams,
    rows: [Row; WINDOW],
    results: Vec<u32>,
    nodes: Vec<Node>,
    /// Captures of the rules being matched, the outer rules' first.
    captures: Vec<Capture>,
    /// Where the captures of the innermost rule begin.
    base: usize,
    fuel: u32,
    limit: u32,
}

impl<'a> Chart<'a> {
    pub(crate) fn new(grammar: &'a Grammar, atoms: &'a [Atom], mode: Mode, day_first: bool, memory: Memory) -> Self {
        let variant = Variant::new(mode, day_first);
        let Memory { mut memo, mut bigrams, mut results, mut nodes, mut captures } = memory;
        results.clear();
        nodes.clear();
        captures.clear();
        bigrams.prepare(grammar.id * Variant::COUNT as u64 + variant.number() as u64);
        memo.resize(grammar.group_names.len() * WINDOW, Memo::default());
        Chart {
            grammar,
            variant,
            groups: grammar.group_names.len(),
            atoms,
            memo,
            bigrams,
            rows: [UNKNOWN; WINDOW],
            results,
            nodes,
            captures,
            base: 0,
            fuel: 0,
            limit: 0,
        }
    }

    /// Gives the memory back for the next document.
    pub(crate) fn into_memory(self) -> Memory {
        let Chart { memo, bigrams, results, nodes, captures, .. } = self;
        Memory { memo, bigrams, results, nodes, captures }
    }

    /// The longest expression that starts at an atom, if any.
    pub(crate) fn longest(&mut self, at: u32) -> Option<Node> {
        let first = self.atoms.get(at as usize)?;
        let opens = self.grammar.candidates.may_open(first.lex, self.variant) && self.possible(at).has(self.grammar.top);
        if !opens || self.glued_before(at) {
            return None;
        }
        self.captures.clear();
        self.base = 0;
        if self.nodes.len() > 4_096 {
            self.rows.fill(UNKNOWN);
            self.nodes.clear();
            self.results.clear();
        }
        if self.bigrams.trim() {
            self.rows.iter_mut().for_each(|row| row.spans = NO_SPANS);
        }
        self.fuel = FUEL;
        self.limit = (at + LONGEST).min(self.atoms.len() as u32);
        let (from, count) = self.group(self.grammar.top, at);
        let best = self.results[from as usize..(from + count) as usize]
            .iter()
            .map(|&n| &self.nodes[n as usize])
            .filter(|n| !self.glued_after(n.close) && !self.glued_before(n.open))
            .max_by_key(|n| (n.end, n.priority));
        best.cloned()
    }

    /// A letter or digit touches the atom from the left ("x2013"), if that is no comma, or it is the fraction of a number ("185.424 minutes ago").
    fn glued_before(&self, at: u32) -> bool {
        let at = at as usize;
        let Some(atom) = self.atoms.get(at).filter(|atom| at > 0 && !atom.has(SPACE)) else { return false };
        let mark = &self.atoms[at - 1];
        let fraction = || {
            let whole = at.checked_sub(2).is_some_and(|whole| self.atoms[whole].has(DIGITS));
            atom.has(DIGITS) && mark.lex == self.grammar.numbers.point && !mark.has(SPACE) && whole
        };
        atom.lex != self.grammar.numbers.comma && mark.has(LETTERS | DIGITS) || fraction()
    }

    /// A letter or digit touches from the right, or a fraction does ("1462.93").
    fn glued_after(&self, end: u32) -> bool {
        let tight = |i: usize, kind: u8| self.atoms.get(i).is_some_and(|a| !a.has(SPACE) && a.has(kind));
        let end = end as usize;
        let marks = &self.grammar.numbers;
        let fraction = end > 0
            && self.atoms.get(end - 1).is_some_and(|a| a.has(DIGITS))
            && self.atoms.get(end).is_some_and(|a| !a.has(SPACE) && (a.lex == marks.point || a.lex == marks.comma))
            && tight(end + 1, DIGITS);
        tight(end, LETTERS | DIGITS) || fraction
    }

    fn group(&mut self, group: u16, at: u32) -> (u32, u32) {
        let possible = self.possible(at);
        if !possible.has(group) {
            return (0, 0);
        }
        self.possible_group(group, at, possible)
    }

    /// The same for a group that is among the possible ones.
    fn possible_group(&mut self, group: u16, at: u32, possible: Groups) -> (u32, u32) {
        let row = &mut self.rows[at as usize % WINDOW];
        let slot = at as usize % WINDOW * self.groups + group as usize;
        if row.tried.has(group) {
            if !row.matching.has(group) {
                return (0, 0);
            }
            let memo = self.memo[slot];
            return (memo.first, memo.count);
        }
        // While a group is being worked out it matches nothing at its own start, which ends left recursion.
        row.tried.put(group);
        let mut found: Ends = SmallVec::new();
        let outer = std::mem::replace(&mut self.base, self.captures.len());
        if group == INT || group == NUMBER {
            self.numbers(group, at, &mut found);
        } else if at < self.limit {
            self.programs(group, at, possible, &mut found);
        }
        self.base = outer;
        let first = self.results.len() as u32;
        let count = found.len() as u32;
        self.results.extend_from_slice(&found);
        if count > 0 {
            self.memo[slot] = Memo { first, count };
            self.rows[at as usize % WINDOW].matching.put(group);
        }
        (first, count)
    }

    /// Runs the programs of a group that the atom at its start and the next one leave possible.
    fn programs(&mut self, group: u16, at: u32, possible: Groups, found: &mut Ends) {
        let grammar = self.grammar;
        let pair = (self.atoms[at as usize].lex, self.lex(at + 1));
        let way = Way { start: at, open: at, close: None };
        let mark = self.captures.len();
        // Many rules begin with the same group: what it matched, if it was the last one.
        let mut inner = (NO_GROUP, 0, 0);
        let row = &mut self.rows[at as usize % WINDOW];
        if row.spans == NO_SPANS {
            row.spans = self.bigrams.lay_out(pair, possible);
        }
        let spans = row.spans;
        let third = pair.1.and_then(|_| self.lex(at + 2));
        for place in self.bigrams.programs(grammar, self.variant, group, pair, (possible, spans)) {
            let Some(candidate) = self.bigrams.program(place) else { continue };
            let opens_with = candidate.opens_with;
            if opens_with != NO_GROUP && opens_with != inner.0 {
                let row = &self.rows[at as usize % WINDOW];
                if row.tried.has(opens_with) && !row.matching.has(opens_with) {
                    continue;
                }
            } else if opens_with != NO_GROUP && inner.1 == inner.2 {
                continue;
            }
            if !grammar.candidates.admits_third(&candidate, third) {
                continue;
            }
            if self.fuel == 0 {
                break;
            }
            let program = &grammar.ops[candidate.start as usize..];
            let entry = usize::from(candidate.entry);
            if opens_with == NO_GROUP {
                self.run(candidate.rule, program, entry, at, way, found);
                self.captures.truncate(mark);
                continue;
            }
            if opens_with != inner.0 {
                let (first, count) = self.possible_group(opens_with, at, possible);
                inner = (opens_with, first, first + count);
            }
            for i in inner.1..inner.2 {
                let node = self.results[i as usize];
                let end = self.nodes[node as usize].end;
                if !grammar.candidates.admits_after_group(&candidate, self.lex(end)) {
                    continue;
                }
                if let Some(Op::Group { role, .. }) = program.get(entry) {
                    self.captures.push(Capture { role: *role, got: Got::Node(node), start: at, end });
                    self.run(candidate.rule, program, entry + 1, end, way, found);
                    self.captures.truncate(mark);
                }
            }
        }
    }

    /// Groups that may match at an atom, judged by it and the next one.
    fn possible(&mut self, at: u32) -> Groups {
        let row = at as usize % WINDOW;
        if self.rows[row].at == at {
            return self.rows[row].possible;
        }
        let Some(first) = self.atoms.get(at as usize) else { return Groups::NONE };
        let second = self.lex(at + 1);
        let (possible, spans) = self.bigrams.possible(self.grammar, self.variant, first.lex, second);
        self.rows[row] = Row { at, possible, spans, ..UNKNOWN };
        possible
    }

    /// The atom at a place, `None` at the end of the text or paragraph.
    fn lex(&self, at: u32) -> Option<LexId> {
        self.atoms.get(at as usize).filter(|a| !a.has(BREAK)).map(|a| a.lex)
    }

    fn numbers(&mut self, group: u16, at: u32, found: &mut Ends) {
        for (end, value) in number::read(self.grammar, self.atoms, at, self.limit, group == NUMBER) {
            found.push(self.nodes.len() as u32);
            self.nodes.push(Node { meaning: Meaning::Number(value), rule: u16::MAX, open: at, close: end, end, priority: 0 });
        }
    }

    fn run(&mut self, rule: u16, program: &[Op], mut pc: usize, mut at: u32, mut way: Way, found: &mut Ends) {
        loop {
            if self.fuel == 0 {
                return;
            }
            self.fuel -= 1;
            let Some(op) = program.get(pc) else { return };
            pc += 1;
            match op {
                Op::Accept => {
                    self.accept(rule, at, way, found);
                    return;
                }
                Op::Open => way.open = at,
                Op::Close => way.close = Some(at),
                Op::Jump(to) => pc = *to as usize,
                Op::Split(a, b) => {
                    let mark = self.captures.len();
                    self.run(rule, program, *a as usize, at, way, found);
                    self.captures.truncate(mark);
                    pc = *b as usize;
                }
                Op::Tight => {
                    if self.atoms.get(at as usize).is_none_or(|a| a.has(SPACE)) {
                        return;
                    }
                }
                Op::Loose => {
                    if self.atoms.get(at as usize).is_none_or(|a| !a.has(SPACE)) {
                        return;
                    }
                }
                Op::Lex(_) | Op::AnyLex(_) | Op::Class { .. } | Op::Group { .. } => {
                    if at >= self.limit || (at > way.start && self.atoms[at as usize].has(BREAK)) {
                        return;
                    }
                    match op {
                        Op::Lex(id) => {
                            if self.atoms[at as usize].lex != *id {
                                return;
                            }
                            at += 1;
                        }
                        Op::AnyLex(ids) => {
                            if ids.binary_search(&self.atoms[at as usize].lex).is_err() {
                                return;
                            }
                            at += 1;
                        }
                        Op::Class { class, role, values } => {
                            let grammar = self.grammar;
                            let atom = self.atoms[at as usize];
                            let fits = |v: i32| values.is_empty() || values.contains(&v);
                            for phrase in grammar.lexicon.phrases(atom.lex) {
                                let end = at + 1 + phrase.rest.len() as u32;
                                if phrase.reading.class != *class || !fits(phrase.reading.value) || end > self.limit {
                                    continue;
                                }
                                let rest = &self.atoms[at as usize + 1..end as usize];
                                if rest.iter().zip(&phrase.rest).all(|(a, &id)| a.lex == id && !a.has(BREAK)) {
                                    let mark = self.captures.len();
                                    self.captures.push(Capture { role: *role, got: Got::Value(phrase.reading.value), start: at, end });
                                    self.run(rule, program, pc, end, way, found);
                                    self.captures.truncate(mark);
                                }
                            }
                            let Some(value) = self.single(atom, *class).filter(|&v| fits(v)) else { return };
                            self.captures.push(Capture { role: *role, got: Got::Value(value), start: at, end: at + 1 });
                            at += 1;
                        }
                        Op::Group { group, role } => {
                            let (first, count) = self.group(*group, at);
                            for i in first..first + count {
                                let node = self.results[i as usize];
                                let end = self.nodes[node as usize].end;
                                let mark = self.captures.len();
                                self.captures.push(Capture { role: *role, got: Got::Node(node), start: at, end });
                                self.run(rule, program, pc, end, way, found);
                                self.captures.truncate(mark);
                            }
                            return;
                        }
                        _ => return,
                    }
                }
            }
        }
    }

    fn single(&self, atom: Atom, class: crate::lexicon::ClassId) -> Option<i32> {
        if atom.has(DIGITS) {
            let digits = (*self.grammar.digit_classes.get(class.0 as usize)?)?;
            let length = atom.end - atom.start;
            let fits = (digits.min_len..=digits.max_len).contains(&length) && (digits.min..=digits.max).contains(&atom.number);
            return fits.then_some(atom.number as i32);
        }
        self.grammar.lexicon.value(atom.lex, class)
    }

    fn accept(&mut self, r: u16, end: u32, way: Way, found: &mut Ends) {
        let grammar = self.grammar;
        let rule = &grammar.rules[r as usize];
        let close = way.close.unwrap_or(end);
        if end <= way.start || close <= way.open || !self.guards_hold(rule, way.open, close) {
            return;
        }
        let same_end = found.iter().position(|&n| self.nodes[n as usize].end == end);
        if same_end.is_some_and(|i| self.nodes[found[i] as usize].priority >= rule.priority) || (same_end.is_none() && found.len() >= ENDS)
        {
            return;
        }
        let Some(Built { meaning, from }) = build::build(rule, &self.captures[self.base..], &self.nodes) else { return };
        // A rule that only passes another's find on leaves the credit to it, and the annotated part where both begin or
        // end together.
        let passed = from.and_then(|n| {
            let span = self.captures[self.base..].iter().find(|c| matches!(c.got, Got::Node(m) if m == n)).map(|c| (c.start, c.end))?;
            Some((&self.nodes[n as usize], span))
        });
        let (source, open, close) = match passed {
            Some((node, span)) => {
                let open = if way.open == span.0 && way.open == way.start { node.open } else { way.open };
                let close = if way.close.is_none() && end == span.1 { node.close } else { close };
                (if span == (way.start, end) { node.rule } else { r }, open, close)
            }
            None => (r, way.open, close),
        };
        let node = Node { meaning, rule: source, open, close, end, priority: rule.priority };
        match same_end {
            Some(i) => {
                found[i] = self.nodes.len() as u32;
            }
            None => found.push(self.nodes.len() as u32),
        }
        self.nodes.push(node);
    }

    fn guards_hold(&self, rule: &Rule, open: u32, close: u32) -> bool {
        let lexicon = &self.grammar.lexicon;
        let first = &self.atoms[open as usize];
        if rule.capital && !first.has(CAPITAL) {
            return false;
        }
        if rule.lower
            && self.captures[self.base..].iter().any(|c| {
                matches!(c.got, Got::Value(_)) && self.atoms.get(c.start as usize).is_some_and(|a| a.has(CAPITAL) && c.start > open)
            })
        {
            return false;
        }
        if rule.strong {
            let weak = self.captures[self.base..].iter().any(|c| {
                matches!(c.got, Got::Value(_))
                    && c.end == c.start + 1
                    && self.atoms.get(c.start as usize).is_some_and(|a| lexicon.is_weak(a.lex))
            });
            if weak {
                return false;
            }
        }
        if rule.counted && !self.is_counted(open as usize) {
            return false;
        }
        let holds = |n: &Neighbour, atom: Option<Atom>| n.holds(atom, |class| atom.is_some_and(|a| self.single(a, class).is_some()));
        if !(rule.after.is_empty() && rule.not_after.is_empty()) {
            let before = if first.has(BREAK) || open == 0 { None } else { Some(self.atoms[open as usize - 1]) };
            if (!rule.after.is_empty() && !holds(&rule.after, before)) || holds(&rule.not_after, before) {
                return false;
            }
        }
        if !(rule.before.is_empty() && rule.not_before.is_empty()) {
            let after = self.atoms.get(close as usize).filter(|a| !a.has(BREAK)).copied();
            if (!rule.before.is_empty() && !holds(&rule.before, after)) || holds(&rule.not_before, after) {
                return false;
            }
        }
        true
    }

    /// Whether a number stands before an atom, or a word or two that no rule knows and a number before them.
    fn is_counted(&self, open: usize) -> bool {
        let numbers = [self.grammar.numbers.cardinal, self.grammar.numbers.scale];
        for back in 1..=3 {
            let Some(atom) = open.checked_sub(back).map(|i| self.atoms[i]) else { return false };
            if self.atoms[open + 1 - back].has(SENTENCE) {
                return false;
            }
            if atom.has(DIGITS) || numbers.into_iter().flatten().any(|class| self.single(atom, class).is_some()) {
                return true;
            }
            if !self.grammar.lexicon.readings(atom.lex).is_empty() {
                return false;
            }
        }
        false
    }
}

#[derive(Clone, Copy)]
struct Way {
    start: u32,
    open: u32,
    close: Option<u32>,
}
