//! The example of a plugin that lies in a workspace of its own obeys the laws and finds what its cases say, with all
//! bundled plugins beside it. That it is built and loaded from outside is tested with the command.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use standoff_tests::examples;

standoff_testkit::conformance!(quotes::Quotes, "quotes");

#[test]
fn cases() {
    standoff_testkit::cases::run(&quotes::Quotes, examples().join("third-party-plugin/tests/cases"));
}

/// The documentation quotes the files of the example, after a comment that names the file.
#[test]
fn the_documentation_quotes_what_is_there() {
    let page = std::fs::read_to_string(examples().join("../docs/write-a-plugin.md")).unwrap();
    let mut quoted = 0;
    for part in page.split("<!-- ").skip(1) {
        let (file, rest) = part.split_once(" -->\n```").unwrap();
        let code = rest.split_once('\n').unwrap().1.split("```").next().unwrap();
        let text = std::fs::read_to_string(examples().join("third-party-plugin").join(file)).unwrap();
        assert!(text.contains(code), "{file} does not have\n{code}");
        quoted += 1;
    }
    assert!(quoted > 10, "only {quoted}");
}
