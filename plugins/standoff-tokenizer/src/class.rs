//! Character classes: a table for ASCII, Unicode properties for the rest, each block of them asked once.
//!
//! The classes are what the lexer branches on. They say nothing about any language.

use std::sync::OnceLock;

use icu_properties::props::{
    ExtendedPictographic, GeneralCategory, GeneralCategoryGroup, LineBreak, RegionalIndicator, Script, SentenceBreak,
};
use icu_properties::{CodePointMapData, CodePointSetData};

/// The class of one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Class {
    /// White space within a line, and control characters.
    Space,
    /// A character that ends a line: line feed, carriage return, vertical tab, form feed, U+0085, U+2028, U+2029.
    Newline,
    /// A lower-case letter.
    Lower,
    /// An upper-case or title-case letter.
    Upper,
    /// A letter without case.
    Letter,
    /// A letter of a script whose words are not divided by spaces.
    Unspaced,
    /// A decimal digit.
    Digit,
    /// Another number character: `½`, `²`, `Ⅳ`.
    OtherNumber,
    /// A mark, joiner or format character that belongs to what stands before it.
    Extend,
    /// Opening bracket.
    Open,
    /// Closing bracket.
    Close,
    /// Quotation mark that opens in most languages.
    InitialQuote,
    /// Quotation mark that closes in most languages.
    FinalQuote,
    /// Straight double quotation mark.
    Quote,
    /// Straight apostrophe, or the typographic one.
    Apostrophe,
    /// Full stop.
    Period,
    /// `!`, `?` and the signs that Unicode holds for their equals.
    Bang,
    /// Full stop of another script.
    Terminal,
    /// Comma.
    Comma,
    /// Semicolon.
    Semicolon,
    /// Colon.
    Colon,
    /// Hyphen-minus and hyphens.
    Hyphen,
    /// Dash.
    Dash,
    /// Ellipsis in one character.
    Ellipsis,
    /// Bullet.
    Bullet,
    /// Currency sign.
    Currency,
    /// Pictograph or half of a flag.
    Emoji,
    /// Other punctuation.
    Punctuation,
    /// Other symbol.
    Symbol,
}

impl Class {
    /// Whether words are made of it: letters and digits, marks apart.
    pub(crate) const fn is_word(self) -> bool {
        matches!(self, Class::Lower | Class::Upper | Class::Letter | Class::Digit)
    }

    /// Whether it is a letter of a script with spaces between words.
    pub(crate) const fn is_letter(self) -> bool {
        matches!(self, Class::Lower | Class::Upper | Class::Letter)
    }

    /// Whether it is white space of any sort.
    pub(crate) const fn is_space(self) -> bool {
        matches!(self, Class::Space | Class::Newline)
    }
}

/// Classes of the bytes below 128.
pub(crate) static ASCII: [Class; 128] = ascii();

const fn ascii() -> [Class; 128] {
    let mut table = [Class::Symbol; 128];
    let mut i = 0;
    while i < 128 {
        table[i] = match i as u8 {
            b'\n' | b'\r' | 0x0b | 0x0c => Class::Newline,
            0..=b' ' | 0x7f => Class::Space,
            b'a'..=b'z' => Class::Lower,
            b'A'..=b'Z' => Class::Upper,
            b'0'..=b'9' => Class::Digit,
            b'(' | b'[' | b'{' => Class::Open,
            b')' | b']' | b'}' => Class::Close,
            b'"' => Class::Quote,
            b'\'' | b'`' => Class::Apostrophe,
            b'.' => Class::Period,
            b'!' | b'?' => Class::Bang,
            b',' => Class::Comma,
            b';' => Class::Semicolon,
            b':' => Class::Colon,
            b'-' => Class::Hyphen,
            b'$' => Class::Currency,
            b'&' | b'@' | b'#' | b'%' | b'*' | b'/' | b'\\' | b'_' => Class::Punctuation,
            _ => Class::Symbol,
        };
        i += 1;
    }
    table
}

/// The characters of one block: those that share all bits but the low eight.
type Block = Box<[Class; 256]>;

/// The classes of all characters by block, each worked out when a text first has a character of it.
static BLOCKS: [OnceLock<Block>; 0x1100] = [const { OnceLock::new() }; 0x1100];

