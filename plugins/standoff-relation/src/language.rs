//! What the rule language needs to know of a language: how words inflect, how lists are written, and which words
//! negate. All of it is data, a folder a language.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::inflection::Inflection;

/// The data of one language.
#[derive(Debug)]
pub(crate) struct Language {
    pub(crate) inflection: Inflection,
    pub(crate) coordination: Coordination,
    pub(crate) cues: Cues,
}

/// How the members of a list are joined.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Coordination {
    /// What joins the last member.
    pub(crate) and: Vec<String>,
    /// What stands between any two members.
    pub(crate) between: Vec<String>,
    /// Words before a member that belong to the list.
    pub(crate) before: Vec<String>,
    /// What an apposition after a member begins with.
    pub(crate) apposition: Vec<String>,
    /// How many tokens an apposition or a bracket may hold.
    pub(crate) longest: u32,
    /// Opening and closing brackets.
    pub(crate) brackets: Vec<(String, String)>,
}

/// The words that negate a relation or make it less than a fact.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cues {
    /// What ends a clause, looking back from a match.
    pub(crate) boundaries: Vec<String>,
    #[serde(rename = "cue")]
    pub(crate) cues: Vec<Cue>,
}

/// Words of one effect.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cue {
    pub(crate) effect: Effect,
    /// Of several modalities the one of the highest rank counts.
    #[serde(default)]
    pub(crate) rank: u32,
    #[serde(rename = "where")]
    pub(crate) scopes: Vec<Scope>,
    pub(crate) words: Vec<String>,
}

/// What a cue does to a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Effect {
    /// It does not hold.
    Negated,
    /// It holds where it would not, and the other way round.
    Reversed,
    Planned,
    Desired,
    Future,
    Possible,
    Reported,
}

/// Where a cue has to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    /// Among the words of the match that belong to no argument.
    Inside,
    /// Right before the match.
    Before,
    /// In the clause, before the match.
    Clause,
    /// Right after the match.
    After,
}

impl Language {
    /// The names of the languages that have a folder.
    pub(crate) const BUNDLED: [&'static str; 1] = ["en"];

    /// The data of a bundled language.
    pub(crate) fn bundled(name: &str) -> Option<&'static Language> {
        static ENGLISH: LazyLock<Option<Language>> = LazyLock::new(|| {
            Language::read(
                include_str!("../data/en/inflection.toml"),
                include_str!("../data/en/coordination.toml"),
                include_str!("../data/en/cues.toml"),
            )
            .ok()
        });
        match name {
            "en" => ENGLISH.as_ref(),
            _ => None,
        }
    }

    fn read(inflection: &str, coordination: &str, cues: &str) -> Result<Language, toml::de::Error> {
        Ok(Language { inflection: toml::from_str(inflection)?, coordination: toml::from_str(coordination)?, cues: toml::from_str(cues)? })
    }
}

/// Text as it is compared: in lower case, with plain quotes, dashes and spaces. Runs of white space become one space.
pub(crate) fn fold_into(text: &str, out: &mut String) {
    out.clear();
    for c in text.chars() {
        match c {
            'A'..='Z' => out.push(c.to_ascii_lowercase()),
            '!'..='~' => out.push(c),
            '‘' | '’' | 'ʼ' => out.push('\''),
            '“' | '”' => out.push('"'),
            '‐' | '‑' | '–' => out.push('-'),
            c if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.extend(c.to_lowercase()),
        }
    }
}

/// [`fold_into`] a new string, without white space at its ends.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::new();
    fold_into(text.trim(), &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_language_can_be_read() {
        for name in Language::BUNDLED {
            assert!(Language::bundled(name).is_some(), "the data of `{name}` has a fault");
        }
        let read = Language::read(
            include_str!("../data/en/inflection.toml"),
            include_str!("../data/en/coordination.toml"),
            include_str!("../data/en/cues.toml"),
        );
        assert!(read.is_ok(), "{}", read.err().map(|error| error.to_string()).unwrap_or_default());
    }

    #[test]
    fn folding_makes_spellings_alike() {
        assert_eq!(fold(" Japan’s  “Self‑Defense”\nForces "), "japan's \"self-defense\" forces");
        assert_eq!(fold("СЕРГЕЙ ÉTÉ"), "сергей été");
    }
}
