//! Borrowing: what lies behind the pointers of the other side, checked as far as that can be.
//!
//! What a plugin hands over is checked for null pointers, alignment, sizes, UTF-8 and offsets here; whether it fits the
//! layer and the document is checked by the core when it is appended and committed. That a pointer leads to as much
//! memory as it says is beyond checking.

use std::borrow::Cow;
use std::mem::{align_of, size_of};
use std::sync::Arc;

use smallvec::SmallVec;

use crate::core::{
    Attribute, Chunk, Column, Dictionary, Document, Error, Kind, Meta, NamedColumns, Provenance, RowRef, Schema, Segment, SegmentBuilder,
    Strings, Values,
};
use crate::lend::is_same_schema;
use crate::v1;

/// A struct of the contract that says its own size.
///
/// # Safety
/// The struct is `repr(C)`, starts with its size as a `u32`, and any bit pattern is a value of it.
pub(crate) unsafe trait Versioned: Sized {
    /// Its name in the C header.
    const NAME: &'static str;
}

macro_rules! versioned {
    ($($type:ident: $name:literal),* $(,)?) => {
        // SAFETY: all are `repr(C)` structs of numbers, raw pointers and optional function pointers, and start with
        // `size: u32`.
        $(unsafe impl Versioned for v1::$type { const NAME: &'static str = $name; })*
    };
}

versioned! {
    Attribute: "standoff_attribute", Schema: "standoff_schema", Column: "standoff_column", Rows: "standoff_rows",
    Provenance: "standoff_provenance", Segment: "standoff_segment", Retraction: "standoff_retraction",
    Document: "standoff_document", Sink: "standoff_sink", Reply: "standoff_reply",
}

fn broken(what: impl Into<String>) -> Error {
    Error::contract(what)
}

/// The struct at a pointer.
///
/// # Safety
/// The pointer is null or leads to a struct of the size that it says, which stays as it is for `'a`.
pub(crate) unsafe fn at<'a, T: Versioned>(pointer: *const T) -> Result<&'a T, Error> {
    if pointer.is_null() || !pointer.is_aligned() {
        return Err(broken(format!("a `{}` at a null or unaligned pointer", T::NAME)));
    }
    // SAFETY: the caller promises a struct there, which starts with its size.
    let size = unsafe { pointer.cast::<u32>().read() };
    if (size as usize) < size_of::<T>() {
        return Err(broken(format!("a `{}` whose `size` is {size}, not {}", T::NAME, size_of::<T>()))
            .help(format!("set `size` to sizeof({})", T::NAME)));
    }
    // SAFETY: it is as large as `T`, and any bit pattern is a `T`.
    Ok(unsafe { &*pointer })
}

/// The values at a pointer.
///
/// # Safety
/// The pointer is null or leads to `len` values, which stay as they are for `'a`; any bit pattern is a `T`.
unsafe fn slice<'a, T>(data: *const T, len: usize, what: &str) -> Result<&'a [T], Error> {
    if len == 0 {
        return Ok(&[]);
    }
    if data.is_null() || !data.is_aligned() {
        return Err(broken(format!("{len} {what} at a null or unaligned pointer")));
    }
    if len > isize::MAX as usize / size_of::<T>() {
        return Err(broken(format!("{len} {what}, which is more than memory can hold")));
    }
    // SAFETY: the caller promises as many values there.
    Ok(unsafe { std::slice::from_raw_parts(data, len) })
}

/// A string of the other side; `None` where it is absent.
///
/// # Safety
/// As for [`slice`].
pub(crate) unsafe fn string<'a>(raw: v1::Str, what: &str) -> Result<Option<&'a str>, Error> {
    if raw.data.is_null() && raw.len == 0 {
        return Ok(None);
    }
    // SAFETY: passed on to the caller.
    let bytes = unsafe { slice(raw.data, raw.len, what) }?;
    match std::str::from_utf8(bytes) {
        Ok(string) => Ok(Some(string)),
        Err(error) => Err(broken(format!("{what} that are not UTF-8 from byte {} on", error.valid_up_to()))),
    }
}

/// Columns of a layer; few have more attributes.
type Columns<'a> = SmallVec<[Option<Column<'a>>; 8]>;

/// Appends the rows of a layer that a plugin gives to its segment.
///
/// # Safety
/// The pointers in `raw` lead to what they say.
pub(crate) unsafe fn append(raw: &v1::Rows, segment: &mut SegmentBuilder) -> Result<(), Error> {
    let schema = Arc::clone(segment.schema());
    let in_layer = |error: Error| {
        let message = format!("layer `{}`: {}", schema.name, error.message());
        let help = error.help_text().map(str::to_owned);
        help.into_iter().fold(broken(message), Error::help)
    };
    let mut columns = Columns::new();
    // SAFETY: passed on to the caller, here and below.
    let Parts { len, starts, ends } = unsafe { parts(raw, &schema, segment.segment().columns(), &mut columns) }.map_err(in_layer)?;
    // SAFETY: see above.
    let rules = unsafe { column(raw.rules, Kind::Symbol, Some(segment.segment().rules())) }.map_err(in_layer)?;
    // SAFETY: see above.
    let scores = unsafe { column(raw.scores, Kind::F64, None) }.map_err(in_layer)?;
    segment.append(&Chunk { len, starts, ends, columns: &columns, rules: rules.as_ref(), scores: scores.as_ref() })
}

/// What rows have beside their columns.
struct Parts<'a> {
    len: usize,
    starts: &'a [u32],
    ends: &'a [u32],
}

