//! `standoff gazetteer build`, `add` and `merge`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anstream::eprintln;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use standoff::gazetteer::{self as library, BuildOptions, Columns, Defaults, Folding, Format, Meta, Progress, SourceList};
use standoff::{Error, nearest};

use super::arguments::{Add, Build, Case, Compile, Distinguish, Form, Merge, Sources};
use crate::Failure;

pub(crate) fn build(options: &Build) -> Result<i32, Failure> {
    let sources = sources(&options.sources)?;
    let begun = Instant::now();
    let progress = bar(options.compile.quiet);
    let result = library::build(&sources, &options.output, &compile(&options.compile)?, &mut |p| tell(&progress, p));
    progress.finish_and_clear();
    summary(&options.output, &result?, begun, options.compile.quiet);
    tell_additions(&options.output);
    Ok(0)
}

pub(crate) fn add(options: &Add) -> Result<i32, Failure> {
    let sources = sources(&options.sources)?;
    let begun = Instant::now();
    let progress = bar(options.compile.quiet);
    let result = library::add(&options.file, &sources, &compile(&options.compile)?, &mut |p| tell(&progress, p));
    progress.finish_and_clear();
    let (out, meta) = result?;
    summary(&out, &meta, begun, options.compile.quiet);
    Ok(0)
}

pub(crate) fn merge(options: &Merge) -> Result<i32, Failure> {
    let begun = Instant::now();
    let progress = bar(options.quiet);
    let compile = BuildOptions { memory: options.memory, ..BuildOptions::default() };
    let result = library::merge(&options.files, &options.output, &compile, &mut |p| tell(&progress, p));
    progress.finish_and_clear();
    summary(&options.output, &result?, begun, options.quiet);
    // What was merged into its own place has its additions in it now.
    let same = |file: &PathBuf| matches!((file.canonicalize(), options.output.canonicalize()), (Ok(a), Ok(b)) if a == b);
    if options.files.iter().any(same) {
        library::remove_additions(&options.output)?;
    }
    tell_additions(&options.output);
    Ok(0)
}

fn sources(options: &Sources) -> Result<Vec<SourceList>, Error> {
    if !options.columns.is_empty() {
        Columns::new(options.columns.iter().map(String::as_str))?;
    }
    let kind = options.kind.clone();
    if let Some(kind) = &kind {
        library::check_type(kind)?;
    }
    let differs = |what| options.distinguish.contains(&what);
    let folding = Folding {
        case: match options.case {
            Case::Capitals => library::Case::Capitals,
            Case::Ignore => library::Case::Ignore,
            Case::Exact => library::Case::Exact,
        },
        diacritics: !differs(Distinguish::Diacritics),
        hyphens: !differs(Distinguish::Hyphens),
        apostrophes: !differs(Distinguish::Apostrophes),
        periods: !differs(Distinguish::Periods),
        abbreviations: !differs(Distinguish::Abbreviations),
    };
    let defaults = Defaults {
        kind,
        columns: Some(options.columns.clone()).filter(|c| !c.is_empty()),
        alternate_names: options.alternate_names.clone(),
        min_population: options.min_population,
        languages: options.language.clone(),
    };
    let default_format = options.format.map(|form| match form {
        Form::Tsv => Format::Tsv,
        Form::Csv => Format::Csv,
        Form::Jsonl => Format::JsonLines,
        Form::Toml => Format::Toml,
        Form::Geonames => Format::GeoNames,
        Form::Wikidata => Format::Wikidata,
        Form::Skos => Format::Skos,
    });
    let mut all = Vec::new();
    for list in &options.lists {
        let (format, path) = match form_in_front(list)? {
            Some((format, path)) => (Some(format), path),
            None => (default_format, list.as_str()),
        };
        let format = match format {
            Some(format) => format,
            None => Format::of(Path::new(path))
                .map_err(|e| e.help(format!("put the form in front of a list, as in `geonames:{path}`; the forms are {}", forms())))?,
        };
        all.push(SourceList { path: path.into(), format, defaults: defaults.clone(), folding });
    }
    if all.iter().filter(|l| l.path == Path::new("-")).count() > 1 {
        return Err(Error::settings("stdin is named twice").help("it can be read once"));
    }
    if options.alternate_names.is_some() && !all.iter().any(|l| l.format == Format::GeoNames) {
        return Err(Error::settings("--alternate-names is for dumps of GeoNames, and there is none among the lists")
            .help("put the form in front of the dump: `geonames:allCountries.txt`"));
    }
    Ok(all)
}

fn forms() -> String {
    Format::NAMES.map(|(name, _)| name).join(", ")
}

/// The form that stands before the path of a list. A path may have a colon too.
fn form_in_front(list: &str) -> Result<Option<(Format, &str)>, Error> {
    let Some((form, path)) = list.split_once(':') else { return Ok(None) };
    if let Some(format) = Format::named(form) {
        return Ok(Some((format, path)));
    }
    // A drive letter, or a file that has such a name.
    if form.len() <= 1 || Path::new(list).exists() || !form.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    let help = match nearest(form, Format::NAMES.map(|(name, _)| name)) {
        Some(near) => format!("did you mean `{near}:{path}`?"),
        None => format!("the forms are {}", forms()),
    };
    Err(Error::settings(format!("`{form}` is no form of a list, and there is no file `{list}`")).help(help))
}

fn compile(options: &Compile) -> Result<BuildOptions, Error> {
    for language in &options.inflect {
        if !BuildOptions::INFLECTED.contains(&language.as_str()) {
            return Err(Error::settings(format!("`{language}` is no language whose names are inflected"))
                .help(format!("allowed are {}", BuildOptions::INFLECTED.join(", "))));
        }
    }
    Ok(BuildOptions { memory: options.memory, inflect: options.inflect.clone(), ..BuildOptions::default() })
}

fn bar(quiet: bool) -> ProgressBar {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn tell(bar: &ProgressBar, progress: Progress<'_>) {
    let names = format!("{} names of {} things", HumanCount(progress.names), HumanCount(progress.entries));
    bar.set_message(match progress.list {
        Some(list) => format!("{}: {names}", list.display()),
        None => format!("{names}; sorting and writing"),
    });
}

fn summary(path: &Path, meta: &Meta, begun: Instant, quiet: bool) {
    if quiet {
        return;
    }
    let bytes = path.metadata().map_or(0, |m| m.len());
    eprintln!(
        "{}: {} names of {} things, {}, {:.1} bytes a name, {:.1} s",
        path.display(),
        HumanCount(meta.names),
        HumanCount(meta.entries),
        HumanBytes(bytes),
        bytes as f64 / meta.names.max(1) as f64,
        begun.elapsed().as_secs_f64()
    );
    if meta.names == 0 {
        eprintln!("warning: none of the lists has a name");
    }
}

/// Additions of a file that was there before are read on top of the new one: nobody should be surprised by that.
fn tell_additions(path: &Path) {
    let additions = library::additions(path);
    if !additions.is_empty() {
        let names: Vec<String> = additions.iter().map(|a| a.display().to_string()).collect();
        eprintln!(
            "note: {} is read on top of it; remove what is not wanted, or `standoff gazetteer merge {} -o {}`",
            names.join(", "),
            path.display(),
            path.display()
        );
    }
}
