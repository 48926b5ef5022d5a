//! The compiled form of a gazetteer (`.sgz`): which bytes stand where, and the checks on them.
//!
//! ```text
//! header     magic, version, length of the file, a table of the sections with their checksums, a checksum of all that
//! meta       JSON: lists, dictionaries of types, sorts, countries, demands, tags; counts
//! words      hash table: key of a unit → flags and the posting of the name that this one unit is
//! edges      hash table: (state, word) → flags and the posting of the name that ends here
//! filter     a Bloom filter over the edges beyond the first, a word of 64 bits each
//! names      blocks of 16 postings in the order of their folded names, front-coded, each block with a checksum
//! entries    blocks of 16 entries in the order of the sources, each block with a checksum
//! kinds      a Bloom filter over the words by what they are: a name, the first of several, a later one of several
//! starts     a Bloom filter over the first two units of names of several
//! ```
//!
//! Numbers are little-endian. A state is the slot of a word, or the number of word slots plus the slot of an edge, so a
//! walk needs nothing but the two tables. Nothing in a file is trusted: places and lengths are checked when it is opened,
//! every later access is checked by itself, blocks are checked when they are read, and a match counts only if the name
//! read back from its block agrees with the text.

use standoff_core::Error;

/// The first bytes of every file: a high bit, the name, both line ends and an end-of-file, so that damage shows.
pub(crate) const MAGIC: [u8; 8] = *b"\x89SGZ\r\n\x1a\n";
/// The version of the format that this crate writes and reads.
pub const FORMAT_VERSION: u32 = 2;
pub(crate) const SECTIONS: usize = 10;
const SECTION_BYTES: usize = 24;
pub(crate) const HEADER_BYTES: usize = 8 + 4 + 4 + 8 + SECTIONS * SECTION_BYTES + 8;

pub(crate) const META: usize = 0;
pub(crate) const WORDS: usize = 1;
pub(crate) const EDGES: usize = 2;
pub(crate) const FILTER: usize = 3;
pub(crate) const NAME_BLOCKS: usize = 4;
pub(crate) const NAMES: usize = 5;
pub(crate) const ENTRY_BLOCKS: usize = 6;
pub(crate) const ENTRIES: usize = 7;
pub(crate) const KINDS: usize = 8;
pub(crate) const STARTS: usize = 9;
/// The numbers of all sections.
pub(crate) const ALL: [usize; SECTIONS] = [META, WORDS, EDGES, FILTER, NAME_BLOCKS, NAMES, ENTRY_BLOCKS, ENTRIES, KINDS, STARTS];
pub(crate) const SECTION_NAMES: [&str; SECTIONS] =
    ["meta", "words", "edges", "filter", "name blocks", "names", "entry blocks", "entries", "kinds", "starts"];

pub(crate) const WORD_BYTES: usize = 12;
pub(crate) const EDGE_BYTES: usize = 12;
pub(crate) const BLOCK: usize = 16;
pub(crate) const NO_STATE: u32 = u32::MAX;

/// The posting (plus one) in the info of a word or an edge; 0 if no name ends there.
pub(crate) const POSTING: u32 = (1 << 29) - 1;
/// Names go on from here.
pub(crate) const GOES_ON: u32 = 1 << 31;
/// Words only: it stands within names, not only at their start.
pub(crate) const INNER: u32 = 1 << 30;
/// Words only: a name that begins with it may begin with a small letter.
pub(crate) const SMALL_START: u32 = 1 << 29;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Section {
    pub offset: u64,
    pub length: u64,
    pub crc: u32,
}

/// Writes the header.
pub(crate) fn header(sections: &[Section; SECTIONS], length: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEADER_BYTES);
    out.extend(MAGIC);
    out.extend(FORMAT_VERSION.to_le_bytes());
    out.extend((SECTIONS as u32).to_le_bytes());
    out.extend(length.to_le_bytes());
    for section in sections {
        out.extend(section.offset.to_le_bytes());
        out.extend(section.length.to_le_bytes());
        out.extend(section.crc.to_le_bytes());
        out.extend([0; 4]);
    }
    out.extend(crc32fast::hash(&out).to_le_bytes());
    out.extend([0; 4]);
    out
}

