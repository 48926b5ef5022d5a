//! Compiles records into a gazetteer file.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};
use standoff_core::Error;

use crate::folding::Folding;
use crate::inflect;
use crate::layout::{self, BLOCK, Section, write_text, write_varint, zigzag};
use crate::record::{Record, Role};
use crate::sort::Sorter;
use crate::unit::{POSSESSIVE, Unit, expanded, fold_into, units_of_name};

/// What a compiled file says of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    /// The lists that it was made of.
    pub lists: Vec<ListMeta>,
    /// The types of mentions, by number.
    pub types: Vec<String>,
    /// The sorts of things, by number.
    pub sorts: Vec<String>,
    /// The countries, by number.
    pub countries: Vec<String>,
    /// The demands, by number.
    pub demands: Vec<String>,
    /// The tags of names, by number.
    pub tags: Vec<String>,
    /// The schemes of ids whose rest is a number, by number.
    pub schemes: Vec<String>,
    /// The pairs of a type and a list that occur, by number.
    pub classes: Vec<(u32, u32)>,
    /// How many names there are: what mentions can match.
    pub names: u64,
    /// How many things there are.
    pub entries: u64,
    /// How many distinct words there are in names.
    pub words: u64,
    /// How many edges lead from one word of a name to the next.
    pub edges: u64,
}

/// One list of a compiled file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListMeta {
    /// Its name, as `explain` gives it: usually that of its file.
    pub name: String,
    /// What of a text may differ from its names.
    pub folding: Folding,
}

/// How to compile.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// About how many bytes of names are sorted in memory before they go to disk.
    pub memory: usize,
    /// How full the tables are, in percent: fuller is smaller and a little slower.
    pub load: u32,
    /// Languages whose inflected forms are added to the names: `en` (plurals, and "Lloyds" for "Lloyd's"), `ru` (cases).
    pub inflect: Vec<String>,
}

impl BuildOptions {
    /// The languages that can be inflected.
    pub const INFLECTED: [&'static str; 2] = ["en", "ru"];
}

impl Default for BuildOptions {
    fn default() -> BuildOptions {
        BuildOptions { memory: 1 << 30, load: 92, inflect: Vec::new() }
    }
}

/// The name that stands in a list but must not be matched itself: an empty one.
const LONGEST_NAME: usize = 1000;

/// Compiles records. Memory stays bounded: names are sorted on disk where they are many; what grows with them is the
/// table of edges, about 15 bytes a name.
pub struct Builder {
    options: BuildOptions,
    meta: Meta,
    words: HashMap<u64, u32, FixedState>,
    sorter: Sorter,
    entries: BlockWriter,
    last_line: i64,
    units: Vec<Unit>,
    folded: Vec<u8>,
    content: Vec<u8>,
}

impl Builder {
    /// A builder without records.
    #[must_use]
    pub fn new(options: BuildOptions) -> Builder {
        Builder {
            sorter: Sorter::new(options.memory),
            options,
            meta: Meta::default(),
            words: HashMap::with_hasher(FixedState::with_seed(1)),
            entries: BlockWriter::default(),
            last_line: 0,
            units: Vec::new(),
            folded: Vec::new(),
            content: Vec::new(),
        }
    }

    /// Begins a list; records that follow belong to it.
    pub fn list(&mut self, list: ListMeta) {
        self.meta.lists.push(list);
    }

    /// Adds a record. Names without a letter or digit, and names of more than a thousand bytes, are left out; the answer
    /// says how many names were taken.
    ///
    /// # Errors
    /// If the temporary files cannot be written, or there are more than 500 million names.
    pub fn add(&mut self, record: &Record) -> Result<usize, Error> {
        if self.meta.lists.is_empty() {
            self.list(ListMeta::default());
        }
        let entry = self.meta.entries;
        let mut taken = usize::from(self.name(&record.name, Role::Name, "", entry)?);
        for (i, alias) in record.aliases.iter().enumerate() {
            let same = |a: &crate::Alias| a.text == alias.text && a.role == alias.role;
            if alias.text == record.name && !alias.role.is_norp() || record.aliases.get(..i).is_some_and(|before| before.iter().any(same)) {
                continue;
            }
            taken += usize::from(self.name(&alias.text, alias.role, &alias.tag, entry)?);
        }
        for language in &self.options.inflect.clone() {
            let names = std::iter::once(&record.name).chain(record.aliases.iter().filter(|a| a.role != Role::Code).map(|a| &a.text));
            for form in names.flat_map(|n| inflect::forms(language, n)).collect::<BTreeSet<_>>() {
                if form != record.name && !record.aliases.iter().any(|a| a.text == form) {
                    taken += usize::from(self.name(&form, Role::Inflected, language, entry)?);
                }
            }
        }
        self.entry(record, taken != 1)?;
        self.meta.entries += 1;
        Ok(taken)
    }

