//! Reading the text of a rules file: tokens, then a tree with the place of every part. Names are not looked up here.

pub(crate) mod lexer;
pub(crate) mod parser;
pub(crate) mod tree;
