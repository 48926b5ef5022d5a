//! Columns as slices: how the rows of a foreign plugin arrive, a chunk at a time.

use std::borrow::Cow;

use crate::column::{Column, NamedColumns, Values};
use crate::error::Error;
use crate::schema::Kind;
use crate::segment::SegmentBuilder;
use crate::span::RowRef;
use crate::strings::{Dictionary, StringSlices};

/// Rows of one layer, borrowed from wherever they were made. Their columns follow one at a time, so that nobody has to
/// gather them; see [`SegmentBuilder::append`].
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'c> {
    /// How many rows there are.
    pub len: usize,
    /// Start offsets in bytes; empty in a layer without spans.
    pub starts: &'c [u32],
    /// End offsets in bytes; empty in a layer without spans.
    pub ends: &'c [u32],
}

/// Which column of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// That of the attribute of this number.
    Attribute(usize),
    /// The rule that made each row, of [`Kind::Symbol`].
    Rules,
    /// The score of each row, of [`Kind::F64`].
    Scores,
}

/// A column as slices, in the layouts of [`Column`]. Nothing about them was checked.
#[derive(Clone, Copy, Debug)]
pub struct ColumnSlices<'c> {
    /// The values.
    pub values: Slices<'c>,
    /// The validity bitmap; empty where all rows have a value.
    pub validity: &'c [u8],
}