/// Reads the parts of some rows, and their columns into `columns`, in place, since a column is a large thing to move.
/// `known` are columns with dictionaries that theirs are likely to equal.
///
/// # Safety
/// The pointers in `raw` lead to what they say, for `'a`.
unsafe fn parts<'a>(raw: &v1::Rows, schema: &Schema, known: &[Column<'_>], columns: &mut Columns<'a>) -> Result<Parts<'a>, Error> {
    if u32::try_from(raw.len).is_err() {
        return Err(broken(format!("{} rows, which is more than row numbers can count", raw.len)));
    }
    let spanned = if schema.spans { raw.len } else { 0 };
    // SAFETY: passed on to the caller, for this pointer and those below.
    let (starts, ends) = unsafe { (slice(raw.starts, spanned, "starts")?, slice(raw.ends, spanned, "ends")?) };
    if raw.columns_len != schema.attributes.len() {
        return Err(broken(format!("{} columns for {} attributes", raw.columns_len, schema.attributes.len())));
    }
    // SAFETY: see above.
    let pointers = unsafe { slice(raw.columns, raw.columns_len, "columns") }?;
    for (i, (&pointer, attribute)) in pointers.iter().zip(&schema.attributes).enumerate() {
        // SAFETY: see above.
        columns.push(unsafe { column(pointer, attribute.kind, known.get(i)) }?);
    }
    Ok(Parts { len: raw.len, starts, ends })
}

/// The column at a pointer; `None` where all rows lack the attribute.
///
/// # Safety
/// The pointer is null or leads to a column whose pointers lead to what they say, for `'a`.
#[inline]
unsafe fn column<'a>(pointer: *const v1::Column, kind: Kind, known: Option<&Column<'_>>) -> Result<Option<Column<'a>>, Error> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: passed on to the caller, as for all pointers below.
    let raw = unsafe { at(pointer) }?;
    if kind_of(raw.kind) != Some(kind) {
        let found = kind_of(raw.kind).map_or_else(|| format!("of the unknown kind {}", raw.kind), |k| format!("of kind {k}"));
        return Err(broken(format!("a column is {found}, not of kind {kind}")));
    }
    // SAFETY: see above; `u8`, `u32`, `i64`, `f64` and `RowRef` take any bit pattern.
    let values = unsafe {
        match kind {
            Kind::U32 => Values::U32(values(raw)?),
            Kind::I64 => Values::I64(values(raw)?),
            Kind::F64 => Values::F64(values(raw)?),
            Kind::Bool => Values::Bool(values(raw)?),
            Kind::Symbol => Values::Symbol(values(raw)?, dictionary(raw, known)?),
            Kind::Text => Values::Text(strings(raw.offsets, raw.offsets_len, raw.bytes)?),
            Kind::Ref => Values::Ref(values(raw)?),
            Kind::RefList => Values::RefList { offsets: offsets(raw)?, items: values(raw)? },
            Kind::Named => Values::Named(Box::new(NamedColumns {
                offsets: offsets(raw)?,
                names: Cow::Borrowed(slice(raw.names, raw.values_len, "names")?),
                rows: values(raw)?,
                strings: Cow::Borrowed(slice(raw.strings, raw.values_len, "strings")?),
                dictionary: dictionary(raw, known)?,
            })),
            _ => return Ok(None),
        }
    };
    // SAFETY: see above.
    let validity = unsafe { slice(raw.validity, raw.validity_len, "bytes of validity") }?;
    Ok(Some(Column::from_parts(values, Cow::Borrowed(validity))))
}

