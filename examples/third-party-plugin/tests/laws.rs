//! The laws that every annotator obeys, linked in and loaded as a shared library.

// Links in what gives the tokens, sentences and mentions.
use standoff_names as _;
use standoff_tokenizer as _;

standoff_testkit::conformance!(quotes::Quotes);
