//! The plugin `my-plugin`: marks the words of a list.
//!
//! It is a plugin from end to end, small enough to be replaced piece by piece: the layer that it gives, the settings that
//! it takes, what it says of itself, and how it annotates.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::Deserialize;
use standoff_core::{
    Annotator, BuildContext, Document, Error, Example, Layer, Layers, Manifest, Output, Plugin,
    Span, Token,
};

/// What the plugin gives: one field an attribute, and `span` where the row stands. The shared layers (`Mention`,
/// `Entity`, `Relation` …) are in `standoff_core`; give one of those where it fits, so that other plugins can read it.
#[derive(Clone, Debug, Default, PartialEq, Layer)]
#[layer(name = "my_plugin")]
pub struct Found<'a> {
    /// Where it stands.
    pub span: Span,
    /// The word as the list has it.
    #[layer(symbol)]
    pub word: &'a str,
}

/// The settings of the plugin; `standoff explain my-plugin` shows these comments.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The words to mark.
    pub words: Vec<String>,
    /// Whether capitals matter.
    pub case: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            words: vec!["harbour".into(), "ferry".into()],
            case: false,
        }
    }
}

/// The plugin itself: who it is, what it reads and writes, how it is built.
#[derive(Clone, Copy, Debug, Default)]
pub struct MyPlugin;

standoff_abi::register!(MyPlugin);

impl Plugin for MyPlugin {
    type Settings = Settings;

    fn manifest(&self) -> Manifest {
        Manifest::new("my-plugin", env!("CARGO_PKG_VERSION"), "Words of a list.").example(
            Example::new("The Ferry left the harbour.")
                .finds("my_plugin", "Ferry", &[("word", "ferry")])
                .finds("my_plugin", "harbour", &[("word", "harbour")]),
        )
    }

    fn layers(&self, _: &Settings) -> Layers {
        Layers::new().needs::<Token>().gives::<Found<'_>>()
    }

    fn build(&self, settings: Settings, _: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        if settings.words.iter().any(|word| word.trim().is_empty()) {
            return Err(Error::settings("an empty word")
                .in_setting("words")
                .help("leave it out"));
        }
        let key = |word: &String| {
            if settings.case {
                word.clone()
            } else {
                word.to_lowercase()
            }
        };
        let words = settings
            .words
            .iter()
            .map(|word| (key(word), word.clone()))
            .collect();
        Ok(Box::new(Finder {
            words,
            case: settings.case,
        }))
    }
}

/// The annotator: built once, and at work on all threads at the same time.
struct Finder {
    /// Each word as the list has it, by what is looked up.
    words: HashMap<String, String>,
    case: bool,
}

impl Annotator for Finder {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        // A buffer that serves document after document.
        let mut key = output.take_scratch::<String>();
        let mut found = output.layer::<Found<'_>>()?;
        for token in document.rows::<Token>().iter() {
            let text = document.slice(token.span);
            key.clear();
            if self.case {
                key.push_str(text);
            } else {
                key.extend(text.chars().flat_map(char::to_lowercase));
            }
            if let Some(word) = self.words.get(key.as_str()) {
                // Each row may say which rule made it.
                found.push_by(
                    "list",
                    Found {
                        span: token.span,
                        word,
                    },
                );
            }
        }
        output.put_scratch(key);
        Ok(())
    }
}
