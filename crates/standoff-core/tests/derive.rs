//! What `#[derive(Layer)]` refuses, and what it says.

#[test]
fn wrong_structs_are_told_what_is_wrong() {
    trybuild::TestCases::new().compile_fail("tests/derive/*.rs");
}
