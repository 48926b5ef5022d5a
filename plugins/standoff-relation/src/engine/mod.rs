//! Running a compiled rule set over a document.
//!
//! For each sentence the tests that its tokens and annotations pass wake the rules that could match. A rule's program
//! then runs forwards, which says whether it matches at all, and backwards, which says from where it does and how far;
//! captures are read off at the end, for what matched. Each of the passes looks at every state once, so the time is
//! linear in the text, however rules are written. An annotation is one step from its first token to its end.

pub(crate) mod captures;
pub(crate) mod coordination;
pub(crate) mod cues;
pub(crate) mod emit;
pub(crate) mod forms;
pub(crate) mod matches;
pub(crate) mod run;
pub(crate) mod sentence;
pub(crate) mod table;
pub(crate) mod values;
