//! The settings of a plugin for people, from their JSON Schema.

use std::fmt::Write;

use serde_json::Value as Json;

/// Appends a block a setting: its name, type, default, allowed values and meaning.
pub(crate) fn write(schema: &Json, page: &mut String) {
    let Some(properties) = schema["properties"].as_object().filter(|p| !p.is_empty()) else {
        page.push_str("  none\n");
        return;
    };
    for (name, property) in properties {
        let _ = write!(page, "  {name}: {}", kind(property, schema));
        if let Some(default) = property.get("default").filter(|d| !d.is_null()) {
            let _ = write!(page, " = {default}");
        }
        page.push('\n');
        if let Some(doc) = property["description"].as_str() {
            paragraph(doc, page);
        }
        for (value, meaning) in values(property, schema) {
            let _ = writeln!(page, "      {value}{}", if meaning.is_empty() { String::new() } else { format!(": {}", fold(&meaning)) });
        }
    }
}

/// The type of a property in words.
fn kind(property: &Json, root: &Json) -> String {
    let property = resolve(property, root);
    if !values(property, root).is_empty() {
        return "one of".into();
    }
    let named = |name: &str| match name {
        "array" => format!("list of {}", kind(&property["items"], root)),
        "object" => "table".into(),
        other => other.to_owned(),
    };
    match &property["type"] {
        Json::String(name) => named(name),
        Json::Array(names) => {
            let names: Vec<String> = names.iter().filter_map(Json::as_str).filter(|n| *n != "null").map(named).collect();
            format!("{} (optional)", names.join(" or "))
        }
        _ => match property["anyOf"].as_array().or(property["oneOf"].as_array()) {
            Some(options) => {
                let mut names: Vec<String> = options.iter().filter(|o| o["type"] != "null").map(|o| kind(o, root)).collect();
                names.dedup();
                let optional = if options.iter().any(|o| o["type"] == "null") { " (optional)" } else { "" };
                format!("{}{optional}", names.join(" or "))
            }
            None => "anything".into(),
        },
    }
}

/// The values that an enumeration allows, with their meanings.
fn values(property: &Json, root: &Json) -> Vec<(String, String)> {
    let property = resolve(property, root);
    if let Some(all) = property["enum"].as_array() {
        return all.iter().map(|v| (v.to_string(), String::new())).collect();
    }
    let mut found = Vec::new();
    for option in property["oneOf"].as_array().or(property["anyOf"].as_array()).into_iter().flatten() {
        if let Some(value) = option.get("const") {
            found.push((value.to_string(), option["description"].as_str().unwrap_or_default().to_owned()));
        } else if option["type"] != "null" {
            found.extend(values(option, root));
        }
    }
    found
}

fn resolve<'s>(property: &'s Json, root: &'s Json) -> &'s Json {
    let target = property["$ref"].as_str().and_then(|path| path.strip_prefix('#')).and_then(|path| root.pointer(path));
    target.unwrap_or(property)
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A paragraph, indented and broken at 96 columns.
fn paragraph(text: &str, page: &mut String) {
    let mut line = String::from("     ");
    for word in text.split_whitespace() {
        if line.len() + word.len() > 96 {
            page.push_str(line.trim_end());
            page.push('\n');
            line = String::from("     ");
        }
        line.push(' ');
        line.push_str(word);
    }
    page.push_str(line.trim_end());
    page.push('\n');
}
