//! The contract, version 1: what crosses the boundary, as C sees it.
//!
//! - One data symbol, [`STANDOFF_PLUGIN_V1`], is all that a library exports. Its first 24 bytes ([`Header`]) are plain
//!   numbers, so that a host reads them from the file before it loads anything.
//! - Rows cross as columns, in the layouts of Arrow: values one after another, an optional validity bitmap (bit `i % 8`
//!   of byte `i / 8`, 1 = present), offsets for strings and lists. Both directions use the same [`Rows`].
//! - What one side hands over is borrowed for the length of the call. The other side copies what it keeps, and neither
//!   frees what is not its own.
//! - Every struct starts with its `size` as its maker compiled it, and lists hold pointers to structs rather than the
//!   structs themselves, so that later minor versions can append fields. A reader looks no further than `size` says.
//!   A null pointer is allowed where the length beside it is 0, and in the place of a column without values.
//! - Strings are UTF-8 with a length, not terminated. A [`Str`] with a null pointer is an absent string.
//! - Functions may be called from any thread, several at once; those of a [`Sink`] and a [`Reply`] only on the thread of
//!   the call that they were given to, and only until it returns. Nothing unwinds across the boundary.
//! - No enum, `bool`, tuple or union crosses: a sandboxed host can lay out the same structs in a guest's memory, with
//!   pointers of the guest's width, and offer `append`, `retract` and `write` as imports.

use std::ffi::c_void;

pub use crate::core::RowRef;

/// The first bytes of the entry symbol.
pub const MAGIC: [u8; 8] = *b"STANDOFF";
/// The version of this contract. Another major version is another symbol.
pub const MAJOR: u32 = 1;
/// Grows when fields or functions are appended.
pub const MINOR: u32 = 0;
/// The name of the entry symbol.
pub const SYMBOL: &str = "STANDOFF_PLUGIN_V1";

/// A call did what it was asked.
pub const OK: i32 = 0;
/// A call failed; the reply says why.
pub const ERROR: i32 = 1;
/// A call panicked; the reply says with which message.
pub const PANIC: i32 = 2;

/// Flag of a library that takes the host down when it panics.
pub const ABORTS_ON_PANIC: u32 = 1;
/// Flag of a schema whose rows have spans.
pub const HAS_SPANS: u32 = 1;
/// Flag of an attribute that rows may lack.
pub const OPTIONAL: u32 = 1;

/// `values` are `u32`.
pub const KIND_U32: u32 = 1;
/// `values` are `i64`.
pub const KIND_I64: u32 = 2;
/// `values` are `f64`.
pub const KIND_F64: u32 = 3;
/// `values` are bytes, 0 or 1.
pub const KIND_BOOL: u32 = 4;
/// `values` are `u32` codes of the dictionary.
pub const KIND_SYMBOL: u32 = 5;
/// `offsets` divide `bytes`; no `values`.
pub const KIND_TEXT: u32 = 6;
/// `values` are [`RowRef`]s.
pub const KIND_REF: u32 = 7;
/// `offsets` divide `values`, which are [`RowRef`]s.
pub const KIND_REF_LIST: u32 = 8;
/// `offsets` divide `values` ([`RowRef`]s, [`RowRef::NONE`] where the item is a string), `names` and `strings` (codes).
pub const KIND_NAMED: u32 = 9;

/// UTF-8 with a length. A null pointer is an absent string.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Str {
    /// The first byte.
    pub data: *const u8,
    /// How many bytes there are.
    pub len: usize,
}

impl Str {
    /// The absent string.
    pub const NONE: Str = Str { data: std::ptr::null(), len: 0 };

    /// Lends a string.
    #[must_use]
    pub const fn new(string: &str) -> Str {
        Str { data: string.as_ptr(), len: string.len() }
    }

    /// Lends a string that may be absent.
    #[must_use]
    pub fn maybe(string: Option<&str>) -> Str {
        string.map_or(Str::NONE, Str::new)
    }
}

/// One attribute of a layer.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// Size of this struct.
    pub size: u32,
    /// A `KIND_…`.
    pub kind: u32,
    /// [`OPTIONAL`].
    pub flags: u32,
    /// 0.
    pub reserved: u32,
    /// Its name.
    pub name: Str,
    /// For references: the one layer that they point into.
    pub target: Str,
}

