//! Which bytes are ASCII letters, told for 64 of them at once and for a thousand ahead.
//!
//! The method is that of Langdale and Lemire, Parsing Gigabytes of JSON per Second (2019): where a word ends is found by
//! counting bits, so that no length has to be foretold and no word waits for the one before it.

use wide::u8x64;

/// How many bytes are looked at at once.
const BLOCK: usize = 64;

/// How many bytes are looked at ahead.
const AHEAD: usize = 16 * BLOCK;

/// How many bits from any place on can be asked for at once.
pub(crate) const KNOWN: usize = 56;

/// The bits of a stretch of text, one for each byte: whether it is an ASCII letter.
pub(crate) struct Letters {
    /// Where the stretch begins.
    base: usize,
    bits: [u8; AHEAD / 8],
}

impl Letters {
    pub(crate) fn new(bytes: &[u8]) -> Letters {
        let mut letters = Letters { base: 0, bits: [0; AHEAD / 8] };
        letters.look_ahead(bytes, 0);
        letters
    }

    /// A bit for each byte from `at` on that is an ASCII letter, the first in the lowest place; only [`KNOWN`] are told, the others
    /// may be zero.
    #[inline(always)]
    pub(crate) fn from(&mut self, bytes: &[u8], at: usize) -> u64 {
        let mut place = at.wrapping_sub(self.base);
        if place > AHEAD - BLOCK {
            self.look_ahead(bytes, at);
            place = 0;
        }
        let eight =
            self.bits.get(place / 8..place / 8 + 8).and_then(|eight| eight.first_chunk()).map_or(0, |eight| u64::from_le_bytes(*eight));
        eight >> (place % 8)
    }

    #[inline(never)]
    fn look_ahead(&mut self, bytes: &[u8], at: usize) {
        self.base = at;
        let rest = bytes.get(at..).unwrap_or_default();
        for (to, block) in self.bits.chunks_exact_mut(BLOCK / 8).zip(0..) {
            let from = rest.get(block * BLOCK..).unwrap_or_default();
            let letters = match from.first_chunk() {
                Some(block) => letters_of(block),
                None => {
                    let mut block = [0; BLOCK];
                    block[..from.len()].copy_from_slice(from);
                    letters_of(&block)
                }
            };
            to.copy_from_slice(&letters.to_le_bytes());
            // Of what lies behind the end a block is told, as no letters; more is never asked for.
            if from.is_empty() {
                break;
            }
        }
    }
}

#[inline]
fn letters_of(block: &[u8; BLOCK]) -> u64 {
    let all = |byte: u8| u8x64::splat(byte);
    let from_a = (u8x64::new(*block) | all(0x20)) - all(b'a');
    from_a.min(all(25)).simd_eq(from_a).to_bitmask()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_told_at_every_place_of_a_long_text_and_none_behind_its_end() {
        for len in [0, 1, 7, 63, 64, 65, 200, AHEAD - 1, AHEAD, AHEAD + 1, 3 * AHEAD + 100] {
            let text: Vec<u8> = (0..len).map(|i| (i * i / 7 % 251) as u8).collect();
            let mut letters = Letters::new(&text);
            for at in (0..len).step_by(1 + len / 2000) {
                let bits = letters.from(&text, at);
                for i in 0..KNOWN {
                    let expected = text.get(at + i).is_some_and(u8::is_ascii_alphabetic);
                    assert_eq!(bits >> i & 1 == 1, expected, "byte {} of {len}", at + i);
                }
            }
        }
    }
}
