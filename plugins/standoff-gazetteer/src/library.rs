//! Compiled gazetteers as files: build, look into, add to, merge.

use std::fs;
use std::path::{Path, PathBuf};

use standoff_core::Error;

use crate::build::{BuildOptions, Builder, ListMeta, Meta};
use crate::folding::Folding;
use crate::index::{Index, Posting};
use crate::record::{Alias, Record, Role};
use crate::scan::{Candidate, ScanBuffers, scan};
use crate::sort::Sorter;
use crate::source::{self, Defaults, Format};
use crate::unit::units_of_name;

/// One list to compile.
#[derive(Clone, Debug)]
pub struct SourceList {
    /// The file; `-` is standard input.
    pub path: PathBuf,
    /// Its form.
    pub format: Format,
    /// What it does not say itself.
    pub defaults: Defaults,
    /// What of a text may differ from its names.
    pub folding: Folding,
}

impl SourceList {
    /// A list whose form its name tells.
    ///
    /// # Errors
    /// If its name tells no form.
    pub fn new(path: impl Into<PathBuf>) -> Result<SourceList, Error> {
        let path = path.into();
        let format = Format::of(&path)?;
        Ok(SourceList { path, format, defaults: Defaults::default(), folding: Folding::default() })
    }
}

/// How far a build is: names taken so far, and the list at work.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'p> {
    /// Names taken so far.
    pub names: u64,
    /// Things taken so far.
    pub entries: u64,
    /// The list that is being read; none while the file is written.
    pub list: Option<&'p Path>,
}

/// The path of a list that stands for standard input.
const STDIN: &str = "-";
/// How often progress is told, in things.
const TOLD_EVERY: u64 = 100_000;

