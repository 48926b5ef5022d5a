//! One attribute of all rows of a segment, stored as a column.
//!
//! The layouts are those of Arrow: values one after another, an optional validity bitmap (bit `i % 8` of byte `i / 8`,
//! 1 = present), and offsets for lists and strings. So a column can be lent to a foreign plugin or written as Arrow
//! without a copy.

use std::borrow::Cow;

use crate::schema::Kind;
use crate::span::RowRef;
use crate::strings::{Dictionary, Strings};

/// The values of one attribute, a row each, or none at all where every row lacks it.
#[derive(Clone, Debug)]
pub struct Column<'a> {
    values: Values<'a>,
    /// Empty where all rows have a value.
    validity: Cow<'a, [u8]>,
}

/// The values of a column, by kind. Rows without a value hold a placeholder (0, an empty string, [`RowRef::NONE`]).
///
/// The kind stands before values that all begin at the same place, so that whether there are any, which is asked of every
/// column again and again, takes no jump by kind.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[repr(u8)]
pub enum Values<'a> {
    /// For [`Kind::U32`].
    U32(Cow<'a, [u32]>),
    /// For [`Kind::I64`].
    I64(Cow<'a, [i64]>),
    /// For [`Kind::F64`].
    F64(Cow<'a, [f64]>),
    /// For [`Kind::Bool`]: a byte a row, 0 or 1.
    Bool(Cow<'a, [u8]>),
    /// For [`Kind::Symbol`]: a code a row, and what the codes mean.
    Symbol(Cow<'a, [u32]>, Dictionary<'a>),
    /// For [`Kind::Text`].
    Text(Strings<'a>),
    /// For [`Kind::Ref`].
    Ref(Cow<'a, [RowRef]>),
    /// For [`Kind::RefList`]: row `i` has the items from `offsets[i]` to `offsets[i + 1]`.
    RefList {
        /// One more than there are rows.
        offsets: Cow<'a, [u32]>,
        /// The items of all rows.
        items: Cow<'a, [RowRef]>,
    },
    /// For [`Kind::Named`]. Boxed, because it is large and few layers have any.
    Named(Box<NamedColumns<'a>>),
}

/// The values of a column of [`Kind::Named`]: row `i` has the items from `offsets[i]` to `offsets[i + 1]`.
#[derive(Clone, Debug, Default)]
pub struct NamedColumns<'a> {
    /// One more than there are rows.
    pub offsets: Cow<'a, [u32]>,
    /// The name of each item, as a code.
    pub names: Cow<'a, [u32]>,
    /// The row that each item names, or [`RowRef::NONE`] where its value is a string.
    pub rows: Cow<'a, [RowRef]>,
    /// The string value of each item, as a code; of no meaning where it names a row.
    pub strings: Cow<'a, [u32]>,
    /// What the codes mean.
    pub dictionary: Dictionary<'a>,
}

/// One value, whatever its kind.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A number.
    U32(u32),
    /// A number.
    I64(i64),
    /// A number.
    F64(f64),
    /// A truth value.
    Bool(bool),
    /// A symbol or a text.
    Str(&'a str),
    /// The address of a row.
    Ref(RowRef),
    /// Addresses of rows.
    RefList(&'a [RowRef]),
    /// Named values.
    Named(NamedValues<'a>),
}

impl<'a> Value<'a> {
    /// The string, if it is one.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        if let Value::Str(s) = self { Some(s) } else { None }
    }
}

/// The value of one named item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedValue<'a> {
    /// A row of any layer.
    Row(RowRef),
    /// A string.
    Str(&'a str),
}

/// The named values of one row, in the order in which they were written. A name may come more than once.
#[derive(Clone, Copy, Debug)]
pub struct NamedValues<'a>(Source<'a>);

#[derive(Clone, Copy, Debug)]
enum Source<'a> {
    Slice(&'a [(&'a str, NamedValue<'a>)]),
    Columns { names: &'a [u32], rows: &'a [RowRef], strings: &'a [u32], dictionary: &'a Dictionary<'a> },
}

impl Default for NamedValues<'_> {
    fn default() -> Self {
        NamedValues(Source::Slice(&[]))
    }
}

impl<'a> NamedValues<'a> {
    /// Named values to write.
    #[must_use]
    pub fn new(items: &'a [(&'a str, NamedValue<'a>)]) -> NamedValues<'a> {
        NamedValues(Source::Slice(items))
    }

    /// How many there are.
    #[must_use]
    pub fn len(self) -> usize {
        match self.0 {
            Source::Slice(items) => items.len(),
            Source::Columns { names, .. } => names.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The items, name and value.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, NamedValue<'a>)> {
        (0..self.len()).map(move |i| match self.0 {
            Source::Slice(items) => items[i],
            Source::Columns { names, rows, strings, dictionary } => {
                let value = match rows[i] {
                    RowRef::NONE => NamedValue::Str(dictionary.get(strings[i])),
                    row => NamedValue::Row(row),
                };
                (dictionary.get(names[i]), value)
            }
        })
    }

    /// The first value of a name.
    #[must_use]
    pub fn get(self, name: &str) -> Option<NamedValue<'a>> {
        self.iter().find(|(n, _)| *n == name).map(|(_, value)| value)
    }
}

impl PartialEq for NamedValues<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<'a> Column<'a> {
    /// An empty column of a kind.
    #[must_use]
    pub fn new(kind: Kind) -> Column<'a> {
        let values = match kind {
            Kind::U32 => Values::U32(Cow::default()),
            Kind::I64 => Values::I64(Cow::default()),
            Kind::F64 => Values::F64(Cow::default()),
            Kind::Bool => Values::Bool(Cow::default()),
            Kind::Symbol => Values::Symbol(Cow::default(), Dictionary::default()),
            Kind::Text => Values::Text(Strings::default()),
            Kind::Ref => Values::Ref(Cow::default()),
            Kind::RefList => Values::RefList { offsets: Cow::default(), items: Cow::default() },
            Kind::Named => Values::Named(Box::default()),
        };
        Column { values, validity: Cow::default() }
    }

    /// A column over given values, borrowed or owned. What does not fit together is found when its segment is
    /// committed (see [`check`](Column::check)).
    #[must_use]
    #[inline]
    pub fn from_parts(values: Values<'a>, validity: Cow<'a, [u8]>) -> Column<'a> {
        Column { values, validity }
    }

    /// The kind of its values.
    #[must_use]
    #[inline]
    pub fn kind(&self) -> Kind {
        match self.values {
            Values::U32(_) => Kind::U32,
            Values::I64(_) => Kind::I64,
            Values::F64(_) => Kind::F64,
            Values::Bool(_) => Kind::Bool,
            Values::Symbol(..) => Kind::Symbol,
            Values::Text(_) => Kind::Text,
            Values::Ref(_) => Kind::Ref,
            Values::RefList { .. } => Kind::RefList,
            Values::Named(_) => Kind::Named,
        }
    }

    /// How many rows it holds; 0 where every row of its segment lacks the attribute.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        match &self.values {
            Values::U32(v) | Values::Symbol(v, _) => v.len(),
            Values::I64(v) => v.len(),
            Values::F64(v) => v.len(),
            Values::Bool(v) => v.len(),
            Values::Text(v) => v.len(),
            Values::Ref(v) => v.len(),
            Values::RefList { offsets, .. } => offsets.len().saturating_sub(1),
            Values::Named(named) => named.offsets.len().saturating_sub(1),
        }
    }

    /// Whether it holds no row.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is nothing in it to be lent, checked or emptied: no rows, no bitmap, and no items, which a list may
    /// hold without rows.
    #[must_use]
    #[inline]
    pub fn is_blank(&self) -> bool {
        let empty = match &self.values {
            Values::U32(v) | Values::Symbol(v, _) => v.is_empty(),
            Values::I64(v) => v.is_empty(),
            Values::F64(v) => v.is_empty(),
            Values::Bool(v) => v.is_empty(),
            Values::Text(strings) => strings.offsets().is_empty(),
            Values::Ref(v) => v.is_empty(),
            Values::RefList { offsets, items } => offsets.is_empty() && items.is_empty(),
            Values::Named(named) => named.offsets.is_empty() && named.names.is_empty(),
        };
        empty && self.validity.is_empty()
    }

    /// The values, to read a whole column.
    #[must_use]
    #[inline]
    pub fn values(&self) -> &Values<'a> {
        &self.values
    }

    pub(crate) fn values_mut(&mut self) -> &mut Values<'a> {
        &mut self.values
    }

    /// The validity bitmap; empty where all rows have a value.
    #[must_use]
    #[inline]
    pub fn validity(&self) -> &[u8] {
        &self.validity
    }

    /// Whether a row has a value.
    #[must_use]
    pub fn has(&self, row: usize) -> bool {
        row < self.len() && (self.validity.is_empty() || self.validity.get(row / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1))
    }

    /// The value of a row, if it has one.
    #[must_use]
    pub fn get(&'a self, row: usize) -> Option<Value<'a>> {
        if !self.has(row) {
            return None;
        }
        Some(match &self.values {
            Values::U32(v) => Value::U32(v[row]),
            Values::I64(v) => Value::I64(v[row]),
            Values::F64(v) => Value::F64(v[row]),
            Values::Bool(v) => Value::Bool(v[row] != 0),
            Values::Symbol(codes, dictionary) => Value::Str(dictionary.get(codes[row])),
            Values::Text(strings) => Value::Str(strings.get(row)),
            Values::Ref(v) => Value::Ref(v[row]),
            Values::RefList { offsets, items } => Value::RefList(&items[part(offsets, row)]),
            Values::Named(named) => {
                let NamedColumns { offsets, names, rows, strings, dictionary } = &**named;
                let part = part(offsets, row);
                let (names, rows, strings) = (&names[part.clone()], &rows[part.clone()], &strings[part]);
                Value::Named(NamedValues(Source::Columns { names, rows, strings, dictionary }))
            }
        })
    }

    /// The string of a row, for symbols and texts.
    #[must_use]
    pub fn str(&self, row: usize) -> Option<&str> {
        if !self.has(row) {
            return None;
        }
        match &self.values {
            Values::Symbol(codes, dictionary) => Some(dictionary.get(codes[row])),
            Values::Text(strings) => Some(strings.get(row)),
            _ => None,
        }
    }

    /// Why the column cannot belong to a segment of `rows` rows, if it cannot: its length, its bitmap, a code or an
    /// offset out of range.
    #[must_use]
    pub fn check(&self, rows: usize) -> Option<String> {
        if self.is_blank() { None } else { self.slices().check(rows) }
    }

    /// The addresses that the column holds, those of rows without a value left out.
    pub(crate) fn references(&self) -> impl Iterator<Item = RowRef> + '_ {
        let slice: &[RowRef] = match &self.values {
            Values::Ref(v) => v,
            Values::RefList { items, .. } => items,
            Values::Named(named) => &named.rows,
            _ => &[],
        };
        let single = matches!(self.values, Values::Ref(_));
        let named = matches!(self.values, Values::Named(_));
        slice.iter().enumerate().filter(move |(i, r)| (!single || self.has(*i)) && (!named || **r != RowRef::NONE)).map(|(_, r)| *r)
    }
}

