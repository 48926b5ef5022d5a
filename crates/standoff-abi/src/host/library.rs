//! Loading a library.

use std::ffi::{CString, OsString};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::Value as Json;

use super::file::{Digest, FileInfo, Image, refuse};
use super::foreign::{self, Call, ForeignPlugin};
use crate::core::{AnyPlugin, Error, Layers, Manifest};
use crate::v1;

/// The plugins of a shared library.
///
/// A library stays loaded for the life of the process: its code may be at work on any thread, and unloading it would
/// take it away. Opening the same bytes again gives the library that is there.
#[derive(Debug)]
pub struct Library {
    info: Option<FileInfo>,
    plugins: Vec<ForeignPlugin>,
}

/// Libraries by the digest of their bytes.
static LOADED: Mutex<Vec<(Digest, &'static Library)>> = Mutex::new(Vec::new());

impl Library {
    /// Loads a library and reads its plugins.
    ///
    /// `allowed` lists the digests of the libraries that may be loaded; without it any may. What is hashed and checked
    /// is what is loaded: the bytes are read once, and handed to the system's loader from a file that nobody else has.
    /// So a library that looks for others beside itself (`$ORIGIN`) does not find them.
    ///
    /// # Errors
    /// If the file is not fit (see [`FileInfo::read`]), its digest is not listed, the system's loader refuses it, or it
    /// does not say which plugins it has: one sentence that names the file. Of what it then does no error can tell: its
    /// constructors run, with all the rights of the program.
    pub fn open(path: &Path, allowed: Option<&[Digest]>) -> Result<&'static Library, Error> {
        let image = Image::read(path)?;
        let digest = image.info.digest;
        if allowed.is_some_and(|list| !list.contains(&digest)) {
            return Err(refuse(path, format!("has the digest {digest}, which is not listed"), "list it if you trust the file"));
        }
        // Held while loading, so that two threads do not load the same library twice.
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, library)) = loaded.iter().find(|(d, _)| *d == digest) {
            return Ok(library);
        }
        let library: &'static Library = Box::leak(Box::new(Library::load(image)?));
        loaded.push((digest, library));
        Ok(library)
    }

    /// The plugins that this program was linked with, through the contract, as if they came from a shared library: to
    /// test the boundary without building one.
    ///
    /// # Errors
    /// If they do not say who they are.
    pub fn of_this_program() -> Result<Library, Error> {
        let path = Path::new("this program");
        Ok(Library { info: None, plugins: describe(path, &v1::STANDOFF_PLUGIN_V1)? })
    }

    fn load(image: Image) -> Result<Library, Error> {
        let path = image.info.path.clone();
        let failed = |error: &dyn std::fmt::Display| {
            refuse(&path, format!("cannot be loaded ({error})"), "build it on this system, with all that it needs linked in")
        };
        let copy = Private::new(&path, &image.bytes).map_err(|e| failed(&e))?;
        let why = |e: libloading::Error| std::error::Error::source(&e).map_or_else(|| e.to_string(), ToString::to_string);
        // SAFETY: the constructors of a library may do anything; that is what trusting it means. It is never unloaded.
        let library = unsafe { open_now(&copy.path) }.map_err(|e| failed(&why(e)))?;
        copy.keep();
        let library: &'static libloading::Library = Box::leak(Box::new(library));
        let symbol = CString::new(v1::SYMBOL).unwrap_or_default();
        // SAFETY: the file says that the symbol is such a table, and the table stays as long as the library.
        let table: &'static v1::Table = unsafe {
            let pointer: *const v1::Table = *library.get(symbol.as_c_str()).map_err(|e| failed(&e))?;
            pointer.as_ref().filter(|_| pointer.is_aligned()).ok_or_else(|| failed(&"its table is not there"))?
        };
        if table.header != image.header {
            return Err(failed(&"its table in memory is not that in the file"));
        }
        Ok(Library { plugins: describe(&path, table)?, info: Some(image.info) })
    }

    /// What the file says of itself; `None` for [`of_this_program`](Library::of_this_program).
    #[must_use]
    pub fn info(&self) -> Option<&FileInfo> {
        self.info.as_ref()
    }

    /// Its plugins, in the order in which it lists them.
    pub fn plugins(&self) -> impl ExactSizeIterator<Item = &dyn AnyPlugin> {
        self.plugins.iter().map(|plugin| plugin as &dyn AnyPlugin)
    }

    /// Its plugins, to be kept by a registry.
    #[must_use]
    pub fn to_plugins(&self) -> Vec<std::sync::Arc<dyn AnyPlugin>> {
        self.plugins.iter().map(|plugin| std::sync::Arc::new(plugin.clone()) as _).collect()
    }
}

