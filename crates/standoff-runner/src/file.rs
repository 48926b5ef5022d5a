//! A pipeline file: TOML text to entries, with the place of everything.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use standoff_core::{AnyPlugin, BuildContext, Error, Place, nearest};
use toml::de::DeTable;

use crate::condition::Condition;
use crate::diagnostic::{Diagnostic, Diagnostics, SourceFile};
use crate::entry::{Entry, Maker, Origin};
use crate::node::{Node, Table, Value, table_of};
use crate::pipeline::Pipeline;
use crate::plan::{Draft, plan};
use crate::registry::{RESERVED, Registry};
use crate::scope::Within;

/// The text of a pipeline, parsed but not yet checked against plugins.
///
/// ```toml
/// plugins = ["libmine.so"]           # shared libraries, and folders of them, beside the plugins of the program
///
/// [pipeline]
/// description = "Places and dates of English news."
/// expects = []                       # layers that documents bring along
/// allow = ["sha256:…"]               # the shared libraries that may be loaded, by their digests; any if left out
///
/// [[annotator]]
/// use = "tokenizer"
///
/// [[annotator]]
/// use = "gazetteer"
/// name = "staff"                     # what its rows are signed with; the plugin's name if left out
/// when = { language = "en" }         # which documents it is for, see `Condition`
/// within = "paragraph"               # where it may give rows, see `Within`
/// lists = ["staff.tsv"]              # everything else is a setting of the plugin
/// ```
///
/// Paths are relative to the file. `plugins` must stand above the first table, as TOML has it.
#[derive(Clone)]
pub struct PipelineFile {
    draft: Draft,
    plugins: Vec<PluginPath>,
    allowed: Option<Vec<String>>,
    loaded: bool,
}

/// A shared library, or a folder of them, that a pipeline file names: `"path"`, or `{ path = "path", sha256 = "…" }`.
#[derive(Clone, Debug)]
pub struct PluginPath {
    /// The path, made relative to the folder of the pipeline file.
    pub path: PathBuf,
    /// The digest that the file must have, in hexadecimal, if the pipeline file says.
    pub sha256: Option<String>,
    span: Range<usize>,
    origin: Origin,
}

impl PluginPath {
    /// Where the path stands in the pipeline file.
    #[must_use]
    pub fn place(&self) -> Place {
        self.origin.at(&self.span).place()
    }
}

impl PipelineFile {
    /// Parses the text of a pipeline file. `name` is the file's path: messages show it, and paths in settings are
    /// relative to its folder.
    ///
    /// # Errors
    /// If the text is not TOML. What else is wrong is told by [`plan`](PipelineFile::plan), all at once.
    pub fn parse(text: &str, name: impl AsRef<Path>) -> Result<PipelineFile, Diagnostics> {
        let path = name.as_ref();
        let source = Arc::new(SourceFile { name: path.display().to_string(), text: text.to_owned() });
        let origin = Origin::File(Arc::clone(&source));
        let (root, errors) = DeTable::parse_recoverable(&source.text);
        if !errors.is_empty() {
            let mut found = Diagnostics::default();
            for error in errors {
                let span = error.span().unwrap_or(text.len()..text.len());
                let value = text.get(..span.start).is_some_and(|before| before.trim_end().ends_with(['=', '[', ',']));
                let bare = value && text.get(span.clone()).is_some_and(|t| t.starts_with(char::is_alphabetic));
                let help = bare.then(|| "a string stands in quotes".to_owned());
                found.push(Diagnostic::error(format!("this is not TOML: {}", error.message()), origin.at(&span), "").helps(help));
            }
            found.sort();
            return Err(found);
        }
        let base = path.parent().unwrap_or(Path::new("")).to_owned();
        let mut reader =
            Reader { origin, base: base.clone(), found: Diagnostics::default(), plugins: Vec::new(), allowed: None, misplaced: false };
        let mut draft = reader.read(&table_of(root.get_ref()), text.len());
        draft.unknown_plugins |= reader.misplaced;
        draft.found = reader.found;
        draft.context = BuildContext::new(base);
        Ok(PipelineFile { draft, plugins: reader.plugins, allowed: reader.allowed, loaded: false })
    }

