//! A text with its metadata and its annotations.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use smallvec::SmallVec;

use crate::error::Error;
use crate::layer::{Layer, Row, SegmentView};
use crate::output::Output;
use crate::rows::{LayerView, Rows};
use crate::segment::Segment;
use crate::span::{RowRef, Span};
use crate::task::{Layers, Provenance, Task};

/// What is known of a document besides its text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    /// The document's own date, ISO 8601 (`2017-03-20`, or with a time of day). "Saturday" is resolved against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The language of the text, a BCP 47 tag such as `en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Where the text comes from: a file, an address, a publisher.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Anything else.
    #[serde(flatten)]
    pub fields: BTreeMap<String, Json>,
}

/// A row that an annotator took back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retraction {
    /// The row. It stays where it is.
    pub row: RowRef,
    /// Who retracted it: an index into [`Document::made_by`].
    pub by: u32,
    /// By which rule.
    pub rule: String,
}

/// A text, its metadata and its annotation layers.
///
/// The text never changes. Annotations are added a segment a layer and annotator, by [`commit`](Document::commit), and
/// stay as they are; a later annotator that revises a layer can only mark rows as retracted.
///
/// The lifetime is that of columns borrowed from a foreign plugin's host. Documents that own everything, which is all
/// that most programs see, are `Document<'static>`.
///
/// ```
/// use standoff_core::{Document, Output, Sentence, Span, Task};
///
/// let mut document = Document::new("Iturup lies north of Kunashir.")?;
/// let mut output = Output::new();
/// let task = Task::new("by-hand", "1.0").gives::<Sentence>();
/// output.begin(&document, &task);
/// output.layer::<Sentence>()?.push(Sentence { span: Span::new(0, 30) });
/// document.commit(&mut output)?;
/// assert_eq!(document.rows::<Sentence>().inside(Span::new(0, 30)).count(), 1);
/// # Ok::<(), standoff_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Document<'a> {
    id: Cow<'a, str>,
    text: Cow<'a, str>,
    meta: Meta,
    segments: Vec<Segment<'a>>,
    made_by: Vec<Arc<Provenance>>,
    retractions: Vec<Retraction>,
    /// Where not `None`, only the layers that these let one read can be read.
    visible: Option<Arc<Layers>>,
}

