//! What a match captures: the way through the program that the rule prefers, read off the finished table.

use crate::engine::sentence::NONE;
use crate::engine::table::{Ground, NEVER, Table};
use crate::plan::program::{Instruction, ListPlan, Program};

/// One capture of a match, in tokens of the sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Capture {
    pub(crate) slot: u32,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The annotation that it is, if it is just one.
    pub(crate) annotation: u32,
}

/// A step on the way through a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Open {
        slot: u32,
        at: usize,
    },
    Close {
        slot: u32,
        at: usize,
    },
    /// Took a token, a phrase or an annotation.
    Took {
        annotation: u32,
    },
    /// Took a part from one place to another.
    Part {
        part: u32,
        at: usize,
        end: usize,
    },
    /// Took a list that begins here.
    List {
        list: u32,
        at: usize,
    },
}

/// A way not gone yet: a state at a place, how many events led there, and one more that leads on.
struct Fork {
    state: u32,
    at: usize,
    kept: usize,
    event: Option<Event>,
}

/// Appends the events of the preferred match of a program from one place to another. Of two ways the first of a split
/// comes first, and of two steps the longer, or the shorter in a rule that wants the shortest.
///
/// Without a table all ways are open. Each state is looked at once: one that did not lead to the end once never will.
pub(crate) fn read_off(
    program: &Program,
    table: Option<&Table>,
    ground: Ground,
    from: usize,
    to: usize,
    shortest: bool,
    events: &mut Vec<Event>,
) -> bool {
    let base = events.len();
    let size = program.code.len();
    let mut seen = vec![0_u64; ((to - from + 1) * size).div_ceil(64)];
    let mut forks = vec![Fork { state: 0, at: from, kept: base, event: None }];
    while let Some(Fork { state, at, kept, event }) = forks.pop() {
        events.truncate(kept);
        let state_index = state as usize;
        let hopeless = at > to
            || table.is_some_and(|table| {
                let best = if table.reaches(at, state_index) { table.best(at, state_index) } else { NEVER };
                best == NEVER || if shortest { best as usize > to } else { (best as usize) < to }
            });
        if hopeless {
            continue;
        }
        let cell = (at - from) * size + state_index;
        let bit = 1_u64 << (cell % 64);
        if seen[cell / 64] & bit != 0 {
            continue;
        }
        seen[cell / 64] |= bit;
        events.extend(event);
        let kept = events.len();
        let mut go = |state: u32, at: usize, event: Option<Event>| forks.push(Fork { state, at, kept, event });
        match program.code[state_index] {
            Instruction::Accept if at == to => return true,
            Instruction::Accept => {}
            Instruction::Symbol(symbol) => {
                // The last pushed is tried first.
                let mut steps: Vec<(usize, u32)> = ground.sentence.steps(ground.forms, symbol, at).collect();
                if shortest {
                    steps.sort_by_key(|step| step.0);
                }
                for (end, annotation) in steps.into_iter().rev() {
                    go(state + 1, end, Some(Event::Took { annotation }));
                }
            }
            Instruction::Part(part) => {
                let ends = ground.part_ends(part, at).iter().map(|end| *end as usize);
                let ordered: Vec<usize> = if shortest { ends.collect() } else { ends.rev().collect() };
                for end in ordered {
                    go(state + 1, end, Some(Event::Part { part, at, end }));
                }
            }
            Instruction::List(list) => {
                if let Some(end) = ground.list_end(list, at) {
                    go(state + 1, end, Some(Event::List { list, at }));
                }
            }
            Instruction::Split(a, b) => {
                go(b, at, None);
                go(a, at, None);
            }
            Instruction::Jump(a) => go(a, at, None),
            Instruction::Open(slot) => go(state + 1, at, Some(Event::Open { slot, at })),
            Instruction::Close(slot) => go(state + 1, at, Some(Event::Close { slot, at })),
            // Whether these hold went into the table.
            Instruction::Look { .. } | Instruction::SentenceStart | Instruction::SentenceEnd => go(state + 1, at, None),
        }
    }
    events.truncate(base);
    false
}

/// The captures that events tell of, those of list members included, in the order in which they end.
pub(crate) fn captures_of(lists: &[ListPlan], ground: Ground, events: &[Event], captures: &mut Vec<Capture>) {
    /// A capture that is open: how many things it took so far, and the annotation among them.
    struct Opened {
        slot: u32,
        at: usize,
        took: usize,
        annotation: u32,
    }
    let mut open: Vec<Opened> = Vec::new();
    for event in events {
        match *event {
            Event::Open { slot, at } => open.push(Opened { slot, at, took: 0, annotation: NONE }),
            Event::Close { at, .. } => {
                if let Some(opened) = open.pop()
                    && opened.at < at
                {
                    let annotation = if opened.took == 1 { opened.annotation } else { NONE };
                    captures.push(Capture { slot: opened.slot, start: opened.at, end: at, annotation });
                }
            }
            Event::Took { annotation } => {
                for opened in &mut open {
                    opened.took += 1;
                    opened.annotation = annotation;
                }
            }
            Event::Part { part, at, end } => {
                let mut inner = Vec::new();
                if let Some(plan) = ground.parts.get(part as usize) {
                    read_off(&plan.program, None, ground, at, end, false, &mut inner);
                }
                for opened in &mut open {
                    let mut took = 0;
                    opened.annotation = single(ground, &inner, &mut took);
                    opened.took += took;
                }
            }
            Event::List { list, at } => {
                let mut inner = Vec::new();
                let plan = lists.get(list as usize);
                let table = ground.known.lists.get(list as usize).and_then(Option::as_ref);
                if let (Some(plan), Some(table)) = (plan, table) {
                    table.read_off(plan, ground, at, &mut inner);
                }
                // A capture around a list of one member is that member.
                let mut took = 0;
                let annotation = single(ground, &inner, &mut took);
                for opened in &mut open {
                    opened.took += took;
                    opened.annotation = annotation;
                }
                captures_of(lists, ground, &inner, captures);
            }
        }
    }
}

/// The annotation that events took, if they took just one thing; counts what they took.
fn single(ground: Ground, events: &[Event], took: &mut usize) -> u32 {
    let mut annotation = NONE;
    for event in events {
        match *event {
            Event::Took { annotation: own } => {
                *took += 1;
                annotation = own;
            }
            Event::Part { part, at, end } => {
                let mut inner = Vec::new();
                if let Some(plan) = ground.parts.get(part as usize) {
                    read_off(&plan.program, None, ground, at, end, false, &mut inner);
                }
                annotation = single(ground, &inner, took);
            }
            Event::Open { .. } | Event::Close { .. } | Event::List { .. } => {}
        }
    }
    annotation
}
