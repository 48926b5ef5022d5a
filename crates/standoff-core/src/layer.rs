//! Typed rows: the [`Layer`] trait that `#[derive(Layer)]` implements, and the kinds of fields it may have.

use std::sync::Arc;

use crate::column::{Column, NamedValues, Value};
use crate::schema::{Kind, Schema};
use crate::segment::{Segment, SegmentBuilder};
use crate::span::{RowRef, Span};

/// A struct whose values are rows of a layer. Derive it:
///
/// ```
/// use standoff_core::{Layer, Span};
///
/// /// A quotation.
/// #[derive(Clone, Debug, Default, Layer)]
/// #[layer(name = "quote")]
/// pub struct Quote<'a> {
///     pub span: Span,
///     /// How it is marked.
///     #[layer(symbol)]
///     pub mark: &'a str,
///     /// Who says it.
///     pub speaker: Option<&'a str>,
/// }
/// assert_eq!(Quote::schema().attributes[1].doc, "Who says it.");
/// ```
///
/// A field named `span` of type [`Span`] gives the layer its spans; a struct without one declares a layer without spans.
/// Every other field is an attribute: `u32`, `i64`, `f64`, `bool`, `&str`, [`RowRef`], `&[RowRef]`, [`NamedValues`], or
/// an `Option` of one of these. `#[layer(symbol)]` stores a string in a dictionary, which suits few distinct values;
/// `#[layer(name = "type")]` names the attribute other than the field; `#[layer(target = "entity")]` says which layer a
/// reference points into. Doc comments become the schema's.
pub trait Layer {
    /// The layer's name.
    const NAME: &'static str;

    /// A row, borrowing its strings and lists from the document.
    type Row<'a>;

    /// The layer's schema.
    fn schema() -> &'static Arc<Schema>;

    /// Reads one row. Attributes that the segment lacks read as empty.
    fn read<'a>(segment: &SegmentView<'a>, row: usize) -> Self::Row<'a>;

    /// Writes one row.
    fn write(row: &Self::Row<'_>, segment: &mut SegmentBuilder) -> RowRef;
}

/// A segment seen through the schema of a [`Layer`]: column `i` is the column of that schema's attribute `i`.
#[derive(Clone, Debug)]
pub struct SegmentView<'a> {
    segment: &'a Segment<'a>,
    /// Where the segment was written with another schema: the number of the column for each attribute.
    columns: Option<Box<[Option<usize>]>>,
}

impl<'a> SegmentView<'a> {
    /// The view of a segment through a schema. Attributes of another kind are as if they were not there.
    #[must_use]
    pub fn new(segment: &'a Segment<'a>, schema: &Arc<Schema>) -> SegmentView<'a> {
        let own = segment.schema();
        let same = Arc::ptr_eq(own, schema)
            || own.attributes.iter().map(|a| (&a.name, a.kind)).eq(schema.attributes.iter().map(|a| (&a.name, a.kind)));
        let columns = (!same).then(|| schema.attributes.iter().map(|a| own.column(&a.name)).collect());
        SegmentView { segment, columns }
    }

    /// The segment.
    #[must_use]
    pub fn segment(&self) -> &'a Segment<'a> {
        self.segment
    }

    /// The span of a row.
    #[must_use]
    pub fn span(&self, row: usize) -> Span {
        self.segment.span(row)
    }

    /// Reads a field from the column of an attribute.
    #[must_use]
    pub fn field<F: Field<'a>>(&self, attribute: usize, row: usize) -> F {
        let column = match &self.columns {
            None => self.segment.columns().get(attribute),
            Some(map) => map.get(attribute).copied().flatten().and_then(|c| self.segment.columns().get(c)),
        };
        column.and_then(|c| c.get(row)).and_then(F::read).unwrap_or_else(F::empty)
    }
}

/// A type that a field of a [`Layer`] struct may have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an attribute of a layer",
    note = "attributes are u32, i64, f64, bool, &str, RowRef, &[RowRef], NamedValues, or an Option of one of these"
)]
pub trait Field<'a> {
    /// The kind of its column, unless the field says `symbol`.
    const KIND: Kind;
    /// Whether rows may lack it.
    const OPTIONAL: bool = false;
    /// The field from a row's value, or `None` where that is of another kind.
    fn read(value: Value<'a>) -> Option<Self>
    where
        Self: Sized;
    /// What a row without a value reads as.
    fn empty() -> Self;
    /// The value to write, if any.
    fn value(&self) -> Option<Value<'_>>;
}

