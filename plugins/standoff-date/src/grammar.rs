//! The rules of one language: loaded from its resource files, checked, and compiled.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Deserialize;

use crate::atom::{Atom, CAPITAL, SENTENCE};
use crate::bigram::MOST_GROUPS;
use crate::candidate::Candidates;
use crate::lexicon::{self, ClassId, LexId, Lexicon, LexiconBuilder};
use crate::meaning::{Make, Role, value_named};
use crate::pattern::{self, Op};
use crate::settings::Mode;

/// Group of rules that reads whole numbers; built in, because number words are arithmetic rather than patterns.
pub(crate) const INT: u16 = 0;
/// Group of rules that reads numbers with fractions; built in.
pub(crate) const NUMBER: u16 = 1;

/// One rule as it stands in a resource file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleSource {
    /// Unique, stable; stands on every annotation that the rule made.
    pub(crate) id: String,
    /// The group the rule belongs to.
    #[serde(rename = "in")]
    pub(crate) group: String,
    /// Patterns, any of which may match.
    #[serde(rename = "match")]
    pub(crate) patterns: Vec<String>,
    pub(crate) make: Make,
    #[serde(default)]
    pub(crate) with: BTreeMap<String, toml::Value>,
    /// What the rule is for.
    pub(crate) doc: String,
    /// A text with its annotated part in brackets, an arrow, and the value.
    pub(crate) example: String,
    /// Wins over rules of lower priority for the same stretch of text.
    #[serde(default)]
    pub(crate) priority: i32,
    /// Words or `<classes>`, one of which must stand before the annotated part. `<edge>` is the edge of the text or
    /// paragraph, `<other>` a word that the lexicon does not know, `<name>` one of those with a capital.
    #[serde(default)]
    pub(crate) after: Vec<String>,
    #[serde(default)]
    pub(crate) not_after: Vec<String>,
    #[serde(default)]
    pub(crate) before: Vec<String>,
    #[serde(default)]
    pub(crate) not_before: Vec<String>,
    /// An amount must stand before it: a number, or a word or two behind one ("four flights").
    #[serde(default)]
    pub(crate) counted: bool,
    /// The first word must be written with a capital.
    #[serde(default)]
    pub(crate) capital: bool,
    /// No captured word may be written with a capital, as parts of names are.
    #[serde(default)]
    pub(crate) lower: bool,
    /// No captured word may be one of the lexicon's weak words.
    #[serde(default)]
    pub(crate) strong: bool,
    /// What stands around it must speak of business: of figures, and not of a match.
    #[serde(default)]
    pub(crate) business: bool,
    /// Modes in which the rule is used; all if empty. What is for news is also for posts.
    #[serde(default)]
    pub(crate) modes: Vec<Mode>,
    /// Modes in which it is not used nevertheless.
    #[serde(default)]
    pub(crate) not_modes: Vec<Mode>,
    /// Used only with month-first (`false`) or day-first (`true`) numeric dates.
    #[serde(default)]
    pub(crate) day_first: Option<bool>,
}

/// A file of rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleFile {
    #[serde(default)]
    pub(crate) rule: Vec<RuleSource>,
}

/// A condition on the atom beside the annotated part.
#[derive(Debug, Default)]
pub(crate) struct Neighbour {
    words: Vec<LexId>,
    classes: Vec<ClassId>,
    start_or_end: bool,
    unknown: bool,
    name: bool,
}

impl Neighbour {
    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.classes.is_empty() && !self.start_or_end && !self.unknown && !self.name
    }

    /// Whether it is this atom, if `is_of` tells which classes hold it; `None` stands for the edge of the text or of a paragraph.
    pub(crate) fn holds(&self, atom: Option<Atom>, is_of: impl Fn(ClassId) -> bool) -> bool {
        let Some(atom) = atom else { return self.start_or_end };
        let unknown = atom.lex.is_none() && (self.unknown || self.name && atom.has(CAPITAL) && !atom.has(SENTENCE));
        unknown || self.words.contains(&atom.lex) || self.classes.iter().any(|&class| is_of(class))
    }
}

