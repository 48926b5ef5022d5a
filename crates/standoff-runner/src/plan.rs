//! From entries to a checked pipeline: plugins by name, settings, the layers that go from one to another, building.

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use standoff_core::{Annotator, BuildContext, Error, Layers, Manifest, Provenance, Task};

use crate::condition::never_reads;
use crate::contain::contain;
use crate::diagnostic::{Diagnostic, Diagnostics, quote};
use crate::entry::{Entry, Maker};
use crate::graph::{Member, arrange, one_giver_only};
use crate::jsonschema::problems;
use crate::node::{json_of, locate, path_text, steps};
use crate::pipeline::{Pipeline, Step};
use crate::registry::{Handle, Registry};

/// A pipeline as it was written.
#[derive(Clone, Default)]
pub(crate) struct Draft {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    /// Layers that documents bring along.
    pub(crate) expects: Vec<String>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) context: BuildContext,
    /// What was found wrong while reading.
    pub(crate) found: Diagnostics,
    /// Whether plugins are missing that would have been there; then nobody can say which layers are missing.
    pub(crate) unknown_plugins: bool,
}

/// An entry of which the plugin is known.
struct Resolved<'d> {
    entry: &'d Entry,
    name: String,
    manifest: Manifest,
    settings: Json,
    layers: Option<Layers>,
    /// Whether it can be built.
    sound: bool,
    plugin: Option<&'d Handle>,
}

/// Checks a draft and builds its annotators.
pub(crate) fn plan(draft: Draft, registry: &Registry) -> Result<Pipeline, Diagnostics> {
    let mut found = draft.found.clone();
    let mut complete = !draft.unknown_plugins;
    let mut resolved: Vec<Resolved<'_>> = Vec::new();
    for entry in &draft.entries {
        let one = resolve(entry, registry, draft.unknown_plugins, &mut found);
        complete &= one.layers.is_some();
        if let Some(first) = resolved.iter().find(|other| other.name == one.name && !one.name.is_empty()) {
            let diagnostic = Diagnostic::error(format!("two annotators are named `{}`", one.name), entry.at_name(), "the second")
                .label(first.entry.at_name(), "the first")
                .help(format!("give one of them another name, such as `name = \"{}-2\"`", one.name));
            found.push(diagnostic);
        }
        resolved.push(one);
    }
    let members: Vec<Member<'_>> = resolved
        .iter()
        .map(|r| Member { entry: r.entry, name: &r.name, layers: r.layers.clone().unwrap_or_default(), languages: &r.manifest.languages })
        .collect();
    let order = arrange(&members, &draft.expects, registry, complete, &mut found);
    let mut annotators: Vec<Option<Arc<dyn Annotator>>> = Vec::new();
    for one in &resolved {
        annotators.push(if one.sound { build(one, &draft.context, &mut found) } else { None });
    }
    found.sort();
    let (Some(order), false) = (order, found.has_errors()) else { return Err(found) };

    let layers: Vec<Layers> = members.into_iter().map(|m| m.layers).collect();
    let mut steps = Vec::new();
    for &number in &order {
        let (one, Some(annotator)) = (&resolved[number], annotators[number].take()) else { continue };
        let own = &layers[number];
        let provenance = Provenance { annotator: one.name.clone(), version: one.manifest.version.clone(), settings: digest(one) };
        let givers = |layer: &str| {
            let gives = |n: &usize| *n != number && layers[*n].gives.iter().any(|s| s.name == *layer);
            order.iter().enumerate().filter(|(_, n)| gives(n)).map(|(position, _)| position).collect()
        };
        let scope = one.entry.within.iter().map(|(within, _)| within.layer());
        let needs = own.needs.iter().map(|read| read.name.as_str()).chain(scope);
        steps.push(Step {
            name: one.name.as_str().into(),
            manifest: one.manifest.clone(),
            settings: one.settings.clone(),
            needs: needs.map(|layer| (layer.into(), givers(layer))).collect(),
            single: own.gives.iter().filter(|s| one_giver_only(&s.name)).map(|s| s.name.as_str().into()).collect(),
            task: Task::of(provenance, own.clone()),
            annotator,
            when: one.entry.when.as_ref().map(|(when, _)| when.clone()),
            within: one.entry.within.as_ref().map(|(within, _)| within.clone()),
        });
    }
    let mut names: Vec<Arc<str>> = Vec::new();
    for layer in steps.iter().flat_map(|step| &step.task.layers().gives) {
        if names.iter().all(|name| **name != *layer.name) {
            names.push(layer.name.as_str().into());
        }
    }
    Ok(Pipeline { name: draft.name, description: draft.description, steps, layers: names, warnings: found })
}

