//! The units of a text among which names may begin: a quick pass over its bytes that leaves out the rest.
//!
//! With few names nearly no word of a text begins one, and cutting words that nothing comes of is most of the work. So
//! the text is first gone through without a branch that depends on it: where words begin is told by 64 bytes at a time,
//! each word's key is looked up in the filter of first words, and only what stands between white space around those
//! that pass, and whatever goes on from there, is cut as [`units_of_text`](crate::units_of_text) cuts it. That is exact
//! because it cuts each such chunk by itself.

use crate::index::{Index, Tables};
use crate::layout;
use crate::unit::{Cutter, POSSESSIVE, Unit, expand, folded_prefix, plain_key, plain_prefix, units_of_name, units_of_text, written_as};

/// How many bytes are gone through at a time.
const BLOCK: usize = 64;
/// How many blocks make a window, of which the places that may begin a name are collected.
const WINDOW: usize = 16 * BLOCK;
/// Up to so many names most words of a text begin none, and the quick pass pays.
const FEW_NAMES: u64 = 20_000;

/// Cuts a text into units as [`units_of_text`](crate::units_of_text) does, but leaves out those that no name of the index
/// has, wherever they are easily told: scans find the same names, and with some thousands of names in a fraction of the time.
///
/// Where units are left out, one stands that no name has ([`Unit::GAP`]), so that what is before and what is behind never make a name.
pub fn likely_units(index: &Index, text: &str, units: &mut Vec<Unit>) {
    let tables = index.tables();
    let Some(firsts) = index.firsts() else {
        units_of_text(text, units);
        return;
    };
    units.clear();
    let mut cutter = Cutter::new(text, units, false);
    let mut places = [0; WINDOW + BLOCK];
    // Up to where the text is cut or known to have nothing.
    let mut done = 0;
    let mut from = 0;
    while from < text.len() {
        let to = text.len().min(from + WINDOW);
        let count = places_of_words(text.as_bytes(), from, to, &mut places);
        let count = keep_starts(firsts, text.as_bytes(), &mut places, count);
        for &place in places.get(..count).unwrap_or(&[]) {
            if place as usize >= done && may_begin(&tables, firsts, text.as_bytes(), place as usize) {
                done = cut_around(&tables, text.as_bytes(), &mut cutter, place as usize, done);
            }
        }
        from = to;
    }
}

/// A filter of the first words of names by their first seven bytes, small enough to stay in the nearest cache: 32 to 64
/// bits a word, one of them set, so that a look costs one multiplication and one read.
#[derive(Debug)]
pub(crate) struct Firsts {
    bits: Vec<u64>,
    /// How far a product is shifted to be the number of a bit.
    shift: u32,
}

impl Firsts {
    /// The filter of a list; `None` if it has so many names that most texts have their words everywhere, if a name begins
    /// with what the quick pass takes for the end of a word, or if the file is damaged.
    pub(crate) fn new(index: &Index) -> Option<Firsts> {
        let names = index.meta().names;
        if names > FEW_NAMES {
            return None;
        }
        // Names that begin with a sign that is strange begin at a place of its own.
        let (mut prefixes, mut postings, mut units) = (Vec::new(), Vec::new(), Vec::new());
        let mut number = 0;
        while number < names {
            index.postings(u32::try_from(number).ok()?, &mut postings)?;
            number += postings.len() as u64;
            for posting in &postings {
                units_of_name(&posting.name, &mut units);
                let Some(first) = units.first() else { continue };
                let sign = posting.name.as_bytes().get(first.start as usize).filter(|_| first.is(Unit::PUNCTUATION));
                if first.key == u64::MAX {
                    prefixes.push(WWW);
                } else if first.key == POSSESSIVE || sign.is_some_and(|&sign| !is_strange(sign)) {
                    return None;
                } else if sign.is_none() {
                    prefixes.extend(written_as(first.key).map(|key| folded_prefix(&posting.name, &Unit { key, ..*first })));
                }
            }
        }
        prefixes.sort_unstable();
        prefixes.dedup();
        // Nothing passes too: where no word stands, more than words decides.
        prefixes.push(0);
        let log = (prefixes.len() * 32).next_power_of_two().max(64).ilog2();
        let mut filter = Firsts { bits: vec![0; 1 << (log - 6)], shift: 64 - log };
        for prefix in prefixes {
            let (place, bit) = filter.place(prefix);
            if let Some(bits) = filter.bits.get_mut(place) {
                *bits |= 1 << bit;
            }
        }
        Some(filter)
    }

