//! Where an annotator puts its rows.

use std::any::{Any, TypeId};
use std::marker::PhantomData;
use std::sync::Arc;

use crate::document::Document;
use crate::error::Error;
use crate::layer::Layer;
use crate::schema::Schema;
use crate::segment::{Segment, SegmentBuilder};
use crate::span::RowRef;
use crate::task::{Provenance, Task};

/// The rows that an annotator puts out for one document, kept apart from the document until they are committed.
///
/// One output serves a worker for its whole life: it keeps the buffers of finished documents and fills them again, so
/// that the thousandth document allocates next to nothing.
#[derive(Debug, Default)]
pub struct Output {
    task: Option<Task>,
    base: usize,
    builders: Vec<SegmentBuilder>,
    retractions: Vec<(RowRef, String)>,
    spare: Vec<SegmentBuilder>,
    /// The spare that gave way last.
    replaced: usize,
    scratch: Vec<(TypeId, Box<dyn Any + Send>)>,
}

/// How many spare segments are kept at most; a pipeline fills fewer. Where documents bring along layers of their own, the
/// places are filled in turn.
const SPARE: usize = 64;

impl Output {
    /// An output with no buffers yet.
    #[must_use]
    pub fn new() -> Output {
        Output::default()
    }

    /// Makes ready for an annotator to annotate a document: an empty segment for each layer that it gives.
    pub fn begin(&mut self, document: &Document, task: &Task) {
        self.begin_at(document.segments().len(), task);
    }

    /// The same where the document lies on the other side of a foreign boundary: `base` is the number of its segments.
    pub fn begin_at(&mut self, base: usize, task: &Task) {
        let gives = &task.layers().gives;
        self.base = base;
        if self.builders.len() == gives.len() && self.builders.iter().zip(gives).all(|(b, schema)| Arc::ptr_eq(b.schema(), schema)) {
            // Rows that were lent and not committed, as on a plugin's side of the boundary: the segments stay where they are.
            self.retractions.clear();
            for (i, builder) in self.builders.iter_mut().enumerate() {
                builder.segment.recycle();
                builder.segment.id = (base + i) as u32;
            }
        } else {
            self.finish();
            for (i, schema) in gives.iter().enumerate() {
                let spare = self.spare.iter().position(|s| Arc::ptr_eq(s.schema(), schema));
                let mut builder = spare.map_or_else(|| SegmentBuilder::new(Arc::clone(schema)), |at| self.spare.swap_remove(at));
                builder.segment.id = (base + i) as u32;
                self.builders.push(builder);
            }
        }
        if !self.task.as_ref().is_some_and(|t| Arc::ptr_eq(t.provenance(), task.provenance())) {
            self.task = Some(task.clone());
        }
    }

