//! The normalised form and the shape of a token: what its spelling stands for, and what it looks like.

use std::collections::HashMap;
use std::sync::LazyLock;

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;
use serde::Deserialize;

use crate::class::{Class, Classes};
use crate::kind::Category;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Norms {
    clitics: HashMap<String, String>,
    stumps: HashMap<String, String>,
}

static NORMS: LazyLock<Norms> = LazyLock::new(|| toml::from_str(include_str!("../data/en/norms.toml")).unwrap_or_default());

/// Makes forms and keeps the buffers for them.
pub(crate) struct Forms {
    classes: Classes,
    norm: String,
    shape: String,
    pair: String,
}

impl Default for Forms {
    fn default() -> Forms {
        Forms { classes: Classes, norm: String::new(), shape: String::new(), pair: String::new() }
    }
}

impl Forms {
    /// The normalised form of a token if it is not the token itself. `next` is the next token if it is a clitic.
    pub(crate) fn norm(&mut self, word: &str, category: Category, next: Option<&str>) -> Option<&str> {
        self.spell(word);
        if category == Category::Clitic
            && let Some(full) = NORMS.clitics.get(&self.norm)
        {
            self.norm.clone_from(full);
        } else if let Some(next) = next {
            self.pair.clone_from(&self.norm);
            self.pair.push(' ');
            self.spell(next);
            self.pair.push_str(&self.norm);
            match NORMS.stumps.get(&self.pair) {
                Some(full) => self.norm.clone_from(full),
                None => self.spell(word),
            }
        }
        (self.norm != word).then_some(&*self.norm)
    }

    /// Writes the word in plain small letters to `norm`.
    fn spell(&mut self, word: &str) {
        self.norm.clear();
        self.norm.push_str(word);
        if word.is_ascii() {
            self.norm.make_ascii_lowercase();
            return;
        }
        let plain = ComposingNormalizerBorrowed::new_nfkc().normalize(word);
        // Case folding, unlike small letters, does not ask for the letters around: the Greek final sigma folds as well.
        let folded = CaseMapper::new().fold_string(&plain);
        self.norm.clear();
        for c in folded.chars() {
            match c {
                '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' => self.norm.push('\''),
                '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => self.norm.push('"'),
                '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' | '\u{2212}' => self.norm.push('-'),
                '\u{2014}' | '\u{2015}' => self.norm.push_str("--"),
                // Soft hyphens and joiners are there for the printer.
                '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => {}
                _ => self.norm.push(c),
            }
        }
    }

    /// The shape of a token: `X` and `x` for letters with case, `o` for others, `d` for digits, all else as it is, in runs
    /// of at most three.
    pub(crate) fn shape(&mut self, word: &str) -> &str {
        self.shape.clear();
        let mut run = ('\0', 0);
        for c in word.chars() {
            let sign = match self.classes.of(c as u32) {
                Class::Upper => 'X',
                Class::Lower => 'x',
                Class::Letter | Class::Unspaced => 'o',
                Class::Digit => 'd',
                Class::Extend => continue,
                _ => c,
            };
            run = if run.0 == sign { (sign, run.1 + 1) } else { (sign, 1) };
            if run.1 <= 3 {
                self.shape.push(sign);
            }
        }
        &self.shape
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_plain_and_full() {
        assert!(!NORMS.clitics.is_empty() && !NORMS.stumps.is_empty());
        let mut forms = Forms::default();
        assert_eq!(forms.norm("it", Category::Lower, None), None);
        assert_eq!(forms.norm("It", Category::Capital, None), Some("it"));
        assert_eq!(forms.norm("n’t", Category::Clitic, None), Some("not"));
        assert_eq!(forms.norm("Wo", Category::Capital, Some("n't")), Some("will"));
        assert_eq!(forms.norm("do", Category::Lower, Some("n't")), None);
        assert_eq!(forms.norm("ﬁre", Category::Lower, None), Some("fire"));
        assert_eq!(forms.norm("—", Category::Dash, None), Some("--"));
        assert_eq!(forms.norm("Ёлка", Category::Capital, None), Some("ёлка"));
    }

    #[test]
    fn shapes_are_short() {
        let mut forms = Forms::default();
        for (word, shape) in [("Iturup", "Xxxx"), ("F-16", "X-dd"), ("1945", "ddd"), ("n't", "x'x"), ("Итуруп", "Xxxx"), ("択捉", "oo")]
        {
            assert_eq!(forms.shape(word), shape, "{word}");
        }
    }
}
