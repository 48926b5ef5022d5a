//! A checked pipeline, and how it annotates one document.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use serde_json::Value as Json;
use standoff_core::{Annotator, Document, Error, Layers, Manifest, Output, Schema, Task};

use crate::builder::PipelineBuilder;
use crate::condition::{Condition, in_language};
use crate::contain::contain;
use crate::diagnostic::Diagnostics;
use crate::file::PipelineFile;
use crate::registry::Registry;
use crate::report::{DocumentReport, Skip};
use crate::scope::{Dropped, Within};

/// Annotators in the order in which they run, checked against one another and built. It serves all threads at once.
pub struct Pipeline {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) steps: Vec<Step>,
    pub(crate) layers: Vec<Arc<str>>,
    pub(crate) warnings: Diagnostics,
}

/// One annotator of a pipeline.
pub struct Step {
    pub(crate) name: Arc<str>,
    pub(crate) manifest: Manifest,
    pub(crate) settings: Json,
    pub(crate) task: Task,
    pub(crate) annotator: Arc<dyn Annotator>,
    pub(crate) when: Option<Condition>,
    pub(crate) within: Option<Within>,
    /// The layers that it cannot work without, and which steps give each.
    pub(crate) needs: Vec<(Arc<str>, Vec<usize>)>,
    /// The layers it gives of which a document can have one only.
    pub(crate) single: Vec<Arc<str>>,
}

impl Step {
    /// Its name in the pipeline, which its rows are signed with.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who its plugin is. An annotator of the program's own has a manifest with its name alone.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its settings, as they were written.
    #[must_use]
    pub fn settings(&self) -> &Json {
        &self.settings
    }

    /// The layers that it declares with these settings.
    #[must_use]
    pub fn layers(&self) -> &Layers {
        self.task.layers()
    }

    /// Who signs its rows, and what it declares.
    #[must_use]
    pub fn task(&self) -> &Task {
        &self.task
    }

    /// The annotator itself, to explain what it does.
    #[must_use]
    pub fn annotator(&self) -> &dyn Annotator {
        &*self.annotator
    }

    /// Which documents it is for.
    #[must_use]
    pub fn when(&self) -> Option<&Condition> {
        self.when.as_ref()
    }

    /// Where it may give rows.
    #[must_use]
    pub fn within(&self) -> Option<&Within> {
        self.within.as_ref()
    }

    fn skip(&self, document: &Document, brought: usize, skipped: &[usize]) -> Option<Skip> {
        if self.when.as_ref().is_some_and(|when| !when.holds(document)) {
            return Some(Skip::When);
        }
        if !self.manifest.languages.is_empty()
            && let Some(tag) = document.meta().language.as_deref()
            && !self.manifest.languages.iter().any(|l| in_language(tag, l))
        {
            return Some(Skip::Language);
        }
        if !skipped.is_empty() {
            let lacks = |(layer, givers): &&(Arc<str>, Vec<usize>)| {
                !givers.is_empty()
                    && givers.iter().all(|giver| skipped.contains(giver))
                    && !document.segments().iter().any(|s| s.layer() == &**layer)
            };
            if let Some((layer, _)) = self.needs.iter().find(lacks) {
                return Some(Skip::Needs(Arc::clone(layer)));
            }
        }
        let all_brought = brought > 0
            && self.single.len() == self.task.layers().gives.len()
            && self.task.layers().revises.is_empty()
            && self.single.iter().all(|layer| has(document, brought, layer));
        self.single.first().filter(|_| all_brought).map(|layer| Skip::Has(Arc::clone(layer)))
    }

    /// Lets the annotator work, and commits what it puts out.
    fn run(&self, document: &mut Document<'static>, output: &mut Output, brought: usize) -> Result<(), Error> {
        document.restrict(Some(&self.task));
        output.begin(document, &self.task);
        let worked = contain(|| self.annotator.annotate(document, output));
        match worked {
            Err(message) => {
                // Its buffers may be half written: new ones are cheaper than to look.
                *output = Output::new();
                return Err(Error::panic(format!("it panicked: {message}")));
            }
            Ok(Err(error)) => {
                output.finish();
                return Err(error);
            }
            Ok(Ok(())) => {}
        }
        document.restrict(None);
        let base = document.segments().len();
        if let Some(within) = &self.within {
            within.spare(document, output);
        }
        document.commit(output)?;
        if let Some(within) = &self.within {
            within.drop_outside(document, base, &self.task);
        }
        if brought > 0 {
            for layer in &self.single {
                if !has(document, brought, layer) {
                    continue;
                }
                let mut dropped = Dropped::new(document, base);
                dropped.layer(document, layer);
                dropped.follow(document);
                dropped.retract(document, &self.task, "already there");
            }
        }
        Ok(())
    }
}

