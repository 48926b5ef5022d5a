//! Files mapped into memory, behind a safe function.
//!
//! Large read-only data (gazetteers, models) is mapped, not read: it is there at once, only the pages that are touched come
//! into memory, and processes share them. Mapping is `unsafe` in Rust, because another program could change the file under
//! the program's feet. This crate holds that one call, so that the crates that use it can forbid `unsafe`.
//!
//! What it asks of its users: treat the bytes as untrusted at every read, not only at the first. They may change, so that
//! a length that was checked before need not hold now; copy it, check the copy, use the copy. A file that is cut off while
//! it is mapped ends the program with a bus error; write beside a file and rename, as every writer of this project does,
//! and that cannot happen.

use std::fs::File;
use std::io;
use std::path::Path;

/// The content of a file, mapped for reading.
#[derive(Debug)]
pub struct Map(Option<memmap2::Mmap>);

impl Map {
    /// Maps a file for reading.
    ///
    /// # Errors
    /// If it cannot be opened or mapped.
    pub fn open(path: &Path) -> io::Result<Map> {
        let file = File::open(path)?;
        if file.metadata()?.len() == 0 {
            // An empty file cannot be mapped on every system.
            return Ok(Map(None));
        }
        #[allow(unsafe_code, reason = "mapping a file is unsafe in Rust whatever one does with it")]
        // SAFETY: the map is private to this process and never written to. Should another program change the file, bytes
        // change between two reads; users get them as plain bytes only, in which every value is valid, and check what
        // they read at each read. The file handle may be closed while the map lives.
        let map = unsafe { memmap2::MmapOptions::new().map(&file)? };
        Ok(Map(Some(map)))
    }
}

impl AsRef<[u8]> for Map {
    fn as_ref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Map;

    #[test]
    fn a_map_has_the_bytes_of_its_file() {
        let folder = std::env::temp_dir().join(format!("standoff-map-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for content in ["", "Iturup"] {
            let path = folder.join("file");
            std::fs::write(&path, content).unwrap();
            assert_eq!(Map::open(&path).unwrap().as_ref(), content.as_bytes());
        }
        assert!(Map::open(&folder.join("missing")).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
