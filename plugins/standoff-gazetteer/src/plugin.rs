//! The plugin: from settings to an annotator, from finds to rows.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use standoff_core::{
    Annotator, BuildContext, Document, Entity, Error, Example, Layers, Manifest, Mention, Output, Plugin, RowRef, Sentence, Span, Token,
    nearest,
};

use crate::build::{BuildOptions, Builder, ListMeta};
use crate::bundled;
use crate::context;
use crate::find::{Find, FindBuffers, Finder, Source, State};
use crate::folding::{Case, Folding};
use crate::index::Index;
use crate::library;
use crate::settings::{ListSettings, Settings};
use crate::source::{self, Defaults, Format};
use crate::unit::{units_of_text, units_of_tokens};

/// The plugin.
#[derive(Debug)]
pub struct Gazetteer;

standoff_abi::register!(Gazetteer);

impl Plugin for Gazetteer {
    type Settings = Settings;

    fn manifest(&self) -> Manifest {
        let example = Example::new("Russia calls them the Southern Kurils: Iturup, Kunashir and Shikotan.")
            .finds("mention", "Russia", &[("type", "GPE"), ("id", "geonames:2017370")])
            .finds("mention", "Southern Kurils", &[("type", "LOC")])
            .finds("mention", "Iturup", &[("type", "LOC"), ("name", "Iturup")])
            .finds("entity", "", &[("type", "LOC"), ("name", "Kunashir")]);
        Manifest::new("gazetteer", env!("CARGO_PKG_VERSION"), "Finds names from lists, with ids and coordinates.").example(example)
    }

    fn layers(&self, settings: &Settings) -> Layers {
        let layers = Layers::new();
        let layers = if settings.own_words { layers } else { layers.needs_as::<Token>(&settings.tokens) };
        layers.uses_as::<Sentence>(&settings.sentences).gives_as::<Mention>(&settings.mentions).gives_as::<Entity>(&settings.entities)
    }

    fn build(&self, settings: Settings, context: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        let words = context::words()?;
        for (i, kind) in settings.types.iter().enumerate() {
            source::check_type(kind).map_err(|e| retold(e).in_setting(format!("types[{i}]")))?;
        }
        let mut sources = Vec::new();
        if settings.bundled {
            let index = bundled::bundled()?;
            let foldings = index.meta().lists.iter().map(|l| l.folding).collect();
            sources.push(Source { index, foldings, demand: None, bundled: true, small_starts: false });
        }
        for (i, list) in settings.lists.iter().enumerate() {
            let here = format!("lists[{i}]");
            if let Some(demand) = &list.demand
                && demand != "none"
                && !words.demands.contains_key(demand)
            {
                let known = words.demands.keys().map(String::as_str);
                let help = match nearest(demand, known.chain(["none"])) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "allowed are `none`, `cue`, `strict`, `alone`, `not-first`".into(),
                };
                return Err(Error::settings(format!("`{demand}` is no demand")).in_setting(format!("{here}.demand")).help(help));
            }
            sources.extend(open(list, context).map_err(|e| e.in_setting(here))?);
        }
        if sources.is_empty() {
            return Err(Error::settings("there is nothing to find: the bundled lists are left out, and there are no others")
                .in_setting("lists")
                .help("name a list, or leave `bundled = false` out"));
        }
        let finder =
            Finder { sources, words, mode: settings.mode, overlap: settings.overlap, nested: settings.nested, spelling: settings.spelling };
        Ok(Box::new(Lists { finder, settings }))
    }
}

/// An error of a resource, as one of the settings.
fn retold(error: Error) -> Error {
    let told = Error::settings(error.message().to_owned());
    match error.help_text() {
        Some(help) => told.help(help.to_owned()),
        None => told,
    }
}

/// Opens a list: maps a compiled one and its additions, compiles any other.
fn open(list: &ListSettings, context: &BuildContext) -> Result<Vec<Source>, Error> {
    if list.path.is_empty() {
        return Err(Error::settings("the path is empty").help("name a file, relative to the pipeline file"));
    }
    let path = context.resolve(&list.path);
    let compiled = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("sgz"));
    if let Some(kind) = &list.kind {
        source::check_type(kind).map_err(retold)?;
    }
    if let Some(language) = list.inflect.iter().find(|l| !BuildOptions::INFLECTED.contains(&l.as_str())) {
        return Err(Error::settings(format!("no inflected forms are known for `{language}`"))
            .help(format!("allowed are {}", BuildOptions::INFLECTED.map(|l| format!("`{l}`")).join(", "))));
    }
    if compiled && (list.kind.is_some() || list.columns.is_some() || !list.inflect.is_empty()) {
        return Err(Error::settings("`type`, `columns` and `inflect` say how to read a list, and this one is compiled already")
            .help("give them when you build the file"));
    }
    let indexes = if compiled { library::open_all(&path)? } else { vec![compile(&path, list)?] };
    let demand = list.demand.as_ref().map(|d| if d == "none" { String::new() } else { d.clone() });
    let source = |index: Index| {
        let foldings: Vec<Folding> = index.meta().lists.iter().map(|l| list.folding.applied_to(l.folding)).collect();
        let small_starts = foldings.iter().any(|f| f.case == Case::Ignore);
        Source { small_starts, foldings, demand: demand.clone(), bundled: false, index: Arc::new(index) }
    };
    Ok(indexes.into_iter().map(source).collect())
}

