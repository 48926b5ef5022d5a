//! Eight bytes at a time in one register: where a run of ASCII letters ends.

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The bit that small ASCII letters have and capitals have not, in each byte.
pub(crate) const SMALL: u64 = LOW * 0x20;

/// The eight bytes from `at` on, the first in the lowest place; zeros stand for what lies behind the end.
#[inline]
pub(crate) fn load(bytes: &[u8], at: usize) -> u64 {
    match bytes.get(at..at + 8).and_then(|eight| <[u8; 8]>::try_from(eight).ok()) {
        Some(eight) => u64::from_le_bytes(eight),
        None => load_tail(bytes, at),
    }
}

#[cold]
fn load_tail(bytes: &[u8], at: usize) -> u64 {
    let tail = bytes.get(at..).unwrap_or_default();
    tail.iter().take(8).rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// How many of the eight bytes, from the lowest on, are ASCII letters.
#[inline]
pub(crate) fn letters(word: u64) -> usize {
    (others(word).trailing_zeros() / 8) as usize
}

/// The high bit of each byte that is no ASCII letter.
#[inline]
fn others(word: u64) -> u64 {
    let folded = (word | (LOW * 0x20)) & !HIGH;
    // The high bit of a byte is set by the first sum from `a` on, by the second from `{` on. No sum carries over.
    let from_a = folded + LOW * (0x80 - 0x61);
    let past_z = folded + LOW * (0x80 - 0x7b);
    !(from_a & !past_z & !word) & HIGH
}

/// A word of at most eight bytes, the first in the lowest place and zeros above; `None` of a longer one.
#[inline]
pub(crate) fn pack(word: &[u8]) -> Option<u64> {
    // Two loads that may overlap: a copy of a length that is not known would be a call.
    Some(match word {
        [] => 0,
        [one] => u64::from(*one),
        [a, b] => u64::from(u16::from_le_bytes([*a, *b])),
        [a, b, c] => u64::from(u32::from_le_bytes([*a, *b, *c, 0])),
        _ if word.len() <= 8 => {
            let (low, high) = (word.first_chunk::<4>()?, word.last_chunk::<4>()?);
            u64::from(u32::from_le_bytes(*low)) | u64::from(u32::from_le_bytes(*high)) << (8 * (word.len() - 4))
        }
        _ => return None,
    })
}

/// Whether all eight bytes are ASCII.
#[inline]
pub(crate) fn is_ascii(word: u64) -> bool {
    word & HIGH == 0
}

/// The eight bytes, all of them ASCII, in lower case.
#[inline]
pub(crate) fn ascii_lower_case(word: u64) -> u64 {
    let from_a = word + LOW * (0x80 - 0x41);
    let past_z = word + LOW * (0x80 - 0x5b);
    word | (from_a & !past_z & HIGH) >> 2
}

/// How many of the eight bytes, from the lowest on, make letters between U+0400 and U+047F, the Cyrillic ones of most languages,
/// two bytes each.
#[inline]
pub(crate) fn cyrillic(word: u64) -> usize {
    // 0xd0 or 0xd1, and a byte that continues.
    let other = (word & 0xc0fe_c0fe_c0fe_c0fe) ^ 0x80d0_80d0_80d0_80d0;
    (other.trailing_zeros() / 16 * 2) as usize
}

/// All bits of the first so many bytes.
static FIRST: [u64; 9] = {
    let mut table = [u64::MAX; 9];
    let mut len = 0;
    while len < 8 {
        table[len] = (1 << (8 * len)) - 1;
        len += 1;
    }
    table
};

/// The first `len` bytes of the word, all of them if there are no more, zeros above.
#[inline]
pub(crate) fn head(word: u64, len: usize) -> u64 {
    word & FIRST[len.min(8)]
}

/// The same in lower case, for bytes that are letters.
#[inline]
pub(crate) fn lower_case(word: u64, len: usize) -> u64 {
    head(word | SMALL, len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted_at_every_length() {
        for (text, expected) in [
            ("", 0),
            ("a", 1),
            ("Zz.", 2),
            ("abcdefg\u{e9}", 7),
            ("abcdefgh", 8),
            ("abcdefghi", 8),
            ("@b", 0),
            ("a{", 1),
            ("a[", 1),
            ("Z@", 1),
        ] {
            let word = load(text.as_bytes(), 0);
            assert_eq!(letters(word), expected, "{text}");
        }
        for byte in 0..=255u8 {
            assert_eq!(letters(u64::from(byte)), usize::from(byte.is_ascii_alphabetic()), "{byte}");
        }
    }

    #[test]
    fn cyrillic_letters_are_counted_in_bytes() {
        for (text, expected) in [("", 0), ("д", 2), ("Ядро", 8), ("Ёж.", 4), ("dя", 0), ("ядr", 4), ("яҋ", 2), ("я\u{483}", 2), ("éя", 0)]
        {
            assert_eq!(cyrillic(load(text.as_bytes(), 0)), expected, "{text}");
        }
    }

    #[test]
    fn words_are_packed_at_every_length_and_only_capitals_change_in_lower_case() {
        for text in ["", "A", "aZ", "A.m", "U.S.", "[Ab]@", "x`{Z}_", "@AZ[`az", "Don't-UP", "too long "] {
            let packed = pack(text.as_bytes());
            assert_eq!(packed, (text.len() <= 8).then(|| load(text.as_bytes(), 0)), "{text}");
            if let Some(packed) = packed {
                assert_eq!(ascii_lower_case(packed), load(text.to_ascii_lowercase().as_bytes(), 0), "{text}");
                assert!(is_ascii(packed));
            }
        }
        assert!(!is_ascii(load("é".as_bytes(), 0)));
    }

    #[test]
    fn case_is_folded_within_the_length() {
        assert_eq!(lower_case(load(b"CaNnot be", 0), 6), u64::from_le_bytes(*b"cannot\0\0"));
        assert_eq!(lower_case(load(b"ABCDEFGH", 0), 8), u64::from_le_bytes(*b"abcdefgh"));
        assert_eq!(lower_case(load(b"ABCDEFGH", 0), 20), u64::from_le_bytes(*b"abcdefgh"));
        assert_eq!(lower_case(7, 0), 0);
    }
}
