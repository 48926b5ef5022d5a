//! What stands around a name, and whether it bears out that the name is meant.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use serde::Deserialize;
use standoff_core::Error;

use crate::unit::{Unit, is_hyphen, key_of};

/// The words of `data/en/context.toml` and the given names, by their keys.
pub(crate) struct Words {
    pub locative: HashSet<u64>,
    pub of_place: HashSet<u64>,
    pub after_place: HashSet<u64>,
    pub person_title: HashSet<u64>,
    pub neighbour: HashSet<u64>,
    pub organisation_of: HashSet<u64>,
    pub first_names: HashSet<u64>,
    pub of: u64,
    pub the: u64,
    pub and: u64,
    pub demands: HashMap<String, Demand>,
    /// The demands of single names of the bundled lists.
    pub ambiguous: HashMap<String, String>,
}

/// What a name must show; see `data/en/demands.toml`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Demand {
    pub only_names: bool,
    pub not_first: bool,
    pub alone: bool,
    pub bare_next: bool,
    pub or_small_next: bool,
    pub before: HashSet<u64>,
    pub after: HashSet<u64>,
    pub parenthesised: bool,
    pub cue: bool,
    pub place_near: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContextFile {
    locative: Vec<String>,
    of_place: Vec<String>,
    after_place: Vec<String>,
    person_title: Vec<String>,
    neighbour: Vec<String>,
    organisation_of: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct DemandFile {
    only_names: bool,
    not_first: bool,
    alone: bool,
    bare_next: bool,
    or_small_next: bool,
    before: Vec<String>,
    after: Vec<String>,
    parenthesised: bool,
    cue: bool,
    place_near: bool,
}

/// The words, read once.
pub(crate) fn words() -> Result<&'static Words, Error> {
    static WORDS: OnceLock<Words> = OnceLock::new();
    if let Some(words) = WORDS.get() {
        return Ok(words);
    }
    let words = read()?;
    Ok(WORDS.get_or_init(|| words))
}

fn read() -> Result<Words, Error> {
    let broken = |file: &str, error: toml::de::Error| Error::resource(error.message().to_owned()).at(file, None, None);
    let context: ContextFile = toml::from_str(include_str!("../data/en/context.toml")).map_err(|e| broken("data/en/context.toml", e))?;
    let demands: BTreeMap<String, DemandFile> =
        toml::from_str(include_str!("../data/en/demands.toml")).map_err(|e| broken("data/en/demands.toml", e))?;
    let keys = |words: Vec<String>| words.iter().map(|w| key_of(w)).collect::<HashSet<u64>>();
    let first_names = include_str!("../data/facts/first_names.txt").lines().filter(|l| !l.starts_with('#')).flat_map(str::split_whitespace);
    let ambiguous = include_str!("../data/en/ambiguous.tsv").lines().skip(1).filter_map(|l| l.split_once('\t'));
    Ok(Words {
        locative: keys(context.locative),
        of_place: keys(context.of_place),
        after_place: keys(context.after_place),
        person_title: keys(context.person_title),
        neighbour: keys(context.neighbour),
        organisation_of: keys(context.organisation_of),
        first_names: first_names.map(key_of).collect(),
        of: key_of("of"),
        the: key_of("the"),
        and: key_of("and"),
        demands: demands
            .into_iter()
            .map(|(name, d)| {
                let demand = Demand {
                    only_names: d.only_names,
                    not_first: d.not_first,
                    alone: d.alone,
                    bare_next: d.bare_next,
                    or_small_next: d.or_small_next,
                    before: keys(d.before),
                    after: keys(d.after),
                    parenthesised: d.parenthesised,
                    cue: d.cue,
                    place_near: d.place_near,
                };
                (name, demand)
            })
            .collect(),
        ambiguous: ambiguous.map(|(n, d)| (n.to_owned(), d.trim().to_owned())).collect(),
    })
}

/// A document's units, and what can be asked of the place around some of them.
pub(crate) struct Surroundings<'d> {
    pub text: &'d str,
    pub units: &'d [Unit],
    /// Where sentences start, in order; empty if nobody said.
    pub sentences: &'d [u32],
    pub words: &'static Words,
}

