//! A rule set over a document: which rules wake in a sentence, which matches stand, and what they say.

use standoff_core::Document;

use crate::engine::emit::{Findings, emit};
use crate::engine::forms::Forms;
use crate::engine::matches::{Match, Matcher};
use crate::engine::sentence::{Sentence, Tokens};
use crate::engine::values::Context;
use crate::plan::rule::Plan;

/// Under which names a document has the layers that rules speak of; the same name where nothing else is said.
#[derive(Clone, Debug, Default)]
pub(crate) struct LayerNames(pub(crate) Vec<(String, String)>);

impl LayerNames {
    pub(crate) fn get<'n>(&'n self, name: &'n str) -> &'n str {
        self.0.iter().find(|(own, _)| own == name).map_or(name, |(_, real)| real)
    }
}

/// Buffers that a worker keeps from document to document.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// By the rule set's id: a pipeline may hold several.
    forms: Vec<(u64, Forms)>,
    pub(crate) tokens: Tokens,
    sentence: Sentence,
    matcher: Matcher,
    pub(crate) findings: Findings,
    woken: Vec<u32>,
}

/// What a run tells of single sentences: for `explain` and for examples.
pub(crate) trait Watch {
    /// The matches that stand in a sentence. `lost` are those that a rule of the same conflict group won over: loser
    /// and winner.
    fn matches(&mut self, context: Context, stand: &[Match], lost: &[(Match, usize)]);

    /// Whether rules are told apart that say the same: then each is heard, not only the first.
    fn hears_all(&self) -> bool {
        false
    }

    /// A sentence, before any rule runs.
    fn sentence(&mut self, _sentence: &Sentence, _forms: &Forms, _tokens: &Tokens, _matcher: &mut Matcher) {}
}

/// Watches nothing.
pub(crate) struct Unwatched;

impl Watch for Unwatched {
    fn matches(&mut self, _: Context, _: &[Match], _: &[(Match, usize)]) {}
}

impl Scratch {
    /// Runs the rules over a document; what they say is in `findings` afterwards.
    pub(crate) fn run(&mut self, plan: &Plan, document: &Document, layers: &LayerNames, watch: &mut impl Watch) {
        let Scratch { forms: all_forms, tokens, sentence, matcher, findings, woken } = self;
        let at = all_forms.iter().position(|(id, _)| *id == plan.id).unwrap_or_else(|| {
            if all_forms.len() == 4 {
                all_forms.remove(0);
            }
            all_forms.push((plan.id, Forms::default()));
            all_forms.len() - 1
        });
        let forms = &mut all_forms[at].1;
        findings.clear();
        tokens.read(plan, forms, document, |name| layers.get(name));
        tokens.annotate(plan, document, |name| layers.get(name));
        let languages: Vec<bool> = plan.languages.iter().map(|language| reads(document, &language.name)).collect();
        for number in 0..tokens.sentences() {
            sentence.read(plan, forms, tokens, number);
            matcher.begin(plan);
            watch.sentence(sentence, forms, tokens, matcher);
            let since = (findings.relations.len(), findings.phrases.len());
            let mut seen = since;
            for phase in 0..plan.phases {
                wake(plan, sentence, &languages, phase, woken);
                let mut matches = Vec::new();
                for &rule in woken.iter() {
                    let conditions = &plan.rules[rule as usize].conditions;
                    let context = Context { document, tokens, forms, sentence, findings };
                    let accept = |one: &Match| conditions.iter().all(|condition| context.holds(condition, one));
                    matcher.find(plan, rule as usize, sentence, forms, accept, &mut matches);
                }
                let (stand, lost) = resolve(plan, matches);
                let context = Context { document, tokens, forms, sentence, findings };
                watch.matches(context, &stand, &lost);
                let statements: Vec<_> = stand.iter().map(|one| (one.rule, emit(plan, one, context))).collect();
                for (rule, statements) in statements {
                    for statement in statements {
                        let known = if watch.hears_all() { usize::MAX } else { since.0 };
                        findings.note(&plan.rules[rule], sentence.first, known, statement);
                    }
                }
                let now = (findings.relations.len(), findings.phrases.len());
                if phase + 1 < plan.phases && now != seen {
                    sentence.add_findings(plan, forms, &mut tokens.annotations, findings, seen);
                    matcher.begin(plan);
                    seen = now;
                }
            }
        }
    }
}

/// Whether rules of a language read a document: if it is in that language, or does not say in which it is.
fn reads(document: &Document, language: &str) -> bool {
    document.meta().language.as_deref().is_none_or(|tag| {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        primary.is_empty() || primary.eq_ignore_ascii_case(language)
    })
}

/// Collects the rules of a phase that could match in a sentence, in the order of the files.
fn wake(plan: &Plan, sentence: &Sentence, languages: &[bool], phase: usize, woken: &mut Vec<u32>) {
    woken.clear();
    woken.extend_from_slice(&plan.always);
    for (word, bits) in sentence.present().iter().enumerate() {
        let mut bits = *bits;
        while bits != 0 {
            let symbol = word * 64 + bits.trailing_zeros() as usize;
            woken.extend(plan.wakes.get(symbol).into_iter().flatten());
            bits &= bits - 1;
        }
    }
    woken.sort_unstable();
    woken.dedup();
    woken.retain(|rule| {
        let rule = &plan.rules[*rule as usize];
        rule.phase as usize == phase
            && languages.get(rule.language).copied().unwrap_or(false)
            && rule.needs.iter().all(|need| need.iter().any(|symbol| sentence.has(*symbol)))
    });
}

/// Settles conflicts: of overlapping matches in one group the higher priority wins, then the longer, then the earlier
/// rule. Gives those that stand, the most important first, and those that lost with the rule that won.
fn resolve(plan: &Plan, mut matches: Vec<Match>) -> (Vec<Match>, Vec<(Match, usize)>) {
    let rank =
        |one: &Match| (std::cmp::Reverse(plan.rules[one.rule].priority), std::cmp::Reverse(one.end - one.start), one.rule, one.start);
    matches.sort_by_key(rank);
    let mut stand: Vec<Match> = Vec::with_capacity(matches.len());
    let mut lost = Vec::new();
    for one in matches {
        let group = plan.rules[one.rule].conflict;
        let beats =
            |other: &&Match| group.is_some() && plan.rules[other.rule].conflict == group && other.start < one.end && one.start < other.end;
        match stand.iter().find(beats) {
            Some(winner) => {
                let winner = winner.rule;
                lost.push((one, winner));
            }
            None => stand.push(one),
        }
    }
    (stand, lost)
}
