//! Whether the text bears out that a name is meant.

use std::collections::HashSet;

use crate::context::{Demand, Surroundings};
use crate::find::{Find, Finder, Meaning, State, Verdict};
use crate::record::Role;
use crate::settings::Mode;
use crate::unit::Unit;

impl Finder {
    /// Gives each meaning its verdict: twice, because what stands beside a name may be a name itself.
    pub(crate) fn judge(&self, around: &Surroundings, finds: &mut [Find]) {
        let mut known = vec![false; around.units.len()];
        for find in finds.iter() {
            if find.options.iter().any(|o| self.demand_of(o).is_none() && (!o.is_place() || o.is_country() || o.entry.sort == "capital")) {
                known[find.first..find.after].fill(true);
            }
        }
        for _ in 0..2 {
            let verdicts: Vec<Vec<Verdict>> = finds
                .iter()
                .enumerate()
                .map(|(i, find)| find.options.iter().map(|option| self.verdict(around, finds, i, option, &known)).collect())
                .collect();
            known.fill(false);
            for (find, verdicts) in finds.iter_mut().zip(verdicts) {
                for (option, verdict) in find.options.iter_mut().zip(verdicts) {
                    option.verdict = verdict;
                }
                let good = find.options.iter().any(|o| o.verdict == Verdict::Good);
                find.state = if good { State::Kept } else { State::Unfounded };
                if good {
                    known[find.first..find.after].fill(true);
                }
            }
        }
        self.spread(around, finds, &known);
        self.family_names(around, finds);
    }

    /// A name that stands after a given name or a title somewhere in the text is a family name elsewhere too, unless the
    /// words around speak of a place.
    fn family_names(&self, around: &Surroundings, finds: &mut [Find]) {
        let family: HashSet<u64> = finds
            .iter()
            .filter(|f| f.after - f.first == 1 && f.options.iter().any(|o| o.verdict == Verdict::Bad(FAMILY)))
            .filter_map(|f| around.units.get(f.first).map(|u| u.key))
            .collect();
        for find in finds.iter_mut().filter(|f| f.state == State::Kept && f.after - f.first == 1) {
            if around.units.get(find.first).is_none_or(|u| !family.contains(&u.key)) || around.has_cue(find.first, find.after) {
                continue;
            }
            for option in find.options.iter_mut().filter(|o| o.is_place() && !o.is_country()) {
                option.verdict = Verdict::Bad(FAMILY_HERE);
            }
            if !find.options.iter().any(|o| o.verdict == Verdict::Good) {
                find.state = State::Unfounded;
            }
        }
    }

    /// A name that the text bore out in one place means the same in the others, unless a person's name is around it.
    fn spread(&self, around: &Surroundings, finds: &mut [Find], known: &[bool]) {
        let sure: HashSet<(usize, u32, String)> = finds
            .iter()
            .flat_map(|f| &f.options)
            .filter(|o| o.verdict == Verdict::Good && o.is_place())
            .map(|o| (o.source, o.entry.number, o.posting.name.clone()))
            .collect();
        if sure.is_empty() {
            return;
        }
        for find in finds.iter_mut() {
            let alone = is_alone(around, find, known);
            for option in &mut find.options {
                if matches!(option.verdict, Verdict::Bad(reason) if reason == NO_CUE)
                    && alone
                    && sure.contains(&(option.source, option.entry.number, option.posting.name.clone()))
                {
                    option.verdict = Verdict::Good;
                }
            }
            if find.options.iter().any(|o| o.verdict == Verdict::Good) {
                find.state = State::Kept;
            }
        }
    }

    /// What a meaning must show, if anything.
    fn demand_of(&self, option: &Meaning) -> Option<&Demand> {
        let source = self.sources.get(option.source)?;
        let name = match &source.demand {
            Some(demand) => demand.as_str(),
            None if source.bundled => {
                let special = self.words.ambiguous.get(&option.posting.name);
                special.map_or(option.entry.demand, String::as_str)
            }
            None => option.entry.demand,
        };
        self.words.demands.get(name).filter(|d| !(d.only_names && option.posting.role.is_norp()))
    }

