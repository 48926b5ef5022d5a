//! The words of a language: which classes each belongs to, and with what value.
//!
//! The words come from the language's folder (`data/en/lexicon.toml` and the names of holidays and events) and from the
//! literals in the patterns. One probe of a small open-addressed table answers for a token, and for most tokens the
//! answer is "nothing".

use std::collections::HashMap;

/// A word, mark or shape of digits that some class or pattern knows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub(crate) struct LexId(pub(crate) u16);

impl LexId {
    /// Not in the lexicon.
    pub(crate) const NONE: LexId = LexId(0);
    /// First id that is free after those of the digit shapes.
    const FIRST_FREE: u16 = 6;

    /// The shape of a run of digits: one to four digits, or more.
    pub(crate) fn digits(length: usize) -> LexId {
        LexId(length.clamp(1, 5) as u16)
    }

    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// Number of a word class such as `month`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct ClassId(pub(crate) u16);

/// One reading of a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) class: ClassId,
    pub(crate) value: i32,
}

/// A reading of several atoms in a row.
#[derive(Clone, Debug)]
pub(crate) struct Phrase {
    pub(crate) rest: Vec<LexId>,
    pub(crate) reading: Reading,
}

/// All words of one language. Immutable once built.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    slots: Vec<(Key, LexId)>,
    mask: usize,
    marks: Vec<LexId>,
    readings: Vec<Vec<Reading>>,
    phrases: Vec<Vec<Phrase>>,
    core: Vec<bool>,
    weak: Vec<bool>,
    class_names: Vec<String>,
    past_endings: Vec<String>,
}

impl Lexicon {
    /// Looks up an ASCII word without regard to case.
    pub(crate) fn word(&self, word: &[u8]) -> LexId {
        self.probe(key(word))
    }

    /// Looks up a word or mark with characters beyond ASCII without regard to case.
    pub(crate) fn unicode(&self, word: &str) -> LexId {
        let mut buffer = [0u8; LONGEST_WORD + 8];
        let mut length = 0;
        for c in word.chars().flat_map(char::to_lowercase) {
            if length > LONGEST_WORD {
                return LexId::NONE;
            }
            length += c.encode_utf8(&mut buffer[length..]).len();
        }
        self.probe(key(&buffer[..length]))
    }

    fn probe(&self, key: Key) -> LexId {
        let mut at = key.slot() & self.mask;
        // The table is at most a quarter full, so a free slot ends every search.
        for _ in 0..self.slots.len() {
            let Some((known, id)) = self.slots.get(at) else { return LexId::NONE };
            if id.is_none() || *known == key {
                return *id;
            }
            at = (at + 1) & self.mask;
        }
        LexId::NONE
    }

    /// Looks up a single ASCII mark such as `-`.
    pub(crate) fn mark(&self, mark: u8) -> LexId {
        self.marks.get(mark as usize).copied().unwrap_or_default()
    }

    /// Whether the word has one of the language's endings of regular past forms.
    pub(crate) fn is_past_form(&self, word: &str) -> bool {
        word.len() > 3 && self.past_endings.iter().any(|ending| word.ends_with(ending.as_str()))
    }

    /// The readings of one atom.
    pub(crate) fn readings(&self, id: LexId) -> &[Reading] {
        self.readings.get(id.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The phrases that begin with the atom.
    pub(crate) fn phrases(&self, id: LexId) -> &[Phrase] {
        self.phrases.get(id.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The value of the atom in a class.
    pub(crate) fn value(&self, id: LexId, class: ClassId) -> Option<i32> {
        self.readings(id).iter().find(|r| r.class == class).map(|r| r.value)
    }

    /// Whether the word by itself is a reason to look for a time expression.
    pub(crate) fn is_core(&self, id: LexId) -> bool {
        self.core.get(id.0 as usize).copied().unwrap_or(false)
    }

    /// Whether the word more often means something that is no time ("may", "march", "sun").
    pub(crate) fn is_weak(&self, id: LexId) -> bool {
        self.weak.get(id.0 as usize).copied().unwrap_or(false)
    }

    pub(crate) fn class(&self, name: &str) -> Option<ClassId> {
        self.class_names.iter().position(|n| n == name).map(|i| ClassId(i as u16))
    }

    /// Ids of all words and marks that begin a reading of `class`.
    pub(crate) fn starts_of(&self, class: ClassId) -> Vec<LexId> {
        (0..self.readings.len())
            .filter(|&i| self.readings[i].iter().any(|r| r.class == class) || self.phrases[i].iter().any(|p| p.reading.class == class))
            .map(|i| LexId(i as u16))
            .collect()
    }

    /// Upper bound of the ids, exclusive.
    pub(crate) fn len(&self) -> usize {
        self.readings.len()
    }
}

/// Longest word, in bytes, that is told apart from all others; longer ones are not in any lexicon.
const LONGEST_WORD: usize = 40;

/// A word folded to lower case, in a form that is quick to compare. Setting one bit of every ASCII byte is lower case for
/// its letters, and loses nothing that a lexicon of words needs to tell apart. Other bytes keep theirs, or the dash would
/// be the double prime; their case is folded before.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Key {
    head: u64,
    tail: u64,
    /// Length, and a digest of what lies between head and tail in long words.
    rest: u64,
}

impl Key {
    fn slot(&self) -> usize {
        let mixed = (self.head ^ self.tail.rotate_left(23) ^ self.rest).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 32) as usize
    }
}

fn key(word: &[u8]) -> Key {
    const BEYOND_ASCII: u64 = 0x8080_8080_8080_8080;
    let lower = |bytes: u64| bytes | (!bytes & BEYOND_ASCII) >> 2;
    let eight = |at: usize| word.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes);
    let four = |at: usize| word.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
    let length = word.len();
    let (head, tail) = match length {
        8.. => (eight(0), eight(length - 8)),
        4..=7 => (four(0).into(), four(length - 4).into()),
        0 => (0, 0),
        _ => (u64::from(word[0]) | u64::from(word[length / 2]) << 8 | u64::from(word[length - 1]) << 16, 0),
    };
    let between = match length {
        17..=LONGEST_WORD => {
            word[8..length - 8].iter().fold(0u64, |h, &b| h.wrapping_mul(131).wrapping_add(u64::from(b | (!b & 0x80) >> 2)))
        }
        _ => 0,
    };
    Key { head: lower(head), tail: lower(tail), rest: between << 8 | length.min(255) as u64 }
}

/// Collects words, then freezes them into a [`Lexicon`].
#[derive(Debug)]
pub(crate) struct LexiconBuilder {
    ids: HashMap<String, LexId>,
    lexicon: Lexicon,
}

impl LexiconBuilder {
    pub(crate) fn new() -> Self {
        let mut lexicon = Lexicon { marks: vec![LexId::NONE; 128], ..Lexicon::default() };
        for _ in 0..LexId::FIRST_FREE {
            lexicon.grow();
        }
        LexiconBuilder { ids: HashMap::new(), lexicon }
    }

