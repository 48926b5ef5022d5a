//! Loads the resource files of a language.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::almanac::{Almanac, EventSource, HolidaySource};
use crate::grammar::{DigitClass, Grammar, RuleFile, RuleSource};
use crate::lexicon::LexiconBuilder;
use crate::meaning::value_named;

/// The resource files of one language, as text.
pub(crate) struct Resources {
    pub(crate) lexicon: (&'static str, &'static str),
    pub(crate) holidays: (&'static str, &'static str),
    pub(crate) events: (&'static str, &'static str),
    pub(crate) rules: &'static [(&'static str, &'static str)],
}

macro_rules! file {
    ($path:literal) => {
        ($path, include_str!(concat!("../data/", $path)))
    };
}

/// English.
pub(crate) const EN: Resources = Resources {
    lexicon: file!("en/lexicon.toml"),
    holidays: file!("en/holidays.toml"),
    events: file!("en/events.toml"),
    rules: &[
        file!("en/rules/numbers.toml"),
        file!("en/rules/dates.toml"),
        file!("en/rules/clock.toml"),
        file!("en/rules/durations.toml"),
        file!("en/rules/relative.toml"),
        file!("en/rules/sets.toml"),
        file!("en/rules/colloquial.toml"),
        file!("en/rules/posts.toml"),
        file!("en/rules/expressions.toml"),
    ],
};

/// German.
pub(crate) const DE: Resources = Resources {
    lexicon: file!("de/lexicon.toml"),
    holidays: file!("de/holidays.toml"),
    events: file!("de/events.toml"),
    rules: &[file!("de/rules/german.toml")],
};

