//! Prints what the bundled lists find in a text: `cargo run -p standoff-gazetteer --example places -- FILE [SETTINGS]`,
//! with the settings as JSON. `--explain` in front says why.
#![allow(clippy::print_stdout, reason = "an example that shows its results")]

use standoff_core::{AnyPlugin, BuildContext, Document, Error, Mention, Output, Provenance, Task};

fn main() -> Result<(), Error> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let explain = arguments.first().is_some_and(|a| a == "--explain");
    if explain {
        arguments.remove(0);
    }
    let Some(file) = arguments.first() else { return Err(Error::input("name a text file")) };
    let text = std::fs::read_to_string(file)?;
    let settings = arguments.get(1).map_or("{}", String::as_str);
    let settings = serde_json::from_str(settings).map_err(|e| Error::settings("the settings are no JSON").with_source(e))?;

    let mut document = Document::new(text)?;
    let mut output = Output::new();
    let context = BuildContext::default();
    let plugins: [(&dyn AnyPlugin, serde_json::Value); 2] =
        [(&standoff_tokenizer::Tokenizer, serde_json::json!({})), (&standoff_gazetteer::Gazetteer, settings)];
    for (plugin, settings) in plugins {
        let annotator = plugin.build(&settings, &context)?;
        let manifest = plugin.manifest();
        let provenance = Provenance { annotator: manifest.name, version: manifest.version, settings: String::new() };
        let task = Task::of(provenance, plugin.layers(&settings)?);
        output.begin(&document, &task);
        annotator.annotate(&document, &mut output)?;
        document.commit(&mut output)?;
        if explain && let Some(text) = annotator.explain(&document, None)? {
            println!("{text}");
        }
    }
    for mention in document.rows::<Mention>().iter() {
        let covered = document.slice(mention.span);
        println!("{}\t{}\t{covered}\t{}\t{}", mention.span.start, mention.kind, mention.name.unwrap_or(""), mention.row.id.unwrap_or(""));
    }
    Ok(())
}