/// Reads and checks the header; without `sums`, all of it but its checksum.
pub(crate) fn read_header(bytes: &[u8], sums: bool) -> Result<[Section; SECTIONS], Error> {
    let broken = |what: String| Error::resource(what).help("build the file again from its sources with `standoff gazetteer build`");
    if !bytes.starts_with(&MAGIC) {
        let help =
            "name a file that `standoff gazetteer build` made, or give the list itself a name that ends in .tsv, .csv, .jsonl or .toml";
        return Err(Error::resource("this is not a compiled gazetteer").help(help));
    }
    let version = u32_at(bytes, 8).unwrap_or(0);
    if version != FORMAT_VERSION {
        return Err(broken(format!("the file has version {version} of the format; this program reads version {FORMAT_VERSION}")));
    }
    let Some(head) = bytes.get(..HEADER_BYTES) else {
        return Err(broken(format!("the file ends after {} bytes, within its header", bytes.len())));
    };
    let right = u32_at(head, HEADER_BYTES - 8) == Some(crc32fast::hash(&head[..HEADER_BYTES - 8]));
    if sums && !right || u32_at(head, 12) != Some(SECTIONS as u32) {
        return Err(broken("the header is damaged: its checksum does not fit".into()));
    }
    let length = u64_at(head, 16).unwrap_or(0);
    if length != bytes.len() as u64 {
        return Err(broken(format!("the file has {} bytes where its header says {length}: it is cut off or was added to", bytes.len())));
    }
    let mut sections = [Section::default(); SECTIONS];
    for (i, section) in sections.iter_mut().enumerate() {
        let at = 24 + i * SECTION_BYTES;
        *section = Section {
            offset: u64_at(head, at).unwrap_or(0),
            length: u64_at(head, at + 8).unwrap_or(0),
            crc: u32_at(head, at + 16).unwrap_or(0),
        };
        let end = section.offset.checked_add(section.length);
        if end.is_none_or(|end| end > length) {
            return Err(broken(format!("section `{}` reaches beyond the end of the file", SECTION_NAMES[i])));
        }
    }
    let sizes = [(WORDS, WORD_BYTES), (EDGES, EDGE_BYTES), (FILTER, 8), (KINDS, 8), (STARTS, 8), (NAME_BLOCKS, 8), (ENTRY_BLOCKS, 8)];
    for (i, size) in sizes {
        if sections[i].length % size as u64 != 0 {
            return Err(broken(format!("section `{}` is no whole number of its parts", SECTION_NAMES[i])));
        }
    }
    if (sections[WORDS].length / WORD_BYTES as u64) + (sections[EDGES].length / EDGE_BYTES as u64) >= u64::from(NO_STATE) {
        return Err(broken("the tables are larger than the format allows".into()));
    }
    Ok(sections)
}

/// Checks the sections against their checksums: reads the whole file.
pub(crate) fn verify(bytes: &[u8], sections: &[Section; SECTIONS], which: &[usize]) -> Result<(), Error> {
    for &i in which {
        let section = &sections[i];
        let content = slice(bytes, section);
        if crc32fast::hash(content) != section.crc {
            return Err(Error::resource(format!("section `{}` is damaged: its checksum does not fit", SECTION_NAMES[i]))
                .help("build the file again from its sources with `standoff gazetteer build`"));
        }
    }
    Ok(())
}

/// The bytes of a section; none if it does not lie within the file.
pub(crate) fn slice<'b>(bytes: &'b [u8], section: &Section) -> &'b [u8] {
    let start = section.offset as usize;
    bytes.get(start..start.saturating_add(section.length as usize)).unwrap_or(&[])
}

#[inline]
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[inline]
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