/// The shape of a layer.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// Size of this struct.
    pub size: u32,
    /// [`HAS_SPANS`].
    pub flags: u32,
    /// The layer's name.
    pub name: Str,
    /// The attributes, in the order of the columns.
    pub attributes: *const *const Attribute,
    /// How many there are.
    pub attributes_len: usize,
}

/// One attribute of some rows.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Size of this struct.
    pub size: u32,
    /// A `KIND_…`.
    pub kind: u32,
    /// The bitmap of rows that have a value; absent where all have.
    pub validity: *const u8,
    /// Its length in bytes, 0 or at least an eighth of the rows.
    pub validity_len: usize,
    /// Values, codes or items, as the kind says.
    pub values: *const c_void,
    /// How many.
    pub values_len: usize,
    /// For texts and lists: where each row's part starts, and the end of the last; one more than there are rows.
    pub offsets: *const u32,
    /// How many.
    pub offsets_len: usize,
    /// For texts: all strings one after another.
    pub bytes: Str,
    /// For named values: the code of each item's name; as many as there are values.
    pub names: *const u32,
    /// For named values: the code of each item's string; as many as there are values.
    pub strings: *const u32,
    /// For symbols and named values: where each string of the dictionary starts, and the end of the last.
    pub dictionary_offsets: *const u32,
    /// How many.
    pub dictionary_offsets_len: usize,
    /// For symbols and named values: the strings of the dictionary one after another.
    pub dictionary: Str,
}

/// Some rows of a layer.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Rows {
    /// Size of this struct.
    pub size: u32,
    /// For rows that a plugin gives: the number of the layer among those that it declares to give, from 0.
    pub layer: u32,
    /// How many rows there are.
    pub len: usize,
    /// Start offsets in bytes; null in a layer without spans.
    pub starts: *const u32,
    /// End offsets in bytes; null in a layer without spans.
    pub ends: *const u32,
    /// The columns, in the order of the schema's attributes; null for one that all rows lack.
    pub columns: *const *const Column,
    /// How many there are.
    pub columns_len: usize,
    /// The rule that made each row, as symbols; null where no row has one.
    pub rules: *const Column,
    /// The score of each row, as floats; null where no row has one.
    pub scores: *const Column,
}

/// Who made a segment.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Provenance {
    /// Size of this struct.
    pub size: u32,
    /// 0.
    pub flags: u32,
    /// The annotator's name in the pipeline.
    pub annotator: Str,
    /// The version of its plugin.
    pub version: Str,
    /// A digest of its settings.
    pub settings: Str,
}

/// What one annotator gave to one layer.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Segment {
    /// Size of this struct.
    pub size: u32,
    /// Who made it: a number in the document's `made_by`.
    pub made_by: u32,
    /// The shape of its layer.
    pub schema: *const Schema,
    /// Its rows.
    pub rows: *const Rows,
}

/// A row that is taken back.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Retraction {
    /// Size of this struct.
    pub size: u32,
    /// In a document: who took it back, a number in its `made_by`. Of no meaning in what a plugin gives.
    pub by: u32,
    /// The row.
    pub row: RowRef,
    /// By which rule; may be empty.
    pub rule: Str,
}

/// A document, lent for the length of a call. Its strings are UTF-8 by the word of the host, and not checked by plugins.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Document {
    /// Size of this struct.
    pub size: u32,
    /// 0.
    pub flags: u32,
    /// Its id.
    pub id: Str,
    /// Its text.
    pub text: Str,
    /// Its own date, ISO 8601.
    pub date: Str,
    /// Its language, BCP 47.
    pub language: Str,
    /// Where it comes from.
    pub source: Str,
    /// Other metadata, as a JSON object; absent where there is none.
    pub fields: Str,
    /// The segments so far. Their numbers, from 0, are those that row addresses name. The layers that the plugin gives
    /// get the numbers that follow, in the order in which it declares them.
    pub segments: *const *const Segment,
    /// How many there are.
    pub segments_len: usize,
    /// Who made them.
    pub made_by: *const *const Provenance,
    /// How many there are.
    pub made_by_len: usize,
    /// Rows that were taken back.
    pub retractions: *const *const Retraction,
    /// How many there are.
    pub retractions_len: usize,
}