/// Whether one of the document's first segments, those that it brought along, has rows of a layer.
fn has(document: &Document, brought: usize, layer: &str) -> bool {
    document.segments().iter().take(brought).any(|s| s.layer() == layer && !s.is_empty())
}

impl Pipeline {
    /// A pipeline made in Rust.
    ///
    /// ```no_run
    /// use serde_json::json;
    /// use standoff_runner::Pipeline;
    ///
    /// let pipeline = Pipeline::builder()
    ///     .annotator("tokenizer")
    ///     .annotator_with("gazetteer", json!({"lists": ["staff.tsv"]}))
    ///     .when(json!({"language": "en"}))
    ///     .build()?;
    /// # Ok::<(), standoff_runner::Diagnostics>(())
    /// ```
    #[must_use]
    pub fn builder() -> PipelineBuilder {
        PipelineBuilder::new()
    }

    /// A pipeline from the text of a pipeline file. `name` is the file's path; paths in settings are relative to its
    /// folder. A file that names shared libraries needs [`PipelineFile::load_plugins`] in between.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the file.
    pub fn from_toml(text: &str, name: impl AsRef<Path>, registry: &Registry) -> Result<Pipeline, Diagnostics> {
        PipelineFile::parse(text, name)?.plan(registry)
    }

    /// Its name, if the file gives it one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What it is for, if the file says.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Its annotators, in the order in which they run.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The annotator of a name.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| *step.name == *name)
    }

    /// What is probably not as it was meant.
    #[must_use]
    pub fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }

    /// The schemas of the layers that it gives, each layer once, in the order in which they come to be.
    pub fn schemas(&self) -> impl Iterator<Item = &Arc<Schema>> {
        let all = self.steps.iter().flat_map(|step| &step.task.layers().gives);
        let earlier = |schema: &Arc<Schema>, n: usize| {
            self.steps.iter().flat_map(|step| &step.task.layers().gives).take(n).any(|s| s.name == schema.name)
        };
        all.enumerate().filter(move |(n, schema)| !earlier(schema, *n)).map(|(_, schema)| schema)
    }

    /// Annotates one document in this thread. `output` lends its buffers, and should serve many documents.
    ///
    /// Annotators that the document does not suit are passed over, and the report says why. Layers that the document
    /// brought along are kept; of those that it can have once only (see [`one_giver_only`](crate::one_giver_only)) no
    /// second one is made.
    ///
    /// # Errors
    /// If an annotator fails, breaks the contract or panics; the error names it. The document is then to be set aside:
    /// it holds what the annotators before that one put out.
    pub fn annotate(&self, document: &mut Document<'static>, output: &mut Output) -> Result<DocumentReport, Error> {
        let mut report = DocumentReport::default();
        self.annotate_into(document, output, &mut report)?;
        report.id = document.id().to_owned();
        report.bytes = document.text().len() as u64;
        report.seconds = report.annotators.iter().map(|(_, seconds)| seconds).sum();
        Ok(report)
    }

    pub(crate) fn annotate_into(
        &self,
        document: &mut Document<'static>,
        output: &mut Output,
        report: &mut DocumentReport,
    ) -> Result<(), Error> {
        let brought = document.segments().len();
        let mut skipped = Vec::new();
        let mut before = Instant::now();
        report.annotators.reserve(self.steps.len());
        for (number, step) in self.steps.iter().enumerate() {
            if let Some(why) = step.skip(document, brought, &skipped) {
                skipped.push(number);
                report.skipped.push((Arc::clone(&step.name), why));
                continue;
            }
            let worked = step.run(document, output, brought);
            let now = Instant::now();
            report.annotators.push((Arc::clone(&step.name), (now - before).as_secs_f64()));
            before = now;
            if let Err(error) = worked {
                document.restrict(None);
                return Err(error.with_annotator(&*step.name));
            }
        }
        for segment in document.segments() {
            let layer = segment.layer();
            if report.rows.iter().all(|(name, _)| **name != *layer) {
                let name = self.layers.iter().find(|name| ***name == *layer).map_or_else(|| layer.into(), Arc::clone);
                report.rows.push((name, document.layer(layer).len() as u64));
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.steps).finish()
    }
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Step").field("name", &self.name).field("plugin", &self.manifest.name).finish_non_exhaustive()
    }
}
