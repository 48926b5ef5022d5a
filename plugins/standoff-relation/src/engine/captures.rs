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
/// Each state is looked at once: one that did not lead to the end once never will.
pub(crate) fn read_off(
    program: &Program,
    table: &Table,
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
        let best = if table.reaches(at, state_index) { table.best(at, state_index) } else { NEVER };
        let hopeless = at > to || best == NEVER || if shortest { best as usize > to } else { (best as usize) < to };
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
            Event::List { list, at } => {
                let mut inner = Vec::new();
                let plan = lists.get(list as usize);
                let table = ground.known.lists.get(list as usize).and_then(Option::as_ref);
                if let (Some(plan), Some(table)) = (plan, table) {
                    table.read_off(plan, ground, at, &mut inner);
                }
                // A capture around a list of one member is that member.
                let took: Vec<u32> = inner
                    .iter()
                    .filter_map(|event| if let Event::Took { annotation } = event { Some(*annotation) } else { None })
                    .collect();
                for opened in &mut open {
                    opened.took += took.len();
                    opened.annotation = took.first().copied().unwrap_or(NONE);
                }
                captures_of(lists, ground, &inner, captures);
            }
        }
    }
}