    /// The digests of the shared libraries that may be loaded, in hexadecimal, if the file says: of those that it names
    /// without a digest of their own, and of those that are loaded beside them.
    #[must_use]
    pub fn allowed(&self) -> Option<&[String]> {
        self.allowed.as_deref()
    }

    /// The shared libraries that the file names.
    #[must_use]
    pub fn plugins(&self) -> &[PluginPath] {
        &self.plugins
    }

    /// Loads the shared libraries that the file names: `load` gives the plugins of one, which are added to `registry`.
    /// What fails is told by [`plan`](PipelineFile::plan), at the path's place.
    pub fn load_plugins(&mut self, registry: &mut Registry, mut load: impl FnMut(&PluginPath) -> Result<Vec<Arc<dyn AnyPlugin>>, Error>) {
        for plugin in &self.plugins {
            let origin = plugin.path.display().to_string();
            let loaded = load(plugin);
            let added = loaded.and_then(|list| list.into_iter().try_for_each(|p| registry.add(p, origin.clone())));
            if let Err(error) = added {
                let help = error.help_text().map(str::to_owned);
                let cause = std::error::Error::source(&error).map(|s| format!(": {s}")).unwrap_or_default();
                // Of a folder, the library at fault.
                let file = error.place().map(|at| at.file.as_path()).filter(|file| *file != plugin.path);
                let file = file.map(|file| format!("{}: ", file.display())).unwrap_or_default();
                let message = format!("cannot load `{origin}`: {file}{}{cause}", error.message());
                self.draft.found.push(Diagnostic::error(message, plugin.origin.at(&plugin.span), "").helps(help));
                self.draft.unknown_plugins = true;
            }
        }
        self.loaded = true;
    }

    /// Checks the pipeline against the plugins of `registry`, and builds its annotators.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the file.
    pub fn plan(&self, registry: &Registry) -> Result<Pipeline, Diagnostics> {
        let mut draft = self.draft.clone();
        if let (Some(plugin), false) = (self.plugins.first(), self.loaded) {
            let message = "this program loads no shared libraries";
            let help = "link the plugins into the program, or run the pipeline with the command `standoff`";
            draft.found.push(Diagnostic::error(message, plugin.origin.at(&plugin.span), "").help(help));
            draft.unknown_plugins = true;
        }
        plan(draft, registry)
    }
}

impl std::fmt::Debug for PipelineFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PipelineFile").field("annotators", &self.draft.entries.len()).field("plugins", &self.plugins).finish()
    }
}

fn digits(text: &str) -> Option<String> {
    let text = text.strip_prefix("sha256:").unwrap_or(text).to_lowercase();
    (text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())).then_some(text)
}

struct Reader {
    origin: Origin,
    base: PathBuf,
    found: Diagnostics,
    plugins: Vec<PluginPath>,
    allowed: Option<Vec<String>>,
    /// Whether `plugins` stands where it says nothing, so that plugins lack that were meant to be there.
    misplaced: bool,
}

/// An entry to copy.
const ENTRY: &str = "an annotator is written `[[annotator]]`, and below it `use = \"tokenizer\"`";

impl Reader {
    fn error(&mut self, message: impl Into<String>, span: &Range<usize>, label: &str) -> Diagnostic {
        Diagnostic::error(message, self.origin.at(span), label)
    }

    fn read(&mut self, root: &Table, end: usize) -> Draft {
        const KEYS: [&str; 3] = ["pipeline", "plugins", "annotator"];
        let mut draft = Draft::default();
        let mut entries = None;
        for (key, node) in root {
            match key.name.as_str() {
                "pipeline" => self.header(node, &mut draft),
                "plugins" => self.plugin_paths(node),
                "annotator" => {
                    entries = Some(node);
                    draft.entries = self.entries(node);
                }
                other => {
                    let mut error = self.error(format!("unknown key `{other}`"), &key.span, "").allowed(other, KEYS);
                    if RESERVED.contains(&other) {
                        error = error.help(format!("`{other}` belongs to an annotator: {ENTRY}"));
                    }
                    self.found.push(error);
                    // Entries under a misspelt key were meant: what follows from their lack need not be said.
                    draft.unknown_plugins = true;
                    entries = entries.or(Some(node));
                }
            }
        }
        if entries.is_none() {
            let error = self.error("the pipeline has no annotator", &(end..end), "").help(ENTRY);
            self.found.push(error);
        }
        draft
    }

