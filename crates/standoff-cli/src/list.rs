//! `standoff list`: the plugins that this program knows.

use std::fmt::Write;

use serde_json::{Value as Json, json};
use standoff::{AnyPlugin, Error, Layers, Registry};

use crate::arguments::List;

pub(crate) fn list(options: &List, registry: &Registry) -> Result<String, Error> {
    if options.json {
        let all = registry.plugins().map(describe).collect::<Result<Vec<_>, _>>()?;
        return Ok(format!("{:#}\n", Json::from(all)));
    }
    let mut rows = vec![["PLUGIN".to_owned(), "VERSION".into(), "NEEDS".into(), "GIVES".into(), "WHAT IT DOES".into()]];
    for plugin in registry.plugins() {
        let manifest = plugin.manifest();
        let layers = plugin.layers(&json!({}))?;
        rows.push([manifest.name, manifest.version, needs(&layers), gives(&layers), manifest.summary]);
    }
    let widths: Vec<usize> = (0..4).map(|c| rows.iter().map(|r| r[c].len()).max().unwrap_or(0)).collect();
    let mut page = String::new();
    for row in &rows {
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(page, "{cell:width$}  ");
        }
        page.push_str(&row[4]);
        page.push('\n');
    }
    page.push_str("\n(…) is read where it is there. `standoff explain PLUGIN` tells more.\n");
    Ok(page)
}

/// The layers that an annotator reads, those that it can do without in brackets.
pub(crate) fn needs(layers: &Layers) -> String {
    let mut names: Vec<String> = layers.needs.iter().map(|l| l.name.clone()).collect();
    names.extend(layers.uses.iter().filter(|l| !layers.needs.iter().any(|n| n.name == l.name)).map(|l| format!("({})", l.name)));
    if names.is_empty() { "-".into() } else { names.join(" ") }
}

/// The layers that an annotator writes to, and those that it revises.
pub(crate) fn gives(layers: &Layers) -> String {
    let mut names: Vec<String> = layers.gives.iter().map(|s| s.name.clone()).collect();
    names.extend(layers.revises.iter().filter(|r| !layers.gives.iter().any(|s| s.name == **r)).map(|r| format!("{r} (revises)")));
    if names.is_empty() { "-".into() } else { names.join(" ") }
}

/// A plugin as JSON: its manifest, layers and settings.
pub(crate) fn describe(plugin: &dyn AnyPlugin) -> Result<Json, Error> {
    let layers = plugin.layers(&json!({}))?;
    let as_json = |value: Result<Json, serde_json::Error>| value.map_err(|e| Error::io("cannot be written as JSON").with_source(e));
    let mut described = as_json(serde_json::to_value(plugin.manifest()))?;
    described["layers"] = as_json(serde_json::to_value(layers))?;
    described["settings"] = plugin.settings_schema();
    Ok(described)
}
