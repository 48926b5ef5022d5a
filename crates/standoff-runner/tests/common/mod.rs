//! Plugins for the tests: small ones that do real work, and ones that are bad in one way each.

// Every test program has its own copy of this module and uses a part of it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use schemars::JsonSchema;
use serde::Deserialize;
use standoff_core::{
    Annotator, Attribute, BuildContext, Document, Entity, Error, Kind, Layers, Manifest, Mention, Output, Paragraph, Plugin, Relation,
    Schema, Sentence, Span, TimeExpression, Token, unreadable,
};
use standoff_runner::Registry;

/// A closure as an annotator.
pub struct Run<F>(pub F);

impl<F: Fn(&Document, &mut Output) -> Result<(), Error> + Send + Sync> Annotator for Run<F> {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        (self.0)(document, output)
    }
}

/// Stretches of the text that hold no white space.
pub fn words(text: &str) -> impl Iterator<Item = Span> + '_ {
    text.split_whitespace().map(move |word| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        Span::new(start as u32, (start + word.len()) as u32)
    })
}

pub fn tokens() -> impl Annotator + 'static {
    Run(|document: &Document, output: &mut Output| {
        let mut tokens = output.layer::<Token>()?;
        for span in words(document.text()) {
            tokens.push(Token { span, ..Token::default() });
        }
        Ok(())
    })
}

/// A paragraph a line.
pub fn paragraphs() -> impl Annotator + 'static {
    Run(|document: &Document, output: &mut Output| {
        let mut start = 0;
        for line in document.text().split('\n') {
            let span = Span::new(start, start + line.len() as u32);
            output.layer::<Paragraph>()?.push(Paragraph { span });
            start = span.end + 1;
        }
        Ok(())
    })
}

