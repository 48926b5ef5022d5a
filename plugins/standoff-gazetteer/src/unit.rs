//! Units: what names and texts are compared by.
//!
//! A unit is a word without its case, marks, apostrophes and periods, as one number: its *key*. Names are cut into units
//! when a list is compiled, texts when they are scanned, by the same code, so that a list matches whatever the tokeniser
//! made of hyphens ("Asia-Pacific" as one token or three), apostrophes ("Japan's" as one or two) and abbreviations. Keys
//! fold as much as any setting allows; what a list does not want folded is sorted out when a match is verified (see
//! [`Folding`](crate::Folding)).

use icu_normalizer::DecomposingNormalizerBorrowed;

/// A unit of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Offset of its first byte.
    pub start: u32,
    /// Offset one past its last byte.
    pub end: u32,
    /// What it is compared by. Words of up to seven bytes have keys of their own; longer ones share a key with
    /// another word once in 2⁵⁶, which verification finds out.
    pub key: u64,
    /// See the constants.
    pub flags: u8,
}

impl Unit {
    /// Begins with a capital letter.
    pub const CAPITAL: u8 = 1;
    /// Has a small letter.
    pub const SMALL: u8 = 2;
    /// Is no word: punctuation or a symbol.
    pub const PUNCTUATION: u8 = 4;
    /// White space, or the start of the text, is before it.
    pub const SPACED: u8 = 8;
    /// Is one character of a script that does not put spaces between words.
    pub const SPACELESS: u8 = 16;
    /// Begins a token.
    pub const STARTS: u8 = 32;
    /// Ends a token.
    pub const ENDS: u8 = 64;
    /// Has a letter that has no case, or a digit.
    pub const CASELESS: u8 = 128;

    /// The key of what stands for units left out; no word and no sign has it.
    pub const GAP: u64 = u64::MAX - 1;

    /// Whether a flag is set.
    #[must_use]
    pub const fn is(self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Whether it is a word that begins with a capital letter.
    #[must_use]
    pub const fn is_capital(self) -> bool {
        self.is(Unit::CAPITAL)
    }

    /// Whether it is written in capitals only, two letters at least.
    #[must_use]
    pub const fn is_all_capitals(self) -> bool {
        self.is(Unit::CAPITAL) && !self.is(Unit::SMALL) && self.end - self.start > 1
    }
}

/// The key of the possessive ending: the same for `'s` and `’s`.
pub(crate) const POSSESSIVE: u64 = short_key(b"'s");

/// Cuts a text into units, given the spans of its tokens in text order. Text outside of tokens is skipped.
pub fn units_of_tokens(text: &str, tokens: impl IntoIterator<Item = (u32, u32)>, units: &mut Vec<Unit>) {
    units.clear();
    let tokens = tokens.into_iter();
    units.reserve(tokens.size_hint().0);
    let mut cutter = Cutter::new(text, units, true);
    for (start, end) in tokens {
        cutter.token(start as usize, end as usize);
    }
    cutter.finish();
}

/// Cuts a text into units without a tokeniser's help: at white space and punctuation.
pub fn units_of_text(text: &str, units: &mut Vec<Unit>) {
    units_of_chunks(text, false, units);
}

/// Cuts a name into units. A period after a word belongs to it ("Inc."): names have no sentences.
pub fn units_of_name(name: &str, units: &mut Vec<Unit>) {
    units_of_chunks(name, true, units);
}

fn units_of_chunks(text: &str, periods: bool, units: &mut Vec<Unit>) {
    units.clear();
    let mut cutter = Cutter::new(text, units, periods);
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        at = if bytes[at] <= b' ' { at + 1 } else { cutter.chunk(at) };
    }
    cutter.finish();
}

/// The key of one word.
#[must_use]
pub fn key_of(word: &str) -> u64 {
    let mut units = Vec::new();
    units_of_name(word, &mut units);
    units.first().map_or(0, |u| u.key)
}

/// The key of a word that is folded already.
pub(crate) fn key_of_folded(word: &[char]) -> u64 {
    let mut buffer = FoldBuffer::default();
    word.iter().for_each(|&c| buffer.push(c));
    expand(buffer.key())
}

