//! Lending: the columns of a document or an output as the structs of the contract, without copying values.

use std::marker::PhantomData;
use std::mem::size_of;
use std::ops::Deref;
use std::ptr;

use crate::core::{Column, Document, Kind, NamedColumns, Schema, Segment, Strings, Values};
use crate::v1;

/// A struct of the contract whose pointers are good as long as the loan lasts.
pub(crate) struct Loan<'l, T> {
    raw: T,
    lent: PhantomData<&'l ()>,
}

impl<T> Deref for Loan<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.raw
    }
}

/// The structs that a loan points to. They are made anew for each loan, in the buffers of the last.
#[derive(Default)]
pub(crate) struct Lender {
    attributes: List<v1::Attribute>,
    schemas: Vec<v1::Schema>,
    columns: List<v1::Column>,
    rows: Vec<v1::Rows>,
    segments: List<v1::Segment>,
    made_by: List<v1::Provenance>,
    retractions: List<v1::Retraction>,
    fields: String,
}

// SAFETY: the pointers are only followed through a loan, which borrows the lender and what it points to; between loans
// they are of no meaning.
unsafe impl Send for Lender {}

/// Structs, and the list of pointers to them that crosses.
struct List<T> {
    items: Vec<T>,
    pointers: Vec<*const T>,
}

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List { items: Vec::new(), pointers: Vec::new() }
    }
}

impl<T> List<T> {
    fn clear(&mut self) {
        self.items.clear();
        self.pointers.clear();
    }

    /// Points to all items; call it when no more are pushed.
    fn point(&mut self) {
        self.pointers.extend(self.items.iter().map(ptr::from_ref));
    }

    fn pointers_from(&self, at: usize) -> *const *const T {
        self.pointers.get(at..).map_or(ptr::null(), <[*const T]>::as_ptr)
    }
}

impl Lender {
    /// Lends a document with all its segments.
    pub(crate) fn document<'l>(&'l mut self, document: &'l Document) -> Loan<'l, v1::Document> {
        self.clear();
        for segment in document.segments() {
            self.attributes.items.extend(segment.schema().attributes.iter().map(|a| v1::Attribute {
                size: size_of::<v1::Attribute>() as u32,
                kind: kind_number(a.kind),
                flags: if a.optional { v1::OPTIONAL } else { 0 },
                reserved: 0,
                name: v1::Str::new(&a.name),
                target: v1::Str::maybe(a.target.as_deref()),
            }));
            self.push_columns(segment);
        }
        self.attributes.point();
        let mut column = 0;
        for segment in document.segments() {
            self.point_columns(segment, &mut column);
        }
        let (mut attribute, mut column) = (0, 0);
        for segment in document.segments() {
            self.schemas.push(v1::Schema {
                size: size_of::<v1::Schema>() as u32,
                flags: if segment.schema().spans { v1::HAS_SPANS } else { 0 },
                name: v1::Str::new(segment.layer()),
                attributes: self.attributes.pointers_from(attribute),
                attributes_len: segment.schema().attributes.len(),
            });
            attribute += segment.schema().attributes.len();
            let rows = self.rows_at(segment, column, 0);
            self.rows.push(rows);
            column += segment.columns().len() + 2;
        }
        for ((segment, schema), rows) in document.segments().iter().zip(&self.schemas).zip(&self.rows) {
            // `made_by` of a segment is private to its document: find it by identity.
            let maker = document.provenance(segment);
            let made_by = document.made_by().iter().position(|p| maker.is_some_and(|m| ptr::eq(m, &**p)));
            self.segments.items.push(v1::Segment {
                size: size_of::<v1::Segment>() as u32,
                made_by: made_by.map_or(u32::MAX, |m| m as u32),
                schema: ptr::from_ref(schema),
                rows: ptr::from_ref(rows),
            });
        }
        self.segments.point();
        self.made_by.items.extend(document.made_by().iter().map(|p| v1::Provenance {
            size: size_of::<v1::Provenance>() as u32,
            flags: 0,
            annotator: v1::Str::new(&p.annotator),
            version: v1::Str::new(&p.version),
            settings: v1::Str::new(&p.settings),
        }));
        self.made_by.point();
        self.retractions.items.extend(document.retractions().iter().map(|r| v1::Retraction {
            size: size_of::<v1::Retraction>() as u32,
            by: r.by,
            row: r.row,
            rule: v1::Str::new(&r.rule),
        }));
        self.retractions.point();
        let meta = document.meta();
        if !meta.fields.is_empty() {
            // A map of JSON values with string keys cannot fail to be written.
            self.fields = serde_json::to_string(&meta.fields).unwrap_or_default();
        }
        let raw = v1::Document {
            size: size_of::<v1::Document>() as u32,
            flags: 0,
            id: v1::Str::new(document.id()),
            text: v1::Str::new(document.text()),
            date: v1::Str::maybe(meta.date.as_deref()),
            language: v1::Str::maybe(meta.language.as_deref()),
            source: v1::Str::maybe(meta.source.as_deref()),
            fields: if self.fields.is_empty() { v1::Str::NONE } else { v1::Str::new(&self.fields) },
            segments: self.segments.pointers_from(0),
            segments_len: self.segments.items.len(),
            made_by: self.made_by.pointers_from(0),
            made_by_len: self.made_by.items.len(),
            retractions: self.retractions.pointers_from(0),
            retractions_len: self.retractions.items.len(),
        };
        Loan { raw, lent: PhantomData }
    }

    /// Lends the rows of one segment, as those of the layer that an annotator gives under this number.
    pub(crate) fn rows<'l>(&'l mut self, segment: &'l Segment, layer: u32) -> Loan<'l, v1::Rows> {
        self.clear();
        self.push_columns(segment);
        self.point_columns(segment, &mut 0);
        Loan { raw: self.rows_at(segment, 0, layer), lent: PhantomData }
    }

