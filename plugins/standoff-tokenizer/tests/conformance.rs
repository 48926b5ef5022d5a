//! The laws that every annotator obeys.

standoff_testkit::conformance!(standoff_tokenizer::Tokenizer);
