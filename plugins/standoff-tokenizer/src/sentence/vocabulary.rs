//! Which words are common ones, and which are names of people, as far as two filters of hashes can tell: a capital on a
//! common word begins a sentence more often than a capital on a name.

/// The length of a filter in words of 64 bits.
const FILTER: usize = 1 << 10;

/// How many bytes the two filters take in a model file.
pub(crate) const LENGTH: usize = 2 * 8 * FILTER;

/// Filters of words by their hash. They know some words that they were not told; of 8,000 words about one in twenty.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "training"), allow(unreachable_pub, reason = "the training example makes one"))]
pub struct Vocabulary {
    common: Box<[u64; FILTER]>,
    names: Box<[u64; FILTER]>,
}

impl Vocabulary {
    /// The class of what is no word.
    pub(crate) const NO_WORD: u64 = 4;

    /// The filters of a model file; what is missing is empty.
    pub(crate) fn read(file: &[u8]) -> Vocabulary {
        let mut numbers = file.chunks_exact(8).map(|eight| eight.iter().rev().fold(0, |n, &byte| n << 8 | u64::from(byte)));
        let mut filter = || {
            let mut bits = Box::new([0; FILTER]);
            bits.iter_mut().zip(&mut numbers).for_each(|(to, from)| *to = from);
            bits
        };
        Vocabulary { common: filter(), names: filter() }
    }

    /// 1 for common words, 2 for names, 3 for what is both, 0 for other words, by the hash of the word in lower case.
    #[inline]
    pub(crate) fn class(&self, hash: u64) -> u64 {
        let places = places(hash);
        holds(&self.common, places) | holds(&self.names, places) << 1
    }
}

#[cfg(feature = "training")]
impl Vocabulary {
    /// The filters of these words, in lower case.
    #[must_use]
    pub fn of<'w>(common: impl IntoIterator<Item = &'w str>, names: impl IntoIterator<Item = &'w str>) -> Vocabulary {
        let mut vocabulary = Vocabulary::read(&[]);
        let add = |filter: &mut [u64; FILTER], word: &str| {
            for (place, shift) in places(super::features::word_hash(word.as_bytes(), 0, word.len())) {
                filter[place] |= 1 << shift;
            }
        };
        common.into_iter().for_each(|word| add(&mut vocabulary.common, word));
        names.into_iter().for_each(|word| add(&mut vocabulary.names, word));
        vocabulary
    }

    /// The filters as they stand in a model file.
    pub(crate) fn write(&self, file: &mut Vec<u8>) {
        self.common.iter().chain(self.names.iter()).for_each(|word| file.extend(word.to_le_bytes()));
    }
}

/// Whether a filter has both bits of a word: 1 or 0, without a branch, for it could not be foretold.
#[inline]
fn holds(filter: &[u64; FILTER], places: [(usize, u64); 2]) -> u64 {
    let [bit, other] = places.map(|(place, shift)| filter[place % FILTER] >> shift);
    bit & other & 1
}

/// Where the two bits of a word are: in which number, and how far up.
#[inline]
fn places(hash: u64) -> [(usize, u64); 2] {
    let product = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let place = |shift: u32| ((product >> shift) as usize % FILTER, product >> (shift - 6) & 63);
    [place(54), place(38)]
}
