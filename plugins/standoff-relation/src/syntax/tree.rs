//! The tree of a rules file, as written. Every part knows its place, so that later faults can point at it.

use crate::diagnostic::Place;

/// A bare word.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) place: Place,
}

/// One entry of a file, in the file's order.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// `language en`
    Language(Name),
    /// `use "other.rules"`
    Use(Text),
    /// `type Person = mention[type=PERSON]`
    Type { name: Name, base: Name, tests: Vec<Test> },
    /// `list offices = "president" | "prime minister"`
    List { name: Name, entries: Entries },
    /// `macro titled(who) = title? who`
    Macro { name: Name, parameters: Vec<Name>, pattern: Pattern },
    /// `frame meet(a, b)` and its lines. Read and checked for form, not run yet.
    Frame { name: Name },
    /// `phase events`
    Phase(Name),
    /// A rule.
    Rule(Rule),
}

/// Text in quotes.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) place: Place,
}

/// Where a list has its entries.
#[derive(Clone, Debug)]
pub(crate) enum Entries {
    Here(Vec<Text>),
    File(Text),
}

/// A rule with its clauses, each kind in the file's order.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) name: Name,
    pub(crate) priority: i64,
    pub(crate) conflict: Option<Name>,
    pub(crate) language: Option<Name>,
    pub(crate) shortest: bool,
    pub(crate) matches: Vec<Pattern>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) emits: Vec<Emit>,
    pub(crate) examples: Vec<Example>,
}

/// Alternatives, each a sequence. Never empty, and no sequence is.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) alternatives: Vec<Vec<Piece>>,
    pub(crate) place: Place,
}

/// One piece of a sequence.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// `followed(…)` or `preceded(…)`, perhaps with `!`.
    Look { negated: bool, behind: bool, pattern: Pattern },
    /// Something that takes up tokens, or `^` and `$`.
    Atom { capture: Option<Name>, atom: Atom, repeat: Repeat, place: Place },
}

/// How often an atom may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Repeat {
    pub(crate) least: u32,
    /// `None` for any number.
    pub(crate) most: Option<u32>,
}

impl Repeat {
    pub(crate) const ONCE: Repeat = Repeat { least: 1, most: Some(1) };
}

#[derive(Clone, Debug)]
pub(crate) enum Atom {
    Text(String),
    Lemma(Vec<String>),
    Regex(String),
    /// A type, a list or a macro's parameter.
    Named(Name, Vec<Test>),
    /// `_`, any token.
    Any(Vec<Test>),
    Macro(Name, Vec<Pattern>),
    List(Box<Pattern>),
    Group(Box<Pattern>),
    Gap(u32),
    Start,
    End,
    Frame(Name),
}

/// `type=LOC|GPE`, `kind!=continent`.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    pub(crate) path: Vec<Name>,
    pub(crate) equal: bool,
    pub(crate) values: Vec<Value>,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// A word, or a capture and its attributes.
    Path(Vec<Name>),
    Text(Text),
    Int(i64, Place),
    Regex(String, Place),
}

impl Value {
    pub(crate) fn place(&self) -> Place {
        match self {
            Value::Path(path) => place_of(path),
            Value::Text(text) => text.place,
            Value::Int(_, place) | Value::Regex(_, place) => *place,
        }
    }
}

/// The place of a path, which is never empty.
pub(crate) fn place_of(path: &[Name]) -> Place {
    match (path.first(), path.last()) {
        (Some(first), Some(last)) => first.place.to(last.place),
        _ => Place::default(),
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) negated: bool,
    pub(crate) kind: ConditionKind,
    pub(crate) place: Place,
}

#[derive(Clone, Debug)]
pub(crate) enum ConditionKind {
    /// `v -nsubj-> a:Person`. Read, not run yet.
    Arrow,
    /// `a != b`, `a.kind = "city"`.
    Compare { path: Vec<Name>, operator: Operator, value: Value },
    /// `a is Person|Org`.
    Is { capture: Name, types: Vec<Name> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    Unequal,
    Less,
    Greater,
}

#[derive(Clone, Debug)]
pub(crate) struct Emit {
    pub(crate) each: Option<Name>,
    pub(crate) predicate: Name,
    pub(crate) arguments: Vec<(Option<Name>, Value)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExampleKind {
    Yes,
    No,
    Todo,
}

#[derive(Clone, Debug)]
pub(crate) struct Example {
    pub(crate) kind: ExampleKind,
    pub(crate) text: Text,
    pub(crate) expected: Vec<(Name, Value)>,
}