    /// How many names and things there are so far.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        (self.meta.names, self.meta.entries)
    }

    fn name(&mut self, name: &str, role: Role, tag: &str, entry: u64) -> Result<bool, Error> {
        let name = name.trim();
        if name.len() > LONGEST_NAME || !name.contains(char::is_alphanumeric) {
            return Ok(false);
        }
        units_of_name(name, &mut self.units);
        self.folded.clear();
        let lower_start = self.units.first().is_some_and(|u| !u.is(Unit::CAPITAL));
        for (i, unit) in self.units.iter().enumerate() {
            if i > 0 {
                self.folded.push(1);
            }
            folded_unit(name, unit, &mut self.folded);
            let flags = self.words.entry(unit.key).or_insert(0);
            if i > 0 {
                *flags |= layout::INNER;
            } else if lower_start {
                *flags |= layout::SMALL_START;
            }
        }
        let tag = if tag.is_empty() { 0 } else { number_of(&mut self.meta.tags, tag) + 1 };
        self.content.clear();
        self.content.extend((entry as u32).to_be_bytes());
        self.content.push(role.number());
        self.content.extend(tag.to_be_bytes());
        self.content.extend(name.as_bytes());
        self.sorter.push(&self.folded, &self.content)?;
        self.meta.names += 1;
        if self.meta.names >= u64::from(layout::POSTING) || entry >= u64::from(u32::MAX) {
            return Err(
                Error::resource("there are more than 500 million names").help("build several files and list them all in the pipeline")
            );
        }
        Ok(true)
    }

    fn entry(&mut self, record: &Record, named: bool) -> Result<(), Error> {
        let list = self.meta.lists.len() as u32 - 1;
        let class = (number_of(&mut self.meta.types, &record.kind), list);
        let class = position_or_push(&mut self.meta.classes, class);
        self.entries.begin(&mut self.last_line)?;
        let out = &mut self.entries.block;
        let place = record.place.map(|(lat, lon)| (to_grid(lat, 90.0), to_grid(lon, 180.0)));
        let mut mask = 0;
        for (bit, present) in [
            place.is_some(),
            !record.country.is_empty(),
            record.population.is_some(),
            !record.id.is_empty(),
            !record.sort.is_empty(),
            !record.division.is_empty(),
            !record.demand.is_empty(),
            named,
        ]
        .into_iter()
        .enumerate()
        {
            mask |= u8::from(present) << bit;
        }
        out.push(mask);
        write_varint(out, u64::from(class));
        write_varint(out, zigzag(i64::from(record.line) - self.last_line));
        self.last_line = i64::from(record.line);
        if let Some((lat, lon)) = place {
            out.extend(&lat.to_le_bytes()[..3]);
            out.extend(&lon.to_le_bytes()[..3]);
        }
        if !record.country.is_empty() {
            write_varint(out, u64::from(number_of(&mut self.meta.countries, &record.country)));
        }
        if let Some(population) = record.population {
            write_varint(out, population);
        }
        if !record.id.is_empty() {
            match numeric_id(&record.id) {
                Some((scheme, number)) => {
                    write_varint(out, u64::from(number_of(&mut self.meta.schemes, scheme)) + 1);
                    write_varint(out, number);
                }
                None => {
                    out.push(0);
                    write_text(out, &record.id);
                }
            }
        }
        if !record.sort.is_empty() {
            write_varint(out, u64::from(number_of(&mut self.meta.sorts, &record.sort)));
        }
        if !record.division.is_empty() {
            write_text(out, &record.division);
        }
        if !record.demand.is_empty() {
            write_varint(out, u64::from(number_of(&mut self.meta.demands, &record.demand)));
        }
        if named {
            write_text(out, &record.name);
        }
        Ok(())
    }

