//! The word lists: read from the data files once, looked up by the lexer and the sentence splitter.
//!
//! What the lists mean is written at the top of each file under `data/`; this module only gives them a shape that can be
//! asked quickly. All keys are in lower case.

use foldhash::fast::FixedState;
use hashbrown::HashSet;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::words::Words;

/// How the full stop after an abbreviation reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reads {
    /// Part of the word, which announces what follows.
    Prefix,
    /// Part of the word, which may end a sentence.
    Either,
    /// Part of the word before a number only.
    Number,
    /// Part of the word unless the sentence ends there.
    Final,
}

/// What the lists say of one abbreviation. A word may be in several groups (`St.` the saint and `St.` the street).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Abbreviation {
    pub(crate) prefix: bool,
    pub(crate) either: bool,
    pub(crate) number: bool,
    pub(crate) last: bool,
}

impl Abbreviation {
    fn add(&mut self, reads: Reads) {
        match reads {
            Reads::Prefix => self.prefix = true,
            Reads::Either => self.either = true,
            Reads::Number => self.number = true,
            Reads::Final => self.last = true,
        }
    }
}

/// A language whose lists come with the crate.
#[derive(Clone, Copy)]
struct Language {
    abbreviations: &'static str,
    words: &'static str,
}

const LANGUAGES: [Language; 2] = [
    Language { abbreviations: include_str!("../data/en/abbreviations.toml"), words: include_str!("../data/en/words.toml") },
    Language { abbreviations: include_str!("../data/ru/abbreviations.toml"), words: include_str!("../data/ru/words.toml") },
];

const WEB: &str = include_str!("../data/und/web.toml");
const EMOTICONS: &str = include_str!("../data/und/emoticons.toml");
const UNITS: &str = include_str!("../data/und/units.toml");

