//! `standoff explain`: what an annotator does, and why it finds what it finds.

use std::fmt::Write;

use serde_json::json;
use standoff::runner::{PipelineFile, Step};
use standoff::{AnyPlugin, Document, Error, Example, Layers, Loader, Manifest, Output, Pipeline, Row, Value, nearest, news};

use crate::Failure;
use crate::arguments::Explain;
use crate::{pipelines, settings_page};

pub(crate) fn explain(options: &Explain) -> Result<String, Failure> {
    let mut page = String::new();
    let asks = options.text.is_some() || options.file.is_some() || options.rules || options.rule.is_some();
    let (pipeline, mut loader) = match pipeline(options) {
        Ok(found) => found,
        // A plugin that cannot do without settings, or reads what the embedded pipeline lacks, can still be described.
        Err(failure) if !asks && options.pipeline.is_none() => {
            let mut loader = pipelines::plugins(&options.plugins)?;
            if loader.registry().names().all(|name| name != options.annotator) {
                return Err(failure);
            }
            let plugin = loader.registry().get(&options.annotator)?;
            let manifest = plugin.manifest();
            describe(&manifest, &plugin.layers(&json!({})).unwrap_or_default(), plugin, &mut page);
            if example(&manifest.example, &mut page) && !manifest.example.settings.is_empty() {
                example_with_settings(&manifest, &mut loader, &mut page);
            }
            return Ok(page);
        }
        Err(failure) => return Err(failure),
    };
    let names: Vec<&str> = pipeline.steps().iter().map(Step::name).collect();
    let step = pipeline.step(&options.annotator).ok_or_else(|| {
        let near = nearest(&options.annotator, names.iter().copied()).map(|n| format!("did you mean `{n}`? ")).unwrap_or_default();
        Error::settings(format!("there is no annotator `{}`", options.annotator)).help(format!("{near}there are {}", names.join(", ")))
    })?;
    if let Some(text) = text(options)? {
        let mut document = document(&text, options.date.as_deref())?;
        findings(&pipeline, step, &mut document, options.rule.as_deref(), &mut page)?;
    } else if options.rules || options.rule.is_some() {
        rules(step, options.rule.as_deref(), &mut page)?;
    } else {
        describe(step.manifest(), step.layers(), loader.registry().get(&step.manifest().name)?, &mut page);
        shown_example(&pipeline, step, &mut loader, &mut page)?;
    }
    Ok(page)
}

/// The named pipeline; or the embedded one, with the annotator added where it lacks it.
fn pipeline(options: &Explain) -> Result<(Pipeline, Loader), Failure> {
    if let Some(path) = &options.pipeline {
        return pipelines::load(Some(path), &options.plugins);
    }
    let mut loader = pipelines::plugins(&options.plugins)?;
    let embedded = PipelineFile::parse(news::SOURCE, news::NAME)?;
    let pipeline = loader.pipeline(embedded)?;
    if pipeline.step(&options.annotator).is_some() || !loader.registry().names().any(|n| n == options.annotator) {
        return Ok((pipeline, loader));
    }
    let extended = format!("{}\n[[annotator]]\nuse = \"{}\"\n", news::SOURCE, options.annotator);
    Ok((loader.pipeline(PipelineFile::parse(&extended, news::NAME)?)?, loader))
}

fn text(options: &Explain) -> Result<Option<String>, Error> {
    match (&options.text, &options.file) {
        (Some(text), _) => Ok(Some(text.clone())),
        (None, Some(path)) => {
            let bytes = std::fs::read(path).map_err(|e| Error::io(format!("{}: cannot be read", path.display())).with_source(e))?;
            Ok(Some(standoff::io::text::decode(bytes).map_err(|e| e.at(path, None, None))?))
        }
        (None, None) => Ok(None),
    }
}

