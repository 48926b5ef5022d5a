//! Relations between annotations, found by rules in a small language of their own.
//!
//! ```
//! use standoff_relation::{RuleSource, Rules};
//!
//! let text = r#"
//! type Person = mention[type=PERSON]
//!
//! rule met
//!   match  a:Person ..3 <meet> b:Person
//!   emit   met(a, b)
//!   yes    "[a: Lavrov] has met [b: Kishida]"
//!   yes    "[a: Lavrov] did not meet [b: Kishida]" => negated=true
//! "#;
//! let rules = Rules::compile(&[RuleSource::Text { name: "my.rules".into(), text: text.into() }])?;
//! assert!(rules.check().is_good());
//! # Ok::<(), standoff_relation::RulesError>(())
//! ```
//!
//! - [`Rules`] are compiled from [`RuleSource`]s: files, texts, and the bundled rules for English news. What is wrong is
//!   told as a [`RulesError`], each fault with its place and what to write instead.
//! - [`Rules::check`] runs the examples that stand beside the rules.
//! - [`RelationAnnotator`] runs rules over documents: it reads tokens, sentences and the layers that the rules name, and
//!   gives relations and the phrases that they speak of. [`RelationPlugin`] is the same as a plugin with [`Settings`].
//!
//! The README of the crate teaches the language. Time is linear in the text, whatever the rules. This crate finds no
//! names, no dates and no syntax: it relates what other annotators found.

mod annotator;
mod check;
mod diagnostic;
mod engine;
mod example;
mod explain;
mod inflection;
mod language;
mod plan;
mod plugin;
mod rules;
mod syntax;

pub use annotator::RelationAnnotator;
pub use check::{CheckNote, CheckReport, Tokenize};
pub use diagnostic::{Diagnostic, RulesError};
pub use plan::load::RuleSource;
pub use plugin::{RelationPlugin, Settings};
pub use rules::Rules;
