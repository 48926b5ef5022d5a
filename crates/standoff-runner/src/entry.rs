//! One entry of a pipeline as it was written, in a file or in Rust.

use std::ops::Range;
use std::sync::Arc;

use standoff_core::{Annotator, Layers};

use crate::condition::Condition;
use crate::diagnostic::{Location, SourceFile};
use crate::node::Table;
use crate::registry::Handle;
use crate::scope::Within;

/// Where an entry was written.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    File(Arc<SourceFile>),
    Call(&'static std::panic::Location<'static>),
}

impl Origin {
    pub(crate) fn at(&self, span: &Range<usize>) -> Location {
        match self {
            Origin::File(file) => Location::File(Arc::clone(file), span.clone()),
            Origin::Call(call) => Location::Call(call),
        }
    }
}

/// What makes the annotator.
#[derive(Clone)]
pub(crate) enum Maker {
    /// A plugin by name, and where the name stands.
    Named(String, Range<usize>),
    /// A plugin that the program hands over.
    Plugin(Handle),
    /// An annotator that the program built, under a name.
    Ready(String, Arc<Layers>, Arc<dyn Annotator>),
}

/// An entry, before it is known whether it fits.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) origin: Origin,
    /// What to point at when the entry as a whole is meant.
    pub(crate) span: Range<usize>,
    pub(crate) maker: Maker,
    pub(crate) name: Option<(String, Range<usize>)>,
    pub(crate) when: Option<(Condition, Range<usize>)>,
    pub(crate) within: Option<(Within, Range<usize>)>,
    pub(crate) settings: Table,
    /// Whether one of the keys that are not settings was wrong; that was said already.
    pub(crate) flawed: bool,
}

impl Entry {
    pub(crate) fn new(origin: Origin, span: Range<usize>, maker: Maker, settings: Table) -> Entry {
        Entry { origin, span, maker, name: None, when: None, within: None, settings, flawed: false }
    }

    /// The place of the plugin's name.
    pub(crate) fn at(&self) -> Location {
        match &self.maker {
            Maker::Named(_, span) => self.origin.at(span),
            _ => self.origin.at(&self.span),
        }
    }

    pub(crate) fn at_name(&self) -> Location {
        self.name.as_ref().map_or_else(|| self.at(), |(_, span)| self.origin.at(span))
    }
}
