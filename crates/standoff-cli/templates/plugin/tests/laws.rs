//! The laws that every annotator obeys, linked in and loaded as a shared library.

// Links the tokenizer in, which gives the tokens.
use standoff_tokenizer as _;

standoff_testkit::conformance!(my_plugin::MyPlugin);
