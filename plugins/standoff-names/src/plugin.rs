//! How pipelines know the annotator.

use standoff_core::{Annotator, BuildContext, Entity, Error, Example, Layers, Manifest, Mention, Plugin, Sentence, Token};

use crate::annotator::Names;
use crate::settings::Settings;

/// The plugin `names`.
pub struct NamesPlugin;

impl Plugin for NamesPlugin {
    type Settings = Settings;

    fn manifest(&self) -> Manifest {
        Manifest::new("names", env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_DESCRIPTION")).languages(&["en"]).example(
            Example::new(
                "Defence Minister Ines Calder opened the talks. Her deputy, Tomas Verhoeven, met officials of the Norvik \
                 Shipping Company. \"We agreed,\" said Calder.",
            )
            .finds("mention", "Defence Minister", &[("type", "TITLE")])
            .finds("mention", "Ines Calder", &[("type", "PERSON")])
            .finds("mention", "Tomas Verhoeven", &[("type", "PERSON")])
            .finds("mention", "Norvik Shipping Company", &[("type", "ORG")])
            .finds("mention", "Calder", &[("type", "PERSON"), ("name", "Ines Calder")]),
        )
    }

    fn layers(&self, settings: &Settings) -> Layers {
        Layers::new()
            .needs_as::<Token>(&settings.tokens)
            .needs_as::<Sentence>(&settings.sentences)
            .uses_as::<Mention>(&settings.mentions)
            .uses_as::<Entity>(&settings.entities)
            .gives_as::<Mention>(&settings.mentions)
            .gives_as::<Entity>(&settings.entities)
            .revises_named(&settings.mentions)
    }

    fn build(&self, settings: Settings, _: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        Ok(Box::new(Names::new(settings)?))
    }
}

standoff_abi::register!(NamesPlugin);
