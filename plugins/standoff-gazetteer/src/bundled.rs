//! The lists that come with the crate.
//!
//! They are compiled beforehand, into `data/bundled.sgz`; `cargo run -p standoff-gazetteer --example compile` makes it
//! from the lists in `data/`, and a test compares the two.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use standoff_core::Error;

use crate::build::{BuildOptions, Builder, ListMeta};
use crate::folding::Folding;
use crate::index::Index;
use crate::source::{self, Defaults, Format};

/// The bundled lists, in the order in which they are compiled.
pub const BUNDLED_LISTS: [&str; 6] = ["kurils.tsv", "countries.tsv", "world.tsv", "organisations.tsv", "divisions.tsv", "cities.tsv"];

/// The bundled lists, compiled.
///
/// # Errors
/// If the compiled lists are damaged, which a build of this crate cannot be.
pub fn bundled() -> Result<Arc<Index>, Error> {
    static INDEX: OnceLock<Arc<Index>> = OnceLock::new();
    if let Some(index) = INDEX.get() {
        return Ok(Arc::clone(index));
    }
    let compiled: &'static [u8] = include_bytes!("../data/bundled.sgz");
    let index = Arc::new(Index::from_bytes(compiled)?);
    Ok(Arc::clone(INDEX.get_or_init(|| index)))
}

/// Compiles the bundled lists from the folder that has them.
///
/// # Errors
/// If a list is missing or broken.
pub fn compile_bundled(folder: &Path) -> Result<Vec<u8>, Error> {
    let mut builder = Builder::new(BuildOptions { inflect: vec!["ru".into()], ..BuildOptions::default() });
    for name in BUNDLED_LISTS {
        builder.list(ListMeta { name: name.into(), folding: Folding::default() });
        source::read_file(&folder.join(name), Format::Tsv, &Defaults::default(), &mut |record| builder.add(&record).map(|_| ()))?;
    }
    builder.bytes()
}