macro_rules! field {
    ($type:ty, $kind:ident, $variant:ident, $empty:expr) => {
        impl<'a> Field<'a> for $type {
            const KIND: Kind = Kind::$kind;
            fn read(value: Value<'a>) -> Option<Self> {
                if let Value::$variant(x) = value { Some(x) } else { None }
            }
            fn empty() -> Self {
                $empty
            }
            fn value(&self) -> Option<Value<'_>> {
                Some(Value::$variant(*self))
            }
        }
    };
}

field!(u32, U32, U32, 0);
field!(i64, I64, I64, 0);
field!(f64, F64, F64, 0.0);
field!(bool, Bool, Bool, false);
field!(&'a str, Text, Str, "");
field!(RowRef, Ref, Ref, RowRef::NONE);
field!(&'a [RowRef], RefList, RefList, &[]);
field!(NamedValues<'a>, Named, Named, NamedValues::default());

impl<'a, F: Field<'a>> Field<'a> for Option<F> {
    const KIND: Kind = F::KIND;
    const OPTIONAL: bool = true;
    fn read(value: Value<'a>) -> Option<Self> {
        F::read(value).map(Some)
    }
    fn empty() -> Self {
        None
    }
    fn value(&self) -> Option<Value<'_>> {
        self.as_ref().and_then(F::value)
    }
}

/// The shortest way from a field's type to its kind, for the derive macro.
#[doc(hidden)]
#[must_use]
pub fn attribute_of<'a, F: Field<'a>>(name: &str, symbol: bool, target: Option<&str>, doc: &str) -> crate::schema::Attribute {
    let kind = if symbol && F::KIND == Kind::Text { Kind::Symbol } else { F::KIND };
    let mut attribute = crate::schema::Attribute::new(name, kind).doc(doc);
    attribute.optional = F::OPTIONAL;
    attribute.target = target.map(str::to_owned);
    attribute
}

/// A row of a segment, whatever its layer.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    segment: &'a Segment<'a>,
    row: usize,
}

impl<'a> Row<'a> {
    pub(crate) fn new(segment: &'a Segment<'a>, row: usize) -> Row<'a> {
        Row { segment, row }
    }

    /// Its address.
    #[must_use]
    pub fn id(self) -> RowRef {
        RowRef::new(self.segment.id(), self.row as u32)
    }

    /// Its segment.
    #[must_use]
    pub fn segment(self) -> &'a Segment<'a> {
        self.segment
    }

    /// The name of its layer.
    #[must_use]
    pub fn layer(self) -> &'a str {
        self.segment.layer()
    }

    /// Its place in the text, or `None` in a layer without spans.
    #[must_use]
    pub fn span(self) -> Option<Span> {
        self.segment.schema().spans.then(|| self.segment.span(self.row))
    }

    /// The value of an attribute.
    #[must_use]
    pub fn get(self, attribute: &str) -> Option<Value<'a>> {
        let column = self.segment.schema().column(attribute)?;
        self.segment.columns().get(column).and_then(|c| c.get(self.row))
    }

    /// The value of an attribute that is a string.
    #[must_use]
    pub fn str(self, attribute: &str) -> Option<&'a str> {
        self.get(attribute).and_then(Value::as_str)
    }

    /// The rule that made it.
    #[must_use]
    pub fn rule(self) -> Option<&'a str> {
        self.segment.rules().get(self.row).and_then(Value::as_str)
    }

    /// Its score.
    #[must_use]
    pub fn score(self) -> Option<f64> {
        if let Some(Value::F64(score)) = self.segment.scores().get(self.row) { Some(score) } else { None }
    }

    /// Whether a later annotator retracted it.
    #[must_use]
    pub fn is_retracted(self) -> bool {
        self.segment.is_retracted(self.row)
    }
}

impl<'a> Segment<'a> {
    /// The column of an attribute.
    #[must_use]
    pub fn column(&self, attribute: &str) -> Option<&Column<'a>> {
        self.schema().column(attribute).and_then(|c| self.columns().get(c))
    }
}
