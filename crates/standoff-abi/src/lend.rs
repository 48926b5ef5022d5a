//! Lending: the columns of a document or an output as the structs of the contract, without copying values.

use std::marker::PhantomData;
use std::mem::size_of;
use std::ops::Deref;
use std::ptr;

use crate::core::{Column, Document, Kind, Schema, Segment, Slices, StringSlices};
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
    schemas: List<v1::Schema>,
    columns: List<v1::Column>,
    rows: List<v1::Rows>,
    segments: List<v1::Segment>,
    made_by: List<v1::Provenance>,
    retractions: List<v1::Retraction>,
    fields: String,
}

// SAFETY: the pointers are only followed through a loan, which borrows the lender and what it points to; between loans
// they are of no meaning.
unsafe impl Send for Lender {}

/// Structs, and the list of pointers to them that crosses. Neither moves while it is filled.
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
    /// Empties the list and makes room for all that is to come.
    #[inline]
    fn begin(&mut self, most: usize) {
        self.items.clear();
        self.pointers.clear();
        self.items.reserve(most);
        self.pointers.reserve(most);
    }

    /// Adds a struct to the list; gives where it is.
    #[inline]
    fn push(&mut self, item: T) -> *const T {
        let pointer = self.put(item, |_| {});
        self.point(pointer);
        pointer
    }

    /// Adds a struct without listing it, and fills it where it is.
    #[inline]
    fn put(&mut self, item: T, fill: impl FnOnce(&mut T)) -> *const T {
        // Growing would move what was pointed to already.
        assert!(self.items.len() < self.items.capacity(), "room was made for fewer");
        let number = self.items.len();
        self.items.push(item);
        fill(&mut self.items[number]);
        self.items.as_ptr().wrapping_add(number)
    }

    /// Lists a pointer, which may be null.
    #[inline]
    fn point(&mut self, pointer: *const T) {
        assert!(self.pointers.len() < self.pointers.capacity(), "room was made for fewer");
        self.pointers.push(pointer);
    }

    /// Where the pointers that come next will be.
    #[inline]
    fn next(&self) -> *const *const T {
        self.pointers.as_ptr().wrapping_add(self.pointers.len())
    }
}

/// Lends a document that has neither annotations nor free metadata, which takes no lists; `None` for any other.
pub(crate) fn plain<'l>(document: &'l Document) -> Option<Loan<'l, v1::Document>> {
    let plain = document.segments().is_empty() && document.meta().fields.is_empty();
    plain.then(|| Loan { raw: head(document), lent: PhantomData })
}

/// A document without its annotations and free metadata.
fn head(document: &Document) -> v1::Document {
    let meta = document.meta();
    v1::Document {
        size: size_of::<v1::Document>() as u32,
        flags: 0,
        id: v1::Str::new(document.id()),
        text: v1::Str::new(document.text()),
        date: v1::Str::maybe(meta.date.as_deref()),
        language: v1::Str::maybe(meta.language.as_deref()),
        source: v1::Str::maybe(meta.source.as_deref()),
        fields: v1::Str::NONE,
        segments: ptr::null(),
        segments_len: 0,
        made_by: ptr::null(),
        made_by_len: 0,
        retractions: ptr::null(),
        retractions_len: 0,
    }
}

/// Rules and scores, which are columns as well.
const EXTRA: usize = 2;

impl Lender {
    /// Lends a document with all its segments.
    pub(crate) fn document<'l>(&'l mut self, document: &'l Document) -> Loan<'l, v1::Document> {
        let (segments, made_by, retractions) = (document.segments(), document.made_by(), document.retractions());
        self.attributes.begin(segments.iter().map(|s| s.schema().attributes.len()).sum());
        self.columns.begin(segments.iter().map(|s| s.columns().len() + EXTRA).sum());
        self.schemas.begin(segments.len());
        self.rows.begin(segments.len());
        self.segments.begin(segments.len());
        for segment in segments {
            let schema = self.schema(segment.schema());
            let rows = self.columns(segment, 0);
            let rows = self.rows.push(rows);
            // `made_by` of a segment is private to its document: find it by identity.
            let maker = document.provenance(segment);
            let maker = made_by.iter().position(|p| maker.is_some_and(|m| ptr::eq(m, &**p)));
            let made_by = maker.map_or(u32::MAX, |m| m as u32);
            self.segments.push(v1::Segment { size: size_of::<v1::Segment>() as u32, made_by, schema, rows });
        }
        self.made_by.begin(made_by.len());
        for maker in made_by {
            self.made_by.push(v1::Provenance {
                size: size_of::<v1::Provenance>() as u32,
                flags: 0,
                annotator: v1::Str::new(&maker.annotator),
                version: v1::Str::new(&maker.version),
                settings: v1::Str::new(&maker.settings),
            });
        }
        self.retractions.begin(retractions.len());
        for retraction in retractions {
            self.retractions.push(v1::Retraction {
                size: size_of::<v1::Retraction>() as u32,
                by: retraction.by,
                row: retraction.row,
                rule: v1::Str::new(&retraction.rule),
            });
        }
        self.fields.clear();
        if !document.meta().fields.is_empty() {
            // A map of JSON values with string keys cannot fail to be written.
            self.fields = serde_json::to_string(&document.meta().fields).unwrap_or_default();
        }
        let raw = v1::Document {
            fields: if self.fields.is_empty() { v1::Str::NONE } else { v1::Str::new(&self.fields) },
            segments: self.segments.pointers.as_ptr(),
            segments_len: segments.len(),
            made_by: self.made_by.pointers.as_ptr(),
            made_by_len: made_by.len(),
            retractions: self.retractions.pointers.as_ptr(),
            retractions_len: retractions.len(),
            ..head(document)
        };
        Loan { raw, lent: PhantomData }
    }

