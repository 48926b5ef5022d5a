//! The one pass over the bytes: finds where tokens begin, takes the common ones itself and hands the others on.
//!
//! Plain words of ASCII letters with a space or a common mark behind them are most of any English text; they never leave
//! this file. Words with anything else in or behind them go to [`word`](crate::word), digits to
//! [`figure`](crate::figure), signs to [`mark`](crate::mark).

use std::sync::Arc;

use crate::class::{ASCII, Class, Classes, decode};
use crate::kind::Category;
use crate::letters::{KNOWN, Letters};
use crate::lexicon::Lexicon;
use crate::segments::Segments;
use crate::sentence::Splitter;
use crate::swar;

/// The category of a word by the bit that its first letter has if it is small: a table, for the branch could not be foretold.
static CASES: [Category; 2] = [Category::Capital, Category::Lower];

/// What the signs are that may stand between a word and white space, if nothing else can be meant.
static PLAIN_SIGNS: [Option<Category>; 128] = {
    let mut table = [None; 128];
    table[b',' as usize] = Some(Category::Comma);
    table[b'.' as usize] = Some(Category::Period);
    table[b'?' as usize] = Some(Category::Bang);
    table[b';' as usize] = Some(Category::Semicolon);
    table[b':' as usize] = Some(Category::Colon);
    table[b')' as usize] = Some(Category::Close);
    table[b'"' as usize] = Some(Category::CloseQuote);
    table
};

/// The words that the lexer knows, and what it does with hyphens.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) lexicon: Arc<Lexicon>,
    /// Whether hyphens divide words of Latin letters.
    pub(crate) split_hyphens: bool,
}

/// One text on its way to tokens, with the place the lexer has reached.
pub(crate) struct Lexer<'a> {
    pub(crate) text: &'a str,
    pub(crate) bytes: &'a [u8],
    pub(crate) classes: Classes,
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) split_hyphens: bool,
    pub(crate) out: &'a mut Segments,
    splitter: &'a Splitter,
    /// Tokens that stand first on their line, by index, within the paragraph.
    lines: Vec<u32>,
    /// The first token of the paragraph.
    paragraph: usize,
    /// Below this offset no address or dotted name is left to find: each stretch of text is searched once.
    pub(crate) searched: usize,
}