    /// The compiled file as bytes.
    ///
    /// # Errors
    /// As [`write`](Builder::write).
    pub fn bytes(self) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        self.finish(&mut std::io::Cursor::new(&mut out))?;
        Ok(out)
    }

    /// Writes the compiled file: first beside the place it is to have, then into it, so that no reader ever sees half
    /// a file.
    ///
    /// # Errors
    /// If the file or the temporary files cannot be written.
    pub fn write(self, path: &Path) -> Result<Meta, Error> {
        let failed = |e: std::io::Error| Error::io("cannot write the file").at(path, None, None).with_source(e);
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = path.file_name().unwrap_or_default().to_owned();
        let mut beside = tempfile::Builder::new();
        beside.prefix(&name).suffix(".part");
        // Others may read what is built, as far as the user's own default lets them; temporary files are private.
        #[cfg(unix)]
        beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = beside.tempfile_in(folder).map_err(failed)?;
        let meta = {
            let mut out = BufWriter::with_capacity(1 << 20, file.as_file_mut());
            let meta = self.finish(&mut out)?;
            out.flush().map_err(failed)?;
            meta
        };
        file.persist(path).map_err(|e| failed(e.error))?;
        Ok(meta)
    }

    fn finish<W: Write + Seek>(mut self, out: &mut W) -> Result<Meta, Error> {
        self.entries.end()?;
        let mut sorted = self.sorter.finish()?;
        let load = self.options.load.clamp(30, 95) as usize;
        self.meta.words = self.words.len() as u64;

        // The words are looked up far more often than the edges, and are far fewer: they get more room.
        let mut words = vec![0; slots(self.words.len(), load.min(75)) * layout::WORD_BYTES];
        place_words(&mut words, &self.words);
        drop(self.words);

        // First pass: how many states there are beyond the first word.
        let mut previous = Vec::new();
        let mut path = Vec::new();
        let mut units = Vec::new();
        let mut edges = 0;
        sorted.each(|_, content| {
            path_of(content, &mut units, &mut path);
            edges += path.len().saturating_sub(common(&previous, &path).max(1));
            std::mem::swap(&mut previous, &mut path);
            Ok(())
        })?;
        self.meta.edges = edges as u64;

        // Second pass: the tables and the names.
        let mut tables = Tables::new(words, edges, load);
        let mut names = NameWriter::default();
        previous.clear();
        sorted.each(|_, content| {
            path_of(content, &mut units, &mut path);
            tables.insert(&previous, &path, names.count)?;
            names.push(content, previous == path)?;
            std::mem::swap(&mut previous, &mut path);
            Ok(())
        })?;
        names.blocks.end()?;
        drop(sorted);
        let edge_filter =
            filter(tables.hashes.len() / 7, tables.hashes.iter().map(|&hash| (hash.rotate_left(32), layout::filter_bits(hash))));
        let starts = filter(tables.starts.len() / 7, tables.starts.iter().map(|&hash| (hash, layout::start_bits(hash))));
        let kinds = filter(self.meta.words as usize / 4, tables.kinds());

        let meta = serde_json::to_vec(&self.meta).map_err(|e| Error::io("cannot write the description").with_source(e))?;
        let mut sections = [Section::default(); layout::SECTIONS];
        let written = |e| Error::io("cannot write the compiled gazetteer").with_source(e);
        out.write_all(&[0; layout::HEADER_BYTES]).map_err(written)?;
        let mut at = layout::HEADER_BYTES as u64;
        let mut put = |i: usize, content: Content<'_>| -> Result<(), Error> {
            let pad = at.next_multiple_of(8) - at;
            out.write_all(&[0; 8][..pad as usize]).map_err(written)?;
            at += pad;
            let (length, crc) = content.copy_to(out).map_err(written)?;
            sections[i] = Section { offset: at, length, crc };
            at += length;
            Ok(())
        };
        put(layout::META, Content::Bytes(&meta))?;
        put(layout::WORDS, Content::Bytes(&tables.words))?;
        put(layout::EDGES, Content::Bytes(&tables.edges))?;
        put(layout::FILTER, Content::Bytes(&edge_filter))?;
        put(layout::NAME_BLOCKS, Content::Numbers(&names.blocks.offsets))?;
        put(layout::NAMES, Content::Spool(&mut names.blocks.spool))?;
        put(layout::ENTRY_BLOCKS, Content::Numbers(&self.entries.offsets))?;
        put(layout::ENTRIES, Content::Spool(&mut self.entries.spool))?;
        put(layout::KINDS, Content::Bytes(&kinds))?;
        put(layout::STARTS, Content::Bytes(&starts))?;
        out.seek(SeekFrom::Start(0)).map_err(written)?;
        out.write_all(&layout::header(&sections, at)).map_err(written)?;
        Ok(self.meta)
    }
}

