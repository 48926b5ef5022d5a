//! Where lengths of time begin and end: "two days later", "the past three months", "the quarter ended March 31".
//!
//! TimeML gives a DURATION that hangs on a point in time a `beginPoint` and an `endPoint`. The words in and right after
//! the expression say which of the two is known; the other follows by the calendar, unless the length is vague.

use crate::atom::Atom;
use crate::calendar::{self, Moment, add};
use crate::lexicon::{ClassId, Lexicon};
use crate::meaning::{Length, Unit};
use crate::resolve::shift;

/// A point in time that the text or the document gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Point {
    /// The document's own date; TimeML calls it `t0`.
    Document,
    /// An expression, by its place in the list of those found.
    Expression(u32),
}

/// How a length hangs on a point in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    /// It ends with the document's date: "the past three months".
    EndsNow,
    /// It begins with the document's date: "the next three months".
    BeginsNow,
    /// It begins at the last date mentioned: "two days later".
    BeginsThere,
    /// It ends at the last date mentioned: "the previous three months".
    EndsThere,
    /// It begins at the date that follows: "two days after May 5".
    BeginsNext,
    /// It ends before the date that follows: "two days before May 5".
    EndsNext,
    /// The date that follows is its last day: "the three months ended March 31".
    LastNext,
}

/// The classes of words that tell on which side a length hangs.
#[derive(Debug)]
pub(crate) struct AnchorWords {
    /// Within the expression: −1 "past", 1 "next", −2 "previous", 2 "following".
    window: Option<ClassId>,
    /// After it: 2 "later", 1 "after", −1 "before", 0 "ended".
    side: Option<ClassId>,
}

impl AnchorWords {
    pub(crate) fn new(lexicon: &Lexicon) -> AnchorWords {
        AnchorWords { window: lexicon.class("window"), side: lexicon.class("length-side") }
    }

    /// The side that the words in the expression (atoms `open` to `close`) and the one after it tell.
    pub(crate) fn side(&self, lexicon: &Lexicon, atoms: &[Atom], open: usize, close: usize) -> Option<Side> {
        let value = |i: usize, class: Option<ClassId>| lexicon.value(atoms.get(i)?.lex, class?);
        let within = (open..close.min(open + 4)).find_map(|i| value(i, self.window));
        match (value(close, self.side), within) {
            (Some(2), _) => Some(Side::BeginsThere),
            (Some(1), _) => Some(Side::BeginsNext),
            (Some(0), _) => Some(Side::LastNext),
            (Some(_), _) => Some(Side::EndsNext),
            (None, Some(-1)) => Some(Side::EndsNow),
            (None, Some(1)) => Some(Side::BeginsNow),
            (None, Some(-2)) => Some(Side::EndsThere),
            (None, Some(_)) => Some(Side::BeginsThere),
            (None, None) => None,
        }
    }
}

/// First and last moment of a length that hangs on `point`, as far as they are known.
pub(crate) fn ends(side: Side, length: &Length, point: Moment) -> (Option<Moment>, Option<Moment>) {
    let known = !length.is_vague() && length.grain() >= point.unit.min(Unit::Day);
    let at = |sign: i32| shift(point.at, length, sign).filter(|_| known).map(|at| Moment::new(at, point.unit));
    // Whole units up to and with the last one: three months that end on 31 March begin on 1 January.
    let whole = |sign: i32| {
        let (start, end) = calendar::interval(&point)?;
        let at = if sign < 0 { shift(end, length, -1)? } else { add(shift(start, length, 1)?, point.unit, -1)? };
        known.then(|| Moment::new(at, point.unit))
    };
    match side {
        Side::EndsNow | Side::LastNext => (whole(-1), Some(point)),
        Side::BeginsNow => (Some(point), whole(1)),
        Side::BeginsThere | Side::BeginsNext => (Some(point), at(1)),
        Side::EndsThere | Side::EndsNext => (at(-1), Some(point)),
    }
}
