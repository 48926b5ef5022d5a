//! How a compiled file comes into memory.

use std::io;
use std::path::Path;

use crate::index::Bytes;

/// The content of a file.
pub(crate) fn open(path: &Path) -> io::Result<Bytes> {
    Ok(Box::new(std::fs::read(path)?))
}