    /// A layer to write rows of `L` to.
    ///
    /// # Errors
    /// If the annotator does not declare that it gives the layer.
    pub fn layer<L: Layer>(&mut self) -> Result<LayerWriter<'_, L>, Error> {
        self.layer_as(L::NAME)
    }

    /// A layer of another name to write rows of `L` to.
    ///
    /// # Errors
    /// If the annotator does not declare that it gives the layer, or declares it with other attributes than `L` has.
    pub fn layer_as<L: Layer>(&mut self, name: &str) -> Result<LayerWriter<'_, L>, Error> {
        let segment = self.segment(name)?;
        if segment.schema().attributes.len() != L::schema().attributes.len() {
            return Err(Error::contract(format!("layer `{name}` was declared with other attributes than those of `{}`", L::NAME)));
        }
        Ok(LayerWriter { segment, layer: PhantomData })
    }

    /// A layer to write to by columns, for hot loops.
    ///
    /// # Errors
    /// If the annotator does not declare that it gives the layer.
    pub fn segment(&mut self, name: &str) -> Result<&mut SegmentBuilder, Error> {
        self.builders.iter_mut().find(|b| b.schema().name == name).ok_or_else(|| {
            Error::contract(format!("it writes to layer `{name}`, which it does not declare to give"))
                .help("declare the layer with `gives`")
        })
    }

    /// The same where the layer's number among those that the annotator declares is known as well, which saves the search.
    ///
    /// # Errors
    /// If the annotator does not declare that it gives the layer.
    #[inline]
    pub fn segment_at(&mut self, number: usize, layer: &Arc<Schema>) -> Result<&mut SegmentBuilder, Error> {
        let same = |own: &Arc<Schema>| Arc::ptr_eq(own, layer) || own.name == layer.name;
        if self.builders.get(number).is_some_and(|b| same(b.schema())) {
            return Ok(&mut self.builders[number]);
        }
        self.segment(&layer.name)
    }

    /// Takes back a row of a layer that the annotator revises, and says by which rule. Whether it may is checked when
    /// the output is committed; retracting a row twice is the same as once.
    pub fn retract(&mut self, row: RowRef, rule: &str) {
        self.retractions.push((row, rule.to_owned()));
    }

    /// The rows that are to be retracted, with their rules.
    #[must_use]
    pub fn retractions(&self) -> &[(RowRef, String)] {
        &self.retractions
    }

    /// Keeps only those retractions that `keep` says: for a host that narrows an annotator's scope.
    pub fn retain_retractions(&mut self, mut keep: impl FnMut(RowRef, &str) -> bool) {
        self.retractions.retain(|(row, rule)| keep(*row, rule));
    }

    /// The segments being written, in the order in which the annotator declares its layers.
    #[must_use]
    pub fn builders(&self) -> &[SegmentBuilder] {
        &self.builders
    }

    /// Buffers of the annotator's own that outlive the document, one set a type and worker. Give them back with
    /// [`put_scratch`](Output::put_scratch); what is not given back is made anew.
    #[must_use]
    pub fn take_scratch<T: Any + Send + Default>(&mut self) -> Box<T> {
        let at = self.scratch.iter().position(|(id, _)| *id == TypeId::of::<T>());
        at.and_then(|at| self.scratch.swap_remove(at).1.downcast().ok()).unwrap_or_default()
    }

    /// Gives back what [`take_scratch`](Output::take_scratch) gave.
    pub fn put_scratch<T: Any + Send>(&mut self, scratch: Box<T>) {
        self.scratch.push((TypeId::of::<T>(), scratch));
    }

    /// Drops what was written so far, and keeps the buffers: for an annotator that failed.
    pub fn finish(&mut self) {
        while let Some(builder) = self.builders.pop() {
            self.spare(builder.segment);
        }
        self.retractions.clear();
    }

    #[inline]
    pub(crate) fn spare(&mut self, mut segment: Segment<'static>) {
        segment.recycle();
        if self.spare.len() < SPARE {
            self.spare.push(SegmentBuilder { segment });
        } else {
            self.replaced = (self.replaced + 1) % SPARE;
            self.spare[self.replaced] = SegmentBuilder { segment };
        }
    }

    pub(crate) fn check_base(&self, base: usize) -> Result<(), Error> {
        if self.task.is_some() && self.base == base {
            return Ok(());
        }
        Err(Error::contract("the output was begun for another state of the document").help("call `begin` before annotating"))
    }

    pub(crate) fn annotator(&self) -> String {
        self.task.as_ref().map_or_else(String::new, |t| t.provenance().annotator.clone())
    }

    pub(crate) fn provenance(&self) -> &Arc<Provenance> {
        static NOBODY: std::sync::LazyLock<Arc<Provenance>> = std::sync::LazyLock::new(Arc::default);
        self.task.as_ref().map_or(&NOBODY, Task::provenance)
    }

    pub(crate) fn may_revise(&self, layer: &str) -> bool {
        self.task.as_ref().is_some_and(|t| t.layers().revises.iter().any(|name| name == layer))
    }

    pub(crate) fn take_builders(&mut self) -> std::vec::Drain<'_, SegmentBuilder> {
        self.builders.drain(..)
    }

    pub(crate) fn take_retractions(&mut self) -> Vec<(RowRef, String)> {
        std::mem::take(&mut self.retractions)
    }
}

/// Writes typed rows to a layer.
#[derive(Debug)]
pub struct LayerWriter<'o, L> {
    segment: &'o mut SegmentBuilder,
    layer: PhantomData<fn() -> L>,
}

impl<L: Layer> LayerWriter<'_, L> {
    /// Appends a row. Its address can be referred to at once by other rows of the same output.
    pub fn push(&mut self, row: L::Row<'_>) -> RowRef {
        L::write(&row, self.segment)
    }

    /// Appends a row and says which rule made it.
    pub fn push_by(&mut self, rule: &str, row: L::Row<'_>) -> RowRef {
        let id = self.push(row);
        self.segment.rule_of_last(rule);
        id
    }

    /// Gives the last row a score.
    pub fn score_last(&mut self, score: f64) {
        self.segment.score_last(score);
    }

    /// How many rows were pushed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.segment.len()
    }

    /// Whether no row was pushed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.segment.is_empty()
    }
}