/// # Safety
/// The pointer leads to as many values of `T`, for `'a`; any bit pattern is a `T`.
unsafe fn values<'a, T: Clone>(raw: &v1::Column) -> Result<Cow<'a, [T]>, Error> {
    debug_assert!(align_of::<T>() <= 8);
    // SAFETY: passed on to the caller.
    Ok(Cow::Borrowed(unsafe { slice(raw.values.cast::<T>(), raw.values_len, "values") }?))
}

/// # Safety
/// As for [`values`].
unsafe fn offsets<'a>(raw: &v1::Column) -> Result<Cow<'a, [u32]>, Error> {
    // SAFETY: passed on to the caller.
    Ok(Cow::Borrowed(unsafe { slice(raw.offsets, raw.offsets_len, "offsets") }?))
}

/// The dictionary of a column. A plugin that annotates one document after another sends the same strings each time, so
/// that what equals the dictionary of `known` need not be looked at once more.
///
/// # Safety
/// As for [`values`].
unsafe fn dictionary<'a>(raw: &v1::Column, known: Option<&Column<'_>>) -> Result<Dictionary<'a>, Error> {
    let known = known.and_then(|column| match column.values() {
        Values::Symbol(_, dictionary) => Some(dictionary.strings()),
        Values::Named(named) => Some(named.dictionary.strings()),
        _ => None,
    });
    // SAFETY: passed on to the caller.
    let same = known.map_or(Ok(None), |known| unsafe { strings_like(known, raw) })?;
    let strings = match same {
        Some(same) => same,
        // SAFETY: passed on to the caller.
        None => unsafe { strings(raw.dictionary_offsets, raw.dictionary_offsets_len, raw.dictionary) }?,
    };
    Ok(Dictionary::from_strings(strings))
}

/// The strings of a column's dictionary if they are those of `known`.
///
/// # Safety
/// As for [`values`].
unsafe fn strings_like<'a>(known: &Strings<'_>, raw: &v1::Column) -> Result<Option<Strings<'a>>, Error> {
    if raw.dictionary.len != known.bytes().len() || raw.dictionary_offsets_len != known.offsets().len() {
        return Ok(None);
    }
    if known.offsets().is_empty() {
        // A comparison of nothing at a dangling pointer costs hundreds of cycles where it is done by masked loads.
        return Ok(Some(Strings::default()));
    }
    // SAFETY: passed on to the caller.
    let bytes = unsafe { slice(raw.dictionary.data, raw.dictionary.len, "bytes of strings") }?;
    if bytes != known.bytes().as_bytes() {
        return Ok(None);
    }
    // SAFETY: the bytes equal those of a string.
    let bytes = unsafe { std::str::from_utf8_unchecked(bytes) };
    // SAFETY: passed on to the caller.
    let offsets = unsafe { slice(raw.dictionary_offsets, raw.dictionary_offsets_len, "offsets of strings") }?;
    Ok(Strings::like(known, offsets, bytes))
}

/// # Safety
/// The pointers lead to what they say, for `'a`.
unsafe fn strings<'a>(offsets: *const u32, len: usize, bytes: v1::Str) -> Result<Strings<'a>, Error> {
    // SAFETY: passed on to the caller.
    let (offsets, bytes) = unsafe { (slice(offsets, len, "offsets of strings")?, string(bytes, "bytes of strings")?) };
    Strings::from_parts(Cow::Borrowed(offsets), Cow::Borrowed(bytes.unwrap_or_default()))
}

