//! Inflected forms of names.
//!
//! English: the plural of the last word, and the possessive without its apostrophe ("Lloyds" for "Lloyd's"). Russian: the
//! cases, from the endings of `data/ru/inflection.tsv`. Adjectives in front and the first noun after them take the same case; what follows the noun stays ("Республика Корея",
//! "Республики Корея"). In words with hyphens the last part is inflected, or the first where a preposition follows it
//! ("Ростов-на-Дону"). Some forms are not Russian where the ending does not tell the gender; they do no harm, for nobody
//! writes them.

use std::sync::OnceLock;

const CASES: usize = 5;

struct Pattern {
    ending: &'static str,
    kind: &'static str,
    forms: [&'static str; CASES],
}

fn patterns() -> &'static [Pattern] {
    static PATTERNS: OnceLock<Vec<Pattern>> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let mut all: Vec<Pattern> = include_str!("../data/ru/inflection.tsv")
            .lines()
            .skip(1)
            .filter_map(|line| {
                let mut cells = line.split('\t');
                let (ending, kind) = (cells.next()?, cells.next()?);
                let forms = [cells.next()?, cells.next()?, cells.next()?, cells.next()?, cells.next()?];
                Some(Pattern { ending, kind, forms })
            })
            .collect();
        // The longest ending decides.
        all.sort_by_key(|p| std::cmp::Reverse(p.ending.len()));
        all
    })
}

/// The inflected forms of a name in a language; none if the language is unknown or the name is not in it.
pub(crate) fn forms(language: &str, name: &str) -> Vec<String> {
    match language {
        "en" => english(name),
        "ru" => russian(name),
        _ => Vec::new(),
    }
}

/// The plural of a name, and the name without the apostrophe of a possessive.
fn english(name: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for apostrophe in ["'s", "’s"] {
        if name.contains(apostrophe) {
            forms.push(name.replace(apostrophe, "s"));
        }
    }
    if name.ends_with("'s") || name.ends_with("’s") {
        return forms;
    }
    let Some(last) = name.chars().next_back().filter(char::is_ascii_alphabetic) else { return forms };
    let small = name.to_ascii_lowercase();
    let stem = name.get(..name.len() - 1).unwrap_or("");
    forms.push(if last.is_ascii_uppercase() {
        format!("{name}s")
    } else if ["s", "x", "z", "ch", "sh"].iter().any(|e| small.ends_with(e)) {
        format!("{name}es")
    } else if last == 'y' && !stem.ends_with(['a', 'e', 'i', 'o', 'u']) {
        format!("{stem}ies")
    } else {
        format!("{name}s")
    });
    forms
}

/// The inflected forms of a name that is written in Cyrillic; none of any other.
fn russian(name: &str) -> Vec<String> {
    if !name.chars().next().is_some_and(|c| matches!(c, 'А'..='я' | 'Ё' | 'ё')) || name.chars().all(|c| !c.is_lowercase()) {
        return Vec::new();
    }
    let words: Vec<&str> = name.split(' ').collect();
    let mut adjectives = words.iter().take(words.len() - 1).take_while(|w| is_adjective(w)).count();
    if words.len() == 1 && is_adjective(words[0]) {
        adjectives = 0;
    }
    let mut forms = Vec::new();
    for case in 0..CASES {
        let mut variants = vec![String::new()];
        for (i, word) in words.iter().enumerate() {
            let options = match i.cmp(&adjectives) {
                std::cmp::Ordering::Less => inflected(word, case, true),
                std::cmp::Ordering::Equal => inflected(word, case, words.len() == 1 && is_adjective(word)),
                std::cmp::Ordering::Greater => vec![(*word).to_owned()],
            };
            variants = variants
                .iter()
                .flat_map(|start| options.iter().map(move |o| if start.is_empty() { o.clone() } else { format!("{start} {o}") }))
                .take(8)
                .collect();
        }
        forms.extend(variants);
    }
    forms.retain(|f| f != name);
    forms.sort_unstable();
    forms.dedup();
    forms
}

fn is_adjective(word: &str) -> bool {
    word.chars().count() > 3 && patterns().iter().any(|p| p.kind != "noun" && word.ends_with(p.ending))
}

/// A word in a case; the word itself if no ending fits.
fn inflected(word: &str, case: usize, adjective: bool) -> Vec<String> {
    // "Ростов-на-Дону", "Южно-Курильск".
    let (front, word, back) = match word.find("-на-").or_else(|| word.find("-де-")) {
        Some(at) => ("", &word[..at], &word[at..]),
        None => match word.rfind('-') {
            Some(at) => (&word[..=at], &word[at + 1..], ""),
            None => ("", word, ""),
        },
    };
    let fitting: Vec<&Pattern> = patterns().iter().filter(|p| (p.kind != "noun") == adjective && word.ends_with(p.ending)).collect();
    let Some(longest) = fitting.first().map(|p| p.ending.len()) else { return vec![format!("{front}{word}{back}")] };
    let mut out = Vec::new();
    for pattern in fitting.iter().filter(|p| p.ending.len() == longest) {
        let stem = &word[..word.len() - pattern.ending.len()];
        out.extend(pattern.forms[case].split('|').map(|form| format!("{front}{stem}{form}{back}")));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{english, russian};

    #[test]
    fn english_plurals_and_possessives() {
        assert_eq!(english("Widget"), ["Widgets"]);
        assert_eq!(english("Acme Box"), ["Acme Boxes"]);
        assert_eq!(english("Party"), ["Parties"]);
        assert_eq!(english("Lloyd's"), ["Lloyds"]);
        assert!(english("№").is_empty());
    }

    #[test]
    fn the_usual_patterns_are_inflected() {
        for (name, forms) in [
            ("Москва", ["Москвы", "Москве", "Москву", "Москвой", "Москве"]),
            ("Итуруп", ["Итурупа", "Итурупу", "Итуруп", "Итурупом", "Итурупе"]),
            ("Россия", ["России", "России", "Россию", "Россией", "России"]),
            (
                "Курильские острова",
                ["Курильских островов", "Курильским островам", "Курильские острова", "Курильскими островами", "Курильских островах"],
            ),
            ("Южно-Курильск", ["Южно-Курильска", "Южно-Курильску", "Южно-Курильск", "Южно-Курильском", "Южно-Курильске"]),
            ("Ростов-на-Дону", ["Ростова-на-Дону", "Ростову-на-Дону", "Ростов-на-Дону", "Ростовом-на-Дону", "Ростове-на-Дону"]),
            ("Республика Корея", ["Республики Корея", "Республике Корея", "Республику Корея", "Республикой Корея", "Республике Корея"]),
            ("Охотское море", ["Охотского моря", "Охотскому морю", "Охотское море", "Охотским морем", "Охотском море"]),
            ("Казань", ["Казани", "Казани", "Казань", "Казанью", "Казани"]),
            ("Курилы", ["Курил", "Курилам", "Курилы", "Курилами", "Курилах"]),
            (
                "Российская Федерация",
                ["Российской Федерации", "Российской Федерации", "Российскую Федерацию", "Российской Федерацией", "Российской Федерации"],
            ),
        ] {
            let made = russian(name);
            for form in forms {
                assert!(form == name || made.iter().any(|m| m == form), "{name}: {form} is not among {made:?}");
            }
        }
    }

    #[test]
    fn other_scripts_and_abbreviations_stay() {
        assert!(russian("Iturup").is_empty());
        assert!(russian("США").is_empty());
        assert!(russian("").is_empty());
        assert!(russian("Токио").is_empty());
    }
}