    #[inline]
    fn place(&self, prefix: u64) -> (usize, u64) {
        let hash = prefix.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift;
        ((hash >> 6) as usize, hash & 63)
    }

    #[inline]
    fn may_begin(&self, prefix: u64) -> bool {
        let (place, bit) = self.place(prefix);
        self.bits.get(place).is_some_and(|bits| bits >> bit & 1 == 1)
    }
}

/// How an address without a slash may begin.
const WWW: u64 = u64::from_le_bytes(*b"www\0\0\0\0\0");

/// What makes more of a chunk than words and signs: apostrophes, addresses, `&` and all that is not ASCII.
#[inline]
const fn is_strange(byte: u8) -> bool {
    (byte == b'&') | (byte == b'\'') | (byte == b'/') | (byte == b'@') | (byte == b'`') | (byte >= 0x7f)
}

/// The places from which chunks may have to be cut: where a word of ASCII letters and digits begins, and where something
/// stands of which more than its words decides.
#[inline]
fn places_of_words(text: &[u8], from: usize, to: usize, places: &mut [u32; WINDOW + BLOCK]) -> usize {
    let mut count = 0;
    let mut inside = from.checked_sub(1).and_then(|b| text.get(b)).is_some_and(u8::is_ascii_alphanumeric);
    for base in (from..to).step_by(BLOCK) {
        let mut padded = [b' '; BLOCK];
        let block = match text.get(base..).and_then(|t| t.first_chunk::<BLOCK>()) {
            Some(block) => block,
            None => {
                let rest = text.get(base..).unwrap_or(&[]);
                padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                &padded
            }
        };
        let (words, strange, inner) = masks(block);
        let next = text.get(base + BLOCK).is_some_and(u8::is_ascii_alphanumeric);
        let starts = words & !(words << 1 | u64::from(inside));
        // A period or comma with a word right behind it may be within a word.
        let joined = inner & (words >> 1 | u64::from(next) << (BLOCK - 1));
        inside = words >> (BLOCK - 1) != 0;
        let mut left = starts | strange | joined;
        let after = count + left.count_ones() as usize;
        // Most blocks have fewer places than are written here; what is written too many is overwritten.
        if let Some(room) = places.get_mut(count..count + 16) {
            for place in room {
                *place = base as u32 + left.trailing_zeros();
                left &= left.wrapping_sub(1);
            }
            count += 16;
        }
        while left != 0 {
            if let Some(place) = places.get_mut(count) {
                *place = base as u32 + left.trailing_zeros();
            }
            count += 1;
            left &= left - 1;
        }
        count = after;
    }
    count
}

/// Of 64 bytes a bit each: those of words of ASCII, the strange ones, and those that may be within a word.
#[inline]
fn masks(block: &[u8; BLOCK]) -> (u64, u64, u64) {
    let mut words = [0_u8; BLOCK];
    let mut strange = [0_u8; BLOCK];
    let mut inner = [0_u8; BLOCK];
    for i in 0..BLOCK {
        let byte = block[i];
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        words[i] = u8::from(letter | digit);
        strange[i] = u8::from(is_strange(byte));
        inner[i] = u8::from((byte == b'.') | (byte == b','));
    }
    (mask_of(&words), mask_of(&strange), mask_of(&inner))
}

/// One bit of each byte, which is 0 or 1.
#[inline]
fn mask_of(bytes: &[u8; BLOCK]) -> u64 {
    let mut mask = 0;
    let (eights, _) = bytes.as_chunks::<8>();
    for (i, eight) in eights.iter().enumerate() {
        // The product gathers the lowest bit of each byte in its highest byte.
        mask |= (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * i);
    }
    mask
}