fn kind_of(number: u32) -> Option<Kind> {
    Some(match number {
        v1::KIND_U32 => Kind::U32,
        v1::KIND_I64 => Kind::I64,
        v1::KIND_F64 => Kind::F64,
        v1::KIND_BOOL => Kind::Bool,
        v1::KIND_SYMBOL => Kind::Symbol,
        v1::KIND_TEXT => Kind::Text,
        v1::KIND_REF => Kind::Ref,
        v1::KIND_REF_LIST => Kind::RefList,
        v1::KIND_NAMED => Kind::Named,
        _ => return None,
    })
}

/// Schemas and makers seen before, so that a document of the same pipeline makes none anew.
#[derive(Default)]
pub(crate) struct Known {
    schemas: Vec<Arc<Schema>>,
    made_by: Vec<Arc<Provenance>>,
}

/// A pipeline has fewer layers and makers; a stream of documents with schemas of their own must not pile up.
const KNOWN: usize = 128;

impl Known {
    /// Schemas that are to be found by identity: those that a plugin reads its layers with.
    pub(crate) fn of(schemas: impl IntoIterator<Item = Arc<Schema>>) -> Known {
        Known { schemas: schemas.into_iter().collect(), made_by: Vec::new() }
    }

    /// # Safety
    /// The pointers lead to what they say.
    unsafe fn schema(&mut self, raw: &v1::Schema, pointers: &[&v1::Attribute]) -> Result<Arc<Schema>, Error> {
        let spans = raw.flags & v1::HAS_SPANS != 0;
        // SAFETY: passed on to the caller, here and below.
        let name = unsafe { string(raw.name, "bytes of a layer's name") }?.unwrap_or_default();
        let mut attributes: Vec<(&str, Kind, bool, Option<&str>)> = Vec::with_capacity(pointers.len());
        for attribute in pointers {
            let Some(kind) = kind_of(attribute.kind) else { continue };
            // SAFETY: see above.
            let (name, target) = unsafe { (string(attribute.name, "bytes of a name")?, string(attribute.target, "bytes of a name")?) };
            attributes.push((name.unwrap_or_default(), kind, attribute.flags & v1::OPTIONAL != 0, target));
        }
        let same = |s: &&Arc<Schema>| s.name == name && s.spans == spans && is_same_schema(s, attributes.iter().copied());
        if let Some(schema) = self.schemas.iter().find(same) {
            return Ok(Arc::clone(schema));
        }
        let mut schema = Schema::new(name, spans);
        schema.attributes = attributes
            .into_iter()
            .map(|(name, kind, optional, target)| {
                let mut attribute = Attribute::new(name, kind);
                attribute.optional = optional;
                attribute.target = target.map(str::to_owned);
                attribute
            })
            .collect();
        let schema = Arc::new(schema);
        if self.schemas.len() < KNOWN {
            self.schemas.push(Arc::clone(&schema));
        }
        Ok(schema)
    }

    /// # Safety
    /// The pointers lead to what they say.
    unsafe fn provenance(&mut self, raw: &v1::Provenance) -> Result<Arc<Provenance>, Error> {
        // SAFETY: passed on to the caller.
        let [annotator, version, settings] = [raw.annotator, raw.version, raw.settings]
            .map(|s| unsafe { string(s, "bytes of a maker's name") }.map(Option::unwrap_or_default));
        let (annotator, version, settings) = (annotator?, version?, settings?);
        let same = |p: &&Arc<Provenance>| p.annotator == annotator && p.version == version && p.settings == settings;
        if let Some(known) = self.made_by.iter().find(same) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(Provenance { annotator: annotator.into(), version: version.into(), settings: settings.into() });
        if self.made_by.len() < KNOWN {
            self.made_by.push(Arc::clone(&made));
        }
        Ok(made)
    }
}