impl<'a> Lexer<'a> {
    /// A lexer at the start of a text. `out` must be empty.
    pub(crate) fn new(text: &'a str, policy: &'a Policy, splitter: &'a Splitter, out: &'a mut Segments) -> Lexer<'a> {
        Lexer {
            text,
            bytes: text.as_bytes(),
            classes: Classes,
            lexicon: &policy.lexicon,
            split_hyphens: policy.split_hyphens,
            out,
            splitter,
            lines: Vec::new(),
            paragraph: 0,
            searched: 0,
        }
    }

    /// Segments the text.
    pub(crate) fn run(&mut self) {
        let bytes = self.bytes;
        self.out.reserve(bytes.len());
        let mut at = 0;
        let mut letters = Letters::new(bytes);
        while at < bytes.len() {
            let first = bytes[at];
            if !first.is_ascii_alphabetic() {
                at = if first & 0xfe == 0xd0 { self.cyrillic(at, swar::load(bytes, at)) } else { self.other(at) };
                continue;
            }
            let len = (!letters.from(bytes, at)).trailing_zeros() as usize;
            let stop = if len < KNOWN { at + len } else { letters_end(bytes, at + len) };
            let next = bytes.get(stop).copied().unwrap_or(b' ');
            let head = swar::lower_case(swar::load(bytes, at), len);
            let category = CASES[usize::from(first >> 5 & 1)];
            if next == b' ' {
                self.plain(at, stop, head, category);
                at = stop + 1;
            } else {
                at = self.before_sign(at, stop, head, category, next);
            }
        }
        self.end_paragraph();
    }

    /// Takes a word of ASCII letters that has `next` behind it, and the sign if it is plain. `head` holds its first eight letters in
    /// lower case.
    ///
    /// A function of its own, for the many ways out of it are hard to foretell and most words have a space behind them.
    #[inline(never)]
    fn before_sign(&mut self, at: usize, stop: usize, head: u64, category: Category, next: u8) -> usize {
        if let Some(&Some(sign)) = PLAIN_SIGNS.get(usize::from(next))
            && self.is_space_or_end(stop + 1)
            && (next != b'.' || self.is_no_abbreviation(head, stop - at))
        {
            self.plain(at, stop, head, category);
            self.out.token(stop, stop + 1, sign);
            return self.behind_space(stop + 1);
        }
        match next {
            b',' => {
                self.plain(at, stop, head, category);
                self.out.token(stop, stop + 1, Category::Comma);
                stop + 1
            }
            b'\n' => {
                self.plain(at, stop, head, category);
                self.newline(stop)
            }
            b')' | b'"' | b';' => {
                self.plain(at, stop, head, category);
                stop
            }
            b'\'' if self.is_possessive(stop) => {
                self.out.token(at, stop, category);
                self.out.token(stop, stop + 2, Category::Clitic);
                self.behind_space(stop + 2)
            }
            b'-' if self.is_hyphened_plainly(head, stop) => {
                self.plain(at, stop, head, category);
                self.out.token(stop, stop + 1, Category::Hyphen);
                stop + 1
            }
            _ if self.may_be_address(next, at, stop) => self.word(at),
            _ => self.word_from(at, stop),
        }
    }

    /// Writes a word, in its parts if it is a contraction. `head` holds its first eight letters in lower case.
    #[inline(always)]
    pub(crate) fn plain(&mut self, at: usize, stop: usize, head: u64, category: Category) {
        // Longer words are looked up by their first eight letters; what is found there is looked up as a whole.
        if self.lexicon.maybe_contraction(head) {
            self.contraction(at, stop, category);
        } else {
            self.out.token(at, stop, category);
        }
    }

    /// The place behind the space at `at`, or `at` itself if something else stands there.
    #[inline]
    pub(crate) fn behind_space(&self, at: usize) -> usize {
        at + usize::from(self.bytes.get(at) == Some(&b' '))
    }

    /// Whether a space, the end of a line or that of the text is at `at`.
    #[inline]
    pub(crate) fn is_space_or_end(&self, at: usize) -> bool {
        matches!(self.bytes.get(at), None | Some(b' ' | b'\n'))
    }

    /// Whether what stands at `at` shows that no word, figure or address goes on there.
    #[inline]
    pub(crate) fn is_plain_end(&self, at: usize) -> bool {
        matches!(self.bytes.get(at), None | Some(b' ' | b'\n' | b',' | b')' | b'"' | b';'))
    }

    /// Whether the apostrophe at `at` has an `s` behind it and then a space or common mark.
    #[inline]
    fn is_possessive(&self, at: usize) -> bool {
        self.bytes.get(at + 1) == Some(&b's') && matches!(self.bytes.get(at + 2), None | Some(b' ' | b'\n' | b'.' | b',' | b')' | b'"'))
    }

    /// Whether the hyphen at `stop` divides two words of letters that make no address, where the first is none that may join
    /// the second. `head` holds the first eight letters of the first in lower case.
    #[inline]
    fn is_hyphened_plainly(&self, head: u64, stop: usize) -> bool {
        let mut end = stop;
        // Longer chains are left to those who look at each stretch of text once.
        for _ in 0..4 {
            let part = end + 1;
            end = letters_end(self.bytes, part);
            if end == part || self.bytes.get(end) != Some(&b'-') {
                break;
            }
        }
        self.split_hyphens && self.is_plain_end(end) && self.bytes[end - 1] != b'-' && !self.lexicon.maybe_hyphened(head)
    }

    /// Whether `next`, which stands behind letters at `stop`, may be part of an address or file name.
    #[inline]
    fn may_be_address(&self, next: u8, at: usize, stop: usize) -> bool {
        match next {
            b'.' => !(self.is_space_or_end(stop + 1) || stop == at + 1 && self.is_chain_of_letters(stop)),
            b'-' | b'_' | b'+' | b'@' | b':' | b'/' | b'?' | b'#' | b'%' | b'~' | b'$' | b'0'..=b'9' => true,
            _ => false,
        }
    }

    /// Whether the full stop at `stop` is one of single letters and full stops in turn, `U.S.`, that no address can go on from.
    fn is_chain_of_letters(&self, stop: usize) -> bool {
        let mut end = stop;
        // Longer chains are left to those who look at each stretch of text once.
        for _ in 0..4 {
            match self.bytes.get(end + 1..end + 3) {
                Some([letter, b'.']) if letter.is_ascii_alphabetic() => end += 2,
                _ => break,
            }
        }
        self.is_plain_end(end + 1)
    }

    /// Whether a word of `len` letters with a full stop behind it is neither short enough for an initial nor listed. `head` holds its
    /// first eight letters in lower case.
    #[inline]
    fn is_no_abbreviation(&self, head: u64, len: usize) -> bool {
        len > 8 || len > 1 && !self.lexicon.maybe_abbreviation(head)
    }

    /// Takes whatever begins with something else than an ASCII letter, and gives the place behind it.
    fn other(&mut self, at: usize) -> usize {
        let (class, len) = self.classes.at(self.bytes, at);
        match class {
            Class::Space => at + len,
            Class::Newline => self.newline(at),
            Class::Digit => self.figure(at),
            Class::Lower | Class::Upper | Class::Letter => self.beyond_ascii(at, at + len, case(class)),
            Class::Unspaced => self.unspaced(at),
            Class::Extend => self.extend(at),
            Class::Emoji => self.emoji(at),
            _ => self.mark(at, class, len),
        }
    }

    /// Takes what begins with one of the two bytes that nearly all Cyrillic letters begin with; `word` are the first eight.
    #[inline(never)]
    fn cyrillic(&mut self, at: usize, word: u64) -> usize {
        match swar::cyrillic(word) {
            0 => self.other(at),
            len => self.beyond_ascii(at, at + len, cyrillic_case(word)),
        }
    }

    /// Takes a word that begins with a letter beyond ASCII and is known to reach to `reached` at least: directly if a space or
    /// comma follows it.
    fn beyond_ascii(&mut self, at: usize, reached: usize, category: Category) -> usize {
        let stop = self.letters_beyond(reached);
        match self.bytes.get(stop) {
            None | Some(b' ' | b'\n' | b',' | b')') => {
                self.out.token(at, stop, category);
                self.behind_space(stop)
            }
            // An address begins with a letter of ASCII.
            _ => self.word_from(at, stop),
        }
    }

    /// The end of a run of letters in any script with spaces.
    fn letters_beyond(&self, at: usize) -> usize {
        let mut stop = at;
        loop {
            let cyrillic = swar::cyrillic(swar::load(self.bytes, stop));
            stop += cyrillic;
            if cyrillic == 8 {
                continue;
            }
            let (class, len) = self.classes.at(self.bytes, stop);
            if !class.is_letter() {
                return stop;
            }
            stop += len;
        }
    }

    /// The category of a word by its first letter.
    pub(crate) fn case(&self, at: usize) -> Category {
        case(self.classes.at(self.bytes, at).0)
    }

    /// The end of a run of letters, digits and what attaches to them.
    pub(crate) fn word_end(&self, at: usize) -> usize {
        let mut stop = at;
        loop {
            stop = letters_end(self.bytes, stop);
            match self.classes.at(self.bytes, stop) {
                (class, len) if class.is_word() || class == Class::Extend && len > 0 => stop += len,
                _ => return stop,
            }
        }
    }

    /// Whether a letter or digit begins at `at`.
    pub(crate) fn is_word_at(&self, at: usize) -> bool {
        self.classes.at(self.bytes, at).0.is_word()
    }

    /// Whether a letter or digit, or a character of an unspaced script, ends before `at`.
    pub(crate) fn is_word_before(&self, at: usize) -> bool {
        let class = self.classes.before(self.bytes, at);
        class.is_word() || class == Class::Extend || class == Class::Unspaced
    }

    /// Whether the last token ends at `at`, without space.
    pub(crate) fn is_glued(&self, at: usize) -> bool {
        self.out.tokens.end.last() == Some(&(at as u32))
    }

    /// The categories of the tokens of the paragraph so far.
    pub(crate) fn categories(&self) -> &[Category] {
        self.out.categories.get(self.paragraph..).unwrap_or_default()
    }

    /// Whether the next token is the first of its paragraph or line.
    pub(crate) fn is_first(&self) -> bool {
        let next = self.out.tokens.len();
        next == self.paragraph || self.lines.last() == Some(&(next as u32))
    }

    /// A mark or joiner without a letter before it: part of the last token if it touches one, else a token.
    fn extend(&mut self, at: usize) -> usize {
        let mut stop = at;
        while let (Class::Extend, len) = self.classes.at(self.bytes, stop) {
            stop += len;
        }
        match self.out.tokens.end.last_mut() {
            Some(end) if *end == at as u32 => *end = stop as u32,
            _ => self.out.token(at, stop, Category::Symbol),
        }
        stop
    }

    /// Passes over white space that begins with the end of a line. A blank line ends the paragraph.
    #[inline]
    fn newline(&mut self, at: usize) -> usize {
        if self.bytes[at] == b'\n' && self.bytes.get(at + 1).is_some_and(u8::is_ascii_graphic) {
            self.lines.push(self.out.tokens.len() as u32);
            return at + 1;
        }
        self.newlines(at)
    }

    fn newlines(&mut self, at: usize) -> usize {
        let mut lines = 0;
        let mut stop = at;
        loop {
            let (class, len) = self.classes.at(self.bytes, stop);
            if len == 0 || !class.is_space() {
                break;
            }
            if class == Class::Newline {
                lines += match decode(self.bytes, stop).0 {
                    // A carriage return and its line feed are one end.
                    0x0d if self.bytes.get(stop + 1) == Some(&b'\n') => 0,
                    0x0c | 0x2029 => 2,
                    _ => 1,
                };
            }
            stop += len;
        }
        if lines > 1 {
            self.end_paragraph();
        } else {
            self.lines.push(self.out.tokens.len() as u32);
        }
        stop
    }

    fn end_paragraph(&mut self) {
        let tokens = self.paragraph..self.out.tokens.len();
        self.paragraph = tokens.end;
        if let (Some(&start), Some(&end)) =
            (self.out.tokens.start.get(tokens.start), self.out.tokens.end.get(tokens.start..).and_then(<[u32]>::last))
        {
            self.splitter.split(self.text, self.lexicon, self.out, tokens, &self.lines);
            self.out.paragraphs.push(start as usize, end as usize);
        }
        self.lines.clear();
    }
}

