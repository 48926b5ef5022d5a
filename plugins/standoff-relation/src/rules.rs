//! A rule set: compiled once, then asked, checked and run.

use std::path::PathBuf;
use std::sync::Arc;

use standoff_core::RuleDoc;

use crate::diagnostic::RulesError;
use crate::plan::load::{RuleSource, load};
use crate::plan::lower::lower;
use crate::plan::rule::Plan;
use crate::syntax::tree::ExampleKind;

/// Compiled rules. Cheap to clone: clones share what was compiled.
///
/// ```
/// use standoff_relation::{RuleSource, Rules};
///
/// let text = r#"
/// type Place = mention[type=LOC|GPE]
///
/// rule capital
///   match  "the" "capital" "of" whole:Place "," part:Place
///   emit   capital_of(part, whole)
///   yes    "the capital of [whole: France], [part: Paris]"
/// "#;
/// let rules = Rules::compile(&[RuleSource::Text { name: "my.rules".into(), text: text.into() }])?;
/// assert_eq!(rules.names().collect::<Vec<_>>(), ["capital"]);
/// assert!(rules.check().is_good());
///
/// let wrong = text.replace("whole:Place", "whole:Plase");
/// let error = Rules::compile(&[RuleSource::Text { name: "my.rules".into(), text: wrong }]).unwrap_err();
/// assert_eq!(error.to_string(), "my.rules:5:37: `Plase` is not declared; did you mean `Place`?");
/// # Ok::<(), standoff_relation::RulesError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Rules {
    pub(crate) plan: Arc<Plan>,
}

impl Rules {
    /// Compiles rules. A file that several sources use is read once.
    ///
    /// # Errors
    /// Everything that is wrong with the sources, each fault with its place.
    pub fn compile(sources: &[RuleSource]) -> Result<Rules, RulesError> {
        Rules::compile_without(sources, &[]).map(|(rules, _)| rules)
    }

    /// Compiles rules and leaves out those of these names. Also gives the names among them that no rule has.
    ///
    /// # Errors
    /// Everything that is wrong with the sources, each fault with its place.
    pub fn compile_without<'n>(sources: &[RuleSource], without: &'n [String]) -> Result<(Rules, Vec<&'n str>), RulesError> {
        let mut loaded = load(sources);
        let unknown =
            without.iter().map(String::as_str).filter(|name| !loaded.rules.iter().any(|(_, _, rule)| rule.name.text == *name)).collect();
        loaded.rules.retain(|(_, _, rule)| !without.contains(&rule.name.text));
        let plan = lower(&mut loaded);
        match loaded.sources.into_error() {
            Some(error) => Err(error),
            None => Ok((Rules { plan: Arc::new(plan) }, unknown)),
        }
    }

    /// The rules for English news that the crate ships.
    ///
    /// # Errors
    /// None, unless the crate was built with broken rules.
    pub fn bundled() -> Result<Rules, RulesError> {
        Rules::compile(&[RuleSource::Bundled])
    }

    /// The rules of one file, and of those that it uses.
    ///
    /// # Errors
    /// If the file cannot be read, and everything that is wrong with it.
    pub fn file(path: impl Into<PathBuf>) -> Result<Rules, RulesError> {
        Rules::compile(&[RuleSource::File(path.into())])
    }

    /// How many rules there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.plan.rules.len()
    }

    /// Whether there is no rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.plan.rules.is_empty()
    }

    /// The names of the rules, in the order of the files.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.plan.rules.iter().map(|rule| rule.name.as_str())
    }

    /// The names of the layers that the rules' types stand for, sorted. Tokens and sentences are read besides.
    #[must_use]
    pub fn layers(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.plan.symbols.layers.iter().map(|tests| tests.layer.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// What each rule says, with an example of it.
    #[must_use]
    pub fn docs(&self) -> Vec<RuleDoc> {
        self.plan
            .rules
            .iter()
            .map(|rule| {
                let kinds: Vec<&str> = rule.emits.iter().map(|emit| emit.predicate.as_str()).collect();
                let example = rule.examples.iter().find(|example| example.kind == ExampleKind::Yes);
                RuleDoc {
                    id: rule.name.clone(),
                    summary: format!("Says {}.", kinds.join(", ")),
                    example: example.map(|example| example.text.clone()).unwrap_or_default(),
                    place: format!("{}:{}", rule.file, rule.line),
                }
            })
            .collect()
    }
}