/// The values of a column by kind, as in [`Values`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the fields are those of `Values`")]
pub enum Slices<'c> {
    /// For [`Kind::U32`].
    U32(&'c [u32]),
    /// For [`Kind::I64`].
    I64(&'c [i64]),
    /// For [`Kind::F64`].
    F64(&'c [f64]),
    /// For [`Kind::Bool`].
    Bool(&'c [u8]),
    /// For [`Kind::Symbol`].
    Symbol(&'c [u32], StringSlices<'c>),
    /// For [`Kind::Text`].
    Text(StringSlices<'c>),
    /// For [`Kind::Ref`].
    Ref(&'c [RowRef]),
    /// For [`Kind::RefList`].
    RefList { offsets: &'c [u32], items: &'c [RowRef] },
    /// For [`Kind::Named`].
    Named { offsets: &'c [u32], names: &'c [u32], rows: &'c [RowRef], strings: &'c [u32], dictionary: StringSlices<'c> },
}

impl<'c> ColumnSlices<'c> {
    /// How many rows there are; 0 where every row of the segment lacks the attribute.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        match self.values {
            Slices::U32(v) | Slices::Symbol(v, _) => v.len(),
            Slices::I64(v) => v.len(),
            Slices::F64(v) => v.len(),
            Slices::Bool(v) => v.len(),
            Slices::Text(v) => v.len(),
            Slices::Ref(v) => v.len(),
            Slices::RefList { offsets, .. } | Slices::Named { offsets, .. } => offsets.len().saturating_sub(1),
        }
    }

    /// Whether there is no row.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Why the column cannot belong to `rows` rows, if it cannot: its length, its bitmap, a code or a list offset out of
    /// range. Strings are looked at by [`column`](ColumnSlices::column).
    #[must_use]
    #[inline]
    pub fn check(&self, rows: usize) -> Option<String> {
        let len = self.len();
        if len != rows && len != 0 {
            return Some(format!("has {len} values for {rows} rows"));
        }
        if !self.validity.is_empty() && self.validity.len() < len.div_ceil(8) {
            return Some(format!("has a validity bitmap of {} bytes for {len} rows", self.validity.len()));
        }
        match self.values {
            Slices::Symbol(v, dictionary) => unknown_code(v, dictionary),
            Slices::RefList { offsets, items } => undivided(offsets, items.len()),
            Slices::Named { offsets, names, rows, strings, dictionary } => {
                if names.len() != rows.len() || names.len() != strings.len() {
                    return Some("has lists of names, rows and strings of different lengths".into());
                }
                let undivided = undivided(offsets, names.len());
                undivided.or_else(|| unknown_code(names, dictionary)).or_else(|| unknown_code(strings, dictionary))
            }
            _ => None,
        }
    }

    /// The same as a column, without copying.
    ///
    /// # Errors
    /// If its strings are not UTF-8, or not divided on character boundaries. The rest is for [`check`](Column::check).
    pub fn column(self) -> Result<Column<'c>, Error> {
        let values = match self.values {
            Slices::U32(v) => Values::U32(Cow::Borrowed(v)),
            Slices::I64(v) => Values::I64(Cow::Borrowed(v)),
            Slices::F64(v) => Values::F64(Cow::Borrowed(v)),
            Slices::Bool(v) => Values::Bool(Cow::Borrowed(v)),
            Slices::Symbol(v, dictionary) => Values::Symbol(Cow::Borrowed(v), Dictionary::from_strings(dictionary.strings()?)),
            Slices::Text(v) => Values::Text(v.strings()?),
            Slices::Ref(v) => Values::Ref(Cow::Borrowed(v)),
            Slices::RefList { offsets, items } => Values::RefList { offsets: Cow::Borrowed(offsets), items: Cow::Borrowed(items) },
            Slices::Named { offsets, names, rows, strings, dictionary } => Values::Named(Box::new(NamedColumns {
                offsets: Cow::Borrowed(offsets),
                names: Cow::Borrowed(names),
                rows: Cow::Borrowed(rows),
                strings: Cow::Borrowed(strings),
                dictionary: Dictionary::from_strings(dictionary.strings()?),
            })),
        };
        Ok(Column::from_parts(values, Cow::Borrowed(self.validity)))
    }
}

#[inline]
fn unknown_code(codes: &[u32], dictionary: StringSlices<'_>) -> Option<String> {
    let known = dictionary.len() as u32;
    // No code is larger than the bits of all of them together, which are found sooner than the largest.
    if codes.iter().fold(0, |bits, &code| bits | code) < known {
        return None;
    }
    // A sum of tests, not the first that fails: the compiler does many at a time.
    if !codes.iter().fold(false, |wrong, &code| wrong | (code >= known)) {
        return None;
    }
    codes.iter().max().map(|most| format!("uses the code {most}, which its dictionary lacks"))
}

fn undivided(offsets: &[u32], items: usize) -> Option<String> {
    let fit = offsets.first().is_none_or(|&o| o == 0)
        && offsets.windows(2).all(|w| w[0] <= w[1])
        && offsets.last().map_or(0, |&o| o as usize) == items;
    (!fit).then(|| "has list offsets that do not divide its items".to_owned())
}

impl Column<'_> {
    /// The column as slices, to be lent.
    #[must_use]
    #[inline]
    pub fn slices(&self) -> ColumnSlices<'_> {
        let values = match self.values() {
            Values::U32(v) => Slices::U32(v),
            Values::I64(v) => Slices::I64(v),
            Values::F64(v) => Slices::F64(v),
            Values::Bool(v) => Slices::Bool(v),
            Values::Symbol(v, dictionary) => Slices::Symbol(v, dictionary.strings().slices()),
            Values::Text(v) => Slices::Text(v.slices()),
            Values::Ref(v) => Slices::Ref(v),
            Values::RefList { offsets, items } => Slices::RefList { offsets, items },
            Values::Named(named) => {
                let NamedColumns { offsets, names, rows, strings, dictionary } = &**named;
                Slices::Named { offsets, names, rows, strings, dictionary: dictionary.strings().slices() }
            }
        };
        ColumnSlices { values, validity: self.validity() }
    }
}

/// Rows of a chunk on their way into a segment; see [`SegmentBuilder::append`].
#[derive(Debug)]
#[must_use = "rows are appended when all columns are there"]
pub struct Appending<'b> {
    builder: &'b mut SegmentBuilder,
    before: usize,
    count: usize,
}

