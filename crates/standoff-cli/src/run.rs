//! `standoff run`: documents through a pipeline.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, IsTerminal, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anstream::eprintln;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use standoff::io::jsonl::{self, Schemas, WriteOptions};
use standoff::io::offsets::Unit;
use standoff::io::table;
use standoff::runner::{Cancel, Done, Interruptible, RunOptions, Summary, run as run_pipeline};
use standoff::{Document, Error, Pipeline};

use crate::Failure;
use crate::arguments::{Format, Offsets, Run};
use crate::dateline::Dateline;
use crate::inputs::{self, Defaults, Documents, Form, Input};
use crate::output::{Sink, part_of};
use crate::pipelines;

/// How many documents that were set aside are told of; the report names all.
const TOLD: u64 = 10;

pub(crate) fn run(options: &Run) -> Result<i32, Failure> {
    let (file, rest) = match options.inputs.split_first() {
        Some((first, rest)) if first.ends_with(".toml") => (Some(Path::new(first)), rest),
        _ => (None, options.inputs.as_slice()),
    };
    // Loading starts the programs of process plugins, which must not be left behind.
    let cancel = Cancel::new();
    on_interrupt(&cancel, options.quiet)?;
    let (pipeline, _) = pipelines::load(file, &options.plugins)?;
    if !pipeline.warnings().is_empty() {
        eprintln!("{}", pipeline.warnings().styled());
    }
    let date = options.date.as_deref().map(check_date).transpose()?;
    let mut inputs = inputs::expand(rest)?;
    if rest.is_empty() {
        inputs.push(Input::Stdin);
    }
    if inputs.contains(&Input::Stdin) && std::io::stdin().is_terminal() && !options.quiet {
        eprintln!("reading a text from the terminal; end it with Ctrl-D");
    }
    let format = match options.format {
        Format::Auto => format_of(options.output.as_deref(), &inputs, options.from)?,
        format => format,
    };

    let mut schemas = Schemas::default();
    pipeline.schemas().for_each(|schema| schemas.add(schema.clone()));
    let dateline = if date.is_none() { Dateline::new() } else { None };
    let defaults = Defaults { schemas, date, dateline, language: options.language.clone() };
    let done = match &options.report {
        Some(report) if options.resume && report.exists() => read_done(report)?,
        _ => Done::default(),
    };
    let mut report = options.report.as_deref().map(|path| Report::open(path, options.resume)).transpose()?;
    let mut sink = open_sink(options, &done)?;

    let reads_stdin = inputs.contains(&Input::Stdin);
    let total = size_of(&inputs);
    let documents = Documents::new(inputs, options.from, defaults, options.max_bytes);
    let progress = progress_bar(options.quiet, total);
    let run_options =
        RunOptions { threads: options.threads, max_bytes: options.max_bytes, cancel: cancel.clone(), done, ..RunOptions::default() };
    let write_options = WriteOptions {
        unit: match options.offsets {
            Offsets::Char => Unit::Char,
            Offsets::Byte => Unit::Byte,
            Offsets::Utf16 => Unit::Utf16,
        },
        with_retracted: options.with_retracted,
        layers: options.layers.clone(),
    };
    let serialise = |document: &Document, out: &mut Vec<u8>| {
        if format == Format::Table {
            table::write(document, out);
            return Ok(());
        }
        jsonl::write(document, &write_options, out)
    };

    let mut broken_pipe = false;
    let result = {
        let deliver = |finished: standoff::runner::Finished<'_>| {
            match finished.result {
                Ok(bytes) => sink.write_all(bytes).map_err(|e| {
                    broken_pipe = e.kind() == std::io::ErrorKind::BrokenPipe;
                    Error::io("the results cannot be written").with_source(e)
                })?,
                Err(error) if finished.so_far.set_aside <= TOLD => {
                    progress.suspend(|| eprintln!("set aside: {}: {error}", finished.report.source));
                }
                Err(_) if finished.so_far.set_aside == TOLD + 1 => {
                    progress.suspend(|| eprintln!("set aside: more; --report FILE names all"));
                }
                Err(_) => {}
            }
            if let Some(report) = &mut report {
                report.add(finished.report, &mut sink)?;
            }
            progress.set_position(finished.so_far.bytes);
            progress.set_message(format!("{} documents", HumanCount(finished.so_far.done + finished.so_far.set_aside)));
            Ok(())
        };
        if reads_stdin {
            let source = Interruptible::new(documents, cancel.clone());
            run_pipeline(&pipeline, source, serialise, deliver, &run_options)
        } else {
            run_pipeline(&pipeline, documents, serialise, deliver, &run_options)
        }
    };
    progress.finish_and_clear();
    let summary = match result {
        Ok(summary) => summary,
        // Whoever read the results has enough of them, as `head` does.
        Err(_) if broken_pipe => return Ok(0),
        Err(error) => {
            let _ = sink.interrupt();
            return Err(error.into());
        }
    };
    if let Some(report) = &mut report {
        report.flush(&mut sink)?;
    }
    if summary.cancelled {
        let part = sink.interrupt()?;
        let finished = format!("interrupted after {}", counted(summary.done + summary.set_aside));
        match (part, &options.report) {
            (Some(part), Some(_)) => eprintln!("{finished}, which {} holds; the same command with --resume goes on", part.display()),
            (Some(part), None) => eprintln!("{finished}, which {} holds", part.display()),
            (None, _) => eprintln!("{finished}"),
        }
        return Ok(130);
    }
    sink.finish()?;
    if !options.quiet {
        tell(&summary, &pipeline);
    }
    if summary.set_aside > 0 {
        eprintln!("{} of {} documents were set aside", HumanCount(summary.set_aside), HumanCount(summary.set_aside + summary.done));
        return Ok(3);
    }
    Ok(0)
}