pub(crate) struct Cutter<'t, 'u> {
    text: &'t str,
    units: &'u mut Vec<Unit>,
    /// Where the last token ended, if there was one.
    last: Option<usize>,
    /// Whether the last token was a hyphen glued to the word before it.
    joined: bool,
    /// Whether a period at the end of a token belongs to its word.
    periods: bool,
}

impl<'t, 'u> Cutter<'t, 'u> {
    pub(crate) fn new(text: &'t str, units: &'u mut Vec<Unit>, periods: bool) -> Cutter<'t, 'u> {
        Cutter { text, units, last: None, joined: false, periods }
    }

    /// Cuts what stands between white space, from its first byte on; returns where it ends. Nothing around it counts.
    #[inline]
    pub(crate) fn chunk(&mut self, start: usize) -> usize {
        if let Some(end) = self.plain_chunk(start) {
            return end;
        }
        let chunk = self.text.as_bytes().get(start..).unwrap_or(&[]);
        let end = start + chunk.iter().position(|&b| b <= b' ').unwrap_or(chunk.len());
        self.token(start, end);
        end
    }

    /// Says that units are left out here, if there are units before.
    pub(crate) fn gap(&mut self, at: usize) {
        if !self.units.is_empty() {
            self.units.push(Unit { start: at as u32, end: at as u32, key: Unit::GAP, flags: Unit::PUNCTUATION });
        }
    }

    /// The key of the unit cut last.
    pub(crate) fn last_key(&self) -> u64 {
        self.units.last().map_or(Unit::GAP, |u| u.key)
    }

    #[inline]
    fn token(&mut self, start: usize, end: usize) {
        let bytes = self.text.as_bytes();
        let glued = self.last == Some(start);
        let spaced = u8::from(!glued) * Unit::SPACED;
        if !self.joined {
            // Nearly every token is a word of plain letters. What is glued to an apostrophe may be a part of the word before.
            if !(glued && bytes.get(start.wrapping_sub(1)).is_none_or(|b| !b.is_ascii() || matches!(b, b'\'' | b'`')))
                && let Some((key, flags)) = letters_between(bytes, start, end)
            {
                self.push(start, end, key, flags | Unit::STARTS | Unit::ENDS | spaced);
                self.last = Some(end);
                return;
            }
            // The next most frequent are single signs.
            if end == start + 1
                && let Some(&sign @ (b',' | b'.' | b';' | b':' | b'!' | b'?' | b'(' | b')' | b'"')) = bytes.get(start)
            {
                self.push(start, end, short_key(&[sign]), Unit::PUNCTUATION | Unit::STARTS | Unit::ENDS | spaced);
                self.last = Some(end);
                return;
            }
        }
        self.other_token(start, end);
    }

    /// Cuts what stands between white space, if it is words of ASCII letters, with hyphens or a possessive ending, among
    /// the usual signs; returns where it ends. [`split`](Self::split) makes the same units of it, more slowly.
    #[inline]
    fn plain_chunk(&mut self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let first = self.units.len();
        let mut at = start;
        while let Some(&sign @ (b'(' | b'"')) = bytes.get(at) {
            self.sign(at, sign);
            at += 1;
        }
        let ended = loop {
            let Some(word) = letters_from(bytes, at) else { break None };
            let end = at + word.length;
            self.push(at, end, word.key, word.flags);
            let Some(&next) = bytes.get(end) else { break Some(end) };
            if next <= b' ' {
                break Some(end);
            }
            if next == b'-' && bytes.get(end + 1).is_some_and(u8::is_ascii_alphabetic) {
                at = end + 1;
                continue;
            }
            at = end;
            if next == b'\'' && matches!(bytes.get(end + 1), Some(b's' | b'S')) {
                at = end + 2;
                self.push(end, at, POSSESSIVE, Unit::SMALL);
            } else if next == b'.' && (self.periods || word.length <= 3) {
                // The period of an abbreviation belongs to its word.
                break None;
            }
            break loop {
                match bytes.get(at) {
                    None => break Some(at),
                    Some(&sign) if sign <= b' ' => break Some(at),
                    // A period after another sign is one by itself; after the ending it is rare.
                    Some(&sign @ (b',' | b'.' | b';' | b':' | b'!' | b'?' | b')' | b'"')) => self.sign(at, sign),
                    Some(_) => break None,
                }
                at += 1;
            };
        };
        let Some(end) = ended else {
            self.units.truncate(first);
            return None;
        };
        if let Some(unit) = self.units.get_mut(first) {
            unit.flags |= Unit::STARTS | Unit::SPACED;
        }
        if let Some(unit) = self.units.last_mut() {
            unit.flags |= Unit::ENDS;
        }
        self.last = Some(end);
        Some(end)
    }

