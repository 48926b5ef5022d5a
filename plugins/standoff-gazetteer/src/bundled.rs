//! The lists that come with the crate.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use standoff_core::Error;

use crate::build::{BuildOptions, Builder, ListMeta};
use crate::folding::Folding;
use crate::index::Index;
use crate::source::{self, Defaults, Format};

/// The bundled lists: the name of the file, its content.
pub(crate) const LISTS: [(&str, &str); 6] = [
    ("kurils.tsv", include_str!("../data/kurils.tsv")),
    ("countries.tsv", include_str!("../data/countries.tsv")),
    ("world.tsv", include_str!("../data/world.tsv")),
    ("organisations.tsv", include_str!("../data/organisations.tsv")),
    ("divisions.tsv", include_str!("../data/divisions.tsv")),
    ("cities.tsv", include_str!("../data/cities.tsv")),
];

/// The bundled lists, compiled; made once a process.
pub(crate) fn index() -> Result<Arc<Index>, Error> {
    static INDEX: OnceLock<Arc<Index>> = OnceLock::new();
    if let Some(index) = INDEX.get() {
        return Ok(Arc::clone(index));
    }
    let index = Arc::new(Index::from_bytes(compile()?)?);
    Ok(Arc::clone(INDEX.get_or_init(|| index)))
}

/// Compiles the bundled lists.
pub(crate) fn compile() -> Result<Vec<u8>, Error> {
    let mut builder = Builder::new(BuildOptions::default());
    for (name, content) in LISTS {
        builder.list(ListMeta { name: name.into(), folding: Folding::default() });
        source::read(Path::new(name), content, Format::Tsv, &Defaults::default(), &mut |record| builder.add(&record).map(|_| ()))?;
    }
    builder.bytes()
}
