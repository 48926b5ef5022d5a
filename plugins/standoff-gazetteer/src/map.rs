//! How a compiled file comes into memory.

use std::io;
use std::path::Path;

use crate::index::Bytes;

/// The content of a file, mapped.
pub(crate) fn open(path: &Path) -> io::Result<Bytes> {
    Ok(Box::new(standoff_map::Map::open(path)?))
}