/// A compiled rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) doc: String,
    pub(crate) example: String,
    pub(crate) patterns: Vec<String>,
    pub(crate) group: u16,
    pub(crate) make: Make,
    pub(crate) constants: Vec<(Role, i32)>,
    pub(crate) priority: i32,
    /// Where its programs stand among all.
    pub(crate) programs: Vec<std::ops::Range<u32>>,
    pub(crate) after: Neighbour,
    pub(crate) not_after: Neighbour,
    pub(crate) before: Neighbour,
    pub(crate) not_before: Neighbour,
    pub(crate) counted: bool,
    pub(crate) capital: bool,
    pub(crate) lower: bool,
    pub(crate) strong: bool,
    pub(crate) business: bool,
    pub(crate) modes: Vec<Mode>,
    pub(crate) not_modes: Vec<Mode>,
    pub(crate) day_first: Option<bool>,
}

/// Runs of digits that a class admits.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DigitClass {
    /// Fewest digits.
    pub(crate) min_len: u32,
    /// Most digits.
    pub(crate) max_len: u32,
    /// Smallest value.
    pub(crate) min: u32,
    /// Largest value.
    pub(crate) max: u32,
}

/// Everything needed to recognise expressions of one language.
#[derive(Debug)]
pub(crate) struct Grammar {
    /// Tells grammars apart within a process.
    pub(crate) id: u64,
    pub(crate) lexicon: Lexicon,
    pub(crate) rules: Vec<Rule>,
    pub(crate) group_names: Vec<String>,
    /// By class.
    pub(crate) digit_classes: Vec<Option<DigitClass>>,
    /// The programs of all rules, one after the other.
    pub(crate) ops: Vec<Op>,
    /// Programs worth trying.
    pub(crate) candidates: Candidates,
    pub(crate) top: u16,
    pub(crate) numbers: NumberClasses,
}

impl Rule {
    /// Whether it is used in a mode.
    pub(crate) fn is_for(&self, mode: Mode) -> bool {
        let listed = self.modes.is_empty() || self.modes.contains(&mode) || mode == Mode::Post && self.modes.contains(&Mode::News);
        listed && !self.not_modes.contains(&mode)
    }
}

/// Classes that the built-in reading of number words refers to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NumberClasses {
    pub(crate) cardinal: Option<ClassId>,
    pub(crate) scale: Option<ClassId>,
    pub(crate) article: Option<ClassId>,
    /// "½": twelfths.
    pub(crate) fraction: Option<ClassId>,
    /// "first", "twentieth": reasons to look closer in a message.
    pub(crate) ordinal: Option<ClassId>,
    pub(crate) and: Option<ClassId>,
    pub(crate) comma: LexId,
    pub(crate) point: LexId,
    pub(crate) hyphen: LexId,
    pub(crate) slash: LexId,
    pub(crate) percent: LexId,
    pub(crate) dollar: LexId,
}

