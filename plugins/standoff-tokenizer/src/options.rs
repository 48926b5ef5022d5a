//! The choices that a segmenter is built with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What counts as one token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Convention {
    /// That of the English Universal Dependencies and Penn treebanks: `do|n't`, `Abe|'s`, `$|4.25`, `state|-|of|-|the|-|art`,
    /// `and|/|or`, `2|+|2`, `5|kg`; `U.S.`, `C++`, `10:30`, `:-)` and addresses stay whole.
    #[default]
    Ud,
    /// The word boundaries of Unicode (UAX 29), white space left out: `don't`, `$|4.25`, `U.S|.`, `state|-|of|-|the|-|art`.
    Uax29,
    /// Whatever stands between white space: `don't`, `(Abe's`, `$4.25,`.
    Whitespace,
}

/// How sentences are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sentences {
    /// By rules, and by what a small classifier learnt from treebanks where English text leaves a choice: behind
    /// abbreviations and quotations, before small letters, at headings and signatures without a full stop.
    #[default]
    Learnt,
    /// By rules alone: every boundary has a sign or the end of a line behind it.
    Rules,
}

/// What a hyphen between Latin letters does to a word, in the convention `ud`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Hyphens {
    /// It divides it, unless the first part is a prefix: `state|-|of|-|the|-|art`, `non-linear`.
    #[default]
    Split,
    /// It belongs to it: `state-of-the-art`.
    Keep,
}

/// What the end of a line means within a paragraph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Newlines {
    /// What the lines look like tells: a line that had room for the next word was ended by its author, and the sentence
    /// with it; a full one was broken by a program.
    #[default]
    Auto,
    /// A space.
    Space,
    /// The end of the sentence.
    Sentence,
}

/// All choices together. The default is what the treebanks of English do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What counts as one token.
    pub convention: Convention,
    /// How sentences are told apart.
    pub sentences: Sentences,
    /// What a hyphen does to a word.
    pub hyphens: Hyphens,
    /// What the end of a line means.
    pub newlines: Newlines,
    /// Words, without their full stop, that are abbreviations besides the listed ones. They may end a sentence.
    pub abbreviations: Vec<String>,
}
