//! `standoff list`: the plugins that this program knows.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value as Json, json};
use standoff::{AnyPlugin, Error, Layers, Registry};

use crate::arguments::List;

pub(crate) fn list(options: &List, registry: &Registry) -> Result<String, Error> {
    if options.json {
        let described = registry.plugins().map(|plugin| {
            let mut described = describe(plugin)?;
            described["from"] = json!(registry.origin(&plugin.manifest().name));
            Ok(described)
        });
        return Ok(format!("{:#}\n", described.collect::<Result<Json, Error>>()?));
    }
    let mut rows = vec![["PLUGIN".to_owned(), "VERSION".into(), "NEEDS".into(), "GIVES".into(), "WHAT IT DOES".into()]];
    for plugin in registry.plugins() {
        let manifest = plugin.manifest();
        // One that cannot do without settings is listed all the same.
        let (reads, writes) = plugin.layers(&json!({})).map_or_else(|_| ("?".into(), "?".into()), |l| (needs(&l), gives(&l)));
        rows.push([manifest.name, manifest.version, reads, writes, manifest.summary]);
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
    let loaded = registry.names().filter_map(|name| Some((name, registry.origin(name)?))).filter(|(_, origin)| Path::new(origin).is_file());
    for (number, (name, origin)) in loaded.enumerate() {
        let _ = writeln!(page, "{}{name} comes from {origin}", if number == 0 { "\n" } else { "" });
    }
    page.push_str("\n(…) is read where it is there; ? depends on its settings. `standoff explain PLUGIN` tells more.\n");
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
    let as_json = |value: Result<Json, serde_json::Error>| value.map_err(|e| Error::io("cannot be written as JSON").with_source(e));
    let mut described = as_json(serde_json::to_value(plugin.manifest()))?;
    // Null where it cannot do without settings.
    described["layers"] = as_json(plugin.layers(&json!({})).ok().map_or(Ok(Json::Null), serde_json::to_value))?;
    described["settings"] = plugin.settings_schema();
    Ok(described)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use standoff::{Annotator, BuildContext, Manifest};

    use super::*;
    use crate::arguments::Plugins;

    /// A plugin that cannot do without settings.
    struct Demanding;

    impl AnyPlugin for Demanding {
        fn manifest(&self) -> Manifest {
            Manifest::new("demanding", "1.0.0", "Wants to be told.")
        }
        fn settings_schema(&self) -> Json {
            json!({"type": "object", "required": ["what"]})
        }
        fn layers(&self, _: &Json) -> Result<Layers, Error> {
            Err(Error::settings("missing field `what`"))
        }
        fn build(&self, _: &Json, _: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
            Err(Error::settings("missing field `what`"))
        }
    }

    #[test]
    fn a_plugin_that_wants_settings_hides_no_other() {
        let mut registry = Registry::linked().unwrap();
        registry.add(Arc::new(Demanding), "a test").unwrap();
        let page = list(&List { json: false, plugins: Plugins::default() }, &registry).unwrap();
        assert!(page.lines().any(|l| l.starts_with("demanding")) && page.lines().any(|l| l.starts_with("date")), "{page}");
        let all: Json = serde_json::from_str(&list(&List { json: true, plugins: Plugins::default() }, &registry).unwrap()).unwrap();
        let layers: Vec<bool> = all.as_array().unwrap().iter().map(|p| p["layers"].is_null()).collect();
        assert_eq!(layers.iter().filter(|null| **null).count(), 1);
        crate::schema::schema("document", &registry).unwrap();
    }
}
