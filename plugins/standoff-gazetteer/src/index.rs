//! A compiled gazetteer, open for reading.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use standoff_core::{Error, unreadable};

use crate::build::Meta;
use crate::layout::{self, BLOCK, Section};
use crate::likely::Firsts;
use crate::record::Role;

/// The bytes of a compiled gazetteer, wherever they are.
pub(crate) type Bytes = Box<dyn AsRef<[u8]> + Send + Sync>;

/// A compiled gazetteer, open for reading. Many threads can share one.
pub struct Index {
    bytes: Bytes,
    sections: [Section; layout::SECTIONS],
    meta: Meta,
    path: Option<PathBuf>,
    word_slots: usize,
    edge_slots: usize,
    filter_words: usize,
    firsts: OnceLock<Option<Firsts>>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("path", &self.path).field("names", &self.meta.names).finish_non_exhaustive()
    }
}

/// Files up to this size are checked whole when they are opened; larger ones block by block as they are read.
const CHECKED_WHOLE: u64 = 16 << 20;

impl Index {
    /// Opens a compiled gazetteer that is in memory.
    ///
    /// # Errors
    /// If the bytes are not a gazetteer of this format, or are damaged.
    pub fn from_bytes(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Index, Error> {
        Index::new(Box::new(bytes), None, true)
    }

    /// Opens a compiled gazetteer. The file is mapped, not read: only the pages that texts touch come into memory, and
    /// processes share them.
    ///
    /// # Errors
    /// If the file cannot be read, is not a gazetteer of this format, or is damaged.
    pub fn open(path: &Path) -> Result<Index, Error> {
        let bytes = crate::map::open(path).map_err(|e| unreadable(path, e))?;
        Index::new(bytes, Some(path.to_owned()), true).map_err(|e| e.at(path, None, None))
    }

    /// Opens bytes without a look at the checksums of the header and the sections: so that tests get past them and show
    /// that damage which they would not notice does no harm either. Not part of the interface.
    ///
    /// # Errors
    /// If the bytes are not laid out as a gazetteer.
    #[doc(hidden)]
    pub fn from_bytes_unsummed(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Index, Error> {
        Index::new(Box::new(bytes), None, false)
    }

    fn new(bytes: Bytes, path: Option<PathBuf>, sums: bool) -> Result<Index, Error> {
        let content = (*bytes).as_ref();
        let sections = layout::read_header(content, sums)?;
        if !sums {
            // Only the layout counts.
        } else if content.len() as u64 <= CHECKED_WHOLE {
            layout::verify(content, &sections, &layout::ALL)?;
        } else {
            layout::verify(content, &sections, &[layout::META])?;
        }
        let meta: Meta = serde_json::from_slice(layout::slice(content, &sections[layout::META]))
            .map_err(|e| Error::resource("the description of the gazetteer is damaged").with_source(e))?;
        let slots = |section: usize, size: usize| sections[section].length as usize / size;
        let index = Index {
            word_slots: slots(layout::WORDS, layout::WORD_BYTES),
            edge_slots: slots(layout::EDGES, layout::EDGE_BYTES),
            filter_words: slots(layout::FILTER, 8),
            firsts: OnceLock::new(),
            sections,
            meta,
            path,
            bytes,
        };
        Ok(index)
    }

    /// Checks every byte against the checksums: reads the whole file.
    ///
    /// # Errors
    /// If something is damaged.
    pub fn verify(&self) -> Result<(), Error> {
        layout::verify(self.content(), &self.sections, &layout::ALL).map_err(|e| match &self.path {
            Some(path) => e.at(path, None, None),
            None => e,
        })
    }

    /// What the file says of itself.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// The file, if it was opened from one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// How many bytes it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.content().len() as u64
    }

    /// Its sections, each with its name and how many bytes it has.
    pub fn sections(&self) -> impl Iterator<Item = (&'static str, u64)> {
        layout::SECTION_NAMES.into_iter().zip(self.sections.map(|s| s.length))
    }

    fn content(&self) -> &[u8] {
        (*self.bytes).as_ref()
    }

    /// The filter of the first words of names, if a look at it before anything else pays; made when it is first asked for.
    pub(crate) fn firsts(&self) -> Option<&Firsts> {
        self.firsts.get_or_init(|| Firsts::new(self)).as_ref()
    }

    pub(crate) fn tables(&self) -> Tables<'_> {
        let content = self.content();
        Tables {
            words: layout::slice(content, &self.sections[layout::WORDS]),
            edges: layout::slice(content, &self.sections[layout::EDGES]),
            filter: layout::slice(content, &self.sections[layout::FILTER]),
            kinds: layout::slice(content, &self.sections[layout::KINDS]).as_chunks().0,
            starts: layout::slice(content, &self.sections[layout::STARTS]).as_chunks().0,
            word_slots: self.word_slots,
            edge_slots: self.edge_slots,
            filter_words: self.filter_words,
        }
    }

