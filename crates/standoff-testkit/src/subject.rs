//! A plugin at work on documents that have the layers it needs.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use standoff_core::{
    Annotator, AnyPlugin, BuildContext, Document, Error, Layers, Manifest, Output, Provenance, Schema, Task, linked_plugins, vocabulary,
};

use crate::giver::Plain;

/// An annotator, and what gives the layers that it needs and uses: the plugins that the test is linked with where they
/// do, and plain rows (words, sentences, capitalised names) for layers that it needs and none of them gives.
pub struct Subject {
    manifest: Manifest,
    annotator: Box<dyn Annotator>,
    task: Task,
    before: Vec<Giver>,
}

/// An annotator of an earlier step.
type Giver = (Box<dyn Annotator>, Task);

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject").field("plugin", &self.manifest.name).finish_non_exhaustive()
    }
}

impl Subject {
    /// A plugin with its default settings.
    ///
    /// # Errors
    /// If the plugin cannot be built.
    pub fn new(plugin: &dyn AnyPlugin) -> Result<Subject, Error> {
        Subject::with(plugin, &json!({}), &BuildContext::default())
    }

    /// A plugin with some settings.
    ///
    /// # Errors
    /// If the plugin cannot be built.
    pub fn with(plugin: &dyn AnyPlugin, settings: &Json, context: &BuildContext) -> Result<Subject, Error> {
        let manifest = plugin.manifest();
        let layers = plugin.layers(settings)?;
        let annotator = plugin.build(settings, context)?;
        let before = givers(&manifest.name, &layers)?;
        let task = task(&manifest, layers);
        Ok(Subject { manifest, annotator, task, before })
    }

    /// Who the plugin is.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The layers that it declares with its settings.
    #[must_use]
    pub fn layers(&self) -> &Layers {
        self.task.layers()
    }

    /// The annotator itself.
    #[must_use]
    pub fn annotator(&self) -> &dyn Annotator {
        &*self.annotator
    }

    /// A document with the layers that the plugin needs and uses, not yet annotated by it.
    ///
    /// # Errors
    /// If a plugin that gives one of them fails.
    pub fn document(&self, text: &str) -> Result<Document<'static>, Error> {
        let mut document = Document::new(text.to_owned())?.with_id("test").with_date("2021-05-14");
        self.prepare(&mut document, &mut Output::new())?;
        Ok(document)
    }

    /// Gives a document without annotations the layers that the plugin needs and uses.
    ///
    /// # Errors
    /// If a plugin that gives one of them fails.
    pub fn prepare(&self, document: &mut Document<'static>, output: &mut Output) -> Result<(), Error> {
        for (annotator, task) in &self.before {
            run(&**annotator, task, document, output)?;
        }
        Ok(())
    }

    /// Annotates a document, which stays as it was if that fails.
    ///
    /// # Errors
    /// If the annotator fails, or what it puts out breaks the contract.
    pub fn annotate(&self, document: &mut Document<'static>, output: &mut Output) -> Result<(), Error> {
        run(&*self.annotator, &self.task, document, output)
    }

    /// The document of a text, annotated.
    ///
    /// # Errors
    /// As for [`document`](Subject::document) and [`annotate`](Subject::annotate).
    pub fn annotated(&self, text: &str) -> Result<Document<'static>, Error> {
        let mut document = self.document(text)?;
        self.annotate(&mut document, &mut Output::new())?;
        Ok(document)
    }

    pub(crate) fn task(&self) -> &Task {
        &self.task
    }
}

fn task(manifest: &Manifest, layers: Layers) -> Task {
    let provenance = Provenance { annotator: manifest.name.clone(), version: manifest.version.clone(), settings: String::new() };
    Task::of(provenance, layers)
}

/// What the runner does for each annotator.
pub(crate) fn run(annotator: &dyn Annotator, task: &Task, document: &mut Document<'static>, output: &mut Output) -> Result<(), Error> {
    document.restrict(Some(task));
    output.begin(document, task);
    let result = annotator.annotate(document, output);
    document.restrict(None);
    match result {
        Ok(()) => document.commit(output),
        Err(error) => {
            output.finish();
            Err(error.with_annotator(&task.provenance().annotator))
        }
    }
}

/// What gives the layers that a plugin reads, in an order in which each finds what it reads itself.
fn givers(name: &str, layers: &Layers) -> Result<Vec<Giver>, Error> {
    struct Candidate {
        plugin: &'static dyn AnyPlugin,
        manifest: Manifest,
        layers: Layers,
    }
    let mut others: Vec<Candidate> = Vec::new();
    for plugin in linked_plugins() {
        let manifest = plugin.manifest();
        // A plugin that cannot do without settings is of no help here.
        if let Ok(layers) = plugin.layers(&json!({}))
            && manifest.name != name
        {
            others.push(Candidate { plugin, manifest, layers });
        }
    }
    let gives = |c: &Candidate, layer: &str| c.layers.gives.iter().any(|s| s.name == layer);
    let reads = |layers: &Layers| layers.readable().map(str::to_owned).collect::<Vec<_>>();

    // All that it reads, and what those read that give it. A layer that it revises is read as well.
    let mut wanted: BTreeSet<String> = reads(layers).into_iter().collect();
    let mut open: Vec<String> = wanted.iter().cloned().collect();
    let mut chosen: Vec<Candidate> = Vec::new();
    while let Some(layer) = open.pop() {
        let (found, rest): (Vec<_>, Vec<_>) = others.into_iter().partition(|c| gives(c, &layer));
        others = rest;
        for candidate in found {
            let new = reads(&candidate.layers).into_iter().filter(|l| wanted.insert(l.clone()));
            open.extend(new.collect::<Vec<_>>());
            chosen.push(candidate);
        }
    }
    let mut needed: Vec<Arc<Schema>> = Vec::new();
    for read in layers.needs.iter().chain(chosen.iter().flat_map(|c| &c.layers.needs)) {
        if chosen.iter().any(|c| gives(c, &read.name)) || needed.iter().any(|s| s.name == read.name) {
            continue;
        }
        let shared = vocabulary().into_iter().find(|s| s.name == read.name).map(Arc::clone);
        let own = read.schema.as_ref().map(|s| if s.name == read.name { Arc::clone(s) } else { s.renamed(&read.name) });
        needed.extend(shared.or(own));
    }
    let mut before: Vec<Giver> = Vec::new();
    if !needed.is_empty() {
        let layers = Layers { gives: needed.clone(), ..Layers::default() };
        let manifest = Manifest::new("plain", "1", "Plain rows to test on.");
        before.push((Box::new(Plain { gives: needed }), task(&manifest, layers)));
    }
    while !chosen.is_empty() {
        let ready = |c: &Candidate| {
            let mut reads = c.layers.readable();
            reads.all(|layer| !chosen.iter().any(|o| o.manifest.name != c.manifest.name && gives(o, layer) && !waits(&o.layers, &c.layers)))
        };
        let next = chosen.iter().position(ready).unwrap_or(0);
        let Candidate { plugin, manifest, layers } = chosen.remove(next);
        let annotator = plugin.build(&json!({}), &BuildContext::default()).map_err(|e| e.with_annotator(&manifest.name))?;
        before.push((annotator, task(&manifest, layers)));
    }
    Ok(before)
}

/// Whether `one`, which revises a layer that `other` gives, has to wait for it.
fn waits(one: &Layers, other: &Layers) -> bool {
    one.revises.iter().any(|layer| other.gives.iter().any(|s| s.name == *layer))
}