/// A date or a moment, ISO 8601, that exists.
fn check_date(date: &str) -> Result<String, Failure> {
    let day = date.split(['T', ' ']).next().unwrap_or_default();
    let parts: Vec<Option<u32>> = day.split('-').map(|part| part.parse().ok()).collect();
    let good = match parts.as_slice() {
        [Some(year), Some(month @ 1..=12), Some(day)] => {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let last = [31, 28 + u32::from(leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][*month as usize - 1];
            (1..=last).contains(day) && date.as_bytes().get(4) == Some(&b'-') && date.as_bytes().get(7) == Some(&b'-')
        }
        _ => false,
    };
    if good {
        return Ok(date.to_owned());
    }
    Err(Error::settings(format!("--date {date}: there is no such day")).help("write it as 2017-03-20").into())
}

fn format_of(output: Option<&Path>, inputs: &[Input], form: Form) -> Result<Format, Error> {
    if let Some(ending) = output.and_then(Path::extension) {
        return Ok(if ending == "txt" { Format::Table } else { Format::Jsonl });
    }
    if output.is_some_and(|path| path != Path::new("-")) {
        return Ok(Format::Jsonl);
    }
    Ok(if inputs::all_text(inputs, form)? { Format::Table } else { Format::Jsonl })
}

/// The first Ctrl-C lets the documents under way be finished and written; the second ends the program at once.
fn on_interrupt(cancel: &Cancel, quiet: bool) -> Result<(), Error> {
    let cancel = cancel.clone();
    let set = ctrlc::set_handler(move || {
        if cancel.is_cancelled() {
            standoff::process::end_all();
            std::process::exit(130);
        }
        // Said first, for the run may end as soon as it is cancelled.
        if !quiet {
            eprintln!("interrupted; the documents under way are being finished (again to end at once)");
        }
        cancel.cancel();
    });
    set.map_err(|e| Error::io("cannot catch Ctrl-C").with_source(e))
}

fn read_done(path: &Path) -> Result<Done, Error> {
    let file = File::open(path).map_err(|e| Error::io(format!("{}: cannot be opened", path.display())).with_source(e))?;
    Done::read(BufReader::new(file), false).map_err(|e| e.at(path, None, None))
}

/// The sink; of a run that is resumed, with exactly the documents that the report knows of.
fn open_sink(options: &Run, done: &Done) -> Result<Sink, Error> {
    let path = options.output.as_deref();
    if let (true, Some(path)) = (options.resume && done.written() > 0, path) {
        let part = part_of(path);
        if !part.exists() && path.metadata().is_ok_and(|m| m.len() == done.written()) {
            // The earlier run came to its end: go on from the finished file.
            std::fs::rename(path, &part).map_err(|e| Error::io(format!("{}: cannot be renamed", path.display())).with_source(e))?;
        }
        let length = part.metadata().map_or(0, |m| m.len());
        if length < done.written() {
            return Err(Error::io(format!(
                "the report says that {} bytes were written, but {} has {length}",
                done.written(),
                part.display()
            ))
            .help("start anew without --resume"));
        }
        return Sink::resume(path, done.written());
    }
    Sink::open(path)
}

/// Bytes of all inputs, if all are files.
fn size_of(inputs: &[Input]) -> Option<u64> {
    inputs.iter().map(|input| if let Input::File(path) = input { path.metadata().ok().map(|m| m.len()) } else { None }).sum()
}

/// Progress on stderr, if that is a terminal; it shows itself only after a moment.
fn progress_bar(quiet: bool, total: Option<u64>) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), "{bar:30} {msg}, {bytes} of {total_bytes}, {binary_bytes_per_sec}, {eta} left"),
        None => (ProgressBar::no_length(), "{spinner} {msg}, {bytes}, {binary_bytes_per_sec}"),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn counted(count: u64) -> String {
    if count == 1 { "1 document".into() } else { format!("{} documents", HumanCount(count)) }
}

