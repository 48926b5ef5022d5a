//! What one annotator wrote to one layer of one document.

use std::borrow::Cow;
use std::sync::Arc;

use crate::column::{Column, Value};
use crate::error::Error;
use crate::index::TextIndex;
use crate::schema::{Kind, Schema};
use crate::span::{RowRef, Span};

/// The rows that one annotator gave to one layer: immutable columns, with who made them.
///
/// Row ids are the order in which rows were pushed, and never change; [`Document`](crate::Document) gives rows in text
/// order.
#[derive(Clone, Debug)]
pub struct Segment<'a> {
    pub(crate) schema: Arc<Schema>,
    /// Number of the segment in its document.
    pub(crate) id: u32,
    /// Index into the document's list of annotators.
    pub(crate) made_by: u32,
    /// Boxed, since a segment goes from an output to a document and back for each text.
    parts: Box<Parts<'a>>,
}

/// What a segment consists of.
#[derive(Clone, Debug)]
struct Parts<'a> {
    len: usize,
    starts: Cow<'a, [u32]>,
    ends: Cow<'a, [u32]>,
    columns: Vec<Column<'a>>,
    rules: Column<'a>,
    scores: Column<'a>,
    /// Whether anything may be in `rules` or `scores`: most layers have neither, and need not be asked each time.
    noted: bool,
    index: TextIndex,
    retracted: Vec<u8>,
}

