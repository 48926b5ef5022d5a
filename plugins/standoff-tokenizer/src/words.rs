//! Words and what the lists say of them, found in any case.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::swar;

/// No list holds longer words, in bytes; so the look-up of a long one ends before it begins.
pub(crate) const LONGEST: usize = 32;

/// A map from words in lower case.
#[derive(Clone, Debug)]
pub(crate) struct Words<V> {
    /// Those of at most eight bytes, packed little-endian.
    short: HashMap<u64, V, FixedState>,
    long: HashMap<Box<[u8]>, V, FixedState>,
}

impl<V> Default for Words<V> {
    fn default() -> Words<V> {
        Words { short: HashMap::default(), long: HashMap::default() }
    }
}

impl<V: Default> Words<V> {
    /// What is known of a word given in lower case, which is entered if it was not known.
    pub(crate) fn entry(&mut self, word: &[u8]) -> &mut V {
        match swar::pack(word) {
            Some(packed) => self.short.entry(packed).or_default(),
            None => self.long.entry(word.into()).or_default(),
        }
    }
}

impl<V> Words<V> {
    /// What is known of a word, in whatever case it is.
    pub(crate) fn get(&self, word: &[u8]) -> Option<&V> {
        match swar::pack(word) {
            Some(packed) if swar::is_ascii(packed) => self.short.get(&swar::ascii_lower_case(packed)),
            _ => self.get_long(word),
        }
    }

    #[inline(never)]
    fn get_long(&self, word: &[u8]) -> Option<&V> {
        with_lower_case(word, |word| match swar::pack(word) {
            Some(packed) => self.short.get(&packed),
            None => self.long.get(word),
        })
        .flatten()
    }

    /// Whether a word is known, in whatever case it is.
    pub(crate) fn holds(&self, word: &[u8]) -> bool {
        self.get(word).is_some()
    }

    /// The words of more than eight bytes.
    #[cfg(test)]
    pub(crate) fn long(&self) -> impl Iterator<Item = &[u8]> {
        self.long.keys().map(|word| &**word)
    }

    /// How many words are known.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.short.len() + self.long.len()
    }
}

impl Words<()> {
    /// Enters words, each in lower case.
    pub(crate) fn extend(&mut self, words: impl IntoIterator<Item = String>) {
        for word in words {
            self.entry(word.as_bytes());
        }
    }
}

/// Calls `look_up` with the word in lower case, unless the word is longer than any in the lists.
fn with_lower_case<R>(word: &[u8], look_up: impl FnOnce(&[u8]) -> R) -> Option<R> {
    if word.len() > LONGEST {
        return None;
    }
    let mut buffer = [0; LONGEST];
    if word.is_ascii() {
        let lower = &mut buffer[..word.len()];
        lower.copy_from_slice(word);
        lower.make_ascii_lowercase();
        // The typographic apostrophe is the only character beyond ASCII in English words; see below.
        return Some(look_up(lower));
    }
    let mut len = 0;
    let mut write = |c: char| {
        let end = len + c.len_utf8();
        c.encode_utf8(buffer.get_mut(len..end)?);
        len = end;
        Some(())
    };
    for c in std::str::from_utf8(word).ok()?.chars() {
        match c {
            '\u{2019}' => write('\'')?,
            // Russian letters, which are most of what is asked for here.
            'а'..='я' => write(c)?,
            'А'..='Я' => write(char::from_u32(c as u32 + 0x20)?)?,
            _ => c.to_lowercase().try_for_each(&mut write)?,
        }
    }
    Some(look_up(&buffer[..len]))
}
