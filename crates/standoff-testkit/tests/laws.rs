//! A good plugin obeys every law, and each law finds the plugin that breaks it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use schemars::JsonSchema;
use serde::Deserialize;
use standoff_core::{
    Annotator, AnyPlugin, BuildContext, Document, Error, Example, Layers, Manifest, Mention, Output, Plugin, Sentence, Span, Token,
};
use standoff_testkit::{cases, laws};

/// Marks words in capitals; goes wrong in one way.
#[derive(Clone, Copy, PartialEq)]
enum Shout {
    Good,
    NoExample,
    WrongExample,
    PastTheText,
    WithinACharacter,
    Undeclared,
    CountsDocuments,
    PanicsOnEmoji,
    RefusesControls,
    PanicsOnSettings,
    Quadratic,
}

use Shout::*;

#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    /// The shortest word, in letters.
    shortest: Option<u8>,
}

impl Plugin for Shout {
    type Settings = Settings;

    fn manifest(&self) -> Manifest {
        let manifest = Manifest::new("shout", "1.0.0", "Words in capitals.");
        match self {
            NoExample => manifest,
            WrongExample => manifest.example(Example::new("NO way").finds("mention", "way", &[])),
            _ => manifest.example(Example::new("NO way").finds("mention", "NO", &[("type", "SHOUT")])),
        }
    }

    fn layers(&self, _: &Settings) -> Layers {
        Layers::new().needs::<Token>().gives::<Mention>()
    }

    fn build(&self, settings: Settings, _: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        if *self == PanicsOnSettings && settings.shortest.is_none() {
            panic!("none at all");
        }
        Ok(Box::new(Shouting { plugin: *self, shortest: usize::from(settings.shortest.unwrap_or(2)), documents: AtomicUsize::new(0) }))
    }
}

struct Shouting {
    plugin: Shout,
    shortest: usize,
    documents: AtomicUsize,
}

impl Annotator for Shouting {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        let text = document.text();
        if self.plugin == PanicsOnEmoji && text.contains('😀') {
            panic!("what is this");
        }
        if self.plugin == RefusesControls && text.contains('\u{0}') {
            return Err(Error::annotate("no such text"));
        }
        if self.plugin == Undeclared {
            output.layer::<Sentence>()?.push(Sentence { span: Span::new(0, 0) });
        }
        let number = self.documents.fetch_add(1, Ordering::Relaxed);
        let mut layer = output.layer::<Mention>()?;
        for token in document.rows::<Token>().iter() {
            let word = document.slice(token.span);
            // It looks at the whole text for each word.
            if self.plugin == Quadratic && text.bytes().map(u32::from).sum::<u32>() == 1 {
                continue;
            }
            if word.chars().count() >= self.shortest && word.chars().all(char::is_uppercase) {
                layer.push_by("capitals", Mention { span: token.span, kind: "SHOUT", ..Mention::default() });
            }
        }
        if self.plugin == CountsDocuments && number % 2 == 1 {
            layer.push(Mention { span: Span::new(0, 0), kind: "ODD", ..Mention::default() });
        }
        let past = text.len() as u32 + 1;
        match self.plugin {
            PastTheText => drop(layer.push(Mention { span: Span::new(0, past), kind: "X", ..Mention::default() })),
            WithinACharacter if !text.is_empty() => {
                layer.push(Mention { span: Span::new(0, 1), kind: "X", ..Mention::default() });
            }
            _ => {}
        }
        Ok(())
    }
}

mod conformance {
    use super::*;

    fn plugin() -> std::sync::Arc<dyn AnyPlugin> {
        std::sync::Arc::new(Good)
    }

    standoff_testkit::__laws!(plugin);
}

#[test]
fn each_law_finds_who_breaks_it() {
    type Law = fn(&dyn AnyPlugin);
    let cases: [(Shout, Law, &str); 11] = [
        (NoExample, laws::manifest, "it has no worked example\nhelp: give the manifest an `Example`"),
        (WrongExample, laws::worked_example, "has no row of `mention` that covers \"way\""),
        (PanicsOnSettings, laws::bad_settings, "the settings {\"shortest\":null} make it panic"),
        (PastTheText, laws::rows_fit, "does not lie on character boundaries"),
        (WithinACharacter, laws::rows_fit, "the span 0..1 does not lie on character boundaries"),
        (Undeclared, laws::rows_fit, "it writes to layer `sentence`, which it does not declare to give"),
        (PanicsOnEmoji, laws::rows_fit, "it panicked: what is this"),
        (RefusesControls, laws::rows_fit, "no such text\nhelp: any text gives some rows"),
        (CountsDocuments, laws::same_again, "the rows differ"),
        (Quadratic, laws::linear_time, "help: look for a search that starts over"),
        (PanicsOnEmoji, laws::same_again, "what is this"),
    ];
    for (plugin, law, says) in cases {
        let broken = catch_unwind(AssertUnwindSafe(|| law(&plugin))).expect_err("the law was not broken");
        let message = broken.downcast_ref::<String>().unwrap();
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn cases_find_what_they_say() {
    cases::run(&Good, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases"));
}

#[test]
fn a_case_that_fails_says_what_was_found() {
    for (wanted, says) in [
        ("[{ layer = \"mention\", covers = \"WAY\" }]", "1 of 1 cases fail"),
        ("[]", "\"NO\" 0..2 type=SHOUT rule=capitals"),
        ("[{ layer = \"mention\", covers = \"NO\", type = \"WHISPER\" }]", "wanted in `mention`"),
    ] {
        let folder = std::env::temp_dir().join(format!("standoff-case-{}", std::process::id()));
        std::fs::write(&folder, format!("[[case]]\nname = \"a\"\ntext = \"NO way\"\nfinds = {wanted}\n")).unwrap();
        let failed = catch_unwind(AssertUnwindSafe(|| cases::run(&Good, &folder))).expect_err("the case did not fail");
        std::fs::remove_file(&folder).unwrap();
        assert!(failed.downcast_ref::<String>().unwrap().contains(says), "{:?}", failed.downcast_ref::<String>());
    }
}
