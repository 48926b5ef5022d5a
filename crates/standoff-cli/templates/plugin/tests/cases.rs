//! What the plugin finds: the cases in `cases/*.toml`. `STANDOFF_CASE=capitals cargo test` runs one.

use standoff_tokenizer as _;

#[test]
fn cases() {
    standoff_testkit::cases::run(
        &my_plugin::MyPlugin,
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases"),
    );
}