impl Grammar {
    /// Compiles rules over a lexicon that is complete but for the literals in the patterns.
    ///
    /// # Errors
    /// A sentence naming the rule and what is wrong with it.
    pub(crate) fn compile(
        mut words: LexiconBuilder,
        sources: Vec<RuleSource>,
        digits: &BTreeMap<String, DigitClass>,
    ) -> Result<Grammar, String> {
        let mut group_names = vec!["int".to_owned(), "number".to_owned()];
        for source in &sources {
            if !group_names.contains(&source.group) {
                group_names.push(source.group.clone());
            }
        }
        if group_names.len() > MOST_GROUPS {
            return Err(format!("the rules have {} groups, more than {MOST_GROUPS}", group_names.len()));
        }
        for name in digits.keys() {
            words.class(name);
        }
        let class_names = words.class_names();
        let classes = |name: &str| class_names.iter().position(|n| n == name).map(|i| ClassId(i as u16));
        let groups = |name: &str| group_names.iter().position(|n| n == name).map(|i| i as u16);
        let mut rules = Vec::with_capacity(sources.len());
        let mut ops = Vec::new();
        let mut seen = HashMap::new();
        for source in sources {
            let id = source.id.clone();
            if seen.insert(id.clone(), ()).is_some() {
                return Err(format!("rule `{id}` is defined twice"));
            }
            let rule = compile_rule(source, &mut words, &classes, &groups, &mut ops).map_err(|e| format!("rule `{id}`: {e}"))?;
            rules.push(rule);
        }
        let digit_classes = class_names.iter().map(|n| digits.get(n).copied()).collect();
        let numbers = NumberClasses {
            cardinal: classes(lexicon::CARDINAL),
            scale: classes("scale"),
            article: classes("one"),
            fraction: classes("fraction-sign"),
            ordinal: classes(lexicon::ORDINAL),
            and: classes("and"),
            comma: words.atom(","),
            point: words.atom("."),
            hyphen: words.atom("-"),
            slash: words.atom("/"),
            percent: words.atom("%"),
            dollar: words.atom("$"),
        };
        let top = groups("timex").ok_or("no rule is in the group `timex`")?;
        let lexicon = words.finish();
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut grammar = Grammar { id, lexicon, rules, ops, group_names, digit_classes, candidates: Candidates::default(), top, numbers };
        grammar.candidates = Candidates::new(&grammar);
        Ok(grammar)
    }

    /// A program of a rule.
    pub(crate) fn program(&self, place: &std::ops::Range<u32>) -> &[Op] {
        self.ops.get(place.start as usize..place.end as usize).unwrap_or_default()
    }
}

fn compile_rule(
    source: RuleSource,
    words: &mut LexiconBuilder,
    classes: &dyn Fn(&str) -> Option<ClassId>,
    groups: &dyn Fn(&str) -> Option<u16>,
    ops: &mut Vec<Op>,
) -> Result<Rule, String> {
    let mut constants = Vec::new();
    for (name, value) in &source.with {
        let role = Role::named(name).ok_or_else(|| format!("`{name}` in `with` is no role; roles are {}", Role::names()))?;
        let number = match value {
            toml::Value::Integer(n) => i32::try_from(*n).ok(),
            toml::Value::Boolean(b) => Some(i32::from(*b)),
            toml::Value::String(s) => value_named(s),
            _ => None,
        };
        constants.push((role, number.ok_or_else(|| format!("`{value}` in `with` is no value for `{name}`"))?));
    }
    let mut programs = Vec::new();
    for text in &source.patterns {
        let mut scope = pattern::Scope { words: &mut *words, classes, groups, values: value_named };
        let from = ops.len() as u32;
        ops.extend(pattern::compile(text, &mut scope)?);
        programs.push(from..ops.len() as u32);
    }
    let mut neighbour = |list: &[String]| -> Result<Neighbour, String> {
        let mut out = Neighbour::default();
        for item in list {
            if item == "<edge>" {
                out.start_or_end = true;
            } else if item == "<other>" {
                out.unknown = true;
            } else if item == "<name>" {
                out.name = true;
            } else if let Some(name) = item.strip_prefix('<').and_then(|i| i.strip_suffix('>')) {
                out.classes.push(classes(name).ok_or_else(|| format!("`{item}` is no class of the lexicon"))?);
            } else {
                out.words.push(words.atom(item));
            }
        }
        Ok(out)
    };
    Ok(Rule {
        after: neighbour(&source.after)?,
        not_after: neighbour(&source.not_after)?,
        before: neighbour(&source.before)?,
        not_before: neighbour(&source.not_before)?,
        group: groups(&source.group).unwrap_or(0),
        id: source.id,
        doc: source.doc,
        example: source.example,
        patterns: source.patterns,
        make: source.make,
        constants,
        priority: source.priority,
        programs,
        counted: source.counted,
        capital: source.capital,
        lower: source.lower,
        strong: source.strong,
        business: source.business,
        modes: source.modes,
        not_modes: source.not_modes,
        day_first: source.day_first,
    })
}