    /// Lends the rows of one segment, as those of the layer that an annotator gives under this number.
    pub(crate) fn rows<'l>(&'l mut self, segment: &'l Segment, layer: u32) -> Loan<'l, v1::Rows> {
        self.columns.begin(segment.columns().len() + EXTRA);
        Loan { raw: self.columns(segment, layer), lent: PhantomData }
    }

    fn schema(&mut self, schema: &Schema) -> *const v1::Schema {
        let attributes = self.attributes.next();
        for attribute in &schema.attributes {
            self.attributes.push(v1::Attribute {
                size: size_of::<v1::Attribute>() as u32,
                kind: kind_number(attribute.kind),
                flags: if attribute.optional { v1::OPTIONAL } else { 0 },
                reserved: 0,
                name: v1::Str::new(&attribute.name),
                target: v1::Str::maybe(attribute.target.as_deref()),
            });
        }
        self.schemas.push(v1::Schema {
            size: size_of::<v1::Schema>() as u32,
            flags: if schema.spans { v1::HAS_SPANS } else { 0 },
            name: v1::Str::new(&schema.name),
            attributes,
            attributes_len: schema.attributes.len(),
        })
    }

    /// The rows of a segment, with its columns pushed.
    fn columns(&mut self, segment: &Segment, layer: u32) -> v1::Rows {
        let columns = self.columns.next();
        for column in segment.columns() {
            let pointer = self.column(column);
            self.columns.point(pointer);
        }
        let spans = |offsets: &[u32]| if segment.schema().spans { offsets.as_ptr() } else { ptr::null() };
        let mut rows = v1::Rows {
            size: size_of::<v1::Rows>() as u32,
            layer,
            len: segment.len(),
            starts: spans(segment.starts()),
            ends: spans(segment.ends()),
            columns,
            columns_len: segment.columns().len(),
            rules: ptr::null(),
            scores: ptr::null(),
        };
        if segment.is_noted() {
            rows.rules = self.column(segment.rules());
            rows.scores = self.column(segment.scores());
        }
        rows
    }

    /// A column; null where no row has a value.
    #[inline]
    fn column(&mut self, column: &Column) -> *const v1::Column {
        if column.is_blank() { ptr::null() } else { self.columns.put(BLANK, |raw| fill(raw, column)) }
    }
}

const BLANK: v1::Column = v1::Column {
    size: size_of::<v1::Column>() as u32,
    kind: 0,
    validity: ptr::null(),
    validity_len: 0,
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

/// Fills a blank column. Not inlined, as most columns are blank.
#[inline(never)]
fn fill(raw: &mut v1::Column, column: &Column) {
    raw.kind = kind_number(column.kind());
    raw.validity = column.validity().as_ptr();
    raw.validity_len = column.validity().len();
    match column.slices().values {
        Slices::U32(v) => raw.set_values(v),
        Slices::I64(v) => raw.set_values(v),
        Slices::F64(v) => raw.set_values(v),
        Slices::Bool(v) => raw.set_values(v),
        Slices::Symbol(codes, dictionary) => {
            raw.set_values(codes);
            raw.set_dictionary(dictionary);
        }
        Slices::Text(strings) => {
            raw.set_offsets(strings.offsets);
            raw.bytes = v1::Str { data: strings.bytes.as_ptr(), len: strings.bytes.len() };
        }
        Slices::Ref(v) => raw.set_values(v),
        Slices::RefList { offsets, items } => {
            raw.set_offsets(offsets);
            raw.set_values(items);
        }
        Slices::Named { offsets, names, rows, strings, dictionary } => {
            raw.set_offsets(offsets);
            raw.set_values(rows);
            raw.names = names.as_ptr();
            raw.strings = strings.as_ptr();
            raw.set_dictionary(dictionary);
        }
        // A kind of a later core: the other side sees that it does not know it.
        _ => {}
    }
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

    fn set_dictionary(&mut self, strings: StringSlices<'_>) {
        self.dictionary_offsets = strings.offsets.as_ptr();
        self.dictionary_offsets_len = strings.offsets.len();
        self.dictionary = v1::Str { data: strings.bytes.as_ptr(), len: strings.bytes.len() };
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
