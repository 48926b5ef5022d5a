//! Which documents a run reads, and from where. Reading bytes is done here, one document after another; parsing them is
//! put off, so that it happens in the threads that annotate.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use standoff::io::jsonl::{self, Schemas};
use standoff::io::text;
use standoff::runner::SourceDocument;
use standoff::{Document, Error};

use crate::dateline::Dateline;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// By the file's ending (.jsonl, .ndjson, .json: JSON; anything else: text); for stdin, JSON Lines if it begins with `{`.
    Auto,
    /// Plain text: a document a file.
    Text,
    /// JSON Lines: a document a line.
    Jsonl,
}

/// One place to read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Stdin,
    File(PathBuf),
}

impl Input {
    /// Its name in messages.
    pub(crate) fn name(&self) -> String {
        match self {
            Input::Stdin => "stdin".into(),
            Input::File(path) => path.display().to_string(),
        }
    }
}

/// The inputs that arguments name: `-`, files, folders (all texts and JSON Lines below, by name) and patterns.
///
/// # Errors
/// If an argument names nothing that exists, or a pattern is malformed or matches nothing.
pub(crate) fn expand(arguments: &[String]) -> Result<Vec<Input>, Error> {
    let mut inputs = Vec::new();
    for argument in arguments {
        let path = Path::new(argument);
        if argument == "-" {
            inputs.push(Input::Stdin);
        } else if path.is_dir() {
            let before = inputs.len();
            walk(path, &mut inputs)?;
            if inputs.len() == before {
                return Err(Error::io(format!("{argument}: no file below ends in .txt, .text, .md, .jsonl, .ndjson or .json"))
                    .help("name the files, or give a pattern in quotes such as '**/*.news'"));
            }
        } else if path.exists() {
            inputs.push(Input::File(path.to_owned()));
        } else if argument.contains(['*', '?', '[']) {
            let paths = glob::glob(argument).map_err(|e| Error::io(format!("{argument}: not a pattern: {}", e.msg)))?;
            let mut matched = false;
            for found in paths {
                let found = found.map_err(|e| Error::io(e.path().display().to_string()).with_source(std::io::Error::from(e)))?;
                if !found.is_dir() {
                    inputs.push(Input::File(found));
                    matched = true;
                }
            }
            if !matched {
                return Err(Error::io(format!("{argument}: no file matches this pattern")));
            }
        } else {
            return Err(Error::io(format!("{argument}: there is no such file")).help("`standoff run --help` shows how to name inputs"));
        }
    }
    Ok(inputs)
}

fn walk(folder: &Path, inputs: &mut Vec<Input>) -> Result<(), Error> {
    let cannot = |e| Error::io(format!("{}: cannot be read", folder.display())).with_source(e);
    let mut entries = std::fs::read_dir(folder).map_err(cannot)?.collect::<Result<Vec<_>, _>>().map_err(cannot)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().map_err(cannot)?;
        if kind.is_dir() {
            walk(&path, inputs)?;
        } else if ending(&path).is_some_and(|e| ["txt", "text", "md", "jsonl", "ndjson", "json"].contains(&e.as_str())) {
            inputs.push(Input::File(path));
        }
    }
    Ok(())
}

fn ending(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_lowercase())
}