/// Keeps the places where a word stands that a name may begin with, and those where none stands.
#[inline]
fn keep_starts(firsts: &Firsts, text: &[u8], places: &mut [u32; WINDOW + BLOCK], count: usize) -> usize {
    let mut kept = 0;
    for i in 0..count {
        let Some(&place) = places.get(i) else { break };
        let keep = plain_prefix(text, place as usize).is_none_or(|(prefix, _)| firsts.may_begin(prefix));
        if let Some(to) = places.get_mut(kept) {
            *to = place;
        }
        kept += usize::from(keep);
    }
    kept
}

/// Whether a name may begin at a place whose word is likely the first of one: that word may be in most sentences ("the"), so
/// the next has a say.
#[inline]
fn may_begin(tables: &Tables<'_>, firsts: &Firsts, text: &[u8], place: usize) -> bool {
    let Some((key, length)) = plain_key(text, place) else {
        return text.get(place) != Some(&b'\'') || contraction_may_begin(firsts, text, place);
    };
    // No word of the tables, but a name may begin with such an address all the same.
    if key == WWW | 3 << 56 && text.get(place + length) == Some(&b'.') {
        return true;
    }
    let key = expand(key);
    let (_, info) = tables.likely_word(key);
    if info & layout::POSTING != 0 || info & layout::GOES_ON == 0 {
        return info & layout::POSTING != 0;
    }
    // Where it is not plain what the next unit is, it may be any.
    if text.get(place + length) != Some(&b' ') {
        return true;
    }
    let Some((next, length)) = plain_key(text, place + length + 1).map(|(next, more)| (next, length + 1 + more)) else { return true };
    let ended = match text.get(place + length) {
        Some(b',' | b';' | b':' | b'!' | b'?' | b')' | b'"') => place + length + 1,
        _ => place + length,
    };
    if text.get(ended).is_none_or(|&b| b > b' ') {
        return true;
    }
    tables.may_start(layout::pair_hash(layout::start_hash(key), layout::start_hash(expand(next))))
}

/// Whether a name may begin with the word around an apostrophe: "don't" is one word, and the ending of "it's" is one that
/// begins no name.
fn contraction_may_begin(firsts: &Firsts, text: &[u8], place: usize) -> bool {
    let before = text.get(place.saturating_sub(8)..place).unwrap_or(&[]);
    let length = before.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
    let Some((next, more)) = plain_prefix(text, place + 1).filter(|(_, more)| (1..8).contains(more)) else { return true };
    let after = text.get(place + 1 + more as usize);
    if length == 0 || length == 8 || after.is_none_or(|b| !matches!(b, 0..=b' ' | b',' | b';' | b':' | b'!' | b'?' | b')' | b'"')) {
        return true;
    }
    let start = place - length;
    if start.checked_sub(1).and_then(|b| text.get(b)).is_some_and(|b| !matches!(b, 0..=b' ' | b'(' | b'"' | b'-')) {
        return true;
    }
    if more == 1 && next == u64::from(b's') {
        return false;
    }
    plain_prefix(text, start).is_none_or(|(first, _)| firsts.may_begin((first | next << (8 * length)) & (u64::MAX >> 8)))
}

/// Cuts the chunk around a place, and those that follow as long as a name may go on; returns up to where.
fn cut_around(tables: &Tables<'_>, bytes: &[u8], cutter: &mut Cutter<'_, '_>, place: usize, done: usize) -> usize {
    let mut at = place;
    while at > done && bytes.get(at - 1).is_some_and(|&b| b > b' ') {
        at -= 1;
    }
    cutter.gap(at);
    loop {
        at = cutter.chunk(at);
        let [_, first, inner] = tables.kinds(layout::start_hash(cutter.last_key()));
        if !first && !inner {
            return at;
        }
        while bytes.get(at).is_some_and(|&b| b <= b' ') {
            at += 1;
        }
        if at == bytes.len() {
            return at;
        }
    }
}
