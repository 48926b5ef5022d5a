//! Byte offsets against the units that other tools count in.

use serde::{Deserialize, Serialize};

/// What an offset counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Unicode code points, as in Python.
    #[default]
    Char,
    /// UTF-8 bytes, as in Rust.
    Byte,
    /// UTF-16 units, as in Java and JavaScript.
    Utf16,
}

impl Unit {
    /// Its name in the wire form.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Unit::Char => "char",
            Unit::Byte => "byte",
            Unit::Utf16 => "utf16",
        }
    }
}

/// Bytes between two entries of the table. Small enough to count within one quickly, large enough that the table is
/// a sixteenth of the text.
const BLOCK: usize = 64;

/// Converts offsets of one text between bytes and a unit, each in constant time after one pass over the text.
#[derive(Debug)]
pub struct OffsetMap<'t> {
    text: &'t str,
    unit: Unit,
    /// Units before each block of the text; empty where units are bytes.
    blocks: Vec<u32>,
}

impl<'t> OffsetMap<'t> {
    /// The map of a text. For ASCII text, and for bytes, it is empty.
    #[must_use]
    pub fn new(text: &'t str, unit: Unit) -> OffsetMap<'t> {
        let mut blocks = Vec::new();
        if unit != Unit::Byte && !text.is_ascii() {
            let mut count = 0;
            for block in text.as_bytes().chunks(BLOCK) {
                blocks.push(count);
                count += units(block, unit);
            }
            blocks.push(count);
        }
        OffsetMap { text, unit, blocks }
    }

    /// The unit that lies at a byte offset. The offset must lie on a character boundary.
    #[must_use]
    pub fn from_byte(&self, byte: u32) -> u32 {
        match self.blocks.get(byte as usize / BLOCK) {
            None => byte,
            Some(before) => {
                let start = byte as usize / BLOCK * BLOCK;
                before + units(&self.text.as_bytes()[start..(byte as usize).min(self.text.len())], self.unit)
            }
        }
    }

    /// The byte offset at which a unit lies, or `None` where the text has fewer or the unit lies within a character.
    #[must_use]
    pub fn to_byte(&self, unit: u32) -> Option<u32> {
        if self.blocks.is_empty() {
            return self.text.is_char_boundary(unit as usize).then_some(unit);
        }
        let block = self.blocks.partition_point(|&before| before <= unit).checked_sub(1)?;
        let mut count = self.blocks[block];
        let mut byte = (block * BLOCK).min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte += 1;
        }
        // A character that began in the block before was counted there.
        for c in self.text.get(byte..)?.chars() {
            if count >= unit {
                break;
            }
            count += if self.unit == Unit::Utf16 { c.len_utf16() as u32 } else { 1 };
            byte += c.len_utf8();
        }
        (count == unit).then_some(byte as u32)
    }
}

/// Units that begin in a run of bytes: a character counts where its first byte lies.
fn units(bytes: &[u8], unit: Unit) -> u32 {
    let starts = bytes.iter().filter(|&&b| (b as i8) >= -0x40).count();
    let pairs = if unit == Unit::Utf16 { bytes.iter().filter(|&&b| b >= 0xf0).count() } else { 0 };
    (starts + pairs) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn offsets_agree_with_counting(text in "(\\PC|[a-zé😀\r\n]){0,200}") {
            for unit in [Unit::Char, Unit::Byte, Unit::Utf16] {
                let map = OffsetMap::new(&text, unit);
                let mut count = 0;
                for (byte, c) in text.char_indices().chain([(text.len(), ' ')]) {
                    prop_assert_eq!(map.from_byte(byte as u32), count);
                    prop_assert_eq!(map.to_byte(count), Some(byte as u32));
                    count += match unit {
                        Unit::Char => 1,
                        Unit::Byte => c.len_utf8() as u32,
                        Unit::Utf16 => c.len_utf16() as u32,
                    };
                }
                prop_assert_eq!(map.to_byte(count), None);
            }
        }
    }

    #[test]
    fn half_a_surrogate_pair_is_no_place() {
        assert_eq!(OffsetMap::new("😀", Unit::Utf16).to_byte(1), None);
    }
}