/// The folded form of one unit of a name.
fn folded_unit(name: &str, unit: &Unit, out: &mut Vec<u8>) {
    if unit.key == POSSESSIVE {
        out.extend(b"'s");
        return;
    }
    let text = &name[unit.start as usize..unit.end as usize];
    if unit.is(Unit::PUNCTUATION) {
        out.extend(text.as_bytes());
        return;
    }
    if text == "&" {
        out.extend(b"and");
        return;
    }
    let start = out.len();
    let mut buffer = [0; 4];
    fold_into(text, &mut |c| out.extend(c.encode_utf8(&mut buffer).as_bytes()));
    if let Some(long) = std::str::from_utf8(&out[start..]).ok().and_then(expanded) {
        out.truncate(start);
        out.extend(long.as_bytes());
    }
}

/// The keys of the units of a sorted record's name.
fn path_of(content: &[u8], units: &mut Vec<Unit>, path: &mut Vec<u64>) {
    let name = content.get(9..).and_then(|n| std::str::from_utf8(n).ok()).unwrap_or("");
    units_of_name(name, units);
    path.clear();
    path.extend(units.iter().map(|u| u.key));
}

fn common(a: &[u64], b: &[u64]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| x == y).count()
}

fn slots(items: usize, load: usize) -> usize {
    items * 100 / load + 1
}

fn place_words(table: &mut [u8], words: &HashMap<u64, u32, FixedState>) {
    let slots = table.len() / layout::WORD_BYTES;
    let mut sorted: Vec<(u64, u32)> = words.iter().map(|(&k, &f)| (k, f)).collect();
    sorted.sort_unstable();
    for (key, flags) in sorted {
        let mut slot = layout::slot_of(layout::word_hash(key), slots);
        while layout::u64_at(table, slot * layout::WORD_BYTES).is_some_and(|k| k != 0) {
            slot = if slot + 1 == slots { 0 } else { slot + 1 };
        }
        let at = slot * layout::WORD_BYTES;
        table[at..at + 8].copy_from_slice(&key.to_le_bytes());
        table[at + 8..at + 12].copy_from_slice(&flags.to_le_bytes());
    }
}

/// The two hash tables while they are filled.
struct Tables {
    words: Vec<u8>,
    edges: Vec<u8>,
    /// The states along the name inserted last.
    states: Vec<u32>,
    /// Of the edges beyond the first word.
    hashes: Vec<u64>,
    /// Of the first two units of names.
    starts: Vec<u64>,
}

impl Tables {
    fn new(words: Vec<u8>, edges: usize, load: usize) -> Tables {
        let mut table = vec![0; slots(edges, load) * layout::EDGE_BYTES];
        for slot in table.chunks_exact_mut(layout::EDGE_BYTES) {
            slot[..4].copy_from_slice(&layout::NO_STATE.to_le_bytes());
        }
        Tables { words, edges: table, states: Vec::new(), hashes: Vec::new(), starts: Vec::with_capacity(edges) }
    }

    fn insert(&mut self, previous: &[u64], path: &[u64], posting: u64) -> Result<(), Error> {
        let broken = || Error::resource("the tables do not hold the names they were made for");
        let same = common(previous, path);
        self.states.truncate(same);
        for (depth, &key) in path.iter().enumerate().skip(same) {
            let word = self.word(key).ok_or_else(broken)?;
            let state = match self.states.last() {
                None => word,
                Some(&state) => {
                    self.mark(state, layout::GOES_ON);
                    match path {
                        [first, second, ..] if depth == 1 => {
                            self.starts.push(layout::pair_hash(layout::start_hash(*first), layout::start_hash(*second)));
                        }
                        _ => self.hashes.push(layout::edge_hash(state, word)),
                    }
                    self.edge(state, word).ok_or_else(broken)?
                }
            };
            debug_assert_eq!(self.states.len(), depth);
            self.states.push(state);
        }
        if previous != path
            && let Some(&state) = self.states.last()
        {
            self.mark(state, posting as u32 + 1);
        }
        Ok(())
    }

    /// The hash of each word, with the bits of what it is.
    fn kinds(&self) -> impl Iterator<Item = (u64, u64)> {
        self.words.chunks_exact(layout::WORD_BYTES).filter_map(|slot| {
            let (key, info) = (layout::u64_at(slot, 0)?, layout::u32_at(slot, 8)?);
            let hash = layout::start_hash(key);
            let kinds = [layout::POSTING, layout::GOES_ON, layout::INNER].map(|bit| info & bit != 0);
            let bits = layout::kind_bits(hash).into_iter().zip(kinds).filter(|(_, is)| *is).fold(0, |all, (bits, _)| all | bits);
            (key != 0).then_some((hash, bits))
        })
    }

