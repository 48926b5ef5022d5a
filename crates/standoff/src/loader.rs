//! Plugins from shared libraries, beside those that the program was linked with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use standoff_abi::{Digest, Library, search, search_path};
use standoff_core::{AnyPlugin, Error};
use standoff_runner::{Diagnostics, Pipeline, PipelineFile, PluginPath, Registry};

/// A registry that shared libraries add to.
///
/// ```no_run
/// use standoff::runner::PipelineFile;
/// use standoff::Loader;
///
/// let mut loader = Loader::new()?;
/// loader.open("plugins/libquotes.so")?; // or a folder
/// let text = std::fs::read_to_string("my.toml")?;
/// let pipeline = loader.pipeline(PipelineFile::parse(&text, "my.toml")?)?; // loads what the file names
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A library runs in this process with all its rights: load what you trust. Opening one again, by whatever path, changes
/// nothing; it stays loaded for the life of the process.
#[derive(Debug)]
pub struct Loader {
    registry: Registry,
    opened: Vec<&'static Library>,
    allowed: Option<Vec<Digest>>,
}

impl Loader {
    /// The name of the environment variable that [`open_path`](Loader::open_path) reads.
    pub const PATH: &str = "STANDOFF_PLUGIN_PATH";

    /// The plugins that the program was linked with.
    ///
    /// # Errors
    /// If two of them have the same name.
    pub fn new() -> Result<Loader, Error> {
        Ok(Loader { registry: Registry::linked()?, opened: Vec::new(), allowed: None })
    }

    /// From now on only libraries with these digests are loaded. [`PipelineFile::allowed`] gives those of a file.
    ///
    /// # Errors
    /// If one is no SHA-256 digest.
    pub fn allow<S: AsRef<str>>(&mut self, digests: impl IntoIterator<Item = S>) -> Result<(), Error> {
        let digests: Result<Vec<Digest>, Error> = digests.into_iter().map(|digest| digest.as_ref().parse()).collect();
        self.allowed = Some(digests?);
        Ok(())
    }

    /// Loads a shared library, or all that lie in a folder, and gives the names of the plugins that they have.
    ///
    /// # Errors
    /// If there is no such path, the folder holds no shared library, one is refused (see [`Library::open`]), or a plugin
    /// has a name that is taken.
    pub fn open(&mut self, path: impl AsRef<Path>) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        for file in libraries(path.as_ref())? {
            names.extend(self.add(&file)?);
        }
        Ok(names)
    }

    /// Loads the libraries that the environment variable `STANDOFF_PLUGIN_PATH` names: files and folders, separated as in
    /// `PATH`. The working directory is never looked in, and relative paths are refused. A folder may be empty.
    ///
    /// # Errors
    /// As for [`open`](Loader::open).
    pub fn open_path(&mut self) -> Result<(), Error> {
        for file in search_path(&std::env::var_os(Loader::PATH).unwrap_or_default())? {
            self.add(&file)?;
        }
        Ok(())
    }

    /// Loads the libraries that a pipeline file names, and checks the pipeline. Where the file lists digests, it loads only
    /// libraries with these; for those that were opened before it, call [`allow`](Loader::allow) first.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the file.
    pub fn pipeline(&mut self, mut file: PipelineFile) -> Result<Pipeline, Diagnostics> {
        let listed = file.allowed().map(<[String]>::to_vec);
        let Loader { registry, opened, allowed } = self;
        file.load_plugins(registry, |plugin| {
            let own = allowed_for(plugin, listed.as_deref())?;
            let mut plugins = Vec::new();
            for path in libraries(&plugin.path)? {
                plugins.extend(open(&path, own.as_deref().or(allowed.as_deref()), opened)?);
            }
            Ok(plugins)
        });
        file.plan(registry)
    }

    /// All plugins that are known.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Loads one library and gives the names of its plugins.
    fn add(&mut self, path: &Path) -> Result<Vec<String>, Error> {
        let plugins = open(path, self.allowed.as_deref(), &mut self.opened)?;
        let names = plugins.iter().map(|plugin| plugin.manifest().name).collect();
        for plugin in plugins {
            self.registry.add(plugin, path.display().to_string())?;
        }
        Ok(names)
    }
}

/// The plugins of a library, none if it was opened before.
fn open(path: &Path, allowed: Option<&[Digest]>, opened: &mut Vec<&'static Library>) -> Result<Vec<Arc<dyn AnyPlugin>>, Error> {
    let library = Library::open(path, allowed)?;
    // The same bytes give the same library.
    if opened.iter().any(|other| std::ptr::eq(*other, library)) {
        return Ok(Vec::new());
    }
    opened.push(library);
    Ok(library.to_plugins())
}

/// What an entry of a pipeline file may load: what it says itself goes before what the file says of all.
fn allowed_for(plugin: &PluginPath, listed: Option<&[String]>) -> Result<Option<Vec<Digest>>, Error> {
    match (&plugin.sha256, listed) {
        (Some(digest), _) => Ok(Some(vec![digest.parse()?])),
        (None, Some(listed)) => listed.iter().map(|digest| digest.parse()).collect::<Result<_, _>>().map(Some),
        (None, None) => Ok(None),
    }
}

/// The libraries that somebody named: a folder without any was not meant.
fn libraries(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let files = search(path)?;
    if files.is_empty() {
        return Err(Error::resource(format!("the folder holds no shared library (*{})", std::env::consts::DLL_SUFFIX))
            .at(path, None, None)
            .help("name the folder that the plugin was built into, or the library itself"));
    }
    Ok(files)
}
