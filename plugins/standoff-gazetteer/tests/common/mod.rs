//! What the suites share: the tokeniser and the gazetteer over one text.

use std::path::Path;

use serde_json::Value;
use standoff_core::{AnyPlugin, BuildContext, Document, Error, Output, Provenance, Task};

/// A text with what the plugin finds in it; without the tokeniser if it cuts words itself.
pub(crate) fn annotate(text: &str, settings: &Value, base: &Path) -> Result<Document<'static>, Error> {
    let mut document = Document::new(text.to_owned())?;
    let mut output = Output::new();
    let context = BuildContext::new(base);
    let plugins: [(&dyn AnyPlugin, Value); 2] =
        [(&standoff_tokenizer::Tokenizer, serde_json::json!({})), (&standoff_gazetteer::Gazetteer, settings.clone())];
    let without_tokens = usize::from(settings.get("own_words") == Some(&Value::Bool(true)));
    for (plugin, settings) in plugins.into_iter().skip(without_tokens) {
        let annotator = plugin.build(&settings, &context)?;
        let manifest = plugin.manifest();
        let provenance = Provenance { annotator: manifest.name, version: manifest.version, settings: String::new() };
        output.begin(&document, &Task::of(provenance, plugin.layers(&settings)?));
        annotator.annotate(&document, &mut output)?;
        document.commit(&mut output)?;
    }
    Ok(document)
}
