//! The example of a plugin that lies in a workspace of its own obeys the laws and finds what its cases say, with all
//! bundled plugins beside it. That it is built and loaded from outside is tested with the command.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use standoff_tests::examples;

standoff_testkit::conformance!(quotes::Quotes, "quotes");

#[test]
fn cases() {
    standoff_testkit::cases::run(&quotes::Quotes, examples().join("third-party-plugin/tests/cases"));
}