    fn header(&mut self, node: &Node, draft: &mut Draft) {
        const KEYS: [&str; 4] = ["name", "description", "expects", "allow"];
        let Value::Table(table) = &node.value else {
            let error = self.error(format!("`pipeline` must be a table, not {}", node.kind()), &node.span, "");
            self.found.push(error.help("write `[pipeline]`, and its keys below"));
            return;
        };
        for (key, value) in table {
            match (key.name.as_str(), value.str()) {
                ("name", Some(text)) => draft.name = Some(text.to_owned()),
                ("description", Some(text)) => draft.description = Some(text.to_owned()),
                ("expects", _) => draft.expects = self.strings(value, "expects", "names of layers that documents bring along"),
                ("allow", _) => {
                    let Value::Array(items) = &value.value else {
                        let error = self.error(format!("`allow` must be a list of digests, not {}", value.kind()), &value.span, "");
                        self.found.push(error.help("write `allow = [\"sha256:…\"]`"));
                        continue;
                    };
                    self.allowed = Some(items.iter().filter_map(|item| self.digest("allow", item)).collect());
                }
                ("plugins", _) => self.misplaced(&key.span),
                ("name" | "description", None) => {
                    let error = self.error(format!("`{}` must be a string, not {}", key.name, value.kind()), &value.span, "");
                    self.found.push(error);
                }
                (other, _) => {
                    let error = self.error(format!("unknown key `{other}` of `pipeline`"), &key.span, "").allowed(other, KEYS);
                    self.found.push(error);
                }
            }
        }
    }

    fn strings(&mut self, node: &Node, key: &str, of: &str) -> Vec<String> {
        let Value::Array(items) = &node.value else {
            let error = self.error(format!("`{key}` must be a list of {of}, not {}", node.kind()), &node.span, "");
            self.found.push(error);
            return Vec::new();
        };
        let mut strings = Vec::new();
        for item in items {
            match item.str() {
                Some(text) => strings.push(text.to_owned()),
                None => {
                    let error = self.error(format!("`{key}` must be a list of {of}"), &item.span, &format!("this is {}", item.kind()));
                    self.found.push(error);
                }
            }
        }
        strings
    }

    fn plugin_paths(&mut self, node: &Node) {
        const HELP: &str = "write `plugins = [\"libmine.so\"]`, or for a file of which the digest is known \
            `plugins = [{ path = \"libmine.so\", sha256 = \"…\" }]`";
        let Value::Array(items) = &node.value else {
            let error = self.error(format!("`plugins` must be a list of paths, not {}", node.kind()), &node.span, "").help(HELP);
            self.found.push(error);
            return;
        };
        for item in items {
            let (path, sha256) = match &item.value {
                Value::String(path) => (Some(path.clone()), None),
                Value::Table(table) => {
                    for (key, _) in table.iter().filter(|(key, _)| !["path", "sha256"].contains(&key.name.as_str())) {
                        let error = self.error(format!("unknown key `{}`", key.name), &key.span, "").allowed(&key.name, ["path", "sha256"]);
                        self.found.push(error);
                    }
                    let get = |name| table.iter().find(|(key, _)| key.name == name).map(|(_, value)| value);
                    let sha256 = get("sha256").and_then(|value| self.digest("sha256", value));
                    (get("path").and_then(Node::str).map(str::to_owned), sha256)
                }
                _ => (None, None),
            };
            match path.filter(|p| !p.is_empty()) {
                Some(path) => {
                    let path = self.base.join(path);
                    self.plugins.push(PluginPath { path, sha256, span: item.span.clone(), origin: self.origin.clone() });
                }
                None => {
                    let error = self.error("this names no shared library", &item.span, "").help(HELP);
                    self.found.push(error);
                }
            }
        }
    }

