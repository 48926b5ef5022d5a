//! `standoff schema`: JSON Schemas of what the program reads and writes.

use serde_json::{Map, Value as Json, json};
use standoff::{Error, Registry, nearest, vocabulary};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

pub(crate) fn schema(of: &str, registry: &Registry) -> Result<String, Error> {
    let mut layers: Vec<_> = vocabulary().into_iter().cloned().collect();
    for plugin in registry.plugins() {
        // Of a plugin that cannot do without settings no layers are known.
        for schema in plugin.layers(&json!({})).unwrap_or_default().gives {
            if !layers.iter().any(|s| s.name == schema.name) {
                layers.push(schema);
            }
        }
    }
    let mut schema = match of {
        "document" => {
            let properties: Map<String, Json> =
                layers.iter().map(|s| (s.name.clone(), json!({"type": "array", "items": s.json_schema()}))).collect();
            document(properties)
        }
        "pipeline" => pipeline(registry),
        name => {
            if let Some(layer) = layers.iter().find(|s| s.name == name) {
                layer.json_schema()
            } else if registry.names().any(|n| n == name) {
                registry.get(name)?.settings_schema()
            } else {
                let known = ["document", "pipeline"].into_iter().chain(layers.iter().map(|s| s.name.as_str())).chain(registry.names());
                let known: Vec<&str> = known.collect();
                let near = nearest(name, known.iter().copied()).map(|n| format!("did you mean `{n}`? ")).unwrap_or_default();
                return Err(
                    Error::settings(format!("there is no schema of `{name}`")).help(format!("{near}there are {}", known.join(", ")))
                );
            }
        }
    };
    if schema.get("$schema").is_none() {
        schema["$schema"] = json!(DIALECT);
    }
    Ok(format!("{schema:#}\n"))
}

fn document(layers: Map<String, Json>) -> Json {
    json!({
        "title": "A document of standoff, one line of JSON Lines",
        "type": "object",
        "required": ["text"],
        "properties": {
            "id": {"type": "string"},
            "text": {"type": "string"},
            "meta": {"type": "object", "properties": {
                "date": {"type": "string", "description": "The document's own date, ISO 8601."},
                "language": {"type": "string", "description": "A BCP 47 tag such as `en`."},
                "source": {"type": "string"}
            }},
            "offsets": {"enum": ["char", "byte", "utf16"], "default": "char", "description": "What offsets count."},
            "layers": {"type": "object", "properties": layers, "additionalProperties": {"type": "array", "items": {"type": "object"}}},
            "made_by": {"type": "array", "items": {
                "type": "object",
                "required": ["annotator", "version"],
                "properties": {
                    "annotator": {"type": "string"},
                    "version": {"type": "string"},
                    "settings": {"type": "string", "description": "A digest of its settings."},
                    "layers": {"type": "array", "items": {"type": "string"}}
                }
            }}
        }
    })
}

fn pipeline(registry: &Registry) -> Json {
    let entries: Vec<Json> = registry
        .plugins()
        .map(|plugin| {
            let mut entry = plugin.settings_schema();
            let manifest = plugin.manifest();
            entry["title"] = json!(manifest.name);
            entry["description"] = json!(manifest.summary);
            let mut properties = entry["properties"].as_object().cloned().unwrap_or_default();
            properties.insert("use".into(), json!({"const": manifest.name}));
            properties.insert("name".into(), json!({"type": "string", "description": "The annotator's name in this pipeline."}));
            properties.insert("when".into(), json!({"type": "object", "description": "Only documents with this metadata."}));
            properties.insert("within".into(), json!({"description": "Only inside the rows of this layer."}));
            entry["properties"] = properties.into();
            entry["required"] = json!(["use"]);
            entry
        })
        .collect();
    json!({
        "title": "A pipeline of standoff",
        "type": "object",
        "required": ["annotator"],
        "properties": {
            "annotator": {"type": "array", "items": {"oneOf": entries}},
            "plugins": {"type": "array", "description": "Shared libraries, and folders of them, to load beside the plugins of the program.", "items": {"anyOf": [
                {"type": "string", "description": "A path, relative to the pipeline file."},
                {"type": "object", "required": ["path"], "additionalProperties": false, "properties": {
                    "path": {"type": "string"},
                    "sha256": {"type": "string", "description": "The digest that the library must have; `standoff plugin inspect` shows it."}
                }}
            ]}},
            "pipeline": {"type": "object", "additionalProperties": false, "properties": {
                "name": {"type": "string"},
                "description": {"type": "string"},
                "expects": {"type": "array", "items": {"type": "string"}, "description": "Layers that documents bring along."},
                "allow": {"type": "array", "items": {"type": "string"}, "description": "SHA-256 digests of the shared libraries that may be loaded; any if left out."}
            }}
        }
    })
}