/// The category of a word whose first letter has this class.
fn case(first: Class) -> Category {
    match first {
        Class::Upper => Category::Capital,
        Class::Lower => Category::Lower,
        _ => Category::Uncased,
    }
}

/// The category of a word by its first letter, which is the first of those that [`swar::cyrillic`] counts.
#[inline]
fn cyrillic_case(word: u64) -> Category {
    // Up to U+042F all are capitals, up to U+045F none is, from there on every other one.
    let letter = (word & 3) << 6 | word >> 8 & 0x3f;
    let capital = letter < 0x30 || letter >= 0x60 && letter & 1 == 0;
    if capital { Category::Capital } else { Category::Lower }
}

/// The end of a run of ASCII letters that begins at `at`, if any begins there.
#[inline]
pub(crate) fn letters_end(bytes: &[u8], at: usize) -> usize {
    let mut stop = at;
    loop {
        let len = swar::letters(swar::load(bytes, stop));
        stop += len;
        if len < 8 {
            return stop;
        }
    }
}

/// Where the run of white space that begins at `at` ends, and whether the paragraph ends in it. Looks no further than 64
/// bytes, so that asking again and again stays cheap.
pub(crate) fn skip_space(classes: Classes, bytes: &[u8], at: usize) -> (usize, bool) {
    let mut stop = at;
    let mut lines = 0;
    while stop < bytes.len() && stop < at + 64 {
        let (class, len) = match bytes[stop] {
            byte if byte < 128 => (ASCII[byte as usize], 1),
            _ => classes.at(bytes, stop),
        };
        if !class.is_space() {
            return (stop, lines > 1);
        }
        lines += usize::from(class == Class::Newline && bytes[stop] != b'\r');
        stop += len;
    }
    (stop, stop >= bytes.len() || lines > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cyrillic_letters_have_the_case_of_their_properties() {
        for c in ('\u{400}'..='\u{47f}').filter(|&c| c.is_alphabetic()) {
            let mut eight = [0; 8];
            c.encode_utf8(&mut eight);
            let word = u64::from_le_bytes(eight);
            assert_eq!((swar::cyrillic(word), cyrillic_case(word)), (2, case(Classes.of(c as u32))), "{c}");
        }
    }
}