    fn block(&self, blocks: usize, content: usize, number: usize) -> Option<&[u8]> {
        let offsets = layout::slice(self.content(), &self.sections[blocks]);
        let all = layout::slice(self.content(), &self.sections[content]);
        let start = usize::try_from(layout::u64_at(offsets, number * 8)?).ok()?;
        let end = match layout::u64_at(offsets, (number + 1) * 8) {
            Some(end) => usize::try_from(end).ok()?,
            None => all.len(),
        };
        let (crc, block) = all.get(start..end)?.split_at_checked(2)?;
        (crc == (crc32fast::hash(block) as u16).to_le_bytes()).then_some(block)
    }

    /// The postings of a name, given the first: every thing that has a name with these units. `None` if the file is
    /// damaged there.
    pub(crate) fn postings(&self, first: u32, out: &mut Vec<Posting>) -> Option<()> {
        out.clear();
        let mut number = first as usize / BLOCK;
        let mut skip = first as usize % BLOCK;
        loop {
            let block = self.block(layout::NAME_BLOCKS, layout::NAMES, number)?;
            let mut at = 0;
            let mut name: Vec<u8> = Vec::new();
            let mut entry = 0_i64;
            while at < block.len() {
                let mut head = 0;
                if *block.get(at)? == layout::FLAGGED {
                    head = *block.get(at + 1)?;
                    at += 2;
                }
                let (shared, rest) = layout::read_lengths(block, &mut at)?;
                let suffix = block.get(at..at.checked_add(rest)?)?;
                at += rest;
                if shared > name.len() {
                    return None;
                }
                name.truncate(shared);
                name.extend(suffix);
                entry = entry.checked_add(layout::unzigzag(layout::read_varint(block, &mut at)?))?;
                let tag = if head & 0x40 == 0 { 0 } else { layout::read_varint(block, &mut at)? };
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                if !out.is_empty() && head & 1 == 0 {
                    return Some(());
                }
                out.push(Posting {
                    name: String::from_utf8(name.clone()).ok()?,
                    entry: u32::try_from(entry).ok()?,
                    role: *Role::ALL.get(usize::from(head >> 1 & 0x1f))?,
                    tag: u32::try_from(tag).ok()?,
                });
            }
            if skip > 0 {
                return None;
            }
            number += 1;
            if number * 8 >= self.sections[layout::NAME_BLOCKS].length as usize {
                return (!out.is_empty()).then_some(());
            }
        }
    }