    /// `plugins` below a table.
    fn misplaced(&mut self, span: &Range<usize>) {
        let error = self.error("`plugins` belongs to the whole pipeline, and here it is part of a table", span, "");
        self.found
            .push(error.help("write it above the first table, at the top of the file: in TOML a table takes all that stands below it"));
        self.misplaced = true;
    }

    /// A digest, without the prefix that it may have.
    fn digest(&mut self, key: &str, node: &Node) -> Option<String> {
        let good = node.str().and_then(digits);
        if good.is_none() {
            let error = self.error(format!("`{key}` must be the 64 hexadecimal digits of a SHA-256 digest"), &node.span, "");
            self.found.push(error.help("`standoff plugin inspect` shows the digest of a library"));
        }
        good
    }

    fn entries(&mut self, node: &Node) -> Vec<Entry> {
        match &node.value {
            Value::Array(items) if items.is_empty() => {
                let error = self.error("the pipeline has no annotator", &node.span, "").help(ENTRY);
                self.found.push(error);
                Vec::new()
            }
            Value::Array(items) => items.iter().filter_map(|item| self.entry(item)).collect(),
            Value::Table(_) => {
                let error = self.error("`annotator` must be a list of tables, not one table", &node.span, "");
                self.found.push(error.help("write `[[annotator]]`, with two brackets, for each annotator"));
                self.entry(node).into_iter().collect()
            }
            _ => {
                let error = self.error(format!("`annotator` must be a list of tables, not {}", node.kind()), &node.span, "").help(ENTRY);
                self.found.push(error);
                Vec::new()
            }
        }
    }

    fn entry(&mut self, node: &Node) -> Option<Entry> {
        let Value::Table(table) = &node.value else {
            let error = self.error(format!("an annotator must be a table, not {}", node.kind()), &node.span, "").help(ENTRY);
            self.found.push(error);
            return None;
        };
        let before = self.found.len();
        let mut used = None;
        let mut entry = Entry::new(self.origin.clone(), node.span.clone(), Maker::Named(String::new(), 0..0), Table::new());
        for (key, value) in table {
            match key.name.as_str() {
                "use" => match value.str().filter(|name| !name.trim().is_empty()) {
                    Some(name) => used = Some(Maker::Named(name.to_owned(), value.span.clone())),
                    None => {
                        let what = if value.str().is_some() { "an empty string" } else { value.kind() };
                        let error = self.error(format!("`use` must be the name of a plugin, not {what}"), &value.span, "");
                        self.found.push(error);
                        used = Some(Maker::Named(String::new(), value.span.clone()));
                    }
                },
                "name" => match value.str().filter(|name| !name.trim().is_empty()) {
                    Some(name) => entry.name = Some((name.to_owned(), value.span.clone())),
                    None => {
                        let what = if value.str().is_some() { "an empty string" } else { value.kind() };
                        let error = self.error(format!("`name` must be a name for the annotator, not {what}"), &value.span, "");
                        self.found.push(error);
                    }
                },
                "when" => {
                    let when = Condition::parse(value, &self.origin, &mut self.found);
                    entry.when = when.map(|when| (when, value.span.clone()));
                }
                "within" => {
                    let within = Within::parse(value, &self.origin, &mut self.found);
                    entry.within = within.map(|within| (within, value.span.clone()));
                }
                "plugins" => self.misplaced(&key.span),
                _ => entry.settings.push((key.clone(), value.clone())),
            }
        }
        entry.flawed = self.found.iter().skip(before).any(|d| d.severity() == crate::Severity::Error);
        let Some(maker) = used else {
            let near = table.iter().find(|(key, _)| {
                ["uses", "plugin", "annotator", "type"].contains(&key.name.as_str()) || nearest(&key.name, ["use"]).is_some()
            });
            let error = match near {
                Some((key, _)) => {
                    self.error(format!("an annotator without `use`, but with `{}`", key.name), &key.span, "").help("did you mean `use`?")
                }
                None => {
                    self.error("an annotator without `use`", &node.span, "").help("say which plugin it is, such as `use = \"tokenizer\"`")
                }
            };
            self.found.push(error);
            entry.flawed = true;
            return Some(entry);
        };
        entry.maker = maker;
        Some(entry)
    }
}