    /// Endings of regular past forms ("ed"), lower-case.
    pub(crate) fn past_endings(&mut self, endings: &[String]) {
        self.lexicon.past_endings = endings.to_vec();
    }

    /// The id of one lower-case atom, new or known.
    pub(crate) fn atom(&mut self, atom: &str) -> LexId {
        if !atom.is_empty() && atom.bytes().all(|b| b.is_ascii_digit()) {
            return LexId::digits(atom.len());
        }
        if let Some(&id) = self.ids.get(atom) {
            return id;
        }
        let id = LexId(u16::try_from(self.lexicon.readings.len()).unwrap_or(0));
        if id.is_none() {
            return id;
        }
        self.ids.insert(atom.to_owned(), id);
        self.lexicon.grow();
        if let [b] = atom.as_bytes()
            && !b.is_ascii_alphanumeric()
            && let Some(slot) = self.lexicon.marks.get_mut(*b as usize)
        {
            *slot = id;
        }
        id
    }

    pub(crate) fn class(&mut self, name: &str) -> ClassId {
        if let Some(class) = self.lexicon.class(name) {
            return class;
        }
        self.lexicon.class_names.push(name.to_owned());
        ClassId((self.lexicon.class_names.len() - 1) as u16)
    }

    /// Names of all classes so far, by number.
    pub(crate) fn class_names(&self) -> Vec<String> {
        self.lexicon.class_names.clone()
    }

    /// Adds a word or phrase to a class. `core` words alone are a reason to look closer.
    pub(crate) fn add(&mut self, class: ClassId, spelling: &str, value: i32, core: bool) {
        let atoms = split_atoms(spelling);
        let ids: Vec<LexId> = atoms.iter().map(|a| self.atom(a)).collect();
        let Some((&first, rest)) = ids.split_first() else { return };
        let reading = Reading { class, value };
        let at = first.0 as usize;
        if rest.is_empty() {
            self.lexicon.readings[at].push(reading);
            self.lexicon.core[at] |= core;
        } else {
            self.lexicon.phrases[at].push(Phrase { rest: rest.to_vec(), reading });
            // The rarest word of the phrase would do; the longest is nearly always that one.
            if core && let Some(longest) = ids.iter().zip(&atoms).max_by_key(|(_, a)| a.len()).map(|(id, _)| id) {
                self.lexicon.core[longest.0 as usize] = true;
            }
        }
    }

    /// Marks a word as one that more often means something else.
    pub(crate) fn weak(&mut self, word: &str) {
        let id = self.atom(word);
        self.lexicon.weak[id.0 as usize] = true;
    }

    pub(crate) fn finish(mut self) -> Lexicon {
        let size = (self.ids.len() * 4).next_power_of_two().max(64);
        let mut slots = vec![(Key::default(), LexId::NONE); size];
        for (spelling, &id) in &self.ids {
            let key = key(spelling.as_bytes());
            let mut at = key.slot() & (size - 1);
            while !slots[at].1.is_none() {
                at = (at + 1) & (size - 1);
            }
            slots[at] = (key, id);
        }
        for phrases in &mut self.lexicon.phrases {
            phrases.sort_by_key(|p| std::cmp::Reverse(p.rest.len()));
        }
        self.lexicon.mask = size - 1;
        self.lexicon.slots = slots;
        self.lexicon
    }
}

impl Lexicon {
    fn grow(&mut self) {
        self.readings.push(Vec::new());
        self.phrases.push(Vec::new());
        self.core.push(false);
        self.weak.push(false);
    }
}

/// Splits a lexicon entry the way [`crate::atom`] splits text: runs of letters, runs of digits, single marks.
pub(crate) fn split_atoms(spelling: &str) -> Vec<String> {
    let mut atoms: Vec<String> = Vec::new();
    let mut kind = 0;
    for c in spelling.chars().flat_map(char::to_lowercase) {
        let own = if c.is_alphabetic() {
            1
        } else if c.is_ascii_digit() {
            2
        } else {
            0
        };
        match atoms.last_mut() {
            Some(last) if own == kind && own != 0 => last.push(c),
            _ if c.is_whitespace() => {}
            _ => atoms.push(c.to_string()),
        }
        kind = if c.is_whitespace() { 0 } else { own };
    }
    atoms
}