    /// A thing by its number. `None` if there is none such, or the file is damaged there.
    #[must_use]
    pub fn entry(&self, number: u32) -> Option<Entry<'_>> {
        if u64::from(number) >= self.meta.entries {
            return None;
        }
        let block = self.block(layout::ENTRY_BLOCKS, layout::ENTRIES, number as usize / BLOCK)?;
        let (mut at, mut start, mut line) = (0, 0, 0);
        let last = number as usize % BLOCK;
        for i in 0..=last {
            // What repeats the entry before byte for byte is left out at the end of a block.
            if at == block.len() {
                at = start;
            }
            start = at;
            let entry = self.read_entry(block, &mut at, &mut line, number)?;
            if i == last {
                return Some(entry);
            }
        }
        None
    }

    fn read_entry<'a>(&'a self, block: &'a [u8], at: &mut usize, line: &mut i64, number: u32) -> Option<Entry<'a>> {
        let mask = *block.get(*at)?;
        *at += 1;
        let has = |bit: u8| mask >> bit & 1 == 1;
        let word = |dictionary: &'a [String], at: &mut usize| -> Option<&'a str> {
            Some(dictionary.get(usize::try_from(layout::read_varint(block, at)?).ok()?)?.as_str())
        };
        let class = usize::try_from(layout::read_varint(block, at)?).ok()?;
        let &(kind, list) = self.meta.classes.get(class)?;
        *line = line.checked_add(layout::unzigzag(layout::read_varint(block, at)?))?;
        let place = if has(0) {
            let bytes = block.get(*at..*at + 6)?;
            *at += 6;
            let grid = |b: &[u8], limit: f64| {
                let number = u32::from_le_bytes([b[0], b[1], b[2], 0]);
                // Three decimals for a step of two metres: what a source gives comes out as it went in.
                let degrees = f64::from(number) / f64::from((1 << 24) - 1) * 2.0 * limit - limit;
                (degrees * 1000.0).round() / 1000.0
            };
            Some((grid(&bytes[..3], 90.0), grid(&bytes[3..], 180.0)))
        } else {
            None
        };
        let country = if has(1) { word(&self.meta.countries, at)? } else { "" };
        let population = if has(2) { Some(layout::read_varint(block, at)?) } else { None };
        let id = if has(3) {
            match layout::read_varint(block, at)? {
                0 => Cow::Borrowed(layout::read_text(block, at)?),
                scheme => {
                    let scheme = self.meta.schemes.get(usize::try_from(scheme - 1).ok()?)?;
                    Cow::Owned(format!("{scheme}{}", layout::read_varint(block, at)?))
                }
            }
        } else {
            Cow::Borrowed("")
        };
        let sort = if has(4) { word(&self.meta.sorts, at)? } else { "" };
        let division = if has(5) { layout::read_text(block, at)? } else { "" };
        let demand = if has(6) { word(&self.meta.demands, at)? } else { "" };
        let name = if has(7) { Some(layout::read_text(block, at)?) } else { None };
        Some(Entry {
            number,
            name,
            id,
            kind: self.meta.types.get(kind as usize)?,
            sort,
            place,
            country,
            division,
            population,
            demand,
            list,
            line: u32::try_from(*line).ok()?,
        })
    }
}

/// One name of one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Posting {
    /// The name as the list has it.
    pub name: String,
    /// The number of the thing.
    pub entry: u32,
    /// What kind of name it is.
    pub role: Role,
    /// The number of the name's tag, counting from 1; 0 for none.
    pub(crate) tag: u32,
}

/// One thing, as the compiled file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<'a> {
    /// Its number in the file.
    pub number: u32,
    /// Its usual name; `None` where it has but one name, which is that of the posting that led here.
    pub name: Option<&'a str>,
    /// Its identity; empty if there is none.
    pub id: Cow<'a, str>,
    /// The type of its mentions.
    pub kind: &'a str,
    /// What it is more closely; empty if not said.
    pub sort: &'a str,
    /// Degrees north and east, to a thousandth of a degree.
    pub place: Option<(f64, f64)>,
    /// Its country; empty if none.
    pub country: &'a str,
    /// The division of the country; empty if not said.
    pub division: &'a str,
    /// How many people live there.
    pub population: Option<u64>,
    /// What a mention must show before it counts; empty if nothing.
    pub demand: &'a str,
    /// The number of its list in [`Meta::lists`].
    pub list: u32,
    /// The line of the list that it comes from; 0 if it has none.
    pub line: u32,
}

