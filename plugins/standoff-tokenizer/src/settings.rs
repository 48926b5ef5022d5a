//! What a pipeline file can say of the tokeniser.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::options::{Convention, Hyphens, Newlines, Options, Sentences};

/// The settings of the tokeniser. Without any it reads English and Russian at full quality and all other languages by
/// Unicode properties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What counts as one token.
    pub convention: Convention,
    /// How sentences are told apart.
    pub sentences: Sentences,
    /// What a hyphen between Latin letters does to a word, in the convention `ud`.
    pub hyphens: Hyphens,
    /// What the end of a line means within a paragraph.
    pub newlines: Newlines,
    /// Words that are abbreviations besides the listed ones, with or without their full stop: `["Abb.", "Kfz."]`. They may
    /// end a sentence.
    pub abbreviations: Vec<String>,
    /// Whether tokens carry what they are: `word`, `number`, `url` …
    pub kind: bool,
    /// Whether tokens carry their normalised form where it differs from the text: compatibility characters made plain
    /// (NFKC), quotation marks and dashes straight, letters small, clitics in full (`n't` → `not`). Costs time on each token.
    pub norm: bool,
    /// Whether tokens carry their shape, in runs of at most three: `Iturup` → `Xxxx`, `F-16` → `X-dd`. Costs time on each token.
    pub shape: bool,
    /// The language of documents that do not say theirs, a BCP 47 tag. Unset: English and Russian are told by their script.
    pub language: Option<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            convention: Convention::default(),
            sentences: Sentences::default(),
            hyphens: Hyphens::default(),
            newlines: Newlines::default(),
            abbreviations: Vec::new(),
            kind: true,
            norm: false,
            shape: false,
            language: None,
        }
    }
}

impl Settings {
    /// The options of the engine.
    #[must_use]
    pub fn options(&self) -> Options {
        Options {
            convention: self.convention,
            sentences: self.sentences,
            hyphens: self.hyphens,
            newlines: self.newlines,
            abbreviations: self.abbreviations.clone(),
        }
    }
}