impl SegmentBuilder {
    /// Begins to append the rows of a chunk, between rows and not in the middle of one. Their columns are
    /// [given](Appending::column) next; what is not given is an attribute that all of the rows lack. Last comes
    /// [`finish`](Appending::finish), without which the segment does not fit itself and cannot be committed.
    ///
    /// Each column is checked and copied at once. Whether spans and references fit the document is checked when the output
    /// is committed, as for rows pushed singly.
    ///
    /// # Errors
    /// If the chunk does not fit the layer; the segment is empty then.
    #[inline]
    pub fn append(&mut self, chunk: &Chunk<'_>) -> Result<Appending<'_>, Error> {
        let (before, count) = (self.len(), chunk.len);
        let spans = if self.schema().spans { count } else { 0 };
        if chunk.starts.len() != spans || chunk.ends.len() != spans {
            let what = format!("{} starts and {} ends for {spans} rows with spans", chunk.starts.len(), chunk.ends.len());
            return Err(self.refuse(&Error::contract(what)));
        }
        if u32::try_from(before.saturating_add(count)).is_err() {
            return Err(self.refuse(&Error::contract("more than 4,294,967,295 rows")));
        }
        let (starts, ends) = self.spans_mut();
        starts.extend_from_slice(chunk.starts);
        ends.extend_from_slice(chunk.ends);
        Ok(Appending { builder: self, before, count })
    }

    /// Refuses a chunk for a reason that lies outside: the segment is empty then. The error given back names the layer.
    #[cold]
    #[must_use]
    pub fn refuse(&mut self, error: &Error) -> Error {
        self.recycle();
        let help = error.help_text().map(str::to_owned);
        help.into_iter().fold(Error::contract(format!("layer `{}`: {}", self.schema().name, error.message())), Error::help)
    }

    fn slot(&mut self, slot: Slot) -> Option<&mut Column<'static>> {
        match slot {
            Slot::Attribute(number) => self.column_mut(number),
            Slot::Rules => Some(self.rules_mut()),
            Slot::Scores => Some(self.scores_mut()),
        }
    }
}

impl Appending<'_> {
    /// The kind that a column must have; `None` where there is no such column.
    #[must_use]
    #[inline]
    pub fn kind(&self, slot: Slot) -> Option<Kind> {
        let segment = self.builder.segment();
        match slot {
            Slot::Attribute(number) => segment.columns().get(number).map(Column::kind),
            Slot::Rules => Some(Kind::Symbol),
            Slot::Scores => Some(Kind::F64),
        }
    }

    /// Appends a column, each at most once.
    ///
    /// # Errors
    /// If it does not fit the layer or the rows; the segment is empty then.
    pub fn column(&mut self, slot: Slot, from: &ColumnSlices<'_>) -> Result<(), Error> {
        let (before, count) = (self.before, self.count);
        let appended = match (self.builder.slot(slot), from.check(count)) {
            (Some(own), None) => own.append(from, before, count),
            (Some(_), Some(what)) => Err(Wrong::Column(what)),
            (None, _) => Err(Wrong::Column("is not there".to_owned())),
        };
        appended.map_err(|wrong| self.wrong(slot, wrong))
    }

    /// The rows are there.
    #[inline]
    pub fn finish(self) {
        let Appending { builder, before, count } = self;
        builder.set_len(before + count);
        // Columns that are absent from the first chunk on stay absent.
        if before > 0 {
            let lacking = |column: &mut Column<'_>| {
                if !column.is_empty() && column.len() == before {
                    (before..before + count).for_each(|row| column.push_null(row));
                }
            };
            builder.columns_mut().iter_mut().for_each(lacking);
            if builder.segment().is_noted() {
                lacking(builder.rules_mut());
                lacking(builder.scores_mut());
            }
        }
    }

    /// Refuses the chunk after all, for a reason that lies outside; see [`SegmentBuilder::refuse`].
    #[cold]
    #[must_use]
    pub fn refuse(&mut self, error: &Error) -> Error {
        self.builder.refuse(error)
    }

    #[cold]
    fn wrong(&mut self, slot: Slot, wrong: Wrong) -> Error {
        let error = match wrong {
            Wrong::Strings(error) => error,
            Wrong::Column(what) => Error::contract(match slot {
                Slot::Attribute(number) => {
                    let name = self.builder.schema().attributes.get(number).map_or("", |a| &a.name);
                    format!("attribute `{name}` {what}")
                }
                Slot::Rules => format!("the column of rules {what}"),
                Slot::Scores => format!("the column of scores {what}"),
            }),
        };
        self.builder.refuse(&error)
    }
}

