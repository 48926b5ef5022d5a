//! The small programs that patterns are compiled to.

/// One instruction. Those that take up text go on with the next one at the end of what they took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instruction {
    /// Takes whatever matches a symbol here: a token, a phrase, an annotation.
    Symbol(u32),
    /// Takes what a part matches here: a macro without captures, which rules share.
    Part(u32),
    /// Takes a list, as long as it can be.
    List(u32),
    /// Goes on if a look-around says so, or if it does not where `negated`.
    Look { look: u32, negated: bool },
    /// Goes on at the first token of a sentence.
    SentenceStart,
    /// Goes on after the last token of a sentence.
    SentenceEnd,
    /// Tries the first way, then the second.
    Split(u32, u32),
    /// Goes on elsewhere.
    Jump(u32),
    /// Begins a capture.
    Open(u32),
    /// Ends a capture.
    Close(u32),
    /// A match.
    Accept,
}

/// A compiled pattern. It never matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) code: Vec<Instruction>,
    /// The symbols that a match can begin with, or `None` where they are not worth knowing: with a list or any token.
    pub(crate) first: Option<Vec<u32>>,
    /// The same as bits.
    pub(crate) first_bits: Vec<u64>,
    /// The lists and look-arounds that the code asks for.
    pub(crate) lists: Vec<u32>,
    pub(crate) looks: Vec<u32>,
    /// The parts that it is made of.
    pub(crate) parts: Vec<u32>,
    /// Whether a match may take up no token. Look-arounds and sentence ends are taken to hold.
    pub(crate) can_be_empty: bool,
}

/// A coordination: members, and what is between them according to the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListPlan {
    pub(crate) member: Program,
    pub(crate) language: usize,
}

/// What a macro without captures expands to. It matters only from where to where it matches, so that is found once for
/// all rules that call it. It has no loops: what it matches is bounded by its size.
#[derive(Clone, Debug)]
pub(crate) struct PartPlan {
    pub(crate) program: Program,
    /// How a rule calls it.
    pub(crate) written: String,
}

/// A look-around.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LookPlan {
    pub(crate) program: Program,
    /// Whether it looks at what comes before.
    pub(crate) behind: bool,
}

impl Program {
    /// A program from its code, which ends with [`Instruction::Accept`].
    pub(crate) fn new(code: Vec<Instruction>, parts: &[PartPlan]) -> Program {
        let mut program = Program { code, ..Program::default() };
        program.first = program.find_first(parts);
        for symbol in program.first.iter().flatten() {
            let word = *symbol as usize / 64;
            if program.first_bits.len() <= word {
                program.first_bits.resize(word + 1, 0);
            }
            program.first_bits[word] |= 1 << (symbol % 64);
        }
        for instruction in &program.code {
            match *instruction {
                Instruction::List(list) if !program.lists.contains(&list) => program.lists.push(list),
                Instruction::Part(part) if !program.parts.contains(&part) => program.parts.push(part),
                Instruction::Look { look, .. } if !program.looks.contains(&look) => program.looks.push(look),
                _ => {}
            }
        }
        let mut empty = false;
        program.closure(|instruction| empty |= *instruction == Instruction::Accept);
        program.can_be_empty = empty;
        program
    }

    fn find_first(&self, parts: &[PartPlan]) -> Option<Vec<u32>> {
        let mut symbols = Some(Vec::new());
        self.closure(|instruction| match instruction {
            Instruction::Symbol(symbol) => {
                if let Some(symbols) = &mut symbols {
                    symbols.push(*symbol);
                }
            }
            Instruction::List(_) => symbols = None,
            Instruction::Part(part) => {
                let first = parts.get(*part as usize).and_then(|part| part.program.first.as_ref());
                symbols = symbols.take().zip(first).map(|(mut symbols, first)| {
                    symbols.extend(first);
                    symbols
                });
            }
            _ => {}
        });
        if let Some(symbols) = &mut symbols {
            symbols.sort_unstable();
            symbols.dedup();
        }
        symbols
    }

    /// Calls `found` for all instructions that can be reached without taking up text.
    fn closure(&self, mut found: impl FnMut(&Instruction)) {
        let mut seen = vec![false; self.code.len()];
        let mut stack = vec![0_usize];
        while let Some(at) = stack.pop() {
            let Some(instruction) = self.code.get(at) else { continue };
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            found(instruction);
            match *instruction {
                Instruction::Split(a, b) => stack.extend([a as usize, b as usize]),
                Instruction::Jump(a) => stack.push(a as usize),
                Instruction::Look { .. }
                | Instruction::SentenceStart
                | Instruction::SentenceEnd
                | Instruction::Open(_)
                | Instruction::Close(_) => {
                    stack.push(at + 1);
                }
                Instruction::Symbol(_) | Instruction::Part(_) | Instruction::List(_) | Instruction::Accept => {}
            }
        }
    }
}