    #[inline]
    fn sign(&mut self, at: usize, sign: u8) {
        self.push(at, at + 1, short_key(&[sign]), Unit::PUNCTUATION);
    }

    fn other_token(&mut self, start: usize, end: usize) {
        let Some(token) = self.text.get(start..end).filter(|t| !t.is_empty()) else { return };
        let glued = self.last == Some(start);
        if glued && token.starts_with(char::is_lowercase) && self.merge_over_apostrophe(end) {
            self.last = Some(end);
            return;
        }
        let first = self.units.len();
        if let Some((key, flags)) = ascii_word(self.text.as_bytes(), start, end) {
            if glued && self.merge_into_previous(start, end) {
                self.last = Some(end);
                return;
            }
            self.units.push(Unit { start: start as u32, end: end as u32, key, flags: flags | Unit::STARTS | Unit::ENDS });
        } else if glued && token.chars().all(is_hyphen) && self.units.last().is_some_and(|u| !u.is(Unit::PUNCTUATION)) {
            // Whether it joins two words shows with the next token.
            self.finish();
            self.joined = true;
            self.last = Some(end);
            return;
        } else if glued && self.apostrophe_token(token, start, end) {
            self.last = Some(end);
            return;
        } else {
            self.split(token, start);
        }
        if self.joined {
            self.joined = false;
            if !glued || self.units.get(first).is_none_or(|u| u.is(Unit::PUNCTUATION)) {
                // The hyphen stood alone after all: it separates.
                let at = self.last.unwrap_or(start);
                self.units.insert(first, punctuation(at - 1, at, '-'));
            }
        }
        if let Some(unit) = self.units.get_mut(first) {
            unit.flags |= Unit::STARTS;
            if !glued {
                unit.flags |= Unit::SPACED;
            }
        }
        if self.units.len() > first
            && let Some(unit) = self.units.last_mut()
        {
            unit.flags |= Unit::ENDS;
        }
        self.last = Some(end);
    }

    /// A hyphen that nothing followed separates.
    fn finish(&mut self) {
        if std::mem::take(&mut self.joined)
            && let Some(at) = self.last
        {
            self.units.push(punctuation(at - 1, at, '-'));
        }
    }

    /// `Nuku`, `‘` and `alofa` as three tokens are one unit, as they are in `Nuku‘alofa`.
    fn merge_over_apostrophe(&mut self, end: usize) -> bool {
        let [.., word, mark] = self.units.as_slice() else { return false };
        let (word, mark) = (*word, *mark);
        let is_mark = self.text.get(mark.start as usize..mark.end as usize).is_some_and(|m| m.chars().all(is_apostrophe));
        if !is_mark || word.end != mark.start || word.is(Unit::PUNCTUATION) || self.joined {
            return false;
        }
        self.units.pop();
        if let Some(unit) = self.units.last_mut() {
            let (key, flags) = fold(&self.text[unit.start as usize..end]);
            *unit = Unit { end: end as u32, key, flags: flags | unit.flags & (Unit::STARTS | Unit::SPACED) | Unit::ENDS, ..*unit };
        }
        true
    }

    /// `d'` and `Ivoire` as two tokens are one unit, as they are in `d'Ivoire`.
    fn merge_into_previous(&mut self, start: usize, end: usize) -> bool {
        let Some(previous) = self.units.last().copied() else { return false };
        let before = &self.text[..start];
        if previous.is(Unit::PUNCTUATION) || previous.end as usize == start && !before.ends_with(is_apostrophe) {
            return false;
        }
        if !before.ends_with(is_apostrophe) || self.joined {
            return false;
        }
        let whole = &self.text[previous.start as usize..end];
        if let Some(unit) = self.units.last_mut() {
            let (key, flags) = fold(whole);
            *unit = Unit { end: end as u32, key, flags: flags | unit.flags & (Unit::STARTS | Unit::SPACED) | Unit::ENDS, ..*unit };
        }
        true
    }

