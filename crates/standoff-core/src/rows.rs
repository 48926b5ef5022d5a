//! Reading a layer: its rows in text order over all segments, and searches by place.

use std::marker::PhantomData;
use std::ops::Deref;

use smallvec::SmallVec;

use crate::index::EndTest;
use crate::layer::{Layer, Row, SegmentView};
use crate::segment::Segment;
use crate::span::{RowRef, Span};

/// All rows of one layer of a document, whatever its schema.
///
/// Every iterator gives live rows in text order (by start, then the longer first, then in the order of their making)
/// over all segments; rows of a layer without spans come in the order of their making. Searches take O(log n) for each
/// segment and each row found.
#[derive(Clone, Debug)]
pub struct LayerView<'a> {
    segments: SmallVec<[&'a Segment<'a>; 4]>,
    retracted: bool,
}

impl<'a> LayerView<'a> {
    pub(crate) fn new(segments: SmallVec<[&'a Segment<'a>; 4]>) -> LayerView<'a> {
        LayerView { segments, retracted: false }
    }

    /// The same with the rows that later annotators retracted.
    #[must_use]
    pub fn with_retracted(mut self) -> LayerView<'a> {
        self.retracted = true;
        self
    }

    /// The segments, in the order of their making.
    #[must_use]
    pub fn segments(&self) -> &[&'a Segment<'a>] {
        &self.segments
    }

    /// The one segment that holds all rows, in text order and none of them retracted, if there is such: then its columns
    /// can be read straight, and row ids ascend with the text.
    #[must_use]
    pub fn single(&self) -> Option<&'a Segment<'a>> {
        let mut full = self.segments.iter().filter(|s| !s.is_empty());
        let one = full.next().or(self.segments.first())?;
        let alone = full.next().is_none() && one.is_in_text_order() && (self.retracted || one.retracted().is_empty());
        alone.then_some(*one)
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        let live = |s: &&Segment<'a>| {
            let gone: u32 = s.retracted().iter().map(|b| b.count_ones()).sum();
            s.len() - if self.retracted { 0 } else { gone as usize }
        };
        self.segments.iter().map(live).sum()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All rows.
    #[must_use]
    pub fn iter(&self) -> Found<'a> {
        self.search(EndTest::Any, false, |s| (0, s.len()))
    }

    /// Rows that lie wholly within `span`.
    #[must_use]
    pub fn inside(&self, span: Span) -> Found<'a> {
        self.search(EndTest::AtMost(span.end), false, |s| {
            (s.index().first_start(s.starts(), |x| x < span.start), s.index().first_start(s.starts(), |x| x <= span.end))
        })
    }

    /// Rows that share text with `span` (see [`Span::overlaps`]).
    #[must_use]
    pub fn overlapping(&self, span: Span) -> Found<'a> {
        self.search(EndTest::AtLeast(span.start.saturating_add(1)), false, |s| (0, s.index().first_start(s.starts(), |x| x < span.end)))
    }

    /// Rows that wholly contain `span`.
    #[must_use]
    pub fn covering(&self, span: Span) -> Found<'a> {
        self.search(EndTest::AtLeast(span.end), false, |s| (0, s.index().first_start(s.starts(), |x| x <= span.start)))
    }

    /// Rows that end at or before the start of `span`, **the last one in text order first**.
    #[must_use]
    pub fn before(&self, span: Span) -> Found<'a> {
        self.search(EndTest::AtMost(span.start), true, |s| (0, s.index().first_start(s.starts(), |x| x <= span.start)))
    }

    /// Rows that start at or after the end of `span`.
    #[must_use]
    pub fn after(&self, span: Span) -> Found<'a> {
        self.search(EndTest::Any, false, |s| (s.index().first_start(s.starts(), |x| x < span.end), s.len()))
    }

    fn search(&self, test: EndTest, backwards: bool, bounds: impl Fn(&Segment<'a>) -> (usize, usize)) -> Found<'a> {
        let cursors = self
            .segments
            .iter()
            .filter(|s| !s.is_empty())
            .filter(|s| s.schema().spans || matches!(test, EndTest::Any))
            .map(|&segment| {
                let (low, high) = bounds(segment);
                let (low, high, test) =
                    if segment.schema().spans { segment.index().narrow(segment.ends(), low, high, test) } else { (low, high, test) };
                let mut cursor = Cursor { segment, low, high, test, head: None, retracted: self.retracted };
                cursor.advance(backwards);
                cursor
            })
            .filter(|c| c.head.is_some())
            .collect();
        Found { cursors, backwards }
    }
}

#[derive(Clone, Debug)]
struct Cursor<'a> {
    segment: &'a Segment<'a>,
    low: usize,
    high: usize,
    test: EndTest,
    head: Option<usize>,
    retracted: bool,
}