/// Tokens that begin with a capital are mentions, each with an entity of its own.
pub fn capitals(kind: &'static str) -> impl Annotator + 'static {
    Run(move |document: &Document, output: &mut Output| {
        let capital = |span: Span| document.slice(span).starts_with(char::is_uppercase);
        for token in document.rows::<Token>().iter().filter(|t| capital(t.span)) {
            let entity = output.layer::<Entity>()?.push(Entity { kind, name: document.slice(token.span), ..Entity::default() });
            output.layer::<Mention>()?.push(Mention { span: token.span, kind, entity: Some(entity), ..Mention::default() });
        }
        Ok(())
    })
}

/// A plugin without settings that declares layers and does nothing.
pub struct Fixed {
    pub name: &'static str,
    pub languages: &'static [&'static str],
    pub layers: Layers,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoSettings {}

impl Plugin for Fixed {
    type Settings = NoSettings;
    fn manifest(&self) -> Manifest {
        Manifest::new(self.name, "0.1.0", "Declares layers.").languages(self.languages)
    }
    fn layers(&self, _: &NoSettings) -> Layers {
        self.layers.clone()
    }
    fn build(&self, _: NoSettings, _: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        Ok(Box::new(Run(|_: &Document, _: &mut Output| Ok(()))))
    }
}

/// A plugin with settings of every kind.
pub struct Places;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlacesSettings {
    /// Lists beside the bundled ones.
    pub lists: Vec<List>,
    /// Whether the bundled lists are read.
    pub bundled: bool,
    /// How case is treated.
    pub case: Case,
    /// The least letters of a name.
    pub shortest: u32,
    /// The most letters of a name.
    pub longest: u8,
    /// The score of a find, from 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub score: Option<f64>,
    /// What to do with names that overlap.
    pub overlap: Option<Overlap>,
}

impl Default for PlacesSettings {
    fn default() -> PlacesSettings {
        PlacesSettings { lists: Vec::new(), bundled: true, case: Case::Exact, shortest: 1, longest: 100, score: None, overlap: None }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum List {
    Path(String),
    Table(ListTable),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListTable {
    /// The file.
    pub path: String,
    /// The type of what it names.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    Exact,
    Ignored,
    AsWritten,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "keep", rename_all = "snake_case")]
pub enum Overlap {
    /// All of them.
    All,
    /// So many.
    Longest { at_most: u32 },
}

impl Plugin for Places {
    type Settings = PlacesSettings;
    fn manifest(&self) -> Manifest {
        Manifest::new("places", "1.2.0", "Finds places.")
    }
    fn layers(&self, _: &PlacesSettings) -> Layers {
        Layers::new().needs::<Token>().gives::<Mention>().gives::<Entity>()
    }
    fn build(&self, settings: PlacesSettings, context: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        if settings.shortest > u32::from(settings.longest) {
            return Err(Error::settings(format!("{} is more than `longest`, which is {}", settings.shortest, settings.longest))
                .in_setting("shortest"));
        }
        for list in &settings.lists {
            let (List::Path(path) | List::Table(ListTable { path, .. })) = list;
            let path = context.resolve(path);
            let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            if let Some((n, line)) = text.lines().enumerate().find(|(_, line)| !line.contains('\t')) {
                let column = line.chars().count() as u32 + 1;
                return Err(Error::resource("a line without a tab")
                    .at(path, Some(n as u32 + 1), Some(column))
                    .help("write NAME, a tab, TYPE"));
            }
        }
        Ok(Box::new(capitals("LOC")))
    }
}

/// A plugin that revises, reads or gives what its settings say.
pub struct Custom;

#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct CustomSettings {
    pub needs: Vec<String>,
    pub uses: Vec<String>,
    pub gives: Vec<String>,
    pub revises: Vec<String>,
}

impl Plugin for Custom {
    type Settings = CustomSettings;
    fn manifest(&self) -> Manifest {
        Manifest::new("custom", "1.0", "Does what it is told.")
    }
    fn layers(&self, settings: &CustomSettings) -> Layers {
        let layers = settings.needs.iter().fold(Layers::new(), |layers, name| layers.needs_named(name));
        let layers = settings.uses.iter().fold(layers, |layers, name| layers.uses_named(name));
        let layers = settings.revises.iter().fold(layers, |layers, name| layers.revises_named(name));
        settings.gives.iter().fold(layers, |layers, name| match name.as_str() {
            "mention" => layers.gives::<Mention>(),
            "token" => layers.gives::<Token>(),
            "entity" => layers.gives::<Entity>(),
            name => layers.gives_schema(Arc::new(Schema::new(name, true).with(Attribute::new("weight", Kind::F64).optional()))),
        })
    }
    fn build(&self, _: CustomSettings, _: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        Ok(Box::new(Run(|_: &Document, _: &mut Output| Ok(()))))
    }
}

/// A plugin that panics where it is told to.
pub struct Panics;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PanicsSettings {
    /// `layers`, `build` or `annotate`.
    pub at: String,
}

impl Plugin for Panics {
    type Settings = PanicsSettings;
    fn manifest(&self) -> Manifest {
        Manifest::new("panics", "1.0", "Panics.")
    }
    fn layers(&self, settings: &PanicsSettings) -> Layers {
        assert_ne!(settings.at, "layers", "told to");
        Layers::new()
    }
    fn build(&self, settings: PanicsSettings, _: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        assert_ne!(settings.at, "build", "told to");
        Ok(Box::new(Run(|_: &Document, _: &mut Output| panic!("told to"))))
    }
}

/// The plugins that most tests know.
pub fn registry() -> Registry {
    let mut registry = Registry::new();
    let odd = Arc::new(Schema::new("mention", true).with(Attribute::new("type", Kind::U32)));
    let near = |kind| Arc::new(Schema::new("near", true).with(Attribute::new("distance", kind)));
    let fixed = |name, layers| Fixed { name, languages: &[], layers };
    let all = [
        fixed("tokens", Layers::new().gives::<Token>()),
        fixed("sentences", Layers::new().needs::<Token>().gives::<Sentence>().gives::<Paragraph>()),
        fixed("tokens-too", Layers::new().gives::<Token>().gives::<Sentence>()),
        Fixed { name: "tokens-ja", languages: &["ja"], layers: Layers::new().gives::<Token>() },
        fixed("dates", Layers::new().needs::<Token>().gives::<TimeExpression>()),
        fixed("facts", Layers::new().needs::<Mention>().uses::<TimeExpression>().gives::<Relation>()),
        fixed("odd", Layers::new().gives_schema(odd)),
        fixed("near-float", Layers::new().gives_schema(near(Kind::F64))),
        fixed("near-whole", Layers::new().gives_schema(near(Kind::U32))),
    ];
    for plugin in all {
        registry.add(Arc::new(plugin), "the tests").unwrap();
    }
    registry.add(Arc::new(Places), "the tests").unwrap();
    registry.add(Arc::new(Custom), "the tests").unwrap();
    registry.add(Arc::new(Panics), "the tests").unwrap();
    registry
}

/// Counts how many are inside at once, and the most that ever were.
#[derive(Default)]
pub struct Crowd {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Crowd {
    pub fn enter(&self) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
    }
    pub fn leave(&self) {
        self.now.fetch_sub(1, Ordering::SeqCst);
    }
    pub fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}
