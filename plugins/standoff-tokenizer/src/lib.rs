//! Tokens, sentences and paragraphs