    fn verdict(&self, around: &Surroundings, finds: &[Find], number: usize, option: &Meaning, known: &[bool]) -> Verdict {
        if self.mode == Mode::All {
            return Verdict::Good;
        }
        let find = &finds[number];
        let bundled = self.sources.get(option.source).is_some_and(|s| s.bundled);
        let units = &around.units[find.first..find.after];
        if option.posting.role == Role::Code && option.posting.name.len() <= 4 && around.shouts(find.first, find.after) {
            return Verdict::Bad("the text around is all in capitals");
        }
        let covered = around.text.get(find.start as usize..find.end as usize).unwrap_or("");
        let small = units.iter().any(|u| u.is(Unit::SMALL)) && !covered.contains(char::is_uppercase);
        if bundled && small && !self.follows_the(around, find) {
            return Verdict::Bad("it is in small letters and has no article");
        }
        let next = around
            .after(find.after)
            .filter(|(at, u)| u.is_capital() && !known.get(*at).copied().unwrap_or(false) && !self.words.neighbour.contains(&u.key));
        let article = option.posting.name.starts_with("the ");
        if bundled && article && next.is_some() && option.entry.kind != "ORG" && !option.is_place() {
            return Verdict::Bad(LONGER);
        }
        // "Black Sea Fleet" is no sea, but "Iturup Island" is an island.
        let land = option.kind() == "LOC" && !option.is_place();
        if bundled && land && next.is_some_and(|(_, u)| !self.words.after_place.contains(&u.key)) {
            return Verdict::Bad(LONGER);
        }
        if bundled && option.is_place() && around.is_named_after(find.first) {
            return Verdict::Bad(LONGER);
        }
        if bundled && option.is_place() && !option.is_country() {
            if follows_person_word(around, find.first) {
                return Verdict::Bad(FAMILY);
            }
            let large = option.entry.sort == "capital" || option.entry.population.is_some_and(|p| p >= 1_000_000);
            let given = units.len() == 1 && units.iter().any(|u| self.words.first_names.contains(&u.key));
            if next.is_some() || (!large || given) && !is_alone(around, find, known) {
                return Verdict::Bad(LONGER);
            }
        }
        match self.demand_of(option) {
            Some(demand) => self.meets(around, finds, find, option, demand, known),
            None => Verdict::Good,
        }
    }

    fn follows_the(&self, around: &Surroundings, find: &Find) -> bool {
        around.before(find.first).is_some_and(|(_, u)| u.key == self.words.the)
    }

    fn meets(&self, around: &Surroundings, finds: &[Find], find: &Find, option: &Meaning, demand: &Demand, known: &[bool]) -> Verdict {
        if demand.not_first && around.is_first(find.first) {
            return Verdict::Bad("it begins a sentence and may be a common word");
        }
        if demand.alone && (!is_alone(around, find, known) || follows_person_word(around, find.first)) {
            return Verdict::Bad(LONGER);
        }
        let next = around.after(find.after);
        if demand.bare_next && next.is_some_and(|(_, u)| u.is_capital()) {
            return Verdict::Bad("a capitalised word follows");
        }
        if self.mode == Mode::Recall {
            return Verdict::Good;
        }
        let mut any = false;
        let mut met = |condition: bool, holds: &dyn Fn() -> bool| {
            any |= condition;
            condition && holds()
        };
        let good = met(!demand.before.is_empty(), &|| around.before(find.first).is_some_and(|(_, u)| demand.before.contains(&u.key)))
            || met(!demand.after.is_empty(), &|| next.is_some_and(|(_, u)| demand.after.contains(&u.key)))
            || met(demand.or_small_next, &|| next.is_some_and(|(_, u)| !u.is_capital()))
            || met(demand.parenthesised, &|| {
                around.punctuation(find.first.checked_sub(1)) == "(" && around.punctuation(Some(find.after)) == ")"
            })
            || met(demand.cue, &|| around.has_cue(find.first, find.after))
            || met(demand.place_near, &|| self.place_near(around, finds, find, option, demand.cue));
        if good || !any { Verdict::Good } else { Verdict::Bad(NO_CUE) }
    }

