//! Whether a text is news, history, a message or a post, judged by its words.

use crate::atom::{Atom, DIGITS, SENTENCE};
use crate::calendar::Moment;
use crate::language::Language;
use crate::lexicon::{ClassId, LexId, Lexicon};
use crate::meaning::Unit;
use crate::settings::Mode;

/// The longest post in bytes that is told from news by its words.
const LONGEST_POST: usize = 300;

/// How many verbs of the past, of those that the lexicon lists, a short history has at least for each word that looks ahead.
const PAST_TO_OUTLOOK: usize = 4;
/// How much a bare weekday speaks for a text that is seen from the day of its writing.
const BARE_WEEKDAY: usize = 16;
/// The same of "last week", "this year".
const NEAR_UNIT: usize = 8;

/// A report on figures looks back so many years at most: "the lowest since 1980".
const LATELY: i32 = 40;
/// In a report on figures at least one word in so many is of business.
const WORDS_TO_FIGURES: usize = 25;

/// Kinds of words, one bit each.
const MONTH: u8 = 1;
const WEEKDAY: u8 = 2;
const DIRECTION: u8 = 4;
const UNIT: u8 = 8;
const BEFORE_CHRIST: u8 = 16;
/// What tells of what will be, or is said now.
const OUTLOOK: u8 = 32;
/// A verb of what was.
const VERB_OF_THE_PAST: u8 = 64;

/// What a word says of the text that it stands in.
#[derive(Clone, Copy, Debug, Default)]
struct Hint {
    kinds: u8,
    /// How much it speaks for a text that is seen from the day of its writing: "yesterday".
    seen_from_now: u8,
}

/// The words by which modes are told apart, by their ids.
#[derive(Debug)]
pub(crate) struct ModeWords(Vec<Hint>);

impl ModeWords {
    pub(crate) fn new(lexicon: &Lexicon) -> ModeWords {
        let kinds = [("month", MONTH), ("weekday", WEEKDAY), ("last", DIRECTION), ("this", DIRECTION), ("next", DIRECTION), ("unit", UNIT)];
        let kinds: Vec<(ClassId, u8)> = kinds.into_iter().filter_map(|(name, kind)| Some((lexicon.class(name)?, kind))).collect();
        let (era, deictic) = (lexicon.class("era"), lexicon.class("deictic"));
        let (tense, outlook) = (lexicon.class("tense"), lexicon.class("outlook"));
        let hint = |id: u16| {
            let mut hint = Hint::default();
            for reading in lexicon.readings(LexId(id)) {
                let of_class = kinds.iter().filter(|(class, _)| *class == reading.class);
                hint.kinds |= of_class.fold(0, |all, (_, kind)| all | kind);
                if Some(reading.class) == era && reading.value == -1 {
                    hint.kinds |= BEFORE_CHRIST;
                }
                if Some(reading.class) == tense && reading.value == 0 {
                    hint.kinds |= VERB_OF_THE_PAST;
                }
                if Some(reading.class) == outlook {
                    hint.kinds |= OUTLOOK;
                }
                if Some(reading.class) == deictic {
                    hint.seen_from_now = reading.value.clamp(0, 255) as u8;
                }
            }
            hint
        };
        ModeWords((0..lexicon.len() as u16).map(hint).collect())
    }

    fn of(&self, atom: Option<&Atom>) -> Hint {
        atom.and_then(|a| self.0.get(usize::from(a.lex.0))).copied().unwrap_or_default()
    }

    /// News unless the text looks like a message (short, and sent at a known time of day), a post (short, to somebody) or history (many
    /// years far from its own, little that is seen from now).
    pub(crate) fn guess(&self, language: &Language, text: &str, atoms: &[Atom], document: Option<Moment>) -> Mode {
        let sent_at = document.is_some_and(|d| d.unit < Unit::Day);
        let sentences = || atoms.iter().filter(|a| a.has(SENTENCE)).count();
        if sent_at && (text.len() <= 60 || text.len() < 160 && sentences() <= 1) {
            return Mode::Colloquial;
        }
        if self.is_history(language, text, atoms, document) {
            return Mode::Narrative;
        }
        if is_post(language, text) || is_mail(language, text) { Mode::Post } else { Mode::News }
    }