impl<'a> Segment<'a> {
    /// A segment over given columns, borrowed or owned: how rows come from a foreign plugin or an Arrow table.
    ///
    /// `len` counts the rows; `starts` and `ends` are empty for a layer without spans; `columns` follow the schema;
    /// `rules` (of [`Kind::Symbol`]) and `scores` (of [`Kind::F64`]) may be empty.
    ///
    /// # Errors
    /// If the columns do not fit the schema or one another. Spans and references are checked when the segment is
    /// committed to a document.
    pub fn from_parts(
        schema: Arc<Schema>,
        len: usize,
        starts: Cow<'a, [u32]>,
        ends: Cow<'a, [u32]>,
        columns: Vec<Column<'a>>,
        rules: Column<'a>,
        scores: Column<'a>,
    ) -> Result<Segment<'a>, Error> {
        let parts = Parts { len, starts, ends, columns, rules, scores, noted: true, index: TextIndex::default(), retracted: Vec::new() };
        let mut segment = Segment { schema, id: u32::MAX, made_by: u32::MAX, parts: Box::new(parts) };
        segment.check_columns()?;
        segment.rebuild_index();
        Ok(segment)
    }

    pub(crate) fn empty(schema: Arc<Schema>) -> Segment<'a> {
        let parts = Parts {
            len: 0,
            starts: Cow::default(),
            ends: Cow::default(),
            columns: schema.attributes.iter().map(|a| Column::new(a.kind)).collect(),
            rules: Column::new(Kind::Symbol),
            scores: Column::new(Kind::F64),
            noted: false,
            index: TextIndex::default(),
            retracted: Vec::new(),
        };
        Segment { schema, id: u32::MAX, made_by: u32::MAX, parts: Box::new(parts) }
    }

    /// The layer's schema, as its writer declared it.
    #[must_use]
    #[inline]
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// The name of its layer.
    #[must_use]
    pub fn layer(&self) -> &str {
        &self.schema.name
    }

    /// Its number in the document.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// How many rows it has, retracted ones included.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.parts.len
    }

    /// Whether it has no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.len == 0
    }

    /// Start offsets in bytes, in row order; empty for a layer without spans.
    #[must_use]
    #[inline]
    pub fn starts(&self) -> &[u32] {
        &self.parts.starts
    }

    /// End offsets in bytes, in row order; empty for a layer without spans.
    #[must_use]
    #[inline]
    pub fn ends(&self) -> &[u32] {
        &self.parts.ends
    }

    /// The span of a row; `0..0` for a layer without spans.
    #[must_use]
    pub fn span(&self, row: usize) -> Span {
        match (self.parts.starts.get(row), self.parts.ends.get(row)) {
            (Some(&start), Some(&end)) => Span::new(start, end),
            _ => Span::default(),
        }
    }

    /// The columns, in the order of the schema's attributes.
    #[must_use]
    #[inline]
    pub fn columns(&self) -> &[Column<'a>] {
        &self.parts.columns
    }

    /// Whether rows may have rules or scores; where not, there is no need to look at [`rules`](Segment::rules) and
    /// [`scores`](Segment::scores), which hold nothing.
    #[must_use]
    #[inline]
    pub fn is_noted(&self) -> bool {
        self.parts.noted
    }

    /// The rule that made each row, where there was one.
    #[must_use]
    #[inline]
    pub fn rules(&self) -> &Column<'a> {
        &self.parts.rules
    }

    /// The score of each row, where there is one.
    #[must_use]
    #[inline]
    pub fn scores(&self) -> &Column<'a> {
        &self.parts.scores
    }

    /// Whether a row was retracted by a later annotator.
    #[must_use]
    pub fn is_retracted(&self, row: usize) -> bool {
        self.parts.retracted.get(row / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1)
    }

    /// Whether the rows lie in text order, so that row ids ascend with the text.
    #[must_use]
    pub fn is_in_text_order(&self) -> bool {
        self.parts.index.is_in_order()
    }

    pub(crate) fn retract(&mut self, row: usize) -> bool {
        let fresh = row < self.parts.len && !self.is_retracted(row);
        if fresh {
            if self.parts.retracted.is_empty() {
                self.parts.retracted.resize(self.parts.len.div_ceil(8), 0);
            }
            self.parts.retracted[row / 8] |= 1 << (row % 8);
        }
        fresh
    }

    /// A bitmap of the rows that were retracted; empty where none was.
    pub(crate) fn retracted(&self) -> &[u8] {
        &self.parts.retracted
    }

    pub(crate) fn index(&self) -> &TextIndex {
        &self.parts.index
    }

    pub(crate) fn rebuild_index(&mut self) {
        let Parts { index, starts, ends, .. } = &mut *self.parts;
        index.rebuild(starts, ends);
    }

    pub(crate) fn check_columns(&self) -> Result<(), Error> {
        let layer = &self.schema.name;
        let wrong = |what: String| Err(Error::contract(format!("layer `{layer}`: {what}")));
        let spans = if self.schema.spans { self.parts.len } else { 0 };
        if self.parts.starts.len() != spans || self.parts.ends.len() != spans {
            return wrong(format!("{} starts and {} ends for {spans} rows with spans", self.parts.starts.len(), self.parts.ends.len()));
        }
        if self.parts.columns.len() != self.schema.attributes.len() {
            return wrong(format!("{} columns for {} attributes", self.parts.columns.len(), self.schema.attributes.len()));
        }
        for (column, attribute) in self.parts.columns.iter().zip(&self.schema.attributes) {
            if column.kind() != attribute.kind {
                return wrong(format!("attribute `{}` is of kind {}, not {}", attribute.name, column.kind(), attribute.kind));
            }
            if let Some(what) = column.check(self.parts.len) {
                return wrong(format!("attribute `{}` {what}", attribute.name));
            }
            let lacks = (column.is_empty() && self.parts.len > 0)
                || (!column.validity().is_empty() && (0..self.parts.len).any(|row| !column.has(row)));
            if lacks && !attribute.optional {
                return wrong(format!("a row lacks the attribute `{}`, which is not optional", attribute.name));
            }
        }
        if !self.parts.noted {
            return Ok(());
        }
        if self.parts.rules.kind() != Kind::Symbol || self.parts.scores.kind() != Kind::F64 {
            return wrong("rules must be symbols and scores floats".into());
        }
        match self.parts.rules.check(self.parts.len).or_else(|| self.parts.scores.check(self.parts.len)) {
            Some(what) => wrong(format!("the column of rules or scores {what}")),
            None => Ok(()),
        }
    }

    /// Checks that spans lie in the text, on character boundaries.
    pub(crate) fn check_spans(&self, text: &str) -> Result<(), Error> {
        let good =
            |&(&start, &end): &(&u32, &u32)| start <= end && text.is_char_boundary(start as usize) && text.is_char_boundary(end as usize);
        match self.parts.starts.iter().zip(self.parts.ends.iter()).find(|pair| !good(pair)) {
            None => Ok(()),
            Some((start, end)) => Err(Error::contract(format!(
                "layer `{}`: the span {start}..{end} does not lie on character boundaries of a text of {} bytes",
                self.schema.name,
                text.len()
            ))
            .help("spans are byte offsets, end exclusive")),
        }
    }
}

impl Segment<'_> {
    /// Empties the segment and keeps its buffers.
    pub(crate) fn recycle(&mut self) {
        self.parts.len = 0;
        self.parts.starts.to_mut().clear();
        self.parts.ends.to_mut().clear();
        self.parts.columns.iter_mut().for_each(Column::recycle);
        if std::mem::take(&mut self.parts.noted) {
            self.parts.rules.recycle();
            self.parts.scores.recycle();
        }
        self.parts.retracted.clear();
    }
}

/// A segment being written. Rows get their ids in the order in which they are pushed.
///
/// Typed rows come from [`LayerWriter`](crate::LayerWriter); hot loops push to the columns themselves.
#[derive(Debug)]
pub struct SegmentBuilder {
    pub(crate) segment: Segment<'static>,
}

impl SegmentBuilder {
    /// A segment without rows, to be handed over with [`finish`](SegmentBuilder::finish). Annotators get theirs from
    /// [`Output`](crate::Output), which reuses buffers.
    #[must_use]
    pub fn new(schema: Arc<Schema>) -> SegmentBuilder {
        SegmentBuilder { segment: Segment::empty(schema) }
    }