/// Takes what a plugin gives for one document.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Sink {
    /// Size of this struct.
    pub size: u32,
    /// 0.
    pub flags: u32,
    /// To be handed to the functions.
    pub context: *mut c_void,
    /// Takes some rows of a layer; may be called any number of times. Anything but [`OK`] says that the document is
    /// lost: the plugin returns [`ERROR`], and need not say why.
    pub append: Option<unsafe extern "C" fn(context: *mut c_void, rows: *const Rows) -> i32>,
    /// Takes back rows of a layer that the plugin revises.
    pub retract: Option<unsafe extern "C" fn(context: *mut c_void, retraction: *const Retraction) -> i32>,
}

/// Takes text: an answer, or on failure the reason, which is a sentence or a JSON object with `message` and, where they
/// are known, `kind`, `setting`, `file`, `line`, `column` and `help`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Reply {
    /// Size of this struct.
    pub size: u32,
    /// 0.
    pub flags: u32,
    /// To be handed to the function.
    pub context: *mut c_void,
    /// Appends a piece of text.
    pub write: Option<unsafe extern "C" fn(context: *mut c_void, text: Str)>,
}

/// What the entry symbol begins with, in every version of the contract.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// [`MAGIC`].
    pub magic: [u8; 8],
    /// The version that the library was built for.
    pub major: u32,
    /// How much of it the library knows.
    pub minor: u32,
    /// Size of the whole table.
    pub size: u32,
    /// [`ABORTS_ON_PANIC`].
    pub flags: u32,
}

/// Gives a text that describes the library.
pub type Describe = unsafe extern "C" fn(reply: *const Reply) -> i32;
/// Gives the layers of a plugin with these settings, as JSON.
pub type LayersOf = unsafe extern "C" fn(plugin: Str, settings: Str, reply: *const Reply) -> i32;
/// Builds an annotator.
pub type Create = unsafe extern "C" fn(plugin: Str, settings: Str, folder: Str, reply: *const Reply, annotator: *mut *mut c_void) -> i32;
/// Annotates a document.
pub type Annotate = unsafe extern "C" fn(annotator: *mut c_void, document: *const Document, sink: *const Sink, reply: *const Reply) -> i32;
/// Gives what an annotator's rules are for, as JSON.
pub type RulesOf = unsafe extern "C" fn(annotator: *mut c_void, reply: *const Reply) -> i32;
/// Says why an annotator finds what it finds.
pub type Explain = unsafe extern "C" fn(annotator: *mut c_void, document: *const Document, rule: Str, reply: *const Reply) -> i32;
/// Ends an annotator.
pub type Destroy = unsafe extern "C" fn(annotator: *mut c_void);

/// The table that the entry symbol is.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The version, to be read from the file before anything is loaded.
    pub header: Header,
    /// `{"plugins":[{"manifest":{…},"settings_schema":{…},"layers":{…}}]}`. `settings_schema` may be left out where any
    /// settings will do, `layers` where `layers` below is there.
    pub describe: Option<Describe>,
    /// `{"needs":[…],"uses":[…],"gives":[…],"revises":[…]}`; null if the layers do not depend on the settings.
    pub layers: Option<LayersOf>,
    /// Builds an annotator. `settings` is a JSON object, `folder` what relative paths start at. On [`OK`] it has set
    /// `annotator`, which is the library's own and may be null.
    pub create: Option<Create>,
    /// Annotates a document; on several threads at once. On anything but [`OK`] all rows of the call are dropped.
    pub annotate: Option<Annotate>,
    /// `[{"id":…,"summary":…,"example":…,"place":…}]`; null if the annotators do not work by rules.
    pub rules: Option<RulesOf>,
    /// Writes an explanation, or nothing; null if the annotators give none. `rule` is absent for all rules.
    pub explain: Option<Explain>,
    /// Ends an annotator; null if nothing is to be done.
    pub destroy: Option<Destroy>,
}

/// The entry symbol: the plugins that this library registered.
///
/// It is defined here alone, so that any number of plugins can be linked into one program.
#[unsafe(no_mangle)]
pub static STANDOFF_PLUGIN_V1: Table = crate::plugin::TABLE;