    /// History speaks of other years all the time; news of its own, and of yesterday, Monday, last week.
    fn is_history(&self, language: &Language, text: &str, atoms: &[Atom], document: Option<Moment>) -> bool {
        let (mut far, mut days_far, mut near, mut seen_from_now) = (0usize, 0usize, 0usize, 0usize);
        let (mut outlooks, mut verbs_of_the_past) = (0usize, 0usize);
        let mut latest = None;
        let now = document.map(|d| i32::from(d.date().year()));
        let kinds = |i: usize| self.of(atoms.get(i)).kinds;
        let is_number = |i: usize| atoms.get(i).is_some_and(|a| a.has(DIGITS));
        let before = |i: usize, test: &dyn Fn(usize) -> bool| i.checked_sub(1).is_some_and(test);
        for (i, atom) in atoms.iter().enumerate().filter(|(_, atom)| !atom.lex.is_none()) {
            let hint = self.of(Some(atom));
            seen_from_now += usize::from(hint.seen_from_now);
            outlooks += usize::from(hint.kinds & OUTLOOK > 0);
            verbs_of_the_past += usize::from(hint.kinds & VERB_OF_THE_PAST > 0);
            if hint.kinds & BEFORE_CHRIST > 0 && before(i, &is_number) {
                far += 2;
            }
            // "Saturday, 5 May 1990", but "died Saturday aged 59"
            let is_of_date = |i: usize| atoms.get(i).is_some_and(|a| a.has(DIGITS) && !(32..1000).contains(&a.number));
            let is_dated = |i: usize| is_of_date(i) || kinds(i) & MONTH > 0;
            if hint.kinds & WEEKDAY > 0 && !(is_dated(i + 1) || is_dated(i + 2) || before(i, &is_dated)) {
                seen_from_now += BARE_WEEKDAY;
            }
            if hint.kinds & DIRECTION > 0 && kinds(i + 1) & UNIT > 0 {
                seen_from_now += NEAR_UNIT;
            }
            if atom.has(DIGITS) && atom.end - atom.start == 4 && (1000..2100).contains(&atom.number) {
                let year = atom.number as i32;
                latest = latest.max(Some(year));
                let after_month = (i.saturating_sub(3)..i).any(|k| kinds(k) & MONTH > 0);
                match now {
                    Some(now) if (year - now).abs() <= 1 => near += 1,
                    _ if after_month => (far, days_far) = (far + 2, days_far + 1),
                    _ => far += 1,
                }
            }
        }
        let density = far * 1000 / (atoms.len() + 1);
        // Where nothing is of its own time, less is enough, and a single weekday may belong to the story.
        let all_far = near == 0
            && match seen_from_now {
                0 if outlooks * PAST_TO_OUTLOOK > verbs_of_the_past => false,
                0 => far >= 4 && density >= 5 && verbs_of_the_past > 0 || far >= 3 && days_far >= 1 && density >= 2,
                1..=BARE_WEEKDAY => far >= 8 && days_far >= 3 && density >= 5,
                _ => false,
            };
        let lately = latest.zip(now).is_some_and(|(latest, now)| now - latest <= LATELY);
        all_far && !(lately && is_report(language, text, atoms)) || far >= 8 && far > 3 * near && far > seen_from_now && density >= 5
    }
}

/// Whether a text is full of figures: prices since 1980 are news.
fn is_report(language: &Language, text: &str, atoms: &[Atom]) -> bool {
    let words = atoms.iter().map(|a| a.covered(text));
    words.filter(|word| language.speaks_of_business(word) || language.is_of_figures(word)).count() * WORDS_TO_FIGURES > atoms.len()
}

/// Whether a short text is one that people write to one another, by its signs or words.
fn is_post(language: &Language, text: &str) -> bool {
    text.len() <= LONGEST_POST
        && (text.contains(['@', '#', '!'])
            || ["http", ":)", ":D", ";)", ":("].iter().any(|sign| text.contains(sign))
            || text
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| language.personal.iter().any(|known| known.eq_ignore_ascii_case(word))))
}

/// How far into a text the head of a mail is looked for, in lines.
const HEAD_LINES: usize = 12;

/// Whether a text begins as a mail does: with two or more lines of a header, of which one names whom or what it is for
/// ("Subject: …"), or with a greeting that is a line of its own.
fn is_mail(language: &Language, text: &str) -> bool {
    let (mut headers, mut addressed) = (0, false);
    for (i, line) in text.trim_start().lines().take(HEAD_LINES).enumerate() {
        let first = line.split([' ', ':', ',']).next().unwrap_or("");
        let is = |words: &[String]| words.iter().any(|word| word.eq_ignore_ascii_case(first));
        if line[first.len()..].starts_with(':') {
            let names_reader = is(&language.mail_addressees);
            addressed |= names_reader;
            headers += usize::from(names_reader || is(&language.mail_headers));
        }
        let greets = line.len() <= 60 && line.trim_end().ends_with([',', '!']) && is(&language.greetings);
        if headers >= 2 && addressed || greets && (i == 0 || headers > 0) {
            return true;
        }
    }
    false
}