impl Cursor<'_> {
    fn advance(&mut self, backwards: bool) {
        loop {
            let index = self.segment.index();
            let position =
                if backwards { index.previous(self.low, self.high, self.test) } else { index.next(self.low, self.high, self.test) };
            match position {
                Some(p) if backwards => self.high = p,
                Some(p) => self.low = p + 1,
                None => {
                    self.head = None;
                    return;
                }
            }
            self.head = position.map(|p| index.row(p));
            if self.retracted || !self.head.is_some_and(|row| self.segment.is_retracted(row)) {
                return;
            }
        }
    }

    fn key(&self) -> (Span, u32) {
        (self.head.map_or(Span::default(), |row| self.segment.span(row)), self.segment.id())
    }
}

/// The rows that a search found, one after another.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    cursors: SmallVec<[Cursor<'a>; 4]>,
    backwards: bool,
}

impl<'a> Iterator for Found<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        let at = match self.cursors.len() {
            0 => return None,
            1 => 0,
            _ if self.backwards => (0..self.cursors.len()).max_by_key(|&i| self.cursors[i].key())?,
            _ => (0..self.cursors.len()).min_by_key(|&i| self.cursors[i].key())?,
        };
        let cursor = &mut self.cursors[at];
        let row = cursor.head.map(|row| Row::new(cursor.segment, row));
        cursor.advance(self.backwards);
        if cursor.head.is_none() {
            self.cursors.remove(at);
        }
        row
    }
}

/// All rows of one layer of a document, read as rows of `L`. The searches are those of [`LayerView`].
#[derive(Clone, Debug)]
pub struct Rows<'a, L> {
    view: LayerView<'a>,
    readers: SmallVec<[SegmentView<'a>; 4]>,
    layer: PhantomData<fn() -> L>,
}

/// A typed row with its address. It dereferences to the row.
#[derive(Clone, Copy, Debug)]
pub struct Entry<R> {
    /// The address of the row.
    pub id: RowRef,
    /// The row.
    pub row: R,
}

impl<R> Deref for Entry<R> {
    type Target = R;
    fn deref(&self) -> &R {
        &self.row
    }
}

impl<'a, L: Layer> Rows<'a, L> {
    pub(crate) fn new(view: LayerView<'a>) -> Rows<'a, L> {
        let readers = view.segments.iter().map(|&s| SegmentView::new(s, L::schema())).collect();
        Rows { view, readers, layer: PhantomData }
    }

    /// The same with the rows that later annotators retracted.
    #[must_use]
    pub fn with_retracted(mut self) -> Rows<'a, L> {
        self.view.retracted = true;
        self
    }

    /// The layer without its type.
    #[must_use]
    pub fn view(&self) -> &LayerView<'a> {
        &self.view
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.view.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.view.is_empty()
    }

    /// All rows in text order.
    pub fn iter(&self) -> impl Iterator<Item = Entry<L::Row<'a>>> + use<'a, L> {
        self.typed(self.view.iter())
    }

    /// Rows that lie wholly within `span`.
    pub fn inside(&self, span: Span) -> impl Iterator<Item = Entry<L::Row<'a>>> + use<'a, L> {
        self.typed(self.view.inside(span))
    }

    /// Rows that share text with `span`.
    pub fn overlapping(&self, span: Span) -> impl Iterator<Item = Entry<L::Row<'a>>> + use<'a, L> {
        self.typed(self.view.overlapping(span))
    }

    /// Rows that wholly contain `span`.
    pub fn covering(&self, span: Span) -> impl Iterator<Item = Entry<L::Row<'a>>> + use<'a, L> {
        self.typed(self.view.covering(span))
    }

    /// Rows that end at or before the start of `span`, the last one first.
    pub fn before(&self, span: Span) -> impl Iterator<Item = Entry<L::Row<'a>>> + use<'a, L> {
        self.typed(self.view.before(span))
    }

    /// Rows that start at or after the end of `span`.
    pub fn after(&self, span: Span) -> impl Iterator<Item = Entry<L::Row<'a>>> + use<'a, L> {
        self.typed(self.view.after(span))
    }

    /// The row at an address, if it is one of this layer.
    #[must_use]
    pub fn get(&self, id: RowRef) -> Option<L::Row<'a>> {
        let reader = self.readers.iter().find(|r| r.segment().id() == id.segment)?;
        ((id.row as usize) < reader.segment().len()).then(|| L::read(reader, id.row as usize))
    }

    fn typed(&self, found: Found<'a>) -> impl Iterator<Item = Entry<L::Row<'a>>> + use<'a, L> {
        let readers = self.readers.clone();
        found.filter_map(move |row| {
            let id = row.id();
            let reader = readers.iter().find(|r| r.segment().id() == id.segment)?;
            Some(Entry { id, row: L::read(reader, id.row as usize) })
        })
    }
}