impl<'a> Document<'a> {
    /// A document without annotations.
    ///
    /// # Errors
    /// If the text has 4 GiB or more: offsets are 32 bits wide.
    pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Document<'a>, Error> {
        let text = text.into();
        check_size(&text)?;
        Ok(Document { text, ..Document::default() })
    }

    /// The same with an id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Document<'a> {
        self.id = Cow::Owned(id.into());
        self
    }

    /// Makes it a document of a borrowed id and text, without annotations. The metadata stay.
    ///
    /// # Errors
    /// If the text has 4 GiB or more; the document is then as it was before.
    #[inline]
    pub fn borrow_text(&mut self, id: &'a str, text: &'a str) -> Result<(), Error> {
        check_size(text)?;
        self.segments.clear();
        self.made_by.clear();
        self.retractions.clear();
        self.id = Cow::Borrowed(id);
        self.text = Cow::Borrowed(text);
        Ok(())
    }

    /// The same with metadata.
    #[must_use]
    pub fn with_meta(mut self, meta: Meta) -> Document<'a> {
        self.meta = meta;
        self
    }

    /// The same with its own date, ISO 8601.
    #[must_use]
    pub fn with_date(mut self, date: impl Into<String>) -> Document<'a> {
        self.meta.date = Some(date.into());
        self
    }

    /// The document's id; empty if it has none.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Gives the document an id.
    pub fn set_id(&mut self, id: impl Into<String>) {
        self.id = Cow::Owned(id.into());
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span; empty if the span does not lie on character boundaries of the text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The metadata.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// The metadata, to change it.
    #[inline]
    pub fn meta_mut(&mut self) -> &mut Meta {
        &mut self.meta
    }

    /// All segments, in the order of their making, whatever may be read by the annotator at work.
    #[must_use]
    pub fn segments(&self) -> &[Segment<'a>] {
        &self.segments
    }

    /// Who made the segments; [`Provenance`] by the order of first commits.
    #[must_use]
    pub fn made_by(&self) -> &[Arc<Provenance>] {
        &self.made_by
    }

    /// Who made a segment.
    #[must_use]
    pub fn provenance(&self, segment: &Segment) -> Option<&Provenance> {
        self.made_by.get(segment.made_by as usize).map(AsRef::as_ref)
    }

    /// The rows that were retracted, in the order of their retraction.
    #[must_use]
    pub fn retractions(&self) -> &[Retraction] {
        &self.retractions
    }

    /// The names of the layers that can be read, sorted.
    #[must_use]
    pub fn layer_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.segments.iter().map(Segment::layer).filter(|name| self.is_visible(name)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// A layer by its name; without rows if there is none such.
    #[must_use]
    pub fn layer<'d>(&'d self, name: &str) -> LayerView<'d> {
        let mut segments: SmallVec<[&'d Segment<'d>; 4]> = SmallVec::new();
        if self.is_visible(name) {
            segments.extend(self.segments.iter().filter(|s| s.layer() == name));
        }
        LayerView::new(segments)
    }

    /// The rows of a layer, typed.
    #[must_use]
    pub fn rows<'d, L: Layer>(&'d self) -> Rows<'d, L> {
        self.rows_of(L::NAME)
    }

    /// The rows of a layer of another name, read as rows of `L`: for annotators whose settings say what they read.
    #[must_use]
    pub fn rows_of<'d, L: Layer>(&'d self, name: &str) -> Rows<'d, L> {
        Rows::new(self.layer(name))
    }

    /// The row at an address, retracted or not.
    #[must_use]
    pub fn row<'d>(&'d self, id: RowRef) -> Option<Row<'d>> {
        let segment: &'d Segment<'d> = self.segments.get(id.segment as usize)?;
        ((id.row as usize) < segment.len() && self.is_visible(segment.layer())).then(|| Row::new(segment, id.row as usize))
    }

    /// The row at an address, read as a row of `L`. The layer's name need not be that of `L`.
    #[must_use]
    pub fn get<'d, L: Layer>(&'d self, id: RowRef) -> Option<L::Row<'d>> {
        let row = self.row(id)?;
        Some(L::read(&SegmentView::new(row.segment(), L::schema()), id.row as usize))
    }

    fn is_visible(&self, layer: &str) -> bool {
        self.visible.as_ref().is_none_or(|layers| layers.readable().any(|name| name == layer))
    }

    /// Lets only the layers that a task declares be read, so that an annotator cannot come to rest on what it does not
    /// declare. `None` opens all.
    pub fn restrict(&mut self, task: Option<&Task>) {
        self.visible = task.map(Task::shared_layers);
    }

    /// Takes on segments that were made elsewhere: what a host lends to a foreign plugin, or a reader found in a file.
    /// They get the numbers that follow, in their order, and may refer to one another.
    ///
    /// # Errors
    /// If a span or a reference does not fit the document, which is then as it was before.
    pub fn adopt(&mut self, segments: impl IntoIterator<Item = (Arc<Provenance>, Segment<'a>)>) -> Result<(), Error> {
        let base = self.segments.len();
        let mut makers = Vec::new();
        for (provenance, mut segment) in segments {
            segment.id = self.segments.len() as u32;
            self.segments.push(segment);
            makers.push(provenance);
        }
        let checked = (base..self.segments.len()).try_for_each(|s| {
            self.segments[s].check_spans(&self.text)?;
            check_references(&self.segments, &self.segments[s], false)
        });
        if checked.is_err() {
            self.segments.truncate(base);
            return checked;
        }
        for (i, provenance) in makers.iter().enumerate() {
            self.segments[base + i].made_by = self.number_of(provenance);
        }
        Ok(())
    }

    /// Takes on a retraction that was made elsewhere. Returns whether the row exists and was live.
    pub fn adopt_retraction(&mut self, row: RowRef, provenance: &Arc<Provenance>, rule: &str) -> bool {
        let live = self.segments.get_mut(row.segment as usize).is_some_and(|s| s.retract(row.row as usize));
        if live {
            let by = self.number_of(provenance);
            self.retractions.push(Retraction { row, by, rule: rule.to_owned() });
        }
        live
    }

    fn number_of(&mut self, provenance: &Arc<Provenance>) -> u32 {
        let known = self.made_by.iter().position(|p| Arc::ptr_eq(p, provenance) || p == provenance);
        known.unwrap_or_else(|| {
            self.made_by.push(Arc::clone(provenance));
            self.made_by.len() - 1
        }) as u32
    }
}

