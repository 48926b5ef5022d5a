//! Strings in columns: an arena of concatenated strings, and a dictionary of distinct ones.

use std::borrow::Cow;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::error::Error;

/// Strings one after another in one buffer; string `i` lies between `offsets[i]` and `offsets[i + 1]`.
///
/// There is one offset more than there are strings, unless there are none (then the offsets may be empty).
#[derive(Clone, Debug, Default)]
pub struct Strings<'a> {
    offsets: Cow<'a, [u32]>,
    bytes: Cow<'a, str>,
}

impl<'a> Strings<'a> {
    /// Strings over borrowed or owned buffers.
    ///
    /// # Errors
    /// If the offsets do not ascend from 0 to the buffer's length on character boundaries.
    pub fn from_parts(offsets: Cow<'a, [u32]>, bytes: Cow<'a, str>) -> Result<Strings<'a>, Error> {
        let mut before = 0;
        let ascending = offsets.iter().all(|&o| std::mem::replace(&mut before, o) <= o && bytes.is_char_boundary(o as usize));
        let ends = offsets.first().copied().unwrap_or(0) == 0 && offsets.last().map_or(0, |&e| e as usize) == bytes.len();
        if !ascending || !ends {
            return Err(Error::contract("the offsets of a string column do not divide its bytes"));
        }
        Ok(Strings { offsets, bytes })
    }

    /// Strings over borrowed buffers that are equal to those of `known`, which saves looking at them again; `None` where
    /// they are not.
    #[must_use]
    #[inline]
    pub fn like(known: &Strings<'_>, offsets: &'a [u32], bytes: &'a str) -> Option<Strings<'a>> {
        let equal = *known.offsets == *offsets && *known.bytes == *bytes;
        equal.then_some(Strings { offsets: Cow::Borrowed(offsets), bytes: Cow::Borrowed(bytes) })
    }

    /// How many strings there are.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// String `index`; empty where there is none such.
    #[must_use]
    pub fn get(&self, index: usize) -> &str {
        match (self.offsets.get(index), self.offsets.get(index + 1)) {
            (Some(&start), Some(&end)) => self.bytes.get(start as usize..end as usize).unwrap_or(""),
            _ => "",
        }
    }

    /// Appends a string. Once 4 GiB are full it appends empty ones.
    pub fn push(&mut self, string: &str) {
        let offsets = self.offsets.to_mut();
        if offsets.is_empty() {
            offsets.push(0);
        }
        let bytes = self.bytes.to_mut();
        if u32::try_from(bytes.len() + string.len()).is_ok() {
            bytes.push_str(string);
        }
        offsets.push(bytes.len() as u32);
    }

    /// Appends all strings of another column.
    pub(crate) fn extend(&mut self, from: &Strings<'_>) {
        let base = self.bytes.len();
        if u32::try_from(base + from.bytes.len()).is_err() {
            (0..from.len()).for_each(|i| self.push(from.get(i)));
            return;
        }
        let offsets = self.offsets.to_mut();
        if offsets.is_empty() {
            offsets.push(0);
        }
        offsets.extend(from.offsets.iter().skip(1).map(|&o| o + base as u32));
        self.bytes.to_mut().push_str(&from.bytes);
    }

    /// Whether the first `count` strings are those of `other`.
    fn agrees(&self, other: &Strings<'_>, count: usize) -> bool {
        let end = |s: &Strings<'_>| s.offsets.get(count).map_or(0, |&o| o as usize);
        count == 0
            || (self.offsets.get(..=count) == other.offsets.get(..=count)
                && self.bytes.as_bytes().get(..end(self)) == other.bytes.as_bytes().get(..end(other)))
    }

    /// Removes all strings and keeps owned buffers.
    pub fn clear(&mut self) {
        self.offsets.to_mut().clear();
        self.bytes.to_mut().clear();
    }

    /// The offsets, for a foreign boundary.
    #[must_use]
    #[inline]
    pub fn offsets(&self) -> &[u32] {
        &self.offsets
    }

    /// The concatenated strings, for a foreign boundary.
    #[must_use]
    #[inline]
    pub fn bytes(&self) -> &str {
        &self.bytes
    }
}

/// Distinct strings, each with a code from 0.
#[derive(Clone, Debug, Default)]
pub struct Dictionary<'a> {
    strings: Strings<'a>,
    /// Made when a string is looked up for the first time: a dictionary that is only read needs none.
    codes: Option<Box<HashTable<u32>>>,
}

/// From this size on a dictionary is emptied between documents, so that a symbol of many values cannot grow for ever.
const KEPT: usize = 4096;

impl<'a> Dictionary<'a> {
    /// A dictionary to read from: code `i` is string `i`.
    #[must_use]
    #[inline]
    pub fn from_strings(strings: Strings<'a>) -> Dictionary<'a> {
        Dictionary { strings, codes: None }
    }

    /// The strings by code.
    #[must_use]
    #[inline]
    pub fn strings(&self) -> &Strings<'a> {
        &self.strings
    }

    /// The string of a code; empty where there is none such.
    #[must_use]
    pub fn get(&self, code: u32) -> &str {
        self.strings.get(code as usize)
    }

    /// The code of a string, which is added if it is new.
    pub fn intern(&mut self, string: &str) -> u32 {
        let hash = |s: &str| FixedState::default().hash_one(s);
        let Dictionary { strings, codes } = self;
        let codes = codes.get_or_insert_default();
        if codes.len() < strings.len() {
            for code in codes.len() as u32..strings.len() as u32 {
                let h = hash(strings.get(code as usize));
                codes.insert_unique(h, code, |&c| hash(strings.get(c as usize)));
            }
        }
        let h = hash(string);
        if let Some(&code) = codes.find(h, |&c| strings.get(c as usize) == string) {
            return code;
        }
        let code = strings.len() as u32;
        strings.push(string);
        codes.insert_unique(h, code, |&c| hash(strings.get(c as usize)));
        code
    }

    /// Makes the codes of `other` mean the same here, where the two agree as far as both go. Returns whether they do.
    pub(crate) fn follows(&mut self, other: &Dictionary<'_>) -> bool {
        let (own, theirs) = (self.strings.len(), other.strings.len());
        self.strings.agrees(&other.strings, own.min(theirs))
            && (own..theirs).all(|code| self.intern(other.strings.get(code)) as usize == code)
    }

    /// Makes the dictionary ready for the next document. Codes given out before stay good until it has grown too large.
    pub(crate) fn recycle(&mut self) {
        if self.strings.len() > KEPT {
            self.strings.clear();
            self.codes = None;
        }
    }
}
