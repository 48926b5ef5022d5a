//! Time expressions, normalised to TIMEX3 values.

mod almanac;
mod atom;
mod bigram;
mod build;
mod calendar;
mod chart;
mod grammar;
mod language;
mod lexicon;
mod lunar;
mod meaning;
mod moon;
mod number;
mod pattern;
mod plugin;
mod resolve;
mod settings;
mod tagger;
mod value;

pub use atom::TokenSpan;
pub use plugin::DatePlugin;
pub use settings::{LanguageChoice, Mode, Order, Settings};
pub use tagger::{RuleInfo, Scratch, Tagger, Timex};
pub use value::{Interval, interval_of};
