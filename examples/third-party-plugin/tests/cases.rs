//! What the plugin finds: the cases in `cases/*.toml`. `STANDOFF_CASE=speaker cargo test` runs some.

use standoff_names as _;
use standoff_tokenizer as _;

#[test]
fn cases() {
    standoff_testkit::cases::run(
        &quotes::Quotes,
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases"),
    );
}
