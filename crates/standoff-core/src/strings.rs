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

    /// The buffers as slices, to be lent.
    #[must_use]
    #[inline]
    pub fn slices(&self) -> StringSlices<'_> {
        StringSlices { offsets: &self.offsets, bytes: self.bytes.as_bytes() }
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

/// Strings as slices, in the layout of [`Strings`]. Nothing about them was checked.
#[derive(Clone, Copy, Debug, Default)]
pub struct StringSlices<'c> {
    /// One offset more than there are strings, unless there are none.
    pub offsets: &'c [u32],
    /// All strings one after another.
    pub bytes: &'c [u8],
}

impl<'c> StringSlices<'c> {
    /// How many strings there are.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether there is none.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The strings.
    ///
    /// # Errors
    /// If the bytes are not UTF-8, or the offsets do not ascend from 0 to their end on character boundaries.
    pub fn strings(self) -> Result<Strings<'c>, Error> {
        let bytes = std::str::from_utf8(self.bytes)
            .map_err(|error| Error::contract(format!("bytes of strings that are not UTF-8 from byte {} on", error.valid_up_to())))?;
        Strings::from_parts(Cow::Borrowed(self.offsets), Cow::Borrowed(bytes))
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

    /// The way from the codes of a foreign dictionary to those of this one; `None` where they are the same.
    ///
    /// A plugin that annotates one document after another sends the same strings each time, and what it adds to them the
    /// host then adds to its own: the two mostly agree, and the codes can be taken as they are.
    ///
    /// # Errors
    /// If the strings are no strings.
    #[inline]
    pub(crate) fn translate<'d, 't>(&'d mut self, theirs: StringSlices<'t>) -> Result<Option<Translation<'d, 'a, 't>>, Error> {
        // What equals strings is strings.
        if *self.strings.offsets == *theirs.offsets && self.strings.bytes.as_bytes() == theirs.bytes {
            return Ok(None);
        }
        self.translate_other(theirs)
    }

    #[inline(never)]
    fn translate_other<'d, 't>(&'d mut self, theirs: StringSlices<'t>) -> Result<Option<Translation<'d, 'a, 't>>, Error> {
        let theirs = theirs.strings()?;
        let (own, count) = (self.strings.len(), theirs.len());
        let agree = self.strings.agrees(&theirs, own.min(count)) && (own..count).all(|code| self.intern(theirs.get(code)) as usize == code);
        Ok((!agree).then(|| Translation { into: self, own: vec![u32::MAX; count], theirs }))
    }

    /// Makes the dictionary ready for the next document. Codes given out before stay good until it has grown too large.
    pub(crate) fn recycle(&mut self) {
        if self.strings.len() > KEPT {
            self.strings.clear();
            self.codes = None;
        }
    }
}

/// The way from the codes of one dictionary to those of another.
pub(crate) struct Translation<'d, 'a, 't> {
    into: &'d mut Dictionary<'a>,
    theirs: Strings<'t>,
    /// The own code of each of theirs that came up.
    own: Vec<u32>,
}

impl Translation<'_, '_, '_> {
    /// Appends codes, each of which the foreign dictionary has.
    pub(crate) fn append(&mut self, codes: &[u32], to: &mut Vec<u32>) {
        let Translation { into, theirs, own } = self;
        to.extend(codes.iter().map(|&code| {
            let slot = &mut own[code as usize];
            if *slot == u32::MAX {
                *slot = into.intern(theirs.get(code as usize));
            }
            *slot
        }));
    }
}