/// The run in a few lines on stderr.
fn tell(summary: &Summary, pipeline: &Pipeline) {
    let rate = (summary.bytes as f64 / summary.seconds.max(1e-9)) as u64;
    let resumed = if summary.resumed > 0 { format!(", {} done before", HumanCount(summary.resumed)) } else { String::new() };
    let documents = counted(summary.done);
    eprintln!("{documents}{resumed}, {} in {:.2} s ({}/s)", HumanBytes(summary.bytes), summary.seconds, HumanBytes(rate));
    for step in pipeline.steps() {
        for (why, count) in summary.skipped.get(step.name()).into_iter().flatten() {
            eprintln!("  {} passed over {count} times: {why}", step.name());
        }
    }
}

/// A line a document. What the report says is done has been written before the report says so.
struct Report {
    file: File,
    path: PathBuf,
    pending: Vec<u8>,
}

impl Report {
    fn open(path: &Path, resume: bool) -> Result<Report, Error> {
        let cannot = |e| Error::io(format!("{}: cannot be written", path.display())).with_source(e);
        let mut file = OpenOptions::new().create(true).read(true).write(true).truncate(!resume).open(path).map_err(cannot)?;
        if resume {
            // A line that was cut off is that of a document which will be done again.
            let mut whole = 0;
            let mut reader = BufReader::new(&file);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line).map_err(cannot)? > 0 {
                if line.last() == Some(&b'\n') {
                    whole += line.len() as u64;
                }
                line.clear();
            }
            file.set_len(whole).map_err(cannot)?;
            file.seek(SeekFrom::Start(whole)).map_err(cannot)?;
        }
        Ok(Report { file, path: path.to_owned(), pending: Vec::new() })
    }

    fn add(&mut self, line: &standoff::runner::DocumentReport, sink: &mut Sink) -> Result<(), Error> {
        serde_json::to_writer(&mut self.pending, line).map_err(|e| Error::io("cannot write the report").with_source(e))?;
        self.pending.push(b'\n');
        if self.pending.len() >= 1 << 16 { self.flush(sink) } else { Ok(()) }
    }

    fn flush(&mut self, sink: &mut Sink) -> Result<(), Error> {
        sink.flush().map_err(|e| Error::io("the results cannot be written").with_source(e))?;
        let written = self.file.write_all(&self.pending).and_then(|()| self.file.flush());
        self.pending.clear();
        written.map_err(|e| Error::io(format!("{}: cannot be written", self.path.display())).with_source(e))
    }
}
