//! Which files to load: those that are named, and those in folders that are named. Never the working directory.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::core::{Error, unreadable};

/// The libraries that a path stands for: itself if it is a file, or the shared libraries in it if it is a folder, sorted
/// by name and not those of folders below.
///
/// # Errors
/// If there is no such path, or the folder cannot be read.
pub fn search(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let metadata = std::fs::metadata(path).map_err(|e| unreadable(path, e))?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|e| unreadable(path, e))? {
        let file = entry.map_err(|e| unreadable(path, e))?.path();
        if file.is_file() && file.extension().is_some_and(|e| e == std::env::consts::DLL_EXTENSION) {
            found.push(file);
        }
    }
    found.sort();
    Ok(found)
}

/// The libraries of a list of paths such as `STANDOFF_PLUGIN_PATH` holds, separated as in `PATH`. Empty parts, which the
/// shell takes for the working directory, stand for nothing, and relative ones are refused.
///
/// # Errors
/// If a part is relative, or as [`search`] says.
pub fn search_path(paths: &OsStr) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for part in std::env::split_paths(paths).filter(|p| !p.as_os_str().is_empty()) {
        if part.is_relative() {
            return Err(Error::resource("a relative path in STANDOFF_PLUGIN_PATH, which depends on where the program is started")
                .at(part, None, None)
                .help("write the whole path"));
        }
        found.extend(search(&part)?);
    }
    Ok(found)
}