    /// A token that begins with an apostrophe right after a word: the possessive, or a part of the word.
    fn apostrophe_token(&mut self, token: &str, start: usize, end: usize) -> bool {
        let mut chars = token.chars();
        if !chars.next().is_some_and(is_apostrophe) || self.units.last().is_none_or(|u| u.is(Unit::PUNCTUATION)) {
            return false;
        }
        match chars.as_str() {
            "s" | "S" => {
                self.units.push(Unit {
                    start: start as u32,
                    end: end as u32,
                    key: POSSESSIVE,
                    flags: Unit::SMALL | Unit::STARTS | Unit::ENDS,
                });
                true
            }
            rest if !rest.is_empty() && rest.chars().all(char::is_alphabetic) => {
                if let Some(unit) = self.units.last_mut() {
                    let (key, flags) = fold(&self.text[unit.start as usize..end]);
                    *unit = Unit { end: end as u32, key, flags: flags | unit.flags & (Unit::STARTS | Unit::SPACED) | Unit::ENDS, ..*unit };
                }
                true
            }
            _ => false,
        }
    }

    /// Cuts one token that is more than letters and digits of ASCII.
    fn split(&mut self, token: &str, base: usize) {
        if token.contains("://") || token.contains('@') && token.len() > 1 || token.starts_with("www.") {
            self.units.push(Unit { start: base as u32, end: (base + token.len()) as u32, key: u64::MAX, flags: Unit::PUNCTUATION });
            return;
        }
        let mut at = 0;
        while let Some(c) = token[at..].chars().next() {
            let next = at + c.len_utf8();
            if is_spaceless(c) {
                let mut end = next;
                while let Some(mark) = token[end..].chars().next().filter(|&m| is_mark(m)) {
                    end += mark.len_utf8();
                }
                let (key, flags) = fold(&token[at..end]);
                self.push(base + at, base + end, key, flags | Unit::SPACELESS);
                at = end;
            } else if c.is_alphanumeric() {
                at = self.word(token, at, base);
            } else if c == '&' {
                self.push(base + at, base + next, short_key(b"and"), Unit::SMALL);
                at = next;
            } else if is_hyphen(c) && at > 0 && token[next..].starts_with(is_word_start) && !is_dash(c) {
                at = next;
            } else if is_apostrophe(c) && at > 0 && matches!(&token[next..], "s" | "S") {
                self.push(base + at, base + token.len(), POSSESSIVE, Unit::SMALL);
                at = token.len();
            } else if is_mark(c) || is_ignored(c) || c.is_whitespace() {
                at = next;
            } else {
                self.units.push(punctuation(base + at, base + next, c));
                at = next;
            }
        }
    }

    /// One word from `at` on; returns where it ends.
    fn word(&mut self, token: &str, at: usize, base: usize) -> usize {
        let mut end = at;
        let mut chars = token[at..].char_indices().peekable();
        let mut dotted = false;
        let mut first = true;
        while let Some((offset, c)) = chars.next() {
            let place = at + offset;
            let next = chars.peek().map(|&(_, n)| n);
            let goes_on = next.is_some_and(|n| n.is_alphanumeric() && !is_spaceless(n));
            if !first && is_spaceless(c) {
                break;
            } else if c.is_alphanumeric() || is_mark(c) || is_ignored(c) {
                end = place + c.len_utf8();
            } else if is_apostrophe(c) && goes_on {
                let rest = &token[place + c.len_utf8()..];
                let after = rest.chars().nth(1);
                if rest.starts_with(['s', 'S']) && !after.is_some_and(char::is_alphanumeric) {
                    break;
                }
            } else if c == '.' && (goes_on || dotted || self.periods && next.is_none() || abbreviates(&token[at..end])) {
                dotted = true;
                end = place + 1;
            } else if goes_on && (c == '&' || c == ',' && is_digit(next) && is_digit(token[..place].chars().next_back())) {
                end = place + 1;
            } else {
                break;
            }
            first = false;
        }
        let (key, flags) = fold(&token[at..end]);
        self.push(base + at, base + end, key, flags);
        // The possessive ending is a unit of its own.
        let rest = &token[end..];
        if let Some(apostrophe) = rest.chars().next().filter(|&c| is_apostrophe(c)) {
            let ending = &rest[apostrophe.len_utf8()..];
            if ending.starts_with(['s', 'S']) && !ending[1..].starts_with(char::is_alphanumeric) {
                let stop = end + apostrophe.len_utf8() + 1;
                self.push(base + end, base + stop, POSSESSIVE, Unit::SMALL);
                return stop;
            }
        }
        end
    }

