//! Who annotates: the provenance of a segment, and the layers that an annotator declares.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::layer::Layer;
use crate::schema::Schema;

/// Who made a segment: which annotator, in which version, with which settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Provenance {
    /// The annotator's name in the pipeline.
    pub annotator: String,
    /// The version of its plugin.
    pub version: String,
    /// A digest of its settings, such as `sha256:…`; empty where there are none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub settings: String,
}

/// A layer that an annotator reads, by name, and the schema it reads it with if it reads it typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerRead {
    /// The layer's name.
    pub name: String,
    /// The attributes that it relies on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Arc<Schema>>,
}

/// The layers that an annotator declares. They may depend on its settings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Layers {
    /// It cannot work without these.
    #[serde(default)]
    pub needs: Vec<LayerRead>,
    /// It reads these where they are there.
    #[serde(default)]
    pub uses: Vec<LayerRead>,
    /// It may write rows to these.
    #[serde(default)]
    pub gives: Vec<Arc<Schema>>,
    /// It may retract rows of these.
    #[serde(default)]
    pub revises: Vec<String>,
}

impl Layers {
    /// No layers.
    #[must_use]
    pub fn new() -> Layers {
        Layers::default()
    }

    /// And needs this layer.
    #[must_use]
    pub fn needs<L: Layer>(self) -> Layers {
        self.needs_as::<L>(L::NAME)
    }

    /// And needs a layer of this name, read as `L`.
    #[must_use]
    pub fn needs_as<L: Layer>(mut self, name: &str) -> Layers {
        self.needs.push(LayerRead { name: name.into(), schema: Some(Arc::clone(L::schema())) });
        self
    }

    /// And needs a layer of this name, whatever its schema.
    #[must_use]
    pub fn needs_named(mut self, name: &str) -> Layers {
        self.needs.push(LayerRead { name: name.into(), schema: None });
        self
    }

    /// And reads this layer where it is there.
    #[must_use]
    pub fn uses<L: Layer>(self) -> Layers {
        self.uses_as::<L>(L::NAME)
    }

    /// And reads a layer of this name as `L`, where it is there.
    #[must_use]
    pub fn uses_as<L: Layer>(mut self, name: &str) -> Layers {
        self.uses.push(LayerRead { name: name.into(), schema: Some(Arc::clone(L::schema())) });
        self
    }

    /// And reads a layer of this name where it is there, whatever its schema.
    #[must_use]
    pub fn uses_named(mut self, name: &str) -> Layers {
        self.uses.push(LayerRead { name: name.into(), schema: None });
        self
    }

    /// And writes this layer.
    #[must_use]
    pub fn gives<L: Layer>(self) -> Layers {
        self.gives_schema(Arc::clone(L::schema()))
    }

    /// And writes a layer of this name with the attributes of `L`.
    #[must_use]
    pub fn gives_as<L: Layer>(self, name: &str) -> Layers {
        let schema = if name == L::NAME { Arc::clone(L::schema()) } else { L::schema().renamed(name) };
        self.gives_schema(schema)
    }

    /// And writes a layer of this schema.
    #[must_use]
    pub fn gives_schema(mut self, schema: Arc<Schema>) -> Layers {
        self.gives.push(schema);
        self
    }

    /// And may retract rows of this layer, which it also reads.
    #[must_use]
    pub fn revises<L: Layer>(self) -> Layers {
        self.revises_named(L::NAME)
    }

    /// And may retract rows of the layer of this name, which it also reads.
    #[must_use]
    pub fn revises_named(mut self, name: &str) -> Layers {
        self.revises.push(name.into());
        self
    }

    /// The names of all layers that may be read.
    pub fn readable(&self) -> impl Iterator<Item = &str> {
        let reads = self.needs.iter().chain(&self.uses).map(|read| read.name.as_str());
        reads.chain(self.revises.iter().map(String::as_str))
    }
}

/// One annotator at work: who it is, and the layers that it declared.
#[derive(Clone, Debug)]
pub struct Task {
    provenance: Arc<Provenance>,
    layers: Arc<Layers>,
}

impl Task {
    /// A task of an annotator that declares nothing yet.
    #[must_use]
    pub fn new(annotator: &str, version: &str) -> Task {
        let provenance = Provenance { annotator: annotator.into(), version: version.into(), settings: String::new() };
        Task::of(provenance, Layers::default())
    }

    /// The task of an annotator with its declared layers.
    #[must_use]
    pub fn of(provenance: Provenance, layers: Layers) -> Task {
        Task { provenance: Arc::new(provenance), layers: Arc::new(layers) }
    }

    /// The same, giving one more layer.
    #[must_use]
    pub fn gives<L: Layer>(self) -> Task {
        let layers = (*self.layers).clone().gives::<L>();
        Task { layers: Arc::new(layers), ..self }
    }

    /// Who it is.
    #[must_use]
    pub fn provenance(&self) -> &Arc<Provenance> {
        &self.provenance
    }

    /// What it declared.
    #[must_use]
    pub fn layers(&self) -> &Layers {
        &self.layers
    }

    pub(crate) fn shared_layers(&self) -> Arc<Layers> {
        Arc::clone(&self.layers)
    }
}
