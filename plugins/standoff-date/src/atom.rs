//! Cuts tokens into atoms and looks each up once in the lexicon.
//!
//! Tokenisers differ over "mid-1996", "3:30pm" and "Sept."; the patterns should not have to care. So every token is cut
//! once more, into runs of letters, runs of digits and single marks, and the patterns are written over those.
//! What the atoms mean is decided by [`crate::lexicon`].

use crate::lexicon::{LexId, Lexicon};

/// Byte offsets of one token of the text, half-open.
pub type TokenSpan = (u32, u32);

/// White space stands before the atom.
pub(crate) const SPACE: u8 = 1;
/// The atom begins with an upper-case letter.
pub(crate) const CAPITAL: u8 = 2;
/// A blank line or more stands before the atom: nothing is matched across it.
pub(crate) const BREAK: u8 = 4;
/// First atom of a sentence, as far as is known.
pub(crate) const SENTENCE: u8 = 8;
/// The atom consists of digits.
pub(crate) const DIGITS: u8 = 32;
/// The atom consists of letters.
pub(crate) const LETTERS: u8 = 64;

/// A run of letters, a run of digits, or one other character.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Atom {
    /// First byte in the text.
    pub(crate) start: u32,
    /// One past the last byte in the text.
    pub(crate) end: u32,
    /// What the lexicon knows of it; [`LexId::NONE`] for most.
    pub(crate) lex: LexId,
    /// [`SPACE`], [`CAPITAL`] and so on.
    pub(crate) flags: u8,
    /// Value of a run of at most nine digits; 0 for the rest.
    pub(crate) number: u32,
}

impl Atom {
    pub(crate) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// What it covers of its text.
    pub(crate) fn covered<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}

/// The atoms of a text, and which of them to look at first. Reused between texts.
#[derive(Debug, Default)]
pub(crate) struct Atoms {
    pub(crate) list: Vec<Atom>,
    /// Those that begin a sentence and a line: the line before them is a heading, or an item of a list.
    pub(crate) lines: Vec<u32>,
    /// Those that an expression may turn on: [`Lexicon::is_lead`].
    pub(crate) leads: Vec<u32>,
}

/// Cuts `tokens` of `text` into atoms. `sentence_starts` are byte offsets in ascending order; it may be empty, and then
/// closing marks and blank lines are all that is known of sentences.
pub(crate) fn cut(text: &str, tokens: &[TokenSpan], sentence_starts: &[u32], lexicon: &Lexicon, into: &mut Atoms) {
    let Atoms { list: atoms, lines, leads } = into;
    atoms.clear();
    lines.clear();
    leads.clear();
    atoms.reserve(tokens.len() + tokens.len() / 8);
    let bytes = text.as_bytes();
    let inside = |at: usize| bytes.get(at).is_some_and(|b| b & 0xc0 == 0x80);
    let mut previous_end = 0usize;
    let mut sentences = sentence_starts.iter().map(|&s| s as usize);
    let mut next_sentence = sentences.next().unwrap_or(usize::MAX);
    let mut after_stop = true;
    for &(start, end) in tokens {
        let (start, end) = (start as usize, end as usize);
        if start >= end || end > bytes.len() || inside(start) || inside(end) || start < previous_end {
            continue;
        }
        let mut flags = gap_flags(&bytes[previous_end..start]);
        if atoms.is_empty() {
            flags |= SPACE | BREAK;
        }
        if sentence_starts.is_empty() {
            if flags & BREAK != 0 || after_stop {
                flags |= SENTENCE;
            }
            after_stop = end - start == 1 && matches!(bytes[start], b'.' | b'!' | b'?');
        } else if next_sentence <= start {
            flags |= SENTENCE;
            next_sentence = sentences.find(|&sentence| sentence > start).unwrap_or(usize::MAX);
            if flags & BREAK == 0 && bytes[previous_end..start].contains(&b'\n') {
                lines.push(atoms.len() as u32);
            }
        }
        previous_end = end;
        match lexicon.plain_word(bytes, start, end) {
            Some(lex) => {
                flags |= if bytes[start].is_ascii_uppercase() { LETTERS | CAPITAL } else { LETTERS };
                if lexicon.is_lead(lex) {
                    leads.push(atoms.len() as u32);
                }
                atoms.push(Atom { start: start as u32, end: end as u32, lex, flags, number: 0 });
            }
            None => {
                let from = atoms.len();
                cut_token(text, start, end, flags, lexicon, atoms);
                leads.extend((from..atoms.len()).filter(|&i| lexicon.is_lead(atoms[i].lex)).map(|i| i as u32));
            }
        }
    }
}