    fn word(&self, key: u64) -> Option<u32> {
        let slots = self.words.len() / layout::WORD_BYTES;
        let mut slot = layout::slot_of(layout::word_hash(key), slots);
        loop {
            match layout::u64_at(&self.words, slot * layout::WORD_BYTES)? {
                0 => return None,
                k if k == key => return Some(slot as u32),
                _ => slot = if slot + 1 == slots { 0 } else { slot + 1 },
            }
        }
    }

    /// Makes the edge from a state by a word. Names come sorted, so that it cannot be there yet.
    fn edge(&mut self, state: u32, word: u32) -> Option<u32> {
        let slots = self.edges.len() / layout::EDGE_BYTES;
        let mut slot = layout::slot_of(layout::edge_hash(state, word), slots);
        while layout::u32_at(&self.edges, slot * layout::EDGE_BYTES)? != layout::NO_STATE {
            slot = if slot + 1 == slots { 0 } else { slot + 1 };
        }
        let at = slot * layout::EDGE_BYTES;
        self.edges[at..at + 4].copy_from_slice(&state.to_le_bytes());
        self.edges[at + 4..at + 8].copy_from_slice(&word.to_le_bytes());
        Some((self.words.len() / layout::WORD_BYTES) as u32 + slot as u32)
    }

    fn mark(&mut self, state: u32, bits: u32) {
        let words = self.words.len() / layout::WORD_BYTES;
        let state = state as usize;
        let info = if state < words {
            self.words.get_mut(state * layout::WORD_BYTES + 8..(state + 1) * layout::WORD_BYTES)
        } else {
            self.edges.get_mut((state - words) * layout::EDGE_BYTES + 8..(state - words + 1) * layout::EDGE_BYTES)
        };
        if let Some(info) = info {
            let old = layout::u32_at(info, 0).unwrap_or(0);
            info.copy_from_slice(&(old | bits).to_le_bytes());
        }
    }
}

/// A Bloom filter in words of 64 bits: each item is a hash whose upper half says which word it has, and its bits there.
/// With seven items a word of three or four bits each, two in a hundred that are not there get past it.
fn filter(words: usize, items: impl Iterator<Item = (u64, u64)>) -> Vec<u8> {
    let mut filter = vec![0_u64; words + 1];
    let count = filter.len();
    for (hash, bits) in items {
        if let Some(word) = filter.get_mut(layout::filter_word(hash, count)) {
            *word |= bits;
        }
    }
    filter.iter().flat_map(|w| w.to_le_bytes()).collect()
}

#[derive(Default)]
struct NameWriter {
    blocks: BlockWriter,
    count: u64,
    last: Vec<u8>,
    last_entry: i64,
}

impl NameWriter {
    fn push(&mut self, content: &[u8], same_key: bool) -> Result<(), Error> {
        let entry = i64::from(u32::from_be_bytes(content[..4].try_into().unwrap_or_default()));
        let role = content[4];
        let tag = u32::from_be_bytes(content[5..9].try_into().unwrap_or_default());
        let name = &content[9..];
        if self.count.is_multiple_of(BLOCK as u64) {
            self.last.clear();
        }
        self.blocks.begin(&mut self.last_entry)?;
        let shared = self.last.iter().zip(name).take_while(|(a, b)| a == b).count();
        let out = &mut self.blocks.block;
        // Most postings are the one usual name of a thing.
        if same_key || role != Role::Name.number() || tag != 0 {
            out.extend([layout::FLAGGED, u8::from(same_key) | role << 1 | u8::from(tag != 0) << 6]);
        }
        layout::write_lengths(out, shared, name.len() - shared);
        out.extend(&name[shared..]);
        write_varint(out, zigzag(entry - self.last_entry));
        if tag != 0 {
            write_varint(out, u64::from(tag));
        }
        self.last_entry = entry;
        self.last.clear();
        self.last.extend(name);
        self.count += 1;
        Ok(())
    }
}

/// Writes blocks of 16 items, each block with two bytes of its checksum in front.
#[derive(Default)]
struct BlockWriter {
    block: Vec<u8>,
    /// Where the items of the block begin.
    starts: Vec<usize>,
    offsets: Vec<u64>,
    spool: Spool,
}

