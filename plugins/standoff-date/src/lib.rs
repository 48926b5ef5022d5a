//! Time expressions in text, normalised to TIMEX3 values.
//!
//! ```
//! use standoff_date::{Settings, Tagger};
//!
//! let tagger = Tagger::new(Settings::default())?;
//! let text = "Talks were held on Saturday.";
//! let tokens = [(0, 5), (6, 10), (11, 15), (16, 18), (19, 27), (27, 28)];
//! let found = tagger.tag(text, &tokens, &[0], Some("2017-03-20"));
//! assert_eq!((found[0].kind, found[0].value.as_str()), ("DATE", "2017-03-18"));
//! # Ok::<(), String>(())
//! ```
//!
//! - [`Tagger`] finds expressions over tokens of any tokeniser and gives each a type, a value, modifiers, the rule that
//!   found it and the half-open [`Interval`] that the value denotes. Build it once; tagging is linear in the text.
//! - [`Settings`] say the language, what kind of text it is ([`Mode`]) and what to leave out.
//! - [`interval_of`] turns a written value into its interval; [`timeml`] writes the text with inline marks.
//! - [`DatePlugin`] is the annotator `date`: layer `date` from layers `token` and `sentence`.
//!
//! What the words and patterns of a language are stands in files under `data/`, one folder a language: a lexicon, rules
//! with their documentation, holidays with the rule for their date, named events. The code knows the calendar and how
//! a text is read: which date "Saturday" is, seen from the document's date or from the last date of a story.
//!
//! It never guesses from the clock: without a document's date, "Saturday" is `XXXX-WXX-6`. It does not link durations to
//! the events that they last, and does not order events in time.

mod ahead;
mod almanac;
mod anchor;
mod atom;
mod bigram;
mod build;
mod calendar;
mod candidate;
mod chart;
mod grammar;
mod language;
mod lexicon;
mod lunar;
mod meaning;
mod mode;
mod moon;
mod number;
mod order;
mod pattern;
mod plugin;
mod resolve;
mod settings;
mod tagger;
mod tense;
mod timeml;
mod umm_al_qura;
mod value;

pub use anchor::Point;
pub use atom::TokenSpan;
pub use plugin::DatePlugin;
pub use settings::{LanguageChoice, Mode, Order, Prefer, Settings};
pub use tagger::{RuleInfo, Scratch, Tagger, Timex};
pub use timeml::timeml;
pub use value::{Interval, interval_of};
