//! Pipelines made in Rust.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value as Json;
use standoff_core::{Annotator, AnyPlugin, BuildContext, Layers};

use crate::condition::Condition;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::entry::{Entry, Maker, Origin};
use crate::node::{Node, Table, Value};
use crate::pipeline::Pipeline;
use crate::plan::{Draft, plan};
use crate::registry::{Handle, Registry};
use crate::scope::Within;

/// A pipeline under construction. What is wrong is told by [`build`](PipelineBuilder::build), all at once, with the
/// line of the program that each annotator was added in.
#[derive(Clone, Default)]
pub struct PipelineBuilder(Draft);

impl PipelineBuilder {
    pub(crate) fn new() -> PipelineBuilder {
        PipelineBuilder::default()
    }

    /// Adds a plugin by name, with its default settings.
    #[must_use]
    #[track_caller]
    pub fn annotator(self, plugin: &str) -> PipelineBuilder {
        self.annotator_with(plugin, Json::Object(serde_json::Map::new()))
    }

    /// Adds a plugin by name, with settings: `json!({"lists": ["staff.tsv"]})`.
    #[must_use]
    #[track_caller]
    pub fn annotator_with(self, plugin: &str, settings: Json) -> PipelineBuilder {
        self.entry(Maker::Named(plugin.to_owned(), 0..0), settings)
    }

    /// Adds a plugin that need not be registered, with settings.
    #[must_use]
    #[track_caller]
    pub fn plugin(self, plugin: impl AnyPlugin + 'static, settings: Json) -> PipelineBuilder {
        self.entry(Maker::Plugin(Handle::Shared(Arc::new(plugin))), settings)
    }

    /// Adds an annotator of the program's own, under a name and with the layers that it declares.
    #[must_use]
    #[track_caller]
    pub fn own(self, name: &str, layers: Layers, annotator: impl Annotator + 'static) -> PipelineBuilder {
        let maker = Maker::Ready(name.to_owned(), Arc::new(layers), Arc::new(annotator));
        self.entry(maker, Json::Object(serde_json::Map::new()))
    }

    #[track_caller]
    fn entry(mut self, maker: Maker, settings: Json) -> PipelineBuilder {
        let origin = Origin::Call(std::panic::Location::caller());
        let node = Node::of_json(settings);
        let settings = match node.value {
            Value::Table(table) => table,
            _ => {
                let message = format!("settings must be a JSON object, not {}", node.kind());
                self.0.found.push(Diagnostic::error(message, origin.at(&(0..0)), ""));
                Table::new()
            }
        };
        self.0.entries.push(Entry::new(origin, 0..0, maker, settings));
        self
    }

    /// Gives the annotator that was added last a name of its own, which its rows are signed with.
    #[must_use]
    pub fn named(mut self, name: &str) -> PipelineBuilder {
        if let Some(entry) = self.0.entries.last_mut() {
            entry.name = Some((name.to_owned(), 0..0));
        }
        self
    }

    /// Says which documents the annotator that was added last is for: `json!({"language": "en"})`, see [`Condition`].
    #[must_use]
    #[track_caller]
    pub fn when(mut self, condition: Json) -> PipelineBuilder {
        let origin = Origin::Call(std::panic::Location::caller());
        let when = Condition::parse(&Node::of_json(condition), &origin, &mut self.0.found);
        if let Some(entry) = self.0.entries.last_mut() {
            entry.when = when.map(|when| (when, 0..0));
        }
        self
    }

    /// Says where the annotator that was added last may give rows: `json!("paragraph")`, see [`Within`].
    #[must_use]
    #[track_caller]
    pub fn within(mut self, scope: Json) -> PipelineBuilder {
        let origin = Origin::Call(std::panic::Location::caller());
        let within = Within::parse(&Node::of_json(scope), &origin, &mut self.0.found);
        if let Some(entry) = self.0.entries.last_mut() {
            entry.within = within.map(|within| (within, 0..0));
        }
        self
    }

    /// Says that documents bring a layer along, so that no annotator need give it.
    #[must_use]
    pub fn expects(mut self, layer: &str) -> PipelineBuilder {
        self.0.expects.push(layer.to_owned());
        self
    }

    /// The folder that relative paths in settings start at; the working directory if nothing is said.
    #[must_use]
    pub fn base(mut self, folder: impl Into<PathBuf>) -> PipelineBuilder {
        self.0.context = BuildContext::new(folder);
        self
    }

    /// Checks the pipeline and builds it, with the plugins that the program was linked with.
    ///
    /// # Errors
    /// Everything that is wrong.
    #[track_caller]
    pub fn build(self) -> Result<Pipeline, Diagnostics> {
        match Registry::linked() {
            Ok(registry) => self.build_with(&registry),
            Err(error) => {
                let mut found = self.0.found;
                let here = Location::Call(std::panic::Location::caller());
                found.push(Diagnostic::error(error.message(), here, "").helps(error.help_text().map(str::to_owned)));
                Err(found)
            }
        }
    }

    /// Checks the pipeline and builds it, with the plugins of `registry`.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn build_with(self, registry: &Registry) -> Result<Pipeline, Diagnostics> {
        plan(self.0, registry)
    }
}

impl std::fmt::Debug for PipelineBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PipelineBuilder").field("annotators", &self.0.entries.len()).finish()
    }
}
