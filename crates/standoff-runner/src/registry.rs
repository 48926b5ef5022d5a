//! Which plugins a program knows, by name.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use standoff_core::{AnyPlugin, Error, Layers, Manifest, linked_plugins, nearest};

use crate::contain::contain;

/// Plugins by name, and where each comes from.
///
/// ```
/// use standoff_runner::Registry;
///
/// let registry = Registry::linked()?;
/// for plugin in registry.plugins() {
///     println!("{} ({})", plugin.manifest().name, registry.origin(&plugin.manifest().name).unwrap_or_default());
/// }
/// # Ok::<(), standoff_core::Error>(())
/// ```
#[derive(Default)]
pub struct Registry(BTreeMap<String, Known>);

struct Known {
    plugin: Handle,
    origin: String,
}

/// A plugin that was linked in, or one that the program owns.
#[derive(Clone)]
pub(crate) enum Handle {
    Static(&'static dyn AnyPlugin),
    Shared(Arc<dyn AnyPlugin>),
}

impl Deref for Handle {
    type Target = dyn AnyPlugin;
    fn deref(&self) -> &Self::Target {
        match self {
            Handle::Static(plugin) => *plugin,
            Handle::Shared(plugin) => &**plugin,
        }
    }
}

/// Keys of an entry that are not settings.
pub(crate) const RESERVED: [&str; 5] = ["use", "name", "when", "within", "plugins"];

impl Registry {
    /// A registry without plugins.
    #[must_use]
    pub fn new() -> Registry {
        Registry::default()
    }

    /// The plugins that the program was linked with. A crate registers its plugins only if the program refers to it:
    /// `use standoff_date as _;` is enough.
    ///
    /// # Errors
    /// If two of them have the same name, or one is not fit for a pipeline (see [`add`](Registry::add)).
    pub fn linked() -> Result<Registry, Error> {
        let mut registry = Registry::new();
        for plugin in linked_plugins() {
            registry.insert(Handle::Static(plugin), "linked into the program".into())?;
        }
        Ok(registry)
    }

    /// Adds a plugin. `origin` says where it comes from, such as the path of a shared library; messages name it.
    ///
    /// # Errors
    /// If a plugin of this name is there already: the error says where both come from. If its name is not made of
    /// lower case letters, digits and hyphens, or one of its settings is called like a key of the pipeline file
    /// (`use`, `name`, `when`, `within`, `plugins`), so that nobody could set it.
    pub fn add(&mut self, plugin: Arc<dyn AnyPlugin>, origin: impl Into<String>) -> Result<(), Error> {
        self.insert(Handle::Shared(plugin), origin.into())
    }

    fn insert(&mut self, plugin: Handle, origin: String) -> Result<(), Error> {
        let asked = contain(|| (plugin.manifest(), plugin.settings_schema()));
        let (Manifest { name, version, .. }, schema) =
            asked.map_err(|message| Error::panic(format!("a plugin ({origin}) panicked when asked who it is: {message}")))?;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.is_empty() || !name.chars().all(fits) {
            return Err(Error::plan(format!("a plugin is named `{name}` ({origin})"))
                .help("a plugin's name is made of lower case letters, digits and hyphens"));
        }
        if let Some(key) = RESERVED.iter().find(|key| schema["properties"].get(**key).is_some()) {
            return Err(Error::plan(format!("plugin `{name}` ({origin}) has a setting `{key}`, which a pipeline file cannot set"))
                .help(format!("rename the setting: the keys {} belong to the pipeline", quoted(RESERVED))));
        }
        if let Some(other) = self.0.get(&name) {
            let other_version = other.plugin.manifest().version;
            return Err(Error::plan(format!(
                "two plugins are named `{name}`: version {other_version} ({}) and version {version} ({origin})",
                other.origin
            ))
            .help("leave one of them out, or rename it"));
        }
        self.0.insert(name, Known { plugin, origin });
        Ok(())
    }

    /// Whether no plugin is known. Then the program was linked with none: it must refer to their crates.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of all plugins, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// All plugins, sorted by name.
    pub fn plugins(&self) -> impl Iterator<Item = &dyn AnyPlugin> {
        self.0.values().map(|known| &*known.plugin)
    }

    /// Where a plugin comes from.
    #[must_use]
    pub fn origin(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|known| known.origin.as_str())
    }

    /// The plugin of a name.
    ///
    /// # Errors
    /// If there is none: the error names the nearest, or all of them.
    pub fn get(&self, name: &str) -> Result<&dyn AnyPlugin, Error> {
        self.handle(name).map(|handle| &**handle).ok_or_else(|| {
            let help = self.suggest(name).join("; ").replace("?; ", "? ");
            Error::plan(format!("there is no plugin `{name}`")).help(help)
        })
    }

    pub(crate) fn handle(&self, name: &str) -> Option<&Handle> {
        self.0.get(name).map(|known| &known.plugin)
    }

    pub(crate) fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.names())
    }

    /// What to write instead of a name that is not known.
    pub(crate) fn suggest(&self, name: &str) -> Vec<String> {
        if self.is_empty() {
            return vec![NO_PLUGINS.into()];
        }
        let mut help: Vec<String> = self.nearest(name).map(|near| format!("did you mean `{near}`?")).into_iter().collect();
        help.push(format!("the plugins of this program are {}", quoted(self.names())));
        help
    }

    /// The plugins that give a layer with their default settings.
    pub(crate) fn givers(&self, layer: &str) -> Vec<&str> {
        let gives = |known: &Known| self.default_layers(&known.plugin).is_some_and(|l| l.gives.iter().any(|s| s.name == layer));
        self.0.iter().filter(|(_, known)| gives(known)).map(|(name, _)| name.as_str()).collect()
    }

    pub(crate) fn default_layers(&self, plugin: &Handle) -> Option<Layers> {
        contain(|| plugin.layers(&serde_json::json!({}))).ok().and_then(Result::ok)
    }
}

const NO_PLUGINS: &str = "this program was linked with no plugin at all: a crate that is named in Cargo.toml alone is left \
    out by the linker, so refer to each plugin's crate in the source, for instance `use standoff_tokenizer as _;`";

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(name, known)| (name, &known.origin))).finish()
    }
}

/// Names for a message: "`a`, `b` and `c`".
pub(crate) fn quoted<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let names: Vec<String> = names.into_iter().map(|n| format!("`{}`", n.as_ref())).collect();
    match names.as_slice() {
        [] => "none".into(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
