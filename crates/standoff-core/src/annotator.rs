//! The contract of annotators, and of the plugins that build them.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::document::Document;
use crate::error::Error;
use crate::output::Output;
use crate::task::Layers;

/// Reads a document and puts out rows.
///
/// One annotator serves all threads at once, so it holds no state of a document: buffers that outlive one live in the
/// [`Output`] (see [`Output::take_scratch`]). The same document gives the same rows, whatever came before.
pub trait Annotator: Send + Sync {
    /// Annotates one document.
    ///
    /// # Errors
    /// Any UTF-8 text gives some output; odd text is no error. An error (or a panic) costs the document all of this
    /// annotator's rows and sets the document aside; the run goes on.
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error>;

    /// What its rules are for, if it works by rules.
    fn rules(&self) -> Vec<RuleDoc> {
        Vec::new()
    }

    /// Says for people why it finds in a document what it finds: which entry or rule, by which steps, and what was
    /// nearly found. `rule` narrows the answer to one rule. `None` if there is nothing to say.
    ///
    /// # Errors
    /// If `rule` names none of its rules.
    fn explain(&self, document: &Document, rule: Option<&str>) -> Result<Option<String>, Error> {
        let _ = (document, rule);
        Ok(None)
    }
}

impl<A: Annotator + ?Sized> Annotator for Box<A> {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        (**self).annotate(document, output)
    }
    fn rules(&self) -> Vec<RuleDoc> {
        (**self).rules()
    }
    fn explain(&self, document: &Document, rule: Option<&str>) -> Result<Option<String>, Error> {
        (**self).explain(document, rule)
    }
}

/// What one rule is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleDoc {
    /// Its id, as rows carry it.
    pub id: String,
    /// What it finds, in a sentence.
    pub summary: String,
    /// A text in which it finds something.
    pub example: String,
    /// Where it stands, such as `rules/news.rules:12`; empty if it has no place.
    pub place: String,
}

/// Who a plugin is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The name that pipelines use it by: lower case letters, digits and hyphens.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it does, in a sentence.
    pub summary: String,
    /// The languages that it can read, as BCP 47 tags; empty if it reads any. Documents in other languages skip it.
    #[serde(default)]
    pub languages: Vec<String>,
    /// One worked example.
    #[serde(default)]
    pub example: Example,
}

impl Manifest {
    /// A plugin for any language, without an example yet.
    #[must_use]
    pub fn new(name: &str, version: &str, summary: &str) -> Manifest {
        Manifest { name: name.into(), version: version.into(), summary: summary.into(), ..Manifest::default() }
    }

    /// The same for these languages only.
    #[must_use]
    pub fn languages(mut self, tags: &[&str]) -> Manifest {
        self.languages = tags.iter().map(|&t| t.into()).collect();
        self
    }

    /// The same with its worked example.
    #[must_use]
    pub fn example(mut self, example: Example) -> Manifest {
        self.example = example;
        self
    }
}

/// A worked example: a text, and what the plugin finds in it. The layers that the plugin needs
/// are given by whichever plugins of the program give them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The text.
    pub text: String,
    /// The document's own date, where it matters.
    #[serde(default)]
    pub date: Option<String>,
    /// The plugin's settings, for one that does little or nothing without: in TOML, as they stand below `use` in a pipeline
    /// file. Empty stands for the default settings.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub settings: String,
    /// Rows that must be among those found.
    pub finds: Vec<ExampleRow>,
}

impl Example {
    /// An example without finds yet.
    #[must_use]
    pub fn new(text: &str) -> Example {
        Example { text: text.into(), ..Example::default() }
    }

    /// The same with the document's own date.
    #[must_use]
    pub fn date(mut self, date: &str) -> Example {
        self.date = Some(date.into());
        self
    }

    /// The same with settings, in TOML.
    #[must_use]
    pub fn settings(mut self, toml: &str) -> Example {
        self.settings = toml.into();
        self
    }

    /// The same with one more row that must be found: its layer, the text that it covers (empty in a layer without
    /// spans), and attributes with their values as text.
    #[must_use]
    pub fn finds(mut self, layer: &str, covers: &str, attributes: &[(&str, &str)]) -> Example {
        let attributes = attributes.iter().map(|&(name, value)| (name.into(), value.into())).collect();
        self.finds.push(ExampleRow { layer: layer.into(), covers: covers.into(), attributes });
        self
    }
}

/// One row of a worked example.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExampleRow {
    /// Its layer.
    pub layer: String,
    /// The text that it covers; empty in a layer without spans.
    pub covers: String,
    /// Attributes and their values as text.
    pub attributes: Vec<(String, String)>,
}

/// What a plugin knows of its surroundings while it builds an annotator.
#[derive(Clone, Debug)]
pub struct BuildContext {
    base: PathBuf,
}

impl BuildContext {
    /// Relative paths in settings start at `base`: the folder of the pipeline file.
    #[must_use]
    pub fn new(base: impl Into<PathBuf>) -> BuildContext {
        BuildContext { base: base.into() }
    }

