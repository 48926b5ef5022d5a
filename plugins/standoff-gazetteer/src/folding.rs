//! What of a text may differ from a name and still match it.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::unit::{POSSESSIVE, Unit, expanded, fold_into, is_apostrophe, is_hyphen, is_ignored, is_mark, units_of_name};

/// How letters' case is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Case {
    /// Words that begin with a capital in the list do so in the text, or are all capitals; small ones may be either.
    #[default]
    Capitals,
    /// Not at all.
    Ignore,
    /// Every letter is as in the list.
    Exact,
}

/// What of a text may differ from a name and still match it. Each setting can be given for a list of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Folding {
    /// How the case of letters is compared.
    pub case: Case,
    /// "Malmo" for "Malmö", "Sao Tome" for "São Tomé".
    pub diacritics: bool,
    /// "Asia Pacific" for "Asia-Pacific".
    pub hyphens: bool,
    /// "Sanaa" for "Sana'a". (’ and ' are always the same.)
    pub apostrophes: bool,
    /// "U.S." for "US".
    pub periods: bool,
    /// "St. Petersburg" for "Saint Petersburg", "Antigua & Barbuda" for "Antigua and Barbuda".
    pub abbreviations: bool,
}

impl Default for Folding {
    fn default() -> Folding {
        Folding { case: Case::Capitals, diacritics: true, hyphens: true, apostrophes: true, periods: true, abbreviations: true }
    }
}

impl Folding {
    /// Nothing may differ but white space, and ’ for '.
    pub const EXACT: Folding =
        Folding { case: Case::Exact, diacritics: false, hyphens: false, apostrophes: false, periods: false, abbreviations: false };

    /// Whether a stretch of text agrees with a name.
    #[must_use]
    pub fn agrees(&self, name: &str, text: &str) -> bool {
        if name == text {
            return true;
        }
        self.normal(name) == self.normal(text)
            && match self.case {
                Case::Ignore => true,
                Case::Exact => true,
                Case::Capitals => capitals_agree(name, text),
            }
    }

    /// What of a text differs from a name, in words; empty if nothing does.
    #[must_use]
    pub fn differences(&self, name: &str, text: &str) -> Vec<&'static str> {
        let mut all = Vec::new();
        let loose = Folding { case: Case::Ignore, ..Folding::default() };
        for (stricter, what) in [
            (Folding { case: Case::Exact, ..loose }, "case"),
            (Folding { diacritics: false, ..loose }, "diacritics"),
            (Folding { hyphens: false, ..loose }, "hyphens"),
            (Folding { apostrophes: false, ..loose }, "apostrophes"),
            (Folding { periods: false, ..loose }, "periods"),
            (Folding { abbreviations: false, ..loose }, "abbreviations"),
        ] {
            if stricter.normal(name) != stricter.normal(text) {
                all.push(what);
            }
        }
        all
    }

    /// The form in which names and texts are compared: unit by unit.
    #[must_use]
    pub fn normal(&self, text: &str) -> String {
        // Without the folding of marks, a letter with its mark and the two one after another are still the same.
        let composed = if self.diacritics || text.is_ascii() {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned())
        };
        let mut units = Vec::new();
        units_of_name(&composed, &mut units);
        let mut out = String::with_capacity(composed.len());
        let mut last = 0;
        for unit in &units {
            let (start, end) = (unit.start as usize, unit.end as usize);
            if last > 0 {
                let between = composed.get(last..start).unwrap_or("");
                let joined = between.contains(is_hyphen) && !self.hyphens;
                out.push_str(if joined {
                    "-"
                } else if between.is_empty() {
                    "\u{1}"
                } else {
                    " "
                });
            }
            self.unit(composed.get(start..end).unwrap_or(""), unit, &mut out);
            last = end;
        }
        out
    }

    fn unit(&self, text: &str, unit: &Unit, out: &mut String) {
        if unit.key == POSSESSIVE {
            out.push_str("'s");
            return;
        }
        if self.abbreviations && text == "&" {
            out.push_str("and");
            return;
        }
        let start = out.len();
        for c in text.chars() {
            if unit.is(Unit::PUNCTUATION) {
                out.push(if is_hyphen(c) { '-' } else { c });
            } else if is_apostrophe(c) {
                if !self.apostrophes {
                    out.push('\'');
                }
            } else if c == '.' {
                if !self.periods {
                    out.push('.');
                }
            } else if self.diacritics {
                if self.case == Case::Exact {
                    push_with_case(c, out);
                } else {
                    fold_into(c.encode_utf8(&mut [0; 4]), &mut |f| out.push(f));
                }
            } else if self.case == Case::Exact && !is_ignored(c) {
                out.push(c);
            } else if !is_ignored(c) {
                c.to_lowercase().for_each(|l| out.push(l));
            }
        }
        if self.abbreviations {
            let folded = out.get(start..).unwrap_or("").trim_end_matches('.').to_lowercase();
            if let Some(long) = expanded(&folded) {
                let capital = out.get(start..).is_some_and(|w| w.starts_with(char::is_uppercase));
                out.truncate(start);
                let mut letters = long.chars();
                if let Some(first) = letters.next() {
                    out.push(if capital { first.to_ascii_uppercase() } else { first });
                }
                out.push_str(letters.as_str());
            }
        }
    }
}

/// Marks go, case stays.
fn push_with_case(c: char, out: &mut String) {
    let upper = c.is_uppercase();
    fold_into(c.encode_utf8(&mut [0; 4]), &mut |f| {
        if upper { f.to_uppercase().for_each(|u| out.push(u)) } else { out.push(f) }
    });
}

/// Whether each word of the text begins with a capital where the name's does, unless the text is all in capitals.
fn capitals_agree(name: &str, text: &str) -> bool {
    let mut wanted = words(name);
    let mut found = words(text);
    loop {
        match (wanted.next(), found.next()) {
            (Some(n), Some(t)) => {
                let (first_n, first_t) = (n.chars().next(), t.chars().next());
                if first_n.is_some_and(char::is_uppercase) && !first_t.is_some_and(char::is_uppercase) {
                    return false;
                }
            }
            _ => return true,
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || is_mark(c) || is_apostrophe(c) || c == '.')).filter(|w| !w.is_empty())
}
