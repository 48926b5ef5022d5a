//! Byte spans of a document's text, and the order in which rows are read.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;

/// A half-open range of **byte** offsets into a document's UTF-8 text.
///
/// Both ends lie on character boundaries and `start <= end` in every row that a [`Document`](crate::Document) holds;
/// the document checks this when an annotator's output is committed. A span itself is a plain pair of numbers, and
/// nothing but the annotator that makes it chooses them.
///
/// Spans sort in *text order*: by `start`, and where two start together, the longer first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset one past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`, in bytes, end exclusive.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Span {
        Span { start, end }
    }

    /// Its length in bytes; 0 where `end` is not after `start`.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether it holds no byte.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Whether `other` lies wholly within this span (equal spans contain each other).
    #[must_use]
    pub const fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share at least one byte, or one of them is empty and lies strictly within the other.
    #[must_use]
    pub const fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The smallest span that contains both.
    #[must_use]
    pub fn cover(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// The span as a range of `usize`, to index the text with.
    #[must_use]
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl Ord for Span {
    fn cmp(&self, other: &Span) -> Ordering {
        self.start.cmp(&other.start).then(other.end.cmp(&self.end))
    }
}

impl PartialOrd for Span {
    fn partial_cmp(&self, other: &Span) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<Range<u32>> for Span {
    fn from(range: Range<u32>) -> Span {
        Span::new(range.start, range.end)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// The address of one row: which segment of the document, and which row of that segment.
///
/// Segments never move and their rows never change, so an address stays good for the life of the document. It names no
/// layer: the segment knows its own.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowRef {
    /// Number of the segment in the document, from 0 in the order of commits.
    pub segment: u32,
    /// Number of the row in the segment, from 0 in the order in which it was pushed.
    pub row: u32,
}

impl RowRef {
    /// The address that names nothing. It stands in the place of an absent value and never resolves.
    pub const NONE: RowRef = RowRef { segment: u32::MAX, row: u32::MAX };

    /// The address of `row` in `segment`.
    #[must_use]
    pub const fn new(segment: u32, row: u32) -> RowRef {
        RowRef { segment, row }
    }
}

impl Default for RowRef {
    fn default() -> RowRef {
        RowRef::NONE
    }
}

impl fmt::Display for RowRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.segment, self.row)
    }
}