impl Document<'static> {
    /// Adds what an annotator put out: a segment for each layer that it gives, and its retractions. All or nothing.
    ///
    /// # Errors
    /// If the output breaks the contract: columns that do not fit, a span off the text or off a character boundary, a
    /// reference to a row that does not exist or lies in another layer than declared, the retraction of a row that the
    /// annotator may not revise. The document is then as it was before.
    pub fn commit(&mut self, output: &mut Output) -> Result<(), Error> {
        let result = self.try_commit(output);
        output.finish();
        result.map_err(|e| e.with_annotator(output.annotator()))
    }

    fn try_commit(&mut self, output: &mut Output) -> Result<(), Error> {
        let base = self.segments.len();
        output.check_base(base)?;
        for builder in output.builders() {
            builder.segment().check_columns()?;
            builder.segment().check_spans(&self.text)?;
        }
        for &(row, _) in output.retractions() {
            let segment = self.segments.get(row.segment as usize).filter(|s| (row.row as usize) < s.len());
            let Some(segment) = segment else {
                return Err(Error::contract(format!("it retracts row {row}, which does not exist")));
            };
            if !output.may_revise(segment.layer()) {
                return Err(Error::contract(format!(
                    "it retracts a row of layer `{}`, which it does not declare to revise",
                    segment.layer()
                ))
                .help("declare the layer with `revises`"));
            }
        }
        for mut builder in output.take_builders() {
            builder.rebuild_index();
            self.segments.push(builder.segment);
        }
        let dangling = (base..self.segments.len()).try_for_each(|s| check_references(&self.segments, &self.segments[s], true));
        if let Err(error) = dangling {
            for segment in self.segments.drain(base..) {
                output.spare(segment);
            }
            return Err(error);
        }
        let made_by = self.number_of(output.provenance());
        self.segments[base..].iter_mut().for_each(|segment| segment.made_by = made_by);
        for (row, rule) in output.take_retractions() {
            if self.segments[row.segment as usize].retract(row.row as usize) {
                self.retractions.push(Retraction { row, by: made_by, rule });
            }
        }
        Ok(())
    }

    /// Empties the document for the next text. The buffers of its segments go back to `output`, to be filled again.
    ///
    /// # Errors
    /// If the text has 4 GiB or more; the document is then empty.
    pub fn reset(&mut self, id: &str, text: impl Into<Cow<'static, str>>, meta: Meta, output: &mut Output) -> Result<(), Error> {
        self.strip(output);
        let own = self.id.to_mut();
        own.clear();
        own.push_str(id);
        self.meta = meta;
        self.text = text.into();
        let checked = check_size(&self.text);
        if checked.is_err() {
            self.text = Cow::Borrowed("");
        }
        checked
    }

    /// Removes all annotations and keeps text and metadata. The buffers go back to `output`.
    pub fn strip(&mut self, output: &mut Output) {
        for segment in self.segments.drain(..) {
            output.spare(segment);
        }
        self.made_by.clear();
        self.retractions.clear();
        self.visible = None;
    }
}

fn check_size(text: &str) -> Result<(), Error> {
    if u32::try_from(text.len()).is_ok_and(|n| n < u32::MAX) {
        return Ok(());
    }
    Err(Error::input(format!("the text has {} bytes, which is more than 4 GiB", text.len())).help("split the document"))
}

/// `targets`: whether references must lead into the layer that the schema names.
fn check_references(all: &[Segment], segment: &Segment, targets: bool) -> Result<(), Error> {
    for (column, attribute) in segment.columns().iter().zip(&segment.schema().attributes) {
        for reference in column.references() {
            let place = all.get(reference.segment as usize).filter(|s| (reference.row as usize) < s.len());
            let wrong = match (place, &attribute.target) {
                (None, _) => format!("row {reference}, which does not exist"),
                (Some(place), Some(target)) if targets && place.layer() != target => {
                    format!("a row of layer `{}`, not of `{target}`", place.layer())
                }
                _ => continue,
            };
            return Err(Error::contract(format!("layer `{}`: attribute `{}` refers to {wrong}", segment.layer(), attribute.name)));
        }
    }
    Ok(())
}
