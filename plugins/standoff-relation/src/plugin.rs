//! The plugin: settings, manifest, and how an annotator is built from them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;
use standoff_core::{
    Annotator, BuildContext, Entity, Error, Example, Layers, Manifest, Mention, Phrase, Plugin, Relation, Sentence, TimeExpression, Token,
    nearest,
};

use crate::annotator::RelationAnnotator;
use crate::language::Language;
use crate::plan::load::RuleSource;
use crate::rules::Rules;

/// The settings of the plugin `relation`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Rule files to run, relative to the pipeline file.
    pub rules: Vec<PathBuf>,
    /// Whether the bundled news rules run as well.
    pub bundled: bool,
    /// The language whose bundled rules run: `en`.
    pub language: String,
    /// The names of rules that are not to run.
    pub without: Vec<String>,
    /// Layers that your rules' types stand for, besides `mention`, `date` and `entity`.
    pub uses: Vec<String>,
    /// Layers that documents have under other names than the rules say: the rules' name, then the document's. The rules
    /// call tokens `token` and sentences `sentence`.
    pub layers: BTreeMap<String, String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            rules: Vec::new(),
            bundled: true,
            language: "en".to_owned(),
            without: Vec::new(),
            uses: Vec::new(),
            layers: BTreeMap::new(),
        }
    }
}

/// Finds relations by rules.
#[derive(Clone, Copy, Debug, Default)]
pub struct RelationPlugin;

impl Settings {
    fn layer<'s>(&'s self, name: &'s str) -> &'s str {
        self.layers.get(name).map_or(name, String::as_str)
    }
}

impl Plugin for RelationPlugin {
    type Settings = Settings;

    fn manifest(&self) -> Manifest {
        let example = Example::new("The capital of Japan is Tokyo.").finds(
            "relation",
            "capital of Japan is Tokyo",
            &[("type", "capital_of"), ("negated", "false"), ("modality", "asserted")],
        );
        Manifest::new(
            "relation",
            env!("CARGO_PKG_VERSION"),
            "Relations between mentions, found by rules: who is what, where, and with whom.",
        )
        .languages(&Language::BUNDLED)
        .example(example)
    }

    fn layers(&self, settings: &Settings) -> Layers {
        let mut layers = Layers::new()
            .needs_as::<Token>(settings.layer("token"))
            .needs_as::<Sentence>(settings.layer("sentence"))
            .uses_as::<Mention>(settings.layer("mention"))
            .uses_as::<TimeExpression>(settings.layer("date"))
            .uses_as::<Entity>(settings.layer("entity"));
        for name in &settings.uses {
            layers = layers.uses_named(settings.layer(name));
        }
        layers.gives::<Relation>().gives::<Phrase>()
    }

    fn build(&self, settings: Settings, context: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        if !Language::BUNDLED.contains(&settings.language.as_str()) {
            return Err(Error::settings(format!("there are no bundled rules for the language `{}`", settings.language))
                .in_setting("language")
                .help(format!("allowed: {}", Language::BUNDLED.join(", "))));
        }
        let mut sources = Vec::new();
        if settings.bundled {
            sources.push(RuleSource::Bundled);
        }
        sources.extend(settings.rules.iter().map(|file| RuleSource::File(context.resolve(file))));
        if sources.is_empty() {
            return Err(Error::settings("there are no rules to run").in_setting("rules").help("name a rules file, or leave `bundled` on"));
        }
        let (rules, unknown) = Rules::compile_without(&sources, &settings.without)?;
        if let Some(name) = unknown.first() {
            let error = Error::settings(format!("there is no rule `{name}`")).in_setting("without");
            return Err(match nearest(name, rules.names()) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error,
            });
        }
        let known = ["token", "sentence", "mention", "date", "entity", "relation", "phrase"];
        for layer in rules.layers() {
            if !known.contains(&layer) && !settings.uses.iter().any(|name| name == layer) {
                let allowed = known.iter().copied().chain(settings.uses.iter().map(String::as_str));
                let near = nearest(layer, allowed).map(|near| format!("did you mean `{near}`? otherwise ")).unwrap_or_default();
                return Err(Error::settings(format!(
                    "a type of the rules stands for rows of `{layer}`, which is not among the layers read"
                ))
                .in_setting("uses")
                .help(format!("{near}write `uses = [\"{layer}\"]`")));
            }
        }
        Ok(Box::new(RelationAnnotator::new(rules).with_layers(settings.layers)))
    }
}

standoff_abi::register!(RelationPlugin);