fn block(number: u32) -> Block {
    Box::new(std::array::from_fn(|low| by_properties(number << 8 | low as u32)))
}

/// The classes of all characters.
#[derive(Clone, Copy)]
pub(crate) struct Classes;

impl Classes {
    /// The class of a code point.
    #[inline]
    pub(crate) fn of(self, code: u32) -> Class {
        match BLOCKS.get(code as usize >> 8) {
            Some(known) => known.get_or_init(|| block(code >> 8))[code as usize & 255],
            // No character has such a number.
            None => Class::Symbol,
        }
    }

    /// The class of the character that begins at byte `at`, and its length in bytes. The end of the text is white space.
    #[inline]
    pub(crate) fn at(self, bytes: &[u8], at: usize) -> (Class, usize) {
        match bytes.get(at) {
            Some(&byte) if byte < 128 => (ASCII[byte as usize], 1),
            Some(_) => self.beyond_ascii(bytes, at),
            None => (Class::Newline, 0),
        }
    }

    /// The same for a character beyond ASCII, which is too much to have in many places.
    #[inline(never)]
    fn beyond_ascii(self, bytes: &[u8], at: usize) -> (Class, usize) {
        let (code, len) = decode(bytes, at);
        (self.of(code), len)
    }

    /// The class of the character that ends before byte `at`. The start of the text is white space.
    pub(crate) fn before(self, bytes: &[u8], at: usize) -> Class {
        let start = start_of_previous(bytes, at);
        if start == at { Class::Newline } else { self.at(bytes, start).0 }
    }
}

/// Where the character that ends before byte `at` begins; `at` itself at the start of the text.
pub(crate) fn start_of_previous(bytes: &[u8], at: usize) -> usize {
    let mut start = at;
    while start > 0 {
        start -= 1;
        if bytes[start] & 0xc0 != 0x80 {
            return start;
        }
    }
    start
}

/// Decodes the character at a character boundary of valid UTF-8. Gives U+FFFD of length 1 if the bytes are no UTF-8.
#[inline]
pub(crate) fn decode(bytes: &[u8], at: usize) -> (u32, usize) {
    let low = |i: usize| bytes.get(at + i).map_or(0, |&b| u32::from(b & 0x3f));
    let lead = u32::from(bytes.get(at).copied().unwrap_or(0));
    match lead {
        0..=0x7f => (lead, 1),
        0xc2..=0xdf => ((lead & 0x1f) << 6 | low(1), 2),
        0xe0..=0xef => ((lead & 0x0f) << 12 | low(1) << 6 | low(2), 3),
        0xf0..=0xf4 => ((lead & 0x07) << 18 | low(1) << 12 | low(2) << 6 | low(3), 4),
        _ => (0xfffd, 1),
    }
}