/// Compiles lists into a file, written whole or not at all.
///
/// # Errors
/// If a list cannot be read or the file cannot be written.
pub fn build(sources: &[SourceList], out: &Path, options: &BuildOptions, progress: &mut dyn FnMut(Progress<'_>)) -> Result<Meta, Error> {
    if sources.is_empty() {
        return Err(Error::settings("there is nothing to build from").help("name at least one list"));
    }
    let mut builder = Builder::new(options.clone());
    for list in sources {
        let stdin = list.path == Path::new(STDIN);
        let path = if stdin { Path::new("stdin") } else { &list.path };
        let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        builder.list(ListMeta { name, folding: list.folding });
        let mut take = |record: Record| {
            builder.add(&record)?;
            let (names, entries) = builder.counts();
            if entries.is_multiple_of(TOLD_EVERY) {
                progress(Progress { names, entries, list: Some(path) });
            }
            Ok(())
        };
        if stdin {
            source::read(path, std::io::stdin().lock(), list.format, &list.defaults, &mut take)?;
        } else {
            source::read_file(path, list.format, &list.defaults, &mut take)?;
        }
    }
    let (names, entries) = builder.counts();
    progress(Progress { names, entries, list: None });
    builder.write(out)
}

/// The additions of a compiled file: `names.1.sgz`, `names.2.sgz` … beside `names.sgz`, in their order.
#[must_use]
pub fn additions(path: &Path) -> Vec<PathBuf> {
    (1..).map(|n| addition(path, n)).take_while(|p| p.is_file()).collect()
}

fn addition(path: &Path, number: u32) -> PathBuf {
    path.with_extension(format!("{number}.sgz"))
}

/// Puts lists on top of a compiled file without building it again: they are compiled into an addition beside it, which
/// every pipeline that names the file reads too. Returns the addition and what it says of itself.
///
/// # Errors
/// If the file is no compiled gazetteer, a list cannot be read, or the addition cannot be written.
pub fn add(
    base: &Path,
    sources: &[SourceList],
    options: &BuildOptions,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(PathBuf, Meta), Error> {
    Index::open(base)?;
    let out = addition(base, additions(base).len() as u32 + 1);
    let meta = build(sources, &out, options, progress)?;
    Ok((out, meta))
}

/// Opens a compiled file and its additions.
///
/// # Errors
/// If one of them cannot be read or is damaged.
pub fn open_all(path: &Path) -> Result<Vec<Index>, Error> {
    let mut all = vec![Index::open(path)?];
    for addition in additions(path) {
        all.push(Index::open(&addition)?);
    }
    Ok(all)
}

/// Makes one file of several compiled ones, with their additions. Lists keep their names, lines and foldings.
///
/// # Errors
/// If a file cannot be read or is damaged, or the result cannot be written.
pub fn merge(files: &[PathBuf], out: &Path, options: &BuildOptions, progress: &mut dyn FnMut(Progress<'_>)) -> Result<Meta, Error> {
    let mut builder = Builder::new(BuildOptions { inflect: Vec::new(), ..options.clone() });
    for file in files {
        for index in open_all(file)? {
            index.verify()?;
            copy(&index, options, &mut builder)?;
            let (names, entries) = builder.counts();
            progress(Progress { names, entries, list: Some(file) });
        }
    }
    let (names, entries) = builder.counts();
    progress(Progress { names, entries, list: None });
    builder.write(out)
}

/// Adds everything of a compiled file to a builder.
fn copy(index: &Index, options: &BuildOptions, builder: &mut Builder) -> Result<(), Error> {
    let damaged = || Error::resource("the file is damaged").help("build it again from its sources");
    // Names stand in the order of their letters; they are brought into that of their things.
    let mut sorter = Sorter::new(options.memory);
    let mut postings = Vec::new();
    let mut next = 0;
    while u64::from(next) < index.meta().names {
        index.postings(next, &mut postings).filter(|()| !postings.is_empty()).ok_or_else(damaged)?;
        next += postings.len() as u32;
        for posting in &postings {
            let mut content = vec![posting.role.number()];
            content.extend(posting.tag.to_be_bytes());
            content.extend(posting.name.as_bytes());
            sorter.push(&posting.entry.to_be_bytes(), &content)?;
        }
    }
    let mut list = None;
    let mut open: Option<Record> = None;
    let mut number = None;
    let mut begin = |entry: u32, builder: &mut Builder| -> Result<Record, Error> {
        let entry = index.entry(entry).ok_or_else(damaged)?;
        if list != Some(entry.list) {
            list = Some(entry.list);
            let meta = index.meta().lists.get(entry.list as usize).cloned().unwrap_or_default();
            builder.list(meta);
        }
        Ok(Record {
            name: entry.name.unwrap_or("").to_owned(),
            id: entry.id.into_owned(),
            kind: entry.kind.into(),
            sort: entry.sort.into(),
            place: entry.place,
            country: entry.country.into(),
            division: entry.division.into(),
            population: entry.population,
            demand: entry.demand.into(),
            aliases: Vec::new(),
            line: entry.line,
        })
    };
    sorter.finish()?.each(|key, content| {
        let entry = key.try_into().map_or(0, u32::from_be_bytes);
        if number != Some(entry) {
            if let Some(record) = open.take() {
                builder.add(&record)?;
            }
            number = Some(entry);
            open = Some(begin(entry, builder)?);
        }
        let (Some(record), Some((&role, rest))) = (open.as_mut(), content.split_first()) else { return Ok(()) };
        let role = Role::ALL.get(usize::from(role)).copied().unwrap_or_default();
        let tag = rest.get(..4).and_then(|t| t.try_into().ok()).map_or(0, u32::from_be_bytes) as usize;
        let text = String::from_utf8_lossy(rest.get(4..).unwrap_or(&[])).into_owned();
        if role == Role::Name {
            record.name = text;
        } else {
            let tag = tag.checked_sub(1).and_then(|t| index.meta().tags.get(t)).cloned().unwrap_or_default();
            record.aliases.push(Alias { text, role, tag });
        }
        Ok(())
    })?;
    match open {
        Some(record) => builder.add(&record).map(|_| ()),
        None => Ok(()),
    }
}

/// What a compiled file and its additions are.
#[derive(Clone, Debug)]
pub struct Info {
    /// Each file, its size in bytes, and what it says of itself.
    pub files: Vec<(PathBuf, u64, Meta)>,
}

/// Says what a compiled file and its additions are; every byte is checked.
///
/// # Errors
/// If one of them cannot be read or is damaged.
pub fn info(path: &Path) -> Result<Info, Error> {
    let mut files = Vec::new();
    for index in open_all(path)? {
        index.verify()?;
        files.push((index.path().unwrap_or(path).to_owned(), index.size(), index.meta().clone()));
    }
    Ok(Info { files })
}

/// One thing that has a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The thing, with the name that was found as its only alias where that is not its usual name.
    pub record: Record,
    /// The name of its list.
    pub list: String,
}

/// Everything that has this name in a compiled file, whatever the case, marks and hyphens.
///
/// # Errors
/// If the file is damaged at the name.
pub fn lookup(index: &Index, name: &str) -> Result<Vec<Hit>, Error> {
    let mut units = Vec::new();
    units_of_name(name, &mut units);
    let mut found: Vec<Candidate> = Vec::new();
    scan(index, &units, true, &mut ScanBuffers::default(), &mut found);
    let mut hits = Vec::new();
    let mut postings: Vec<Posting> = Vec::new();
    let loose = Folding { case: crate::Case::Ignore, ..Folding::default() };
    for candidate in found.iter().filter(|c| c.first == 0 && c.after as usize == units.len()) {
        let damaged = || Error::resource(format!("the file is damaged where it has `{name}`")).help("build it again from its sources");
        index.postings(candidate.posting, &mut postings).ok_or_else(damaged)?;
        for posting in postings.drain(..).filter(|p| loose.agrees(&p.name, name)) {
            let entry = index.entry(posting.entry).ok_or_else(damaged)?;
            let usual = entry.name.unwrap_or(&posting.name).to_owned();
            let tag = (posting.tag as usize).checked_sub(1).and_then(|t| index.meta().tags.get(t)).cloned().unwrap_or_default();
            let list = index.meta().lists.get(entry.list as usize).map_or_else(String::new, |l| l.name.clone());
            let aliases = if posting.role == Role::Name { Vec::new() } else { vec![Alias { text: posting.name, role: posting.role, tag }] };
            let record = Record {
                name: usual,
                id: entry.id.into_owned(),
                kind: entry.kind.into(),
                sort: entry.sort.into(),
                place: entry.place,
                country: entry.country.into(),
                division: entry.division.into(),
                population: entry.population,
                demand: entry.demand.into(),
                aliases,
                line: entry.line,
            };
            hits.push(Hit { record, list });
        }
    }
    hits.sort_by_key(|h| std::cmp::Reverse(h.record.population));
    Ok(hits)
}

/// Removes a compiled file's additions: after a merge they are in the result.
///
/// # Errors
/// If one cannot be removed.
pub fn remove_additions(path: &Path) -> Result<(), Error> {
    for addition in additions(path) {
        fs::remove_file(&addition).map_err(|e| Error::io("cannot remove the file").at(addition, None, None).with_source(e))?;
    }
    Ok(())
}
