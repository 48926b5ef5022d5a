//! The settings of the plugin `process`.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use standoff_io::offsets::Unit;

use crate::core::{Attribute, Error, Kind, LayerRead, Layers, Schema, nearest, vocabulary};

/// The settings of the plugin `process`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProcessSettings {
    /// The program and its arguments. A program with a `/` in it is relative to the pipeline file, and so are paths in
    /// the arguments: the program runs in that folder.
    pub command: Vec<String>,
    /// Layers that it cannot work without; their rows are sent along.
    pub needs: Vec<String>,
    /// Layers whose rows are sent along where they are there.
    pub uses: Vec<String>,
    /// Layers that it gives: the name of a shared one, such as `mention`, or a layer with its attributes.
    pub gives: Vec<Given>,
    /// Layers of which it may take rows back; their rows are sent along.
    pub revises: Vec<String>,
    /// What offsets count, both ways.
    pub offsets: Offsets,
    /// Seconds that it may take for a document.
    pub timeout: f64,
    /// How many documents in a row it may fail on, and be started again, before it is given up.
    pub restarts: u32,
}

impl Default for ProcessSettings {
    fn default() -> ProcessSettings {
        ProcessSettings {
            command: Vec::new(),
            needs: Vec::new(),
            uses: Vec::new(),
            gives: Vec::new(),
            revises: Vec::new(),
            offsets: Offsets::Char,
            timeout: 30.0,
            restarts: 3,
        }
    }
}

/// What offsets count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Offsets {
    /// Unicode code points, as in Python.
    #[default]
    Char,
    /// UTF-8 bytes, as in Rust and Go.
    Byte,
    /// UTF-16 units, as in Java and JavaScript.
    Utf16,
}

impl From<Offsets> for Unit {
    fn from(offsets: Offsets) -> Unit {
        match offsets {
            Offsets::Char => Unit::Char,
            Offsets::Byte => Unit::Byte,
            Offsets::Utf16 => Unit::Utf16,
        }
    }
}

/// A layer that is given.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Given {
    /// One of the shared vocabulary, by its name.
    Shared(String),
    /// One of its own.
    Own {
        /// Its name.
        name: String,
        /// Whether its rows have a place in the text.
        #[serde(default = "yes")]
        spans: bool,
        /// Its attributes.
        #[serde(default)]
        attributes: Vec<GivenAttribute>,
    },
}

/// An attribute of a layer that is given.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenAttribute {
    /// Its name.
    pub name: String,
    /// The kind of its values: `u32`, `i64`, `f64`, `bool`, `symbol`, `text`, `ref`, `ref_list` or `named`.
    #[schemars(with = "String")]
    pub kind: Kind,
    /// Whether rows may lack it.
    #[serde(default = "yes")]
    pub optional: bool,
    /// For references: the layer that they point into.
    #[serde(default)]
    pub target: Option<String>,
}

fn yes() -> bool {
    true
}

impl ProcessSettings {
    /// The layers that it declares. A shared layer that does not exist is told by [`check`](ProcessSettings::check).
    pub(super) fn layers(&self) -> Layers {
        let shared = vocabulary();
        let find = |name: &str| shared.iter().find(|s| s.name == name).map(|&s| Arc::clone(s));
        let read = |name: &String| LayerRead { name: name.clone(), schema: find(name) };
        let gives = self.gives.iter().filter_map(|given| match given {
            Given::Shared(name) => find(name),
            Given::Own { name, spans, attributes } => {
                let mut schema = Schema::new(name, *spans);
                schema.attributes = attributes
                    .iter()
                    .map(|a| {
                        let mut attribute = Attribute::new(&a.name, a.kind);
                        attribute.optional = a.optional;
                        attribute.target.clone_from(&a.target);
                        attribute
                    })
                    .collect();
                Some(Arc::new(schema))
            }
        });
        Layers {
            needs: self.needs.iter().map(read).collect(),
            uses: self.uses.iter().map(read).collect(),
            gives: gives.collect(),
            revises: self.revises.clone(),
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if self.command.first().is_none_or(String::is_empty) {
            return Err(Error::settings("there is no program to run")
                .in_setting("command")
                .help("write `command = [\"python3\", \"annotator.py\"]`"));
        }
        if !self.timeout.is_finite() || !(0.001..=86_400.0).contains(&self.timeout) {
            return Err(Error::settings(format!("{} is no time limit", self.timeout))
                .in_setting("timeout")
                .help("write seconds, from 0.001 to 86400"));
        }
        if self.gives.is_empty() && self.revises.is_empty() {
            return Err(Error::settings("it neither gives nor revises a layer").in_setting("gives").help("write `gives = [\"mention\"]`"));
        }
        let shared = vocabulary();
        let mut names: Vec<&str> = Vec::new();
        for (number, given) in self.gives.iter().enumerate() {
            let at = || format!("gives[{number}]");
            let name = match given {
                Given::Own { name, .. } => name,
                Given::Shared(name) => {
                    if !shared.iter().any(|s| s.name == *name) {
                        let known: Vec<&str> = shared.iter().map(|s| s.name.as_str()).collect();
                        let near = nearest(name, known.iter().copied()).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
                        return Err(Error::settings(format!("`{name}` is no shared layer")).in_setting(at()).help(format!(
                            "{near}shared are {}; write `{{ name = \"{name}\", attributes = […] }}` for one of its own",
                            known.join(", ")
                        )));
                    }
                    name
                }
            };
            if names.contains(&name.as_str()) {
                return Err(Error::settings(format!("the layer `{name}` a second time")).in_setting(at()));
            }
            names.push(name);
            if let Given::Own { attributes, .. } = given {
                for (i, attribute) in attributes.iter().enumerate() {
                    let taken = ["start", "end", "by", "rule", "score", "retracted"].contains(&attribute.name.as_str());
                    if taken || attributes[..i].iter().any(|a| a.name == attribute.name) {
                        let what = if taken { "is taken by the wire form" } else { "is there twice" };
                        return Err(Error::settings(format!("the attribute `{}` {what}", attribute.name)).in_setting(at()));
                    }
                }
            }
        }
        Ok(())
    }
}