/// The document that a host lends.
///
/// # Safety
/// The pointer leads to a document whose pointers lead to what they say, for `'a`, and its text is UTF-8.
pub(crate) unsafe fn document<'a>(pointer: *const v1::Document, known: &mut Known) -> Result<Document<'a>, Error> {
    // SAFETY: passed on to the caller, as for all pointers below.
    let raw = unsafe { at(pointer) }?;
    // SAFETY: see above. The host took the text from a `str`; to check it again would cost more than some annotators.
    let text = unsafe { std::str::from_utf8_unchecked(slice(raw.text.data, raw.text.len, "bytes of text")?) };
    // SAFETY: see above.
    let text_of = |s: v1::Str| unsafe { string(s, "bytes of metadata") };
    let mut meta = Meta {
        date: text_of(raw.date)?.map(str::to_owned),
        language: text_of(raw.language)?.map(str::to_owned),
        source: text_of(raw.source)?.map(str::to_owned),
        ..Meta::default()
    };
    if let Some(fields) = text_of(raw.fields)? {
        meta.fields = serde_json::from_str(fields).map_err(|e| broken("metadata that are not a JSON object").with_source(e))?;
    }
    let mut document = Document::new(text)?.with_borrowed_id(text_of(raw.id)?.unwrap_or_default()).with_meta(meta);
    if raw.segments_len > 0 {
        let mut made_by = Vec::with_capacity(raw.made_by_len);
        // SAFETY: see above, for the rest of the function.
        unsafe {
            for &pointer in slice(raw.made_by, raw.made_by_len, "makers")? {
                made_by.push(known.provenance(at(pointer)?)?);
            }
            let nobody: Arc<Provenance> = Arc::default();
            let maker = |number: u32| Arc::clone(made_by.get(number as usize).unwrap_or(&nobody));
            let mut segments = Vec::with_capacity(raw.segments_len);
            for &pointer in slice(raw.segments, raw.segments_len, "segments")? {
                let raw = at(pointer)?;
                segments.push((maker(raw.made_by), segment(raw, known)?));
            }
            document.adopt(segments)?;
            for &pointer in slice(raw.retractions, raw.retractions_len, "retractions")? {
                let retraction = at(pointer)?;
                let rule = string(retraction.rule, "bytes of a rule's name")?.unwrap_or_default();
                document.adopt_retraction(retraction.row, &maker(retraction.by), rule);
            }
        }
    }
    Ok(document)
}

/// # Safety
/// The pointers lead to what they say, for `'a`.
unsafe fn segment<'a>(raw: &v1::Segment, known: &mut Known) -> Result<Segment<'a>, Error> {
    // SAFETY: passed on to the caller, as for all pointers below.
    let (schema, raw) = unsafe { (at(raw.schema)?, at(raw.rows)?) };
    // SAFETY: see above.
    let pointers = unsafe { slice(schema.attributes, schema.attributes_len, "attributes") }?;
    // SAFETY: see above.
    let attributes = pointers.iter().map(|&a| unsafe { at(a) }).collect::<Result<Vec<_>, Error>>()?;
    // SAFETY: see above.
    let own = unsafe { known.schema(schema, &attributes) }?;
    // SAFETY: see above.
    let columns = unsafe { slice(raw.columns, raw.columns_len, "columns") }?;
    // Columns of kinds that only a later host knows are left out, as their attributes were.
    let understood: Vec<*const v1::Column> =
        columns.iter().zip(&attributes).filter(|(_, a)| kind_of(a.kind).is_some()).map(|(&c, _)| c).collect();
    let raw = v1::Rows { columns: understood.as_ptr(), columns_len: understood.len(), ..*raw };
    // SAFETY: see above.
    let mut own_columns = Columns::new();
    // SAFETY: see above.
    let Parts { len, starts, ends } = unsafe { parts(&raw, &own, &[], &mut own_columns) }?;
    // SAFETY: see above.
    let (rules, scores) = unsafe { (column(raw.rules, Kind::Symbol, None)?, column(raw.scores, Kind::F64, None)?) };
    let rules = rules.unwrap_or_else(|| Column::new(Kind::Symbol));
    let scores = scores.unwrap_or_else(|| Column::new(Kind::F64));
    let own_columns = own_columns.into_iter().zip(&own.attributes);
    let own_columns = own_columns.map(|(column, attribute)| column.unwrap_or_else(|| Column::new(attribute.kind))).collect();
    Segment::from_parts(own, len, Cow::Borrowed(starts), Cow::Borrowed(ends), own_columns, rules, scores)
}

/// A row that a plugin takes back.
///
/// # Safety
/// The pointers lead to what they say, for `'a`.
pub(crate) unsafe fn retraction<'a>(pointer: *const v1::Retraction) -> Result<(RowRef, &'a str), Error> {
    // SAFETY: passed on to the caller.
    let raw = unsafe { at(pointer) }?;
    // SAFETY: passed on to the caller.
    Ok((raw.row, unsafe { string(raw.rule, "bytes of a rule's name") }?.unwrap_or_default()))
}