/// `unknown`: whether there may be plugins that could not be loaded.
fn resolve<'d>(entry: &'d Entry, registry: &'d Registry, unknown: bool, found: &mut Diagnostics) -> Resolved<'d> {
    let own_name = entry.name.as_ref().map(|(name, _)| name.clone());
    let mut one = Resolved {
        entry,
        name: own_name.clone().unwrap_or_default(),
        manifest: Manifest::default(),
        settings: Json::Null,
        layers: None,
        sound: false,
        plugin: None,
    };
    let plugin = match &entry.maker {
        Maker::Ready(name, layers, _) => {
            one.manifest.name.clone_from(name);
            one.name = own_name.unwrap_or_else(|| name.clone());
            one.layers = Some(Layers::clone(layers));
            one.settings = Json::Object(Map::new());
            one.sound = !entry.flawed;
            return one;
        }
        Maker::Plugin(plugin) => plugin,
        Maker::Named(name, _) => {
            if one.name.is_empty() {
                one.name.clone_from(name);
            }
            match registry.handle(name) {
                Some(plugin) => plugin,
                None if name.is_empty() => return one,
                None => {
                    let near = registry.nearest(name);
                    if unknown && near.is_none() {
                        return one;
                    }
                    let mut error = Diagnostic::error(format!("there is no plugin `{name}`"), entry.at(), "");
                    if registry.is_empty() {
                        error = error.helps(registry.suggest(name));
                    } else {
                        error = error.allowed(name, registry.names());
                    }
                    found.push(error);
                    // What was meant gives its layers, so that its lack is not told again by those that need them.
                    one.layers = near.and_then(|near| registry.handle(near)).and_then(|plugin| registry.default_layers(plugin));
                    return one;
                }
            }
        }
    };
    one.plugin = Some(plugin);
    match contain(|| plugin.manifest()) {
        Ok(manifest) => one.manifest = manifest,
        Err(message) => {
            found.push(Diagnostic::error(format!("the plugin panicked when asked who it is: {message}"), entry.at(), ""));
            return one;
        }
    }
    if one.name.is_empty() {
        one.name.clone_from(&one.manifest.name);
    }
    if let Some((when, span)) = &entry.when
        && let Some(languages) = never_reads(when, &one.manifest.languages)
    {
        let message = format!("{}: this `when` never holds for a plugin that reads {languages} only", one.name);
        found.push(Diagnostic::error(message, entry.origin.at(span), "").help("leave `when` out, or use another plugin"));
    }
    one.settings = match json_of(&entry.settings) {
        Ok(settings) => Json::Object(settings),
        Err((span, message)) => {
            found.push(Diagnostic::error(format!("{}: {message}", one.name), entry.origin.at(&span), ""));
            one.layers = registry.default_layers(plugin);
            return one;
        }
    };
    match contain(|| plugin.layers(&one.settings)) {
        Ok(Ok(layers)) => {
            one.layers = Some(layers);
            one.sound = !entry.flawed;
        }
        Ok(Err(error)) => {
            settings_errors(&one, plugin, &error, found);
            one.layers = registry.default_layers(plugin);
        }
        Err(message) => {
            let message = format!("{}: the plugin panicked when asked for its layers: {message}", one.name);
            found.push(Diagnostic::error(message, entry.at(), ""));
            one.layers = registry.default_layers(plugin);
        }
    }
    one
}

