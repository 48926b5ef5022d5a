//! What users can set.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of the annotator `names`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The layer of tokens.
    pub tokens: String,
    /// The layer of sentences.
    pub sentences: String,
    /// The layer of names that others found, in which new names are put too. What turns out to be a part of a longer
    /// name is retracted there.
    pub mentions: String,
    /// The layer of entities.
    pub entities: String,
    /// Which types of mentions to give: `PERSON`, `ORG`, `GPE`, `LOC`, `FAC`, `NORP`, `EVENT`, `LAW`, `TITLE`.
    pub types: Vec<MentionType>,
    /// Whether names of others that are parts of longer names are retracted.
    pub retract: bool,
}

/// A type of mentions that this annotator gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum MentionType {
    /// People.
    Person,
    /// Organisations.
    Org,
    /// Settlements and states.
    Gpe,
    /// Natural features and regions.
    Loc,
    /// Buildings and roads.
    Fac,
    /// Nationalities, religious and political groups.
    Norp,
    /// Events.
    Event,
    /// Laws and treaties.
    Law,
    /// Offices and ranks.
    Title,
}

impl MentionType {
    /// All types.
    pub const ALL: [MentionType; 9] = [
        MentionType::Person,
        MentionType::Org,
        MentionType::Gpe,
        MentionType::Loc,
        MentionType::Fac,
        MentionType::Norp,
        MentionType::Event,
        MentionType::Law,
        MentionType::Title,
    ];

    /// The value of the attribute `type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            MentionType::Person => "PERSON",
            MentionType::Org => "ORG",
            MentionType::Gpe => "GPE",
            MentionType::Loc => "LOC",
            MentionType::Fac => "FAC",
            MentionType::Norp => "NORP",
            MentionType::Event => "EVENT",
            MentionType::Law => "LAW",
            MentionType::Title => "TITLE",
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            tokens: "token".into(),
            sentences: "sentence".into(),
            mentions: "mention".into(),
            entities: "entity".into(),
            types: MentionType::ALL.to_vec(),
            retract: true,
        }
    }
}