/// Why a column cannot be appended.
enum Wrong {
    Column(String),
    Strings(Error),
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Wrong {
        Wrong::Strings(error)
    }
}

impl Column<'_> {
    /// Appends `count` rows of checked slices to the `before` rows that the segment has.
    fn append(&mut self, from: &ColumnSlices<'_>, before: usize, count: usize) -> Result<(), Wrong> {
        if from.is_empty() {
            return Ok(());
        }
        if before > 0 {
            self.catch_up(before);
        }
        self.append_validity(from.validity, before, count);
        match (self.values_mut(), from.values) {
            (Values::U32(to), Slices::U32(x)) => to.to_mut().extend_from_slice(x),
            (Values::I64(to), Slices::I64(x)) => to.to_mut().extend_from_slice(x),
            (Values::F64(to), Slices::F64(x)) => to.to_mut().extend_from_slice(x),
            (Values::Bool(to), Slices::Bool(x)) => to.to_mut().extend(x.iter().map(|&b| u8::from(b != 0))),
            (Values::Symbol(to, known), Slices::Symbol(x, theirs)) => match known.translate(theirs)? {
                None => to.to_mut().extend_from_slice(x),
                Some(mut translation) => translation.append(x, to.to_mut()),
            },
            (Values::Text(to), Slices::Text(x)) => to.extend(&x.strings()?),
            (Values::Ref(to), Slices::Ref(x)) => to.to_mut().extend_from_slice(x),
            (Values::RefList { offsets, items }, Slices::RefList { offsets: o, items: x }) => {
                rebase(offsets.to_mut(), items.len(), o);
                items.to_mut().extend_from_slice(x);
            }
            (Values::Named(to), Slices::Named { offsets: o, names: n, rows: r, strings: s, dictionary: theirs }) => {
                let NamedColumns { offsets, names, rows, strings, dictionary } = &mut **to;
                rebase(offsets.to_mut(), names.len(), o);
                // Where an item names a row its string has no meaning, but the code must be one that the dictionary has.
                match dictionary.translate(theirs)? {
                    None => {
                        names.to_mut().extend_from_slice(n);
                        strings.to_mut().extend_from_slice(s);
                    }
                    Some(mut translation) => {
                        translation.append(n, names.to_mut());
                        translation.append(s, strings.to_mut());
                    }
                }
                rows.to_mut().extend_from_slice(r);
            }
            _ => return Err(Wrong::Column(format!("is not of kind {}", self.kind()))),
        }
        Ok(())
    }

    #[inline]
    fn append_validity(&mut self, from: &[u8], before: usize, count: usize) {
        if from.is_empty() && self.validity().is_empty() {
            return;
        }
        self.mark_all(before);
        (0..count).for_each(|row| self.mark(before + row, from.is_empty() || from[row / 8] >> (row % 8) & 1 == 1));
    }
}

/// Appends list offsets that start at 0 to those of lists that hold `items` items so far.
fn rebase(offsets: &mut Vec<u32>, items: usize, from: &[u32]) {
    if offsets.is_empty() {
        offsets.push(0);
    }
    offsets.extend(from.iter().skip(1).map(|&o| o.wrapping_add(items as u32)));
}
