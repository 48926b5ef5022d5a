//! A plugin that fails on purpose, to see that it takes nobody with it.
//!
//! It marks the first word of a text. Where there is an exclamation mark in it, it does what its setting `mood` says.

// What it is for.
#![allow(clippy::panic, reason = "it is to panic")]

use schemars::JsonSchema;
use serde::Deserialize;
use standoff_core::{Annotator, BuildContext, Document, Error, Example, Layers, Manifest, Mention, Output, Plugin, Sentence, Span};

/// A plugin that fails on purpose.
#[derive(Clone, Copy, Debug)]
pub struct Moody;

/// The settings of the plugin `moody`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How it fails.
    pub mood: Mood,
}

/// How it fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mood {
    /// Not at all.
    #[default]
    Good,
    /// It panics.
    Panics,
    /// It panics with a value that panics when it is dropped.
    PanicsTwice,
    /// It panics when it is built.
    PanicsWhenBuilt,
    /// It panics when it is asked for its layers.
    PanicsWhenAsked,
    /// It panics when it is asked for its rules, and when it ends.
    PanicsAtTheEnd,
    /// It gives up.
    GivesUp,
    /// It writes to a layer that it does not declare.
    Strays,
    /// It gives a span past the text.
    Overshoots,
    /// It refuses to be built.
    Refuses,
}

impl Plugin for Moody {
    type Settings = Settings;

    fn manifest(&self) -> Manifest {
        Manifest::new("moody", env!("CARGO_PKG_VERSION"), "Fails on purpose.").example(Example::new("Well then").finds(
            "mention",
            "Well",
            &[("type", "FIRST")],
        ))
    }

    fn layers(&self, settings: &Settings) -> Layers {
        if settings.mood == Mood::PanicsWhenAsked {
            panic!("do not ask");
        }
        Layers::new().gives::<Mention>()
    }

    fn build(&self, settings: Settings, _: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        match settings.mood {
            Mood::PanicsWhenBuilt => panic!("not today"),
            Mood::Refuses => Err(Error::settings("not in the mood").in_setting("mood").help("cheer it up")),
            mood => Ok(Box::new(First(mood))),
        }
    }
}

struct First(Mood);

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("and again");
    }
}

impl Annotator for First {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        let text = document.text();
        let end = text.find(char::is_whitespace).unwrap_or(text.len()) as u32;
        output.layer::<Mention>()?.push(Mention { span: Span::new(0, end), kind: "FIRST", ..Mention::default() });
        if !text.contains('!') {
            return Ok(());
        }
        match self.0 {
            Mood::Panics => panic!("enough of {:?}", document.id()),
            Mood::PanicsTwice => std::panic::panic_any(Bomb),
            Mood::GivesUp => return Err(Error::annotate("it is too loud")),
            Mood::Strays => {
                output.layer::<Sentence>()?.push(Sentence { span: Span::new(0, 1) });
            }
            Mood::Overshoots => {
                let span = Span::new(0, text.len() as u32 + 1);
                output.layer::<Mention>()?.push(Mention { span, kind: "FIRST", ..Mention::default() });
            }
            _ => {}
        }
        Ok(())
    }

    fn rules(&self) -> Vec<standoff_core::RuleDoc> {
        if self.0 == Mood::PanicsAtTheEnd {
            panic!("there are no rules");
        }
        Vec::new()
    }
}

impl Drop for First {
    fn drop(&mut self) {
        if self.0 == Mood::PanicsAtTheEnd {
            panic!("no end");
        }
    }
}

standoff_abi::register!(Moody);
