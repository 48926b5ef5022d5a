//! Time expressions, normalised to TIMEX3 values.

mod almanac;
mod atom;
mod build;
mod calendar;
mod chart;
mod grammar;
mod language;
mod lexicon;
mod lunar;
mod meaning;
mod number;
mod pattern;
mod resolve;
mod settings;
mod tagger;
mod value;

pub use atom::TokenSpan;
pub use settings::{LanguageChoice, Mode, Order, Settings};
pub use tagger::{RuleInfo, Tagger, Timex};
pub use value::{Interval, interval_of};
