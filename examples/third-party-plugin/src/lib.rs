//! The plugin `quotes`: what is said in quotation marks, and who says it.
//!
//! It knows marks and nearness. A speaker is a mention beside the quotation, with a verb of saying, in the same sentence;
//! who is meant by a pronoun it does not ask.

mod marks;

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::Deserialize;
use standoff_core::{
    Annotator, BuildContext, Document, Error, Example, Layer, Layers, Manifest, Mention, Output,
    Plugin, RowRef, Sentence, Span, Token,
};

/// Something that is said in quotation marks.
#[derive(Clone, Debug, Default, PartialEq, Layer)]
#[layer(name = "quote")]
pub struct Quote<'a> {
    /// Where it stands, without the marks.
    pub span: Span,
    /// How many tokens it has.
    pub tokens: u32,
    /// Who says it.
    #[layer(target = "mention")]
    pub speaker: Option<RowRef>,
    /// The verb of saying, as the text has it.
    #[layer(symbol)]
    pub verb: Option<&'a str>,
}

/// The settings of the plugin.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Quotations of fewer tokens are left out: words in scare quotes.
    pub shortest: u32,
    /// The types of mentions that can speak.
    pub speakers: Vec<String>,
    /// Verbs of saying beside the bundled ones.
    pub verbs: Vec<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        let speakers = vec!["PERSON".into(), "ORG".into()];
        Settings {
            shortest: 3,
            speakers,
            verbs: Vec::new(),
        }
    }
}

/// The plugin itself: who it is, what it reads and writes, how it is built.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quotes;

standoff_abi::register!(Quotes);

impl Plugin for Quotes {
    type Settings = Settings;

    fn manifest(&self) -> Manifest {
        let summary = "What is said in quotation marks, and who says it.";
        Manifest::new("quotes", env!("CARGO_PKG_VERSION"), summary).example(
            Example::new("\"The pier will open in May,\" Anna Berg said.").finds(
                "quote",
                "The pier will open in May,",
                &[("tokens", "7"), ("verb", "said")],
            ),
        )
    }

    fn layers(&self, _: &Settings) -> Layers {
        Layers::new()
            .needs::<Token>()
            .uses::<Sentence>()
            .uses::<Mention<'_>>()
            .gives::<Quote<'_>>()
    }

    fn build(&self, settings: Settings, _: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        if let Some(verb) = settings
            .verbs
            .iter()
            .find(|verb| verb.contains(char::is_whitespace))
        {
            return Err(Error::settings(format!("`{verb}` has more than one word"))
                .in_setting("verbs")
                .help("write the verb alone, such as `quipped`"));
        }
        let bundled = include_str!("../data/en/verbs.txt")
            .lines()
            .map(str::to_owned);
        let verbs = bundled
            .chain(settings.verbs.iter().map(|verb| verb.to_lowercase()))
            .collect();
        Ok(Box::new(Finder { settings, verbs }))
    }
}

/// How many tokens a speaker may stand away.
const NEAR: usize = 12;

struct Finder {
    settings: Settings,
    verbs: HashSet<String>,
}

impl Annotator for Finder {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        let mut quotes = output.layer::<Quote<'_>>()?;
        for found in marks::quotations(document.text()) {
            let tokens = document.rows::<Token>().inside(found.inner).count() as u32;
            if tokens < self.settings.shortest {
                continue;
            }
            let (speaker, verb) = match self.speaker(document, found.outer) {
                Some((speaker, verb)) => (Some(speaker), Some(document.slice(verb))),
                None => (None, None),
            };
            quotes.push_by(
                found.style,
                Quote {
                    span: found.inner,
                    tokens,
                    speaker,
                    verb,
                },
            );
        }
        Ok(())
    }
}

impl Finder {
    /// The mention that says a quotation, and the verb: after it, or else before it.
    fn speaker(&self, document: &Document, quotation: Span) -> Option<(RowRef, Span)> {
        let tokens = document.rows::<Token>();
        let sentence = document.rows::<Sentence>().overlapping(quotation).last();
        let sentence = sentence.map_or(quotation, |s| s.span.cover(quotation));
        let after = tokens.after(quotation).take(NEAR).map(|t| t.span);
        let after: Vec<Span> = after.take_while(|s| s.end <= sentence.end).collect();
        let before = tokens.before(quotation).take(NEAR).map(|t| t.span);
        let before: Vec<Span> = before.take_while(|s| s.start >= sentence.start).collect();
        [after, before]
            .iter()
            .find_map(|near| self.said(document, near))
    }

    /// The mention beside a verb of saying, among some tokens.
    fn said(&self, document: &Document, near: &[Span]) -> Option<(RowRef, Span)> {
        let is_verb = |s: &&Span| self.verbs.contains(&document.slice(**s).to_lowercase());
        let verb = *near.iter().find(is_verb)?;
        let stretch = near.iter().copied().reduce(Span::cover)?;
        let mentions = document.rows::<Mention<'_>>();
        let can_speak = mentions
            .inside(stretch)
            .filter(|m| self.settings.speakers.iter().any(|t| t == m.kind));
        let distance =
            |s: Span| s.start.saturating_sub(verb.end) + verb.start.saturating_sub(s.end);
        can_speak
            .min_by_key(|m| distance(m.span))
            .map(|m| (m.id, verb))
    }
}
