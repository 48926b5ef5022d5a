//! The layers that annotators of different authors share, so that one can read what another wrote.
//!
//! Names and values follow the field: TimeML for time expressions, Universal Dependencies for syntax, ACE and OntoNotes
//! for mentions. A plugin that has more to say declares a layer of its own.

use crate::Layer;
use crate::column::NamedValues;
use crate::span::{RowRef, Span};

/// A token. Tokens do not overlap, and come in text order.
#[derive(Clone, Debug, Default, PartialEq, Layer)]
#[layer(name = "token")]
pub struct Token<'a> {
    /// Where it stands.
    pub span: Span,
    /// What it is: `word`, `number`, `punctuation`, `symbol`, `url`, `email` …
    #[layer(symbol)]
    pub kind: Option<&'a str>,
    /// Its normalised form, where it differs from the text.
    pub norm: Option<&'a str>,
    /// Its shape class, such as `Xxx` or `dd`.
    #[layer(symbol)]
    pub shape: Option<&'a str>,
    /// Its universal part of speech (UPOS), if the source of the tokens has it.
    #[layer(symbol)]
    pub tag: Option<&'a str>,
    /// Its lemma, if the source of the tokens has it.
    pub lemma: Option<&'a str>,
}

/// A sentence. Sentences do not overlap; white space between them belongs to none.
#[derive(Clone, Debug, Default, PartialEq, Layer)]
#[layer(name = "sentence")]
pub struct Sentence {
    /// Where it stands.
    pub span: Span,
}

/// A paragraph: text between blank lines.
#[derive(Clone, Debug, Default, PartialEq, Layer)]
#[layer(name = "paragraph")]
pub struct Paragraph {
    /// Where it stands.
    pub span: Span,
}

/// A mention of something in the world: a name, or a noun phrase that stands for one.
#[derive(Clone, Debug, Default, PartialEq, Layer)]
#[layer(name = "mention")]
pub struct Mention<'a> {
    /// Where it stands; without article and title.
    pub span: Span,
    /// `PERSON`, `ORG`, `GPE`, `LOC`, `FAC`, `NORP`, `EVENT`, `TITLE`, `LAW` or `CONCEPT`.
    #[layer(name = "type", symbol)]
    pub kind: &'a str,
    /// The usual name of what it mentions.
    pub name: Option<&'a str>,
    /// The identity of what it mentions, with the scheme in front: `geonames:2127733`.
    pub id: Option<&'a str>,
    /// The country that it belongs to or, for a `NORP` such as "Russian", stands for.
    pub country: Option<&'a str>,
    /// The entity that it mentions.
    #[layer(target = "entity")]
    pub entity: Option<RowRef>,
}

/// A time expression (TIMEX3 of TimeML).
#[derive(Clone, Debug, Default, PartialEq, Layer)]
#[layer(name = "date")]
pub struct TimeExpression<'a> {
    /// Where it stands.
    pub span: Span,
    /// `DATE`, `TIME`, `DURATION` or `SET`.
    #[layer(name = "type", symbol)]
    pub kind: &'a str,
    /// The normalised value, such as `2017-03-18`, `P2D`, `2016-WI` or `PAST_REF`.
    pub value: &'a str,
    /// How the value is modified: `START`, `MID`, `END`, `APPROX`, `BEFORE` …
    #[layer(name = "mod", symbol)]
    pub modifier: Option<&'a str>,
    /// For sets: the quantifier, such as `EVERY`.
    pub quant: Option<&'a str>,
    /// For sets: how often in each period, such as `2X`.
    pub freq: Option<&'a str>,
    /// For durations: the expression at which they begin.
    #[layer(target = "date")]
    pub begin_point: Option<RowRef>,
    /// For durations: the expression at which they end.
    #[layer(target = "date")]
    pub end_point: Option<RowRef>,
    /// `CREATION_TIME`, `PUBLICATION_TIME` … where the expression is the document's own date.
    #[layer(symbol)]
    pub function: Option<&'a str>,
    /// The first moment that the value denotes, ISO 8601 without zone unless it has one.
    pub from: Option<&'a str>,
    /// The first moment after it.
    pub to: Option<&'a str>,
}

/// A thing in the world that mentions of the document speak of. It has no place in the text.
#[derive(Clone, Debug, Default, PartialEq, Layer)]
#[layer(name = "entity")]
pub struct Entity<'a> {
    /// Its type, as for mentions.
    #[layer(name = "type", symbol)]
    pub kind: &'a str,
    /// Its usual name.
    pub name: &'a str,
    /// Its identity, with the scheme in front.
    pub id: Option<&'a str>,
    /// The country that it belongs to, as an ISO 3166-1 alpha-2 code.
    #[layer(symbol)]
    pub country: Option<&'a str>,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// How many people live there, for places.
    pub population: Option<i64>,
}

/// Something that the text says of the things it mentions.
#[derive(Clone, Debug, Default, PartialEq, Layer)]
#[layer(name = "relation")]
pub struct Relation<'a> {
    /// The stretch of text that says it.
    pub span: Span,
    /// The predicate, such as `part_of`.
    #[layer(name = "type", symbol)]
    pub kind: &'a str,
    /// Of whom or what it is said; several rows say it of each, or for a symmetric predicate of all together.
    pub subject: &'a [RowRef],
    /// The other side.
    pub object: &'a [RowRef],
    /// Whether the text denies it.
    pub negated: bool,
    /// `asserted`, `planned`, `future`, `desired`, `possible` or `reported`.
    #[layer(symbol)]
    pub modality: Option<&'a str>,
    /// When, where, according to whom, and whatever else was said of it.
    pub qualifiers: Option<NamedValues<'a>>,
}

/// A stretch of text that a relation speaks of and that no other layer has: an office, a clause, a topic.
#[derive(Clone, Debug, Default, PartialEq, Layer)]
#[layer(name = "phrase")]
pub struct Phrase<'a> {
    /// Where it stands.
    pub span: Span,
    /// What it stands for, such as `role` or `clause`.
    #[layer(name = "type", symbol)]
    pub kind: Option<&'a str>,
}

/// The analysis of one token in its sentence (a row of CoNLL-U).
#[derive(Clone, Debug, Default, PartialEq, Layer)]
#[layer(name = "dependency")]
pub struct Dependency<'a> {
    /// Where the token stands.
    pub span: Span,
    /// The token.
    #[layer(target = "token")]
    pub token: RowRef,
    /// Its head; none for the root.
    #[layer(target = "token")]
    pub head: Option<RowRef>,
    /// How it depends on its head, such as `nsubj`.
    #[layer(symbol)]
    pub label: &'a str,
    /// Its universal part of speech.
    #[layer(symbol)]
    pub tag: Option<&'a str>,
    /// Its lemma.
    pub lemma: Option<&'a str>,
    /// Its morphological features, `Name=Value` joined by `|`.
    #[layer(symbol)]
    pub features: Option<&'a str>,
}

/// The schemas of the whole vocabulary, in the order of this page.
#[must_use]
pub fn vocabulary() -> Vec<&'static std::sync::Arc<crate::Schema>> {
    vec![
        Token::schema(),
        Sentence::schema(),
        Paragraph::schema(),
        Mention::schema(),
        TimeExpression::schema(),
        Entity::schema(),
        Relation::schema(),
        Phrase::schema(),
        Dependency::schema(),
    ]
}
