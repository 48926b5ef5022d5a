//! The cases below `tests/cases`, by phenomenon. `STANDOFF_CASE=word` runs those whose name, mostly their text, holds the word.

#[test]
fn cases() {
    standoff_testkit::cases::run(&standoff_tokenizer::Tokenizer, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases"));
}