    #[inline]
    fn push(&mut self, start: usize, end: usize, key: u64, flags: u8) {
        self.units.push(Unit { start: start as u32, end: end as u32, key, flags });
    }
}

fn punctuation(start: usize, end: usize, c: char) -> Unit {
    let c = if is_hyphen(c) { '-' } else { c };
    let mut buffer = FoldBuffer::default();
    buffer.push(c);
    Unit { start: start as u32, end: end as u32, key: buffer.key(), flags: Unit::PUNCTUATION }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;
/// What tells a small ASCII letter from its capital.
const CASE: u64 = 0x2020_2020_2020_2020;

/// The ASCII letters that stand together somewhere in a text.
struct Letters {
    length: usize,
    key: u64,
    flags: u8,
}

/// The key and flags of what stands here, if it is ASCII letters; also `None` if the text ends so soon after it that eight
/// bytes cannot be read.
#[inline]
fn letters_between(text: &[u8], start: usize, end: usize) -> Option<(u64, u8)> {
    let length = end.wrapping_sub(start);
    if length.wrapping_sub(1) < 7 {
        let word = eight(text, start)?;
        let mask = u64::MAX >> (64 - 8 * length as u32);
        return (others(word) & mask == 0).then(|| short_letters(word, mask, length));
    }
    letters_from(text, start).filter(|w| w.length == length).map(|w| (w.key, w.flags))
}

/// All ASCII letters from here on; `None` if there is none, or the text ends so soon that eight bytes cannot be read.
#[inline]
fn letters_from(text: &[u8], start: usize) -> Option<Letters> {
    let word = eight(text, start)?;
    let length = (others(word).trailing_zeros() / 8) as usize;
    if length == 0 {
        return None;
    }
    let mask = u64::MAX >> (64 - 8 * length as u32);
    if length < 8 {
        let (key, flags) = short_letters(word, mask, length);
        return Some(Letters { length, key, flags });
    }
    let capital = u8::from(word & 0x20 == 0) * Unit::CAPITAL;
    long_letters(text, start, mix(HASH_SEED, word | CASE), capital, word & CASE)
}

/// The key and flags of up to seven letters, which are the bytes under the mask.
#[inline]
fn short_letters(word: u64, mask: u64, length: usize) -> (u64, u8) {
    let small = (word | CASE) & mask;
    let key = small | (length as u64) << 56;
    // All abbreviations that stand for another word have a T in the second place.
    let key = if small & 0xff00 == 0x7400 && length <= 3 { expand(key) } else { key };
    let capital = u8::from(word & 0x20 == 0) * Unit::CAPITAL;
    (key, capital | (u8::from(word & CASE & mask != 0) * Unit::SMALL))
}

/// The letters of a word that goes on after its first eight, or ends there.
#[inline]
fn long_letters(text: &[u8], start: usize, mut state: u64, capital: u8, mut lower: u64) -> Option<Letters> {
    let mut length = 8;
    loop {
        let word = eight(text, start + length)?;
        let more = (others(word).trailing_zeros() / 8) as usize;
        if more > 0 {
            let mask = u64::MAX >> (64 - 8 * more as u32);
            state = mix(state, (word | CASE) & mask);
            lower |= word & CASE & mask;
            length += more;
        }
        if more < 8 {
            let key = long_key(mix(state, length as u64));
            return Some(Letters { length, key, flags: capital | (u8::from(lower != 0) * Unit::SMALL) });
        }
    }
}

#[inline]
fn eight(text: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*text.get(at..)?.first_chunk()?))
}

/// The high bit of each byte that is no ASCII letter.
#[inline]
fn others(word: u64) -> u64 {
    let low = (word | CASE) & !HIGH;
    // The high bit of each byte says whether it is from `a` on, and whether it is beyond `z`.
    let (from_a, beyond_z) = (low + ONES * 0x1f, low + ONES * 0x05);
    !(from_a & !beyond_z & !word) & HIGH
}