    fn clear(&mut self) {
        self.attributes.clear();
        self.schemas.clear();
        self.columns.clear();
        self.rows.clear();
        self.segments.clear();
        self.made_by.clear();
        self.retractions.clear();
        self.fields.clear();
    }

    /// The columns that some row has a value in.
    fn push_columns(&mut self, segment: &Segment) {
        for_each_column(segment, |c| {
            if !c.is_empty() {
                self.columns.items.push(column(c));
            }
        });
    }

    /// Points to the columns of a segment, which begin at number `next` of those that were pushed; null for those that are
    /// absent. Call it when no more are pushed.
    fn point_columns(&mut self, segment: &Segment, next: &mut usize) {
        let List { items, pointers } = &mut self.columns;
        for_each_column(segment, |c| {
            let mut pointer = ptr::null();
            if !c.is_empty() {
                pointer = items.get(*next).map_or(ptr::null(), ptr::from_ref);
                *next += 1;
            }
            pointers.push(pointer);
        });
    }

    /// The rows of a segment, the pointers to whose columns begin at number `at`.
    fn rows_at(&self, segment: &Segment, at: usize, layer: u32) -> v1::Rows {
        let count = segment.columns().len();
        let pointer = |at: usize| self.columns.pointers.get(at).copied().unwrap_or(ptr::null());
        let spans = |offsets: &[u32]| if segment.schema().spans { offsets.as_ptr() } else { ptr::null() };
        v1::Rows {
            size: size_of::<v1::Rows>() as u32,
            layer,
            len: segment.len(),
            starts: spans(segment.starts()),
            ends: spans(segment.ends()),
            columns: self.columns.pointers_from(at),
            columns_len: count,
            rules: pointer(at + count),
            scores: pointer(at + count + 1),
        }
    }
}

/// The columns of the attributes, then those of rules and scores.
#[inline]
fn for_each_column(segment: &Segment, mut see: impl FnMut(&Column)) {
    segment.columns().iter().for_each(&mut see);
    see(segment.rules());
    see(segment.scores());
}

fn column(column: &Column) -> v1::Column {
    let mut raw = v1::Column {
        size: size_of::<v1::Column>() as u32,
        kind: kind_number(column.kind()),
        validity: column.validity().as_ptr(),
        validity_len: column.validity().len(),
        values: ptr::null(),
        values_len: 0,
        offsets: ptr::null(),
        offsets_len: 0,
        bytes: v1::Str::NONE,
        names: ptr::null(),
        strings: ptr::null(),
        dictionary_offsets: ptr::null(),
        dictionary_offsets_len: 0,
        dictionary: v1::Str::NONE,
    };
    match column.values() {
        Values::U32(v) => raw.set_values(v),
        Values::I64(v) => raw.set_values(v),
        Values::F64(v) => raw.set_values(v),
        Values::Bool(v) => raw.set_values(v),
        Values::Symbol(codes, dictionary) => {
            raw.set_values(codes);
            raw.set_dictionary(dictionary.strings());
        }
        Values::Text(strings) => {
            raw.set_offsets(strings.offsets());
            raw.bytes = v1::Str::new(strings.bytes());
        }
        Values::Ref(v) => raw.set_values(v),
        Values::RefList { offsets, items } => {
            raw.set_offsets(offsets);
            raw.set_values(items);
        }
        Values::Named(named) => {
            let NamedColumns { offsets, names, rows, strings, dictionary } = &**named;
            raw.set_offsets(offsets);
            raw.set_values(rows);
            raw.names = names.as_ptr();
            raw.strings = strings.as_ptr();
            raw.set_dictionary(dictionary.strings());
        }
        // A kind of a later core: the other side sees that it does not know it.
        _ => {}
    }
    raw
}

impl v1::Column {
    fn set_values<T>(&mut self, values: &[T]) {
        self.values = values.as_ptr().cast();
        self.values_len = values.len();
    }

    fn set_offsets(&mut self, offsets: &[u32]) {
        self.offsets = offsets.as_ptr();
        self.offsets_len = offsets.len();
    }

    fn set_dictionary(&mut self, strings: &Strings<'_>) {
        self.dictionary_offsets = strings.offsets().as_ptr();
        self.dictionary_offsets_len = strings.offsets().len();
        self.dictionary = v1::Str::new(strings.bytes());
    }
}

/// The number of a kind in the contract; 0 for one that it does not know.
pub(crate) fn kind_number(kind: Kind) -> u32 {
    match kind {
        Kind::U32 => v1::KIND_U32,
        Kind::I64 => v1::KIND_I64,
        Kind::F64 => v1::KIND_F64,
        Kind::Bool => v1::KIND_BOOL,
        Kind::Symbol => v1::KIND_SYMBOL,
        Kind::Text => v1::KIND_TEXT,
        Kind::Ref => v1::KIND_REF,
        Kind::RefList => v1::KIND_REF_LIST,
        Kind::Named => v1::KIND_NAMED,
        _ => 0,
    }
}

/// Whether a schema of the contract with these attributes is this one.
pub(crate) fn is_same_schema<'a>(schema: &Schema, mut attributes: impl Iterator<Item = (&'a str, Kind, bool, Option<&'a str>)>) -> bool {
    let mut own = schema.attributes.iter();
    loop {
        match (own.next(), attributes.next()) {
            (None, None) => return true,
            (Some(a), Some((name, kind, optional, target))) => {
                if a.name != name || a.kind != kind || a.optional != optional || a.target.as_deref() != target {
                    return false;
                }
            }
            _ => return false,
        }
    }
}