/// Tells what is wrong with settings that a plugin refused: all that its JSON Schema shows, or else what it said.
fn settings_errors(one: &Resolved<'_>, plugin: &Handle, error: &Error, found: &mut Diagnostics) {
    let schema = contain(|| plugin.settings_schema()).unwrap_or(Json::Bool(true));
    let problems = problems(&schema, &one.settings);
    if problems.is_empty() {
        found.push(told(one, error));
        return;
    }
    for problem in problems {
        let span = locate(&one.entry.settings, &problem.path, problem.at_key).unwrap_or_else(|| one.entry.span.clone());
        let mut diagnostic = Diagnostic::error(format!("{}: {}", one.name, problem.message), one.entry.origin.at(&span), problem.label);
        if !problem.allowed.is_empty() {
            diagnostic = diagnostic.allowed(&problem.found, problem.allowed.iter().map(String::as_str));
        }
        found.push(diagnostic.helps(problem.help));
    }
}

/// An error of a plugin, at the setting or the file that it names.
fn told(one: &Resolved<'_>, error: &Error) -> Diagnostic {
    let path = error.setting().map(|path| steps(path, &one.settings)).unwrap_or_default();
    let setting = locate(&one.entry.settings, &path, false).map(|span| one.entry.origin.at(&span));
    let source = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
    let subject = if path.is_empty() { String::new() } else { format!("`{}`: ", path_text(&path)) };
    let message = |place: &str| format!("{}: {subject}{place}{}{source}", one.name, error.message());
    let here = setting.unwrap_or_else(|| one.entry.at());
    let diagnostic = match error.place() {
        Some(place) => match quote(place) {
            Some(there) => Diagnostic::error(message(""), there, "").label(here, "read because of this"),
            None => Diagnostic::error(message(&format!("{place}: ")), here, ""),
        },
        None => Diagnostic::error(message(""), here, ""),
    };
    diagnostic.helps(error.help_text().map(str::to_owned))
}

fn build(one: &Resolved<'_>, context: &BuildContext, found: &mut Diagnostics) -> Option<Arc<dyn Annotator>> {
    if let Maker::Ready(_, _, annotator) = &one.entry.maker {
        return Some(Arc::clone(annotator));
    }
    let plugin = one.plugin?;
    match contain(|| plugin.build(&one.settings, context)) {
        Ok(Ok(annotator)) => Some(Arc::from(annotator)),
        Ok(Err(error)) => {
            let error = with_setting(error, one, context);
            found.push(told(one, &error));
            None
        }
        Err(message) => {
            let message = format!("{}: the plugin panicked when it was to build the annotator: {message}", one.name);
            found.push(Diagnostic::error(message, one.entry.at(), ""));
            None
        }
    }
}

/// An error that names a file but no setting concerns the setting that names the same file.
fn with_setting(error: Error, one: &Resolved<'_>, context: &BuildContext) -> Error {
    let (None, Some(place)) = (error.setting(), error.place()) else { return error };
    let names = |text: &str| !text.is_empty() && context.resolve(text) == place.file;
    match path_to_string(&one.settings, &names, String::new()) {
        Some(path) => error.in_setting(path),
        None => error,
    }
}

/// The path of the first string that passes the test.
fn path_to_string(value: &Json, test: &dyn Fn(&str) -> bool, path: String) -> Option<String> {
    match value {
        Json::String(text) => test(text).then_some(path),
        Json::Array(items) => items.iter().enumerate().find_map(|(i, item)| path_to_string(item, test, format!("{path}[{i}]"))),
        Json::Object(map) => map.iter().find_map(|(key, item)| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            path_to_string(item, test, path)
        }),
        _ => None,
    }
}

/// SHA-256 of the canonical JSON of the settings: keys sorted, no white space. A scope counts as a setting, since it
/// changes what is found. Empty where there is none of these.
fn digest(one: &Resolved<'_>) -> String {
    let mut text = String::new();
    let mut settings = one.settings.as_object().cloned().unwrap_or_default();
    if let Some((within, _)) = &one.entry.within {
        settings.insert("within".into(), Json::String(within.to_string()));
    }
    if settings.is_empty() {
        return text;
    }
    canonical(&Json::Object(settings), &mut text);
    let hash = Sha256::digest(text.as_bytes());
    let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

fn canonical(value: &Json, out: &mut String) {
    match value {
        Json::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (i, (key, value)) in entries.into_iter().enumerate() {
                out.push_str(if i == 0 { "" } else { "," });
                out.push_str(&Json::from(key.as_str()).to_string());
                out.push(':');
                canonical(value, out);
            }
            out.push('}');
        }
        Json::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { "," });
                canonical(item, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}
