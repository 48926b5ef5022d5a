//! The inflected forms that a lemma stands for, derived from a language's table.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The table of one language, as its file has it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inflection {
    regular: Vec<Regular>,
    doubling: Doubling,
    past: BTreeMap<String, Vec<String>>,
    full: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Regular {
    ends: Vec<String>,
    strip: usize,
    s: String,
    past: String,
    ing: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Doubling {
    always: Vec<String>,
    sometimes: Vec<String>,
}

impl Inflection {
    /// The forms of a lemma in lower case, itself among them, each once.
    pub(crate) fn forms(&self, lemma: &str) -> Vec<String> {
        let lemma = lemma.to_lowercase();
        let mut forms = vec![lemma.clone()];
        if let Some(full) = self.full.get(&lemma) {
            forms.extend(full.iter().cloned());
        } else if let Some(rule) = self.regular.iter().find(|rule| rule.ends.iter().any(|end| lemma.ends_with(end.as_str()))) {
            let kept = lemma.chars().count().saturating_sub(rule.strip);
            let stem: String = lemma.chars().take(kept).collect();
            let mut stems = Vec::new();
            let always = self.doubling.always.contains(&lemma);
            if let Some(last) = stem.chars().last()
                && (always || self.doubling.sometimes.contains(&lemma))
            {
                stems.push(format!("{stem}{last}"));
            }
            if !always {
                stems.push(stem.clone());
            }
            forms.push(format!("{stem}{}", rule.s));
            forms.extend(stems.iter().map(|stem| format!("{stem}{}", rule.ing)));
            match self.past.get(&lemma) {
                Some(past) => forms.extend(past.iter().cloned()),
                None => forms.extend(stems.iter().map(|stem| format!("{stem}{}", rule.past))),
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        forms.retain(|form| seen.insert(form.clone()));
        forms
    }
}

#[cfg(test)]
mod tests {
    use crate::language::Language;

    #[test]
    fn forms_of_english_words() {
        let Some(english) = Language::bundled("en") else { panic!("English is bundled") };
        let forms = |lemma: &str| english.inflection.forms(lemma).join(" ");
        assert_eq!(forms("meet"), "meet meets meeting met");
        assert_eq!(forms("visit"), "visit visits visiting visited");
        assert_eq!(forms("receive"), "receive receives receiving received");
        assert_eq!(forms("agree"), "agree agrees agreeing agreed");
        assert_eq!(forms("plan"), "plan plans planning planned");
        assert_eq!(forms("travel"), "travel travels travelling traveling travelled traveled");
        assert_eq!(forms("carry"), "carry carries carrying carried");
        assert_eq!(forms("die"), "die dies dying died");
        assert_eq!(forms("encompass"), "encompass encompasses encompassing encompassed");
        assert_eq!(forms("be"), "be am is are was were been being");
        assert_eq!(forms("lead"), "lead leads leading led");
        assert_eq!(forms("summit"), "summit summits summiting summited");
        assert_eq!(forms(""), " s ing ed");
    }
}
