//! Borrowing: what lies behind the pointers of the other side, checked as far as that can be.
//!
//! What a plugin hands over is checked for null pointers, alignment, sizes, UTF-8 and offsets here; whether it fits the
//! layer and the document is checked by the core when it is appended and committed. That a pointer leads to as much
//! memory as it says is beyond checking.

use std::borrow::Cow;
use std::mem::{align_of, size_of};
use std::sync::Arc;

use crate::core::{
    Appending, Attribute, Chunk, Column, ColumnSlices, Document, Error, Kind, Meta, Provenance, RowRef, Schema, Segment, SegmentBuilder,
    Slices, Slot, StringSlices,
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
#[inline]
pub(crate) unsafe fn at<'a, T: Versioned>(pointer: *const T) -> Result<&'a T, Error> {
    if pointer.is_null() || !pointer.is_aligned() {
        return Err(no_struct(T::NAME));
    }
    // SAFETY: the caller promises a struct there, which starts with its size.
    let size = unsafe { pointer.cast::<u32>().read() };
    if (size as usize) < size_of::<T>() {
        return Err(short_struct(T::NAME, size, size_of::<T>()));
    }
    // SAFETY: it is as large as `T`, and any bit pattern is a `T`.
    Ok(unsafe { &*pointer })
}

// The messages are made out of line, so that what is called for each column stays small.

#[cold]
fn no_struct(name: &str) -> Error {
    broken(format!("a `{name}` at a null or unaligned pointer"))
}

#[cold]
fn short_struct(name: &str, size: u32, expected: usize) -> Error {
    broken(format!("a `{name}` whose `size` is {size}, not {expected}")).help(format!("set `size` to sizeof({name})"))
}

#[cold]
fn no_values(len: usize, what: &str) -> Error {
    broken(format!("{len} {what} at a null or unaligned pointer"))
}

#[cold]
fn too_many_values(len: usize, what: &str) -> Error {
    broken(format!("{len} {what}, which is more than memory can hold"))
}

/// The values at a pointer.
///
/// # Safety
/// The pointer is null or leads to `len` values, which stay as they are for `'a`; any bit pattern is a `T`.
#[inline]
unsafe fn slice<'a, T>(data: *const T, len: usize, what: &str) -> Result<&'a [T], Error> {
    if len == 0 {
        return Ok(&[]);
    }
    if data.is_null() || !data.is_aligned() {
        return Err(no_values(len, what));
    }
    if len > isize::MAX as usize / size_of::<T>() {
        return Err(too_many_values(len, what));
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

/// Appends the rows of a layer that a plugin gives to its segment.
///
/// # Safety
/// The pointers in `raw` lead to what they say.
pub(crate) unsafe fn append(raw: &v1::Rows, segment: &mut SegmentBuilder) -> Result<(), Error> {
    let (spans, attributes) = (segment.schema().spans, segment.schema().attributes.len());
    // SAFETY: passed on to the caller, here and below.
    let read = unsafe { rows(raw, spans, attributes) };
    let (chunk, columns) = match read {
        Ok(read) => read,
        Err(error) => return Err(segment.refuse(&error)),
    };
    let mut appending = segment.append(&chunk)?;
    for (number, &pointer) in columns.iter().enumerate() {
        if !pointer.is_null() {
            // SAFETY: see above.
            unsafe { append_column(&mut appending, Slot::Attribute(number), pointer) }?;
        }
    }
    if !raw.rules.is_null() {
        // SAFETY: see above.
        unsafe { append_column(&mut appending, Slot::Rules, raw.rules) }?;
    }
    if !raw.scores.is_null() {
        // SAFETY: see above.
        unsafe { append_column(&mut appending, Slot::Scores, raw.scores) }?;
    }
    appending.finish();
    Ok(())
}

/// # Safety
/// The pointer leads to a column whose pointers lead to what they say.
#[inline(never)]
unsafe fn append_column(appending: &mut Appending<'_>, slot: Slot, pointer: *const v1::Column) -> Result<(), Error> {
    let kind = appending.kind(slot).unwrap_or(Kind::U32);
    // By reference: what was just written in words and is then moved in larger units has to wait for the former.
    // SAFETY: passed on to the caller.
    match &unsafe { column(pointer, kind) } {
        Ok(slices) => appending.column(slot, slices),
        Err(error) => Err(appending.refuse(error)),
    }
}

/// Some rows, and the pointers to their columns.
///
/// # Safety
/// The pointers in `raw` lead to what they say, for `'a`.
#[inline(always)]
unsafe fn rows<'a>(raw: &v1::Rows, spans: bool, attributes: usize) -> Result<(Chunk<'a>, &'a [*const v1::Column]), Error> {
    if u32::try_from(raw.len).is_err() {
        return Err(broken(format!("{} rows, which is more than row numbers can count", raw.len)));
    }
    let spanned = if spans { raw.len } else { 0 };
    // SAFETY: passed on to the caller, for this pointer and those below.
    let (starts, ends) = unsafe { (slice(raw.starts, spanned, "starts")?, slice(raw.ends, spanned, "ends")?) };
    if raw.columns_len != attributes {
        return Err(broken(format!("{} columns for {attributes} attributes", raw.columns_len)));
    }
    // SAFETY: see above.
    let columns = unsafe { slice(raw.columns, raw.columns_len, "columns") }?;
    Ok((Chunk { len: raw.len, starts, ends }, columns))
}

/// The column at a pointer.
///
/// # Safety
/// The pointer leads to a column whose pointers lead to what they say, for `'a`.
#[inline]
unsafe fn column<'a>(pointer: *const v1::Column, kind: Kind) -> Result<ColumnSlices<'a>, Error> {
    // SAFETY: passed on to the caller, as for all pointers below.
    let raw = unsafe { at(pointer) }?;
    if kind_of(raw.kind) != Some(kind) {
        let found = kind_of(raw.kind).map_or_else(|| format!("of the unknown kind {}", raw.kind), |k| format!("of kind {k}"));
        return Err(broken(format!("a column is {found}, not of kind {kind}")));
    }
    // SAFETY: see above; `u8`, `u32`, `i64`, `f64` and `RowRef` take any bit pattern.
    let values = unsafe {
        match kind {
            Kind::U32 => Slices::U32(values(raw)?),
            Kind::I64 => Slices::I64(values(raw)?),
            Kind::F64 => Slices::F64(values(raw)?),
            Kind::Bool => Slices::Bool(values(raw)?),
            Kind::Symbol => Slices::Symbol(values(raw)?, dictionary(raw)?),
            Kind::Text => Slices::Text(strings(raw.offsets, raw.offsets_len, raw.bytes)?),
            Kind::Ref => Slices::Ref(values(raw)?),
            Kind::RefList => Slices::RefList { offsets: offsets(raw)?, items: values(raw)? },
            Kind::Named => Slices::Named {
                offsets: offsets(raw)?,
                names: slice(raw.names, raw.values_len, "names")?,
                rows: values(raw)?,
                strings: slice(raw.strings, raw.values_len, "strings")?,
                dictionary: dictionary(raw)?,
            },
            // A kind of a later core, which the contract has no number for.
            _ => return Err(broken(format!("a column of kind {kind} cannot cross"))),
        }
    };
    // SAFETY: see above.
    let validity = unsafe { slice(raw.validity, raw.validity_len, "bytes of validity") }?;
    Ok(ColumnSlices { values, validity })
}

/// # Safety
/// The pointer leads to as many values of `T`, for `'a`; any bit pattern is a `T`.
unsafe fn values<'a, T>(raw: &v1::Column) -> Result<&'a [T], Error> {
    debug_assert!(align_of::<T>() <= 8);
    // SAFETY: passed on to the caller.
    unsafe { slice(raw.values.cast::<T>(), raw.values_len, "values") }
}

/// # Safety
/// As for [`values`].
unsafe fn offsets<'a>(raw: &v1::Column) -> Result<&'a [u32], Error> {
    // SAFETY: passed on to the caller.
    unsafe { slice(raw.offsets, raw.offsets_len, "offsets") }
}

/// # Safety
/// As for [`values`].
unsafe fn dictionary<'a>(raw: &v1::Column) -> Result<StringSlices<'a>, Error> {
    // SAFETY: passed on to the caller.
    unsafe { strings(raw.dictionary_offsets, raw.dictionary_offsets_len, raw.dictionary) }
}

/// # Safety
/// The pointers lead to what they say, for `'a`.
unsafe fn strings<'a>(offsets: *const u32, len: usize, bytes: v1::Str) -> Result<StringSlices<'a>, Error> {
    // SAFETY: passed on to the caller.
    let (offsets, bytes) = unsafe { (slice(offsets, len, "offsets of strings")?, slice(bytes.data, bytes.len, "bytes of strings")?) };
    Ok(StringSlices { offsets, bytes })
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
    /// The metadata of an earlier document, whose strings are used again.
    pub(crate) meta: Meta,
}

/// A pipeline has fewer layers and makers; a stream of documents with schemas of their own must not pile up.
const KNOWN: usize = 128;

impl Known {
    /// Schemas that are to be found by identity: those that a plugin reads its layers with.
    pub(crate) fn of(schemas: impl IntoIterator<Item = Arc<Schema>>) -> Known {
        Known { schemas: schemas.into_iter().collect(), ..Known::default() }
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

/// Makes a document the one that a host lends. In place: a document is a large thing to move.
///
/// # Safety
/// The pointer leads to a document whose pointers lead to what they say, for `'a`, and its text, id and metadata are UTF-8.
pub(crate) unsafe fn document<'a>(pointer: *const v1::Document, known: &mut Known, document: &mut Document<'a>) -> Result<(), Error> {
    // SAFETY: passed on to the caller, as for all pointers below.
    let raw = unsafe { at(pointer) }?;
    // SAFETY: see above.
    let text = |s: v1::Str| unsafe { host_string(s) };
    document.borrow_text(text(raw.id)?.unwrap_or_default(), text(raw.text)?.unwrap_or_default())?;
    let meta = document.meta_mut();
    std::mem::swap(meta, &mut known.meta);
    replace(&mut meta.date, text(raw.date)?);
    replace(&mut meta.language, text(raw.language)?);
    replace(&mut meta.source, text(raw.source)?);
    match text(raw.fields)? {
        Some(fields) => {
            meta.fields = serde_json::from_str(fields).map_err(|e| broken("metadata that are not a JSON object").with_source(e))?;
        }
        None if meta.fields.is_empty() => {}
        None => meta.fields.clear(),
    }
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
    Ok(())
}

/// A string of the host's; `None` where it is absent.
///
/// # Safety
/// As for [`slice`], and it is UTF-8: a host has it from a `str`, and to check it again costs more than some annotators.
unsafe fn host_string<'a>(raw: v1::Str) -> Result<Option<&'a str>, Error> {
    if raw.data.is_null() && raw.len == 0 {
        return Ok(None);
    }
    // SAFETY: passed on to the caller.
    let bytes = unsafe { slice(raw.data, raw.len, "bytes of text") }?;
    // SAFETY: passed on to the caller.
    Ok(Some(unsafe { std::str::from_utf8_unchecked(bytes) }))
}

/// Makes a string of the last document that of this one.
#[inline]
fn replace(own: &mut Option<String>, with: Option<&str>) {
    match (own, with) {
        (None, None) => {}
        (own, None) => *own = None,
        (Some(own), Some(with)) => {
            own.clear();
            own.push_str(with);
        }
        (own, Some(with)) => *own = Some(with.to_owned()),
    }
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
    let (chunk, columns) = unsafe { rows(raw, own.spans, pointers.len()) }?;
    let column = |pointer: *const v1::Column, kind| match pointer.is_null() {
        true => Ok(Column::new(kind)),
        // SAFETY: see above.
        false => unsafe { column(pointer, kind) }?.column(),
    };
    // Columns of kinds that only a later host knows are left out, as their attributes were.
    let understood = columns.iter().zip(&attributes).filter_map(|(&pointer, a)| Some((pointer, kind_of(a.kind)?)));
    let own_columns = understood.map(|(pointer, kind)| column(pointer, kind)).collect::<Result<Vec<_>, Error>>()?;
    let (rules, scores) = (column(raw.rules, Kind::Symbol)?, column(raw.scores, Kind::F64)?);
    Segment::from_parts(own, chunk.len, Cow::Borrowed(chunk.starts), Cow::Borrowed(chunk.ends), own_columns, rules, scores)
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