fn part(offsets: &[u32], row: usize) -> std::ops::Range<usize> {
    offsets[row] as usize..offsets[row + 1] as usize
}

/// Writing: all of these append to the column's end. `rows` is the number of rows that the segment had before, so that
/// a column that was absent so far can catch up.
impl Column<'_> {
    /// Appends a value of the column's kind. Strings go into symbols and texts alike.
    ///
    /// Returns whether the kinds agree; if not, the row lacks the attribute.
    pub fn push(&mut self, value: Value<'_>, rows: usize) -> bool {
        self.catch_up(rows);
        match (&mut self.values, value) {
            (Values::U32(v), Value::U32(x)) => v.to_mut().push(x),
            (Values::I64(v), Value::I64(x)) => v.to_mut().push(x),
            (Values::F64(v), Value::F64(x)) => v.to_mut().push(x),
            (Values::Bool(v), Value::Bool(x)) => v.to_mut().push(x.into()),
            (Values::Symbol(codes, dictionary), Value::Str(x)) => codes.to_mut().push(dictionary.intern(x)),
            (Values::Text(strings), Value::Str(x)) => strings.push(x),
            (Values::Ref(v), Value::Ref(x)) => v.to_mut().push(x),
            (Values::RefList { offsets, items }, Value::RefList(x)) => {
                items.to_mut().extend_from_slice(x);
                push_offset(offsets, items.len());
            }
            (Values::Named(named), Value::Named(x)) => {
                let NamedColumns { offsets, names, rows, strings, dictionary } = &mut **named;
                for (name, value) in x.iter() {
                    let name = dictionary.intern(name);
                    names.to_mut().push(name);
                    rows.to_mut().push(if let NamedValue::Row(row) = value { row } else { RowRef::NONE });
                    strings.to_mut().push(if let NamedValue::Str(s) = value { dictionary.intern(s) } else { name });
                }
                push_offset(offsets, names.len());
            }
            _ => {
                self.push_null(rows);
                return false;
            }
        }
        if !self.validity.is_empty() {
            self.mark(rows, true);
        }
        true
    }

    /// Appends a row without a value.
    pub fn push_null(&mut self, rows: usize) {
        if self.is_empty() {
            return;
        }
        self.catch_up(rows);
        self.mark_all(rows);
        self.placeholder();
        self.mark(rows, false);
    }

    /// The code of a symbol, to be pushed with [`codes`](Column::codes). `None` if the column holds no symbols.
    pub fn intern(&mut self, symbol: &str) -> Option<u32> {
        if let Values::Symbol(_, dictionary) = &mut self.values { Some(dictionary.intern(symbol)) } else { None }
    }

    /// The buffer of a column of [`Kind::U32`], or of the codes of a column of [`Kind::Symbol`], for hot loops. A row
    /// that is pushed here has a value; the lengths are checked when the segment is committed.
    pub fn codes(&mut self) -> Option<&mut Vec<u32>> {
        if let Values::U32(v) | Values::Symbol(v, _) = &mut self.values { Some(v.to_mut()) } else { None }
    }

    /// Gives the last row, which has none, a symbol or a float.
    pub(crate) fn set_last(&mut self, value: Value<'_>) {
        let Some(row) = self.len().checked_sub(1) else { return };
        match (&mut self.values, value) {
            (Values::F64(v), Value::F64(x)) => v.to_mut()[row] = x,
            (Values::Symbol(codes, dictionary), Value::Str(x)) => {
                let code = dictionary.intern(x);
                codes.to_mut()[row] = code;
            }
            _ => return,
        }
        if !self.validity.is_empty() {
            self.mark(row, true);
        }
    }

    /// Brings an absent or lagging column up to `rows` rows without a value.
    pub(crate) fn catch_up(&mut self, rows: usize) {
        let len = self.len();
        if len >= rows {
            return;
        }
        self.mark_all(len);
        for row in len..rows {
            self.placeholder();
            self.mark(row, false);
        }
    }

    pub(crate) fn placeholder(&mut self) {
        match &mut self.values {
            Values::U32(v) => v.to_mut().push(0),
            Values::I64(v) => v.to_mut().push(0),
            Values::F64(v) => v.to_mut().push(0.0),
            Values::Bool(v) => v.to_mut().push(0),
            Values::Symbol(codes, dictionary) => {
                if dictionary.strings().is_empty() {
                    dictionary.intern("");
                }
                codes.to_mut().push(0);
            }
            Values::Text(strings) => strings.push(""),
            Values::Ref(v) => v.to_mut().push(RowRef::NONE),
            Values::RefList { offsets, items } => push_offset(offsets, items.len()),
            Values::Named(named) => push_offset(&mut named.offsets, named.names.len()),
        }
    }

    /// Writes out the bitmap of `rows` rows that all have a value, unless there is a bitmap already.
    pub(crate) fn mark_all(&mut self, rows: usize) {
        if self.validity.is_empty() {
            let bits = self.validity.to_mut();
            bits.resize(rows / 8, 0xff);
            bits.resize(rows.div_ceil(8), (1u8 << (rows % 8)).wrapping_sub(1));
        }
    }

    pub(crate) fn mark(&mut self, row: usize, present: bool) {
        let bits = self.validity.to_mut();
        if bits.len() <= row / 8 {
            bits.resize(row / 8 + 1, 0);
        }
        bits[row / 8] |= u8::from(present) << (row % 8);
    }

    /// Empties the column and keeps its buffers.
    #[inline]
    pub(crate) fn recycle(&mut self) {
        if !self.is_blank() {
            self.clear();
        }
    }

    fn clear(&mut self) {
        self.validity.to_mut().clear();
        match &mut self.values {
            Values::U32(v) => v.to_mut().clear(),
            Values::I64(v) => v.to_mut().clear(),
            Values::F64(v) => v.to_mut().clear(),
            Values::Bool(v) => v.to_mut().clear(),
            Values::Symbol(codes, dictionary) => {
                codes.to_mut().clear();
                dictionary.recycle();
            }
            Values::Text(strings) => strings.clear(),
            Values::Ref(v) => v.to_mut().clear(),
            Values::RefList { offsets, items } => {
                offsets.to_mut().clear();
                items.to_mut().clear();
            }
            Values::Named(named) => {
                let NamedColumns { offsets, names, rows, strings, dictionary } = &mut **named;
                offsets.to_mut().clear();
                names.to_mut().clear();
                rows.to_mut().clear();
                strings.to_mut().clear();
                dictionary.recycle();
            }
        }
    }
}

fn push_offset(offsets: &mut Cow<'_, [u32]>, items: usize) {
    let offsets = offsets.to_mut();
    if offsets.is_empty() {
        offsets.push(0);
    }
    offsets.push(items as u32);
}