    /// Whether the country or the division follows after a comma or in parentheses; `list`: or another place does, or
    /// comes before.
    fn place_near(&self, around: &Surroundings, finds: &[Find], find: &Find, option: &Meaning, list: bool) -> bool {
        let sign = around.punctuation(Some(find.after));
        let goes_on = matches!(sign, "," | "(") || list && around.after(find.after).is_some_and(|(_, u)| u.key == self.words.and);
        let next = if goes_on { find.after + 1 } else { usize::MAX };
        let follows = starting_at(finds, next).any(|o| contains(o, option) || list && is_sure_place(self, o));
        follows
            || list && {
                let sign = find
                    .first
                    .checked_sub(1)
                    .filter(|&s| around.punctuation(Some(s)) == "," || around.units.get(s).is_some_and(|u| u.key == self.words.and));
                sign.is_some_and(|s| ending_at(finds, s).any(|o| is_sure_place(self, o)))
            }
    }
}

const LONGER: &str = "it stands within a longer name";
const FAMILY: &str = "a given name or a title stands before it: it is a family name";
const FAMILY_HERE: &str = "in this text it is a family name";
const NO_CUE: &str = "the name is also a word or a family name, and nothing around it speaks of a place";

/// Whether the word before says that what follows is a person's name.
fn follows_person_word(around: &Surroundings, first: usize) -> bool {
    let Some((at, before)) = around.before(first) else { return false };
    if !before.is_capital() {
        return false;
    }
    let words = around.words;
    if words.person_title.contains(&before.key) {
        return true;
    }
    if words.first_names.contains(&before.key) {
        // "Will Moscow agree?": a word that begins a sentence may be any word.
        return !around.is_first(at) || !words.neighbour.contains(&before.key);
    }
    // An initial.
    around.text.get(before.start as usize..before.end as usize).is_some_and(|t| t.len() == 2 && t.ends_with('.'))
}

/// Whether no capitalised word stands beside a find that could make one name with it.
fn is_alone(around: &Surroundings, find: &Find, known: &[bool]) -> bool {
    let known = |at: usize| known.get(at).copied().unwrap_or(false);
    let words = around.words;
    let strange = |at: usize, unit: Unit| unit.is_capital() && !known(at) && !words.neighbour.contains(&unit.key);
    // A word that begins a sentence has its capital from that, unless it is a given name.
    let named = |at: usize, unit: Unit| !around.is_first(at) || words.first_names.contains(&unit.key);
    let before = around.before(find.first).is_some_and(|(at, u)| strange(at, u) && named(at, u));
    let after = around.after(find.after).is_some_and(|(at, u)| strange(at, u));
    let joined = find.first.checked_sub(1).is_some_and(|at| !known(at)) && around.hyphen_before(find.first).is_some_and(|u| u.is_capital())
        || !known(find.after) && around.hyphen_after(find.after).is_some_and(|u| u.is_capital());
    !before && !after && !joined
}

/// Whether one place is the country or the division of another.
pub(crate) fn contains(outer: &Meaning, inner: &Meaning) -> bool {
    let (outer, inner) = (&outer.entry, &inner.entry);
    !inner.country.is_empty()
        && outer.country == inner.country
        && (outer.sort == "country" || outer.sort == "division" && outer.division == inner.division && outer.number != inner.number)
}

fn is_sure_place(finder: &Finder, option: &Meaning) -> bool {
    option.is_place() && finder.demand_of(option).is_none()
}

/// What the finds mean that begin at a unit; finds stand in the order of their first units.
pub(crate) fn starting_at<'f, 'a>(finds: &'f [Find<'a>], first: usize) -> impl Iterator<Item = &'f Meaning<'a>> {
    let from = finds.partition_point(|f| f.first < first);
    finds.iter().skip(from).take_while(move |f| f.first == first).flat_map(|f| &f.options)
}

/// How many units back a name may begin that ends at a unit.
const LOOK_BACK: usize = 12;

/// What the finds mean that end before a unit.
fn ending_at<'f, 'a>(finds: &'f [Find<'a>], after: usize) -> impl Iterator<Item = &'f Meaning<'a>> {
    let from = finds.partition_point(|f| f.first + LOOK_BACK < after);
    finds.iter().skip(from).take_while(move |f| f.first < after).filter(move |f| f.after == after).flat_map(|f| &f.options)
}
