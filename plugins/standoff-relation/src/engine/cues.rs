//! Whether the text asserts what a match says: negation and modality, from the cues of the language.
//!
//! One place does this for all rules, so that none has to speak of "did not".

use crate::engine::forms::Forms;
use crate::engine::sentence::Sentence;
use crate::language::{Effect, Scope};
use crate::plan::rule::LanguagePlan;

/// How far before a match a cue may stand that has to stand right before it: two words may come between, as in "no
/// formal bilateral meeting".
const BETWEEN: usize = 2;

/// How a relation is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) negated: bool,
    pub(crate) modality: &'static str,
}

/// Reads the cues in and around a match. `argument` says which tokens of it belong to an argument: what is said within
/// an argument, as in "agreed not to attack", says nothing of the relation.
pub(crate) fn status(
    language: &LanguagePlan,
    sentence: &Sentence,
    forms: &Forms,
    start: usize,
    end: usize,
    argument: impl Fn(usize) -> bool,
) -> Status {
    let clause = (0..start).rev().find(|at| sentence.longest(forms, language.boundaries, *at).is_some()).map_or(0, |at| at + 1);
    let mut negations = 0;
    let mut reversals = 0;
    let mut best: Option<(u32, &'static str)> = None;
    for (symbol, cue) in &language.cues {
        if !sentence.has(*symbol) {
            continue;
        }
        let stands = |at: usize| sentence.longest(forms, *symbol, at);
        let found = cue.scopes.iter().any(|scope| match scope {
            Scope::Inside => (start..end).any(|at| !argument(at) && stands(at).is_some()),
            Scope::Before => (clause..start).any(|at| stands(at).is_some_and(|after| after <= start && start - after <= BETWEEN)),
            // A cue such as "denied that" may hold the word that the clause begins with.
            Scope::Clause => (0..start).any(|at| stands(at).is_some_and(|after| (clause..=start).contains(&after))),
            Scope::After => stands(end).is_some(),
        });
        if !found {
            continue;
        }
        let modality = match cue.effect {
            Effect::Negated => {
                negations = 1;
                continue;
            }
            Effect::Reversed => {
                reversals += 1;
                continue;
            }
            Effect::Planned => "planned",
            Effect::Desired => "desired",
            Effect::Future => "future",
            Effect::Possible => "possible",
            Effect::Reported => "reported",
        };
        if best.is_none_or(|(rank, _)| rank < cue.rank) {
            best = Some((cue.rank, modality));
        }
    }
    Status { negated: (negations + reversals) % 2 == 1, modality: best.map_or("asserted", |(_, modality)| modality) }
}
