//! Running a program over a sentence: which states can be reached, and where the best match from each ends.

use std::cell::OnceCell;

use smallvec::SmallVec;

use crate::engine::coordination::ListTable;
use crate::engine::forms::Forms;
use crate::engine::sentence::Sentence;
use crate::plan::program::{Instruction, PartPlan, Program};

/// No match from here.
pub(crate) const NEVER: u32 = u32::MAX;

/// What has been found out about a sentence for the lists and look-arounds of a rule set, as far as it was needed.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// By the number of the list.
    pub(crate) lists: Vec<Option<ListTable>>,
    /// By the number of the look-around: whether it holds before each token, and after the last.
    pub(crate) looks: Vec<Option<Vec<bool>>>,
    /// By the number of the part: for each place where it matches from, if somebody asked.
    pub(crate) parts: Vec<PartTable>,
}

/// A sentence with what the programs that run over it need.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ground<'g> {
    pub(crate) sentence: &'g Sentence,
    pub(crate) forms: &'g Forms,
    pub(crate) known: &'g Known,
    pub(crate) parts: &'g [PartPlan],
}

/// Where the matches of a part end, the furthest first, for each place that it was asked of.
pub(crate) type PartTable = Vec<OnceCell<SmallVec<[u32; 4]>>>;

/// How a program fares over a sentence: a cell for each place (before each token, and after the last) and instruction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    size: usize,
    words: usize,
    reached: Vec<u64>,
    best: Vec<u32>,
    stack: Vec<u32>,
}

impl<'g> Ground<'g> {
    /// Whether an instruction that takes up nothing lets a thread pass at a place.
    fn lets_pass(&self, instruction: Instruction, at: usize) -> bool {
        match instruction {
            Instruction::Look { look, negated } => {
                let holds = self.known.looks.get(look as usize).and_then(Option::as_ref).and_then(|look| look.get(at));
                holds.is_some_and(|holds| *holds != negated)
            }
            Instruction::SentenceStart => at == 0,
            Instruction::SentenceEnd => at == self.sentence.len,
            _ => true,
        }
    }

    /// Where a list that begins at a place ends.
    pub(crate) fn list_end(&self, list: u32, at: usize) -> Option<usize> {
        self.known.lists.get(list as usize)?.as_ref()?.end(at)
    }

    /// Where the matches of a part end that begin at a place, the furthest first.
    pub(crate) fn part_ends(&self, part: u32, at: usize) -> &'g [u32] {
        let cell = self.known.parts.get(part as usize).and_then(|table| table.get(at));
        let (Some(cell), Some(plan)) = (cell, self.parts.get(part as usize)) else { return &[] };
        cell.get_or_init(|| self.find_part(&plan.program, at))
    }

    /// Follows all ways through a program from one place. A part is bounded, so this is as well.
    fn find_part(&self, program: &Program, from: usize) -> SmallVec<[u32; 4]> {
        let mut ends = SmallVec::new();
        if !Table::can_begin(program, *self, from) {
            return ends;
        }
        // The states to look at, and those that were: a place and an instruction each.
        let mut stack: SmallVec<[(u32, u32); 64]> = SmallVec::new();
        let words = program.code.len().div_ceil(64);
        let mut seen: SmallVec<[u64; 32]> = SmallVec::new();
        let clip = |n: usize| u32::try_from(n).unwrap_or(NEVER);
        stack.push((clip(from), 0));
        while let Some((at, state)) = stack.pop() {
            let Some(&instruction) = program.code.get(state as usize) else { continue };
            let place = at as usize;
            let cell = (place - from) * words + state as usize / 64;
            if cell >= seen.len() {
                seen.resize((place - from + 1) * words, 0);
            }
            let bit = 1_u64 << (state % 64);
            if seen[cell] & bit != 0 {
                continue;
            }
            seen[cell] |= bit;
            match instruction {
                Instruction::Symbol(symbol) => {
                    let steps = self.sentence.steps(self.forms, symbol, place);
                    stack.extend(steps.map(|(end, _)| (clip(end), state + 1)));
                }
                Instruction::Part(part) => stack.extend(self.part_ends(part, place).iter().map(|end| (*end, state + 1))),
                Instruction::List(list) => stack.extend(self.list_end(list, place).map(|end| (clip(end), state + 1))),
                Instruction::Split(a, b) => stack.extend([(at, a), (at, b)]),
                Instruction::Jump(a) => stack.push((at, a)),
                Instruction::Accept => ends.push(at),
                other if self.lets_pass(other, place) => stack.push((at, state + 1)),
                _ => {}
            }
        }
        ends.sort_unstable_by(|a, b| b.cmp(a));
        ends.dedup();
        ends
    }
}

impl Table {
    /// Runs a program from every place where it can begin, and says whether it matches anywhere. Of the matches from a
    /// place the longest is the best, or the shortest.
    pub(crate) fn run(&mut self, program: &Program, ground: Ground, shortest: bool) -> bool {
        let matched = self.forwards(program, ground);
        if matched {
            self.backwards(program, ground, shortest);
        }
        matched
    }