/// The key of the ASCII letters and digits that stand together from here on, but with an abbreviation left as it is, and how
/// many they are; `None` if there is none, or the text ends so soon that eight bytes cannot be read.
#[inline]
pub(crate) fn plain_key(text: &[u8], start: usize) -> Option<(u64, usize)> {
    let mut word = eight(text, start)?;
    let mut left = (outside_words(word).trailing_zeros() / 8) as usize;
    if left == 0 {
        return None;
    }
    if left < 8 {
        return Some(((word | CASE) & (u64::MAX >> (64 - 8 * left as u32)) | (left as u64) << 56, left));
    }
    let (mut length, mut state) = (0, HASH_SEED);
    loop {
        if left > 0 {
            state = mix(state, (word | CASE) & (u64::MAX >> (64 - 8 * left as u32)));
            length += left;
        }
        if left < 8 {
            return Some((long_key(mix(state, length as u64)), length));
        }
        word = eight(text, start + length)?;
        left = (outside_words(word).trailing_zeros() / 8) as usize;
    }
}

/// The first seven of the ASCII letters and digits that stand together from here on, in small letters, the first in the lowest
/// byte, and how many there are, up to eight; `None` if the text ends so soon that eight bytes cannot be read.
#[inline]
pub(crate) fn plain_prefix(text: &[u8], start: usize) -> Option<(u64, u32)> {
    let word = eight(text, start)?;
    let outside = outside_words(word);
    // All bits below the first byte that is outside, without a case of its own for a longer word: hence seven.
    let inside = (outside ^ outside.wrapping_sub(1)) >> 8;
    Some(((word | CASE) & inside, outside.trailing_zeros() / 8))
}

/// The first seven bytes of a unit's folded form, if it is a word: as [`plain_prefix`] has it.
pub(crate) fn folded_prefix(name: &str, unit: &Unit) -> u64 {
    if unit.key >> 56 <= 7 {
        return unit.key & (u64::MAX >> 8);
    }
    let (mut prefix, mut used) = (0, 0);
    let mut buffer = [0; 4];
    fold_into(name.get(unit.start as usize..unit.end as usize).unwrap_or(""), &mut |c| {
        for &byte in c.encode_utf8(&mut buffer).as_bytes() {
            if used < 7 {
                prefix |= u64::from(byte) << (8 * used);
            }
            used += 1;
        }
    });
    prefix
}

/// The high bit of each byte that is no ASCII letter or digit.
#[inline]
fn outside_words(word: u64) -> u64 {
    let (letter, digit) = ((word | CASE) & !HIGH, word & !HIGH);
    // As in `others`: the high bits say what is from the first of a range on, and what is beyond its last.
    let letters = (letter + ONES * 0x1f) & !(letter + ONES * 0x05);
    let digits = (digit + ONES * 0x50) & !(digit + ONES * 0x46);
    !((letters | digits) & !word) & HIGH
}

/// The keys that `key` may have in a text: itself, and those of the abbreviations that stand for it.
pub(crate) fn written_as(key: u64) -> impl Iterator<Item = u64> {
    let short = ABBREVIATIONS.iter().filter(move |(_, long)| short_key(long.as_bytes()) == key);
    std::iter::once(key).chain(short.map(|(short, _)| short_key(short.as_bytes())))
}

/// The key and flags of a word of up to 31 ASCII letters and digits; `None` for anything else, and for the few
/// abbreviations that stand for another word.
#[inline]
fn ascii_word(text: &[u8], start: usize, end: usize) -> Option<(u64, u8)> {
    let length = end - start;
    if length == 0 || length > 31 {
        return None;
    }
    let mut at = start;
    let mut state = HASH_SEED;
    let mut flags = 0;
    loop {
        let left = end - at;
        let word = match text.get(at..at + 8) {
            Some(bytes) => u64::from_le_bytes(bytes.try_into().unwrap_or([0; 8])),
            None => {
                let mut buffer = [0; 8];
                let rest = &text[at..end.min(at + 8)];
                buffer[..rest.len()].copy_from_slice(rest);
                u64::from_le_bytes(buffer)
            }
        };
        let used = left.min(8);
        let mask = u64::MAX >> (8 * (8 - used as u32));
        let word = word & mask;
        if word & HIGH != 0 {
            return None;
        }
        // Each byte compared at once: the high bit of a byte of `x + (0x80 - limit)` says whether `x >= limit`.
        let at_least = |x: u64, limit: u8| x.wrapping_add(ONES * u64::from(0x80 - limit)) & HIGH;
        let digit = at_least(word, b'0') & !at_least(word, b'9' + 1);
        let upper = at_least(word, b'A') & !at_least(word, b'Z' + 1);
        let lower = at_least(word, b'a') & !at_least(word, b'z' + 1);
        if (digit | upper | lower) != HIGH & mask {
            return None;
        }
        if at == start && upper & 0x80 != 0 {
            flags |= Unit::CAPITAL;
        }
        if lower != 0 {
            flags |= Unit::SMALL;
        }
        if digit != 0 {
            flags |= Unit::CASELESS;
        }
        let small = word | upper >> 2;
        if length <= 7 {
            let key = small | (length as u64) << 56;
            // The abbreviations are words of two or three letters.
            return if length <= 3 { Some((expand(key), flags)) } else { Some((key, flags)) };
        }
        state = mix(state, small);
        if left <= 8 {
            return Some((long_key(mix(state, length as u64)), flags));
        }
        at += 8;
    }
}