fn compile(path: &Path, list: &ListSettings) -> Result<Index, Error> {
    let mut builder = Builder::new(BuildOptions { inflect: list.inflect.clone(), ..BuildOptions::default() });
    builder.list(ListMeta { name: list.path.clone(), folding: Folding::default() });
    let defaults = Defaults { kind: list.kind.clone(), columns: list.columns.clone(), ..Defaults::default() };
    source::read_file(path, Format::of(path)?, &defaults, &mut |record| builder.add(&record).map(|_| ()))?;
    Index::from_bytes(builder.bytes()?)
}

/// The annotator.
struct Lists {
    finder: Finder,
    settings: Settings,
}

impl Lists {
    fn finds<'a>(&'a self, document: &Document, buffers: &mut FindBuffers) -> Vec<Find<'a>> {
        if self.settings.own_words {
            if !self.finder.may_find(document.text(), buffers) {
                return Vec::new();
            }
            units_of_text(document.text(), &mut buffers.units);
        } else {
            self.read_tokens(document, buffers);
        }
        buffers.sentences.clear();
        let sentences = document.layer(&self.settings.sentences);
        buffers.sentences.extend(sentences.iter().filter_map(|row| row.span()).map(|s| s.start));
        buffers.sentences.dedup();
        let mut finds = self.finder.find(document.text(), buffers);
        if !self.settings.types.is_empty() {
            for find in &mut finds {
                let wanted = find.options.get(find.best).is_some_and(|o| self.settings.types.iter().any(|t| t == o.kind()));
                if !wanted && find.state == State::Kept {
                    find.state = State::Unfounded;
                }
            }
        }
        finds
    }

    fn read_tokens(&self, document: &Document, buffers: &mut FindBuffers) {
        let tokens = document.layer(&self.settings.tokens);
        let mut units = std::mem::take(&mut buffers.units);
        match tokens.single() {
            Some(segment) => {
                let spans = segment.starts().iter().copied().zip(segment.ends().iter().copied());
                units_of_tokens(document.text(), spans, &mut units);
            }
            None => {
                let spans = tokens.iter().filter_map(|row| row.span()).map(|s| (s.start, s.end));
                units_of_tokens(document.text(), spans, &mut units);
            }
        }
        buffers.units = units;
    }
}

impl Annotator for Lists {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        let mut buffers = output.take_scratch::<FindBuffers>();
        let finds = self.finds(document, &mut buffers);
        let mut entities: HashMap<(usize, u32), RowRef> = HashMap::new();
        let mut by_id: HashMap<String, RowRef> = HashMap::new();
        for find in finds.iter().filter(|f| f.state == State::Kept) {
            let Some(option) = find.options.get(find.best) else { continue };
            let entry = &option.entry;
            let id = Some(entry.id.as_ref()).filter(|id| !id.is_empty());
            let country = Some(entry.country).filter(|c| !c.is_empty());
            let known = entities.get(&(option.source, entry.number)).or_else(|| by_id.get(entry.id.as_ref()));
            let entity = match known {
                Some(&row) => row,
                None => {
                    let row = output.layer_as::<Entity>(&self.settings.entities)?.push(Entity {
                        kind: entry.kind,
                        name: option.name(),
                        id,
                        country,
                        lat: entry.place.map(|p| p.0),
                        lon: entry.place.map(|p| p.1),
                        population: entry.population.and_then(|p| i64::try_from(p).ok()),
                    });
                    if let Some(id) = id {
                        by_id.insert(id.to_owned(), row);
                    }
                    row
                }
            };
            entities.insert((option.source, entry.number), entity);
            let list = self.finder.sources.get(option.source).and_then(|s| s.index.meta().lists.get(entry.list as usize));
            output.layer_as::<Mention>(&self.settings.mentions)?.push_by(
                list.map_or("", |l| l.name.as_str()),
                Mention {
                    span: Span::new(find.start, find.end),
                    kind: option.kind(),
                    name: Some(option.name()),
                    id,
                    country,
                    entity: Some(entity),
                },
            );
        }
        drop(finds);
        output.put_scratch(buffers);
        Ok(())
    }

    fn explain(&self, document: &Document, rule: Option<&str>) -> Result<Option<String>, Error> {
        let mut buffers = FindBuffers::default();
        let finds = self.finds(document, &mut buffers);
        let text = crate::explain::explain(&self.finder, &finds, document.text(), rule)?;
        Ok(Some(text))
    }
}