    /// Finds all states that can be reached, and says whether a match is among them.
    pub(crate) fn forwards(&mut self, program: &Program, ground: Ground) -> bool {
        let len = ground.sentence.len;
        self.size = program.code.len();
        self.words = self.size.div_ceil(64);
        self.reached.clear();
        self.reached.resize((len + 1) * self.words, 0);
        let mut matched = false;
        for at in 0..=len {
            self.stack.clear();
            if Table::can_begin(program, ground, at) {
                self.mark(at, 0);
            }
            for word in 0..self.words {
                let mut bits = self.reached[at * self.words + word];
                while bits != 0 {
                    self.stack.push((word * 64) as u32 + bits.trailing_zeros());
                    bits &= bits - 1;
                }
            }
            while let Some(state) = self.stack.pop() {
                let Some(&instruction) = program.code.get(state as usize) else { continue };
                match instruction {
                    Instruction::Symbol(symbol) => {
                        for (end, _) in ground.sentence.steps(ground.forms, symbol, at) {
                            self.mark(end, state + 1);
                        }
                    }
                    Instruction::Part(part) => {
                        for end in ground.part_ends(part, at) {
                            self.mark(*end as usize, state + 1);
                        }
                    }
                    Instruction::List(list) => {
                        if let Some(end) = ground.list_end(list, at) {
                            self.mark(end, state + 1);
                        }
                    }
                    Instruction::Split(a, b) => {
                        self.visit(at, a);
                        self.visit(at, b);
                    }
                    Instruction::Jump(a) => self.visit(at, a),
                    Instruction::Accept => matched = true,
                    other => {
                        if ground.lets_pass(other, at) {
                            self.visit(at, state + 1);
                        }
                    }
                }
            }
        }
        matched
    }

    /// Whether a match can begin at a place, going by its first symbol.
    fn can_begin(program: &Program, ground: Ground, at: usize) -> bool {
        match &program.first {
            None => true,
            // A program of look-arounds and sentence ends only takes up nothing, and may hold after the last token.
            Some(symbols) if symbols.is_empty() => true,
            Some(symbols) => {
                let mask = program.first_bits.iter();
                ground.sentence.bits(ground.forms, at).iter().zip(mask).any(|(own, first)| own & first != 0)
                    || ground.sentence.edges(at).iter().any(|edge| symbols.binary_search(&edge.symbol).is_ok())
                    || program.can_be_empty
            }
        }
    }

    fn mark(&mut self, at: usize, state: u32) -> bool {
        let Some(word) = self.reached.get_mut(at * self.words + state as usize / 64) else { return false };
        let bit = 1 << (state % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    fn visit(&mut self, at: usize, state: u32) {
        if self.mark(at, state) {
            self.stack.push(state);
        }
    }

    /// Whether a state can be reached at a place.
    pub(crate) fn reaches(&self, at: usize, state: usize) -> bool {
        self.reached.get(at * self.words + state / 64).is_some_and(|word| word >> (state % 64) & 1 == 1)
    }

    /// For all states that can be reached, finds the end of the best match that goes through them.
    fn backwards(&mut self, program: &Program, ground: Ground, shortest: bool) {
        let len = ground.sentence.len;
        // Only the cells of states that can be reached are ever read: the others may hold what they held before.
        let cells = (len + 1) * self.size;
        if self.best.len() < cells {
            self.best.resize(cells, NEVER);
        }
        let better = |a: u32, b: u32| match (a, b) {
            (NEVER, end) | (end, NEVER) => end,
            (a, b) if shortest => a.min(b),
            (a, b) => a.max(b),
        };
        for at in (0..=len).rev() {
            for word in 0..self.words {
                let mut bits = self.reached[at * self.words + word];
                while bits != 0 {
                    self.best[at * self.size + word * 64 + bits.trailing_zeros() as usize] = NEVER;
                    bits &= bits - 1;
                }
            }
            // Jumps back need another round: what they lead to has only just been found.
            loop {
                let mut changed = false;
                let mut jumped_back = false;
                let mut word = self.words;
                let mut bits = 0;
                loop {
                    // The states that can be reached here, from the last to the first.
                    while bits == 0 && word > 0 {
                        word -= 1;
                        bits = self.reached[at * self.words + word];
                    }
                    if bits == 0 {
                        break;
                    }
                    let bit = 63 - bits.leading_zeros() as usize;
                    bits &= !(1 << bit);
                    let state = word * 64 + bit;
                    let best = match program.code[state] {
                        Instruction::Symbol(symbol) => {
                            let ends = ground.sentence.steps(ground.forms, symbol, at);
                            ends.fold(NEVER, |best, (end, _)| better(best, self.best(end, state + 1)))
                        }
                        Instruction::Part(part) => {
                            let ends = ground.part_ends(part, at).iter();
                            ends.fold(NEVER, |best, end| better(best, self.best(*end as usize, state + 1)))
                        }
                        Instruction::List(list) => ground.list_end(list, at).map_or(NEVER, |end| self.best(end, state + 1)),
                        Instruction::Split(a, b) => better(self.best(at, a as usize), self.best(at, b as usize)),
                        Instruction::Jump(a) => {
                            jumped_back |= (a as usize) <= state;
                            self.best(at, a as usize)
                        }
                        Instruction::Accept => u32::try_from(at).unwrap_or(NEVER),
                        other if ground.lets_pass(other, at) => self.best(at, state + 1),
                        _ => NEVER,
                    };
                    let cell = &mut self.best[at * self.size + state];
                    changed |= *cell != best;
                    *cell = best;
                }
                if !(changed && jumped_back) {
                    break;
                }
            }
        }
    }

    /// Where the best match ends that goes through a state at a place, or [`NEVER`]. Good only after a run that matched.
    pub(crate) fn best(&self, at: usize, state: usize) -> u32 {
        self.best.get(at * self.size + state).copied().unwrap_or(NEVER)
    }

    /// Where the best match that begins at a place ends. Good only after a run that matched.
    pub(crate) fn end(&self, at: usize) -> Option<usize> {
        let end = if self.reaches(at, 0) { self.best(at, 0) } else { NEVER };
        (end != NEVER).then_some(end as usize)
    }
}