/// The key and flags of any word.
fn fold(word: &str) -> (u64, u8) {
    let mut flags = 0;
    let mut folded = FoldBuffer::default();
    let mut first = true;
    for c in word.chars() {
        if first && c.is_alphanumeric() {
            first = false;
            if c.is_uppercase() {
                flags |= Unit::CAPITAL;
            }
        }
        if c.is_lowercase() {
            flags |= Unit::SMALL;
        } else if c.is_alphanumeric() && !c.is_uppercase() {
            flags |= Unit::CASELESS;
        }
    }
    fold_into(word, &mut |c| folded.push(c));
    (expand(folded.key()), flags)
}

/// Folds a word character by character: case, marks, apostrophes and periods go.
pub(crate) fn fold_into(word: &str, out: &mut impl FnMut(char)) {
    for c in word.chars() {
        match c {
            'a'..='z' | '0'..='9' => out(c),
            'A'..='Z' => out(c.to_ascii_lowercase()),
            '.' | '\'' => {}
            _ if c.is_ascii() => out(c),
            'а'..='я' if c != 'й' => out(c),
            'А'..='Я' if c != 'Й' => c.to_lowercase().for_each(&mut *out),
            _ if is_apostrophe(c) || is_ignored(c) => {}
            _ => fold_other(c, out),
        }
    }
}

fn fold_other(c: char, out: &mut impl FnMut(char)) {
    match c {
        'ß' | 'ẞ' => "ss".chars().for_each(out),
        'æ' | 'Æ' => "ae".chars().for_each(out),
        'œ' | 'Œ' => "oe".chars().for_each(out),
        'þ' | 'Þ' => "th".chars().for_each(out),
        'ø' | 'Ø' => out('o'),
        'đ' | 'Đ' | 'ð' | 'Ð' => out('d'),
        'ł' | 'Ł' => out('l'),
        'ħ' | 'Ħ' => out('h'),
        'ı' | 'İ' => out('i'),
        'ə' | 'Ə' => out('e'),
        _ => {
            // Voicing marks of kana tell words apart; all other marks go.
            let nfkd = DecomposingNormalizerBorrowed::new_nfkd();
            for d in nfkd.normalize_iter(std::iter::once(c)) {
                if !is_mark(d) || matches!(d, '\u{3099}' | '\u{309a}') {
                    d.to_lowercase().for_each(&mut *out);
                }
            }
        }
    }
}

/// Collects folded characters and makes a key of them without allocating.
struct FoldBuffer {
    block: [u8; 8],
    used: usize,
    length: usize,
    state: u64,
}

impl Default for FoldBuffer {
    fn default() -> FoldBuffer {
        FoldBuffer { block: [0; 8], used: 0, length: 0, state: HASH_SEED }
    }
}

impl FoldBuffer {
    fn push(&mut self, c: char) {
        let mut buffer = [0; 4];
        for &byte in c.encode_utf8(&mut buffer).as_bytes() {
            if self.used == 8 {
                self.state = mix(self.state, u64::from_le_bytes(self.block));
                self.block = [0; 8];
                self.used = 0;
            }
            self.block[self.used] = byte;
            self.used += 1;
            self.length += 1;
        }
    }

    fn key(self) -> u64 {
        let block = u64::from_le_bytes(self.block);
        if self.length <= 7 {
            return block | (self.length as u64) << 56;
        }
        long_key(mix(mix(self.state, block), self.length as u64))
    }
}

const HASH_SEED: u64 = 0x9e37_79b9_7f4a_7c15;