/// A language ready for use.
#[derive(Debug)]
pub(crate) struct Language {
    pub(crate) grammar: Grammar,
    pub(crate) almanac: Almanac,
    /// Whether numeric dates put the month first.
    pub(crate) month_first: bool,
    /// Words with which people speak to one another, in lower case.
    pub(crate) personal: Vec<String>,
    /// Words that speak of business, of amounts, and of a match, film or book.
    business: Vec<String>,
    figures: Vec<String>,
    sports: Vec<String>,
    /// Names of the lines at the head of a mail that say whom or what it is for.
    pub(crate) mail_addressees: Vec<String>,
    /// Names of the others.
    pub(crate) mail_headers: Vec<String>,
    /// What a letter begins with.
    pub(crate) greetings: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LexiconFile {
    /// Whether 3/4 is the fourth of March.
    month_first: bool,
    /// Endings of regular past forms.
    #[serde(default)]
    past_endings: Vec<String>,
    /// Endings of nouns that verbs hardly have in their plain form.
    #[serde(default)]
    noun_endings: Vec<String>,
    /// Nouns of what may be moved in time.
    #[serde(default)]
    appointments: Vec<String>,
    /// What is got ready "for" something to come.
    #[serde(default)]
    preparations: Vec<String>,
    /// What stands before a figure that another one is measured by.
    #[serde(default)]
    yardsticks: Vec<String>,
    /// What stands before a date whose figure is known.
    #[serde(default)]
    thresholds: Vec<String>,
    /// Whether participles stand at the end of the clause.
    #[serde(default)]
    verb_last: bool,
    /// Words with which people speak to one another: signs of a post.
    #[serde(default)]
    personal: Vec<String>,
    /// Words that speak of business, in lower case.
    #[serde(default)]
    business: Vec<String>,
    /// Marks and words of amounts, as reports on business have them, and others.
    #[serde(default)]
    figures: Vec<String>,
    /// Words that speak of a match, film or book.
    #[serde(default)]
    sports: Vec<String>,
    /// Names of the lines at the head of a mail that say whom or what it is for.
    #[serde(default)]
    mail_addressees: Vec<String>,
    /// Names of the others.
    #[serde(default)]
    mail_headers: Vec<String>,
    /// What a letter begins with.
    #[serde(default)]
    greetings: Vec<String>,
    /// Words that more often mean something else.
    #[serde(default)]
    weak: Vec<String>,
    digits: BTreeMap<String, DigitClass>,
    class: BTreeMap<String, ClassSource>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassSource {
    /// Whether one of these words is a reason to look for a time expression.
    #[serde(default)]
    core: bool,
    /// Whether words of six letters and more are also known with a letter left out or two exchanged.
    #[serde(default)]
    misspelt: bool,
    /// Spellings, separated by `|`, and what they stand for.
    words: BTreeMap<String, toml::Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayFile {
    holiday: Vec<HolidaySource>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventFile {
    event: Vec<EventSource>,
}

/// What becomes of a word of six ASCII letters or more by a slip of the finger: one of its inner letters left out, or two neighbours
/// exchanged. The first letter is hardly ever wrong, and without its last a word may be another ("Frida").
fn slips_of(word: &str) -> BTreeSet<String> {
    let mut slips = BTreeSet::new();
    if word.len() < 6 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return slips;
    }
    for i in 1..word.len() - 1 {
        slips.insert(format!("{}{}", &word[..i], &word[i + 1..]));
        slips.insert(format!("{}{}{}{}", &word[..i], &word[i + 1..i + 2], &word[i..=i], &word[i + 2..]));
    }
    slips.remove(word);
    slips
}

impl Language {
    /// Whether a word speaks of business.
    pub(crate) fn speaks_of_business(&self, word: &str) -> bool {
        self.business.iter().any(|known| known.eq_ignore_ascii_case(word))
    }

    /// Whether a word or mark is one of amounts.
    pub(crate) fn is_of_figures(&self, word: &str) -> bool {
        self.figures.iter().any(|known| known.eq_ignore_ascii_case(word))
    }

    /// Whether a word speaks of a match, film or book.
    pub(crate) fn speaks_of_sports(&self, word: &str) -> bool {
        self.sports.iter().any(|known| known.eq_ignore_ascii_case(word))
    }

    /// Reads and compiles the files; the names of events only if they are wanted.
    ///
    /// # Errors
    /// The file, and what is wrong in it.
    pub(crate) fn load(resources: &Resources, with_events: bool) -> Result<Language, String> {
        let lexicon: LexiconFile = read(resources.lexicon)?;
        let holidays: HolidayFile = read(resources.holidays)?;
        let events: EventFile = read(resources.events)?;
        let mut words = LexiconBuilder::new();
        words.endings(&lexicon.past_endings, &lexicon.noun_endings);
        words.nouns(&lexicon.appointments, &lexicon.preparations);
        words.yardsticks(&lexicon.yardsticks, &lexicon.thresholds);
        words.verb_last(lexicon.verb_last);
        let known: BTreeSet<&str> = lexicon.class.values().flat_map(|c| c.words.keys()).flat_map(|s| s.split('|')).collect();
        for (name, source) in &lexicon.class {
            let class = words.class(name);
            for (spellings, value) in &source.words {
                let number = match value {
                    toml::Value::Integer(n) => i32::try_from(*n).ok(),
                    toml::Value::String(text) => value_named(text),
                    _ => None,
                };
                let number =
                    number.ok_or_else(|| format!("{}: `{value}` is no value for `{spellings}` in class `{name}`", resources.lexicon.0))?;
                for spelling in spellings.split('|') {
                    words.add(class, spelling, number, source.core);
                    if source.misspelt {
                        let slips = slips_of(spelling).into_iter().filter(|slip| !known.contains(slip.as_str()));
                        slips.for_each(|slip| words.add(class, &slip, number, source.core));
                    }
                }
            }
        }
        for word in &lexicon.weak {
            words.weak(word);
        }
        let holiday = words.class("holiday");
        for (i, source) in holidays.holiday.iter().enumerate() {
            source.names.iter().for_each(|name| words.add(holiday, name, i as i32, true));
        }
        let event = words.class("event");
        for (i, source) in events.event.iter().enumerate().filter(|_| with_events) {
            source.names.iter().for_each(|name| words.add(event, name, i as i32, true));
        }
        let mut rules: Vec<RuleSource> = Vec::new();
        for &file in resources.rules {
            let parsed: RuleFile = read(file)?;
            rules.extend(parsed.rule);
        }
        let grammar = Grammar::compile(words, rules, &lexicon.digits)?;
        let almanac = Almanac { holidays: holidays.holiday, events: events.event };
        let LexiconFile { month_first, personal, business, figures, sports, mail_addressees, mail_headers, greetings, .. } = lexicon;
        Ok(Language { grammar, almanac, month_first, personal, business, figures, sports, mail_addressees, mail_headers, greetings })
    }
}

fn read<T: for<'de> Deserialize<'de>>((name, text): (&str, &str)) -> Result<T, String> {
    toml::from_str(text).map_err(|e| format!("{name}: {e}"))
}
