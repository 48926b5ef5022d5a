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

    pub(crate) fn is_digits(self) -> bool {
        (1..Self::FIRST_FREE).contains(&self.0)
    }
}

/// Classes of words for numbers, which the tagger looks closer at in a message.
pub(crate) const CARDINAL: &str = "cardinal";
pub(crate) const ORDINAL: &str = "ordinal-word";

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
    /// Open addressing: a word stands at its slot or in one of the next, [`LexId::NONE`] ends the search.
    slots: Vec<LexId>,
    mask: usize,
    /// The folded words by id.
    keys: Vec<Key>,
    marks: Vec<LexId>,
    readings: Vec<Vec<Reading>>,
    phrases: Vec<Vec<Phrase>>,
    core: Vec<bool>,
    leads: Vec<bool>,
    weak: Vec<bool>,
    class_names: Vec<String>,
    past_endings: Vec<String>,
    noun_endings: Vec<String>,
    appointments: Vec<String>,
    preparations: Vec<String>,
    yardsticks: Vec<String>,
    thresholds: Vec<String>,
    /// Participles stand at the end of the clause, behind the date: "haben sich am Mittwoch getroffen".
    pub(crate) verb_last: bool,
}

impl Lexicon {
    /// Looks up the word in `text[from..to]` without regard to case; `None` if it is not all ASCII letters.
    #[inline(always)]
    pub(crate) fn plain_word(&self, text: &[u8], from: usize, to: usize) -> Option<LexId> {
        let length = to - from;
        if length <= 8 {
            let mask = first_bytes(length);
            let head = eight(text, from) & mask;
            return are_letters(head, mask).then(|| self.probe(Key { head: head | LOWER & mask, tail: 0, rest: length as u64 }));
        }
        let (head, tail) = (eight(text, from), eight(text, to - 8));
        if !are_letters(head, u64::MAX) || !are_letters(tail, u64::MAX) {
            return None;
        }
        if length <= 16 {
            return Some(self.probe(Key { head: head | LOWER, tail: tail | LOWER, rest: length as u64 }));
        }
        let word = text.get(from..to)?;
        let letters = word.iter().all(u8::is_ascii_alphabetic);
        letters.then(|| if length <= LONGEST_WORD { self.probe(key(word)) } else { LexId::NONE })
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
        let mut at = key.slot();
        // The table is at most a quarter full, so a free slot ends every search.
        while let Some(&id) = self.slots.get(at & self.mask) {
            if id.is_none() || self.keys.get(id.0 as usize) == Some(&key) {
                return id;
            }
            at += 1;
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

    /// Whether a word looks like a noun.
    pub(crate) fn is_noun_form(&self, word: &str) -> bool {
        self.noun_endings.iter().any(|ending| word.ends_with(ending.as_str()))
    }

    /// Whether a word names what may be moved in time: "game", "call".
    pub(crate) fn is_appointment(&self, word: &str) -> bool {
        self.appointments.iter().any(|known| known.eq_ignore_ascii_case(word))
    }

    /// Whether a word names what is got ready for something to come: "tickets".
    pub(crate) fn is_preparation(&self, word: &str) -> bool {
        self.preparations.iter().any(|known| known.eq_ignore_ascii_case(word))
    }

    /// Whether two words say that something is measured by the figure that follows: "down from".
    pub(crate) fn is_yardstick(&self, first: &str, second: &str) -> bool {
        let fits = |(a, b): (&str, &str)| a.eq_ignore_ascii_case(first) && b.eq_ignore_ascii_case(second);
        self.yardsticks.iter().filter_map(|known| known.split_once(' ')).any(fits)
    }

    /// Whether a word says that something is measured by the date that follows: "below March's".
    pub(crate) fn is_threshold(&self, word: &str) -> bool {
        self.thresholds.iter().any(|known| known.eq_ignore_ascii_case(word))
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

    /// Whether the atom is a reason to look for an expression in some mode: a core word, a number or a word for one.
    pub(crate) fn is_lead(&self, id: LexId) -> bool {
        self.leads.get(id.0 as usize).copied().unwrap_or(false)
    }

    /// Whether the word more often means something that is no time ("may", "march", "sun").
    pub(crate) fn is_weak(&self, id: LexId) -> bool {
        self.weak.get(id.0 as usize).copied().unwrap_or(false)
    }

    pub(crate) fn class(&self, name: &str) -> Option<ClassId> {
        self.class_names.iter().position(|n| n == name).map(|i| ClassId(i as u16))
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

/// The bit that makes a lower-case letter of an upper-case one, in each of eight bytes.
const LOWER: u64 = 0x2020_2020_2020_2020;
const BEYOND_ASCII: u64 = 0x8080_8080_8080_8080;
const EACH: u64 = 0x0101_0101_0101_0101;

/// A mask of the first of eight bytes, one at least.
fn first_bytes(count: usize) -> u64 {
    u64::MAX.wrapping_shr(64 - 8 * count as u32)
}

/// The eight bytes at a place; zeros where the text is over.
fn eight(text: &[u8], at: usize) -> u64 {
    if let Some(bytes) = text.get(at..at + 8).and_then(|b| b.try_into().ok()) {
        return u64::from_le_bytes(bytes);
    }
    last_bytes(text.get(at..).unwrap_or(&[]))
}

#[cold]
fn last_bytes(rest: &[u8]) -> u64 {
    rest.iter().take(8).rev().fold(0, |sum, &b| sum << 8 | u64::from(b))
}

/// Whether those of eight bytes that the mask covers are ASCII letters.
fn are_letters(bytes: u64, mask: u64) -> bool {
    let lower = (bytes | LOWER) & !BEYOND_ASCII;
    // In each byte the highest bit tells the outcome: nothing is carried from one to the next.
    let from_a = lower + EACH * u64::from(0x80 - b'a');
    let past_z = lower + EACH * u64::from(0x7f - b'z');
    (!from_a | past_z | bytes) & BEYOND_ASCII & mask == 0
}

fn key(word: &[u8]) -> Key {
    let lower = |bytes: u64| bytes | (!bytes & BEYOND_ASCII) >> 2;
    let length = word.len();
    let rest = length.min(255) as u64;
    if length <= 8 {
        return Key { head: lower(eight(word, 0)) & first_bytes(length), tail: 0, rest };
    }
    let between = match length {
        17..=LONGEST_WORD => {
            word[8..length - 8].iter().fold(0u64, |h, &b| h.wrapping_mul(131).wrapping_add(u64::from(b | (!b & 0x80) >> 2)))
        }
        _ => 0,
    };
    Key { head: lower(eight(word, 0)), tail: lower(eight(word, length - 8)), rest: between << 8 | rest }
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
    pub(crate) fn endings(&mut self, past: &[String], noun: &[String]) {
        self.lexicon.past_endings = past.to_vec();
        self.lexicon.noun_endings = noun.to_vec();
    }

    /// Sets the nouns that the tense is read by.
    pub(crate) fn nouns(&mut self, appointments: &[String], preparations: &[String]) {
        self.lexicon.appointments = appointments.to_vec();
        self.lexicon.preparations = preparations.to_vec();
    }

    /// Sets what stands before a figure that another one is measured by, two words each, and before its date.
    pub(crate) fn yardsticks(&mut self, yardsticks: &[String], thresholds: &[String]) {
        self.lexicon.yardsticks = yardsticks.to_vec();
        self.lexicon.thresholds = thresholds.to_vec();
    }

    /// Where participles stand.
    pub(crate) fn verb_last(&mut self, verb_last: bool) {
        self.lexicon.verb_last = verb_last;
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
        let mut slots = vec![LexId::NONE; size];
        let mut keys = vec![Key::default(); self.lexicon.len()];
        for (spelling, &id) in &self.ids {
            let key = key(spelling.as_bytes());
            let mut at = key.slot() & (size - 1);
            while !slots[at].is_none() {
                at = (at + 1) & (size - 1);
            }
            slots[at] = id;
            keys[id.0 as usize] = key;
        }
        for phrases in &mut self.lexicon.phrases {
            phrases.sort_by_key(|p| std::cmp::Reverse(p.rest.len()));
        }
        let numbers = [CARDINAL, ORDINAL].map(|class| self.lexicon.class(class));
        let is_lead = |id: LexId| {
            let is_number = self.lexicon.readings(id).iter().any(|reading| numbers.contains(&Some(reading.class)));
            id.is_digits() || is_number || self.lexicon.is_core(id)
        };
        self.lexicon.leads = (0..self.lexicon.len() as u16).map(|id| is_lead(LexId(id))).collect();
        self.lexicon.mask = size - 1;
        self.lexicon.slots = slots;
        self.lexicon.keys = keys;
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