// The layouts of `include/standoff.h`, on targets with pointers of 64 bits.
#[cfg(target_pointer_width = "64")]
const _: () = {
    use std::mem::{offset_of, size_of};
    assert!(size_of::<Str>() == 16 && offset_of!(Str, data) == 0 && offset_of!(Str, len) == 8);
    assert!(size_of::<RowRef>() == 8 && offset_of!(RowRef, segment) == 0 && offset_of!(RowRef, row) == 4);
    assert!(size_of::<Attribute>() == 48 && offset_of!(Attribute, kind) == 4 && offset_of!(Attribute, flags) == 8);
    assert!(offset_of!(Attribute, name) == 16 && offset_of!(Attribute, target) == 32);
    assert!(size_of::<Schema>() == 40 && offset_of!(Schema, flags) == 4 && offset_of!(Schema, name) == 8);
    assert!(offset_of!(Schema, attributes) == 24 && offset_of!(Schema, attributes_len) == 32);
    assert!(size_of::<Column>() == 120 && offset_of!(Column, kind) == 4 && offset_of!(Column, validity) == 8);
    assert!(offset_of!(Column, validity_len) == 16 && offset_of!(Column, values) == 24 && offset_of!(Column, values_len) == 32);
    assert!(offset_of!(Column, offsets) == 40 && offset_of!(Column, offsets_len) == 48 && offset_of!(Column, bytes) == 56);
    assert!(offset_of!(Column, names) == 72 && offset_of!(Column, strings) == 80 && offset_of!(Column, dictionary_offsets) == 88);
    assert!(offset_of!(Column, dictionary_offsets_len) == 96 && offset_of!(Column, dictionary) == 104);
    assert!(size_of::<Rows>() == 64 && offset_of!(Rows, layer) == 4 && offset_of!(Rows, len) == 8 && offset_of!(Rows, starts) == 16);
    assert!(offset_of!(Rows, ends) == 24 && offset_of!(Rows, columns) == 32 && offset_of!(Rows, columns_len) == 40);
    assert!(offset_of!(Rows, rules) == 48 && offset_of!(Rows, scores) == 56);
    assert!(size_of::<Provenance>() == 56 && offset_of!(Provenance, annotator) == 8 && offset_of!(Provenance, version) == 24);
    assert!(offset_of!(Provenance, settings) == 40);
    assert!(size_of::<Segment>() == 24 && offset_of!(Segment, made_by) == 4 && offset_of!(Segment, schema) == 8);
    assert!(offset_of!(Segment, rows) == 16);
    assert!(size_of::<Retraction>() == 32 && offset_of!(Retraction, by) == 4 && offset_of!(Retraction, row) == 8);
    assert!(offset_of!(Retraction, rule) == 16);
    assert!(size_of::<Document>() == 152 && offset_of!(Document, id) == 8 && offset_of!(Document, text) == 24);
    assert!(offset_of!(Document, date) == 40 && offset_of!(Document, language) == 56 && offset_of!(Document, source) == 72);
    assert!(offset_of!(Document, fields) == 88 && offset_of!(Document, segments) == 104 && offset_of!(Document, segments_len) == 112);
    assert!(offset_of!(Document, made_by) == 120 && offset_of!(Document, made_by_len) == 128);
    assert!(offset_of!(Document, retractions) == 136 && offset_of!(Document, retractions_len) == 144);
    assert!(size_of::<Sink>() == 32 && offset_of!(Sink, context) == 8 && offset_of!(Sink, append) == 16 && offset_of!(Sink, retract) == 24);
    assert!(size_of::<Reply>() == 24 && offset_of!(Reply, context) == 8 && offset_of!(Reply, write) == 16);
    assert!(size_of::<Header>() == 24 && offset_of!(Header, major) == 8 && offset_of!(Header, minor) == 12);
    assert!(offset_of!(Header, size) == 16 && offset_of!(Header, flags) == 20);
    assert!(size_of::<Table>() == 80 && offset_of!(Table, describe) == 24 && offset_of!(Table, layers) == 32);
    assert!(offset_of!(Table, create) == 40 && offset_of!(Table, annotate) == 48 && offset_of!(Table, rules) == 56);
    assert!(offset_of!(Table, explain) == 64 && offset_of!(Table, destroy) == 72);
};