/// The tables that a scan walks.
#[derive(Clone, Copy)]
pub(crate) struct Tables<'a> {
    words: &'a [u8],
    edges: &'a [u8],
    filter: &'a [u8],
    kinds: &'a [[u8; 8]],
    starts: &'a [[u8; 8]],
    word_slots: usize,
    edge_slots: usize,
    filter_words: usize,
}

impl Tables<'_> {
    /// Whether the unit of this hash may be a name, the first of several units of one, and a later one of several.
    #[inline]
    pub(crate) fn kinds(&self, hash: u64) -> [bool; 3] {
        let word = self.kinds.get(layout::filter_word(hash, self.kinds.len())).map_or(0, |w| u64::from_le_bytes(*w));
        layout::kind_bits(hash).map(|bits| word & bits == bits)
    }

    /// Whether a name of several units may begin with the two that have this hash.
    #[inline]
    pub(crate) fn may_start(&self, hash: u64) -> bool {
        let word = self.starts.get(layout::filter_word(hash, self.starts.len())).map_or(0, |w| u64::from_le_bytes(*w));
        let bits = layout::start_bits(hash);
        word & bits == bits
    }

    /// The slot and the info of a word; info 0 and slot 0 if no name has it.
    #[inline]
    pub(crate) fn word(&self, key: u64) -> (u32, u32) {
        // Most words of a text are in no list; the filter tells that from one place in memory.
        if self.kinds(layout::start_hash(key)).contains(&true) { self.likely_word(key) } else { (0, 0) }
    }

    /// The same, for a word that is likely there.
    #[inline]
    pub(crate) fn likely_word(&self, key: u64) -> (u32, u32) {
        let mut slot = layout::slot_of(layout::word_hash(key), self.word_slots);
        // A full table would never end the search; a damaged file may have one.
        for _ in 0..self.word_slots {
            let Some(bytes) = self.words.get(slot * layout::WORD_BYTES..(slot + 1) * layout::WORD_BYTES) else { return (0, 0) };
            match layout::u64_at(bytes, 0) {
                Some(k) if k == key => return (slot as u32, layout::u32_at(bytes, 8).unwrap_or(0)),
                Some(0) | None => return (0, 0),
                _ => slot = if slot + 1 == self.word_slots { 0 } else { slot + 1 },
            }
        }
        (0, 0)
    }

    /// Where a word leads from a state beyond the first word: the next state and its info.
    #[inline]
    pub(crate) fn step(&self, state: u32, word: u32) -> Option<(u32, u32)> {
        let hash = layout::edge_hash(state, word);
        let bits = layout::filter_bits(hash);
        let filter = layout::u64_at(self.filter, layout::filter_word(hash.rotate_left(32), self.filter_words) * 8)?;
        if filter & bits != bits {
            return None;
        }
        self.likely_step(state, word)
    }

    /// Where a word leads from a state, for a step that is likely there.
    #[inline]
    pub(crate) fn likely_step(&self, state: u32, word: u32) -> Option<(u32, u32)> {
        let hash = layout::edge_hash(state, word);
        let mut slot = layout::slot_of(hash, self.edge_slots);
        for _ in 0..self.edge_slots {
            let bytes = self.edges.get(slot * layout::EDGE_BYTES..(slot + 1) * layout::EDGE_BYTES)?;
            let from = layout::u32_at(bytes, 0)?;
            if from == state && layout::u32_at(bytes, 4)? == word {
                return Some((self.word_slots as u32 + slot as u32, layout::u32_at(bytes, 8)?));
            }
            if from == layout::NO_STATE {
                return None;
            }
            slot = if slot + 1 == self.edge_slots { 0 } else { slot + 1 };
        }
        None
    }
}