impl Surroundings<'_> {
    /// The text between two units.
    fn between(&self, a: usize, b: usize) -> &str {
        match (self.units.get(a), self.units.get(b)) {
            (Some(a), Some(b)) => self.text.get(a.end as usize..b.start as usize).unwrap_or(""),
            _ => "",
        }
    }

    /// The unit right before, if it is a word with nothing but space between.
    pub(crate) fn before(&self, first: usize) -> Option<(usize, Unit)> {
        let at = first.checked_sub(1)?;
        let unit = *self.units.get(at)?;
        (!unit.is(Unit::PUNCTUATION) && self.is_space(at, first)).then_some((at, unit))
    }

    /// The unit right after, likewise.
    pub(crate) fn after(&self, after: usize) -> Option<(usize, Unit)> {
        let unit = *self.units.get(after)?;
        (!unit.is(Unit::PUNCTUATION) && after > 0 && self.is_space(after - 1, after)).then_some((after, unit))
    }

    fn is_space(&self, a: usize, b: usize) -> bool {
        let between = self.between(a, b);
        !between.is_empty() && between.chars().all(char::is_whitespace) && !between.contains("\n\n")
    }

    /// Whether the unit before is joined by a hyphen.
    pub(crate) fn hyphen_before(&self, first: usize) -> Option<Unit> {
        let at = first.checked_sub(1)?;
        let between = self.between(at, first);
        (!between.is_empty() && between.chars().all(is_hyphen)).then(|| self.units.get(at).copied()).flatten()
    }

    /// Whether the unit after is joined by a hyphen.
    pub(crate) fn hyphen_after(&self, after: usize) -> Option<Unit> {
        let between = self.between(after.checked_sub(1)?, after);
        (!between.is_empty() && between.chars().all(is_hyphen)).then(|| self.units.get(after).copied()).flatten()
    }

    /// The character of the punctuation right before or at a unit.
    pub(crate) fn punctuation(&self, at: Option<usize>) -> &str {
        match at.and_then(|at| self.units.get(at)) {
            Some(unit) if unit.is(Unit::PUNCTUATION) => self.text.get(unit.start as usize..unit.end as usize).unwrap_or(""),
            _ => "",
        }
    }

    /// Whether a unit is the first word of a sentence, or stands where one may start.
    pub(crate) fn is_first(&self, at: usize) -> bool {
        let Some(unit) = self.units.get(at) else { return true };
        if self.sentences.binary_search(&unit.start).is_ok() {
            return true;
        }
        let mut before = at;
        while let Some(previous) = before.checked_sub(1) {
            let sign = self.punctuation(Some(previous));
            if sign.is_empty() {
                return self.sentences.is_empty() && self.between(previous, previous + 1).contains('\n');
            }
            if matches!(sign, "." | "!" | "?" | "…" | ":" | "“" | "\"" | "«" | "‘" | "—" | "•" | "*") {
                return true;
            }
            if matches!(sign, "," | ";" | ")" | "-" | "/") {
                return false;
            }
            before = previous;
        }
        true
    }

    /// Whether the text around is all in capitals, so that capitals say nothing.
    pub(crate) fn shouts(&self, first: usize, after: usize) -> bool {
        let near = first.saturating_sub(4)..(after + 4).min(self.units.len());
        let others = near.filter(|i| !(first..after).contains(i)).filter_map(|i| self.units.get(i));
        let mut words = others.filter(|u| !u.is(Unit::PUNCTUATION) && (u.is(Unit::CAPITAL) || u.is(Unit::SMALL))).peekable();
        words.peek().is_some() && words.all(|u| !u.is(Unit::SMALL))
    }

    /// Whether an organisation or the like is named after what begins here: "University of …".
    pub(crate) fn is_named_after(&self, first: usize) -> bool {
        let Some((mut at, mut unit)) = self.before(first) else { return false };
        if unit.key == self.words.the
            && let Some(earlier) = self.before(at)
        {
            (at, unit) = earlier;
        }
        unit.key == self.words.of && self.before(at).is_some_and(|(_, u)| u.is_capital() && self.words.organisation_of.contains(&u.key))
    }

    /// Whether the words around speak of a place.
    pub(crate) fn has_cue(&self, first: usize, after: usize) -> bool {
        let words = self.words;
        if let Some((at, unit)) = self.before(first) {
            if words.locative.contains(&unit.key) && (!unit.is_capital() || self.is_first(at)) {
                return true;
            }
            if unit.key == words.of && self.before(at).is_some_and(|(_, u)| words.of_place.contains(&u.key)) {
                return true;
            }
        }
        self.after(after).is_some_and(|(_, u)| words.after_place.contains(&u.key))
    }
}