/// Everything the lexer looks up by word.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lexicon {
    any_case: Words<Abbreviation>,
    capital: Words<Abbreviation>,
    small: Words<Abbreviation>,
    contractions: Words<Box<[u8]>>,
    /// The hashes of contractions without apostrophe; they have at most eight ASCII letters.
    maybe_contraction: Bits,
    /// The hashes of abbreviations of at most eight ASCII letters.
    maybe_abbreviation: Bits,
    /// Which Cyrillic words may be abbreviations.
    cyrillic_abbreviations: Endings,
    /// The hashes of the first letters, at most eight, of hyphenated words that stay whole.
    maybe_hyphened: Bits,
    /// The hashes of starters of at most eight bytes.
    maybe_starter: Bits,
    /// The hashes of the first two bytes of emoticons.
    maybe_emoticon: Bits,
    clitics: Words<()>,
    elisions: Words<()>,
    prefixes: Words<()>,
    whole: Words<()>,
    names: Words<()>,
    fronting: Words<()>,
    starters: Words<()>,
    domains: Words<()>,
    files: Words<()>,
    schemes: Words<()>,
    units: Words<()>,
    emoticons: HashSet<String, FixedState>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AbbreviationFile {
    group: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    reads: Reads,
    #[serde(default)]
    capital: bool,
    #[serde(default)]
    small: bool,
    words: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordFile {
    clitics: Vec<String>,
    elisions: Vec<String>,
    contractions: Vec<String>,
    prefixes: Vec<String>,
    whole: Vec<String>,
    names: Vec<String>,
    fronting: Vec<String>,
    starters: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WebFile {
    domains: Vec<String>,
    files: Vec<String>,
    schemes: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct EmoticonFile {
    eyes: Vec<String>,
    noses: Vec<String>,
    mouths: Vec<String>,
    whole: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitFile {
    units: Vec<String>,
}

impl Lexicon {
    /// The lists of all languages together. Their scripts differ, so that they do not get in one another's way.
    pub(crate) fn bundled() -> Lexicon {
        let mut lexicon = Lexicon::universal();
        for language in &LANGUAGES {
            for group in parse::<AbbreviationFile>(language.abbreviations).group {
                let map = match (group.capital, group.small) {
                    (true, _) => &mut lexicon.capital,
                    (_, true) => &mut lexicon.small,
                    _ => &mut lexicon.any_case,
                };
                for word in group.words {
                    lexicon.maybe_abbreviation.insert_word(word.as_bytes());
                    lexicon.cyrillic_abbreviations.insert(&word);
                    map.entry(word.as_bytes()).add(group.reads);
                }
            }
            lexicon.add_words(parse(language.words));
        }
        lexicon
    }

    /// What holds in any language: addresses, units, emoticons.
    pub(crate) fn universal() -> Lexicon {
        let mut lexicon = Lexicon::default();
        let web: WebFile = parse(WEB);
        lexicon.domains.extend(web.domains);
        lexicon.files.extend(web.files);
        lexicon.schemes.extend(web.schemes);
        let units: UnitFile = parse(UNITS);
        lexicon.units.extend(units.units);
        let faces: EmoticonFile = parse(EMOTICONS);
        for eyes in &faces.eyes {
            for nose in &faces.noses {
                let face = faces.mouths.iter().map(|mouth| format!("{eyes}{nose}{mouth}"));
                lexicon.emoticons.extend(face);
            }
        }
        lexicon.emoticons.extend(faces.whole);
        for face in &lexicon.emoticons {
            lexicon.maybe_emoticon.insert(u64::from(face.as_bytes()[0]) << 8 | u64::from(face.as_bytes()[1]));
        }
        lexicon
    }

    /// Adds a user's abbreviations, which may end a sentence.
    pub(crate) fn add_own_abbreviations(&mut self, words: &[String]) {
        for word in words {
            let word = word.trim().trim_end_matches('.').to_lowercase();
            self.maybe_abbreviation.insert_word(word.as_bytes());
            self.cyrillic_abbreviations.insert(&word);
            self.any_case.entry(word.as_bytes()).add(Reads::Either);
        }
    }

    fn add_words(&mut self, file: WordFile) {
        self.clitics.extend(file.clitics);
        self.elisions.extend(file.elisions);
        for word in file.prefixes.iter().chain(&file.whole) {
            let first = word.split('-').next().unwrap_or_default();
            self.maybe_hyphened.insert_word(&first.as_bytes()[..first.len().min(8)]);
        }
        self.prefixes.extend(file.prefixes);
        self.whole.extend(file.whole);
        self.names.extend(file.names);
        self.fronting.extend(file.fronting);
        file.starters.iter().for_each(|word| self.maybe_starter.insert_word(word.as_bytes()));
        self.starters.extend(file.starters);
        for word in file.contractions {
            let surface: Box<[u8]> = word.bytes().filter(|&b| b != b'|').collect();
            let joints = word.bytes().enumerate().filter(|&(_, b)| b == b'|').enumerate();
            let joints = joints.map(|(nth, (at, _))| (at - nth) as u8).collect();
            self.maybe_contraction.insert_word(&surface);
            *self.contractions.entry(&surface) = joints;
        }
    }

    /// What is known of a word before a full stop.
    pub(crate) fn abbreviation(&self, word: &[u8], capital: bool) -> Option<Abbreviation> {
        if is_cyrillic(word) && !self.cyrillic_abbreviations.may_hold(word) {
            return None;
        }
        let any = self.any_case.get(word).copied();
        match (any, if capital { self.capital.get(word) } else { self.small.get(word) }) {
            (Some(a), Some(b)) => Some(Abbreviation {
                prefix: a.prefix || b.prefix,
                either: a.either || b.either,
                number: a.number || b.number,
                last: a.last || b.last,
            }),
            (a, b) => a.or(b.copied()),
        }
    }

    /// Whether a word of at most eight ASCII letters, packed little-endian in lower case, may be a contraction.
    #[inline]
    pub(crate) fn maybe_contraction(&self, packed: u64) -> bool {
        self.maybe_contraction.contains(packed)
    }

    /// Whether a word of at most eight ASCII letters, packed little-endian in lower case, may be an abbreviation. Longer
    /// words are none.
    #[inline]
    pub(crate) fn maybe_abbreviation(&self, packed: u64) -> bool {
        self.maybe_abbreviation.contains(packed)
    }

    /// Where the parts of a contraction begin, the first part left out.
    pub(crate) fn contraction(&self, word: &[u8]) -> Option<&[u8]> {
        self.contractions.get(word).map(|joints| &**joints)
    }

    /// Whether the letters after an apostrophe are split off a word.
    pub(crate) fn is_clitic(&self, letters: &[u8]) -> bool {
        self.clitics.holds(letters)
    }

    /// Whether the letters after an apostrophe are split off a word together with its last letter.
    pub(crate) fn is_negation(&self, last: u8, letters: &[u8]) -> bool {
        let mut negation = [last, b'\'', 0, 0];
        match negation.get_mut(2..2 + letters.len()) {
            Some(place) if !letters.is_empty() => place.copy_from_slice(letters),
            _ => return false,
        }
        self.is_clitic(&negation[..2 + letters.len()])
    }

    /// Whether the letters after an apostrophe are a word with it.
    pub(crate) fn is_elision(&self, letters: &[u8]) -> bool {
        self.elisions.holds(letters)
    }

    /// Whether a hyphenated word that begins so stays whole.
    pub(crate) fn is_prefix(&self, part: &[u8]) -> bool {
        self.prefixes.holds(part)
    }

    /// Whether a hyphenated word that begins with these ASCII letters, packed little-endian in lower case and at most eight
    /// of them, may stay whole.
    #[inline]
    pub(crate) fn maybe_hyphened(&self, packed: u64) -> bool {
        self.maybe_hyphened.contains(packed)
    }

    /// Whether a hyphenated word stays whole.
    pub(crate) fn is_whole(&self, word: &[u8]) -> bool {
        self.whole.holds(word)
    }

    /// Whether a word with signs inside stays whole.
    pub(crate) fn is_name(&self, word: &[u8]) -> bool {
        self.names.holds(word)
    }

    /// Whether a word sets a time or place before the clause of a sentence.
    pub(crate) fn is_fronting(&self, word: &[u8]) -> bool {
        self.fronting.holds(word)
    }

    /// Whether a word begins sentences more often than names.
    pub(crate) fn is_starter(&self, word: &[u8]) -> bool {
        self.starters.holds(word)
    }

    /// Whether a word of at most eight ASCII letters, packed little-endian in lower case, may be a starter.
    #[inline]
    pub(crate) fn maybe_starter(&self, packed: u64) -> bool {
        self.maybe_starter.contains(packed)
    }

    /// Whether a label ends host names.
    pub(crate) fn is_domain(&self, label: &[u8]) -> bool {
        self.domains.holds(label)
    }

    /// Whether a label ends file names.
    pub(crate) fn is_file(&self, label: &[u8]) -> bool {
        self.files.holds(label)
    }

    /// Whether an address may begin with the word and a colon.
    pub(crate) fn is_scheme(&self, word: &[u8]) -> bool {
        self.schemes.holds(word)
    }

    /// Whether letters after a figure are a unit. Single capitals are codes (`4G`, `3D`) but for the million and the
    /// thousand.
    pub(crate) fn is_unit(&self, letters: &[u8]) -> bool {
        (letters.len() > 1 || !matches!(letters, [b'A'..=b'J' | b'L' | b'N'..=b'Z'])) && self.units.holds(letters)
    }

    /// Whether a face may begin with these two bytes.
    #[inline]
    pub(crate) fn maybe_emoticon(&self, first: u8, second: u8) -> bool {
        self.maybe_emoticon.contains(u64::from(first) << 8 | u64::from(second))
    }

    /// Whether the characters make a face. Case counts.
    pub(crate) fn is_emoticon(&self, face: &[u8]) -> bool {
        std::str::from_utf8(face).is_ok_and(|face| self.emoticons.contains(face))
    }
}

/// Reads a file that is part of the crate. A broken one is found by the tests; here it would read as empty.
fn parse<T: DeserializeOwned + Default>(file: &str) -> T {
    toml::from_str(file).unwrap_or_default()
}

/// Whether the first letter of a word is Cyrillic.
#[inline]
fn is_cyrillic(word: &[u8]) -> bool {
    matches!(word.first(), Some(0xd0 | 0xd1))
}

/// The last bytes and lengths of words, which hardly any other word shares: Russian words are longer than their abbreviations.
#[derive(Clone, Debug)]
struct Endings([u64; 256]);

impl Default for Endings {
    fn default() -> Endings {
        Endings([0; 256])
    }
}

impl Endings {
    /// Inserts a word in any case. Capital and small Cyrillic letters have equal lengths.
    fn insert(&mut self, word: &str) {
        for form in [word.to_lowercase(), word.to_uppercase()] {
            if let Some(&last) = form.as_bytes().last() {
                self.0[usize::from(last)] |= 1 << (form.len() % 64);
            }
        }
    }

    #[inline]
    fn may_hold(&self, word: &[u8]) -> bool {
        word.last().is_some_and(|&last| self.0[usize::from(last)] >> (word.len() % 64) & 1 == 1)
    }
}

/// A set of hashes of packed words: two kilobytes that stay in the first-level cache. It may hold what was not inserted.
#[derive(Clone, Debug)]
struct Bits([u64; 256]);

impl Default for Bits {
    fn default() -> Bits {
        Bits([0; 256])
    }
}

impl Bits {
    #[inline]
    fn place(packed: u64) -> (usize, u64) {
        // The multiplier is the fractional part of the golden ratio, which spreads near keys.
        let hash = packed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((hash >> 56) as usize, 1 << (hash >> 50 & 63))
    }

    fn insert(&mut self, packed: u64) {
        let (word, bit) = Bits::place(packed);
        self.0[word] |= bit;
    }

    /// Inserts a word in lower case if it has at most eight bytes.
    fn insert_word(&mut self, word: &[u8]) {
        let mut key = [0; 8];
        if let Some(place) = key.get_mut(..word.len()) {
            place.copy_from_slice(word);
            self.insert(u64::from_le_bytes(key));
        }
    }

    #[inline]
    fn contains(&self, packed: u64) -> bool {
        let (word, bit) = Bits::place(packed);
        self.0[word & 255] & bit != 0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::words::LONGEST;

    #[test]
    fn the_lists_are_well_formed_and_asked_in_any_case() {
        for language in &LANGUAGES {
            toml::from_str::<AbbreviationFile>(language.abbreviations).unwrap();
            toml::from_str::<WordFile>(language.words).unwrap();
        }
        toml::from_str::<WebFile>(WEB).unwrap();
        toml::from_str::<UnitFile>(UNITS).unwrap();
        toml::from_str::<EmoticonFile>(EMOTICONS).unwrap();
        let lexicon = Lexicon::bundled();
        assert!(lexicon.abbreviation(b"Mr", true).unwrap().prefix);
        assert!(lexicon.abbreviation("Проф".as_bytes(), true).unwrap().prefix);
        assert_eq!(lexicon.abbreviation(b"sun", false), None);
        assert!(lexicon.abbreviation(b"Sun", true).unwrap().either);
        assert_eq!(lexicon.contraction(b"Cannot"), Some(&[3][..]));
        assert_eq!(lexicon.contraction("y’all".as_bytes()), Some(&[2][..]));
        assert!(lexicon.maybe_contraction(u64::from_le_bytes(*b"cannot\0\0")));
        assert!(lexicon.is_emoticon(b":-)") && !lexicon.is_emoticon(b"::"));
    }

    #[test]
    fn no_listed_word_is_too_long_to_be_found() {
        let lexicon = Lexicon::bundled();
        let long = lexicon.any_case.long().chain(lexicon.capital.long()).chain(lexicon.starters.long()).chain(lexicon.names.long());
        assert!(lexicon.any_case.len() + lexicon.starters.len() > 500);
        assert!(long.into_iter().all(|word| word.len() <= LONGEST));
        // The filters know no longer abbreviations of plain letters, nor longer contractions.
        let mut filtered = lexicon.any_case.long().chain(lexicon.capital.long()).chain(lexicon.contractions.long());
        assert!(!filtered.any(|word| word.iter().all(u8::is_ascii_alphabetic)));
    }
}