/// The slot where the search for a hash begins in a table of so many slots.
#[inline]
pub(crate) fn slot_of(hash: u64, slots: usize) -> usize {
    ((u128::from(hash) * slots as u128) >> 64) as usize
}

/// Spreads a word's key over 64 bits.
#[inline]
pub(crate) fn word_hash(key: u64) -> u64 {
    let x = (key ^ key >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (x ^ x >> 29).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Spreads a state and a word over 64 bits.
#[inline]
pub(crate) fn edge_hash(state: u32, word: u32) -> u64 {
    word_hash(u64::from(state) << 32 | u64::from(word))
}

/// Spreads the key of a unit over 64 bits, for the filter of starts: one multiplication, because every unit of a text is
/// looked up there.
#[inline]
pub(crate) fn start_hash(key: u64) -> u64 {
    folded_product(key ^ 0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db)
}

/// Spreads two units that stand together, of which the hashes are given.
#[inline]
pub(crate) fn pair_hash(first: u64, second: u64) -> u64 {
    folded_product(first ^ second.rotate_left(29), 0x8ebc_6af0_9c88_c6e3)
}

#[inline]
fn folded_product(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// The word of a filter of so many words that has the bits of a hash.
#[inline]
pub(crate) fn filter_word(hash: u64, words: usize) -> usize {
    (((hash >> 32) * words as u64) >> 32) as usize
}

/// The bits of a hash in its word of a filter.
#[inline]
pub(crate) fn filter_bits(hash: u64) -> u64 {
    1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63) | 1 << (hash >> 18 & 63)
}

/// The bits of a hash in its word of the filter of starts: three, which with so few words to a key tells as much as four.
#[inline]
pub(crate) fn start_bits(hash: u64) -> u64 {
    1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63)
}

/// The bits of a hash in its word of the filter of kinds: those of a name of one unit, of the first of several, and of a later
/// one of several.
#[inline]
pub(crate) fn kind_bits(hash: u64) -> [u64; 3] {
    // The upper half of the hash says which word it is.
    let spread = (hash & 0xffff_ffff).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    [28, 40, 52].map(|shift| 1 << (spread >> shift & 63) | 1 << (spread >> (shift + 6) & 63))
}

/// Writes a number in as many bytes as it needs, seven bits each.
pub(crate) fn write_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads what `write_varint` wrote, and moves on.
pub(crate) fn read_varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// Stands where a posting begins with its flags; no byte of two lengths has this value.
pub(crate) const FLAGGED: u8 = 0xff;

/// Writes two lengths, in one byte where both are below 14.
pub(crate) fn write_lengths(out: &mut Vec<u8>, first: usize, second: usize) {
    out.push((first.min(14) << 4 | second.min(14)) as u8);
    for length in [first, second] {
        if length >= 14 {
            write_varint(out, length as u64 - 14);
        }
    }
}

/// Reads what `write_lengths` wrote.
pub(crate) fn read_lengths(bytes: &[u8], at: &mut usize) -> Option<(usize, usize)> {
    let both = usize::from(*bytes.get(*at)?);
    *at += 1;
    let mut whole = |short: usize| match short {
        14 => usize::try_from(read_varint(bytes, at)?).ok()?.checked_add(14),
        short => Some(short),
    };
    Some((whole(both >> 4)?, whole(both & 15)?))
}

/// Reads a string with its length in front.
pub(crate) fn read_text<'b>(bytes: &'b [u8], at: &mut usize) -> Option<&'b str> {
    let length = usize::try_from(read_varint(bytes, at)?).ok()?;
    let text = bytes.get(*at..at.checked_add(length)?)?;
    *at += length;
    std::str::from_utf8(text).ok()
}

pub(crate) fn write_text(out: &mut Vec<u8>, text: &str) {
    write_varint(out, text.len() as u64);
    out.extend(text.as_bytes());
}

pub(crate) const fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

pub(crate) const fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}