/// Whether all inputs are plain text. What stdin holds is told by its first bytes, which stay to be read.
///
/// # Errors
/// If stdin cannot be read.
pub(crate) fn all_text(inputs: &[Input], form: Form) -> Result<bool, Error> {
    if form != Form::Auto {
        return Ok(form == Form::Text);
    }
    for input in inputs {
        let json = match input {
            Input::Stdin => {
                begins_with_brace(&mut std::io::stdin().lock()).map_err(|e| Error::io("stdin cannot be read").with_source(e))?
            }
            Input::File(path) => is_json(path),
        };
        if json {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_json(path: &Path) -> bool {
    ending(path).is_some_and(|e| ["jsonl", "ndjson", "json"].contains(&e.as_str()))
}

/// What documents are given that do not say otherwise.
#[derive(Debug)]
pub(crate) struct Defaults {
    pub(crate) schemas: Schemas,
    pub(crate) date: Option<String>,
    pub(crate) dateline: Option<Dateline>,
    pub(crate) language: Option<String>,
}

impl Defaults {
    fn fill(&self, mut document: Document<'static>) -> Document<'static> {
        if document.meta().date.is_none() {
            let found = self.date.clone().or_else(|| self.dateline.as_ref()?.date(document.text()));
            document.meta_mut().date = found;
        }
        if document.meta().language.is_none() {
            document.meta_mut().language.clone_from(&self.language);
        }
        document
    }

    fn text(&self, id: &str, bytes: Vec<u8>) -> Result<Document<'static>, Error> {
        Ok(self.fill(text::read(id, bytes)?))
    }

    fn json(&self, id: &str, bytes: &[u8]) -> Result<Document<'static>, Error> {
        Ok(self.fill(jsonl::read(bytes, id, &self.schemas)?))
    }
}

/// Reads documents one after another, none before it is asked for.
pub(crate) struct Documents {
    inputs: VecDeque<Input>,
    form: Form,
    defaults: Arc<Defaults>,
    most: u64,
    lines: Option<Lines>,
}

struct Lines {
    reader: Box<dyn BufRead + Send>,
    name: String,
    number: u64,
}

impl Documents {
    /// The documents of `inputs`; one of more than `most` bytes is an error of its own.
    pub(crate) fn new(inputs: Vec<Input>, form: Form, defaults: Defaults, most: u64) -> Documents {
        Documents { inputs: inputs.into(), form, defaults: Arc::new(defaults), most, lines: None }
    }

    fn open(&mut self, input: &Input) -> Option<SourceDocument> {
        let name = input.name();
        let opened: std::io::Result<Box<dyn BufRead + Send>> = match input {
            Input::Stdin => Ok(Box::new(BufReader::with_capacity(1 << 16, std::io::stdin()))),
            Input::File(path) => File::open(path).map(|f| Box::new(BufReader::with_capacity(1 << 16, f)) as _),
        };
        let mut reader = match opened {
            Ok(reader) => reader,
            Err(error) => return Some(SourceDocument::failed(name, Error::input("cannot be opened").with_source(error))),
        };
        let lines = match (self.form, input) {
            (Form::Text, _) => false,
            (Form::Jsonl, _) => true,
            // A `.json` file is one document, which may stretch over lines.
            (Form::Auto, Input::File(path)) => is_json(path) && ending(path).as_deref() != Some("json"),
            (Form::Auto, Input::Stdin) => match begins_with_brace(&mut *reader) {
                Ok(brace) => brace,
                Err(error) => return Some(SourceDocument::failed(name, Error::input("cannot be read").with_source(error))),
            },
        };
        if lines {
            self.lines = Some(Lines { reader, name, number: 0 });
            return None;
        }
        let mut bytes = Vec::new();
        if let Err(error) = reader.take(self.most.saturating_add(1)).read_to_end(&mut bytes) {
            return Some(SourceDocument::failed(name, Error::input("cannot be read").with_source(error)));
        }
        let size = bytes.len() as u64;
        if size > self.most {
            return Some(SourceDocument::failed(name, too_large(self.most)));
        }
        let json = self.form == Form::Auto && matches!(input, Input::File(path) if is_json(path));
        let (defaults, id) = (Arc::clone(&self.defaults), name.clone());
        let parse = move || if json { defaults.json(&id, &bytes) } else { defaults.text(&id, bytes) };
        Some(SourceDocument::deferred(name, size, parse))
    }
}

impl Iterator for Documents {
    type Item = SourceDocument;

    fn next(&mut self) -> Option<SourceDocument> {
        loop {
            if let Some(lines) = &mut self.lines {
                match lines.next(&self.defaults, self.most) {
                    Some(read) => return Some(read),
                    None => self.lines = None,
                }
            }
            let input = self.inputs.pop_front()?;
            if let Some(read) = self.open(&input) {
                return Some(read);
            }
        }
    }
}

impl Lines {
    fn next(&mut self, defaults: &Arc<Defaults>, most: u64) -> Option<SourceDocument> {
        loop {
            let mut line = Vec::new();
            let read = (&mut self.reader).take(most.saturating_add(1)).read_until(b'\n', &mut line);
            self.number += 1;
            let id = format!("{}:{}", self.name, self.number);
            match read {
                Ok(0) => return None,
                Ok(n) if n as u64 > most && line.last() != Some(&b'\n') => {
                    if let Err(error) = skip_line(&mut *self.reader) {
                        return Some(SourceDocument::failed(id, Error::input("cannot be read").with_source(error)));
                    }
                    return Some(SourceDocument::failed(id, too_large(most)));
                }
                Ok(n) => {
                    if line.iter().all(u8::is_ascii_whitespace) {
                        continue;
                    }
                    let (defaults, key, number) = (Arc::clone(defaults), id.clone(), u32::try_from(self.number).ok());
                    let name = self.name.clone();
                    let parse = move || defaults.json(&id, &line).map_err(|e| e.at(name, number, None));
                    return Some(SourceDocument::deferred(key, n as u64, parse));
                }
                Err(error) => {
                    // What cannot be read now cannot be read by trying again: this input ends here.
                    self.reader = Box::new(std::io::empty());
                    return Some(SourceDocument::failed(id, Error::input("cannot be read").with_source(error)));
                }
            }
        }
    }
}

fn too_large(most: u64) -> Error {
    Error::input(format!("more than {most} bytes")).help("raise the limit with --max-bytes")
}

fn skip_line(reader: &mut dyn BufRead) -> std::io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        match buffer.iter().position(|&b| b == b'\n') {
            Some(at) => {
                reader.consume(at + 1);
                return Ok(());
            }
            None => {
                let n = buffer.len();
                reader.consume(n);
            }
        }
    }
}

/// Whether the first byte that is neither white space nor of a byte order mark is `{`. Nothing is consumed, so what
/// lies past the first buffer is not looked at.
fn begins_with_brace(reader: &mut dyn BufRead) -> std::io::Result<bool> {
    let buffer = reader.fill_buf()?;
    let buffer = buffer.strip_prefix(b"\xef\xbb\xbf").unwrap_or(buffer);
    Ok(buffer.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{'))
}