    /// A path from the settings, made relative to the pipeline file's folder.
    #[must_use]
    pub fn resolve(&self, path: impl AsRef<Path>) -> PathBuf {
        self.base.join(path)
    }

    /// The folder that relative paths start at.
    #[must_use]
    pub fn base(&self) -> &Path {
        &self.base
    }
}

impl Default for BuildContext {
    fn default() -> BuildContext {
        BuildContext::new("")
    }
}

/// A maker of annotators: a manifest, typed settings, the layers it declares, and how to build it.
pub trait Plugin: Send + Sync + 'static {
    /// The settings, read from the pipeline file. `{}` must be good settings if the plugin is to work without any. Let
    /// the struct say `#[serde(deny_unknown_fields, default)]`, and give each field a doc comment: `standoff explain`
    /// shows them.
    type Settings: DeserializeOwned + JsonSchema;

    /// Who it is.
    fn manifest(&self) -> Manifest;

    /// The layers that an annotator with these settings needs, uses, gives and revises.
    fn layers(&self, settings: &Self::Settings) -> Layers;

    /// Builds an annotator.
    ///
    /// # Errors
    /// If a setting has a wrong value ([`Error::settings`]) or a file is missing or broken ([`Error::resource`], with
    /// its place).
    fn build(&self, settings: Self::Settings, context: &BuildContext) -> Result<Box<dyn Annotator>, Error>;
}

/// A [`Plugin`] whose settings come as JSON: what the runner and the loader of shared libraries hold.
pub trait AnyPlugin: Send + Sync {
    /// Who it is.
    fn manifest(&self) -> Manifest;

    /// The JSON Schema of its settings.
    fn settings_schema(&self) -> Json;

    /// The layers that an annotator with these settings declares.
    ///
    /// # Errors
    /// If the settings are not of the plugin's form.
    fn layers(&self, settings: &Json) -> Result<Layers, Error>;

    /// Builds an annotator.
    ///
    /// # Errors
    /// If the settings are not of the plugin's form, or as [`Plugin::build`] says.
    fn build(&self, settings: &Json, context: &BuildContext) -> Result<Box<dyn Annotator>, Error>;
}

impl<P: Plugin> AnyPlugin for P {
    fn manifest(&self) -> Manifest {
        Plugin::manifest(self)
    }

    fn settings_schema(&self) -> Json {
        schemars::schema_for!(P::Settings).to_value()
    }

    fn layers(&self, settings: &Json) -> Result<Layers, Error> {
        Ok(Plugin::layers(self, &read_settings::<P>(settings)?))
    }

    fn build(&self, settings: &Json, context: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        Plugin::build(self, read_settings::<P>(settings)?, context)
    }
}

fn read_settings<P: Plugin>(settings: &Json) -> Result<P::Settings, Error> {
    serde_path_to_error::deserialize(settings).map_err(|error| {
        let path = error.path().to_string();
        let message = Error::settings(error.inner().to_string());
        if path == "." { message } else { message.in_setting(path) }
    })
}

/// A plugin that a program was linked with. Made by [`register!`](crate::register).
#[doc(hidden)]
pub struct Registration(pub &'static dyn AnyPlugin);

inventory::collect!(Registration);

/// The plugins that this program was linked with, sorted by name.
///
/// A crate registers its plugins only if the program refers to it: `use standoff_date as _;` is enough. A crate that is
/// named in Cargo.toml alone is left out by the linker.
#[must_use]
pub fn linked_plugins() -> Vec<&'static dyn AnyPlugin> {
    let mut named: Vec<_> = inventory::iter::<Registration>.into_iter().map(|r| (r.0.manifest(), r.0)).collect();
    named.sort_by(|(a, _), (b, _)| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    named.into_iter().map(|(_, plugin)| plugin).collect()
}

/// Registers a plugin with the program that it is linked into, or with the host that loads it as a shared library.
///
/// ```
/// use standoff_core::{Annotator, BuildContext, Document, Error, Layers, Manifest, Output, Plugin};
///
/// struct Nothing;
///
/// impl Plugin for Nothing {
///     type Settings = std::collections::BTreeMap<String, String>;
///     fn manifest(&self) -> Manifest {
///         Manifest::new("nothing", "0.1.0", "Finds nothing.")
///     }
///     fn layers(&self, _: &Self::Settings) -> Layers {
///         Layers::new()
///     }
///     fn build(&self, _: Self::Settings, _: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
///         Ok(Box::new(Nothing))
///     }
/// }
///
/// impl Annotator for Nothing {
///     fn annotate(&self, _: &Document, _: &mut Output) -> Result<(), Error> {
///         Ok(())
///     }
/// }
///
/// standoff_core::register!(Nothing);
/// assert_eq!(standoff_core::linked_plugins()[0].manifest().name, "nothing");
/// ```
#[macro_export]
macro_rules! register {
    ($plugin:expr) => {
        $crate::__private::inventory::submit! { $crate::__private::Registration(&$plugin) }
    };
}