/// Loads a library with all its symbols resolved, so that a missing one is an error now and not a crash later.
///
/// # Safety
/// The library's constructors run.
unsafe fn open_now(path: &Path) -> Result<libloading::Library, libloading::Error> {
    #[cfg(unix)]
    {
        use libloading::os::unix;
        // SAFETY: passed on to the caller.
        unsafe { unix::Library::open(Some(path), unix::RTLD_NOW | unix::RTLD_LOCAL) }.map(Into::into)
    }
    #[cfg(not(unix))]
    {
        // SAFETY: passed on to the caller.
        unsafe { libloading::Library::new(path) }
    }
}

/// What `describe` gives.
#[derive(Deserialize)]
struct Description {
    plugins: Vec<PluginDescription>,
}

#[derive(Deserialize)]
struct PluginDescription {
    manifest: Manifest,
    #[serde(default)]
    settings_schema: Option<Json>,
    #[serde(default)]
    layers: Option<Layers>,
}

fn describe(path: &Path, table: &'static v1::Table) -> Result<Vec<ForeignPlugin>, Error> {
    let wrong = |what: String| refuse(path, what, "tell its author");
    let text = foreign::describe(table).map_err(|e| wrong(format!("does not say which plugins it has ({e})")))?;
    let found: Description =
        serde_json::from_str(&text).map_err(|e| wrong(format!("describes its plugins in a way that cannot be read ({e})")))?;
    let mut plugins: Vec<ForeignPlugin> = Vec::new();
    for PluginDescription { manifest, settings_schema, layers } in found.plugins {
        if plugins.iter().any(|p| p.manifest().name == manifest.name) {
            return Err(wrong(format!("has two plugins named `{}`", manifest.name)));
        }
        if layers.is_none() && table.layers.is_none() {
            return Err(wrong(format!("does not say which layers its plugin `{}` reads and writes", manifest.name)));
        }
        let calls = Call::of(table).map_err(|what| wrong(format!("lacks the function `{what}`")))?;
        let schema = settings_schema.unwrap_or_else(|| serde_json::json!({"type": "object"}));
        plugins.push(ForeignPlugin::new(calls, manifest, schema, layers));
    }
    if plugins.is_empty() {
        return Err(refuse(path, "has no plugin in it", "register one with `standoff_abi::register!`"));
    }
    Ok(plugins)
}

/// A copy of a library's bytes that nobody else can change.
struct Private {
    path: PathBuf,
    hold: Hold,
}

enum Hold {
    /// A file without a name, in memory.
    #[cfg(target_os = "linux")]
    Memory(File),
    /// A folder of our own.
    Folder(tempfile::TempDir),
}

impl Private {
    fn new(original: &Path, bytes: &[u8]) -> std::io::Result<Private> {
        let name = original.file_name().map_or_else(|| OsString::from("plugin"), OsString::from);
        #[cfg(target_os = "linux")]
        if let Ok(copy) = Private::in_memory(&name, bytes) {
            return Ok(copy);
        }
        let folder = tempfile::Builder::new().prefix("standoff-").tempdir()?;
        let path = folder.path().join(name);
        File::options().write(true).create_new(true).open(&path)?.write_all(bytes)?;
        Ok(Private { path, hold: Hold::Folder(folder) })
    }

    #[cfg(target_os = "linux")]
    fn in_memory(name: &std::ffi::OsStr, bytes: &[u8]) -> std::io::Result<Private> {
        use std::os::fd::AsRawFd;
        let fd = rustix::fs::memfd_create(name, rustix::fs::MemfdFlags::CLOEXEC)?;
        let mut file = File::from(fd);
        file.write_all(bytes)?;
        Ok(Private { path: PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd())), hold: Hold::Memory(file) })
    }

    /// What is to stay after the library was loaded.
    fn keep(self) {
        match self.hold {
            // The system's loader knows libraries by their path, and this path by the number of the file: were it closed,
            // the next library would get the same number and be taken for this one.
            #[cfg(target_os = "linux")]
            Hold::Memory(file) => std::mem::forget(file),
            // The mapping outlives the name. Where it does not (Windows), the folder stays until the system clears it.
            Hold::Folder(folder) => drop(folder),
        }
    }
}