fn document(text: &str, date: Option<&str>) -> Result<Document<'static>, Error> {
    let document = Document::new(text.to_owned())?;
    Ok(match date {
        Some(date) => document.with_date(date),
        None => document,
    })
}

fn describe(manifest: &Manifest, layers: &Layers, plugin: &dyn AnyPlugin, page: &mut String) {
    let _ = writeln!(page, "{} {}\n{}\n", manifest.name, manifest.version, manifest.summary);
    if !manifest.languages.is_empty() {
        let _ = writeln!(page, "Languages: {}\n", manifest.languages.join(", "));
    }
    page.push_str("Layers\n");
    let reads = |reads: &[standoff::LayerRead]| reads.iter().map(|l| l.name.as_str()).collect::<Vec<_>>().join(" ");
    let gives = layers.gives.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(" ");
    let mut any = false;
    for (label, names) in
        [("needs", reads(&layers.needs)), ("uses", reads(&layers.uses)), ("gives", gives), ("revises", layers.revises.join(" "))]
    {
        if !names.is_empty() {
            any = true;
            let _ = writeln!(page, "  {label:8}{names}");
        }
    }
    if !any {
        page.push_str("  those that its settings say\n");
    }
    page.push_str("\nSettings\n");
    settings_page::write(&plugin.settings_schema(), page);
}

/// The heading and the text of a worked example; whether there is one.
fn example(example: &Example, page: &mut String) -> bool {
    if example.text.is_empty() {
        return false;
    }
    let date = example.date.as_deref().map(|d| format!(" (document of {d})")).unwrap_or_default();
    let _ = writeln!(page, "\nExample{date}\n  {}\n", example.text);
    true
}

fn shown_example(pipeline: &Pipeline, step: &Step, loader: &mut Loader, page: &mut String) -> Result<(), Error> {
    let worked = &step.manifest().example;
    if example(worked, page) && !worked.settings.is_empty() {
        // The settings of the pipeline may make it something else than the example is about.
        example_with_settings(step.manifest(), loader, page);
    } else if !worked.text.is_empty() {
        let mut document = document(&worked.text, worked.date.as_deref())?;
        pipeline.annotate(&mut document, &mut Output::new())?;
        rows(&document, step, page);
    }
    let count = step.annotator().rules().len();
    if count > 0 {
        let _ = writeln!(page, "\n{count} rules: `standoff explain {} --rules` lists them.", step.name());
    }
    Ok(())
}

/// The pipeline of an example with settings, and what it finds. Where it cannot be run, as when a program is not there, what
/// the plugin promises is shown.
fn example_with_settings(manifest: &Manifest, loader: &mut Loader, page: &mut String) {
    let worked = &manifest.example;
    let file = format!("[[annotator]]\nuse = \"{}\"\n{}", manifest.name, worked.settings);
    let _ = writeln!(page, "in the pipeline\n\n{}\n\nfinds\n", file.trim_end());
    let mut run = || -> Result<String, Failure> {
        let pipeline = loader.pipeline(PipelineFile::parse(&file, "example")?)?;
        let mut document = document(&worked.text, worked.date.as_deref())?;
        pipeline.annotate(&mut document, &mut Output::new())?;
        let mut found = String::new();
        pipeline.steps().iter().for_each(|step| rows(&document, step, &mut found));
        Ok(found)
    };
    match run() {
        Ok(found) => page.push_str(&found),
        Err(_) => {
            // What went wrong is of no interest to whoever asks what the plugin is.
            for row in &worked.finds {
                let attributes: String = row.attributes.iter().map(|(name, value)| format!(" {name}={value}")).collect();
                let _ = writeln!(page, "  {} “{}”{attributes}", row.layer, row.covers);
            }
            page.push_str("\n(It cannot be run here; this is what it promises.)\n");
        }
    }
}

