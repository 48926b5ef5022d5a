//! `standoff check`: pipelines and rules before any text is read.

use anstream::{eprintln, println};
use standoff::relation::{RuleSource, Rules};
use standoff::{Document, Layer, Output, Pipeline, Span, Token};

use crate::Failure;
use crate::arguments::Check;
use crate::list::{gives, needs};
use crate::pipelines;

/// Exit status 0 if all is well, 1 if a check says no.
pub(crate) fn check(options: &Check) -> Result<i32, Failure> {
    let mut good = true;
    if options.files.is_empty() {
        show(&pipelines::load(None, &options.plugins)?.0, "the embedded news pipeline");
        good &= rules(RuleSource::Bundled, "the bundled rules")?;
    }
    for path in &options.files {
        let name = path.display().to_string();
        if path.extension().is_some_and(|e| e == "rules") {
            good &= rules(RuleSource::File(path.clone()), &name)?;
            continue;
        }
        match pipelines::load(Some(path), &options.plugins) {
            Ok((pipeline, _)) => show(&pipeline, &name),
            Err(Failure::Pipeline(diagnostics)) => {
                eprintln!("{}", diagnostics.styled());
                good = false;
            }
            Err(other) => return Err(other),
        }
    }
    Ok(if good { 0 } else { 1 })
}

fn show(pipeline: &Pipeline, name: &str) {
    println!("{name}: good");
    let width = pipeline.steps().iter().map(|s| s.name().len()).max().unwrap_or(0);
    for (number, step) in pipeline.steps().iter().enumerate() {
        println!("  {}. {:width$}  {} → {}", number + 1, step.name(), needs(step.layers()), gives(step.layers()));
    }
    if !pipeline.warnings().is_empty() {
        eprintln!("{}", pipeline.warnings().styled());
    }
}

/// Compiles rules and runs their examples, whose texts are cut by the same tokenizer that documents are.
fn rules(source: RuleSource, name: &str) -> Result<bool, Failure> {
    let rules = match Rules::compile(&[source]) {
        Ok(rules) => rules,
        Err(error) => {
            eprintln!("{error}");
            return Ok(false);
        }
    };
    let tokenizer = Pipeline::builder().annotator("tokenizer").build()?;
    let tokens = |text: &str| -> Vec<Span> {
        let Ok(mut document) = Document::new(text.to_owned()) else { return Vec::new() };
        match tokenizer.annotate(&mut document, &mut Output::new()) {
            Ok(_) => document.layer(Token::NAME).iter().filter_map(|row| row.span()).collect(),
            Err(_) => Vec::new(),
        }
    };
    let report = rules.check_with(&tokens);
    report.failures.iter().for_each(|note| eprintln!("{note}"));
    report.notes.iter().for_each(|note| println!("{note}"));
    let verdict = if report.is_good() { "good".into() } else { format!("{} wrong", report.failures.len()) };
    println!("{name}: {} rules, {} examples: {verdict}", rules.len(), report.examples);
    Ok(report.is_good())
}
