//! Pipelines that commands name, and the embedded one, with the plugins that they are made of.

use std::path::Path;

use anstream::eprintln;
use standoff::runner::PipelineFile;
use standoff::{Error, Loader, Pipeline, news};

use crate::Failure;
use crate::arguments::Plugins;

/// The plugins of the program, and those of `--plugin` and `STANDOFF_PLUGIN_PATH`.
///
/// # Errors
/// If a library is refused or a name is taken.
pub(crate) fn plugins(options: &Plugins) -> Result<Loader, Error> {
    let mut loader = Loader::new()?;
    open(&mut loader, options)?;
    Ok(loader)
}

/// Opens what the options name; gives the names of the plugins that the command line itself asked for.
fn open(loader: &mut Loader, options: &Plugins) -> Result<Vec<String>, Error> {
    let mut asked = Vec::new();
    for path in &options.paths {
        asked.extend(loader.open(path)?);
    }
    loader.open_path()?;
    Ok(asked)
}

/// The pipeline of a file, or the embedded news pipeline.
///
/// # Errors
/// If the file cannot be read, anything in it is wrong, or a library is refused.
pub(crate) fn load(path: Option<&Path>, options: &Plugins) -> Result<(Pipeline, Loader), Failure> {
    let file = match path {
        None => PipelineFile::parse(news::SOURCE, news::NAME)?,
        Some(path) => {
            let bytes = std::fs::read(path).map_err(|e| Error::io(format!("{}: cannot be read", path.display())).with_source(e))?;
            let text = standoff::io::text::decode(bytes).map_err(|e| e.at(path, None, None))?;
            PipelineFile::parse(&text, path)?
        }
    };
    let mut loader = Loader::new()?;
    if let Some(digests) = file.allowed() {
        // What the file does not list is not loaded, whoever names it.
        loader.allow(digests)?;
    }
    let asked = open(&mut loader, options)?;
    let pipeline = loader.pipeline(file)?;
    let unused: Vec<&String> = asked.iter().filter(|name| !pipeline.steps().iter().any(|s| s.manifest().name == **name)).collect();
    if !unused.is_empty() {
        let names = unused.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let entry = format!("[[annotator]] use = \"{}\"", unused[0]);
        eprintln!("note: the pipeline does not use {names} of --plugin; to use it, write a pipeline file with the entry {entry}");
    }
    Ok((pipeline, loader))
}