fn rules(step: &Step, wanted: Option<&str>, page: &mut String) -> Result<(), Error> {
    let all = step.annotator().rules();
    if let Some(wanted) = wanted
        && !all.iter().any(|rule| rule.id == wanted)
    {
        let near = nearest(wanted, all.iter().map(|r| r.id.as_str())).map(|n| format!("did you mean `{n}`? ")).unwrap_or_default();
        return Err(Error::settings(format!("`{}` has no rule `{wanted}`", step.name()))
            .help(format!("{near}`standoff explain {} --rules` lists them", step.name())));
    }
    for rule in all.iter().filter(|rule| wanted.is_none_or(|w| rule.id == w)) {
        let _ = writeln!(page, "{}\n  {}", rule.id, rule.summary);
        for (label, what) in [("example", &rule.example), ("place", &rule.place)] {
            if !what.is_empty() {
                let _ = writeln!(page, "  {label}: {what}");
            }
        }
    }
    Ok(())
}

fn findings(
    pipeline: &Pipeline,
    step: &Step,
    document: &mut Document<'static>,
    rule: Option<&str>,
    page: &mut String,
) -> Result<(), Error> {
    pipeline.annotate(document, &mut Output::new())?;
    rows(document, step, page);
    document.restrict(Some(step.task()));
    let why = step.annotator().explain(document, rule);
    document.restrict(None);
    if let Some(why) = why? {
        let _ = writeln!(page, "\n{}", why.trim_end());
    }
    Ok(())
}

/// What an annotator found, a line a row, rows that were retracted later among them.
fn rows(document: &Document, step: &Step, page: &mut String) {
    let mut any = false;
    let mut layers: Vec<&str> = step.layers().gives.iter().map(|s| s.name.as_str()).collect();
    layers.dedup();
    for layer in layers {
        let view = document.layer(layer).with_retracted();
        for row in view.iter().filter(|r| document.provenance(r.segment()).is_some_and(|p| p.annotator == step.name())) {
            any = true;
            let _ = write!(page, "  {layer}");
            if let Some(span) = row.span() {
                let _ = write!(page, " “{}”", document.slice(span).split_whitespace().collect::<Vec<_>>().join(" "));
            }
            for attribute in &row.segment().schema().attributes {
                if let Some(value) = row.get(&attribute.name) {
                    let _ = write!(page, " {}={}", attribute.name, shown(document, value));
                }
            }
            if let Some(rule) = row.rule() {
                let _ = write!(page, " rule={rule}");
            }
            if let Some(retraction) = document.retractions().iter().find(|r| r.row == row.id()) {
                let by = document.made_by().get(retraction.by as usize).map_or("?", |p| p.annotator.as_str());
                let _ = write!(page, " (retracted by {by}: {})", retraction.rule);
            }
            page.push('\n');
        }
    }
    if !any {
        let _ = writeln!(page, "  {} finds nothing", step.name());
    }
}

fn shown(document: &Document, value: Value) -> String {
    let named = |row: Option<Row>| match row {
        Some(row) => match row.span() {
            Some(span) => format!("“{}”", document.slice(span)),
            None => row.str("name").unwrap_or("?").to_owned(),
        },
        None => "?".into(),
    };
    match value {
        Value::U32(x) => x.to_string(),
        Value::I64(x) => x.to_string(),
        Value::F64(x) => x.to_string(),
        Value::Bool(x) => x.to_string(),
        Value::Str(x) => x.to_owned(),
        Value::Ref(x) => named(document.row(x)),
        Value::RefList(x) => x.iter().map(|&r| named(document.row(r))).collect::<Vec<_>>().join("+"),
        Value::Named(x) => {
            let items = x.iter().map(|(name, value)| match value {
                standoff::NamedValue::Row(r) => format!("{name}: {}", named(document.row(r))),
                standoff::NamedValue::Str(s) => format!("{name}: {s}"),
            });
            format!("({})", items.collect::<Vec<_>>().join(", "))
        }
        _ => json!(null).to_string(),
    }
}
