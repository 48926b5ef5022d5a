//! Rules made ready to run: names looked up, macros expanded, tests numbered, patterns turned into small programs.

pub(crate) mod load;
pub(crate) mod lower;
pub(crate) mod program;
pub(crate) mod rule;
pub(crate) mod symbols;
pub(crate) mod trie;