/// The class by Unicode properties, with the few single characters whose role no property tells.
fn by_properties(code: u32) -> Class {
    use GeneralCategory as G;
    if code < 128 {
        return ASCII[code as usize];
    }
    match code {
        0x85 | 0x2028 | 0x2029 => return Class::Newline,
        // Soft hyphen, the joiners and the variation selectors stay with the word; the zero-width space divides words.
        0x200b => return Class::Space,
        // The byte order mark is white space wherever it stands.
        0xfeff => return Class::Space,
        0x2019 | 0x02bc | 0xff07 => return Class::Apostrophe,
        0x2018 | 0x201b => return Class::InitialQuote,
        0x2026 | 0x22ef => return Class::Ellipsis,
        0x2010 | 0x2011 | 0xff0d => return Class::Hyphen,
        0x2022 | 0x2023 | 0x2043 | 0x25e6 | 0x25aa | 0x25ab | 0x25cf | 0x25cb | 0x25a0 | 0x25a1 | 0x2219 | 0x00b7 => {
            return Class::Bullet;
        }
        0x2012..=0x2015 | 0x2212 | 0x2e3a | 0x2e3b => return Class::Dash,
        0x203c | 0x203d | 0x2047..=0x2049 | 0x037e | 0x061f => return Class::Bang,
        // Those of full width end a sentence without a space behind them.
        0xff01 | 0xff1f => return Class::Terminal,
        0xff0c | 0x3001 | 0x060c | 0x055d => return Class::Comma,
        0xff1b | 0x061b => return Class::Semicolon,
        0xff1a => return Class::Colon,
        // Corner brackets are the quotation marks of Chinese and Japanese.
        0x300c | 0x300e => return Class::InitialQuote,
        0x300d | 0x300f => return Class::FinalQuote,
        _ => {}
    }
    let category = CodePointMapData::<GeneralCategory>::new().get32(code);
    let group = |g: GeneralCategoryGroup| g.contains(category);
    if group(GeneralCategoryGroup::Letter) || category == G::LetterNumber {
        return if is_unspaced(code) {
            Class::Unspaced
        } else {
            match category {
                G::UppercaseLetter | G::TitlecaseLetter => Class::Upper,
                G::LowercaseLetter => Class::Lower,
                G::LetterNumber => Class::OtherNumber,
                _ => Class::Letter,
            }
        };
    }
    match category {
        _ if CodePointSetData::new::<RegionalIndicator>().contains32(code) => Class::Emoji,
        G::NonspacingMark | G::SpacingMark | G::EnclosingMark => {
            if is_unspaced(code) {
                Class::Unspaced
            } else {
                Class::Extend
            }
        }
        G::Format => Class::Extend,
        G::DecimalNumber => Class::Digit,
        G::OtherNumber => Class::OtherNumber,
        G::SpaceSeparator | G::Control => Class::Space,
        G::LineSeparator | G::ParagraphSeparator => Class::Newline,
        G::OpenPunctuation => Class::Open,
        G::ClosePunctuation => Class::Close,
        G::InitialPunctuation => Class::InitialQuote,
        G::FinalPunctuation => Class::FinalQuote,
        G::DashPunctuation => Class::Dash,
        G::CurrencySymbol => Class::Currency,
        // Skin tones are modifiers of the pictograph before them.
        G::ModifierSymbol if (0x1f3fb..=0x1f3ff).contains(&code) => Class::Extend,
        G::OtherSymbol | G::MathSymbol if code > 0xff && CodePointSetData::new::<ExtendedPictographic>().contains32(code) => Class::Emoji,
        G::OtherPunctuation | G::ConnectorPunctuation => match CodePointMapData::<SentenceBreak>::new().get32(code) {
            SentenceBreak::STerm | SentenceBreak::ATerm => Class::Terminal,
            _ => Class::Punctuation,
        },
        // Private and unassigned characters behave like letters, as UAX 29 would join them to nothing and users who put
        // them into words want to keep the words.
        G::PrivateUse | G::Unassigned => Class::Letter,
        _ => Class::Symbol,
    }
}

/// Scripts written without spaces between words: those whose lines break by dictionary, and the CJK ones.
fn is_unspaced(code: u32) -> bool {
    CodePointMapData::<LineBreak>::new().get32(code) == LineBreak::ComplexContext
        || matches!(CodePointMapData::<Script>::new().get32(code), Script::Han | Script::Hiragana | Script::Katakana)
        // The prolonged sound mark and its half-width form are common to both kana.
        || matches!(code, 0x30fc | 0xff70)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_decodes_to_itself() {
        for c in (0..=0x10_ffff).step_by(37).filter_map(char::from_u32) {
            let mut buffer = [0; 4];
            let bytes = c.encode_utf8(&mut buffer).as_bytes();
            assert_eq!(decode(bytes, 0), (c as u32, bytes.len()));
        }
    }

    #[test]
    fn white_space_of_unicode_is_white_space_here() {
        let classes = Classes;
        for c in (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| c.is_whitespace()) {
            assert!(classes.of(c as u32).is_space(), "U+{:04X}", c as u32);
        }
    }

    #[test]
    fn letters_of_the_two_full_languages_have_case() {
        let classes = Classes;
        for (c, class) in [('ё', Class::Lower), ('Ё', Class::Upper), ('é', Class::Lower), ('日', Class::Unspaced), ('ไ', Class::Unspaced)]
        {
            assert_eq!(classes.of(c as u32), class, "{c}");
        }
    }
}
