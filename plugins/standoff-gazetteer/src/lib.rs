//! Names from lists, with ids and coordinates.
//!
//! ```
//! use standoff_gazetteer::{Builder, BuildOptions, Index, Record, ScanBuffers, scan, units_of_text};
//!
//! let mut builder = Builder::new(BuildOptions::default());
//! builder.add(&Record { name: "Iturup".into(), kind: "LOC".into(), ..Record::default() })?;
//! let index = Index::from_bytes(builder.bytes()?)?;
//!
//! let (mut units, mut buffers, mut found) = (Vec::new(), ScanBuffers::default(), Vec::new());
//! units_of_text("Off Iturup lies Urup.", &mut units);
//! scan(&index, &units, false, &mut buffers, &mut found);
//! assert_eq!((found[0].first, found[0].after), (1, 2));
//! # Ok::<(), standoff_core::Error>(())
//! ```
//!
//! Texts and names are cut into the same [`Unit`]s, words folded to numbers; a [`Builder`] compiles the names of
//! [`Record`]s into two hash tables that an [`Index`] walks a unit a step; what it reaches is verified against the name
//! as the list has it ([`Folding`]). The plugin [`Gazetteer`] then weighs what stands around a name, settles overlaps,
//! chooses among things of the same name, and writes `mention` and `entity` rows.
//!
//! It knows no names that are not in a list, and no grammar: that a name is part of a longer one ("Bank of England") is
//! for an annotator that knows organisations to say.

mod build;
mod bundled;
mod context;
mod explain;
mod find;
mod folding;
mod index;
mod inflect;
mod judge;
mod layout;
mod library;
mod likely;
mod map;
mod matches;
mod plugin;
mod record;
mod resolve;
mod scan;
mod settings;
mod sort;
mod source;
mod spelling;
mod unit;

pub use build::{BuildOptions, Builder, ListMeta, Meta};
pub use bundled::{BUNDLED_LISTS, bundled, compile_bundled};
pub use folding::{Case, Folding};
pub use index::{Entry, Index, Posting};
pub use layout::FORMAT_VERSION;
pub use library::{Hit, Info, Progress, SourceList, add, additions, build, info, lookup, merge, open_all, remove_additions};
pub use likely::likely_units;
pub use matches::{Match, matches};
pub use plugin::Gazetteer;
pub use record::{Alias, Record, Role};
pub use scan::{Candidate, Overlap, ScanBuffers, scan, scan_longest};
pub use settings::{FoldingSettings, ListSettings, Mode, Settings};
pub use source::{Columns, Defaults, Format, Sink, check_type, read as read_list, read_file as read_list_file};
pub use unit::{Unit, key_of, units_of_name, units_of_text, units_of_tokens};