    /// The finished segment, to be [adopted](crate::Document::adopt) by a document.
    ///
    /// # Errors
    /// If the columns do not fit the schema or one another.
    pub fn finish(mut self) -> Result<Segment<'static>, Error> {
        self.segment.check_columns()?;
        self.rebuild_index();
        Ok(self.segment)
    }

    /// The layer's schema.
    #[must_use]
    pub fn schema(&self) -> &Arc<Schema> {
        &self.segment.schema
    }

    /// The segment as it stands.
    #[must_use]
    pub fn segment(&self) -> &Segment<'static> {
        &self.segment
    }

    /// How many rows were finished.
    #[must_use]
    pub fn len(&self) -> usize {
        self.segment.parts.len
    }

    /// Whether no row was finished.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.segment.parts.len == 0
    }

    /// The address of row `row` once the segment is committed.
    #[must_use]
    pub fn address(&self, row: usize) -> RowRef {
        RowRef::new(self.segment.id, row as u32)
    }

    /// Pushes one value of the row under way. Columns not pushed to are left without a value.
    ///
    /// Returns whether the column exists and is of the value's kind.
    pub fn push_value(&mut self, column: usize, value: Option<Value<'_>>) -> bool {
        let rows = self.segment.parts.len;
        match (self.segment.parts.columns.get_mut(column), value) {
            (Some(column), Some(value)) => column.push(value, rows),
            (Some(column), None) => {
                column.push_null(rows);
                true
            }
            (None, _) => false,
        }
    }

    /// Finishes the row under way and gives its address. `span` is not used in a layer without spans.
    pub fn finish_row(&mut self, span: Span) -> RowRef {
        let row = self.segment.parts.len;
        if self.segment.schema.spans {
            self.segment.parts.starts.to_mut().push(span.start);
            self.segment.parts.ends.to_mut().push(span.end);
        }
        self.segment.parts.len += 1;
        for column in &mut self.segment.parts.columns {
            if column.len() == row {
                column.push_null(row);
            }
        }
        if self.segment.parts.noted {
            self.segment.parts.rules.push_null(row);
            self.segment.parts.scores.push_null(row);
        }
        self.address(row)
    }

    /// Says which rule made the last row. To be said at most once a row.
    pub fn rule_of_last(&mut self, rule: &str) {
        if let Some(row) = self.segment.parts.len.checked_sub(1) {
            self.rules_mut().replace_last(Value::Str(rule), row);
        }
    }

    /// Gives the last row a score. To be said at most once a row.
    pub fn score_last(&mut self, score: f64) {
        if let Some(row) = self.segment.parts.len.checked_sub(1) {
            self.scores_mut().replace_last(Value::F64(score), row);
        }
    }

    /// The buffers of starts and ends, for hot loops: push to both, then say how many rows there are with
    /// [`set_len`](SegmentBuilder::set_len).
    #[inline]
    pub fn spans_mut(&mut self) -> (&mut Vec<u32>, &mut Vec<u32>) {
        (self.segment.parts.starts.to_mut(), self.segment.parts.ends.to_mut())
    }

    /// A column, for hot loops.
    pub fn column_mut(&mut self, column: usize) -> Option<&mut Column<'static>> {
        self.segment.parts.columns.get_mut(column)
    }

    /// All columns in the schema's order, for hot loops that fill several at once.
    pub fn columns_mut(&mut self) -> &mut [Column<'static>] {
        &mut self.segment.parts.columns
    }

    /// Starts, ends and columns at once, for hot loops.
    pub fn parts_mut(&mut self) -> (&mut Vec<u32>, &mut Vec<u32>, &mut [Column<'static>]) {
        (self.segment.parts.starts.to_mut(), self.segment.parts.ends.to_mut(), &mut self.segment.parts.columns)
    }

    /// The rule column, for a foreign boundary.
    pub fn rules_mut(&mut self) -> &mut Column<'static> {
        self.segment.parts.noted = true;
        &mut self.segment.parts.rules
    }

    /// The score column, for a foreign boundary.
    pub fn scores_mut(&mut self) -> &mut Column<'static> {
        self.segment.parts.noted = true;
        &mut self.segment.parts.scores
    }

    /// Says how many rows the columns hold after hot loops have pushed to them. Columns that do not fit are an error of
    /// the annotator when its output is committed.
    pub fn set_len(&mut self, len: usize) {
        self.segment.parts.len = len;
    }

    /// Empties the segment and keeps its buffers.
    pub(crate) fn recycle(&mut self) {
        self.segment.recycle();
    }

    pub(crate) fn rebuild_index(&mut self) {
        self.segment.rebuild_index();
    }
}

impl Column<'_> {
    /// Gives row `row`, the last, a value. It may have none so far.
    pub(crate) fn replace_last(&mut self, value: Value<'_>, row: usize) {
        if self.len() > row {
            self.set_last(value);
        } else {
            self.push(value, row);
        }
    }
}
