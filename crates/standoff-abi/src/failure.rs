//! Errors as text: a JSON object that keeps what a message consists of, or any sentence.

use serde::{Deserialize, Serialize};

use crate::core::Error;

/// An error as it crosses the boundary.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Failure {
    #[serde(skip_serializing_if = "String::is_empty")]
    kind: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    setting: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

type Maker = fn(String) -> Error;
type Test = fn(&Error) -> bool;

/// The kinds of errors by name; the narrower tests come first.
const KINDS: [(&str, Test, Maker); 8] = [
    ("settings", Error::is_settings, Error::settings),
    ("resource", Error::is_resource, Error::resource),
    ("plan", Error::is_plan, Error::plan),
    ("input", Error::is_input, Error::input),
    ("io", Error::is_io, Error::io),
    ("contract", Error::is_contract, Error::contract),
    ("panic", Error::is_panic, Error::panic),
    ("annotate", Error::is_annotator, Error::annotate),
];

/// The text of an error.
pub(crate) fn write(error: &Error) -> String {
    let mut message = error.message().to_owned();
    if let Some(source) = std::error::Error::source(error) {
        message = format!("{message}: {source}");
    }
    let place = error.place();
    let failure = Failure {
        kind: KINDS.iter().find(|(_, is, _)| is(error)).map_or("", |(name, ..)| name).to_owned(),
        message,
        setting: error.setting().map(str::to_owned),
        file: place.map(|p| p.file.to_string_lossy().into_owned()),
        line: place.and_then(|p| p.line),
        column: place.and_then(|p| p.column),
        help: error.help_text().map(str::to_owned),
    };
    serde_json::to_string(&failure).unwrap_or(failure.message)
}

/// The error of a text; `usual` makes it where the text does not say of which kind it is.
pub(crate) fn read(text: &str, usual: fn(String) -> Error) -> Error {
    let failure = match serde_json::from_str::<Failure>(text) {
        Ok(failure) if !failure.message.is_empty() => failure,
        _ if text.trim().is_empty() => Failure { message: "it gave no reason".to_owned(), ..Failure::default() },
        _ => Failure { message: text.trim().to_owned(), ..Failure::default() },
    };
    let make = KINDS.iter().find(|(name, ..)| *name == failure.kind).map_or(usual, |(_, _, make)| *make);
    let mut error = make(failure.message);
    if let Some(setting) = failure.setting {
        error = error.in_setting(setting);
    }
    if let Some(file) = failure.file {
        error = error.at(file, failure.line, failure.column);
    }
    if let Some(help) = failure.help {
        error = error.help(help);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_its_parts() {
        let errors = [
            Error::settings("not a number").in_setting("lists[0].min").help("write 3"),
            Error::resource("broken").at("lists/a.tsv", Some(3), Some(9)),
            Error::plan("a"),
            Error::input("b"),
            Error::io("c"),
            Error::annotate("d"),
            Error::contract("e"),
            Error::panic("f \"g\"\n"),
        ];
        for error in errors {
            assert_eq!(format!("{:?}", read(&write(&error), Error::annotate)), format!("{error:?}"));
        }
        let with_source = Error::io("cannot read").with_source(std::io::Error::other("disk on fire"));
        assert_eq!(read(&write(&with_source), Error::annotate).to_string(), with_source.to_string());
    }

    #[test]
    fn a_plain_sentence_is_a_message() {
        assert_eq!(format!("{:?}", read(" no luck \n", Error::annotate)), "Annotate error: no luck");
        assert_eq!(read("", Error::settings).to_string(), "it gave no reason");
        assert_eq!(read("{\"a\":1}", Error::settings).to_string(), "{\"a\":1}");
    }
}