impl BlockWriter {
    /// Begins an item, and a block where the last is full; what is coded by difference then starts over.
    fn begin(&mut self, last: &mut i64) -> Result<(), Error> {
        if self.starts.len() == BLOCK {
            self.end()?;
        }
        if self.starts.is_empty() {
            *last = 0;
            self.offsets.push(self.spool.length);
        }
        self.starts.push(self.block.len());
        Ok(())
    }

    /// Ends a block. Items at its end that repeat the one before them byte for byte are left out: in lists of bare names
    /// that is all but the first two.
    fn end(&mut self) -> Result<(), Error> {
        while let [.., before, last] = self.starts[..]
            && self.block.get(before..last) == self.block.get(last..)
        {
            self.block.truncate(last);
            self.starts.pop();
        }
        if !self.starts.is_empty() {
            let crc = crc32fast::hash(&self.block) as u16;
            self.spool.write(&crc.to_le_bytes())?;
            self.spool.write(&self.block)?;
            self.block.clear();
            self.starts.clear();
        }
        Ok(())
    }
}

/// Bytes that are kept in memory while they are few, and on disk where they are many.
#[derive(Default)]
struct Spool {
    memory: Vec<u8>,
    file: Option<File>,
    length: u64,
}

const SPOOL_MEMORY: usize = 64 << 20;

impl Spool {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.memory.extend(bytes);
        self.length += bytes.len() as u64;
        if self.memory.len() > SPOOL_MEMORY {
            let failed =
                |e| Error::io("cannot use a temporary file").help("free some room, or set TMPDIR to a folder with more").with_source(e);
            if self.file.is_none() {
                self.file = Some(tempfile::tempfile().map_err(failed)?);
            }
            if let Some(file) = &mut self.file {
                file.write_all(&self.memory).map_err(failed)?;
            }
            self.memory.clear();
        }
        Ok(())
    }
}

enum Content<'a> {
    Bytes(&'a [u8]),
    Numbers(&'a [u64]),
    Spool(&'a mut Spool),
}

impl Content<'_> {
    fn copy_to<W: Write>(self, out: &mut W) -> std::io::Result<(u64, u32)> {
        let mut crc = crc32fast::Hasher::new();
        let mut length = 0;
        let mut put = |bytes: &[u8]| {
            crc.update(bytes);
            length += bytes.len() as u64;
            out.write_all(bytes)
        };
        match self {
            Content::Bytes(bytes) => put(bytes)?,
            Content::Numbers(numbers) => numbers.iter().try_for_each(|n| put(&n.to_le_bytes()))?,
            Content::Spool(spool) => {
                if let Some(file) = &mut spool.file {
                    file.seek(SeekFrom::Start(0))?;
                    let mut buffer = vec![0; 1 << 20];
                    loop {
                        match file.read(&mut buffer)? {
                            0 => break,
                            n => put(&buffer[..n])?,
                        }
                    }
                }
                put(&spool.memory)?;
            }
        }
        Ok((length, crc.finalize()))
    }
}

/// The number of a string in a dictionary, added if it is new. Dictionaries are small, or nearly always hit early.
fn number_of(dictionary: &mut Vec<String>, text: &str) -> u32 {
    match dictionary.iter().position(|t| t == text) {
        Some(at) => at as u32,
        None => {
            dictionary.push(text.to_owned());
            dictionary.len() as u32 - 1
        }
    }
}

fn position_or_push<T: PartialEq>(items: &mut Vec<T>, item: T) -> u32 {
    match items.iter().position(|i| *i == item) {
        Some(at) => at as u32,
        None => {
            items.push(item);
            items.len() as u32 - 1
        }
    }
}

/// Degrees as a number of 24 bits: steps of about two metres.
fn to_grid(degrees: f64, limit: f64) -> u32 {
    let share = (degrees.clamp(-limit, limit) + limit) / (2.0 * limit);
    (share * f64::from((1 << 24) - 1)).round() as u32
}

/// An id whose part after the scheme is a plain number: `geonames:2123979`, `wikidata:Q5` (scheme `wikidata:Q`).
pub(crate) fn numeric_id(id: &str) -> Option<(&str, u64)> {
    let digits = id.len() - id.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (scheme, number) = id.split_at(id.len() - digits);
    if scheme.is_empty() || scheme.len() > 40 || number.len() > 18 || number.is_empty() || number.len() > 1 && number.starts_with('0') {
        return None;
    }
    // Ids that do not share a scheme would fill the dictionary.
    (scheme.ends_with(':') || scheme.ends_with(":Q")).then(|| number.parse().ok().map(|n| (scheme, n))).flatten()
}