#[inline]
fn mix(state: u64, word: u64) -> u64 {
    let product = u128::from(state ^ word) * u128::from(0xa076_1d64_78bd_642f_u64 ^ state.rotate_left(23));
    (product as u64) ^ (product >> 64) as u64
}

#[inline]
const fn long_key(state: u64) -> u64 {
    (state & (u64::MAX >> 8)) | 0x80 << 56
}

#[inline]
const fn short_key(word: &[u8]) -> u64 {
    let mut key = (word.len() as u64) << 56;
    let mut i = 0;
    while i < word.len() {
        key |= (word[i] as u64) << (8 * i);
        i += 1;
    }
    key
}

/// The words that some abbreviations stand for, whatever the language of the list.
const ABBREVIATIONS: [(&str, &str); 5] = [("st", "saint"), ("ste", "sainte"), ("mt", "mount"), ("ft", "fort"), ("sts", "saints")];

#[inline]
pub(crate) fn expand(key: u64) -> u64 {
    const ST: u64 = short_key(b"st");
    const STE: u64 = short_key(b"ste");
    const MT: u64 = short_key(b"mt");
    const FT: u64 = short_key(b"ft");
    const STS: u64 = short_key(b"sts");
    match key {
        ST => short_key(b"saint"),
        STE => short_key(b"sainte"),
        MT => short_key(b"mount"),
        FT => short_key(b"fort"),
        STS => short_key(b"saints"),
        key => key,
    }
}

/// The word that a folded word stands for, if it is an abbreviation.
pub(crate) fn expanded(folded: &str) -> Option<&'static str> {
    ABBREVIATIONS.iter().find(|(short, _)| *short == folded).map(|(_, long)| *long)
}

/// Whether a period after this word is likely a part of it: one letter, or a known abbreviation.
fn abbreviates(word: &str) -> bool {
    word.chars().count() == 1 && word.chars().all(char::is_alphabetic) || word.len() <= 3 && expanded(&word.to_ascii_lowercase()).is_some()
}

pub(crate) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | 'ʻ' | 'ʹ' | '`' | '´' | 'ʾ' | 'ʿ' | '＇')
}

pub(crate) fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '–' | '−' | '﹣' | '－')
}

fn is_dash(c: char) -> bool {
    matches!(c, '—' | '―')
}

/// Characters without a look of their own: soft hyphens, joiners, variation selectors.
pub(crate) fn is_ignored(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

pub(crate) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{eb1}' | '\u{eb4}'..='\u{ebc}' | '\u{ec8}'..='\u{ecd}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}' | '\u{fe20}'..='\u{fe2f}')
}

fn is_digit(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_digit())
}

fn is_word_start(c: char) -> bool {
    c.is_alphanumeric()
}

/// Whether a character belongs to a script that is written without spaces: Han, Hiragana, Thai, Lao, Khmer, Burmese.
/// Katakana is not among them: a run of it is a word.
fn is_spaceless(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The units of a text without the quick ways for plain words.
    fn slowly(text: &str, periods: bool) -> Vec<Unit> {
        let mut units = Vec::new();
        let mut cutter = Cutter::new(text, &mut units, periods);
        let mut at = 0;
        for chunk in text.split(|c: char| c <= ' ') {
            cutter.other_token(at, at + chunk.len());
            at += chunk.len() + 1;
        }
        cutter.finish();
        units
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5000))]

        #[test]
        fn plain_words_are_cut_as_all_others_are(
            parts in prop::collection::vec(
                prop_oneof![
                    8 => "[a-cA-CstmfST]{1,4}",
                    2 => "[a-zA-Z]{5,20}",
                    6 => prop::sample::select(vec![" ", "  ", "\n"]).prop_map(str::to_owned),
                    3 => prop::sample::select(vec![",", ".", ";", ":", "!", "?", "(", ")", "\"", "-", "'s", "'S", "'", "\u{2019}s", "&", "/", "@", "7", "\u{e9}", "\u{4eac}", "\u{2014}", "://", "www."]).prop_map(str::to_owned),
                ],
                0..14,
            ),
        ) {
            let text = parts.concat();
            for periods in [false, true] {
                let mut units = Vec::new();
                units_of_chunks(&text, periods, &mut units);
                prop_assert_eq!(units, slowly(&text, periods), "{:?}", text);
            }
        }
    }
}
