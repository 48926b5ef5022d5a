//! Appending whole columns: how the rows of a foreign plugin arrive, a chunk at a time.

use std::fmt;

use crate::column::{Column, NamedColumns, Values};
use crate::error::Error;
use crate::schema::Kind;
use crate::segment::SegmentBuilder;
use crate::strings::Dictionary;

/// Rows of one layer as columns, borrowed from wherever they were made.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'c> {
    /// How many rows there are.
    pub len: usize,
    /// Start offsets in bytes; empty in a layer without spans.
    pub starts: &'c [u32],
    /// End offsets in bytes; empty in a layer without spans.
    pub ends: &'c [u32],
    /// The columns, in the order of the schema's attributes; `None` stands for rows that all lack the attribute.
    pub columns: &'c [Option<Column<'c>>],
    /// The rule that made each row, of [`Kind::Symbol`]; `None` stands for rows that name none.
    pub rules: Option<&'c Column<'c>>,
    /// The score of each row, of [`Kind::F64`]; `None` stands for rows that have none.
    pub scores: Option<&'c Column<'c>>,
}

impl Chunk<'_> {
    /// Why the chunk cannot belong to a layer, if it cannot.
    fn misfit(&self, builder: &SegmentBuilder) -> Option<String> {
        let schema = builder.schema();
        let spans = if schema.spans { self.len } else { 0 };
        if self.starts.len() != spans || self.ends.len() != spans {
            return Some(format!("{} starts and {} ends for {spans} rows with spans", self.starts.len(), self.ends.len()));
        }
        if u32::try_from(builder.len() + self.len).is_err() {
            return Some("more than 4,294,967,295 rows".to_owned());
        }
        if self.columns.len() != schema.attributes.len() {
            return Some(format!("{} columns for {} attributes", self.columns.len(), schema.attributes.len()));
        }
        let wrong = |column: &Column<'_>, kind: Kind, of: Of<'_>| {
            if column.kind() != kind {
                return Some(format!("{of} is of kind {}, not {kind}", column.kind()));
            }
            column.check(self.len).map(|what| format!("{of} {what}"))
        };
        for (column, attribute) in self.columns.iter().zip(&schema.attributes) {
            let Some(column) = column else { continue };
            if let Some(what) = wrong(column, attribute.kind, Of::Attribute(&attribute.name)) {
                return Some(what);
            }
        }
        let rules = self.rules.and_then(|column| wrong(column, Kind::Symbol, Of::Rules));
        rules.or_else(|| self.scores.and_then(|column| wrong(column, Kind::F64, Of::Scores)))
    }
}

/// What a column holds, for messages.
enum Of<'a> {
    Attribute(&'a str),
    Rules,
    Scores,
}

impl fmt::Display for Of<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Of::Attribute(name) => write!(f, "attribute `{name}`"),
            Of::Rules => f.write_str("the column of rules"),
            Of::Scores => f.write_str("the column of scores"),
        }
    }
}

impl SegmentBuilder {
    /// Appends the rows of a chunk. Between rows, not in the middle of one.
    ///
    /// Whether spans and references fit the document is checked when the output is committed, as for rows pushed singly.
    ///
    /// # Errors
    /// If the columns do not fit the layer or one another; nothing was appended then.
    pub fn append(&mut self, chunk: &Chunk<'_>) -> Result<(), Error> {
        if let Some(what) = chunk.misfit(self) {
            return Err(Error::contract(format!("layer `{}`: {what}", self.schema().name)));
        }
        let before = self.len();
        let (starts, ends) = self.spans_mut();
        starts.extend_from_slice(chunk.starts);
        ends.extend_from_slice(chunk.ends);
        let append = |column: &mut Column<'_>, from: Option<&Column<'_>>| match from {
            Some(from) => column.append(from, before, chunk.len),
            None => column.append_absent(before, chunk.len),
        };
        for (column, from) in self.columns_mut().iter_mut().zip(chunk.columns) {
            append(column, from.as_ref());
        }
        append(self.rules_mut(), chunk.rules);
        append(self.scores_mut(), chunk.scores);
        self.set_len(before + chunk.len);
        Ok(())
    }
}

impl Column<'_> {
    /// Appends `count` rows of a checked column of the same kind to the `before` rows that the segment has.
    fn append(&mut self, from: &Column<'_>, before: usize, count: usize) {
        if from.is_empty() {
            return self.append_absent(before, count);
        }
        self.catch_up(before);
        self.append_validity(from, before, count);
        match (self.values_mut(), from.values()) {
            (Values::U32(to), Values::U32(x)) => to.to_mut().extend_from_slice(x),
            (Values::I64(to), Values::I64(x)) => to.to_mut().extend_from_slice(x),
            (Values::F64(to), Values::F64(x)) => to.to_mut().extend_from_slice(x),
            (Values::Bool(to), Values::Bool(x)) => to.to_mut().extend(x.iter().map(|&b| u8::from(b != 0))),
            (Values::Symbol(to, known), Values::Symbol(x, theirs)) => recode(known, theirs, x, to.to_mut()),
            (Values::Text(to), Values::Text(x)) => to.extend(x),
            (Values::Ref(to), Values::Ref(x)) => to.to_mut().extend_from_slice(x),
            (Values::RefList { offsets, items }, Values::RefList { offsets: o, items: x }) => {
                rebase(offsets.to_mut(), items.len(), o);
                items.to_mut().extend_from_slice(x);
            }
            (Values::Named(to), Values::Named(x)) => {
                let NamedColumns { offsets, names, rows, strings, dictionary } = &mut **to;
                let NamedColumns { offsets: o, names: n, rows: r, strings: s, dictionary: d } = &**x;
                rebase(offsets.to_mut(), names.len(), o);
                recode(dictionary, d, n, names.to_mut());
                // Where an item names a row its string has no meaning, but the code must be one that the dictionary has.
                recode(dictionary, d, s, strings.to_mut());
                rows.to_mut().extend_from_slice(r);
            }
            _ => (0..count).for_each(|_| self.placeholder()),
        }
    }

    /// Appends rows that lack the attribute: an absent column stays absent, and catches up when a value comes.
    fn append_absent(&mut self, before: usize, count: usize) {
        if !self.is_empty() {
            (before..before + count).for_each(|row| self.push_null(row));
        }
    }

    fn append_validity(&mut self, from: &Column<'_>, before: usize, count: usize) {
        if from.validity().is_empty() && self.validity().is_empty() {
            return;
        }
        self.mark_all(before);
        (0..count).for_each(|row| self.mark(before + row, from.has(row)));
    }
}

/// Appends list offsets that start at 0 to those of lists that hold `items` items so far.
fn rebase(offsets: &mut Vec<u32>, items: usize, from: &[u32]) {
    if offsets.is_empty() {
        offsets.push(0);
    }
    offsets.extend(from.iter().skip(1).map(|&o| o.wrapping_add(items as u32)));
}

/// Appends codes of a foreign dictionary as codes of one's own.
///
/// A plugin that annotates one document after another adds to its dictionary what the host then adds to its own, so the
/// two mostly agree, and the codes can be taken as they are.
fn recode(known: &mut Dictionary<'_>, theirs: &Dictionary<'_>, codes: &[u32], into: &mut Vec<u32>) {
    if known.follows(theirs) {
        into.extend_from_slice(codes);
        return;
    }
    let mut own = vec![u32::MAX; theirs.strings().len()];
    into.extend(codes.iter().map(|&code| {
        let slot = &mut own[code as usize];
        if *slot == u32::MAX {
            *slot = known.intern(theirs.get(code));
        }
        *slot
    }));
}
