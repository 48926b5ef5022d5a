//! What the data files say of single words and of phrases: one lookup a word gives all of it as bits.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use standoff_core::Error;
use toml::{Table, Value};

use crate::evidence::Evidence;

/// One bit for each list that a word may be in.
pub(crate) mod flag {
    macro_rules! flags {
        ($($(#[$doc:meta])* $name:ident)*) => { flags!(@ 0u32; $($(#[$doc])* $name)*); };
        (@ $at:expr; $(#[$doc:meta])* $name:ident $($rest:tt)*) => {
            $(#[$doc])* pub(crate) const $name: u64 = 1 << ($at);
            flags!(@ $at + 1; $($rest)*);
        };
        (@ $at:expr;) => {};
    }
    flags! {
        COMMON FUNCTION CALENDAR GROUP GIVEN FAMILY AMBIGUOUS
        PARTICLE NAME_SUFFIX SAYING ACTING WEAK_ACTING WHO
        HONORIFIC TITLE TITLE_MODIFIER TITLE_OF TITLE_WEAK TITLE_BEFORE TITLE_BEFORE_LOWER ROLE KIN
        ORG ORG_SUFFIX ORG_OF ORG_FOR STATE ORG_AFTER ORG_BEFORE ORG_VERB ORG_NAME ORG_FIRST POSSESSION EPONYM NOT_ACRONYM
        LOC FAC GPE FIRST_LOC FIRST_FAC FIRST_GPE OF_PLACE PLACE_NOUN PLACE_PREPOSITION WEAK_PREPOSITION DIRECTION
        EVENT EVENT_OF EVENT_FIRST LAW LAW_OF
    }
    /// The last word of a name that says what the name is of.
    pub(crate) const HEAD: u64 = ORG | LOC | FAC | GPE | EVENT | LAW | ORG_SUFFIX;
    /// A word that "of" and a further name may follow.
    pub(crate) const BEFORE_OF: u64 = ORG_OF | OF_PLACE | EVENT_OF | LAW_OF;
}

/// What a phrase of several words is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PhraseKind {
    /// A lower-case institution: "armed forces".
    Institution,
    /// A lower-case event: "civil war".
    Event,
    /// A lower-case event of a forum: "ministerial meeting".
    Forum,
    /// The name of an event: "World War II".
    EventName,
}

struct Phrase {
    words: Box<[Box<str>]>,
    kind: PhraseKind,
}

/// The lists of one language.
pub(crate) struct Lexicon {
    words: HashMap<Box<str>, u64, FixedState>,
    phrases: HashMap<Box<str>, Vec<Phrase>, FixedState>,
    endings: HashMap<Box<str>, (), FixedState>,
    not_after_title: HashMap<Box<str>, Vec<Box<str>>, FixedState>,
    pub(crate) evidence: Evidence,
}

/// Longest ending of a family name that is looked up, in characters.
const LONGEST_ENDING: usize = 6;

impl Lexicon {
    /// The lists that come with the crate.
    pub(crate) fn english() -> Result<Lexicon, Error> {
        use flag::*;
        let mut lexicon = Lexicon {
            words: HashMap::default(),
            phrases: HashMap::default(),
            endings: HashMap::default(),
            not_after_title: HashMap::default(),
            evidence: Evidence::read(include_str!("../data/en/evidence.toml"))?,
        };
        for (list, bits) in [
            (include_str!("../data/en/common.txt"), COMMON),
            (include_str!("../data/en/function.txt"), FUNCTION),
            (include_str!("../data/en/calendar.txt"), CALENDAR),
            (include_str!("../data/en/groups.txt"), GROUP),
            (include_str!("../data/en/given.txt"), GIVEN),
            (include_str!("../data/en/given_more.txt"), GIVEN),
            (include_str!("../data/en/surnames.txt"), FAMILY),
            (include_str!("../data/en/organisation_names.txt"), ORG_NAME),
        ] {
            for line in list.lines().filter(|l| !l.starts_with('#')) {
                lexicon.add(line, bits);
            }
        }
        let titles = Source::read("titles.toml", include_str!("../data/en/titles.toml"))?;
        for (key, bits) in [
            ("honorifics", HONORIFIC),
            ("heads", TITLE),
            ("modifiers", TITLE_MODIFIER),
            ("of_complements", TITLE_OF),
            ("weak", TITLE_WEAK),
            ("before", TITLE_BEFORE),
            ("before_lower", TITLE_BEFORE_LOWER),
            ("roles", ROLE),
            ("kin", KIN),
        ] {
            lexicon.add(titles.text(key)?, bits);
        }
        for (title, words) in titles.table("not_after")? {
            for word in words.as_str().unwrap_or_default().split_whitespace() {
                lexicon.not_after_title.entry(title.as_str().into()).or_default().push(word.into());
            }
        }
        let organisations = Source::read("organisations.toml", include_str!("../data/en/organisations.toml"))?;
        for (key, bits) in [
            ("heads", ORG),
            ("suffixes", ORG_SUFFIX),
            ("first", ORG_FIRST),
            ("of", ORG_OF),
            ("for", ORG_FOR),
            ("state", STATE),
            ("after", ORG_AFTER),
            ("before", ORG_BEFORE),
            ("verbs", ORG_VERB),
        ] {
            lexicon.add(organisations.text(key)?, bits);
        }
        let acronyms = organisations.table("acronyms")?.get("not_names").and_then(Value::as_str).unwrap_or_default();
        lexicon.add(acronyms, NOT_ACRONYM);
        lexicon.add_phrases(organisations.text("lower")?, PhraseKind::Institution);
        let places = Source::read("places.toml", include_str!("../data/en/places.toml"))?;
        for (key, bits) in [
            ("loc", LOC),
            ("fac", FAC),
            ("gpe", GPE),
            ("first_loc", FIRST_LOC),
            ("first_fac", FIRST_FAC),
            ("first_gpe", FIRST_GPE),
            ("of_gpe", OF_PLACE),
            ("of_loc", OF_PLACE),
            ("nouns", PLACE_NOUN),
            ("prepositions", PLACE_PREPOSITION),
            ("weak_prepositions", WEAK_PREPOSITION),
            ("directions", DIRECTION),
        ] {
            lexicon.add(places.text(key)?, bits);
        }
        let persons = Source::read("persons.toml", include_str!("../data/en/persons.toml"))?;
        for (key, bits) in [
            ("particles", PARTICLE),
            ("suffixes", NAME_SUFFIX),
            ("saying", SAYING),
            ("acting", ACTING),
            ("weak_acting", WEAK_ACTING),
            ("who", WHO),
            ("possessions", POSSESSION),
            ("eponyms", EPONYM),
            ("ambiguous", AMBIGUOUS),
        ] {
            lexicon.add(persons.text(key)?, bits);
        }
        for ending in persons.text("endings")?.split_whitespace() {
            lexicon.endings.insert(ending.into(), ());
        }
        let events = Source::read("events.toml", include_str!("../data/en/events.toml"))?;
        lexicon.add(events.text("heads")?, EVENT);
        lexicon.add(events.text("of")?, EVENT_OF);
        lexicon.add(events.text("first")?, EVENT_FIRST);
        lexicon.add_phrases(events.text("lower")?, PhraseKind::Event);
        lexicon.add_phrases(events.text("forum")?, PhraseKind::Forum);
        lexicon.add_phrases(events.text("names")?, PhraseKind::EventName);
        let laws = events.table("laws")?;
        lexicon.add(laws.get("heads").and_then(Value::as_str).unwrap_or_default(), LAW);
        lexicon.add(laws.get("of").and_then(Value::as_str).unwrap_or_default(), LAW_OF);
        Ok(lexicon)
    }

    /// What is known of a word, given in lower case.
    pub(crate) fn flags(&self, lower: &str) -> u64 {
        self.words.get(lower).copied().unwrap_or(0)
    }

    /// Whether a word, given in lower case, ends as family names do.
    pub(crate) fn ends_as_family_name(&self, lower: &str) -> bool {
        let count = lower.chars().count();
        let starts = lower.char_indices().skip(count.saturating_sub(LONGEST_ENDING).max(3)).map(|(at, _)| at);
        count >= 5 && starts.into_iter().any(|at| self.endings.contains_key(&lower[at..]))
    }

    /// Whether a word after a title shows that both are part of another name.
    pub(crate) fn is_not_after_title(&self, title: &str, word: &str) -> bool {
        self.not_after_title.get(title).is_some_and(|words| words.iter().any(|w| **w == *word))
    }

    /// The longest phrase of a kind that begins with `first`; `word(k)` is the k-th word of the text from there on, in
    /// lower case. Returns the number of its words.
    pub(crate) fn phrase<'w>(&self, kind: PhraseKind, first: &str, word: impl Fn(usize) -> Option<&'w str>) -> Option<usize> {
        let found = self.phrases.get(first)?.iter().filter(|phrase| phrase.kind == kind);
        found.filter(|p| p.words.iter().enumerate().all(|(k, w)| word(k) == Some(&**w))).map(|p| p.words.len()).max()
    }

    fn add(&mut self, words: &str, bits: u64) {
        for word in words.split_whitespace() {
            *self.words.entry(word.to_lowercase().into()).or_insert(0) |= bits;
        }
    }

    /// Phrases are cut at white space, hyphens and before apostrophes, as tokens are.
    fn add_phrases(&mut self, list: &str, kind: PhraseKind) {
        for phrase in list.split(['|', '\n']).map(str::trim).filter(|p| !p.is_empty()) {
            let phrase = phrase.to_lowercase().replace('-', " - ").replace('\'', " '");
            let words: Box<[Box<str>]> = phrase.split_whitespace().map(Into::into).collect();
            if let Some(first) = words.first().cloned() {
                self.phrases.entry(first).or_default().push(Phrase { words, kind });
            }
        }
    }
}

/// A data file in TOML.
pub(crate) struct Source {
    name: &'static str,
    table: Table,
}

impl Source {
    pub(crate) fn read(name: &'static str, text: &str) -> Result<Source, Error> {
        let table = text.parse().map_err(|e: toml::de::Error| Error::resource(e.message().to_owned()).at(name, None, None))?;
        Ok(Source { name, table })
    }

    fn text(&self, key: &str) -> Result<&str, Error> {
        self.table.get(key).and_then(Value::as_str).ok_or_else(|| self.lacks(key))
    }

    fn table(&self, key: &str) -> Result<&Table, Error> {
        self.table.get(key).and_then(Value::as_table).ok_or_else(|| self.lacks(key))
    }

    fn lacks(&self, key: &str) -> Error {
        Error::resource(format!("there is no `{key}`")).at(self.name, None, None)
    }
}
