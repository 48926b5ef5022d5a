//! Pipelines that commands name, and the embedded one.

use std::path::Path;

use standoff::{Error, Pipeline, Registry, news};

use crate::Failure;

/// The pipeline of a file, or the embedded news pipeline.
///
/// # Errors
/// If the file cannot be read or anything in it is wrong.
pub(crate) fn load(path: Option<&Path>) -> Result<Pipeline, Failure> {
    let registry = Registry::linked()?;
    let Some(path) = path else {
        return Ok(Pipeline::from_toml(news::SOURCE, news::NAME, &registry)?);
    };
    let bytes = std::fs::read(path).map_err(|e| Error::io(format!("{}: cannot be read", path.display())).with_source(e))?;
    let text = standoff::io::text::decode(bytes).map_err(|e| e.at(path, None, None))?;
    Ok(Pipeline::from_toml(&text, path, &registry)?)
}