fn gap_flags(gap: &[u8]) -> u8 {
    match gap {
        [] => 0,
        [b' '] => SPACE,
        _ => {
            let lines = gap.iter().filter(|&&b| b == b'\n').count();
            if lines >= 2 { SPACE | BREAK } else { SPACE }
        }
    }
}

/// Kinds of bytes, one bit each.
const DIGIT: u8 = 1;
const LETTER: u8 = 2;
const BEYOND_ASCII: u8 = 4;

/// The kind of each byte; marks have none.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b'A'..=b'Z' | b'a'..=b'z' => LETTER,
            0x80.. => BEYOND_ASCII,
            _ => 0,
        };
        byte += 1;
    }
    kinds
};

fn cut_token(text: &str, start: usize, end: usize, mut flags: u8, lexicon: &Lexicon, atoms: &mut Vec<Atom>) {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < end {
        let first = bytes[at];
        let from = at;
        let kind = KINDS[first as usize];
        if kind == DIGIT {
            let rest = &bytes[at..end];
            at += rest.iter().position(|&b| KINDS[b as usize] != DIGIT).unwrap_or(rest.len());
            let number = bytes[from..at].iter().take(9).fold(0u32, |n, b| n * 10 + u32::from(b - b'0'));
            if at - from == 8 && from == start && is_compact_date(number) {
                for (from, to, number) in
                    [(from, from + 4, number / 10_000), (from + 4, from + 6, number / 100 % 100), (from + 6, at, number % 100)]
                {
                    atoms.push(Atom { start: from as u32, end: to as u32, lex: LexId::digits(to - from), flags: flags | DIGITS, number });
                    flags = 0;
                }
                continue;
            }
            let lex = LexId::digits(at - from);
            atoms.push(Atom { start: from as u32, end: at as u32, lex, flags: flags | DIGITS, number });
        } else if kind != 0 {
            let rest = &bytes[at..end];
            let mut seen = 0;
            let ends = |b: u8| {
                let kind = KINDS[b as usize];
                seen |= kind;
                kind & (LETTER | BEYOND_ASCII) == 0
            };
            at += rest.iter().copied().position(ends).unwrap_or(rest.len());
            if seen & BEYOND_ASCII == 0 {
                push_word(bytes, from, at, flags, lexicon, atoms);
            } else {
                cut_unicode(text, from, at, flags, lexicon, atoms);
            }
        } else {
            at += 1;
            let lex = lexicon.mark(first);
            atoms.push(Atom { start: from as u32, end: at as u32, lex, flags, number: 0 });
        }
        flags = 0;
    }
}

/// Whether eight digits are a year of the last or this century, a month and a day: 20161107.
fn is_compact_date(number: u32) -> bool {
    let (month, day) = (number / 100 % 100, number % 100);
    (1900..2060).contains(&(number / 10_000)) && (1..=12).contains(&month) && (1..=31).contains(&day)
}

fn push_word(bytes: &[u8], from: usize, to: usize, flags: u8, lexicon: &Lexicon, atoms: &mut Vec<Atom>) {
    let capital = if bytes[from].is_ascii_uppercase() { CAPITAL } else { 0 };
    let lex = lexicon.plain_word(bytes, from, to).unwrap_or_default();
    atoms.push(Atom { start: from as u32, end: to as u32, lex, flags: flags | LETTERS | capital, number: 0 });
}

/// A run with characters beyond ASCII: letters stay together, every other character (dashes, quotes, fractions) is one atom.
fn cut_unicode(text: &str, from: usize, to: usize, mut flags: u8, lexicon: &Lexicon, atoms: &mut Vec<Atom>) {
    let run = &text[from..to];
    let mut word_start: Option<usize> = None;
    let mut emit = |a: usize, b: usize, letters: bool, atoms: &mut Vec<Atom>| {
        let piece = &run[a..b];
        let first = piece.chars().next();
        let mut own = flags;
        if letters {
            own |= LETTERS;
            if first.is_some_and(char::is_uppercase) {
                own |= CAPITAL;
            }
        }
        let lex = lexicon.unicode(piece);
        atoms.push(Atom { start: (from + a) as u32, end: (from + b) as u32, lex, flags: own, number: 0 });
        flags = 0;
    };
    for (i, c) in run.char_indices() {
        if c.is_alphabetic() || (word_start.is_some() && is_combining(c)) {
            word_start.get_or_insert(i);
            continue;
        }
        if let Some(a) = word_start.take() {
            emit(a, i, true, atoms);
        }
        emit(i, i + c.len_utf8(), false, atoms);
    }
    if let Some(a) = word_start {
        emit(a, run.len(), true, atoms);
    }
}

fn is_combining(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36f)
}
