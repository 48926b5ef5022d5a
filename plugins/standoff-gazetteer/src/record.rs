//! What a list says of one thing: its names, and what else is known of it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing of a list, with all its names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Its usual name.
    pub name: String,
    /// Its identity, with the scheme in front: `geonames:2123979`. Empty if there is none.
    pub id: String,
    /// The type of its mentions: `GPE`, `LOC`, `ORG` …
    pub kind: String,
    /// What it is more closely: `island`, `capital`, `company` …; empty if not said.
    pub sort: String,
    /// Degrees north and east.
    pub place: Option<(f64, f64)>,
    /// The country that it belongs to, as an ISO 3166-1 alpha-2 code; empty if none.
    pub country: String,
    /// The first-level division of the country, as a code; empty if not said.
    pub division: String,
    /// How many people live there.
    pub population: Option<u64>,
    /// What a mention must show before it counts, by name; empty if nothing. See `data/en/demands.toml`.
    pub demand: String,
    /// Its other names.
    pub aliases: Vec<Alias>,
    /// The line that it comes from, counting from 1; 0 if it has none.
    pub line: u32,
}

/// Another name of a thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alias {
    /// The name.
    pub text: String,
    /// What kind of name it is.
    pub role: Role,
    /// The language, or who uses it: `ru`, `used by JP`. Empty if not said.
    pub tag: String,
}

impl Alias {
    /// A plain other name.
    #[must_use]
    pub fn new(text: impl Into<String>, role: Role) -> Alias {
        Alias { text: text.into(), role, tag: String::new() }
    }
}

/// What kind of name a name is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// The usual name.
    Name,
    /// Another name.
    #[default]
    Alias,
    /// A name of former times.
    Former,
    /// A code or abbreviation: matched only in this very case, whatever the list's folding.
    Code,
    /// An adjective, such as "Russian" of Russia: gives a `NORP`.
    Adjective,
    /// A word for the people, such as "Russians": gives a `NORP`.
    Demonym,
    /// An inflected form of one of the names.
    Inflected,
}

impl Role {
    /// All roles, in the order of their numbers in compiled files.
    pub(crate) const ALL: [Role; 7] = [Role::Name, Role::Alias, Role::Former, Role::Code, Role::Adjective, Role::Demonym, Role::Inflected];

    /// Whether it names people rather than the thing itself.
    #[must_use]
    pub fn is_norp(self) -> bool {
        matches!(self, Role::Adjective | Role::Demonym)
    }

    pub(crate) fn number(self) -> u8 {
        Role::ALL.iter().position(|r| *r == self).unwrap_or(1) as u8
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Name => "name",
            Role::Alias => "other name",
            Role::Former => "former name",
            Role::Code => "abbreviation",
            Role::Adjective => "adjective",
            Role::Demonym => "word for the people",
            Role::Inflected => "inflected form",
        })
    }
}
