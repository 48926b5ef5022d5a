//! Sentence boundaries by rules: what the signs at a possible end, and the words around it, say on their own.

use super::Paragraph;
use super::model::{SIGNED, bits};
use crate::kind::Category;

/// A sentence of at most this many tokens up to an abbreviation has no room for a verb: `At 5 a.m. Mr. Smith …`.
const NO_CLAUSE: usize = 3;

const OPEN: &[u8] = "«".as_bytes();
const CLOSE: &[u8] = "»".as_bytes();

/// Whether a token may be the last but for closing marks of a sentence.
#[inline]
pub(crate) fn is_end(category: Category) -> bool {
    SIGNED >> (category as u64 % 64) & 1 == 1
}

/// Whether a token is a full stop alone, in a sentence of some length and with a space and a capital behind it: what ends most sentences,
/// and what [`judge`] finds to end one whatever else there is.
#[inline]
pub(crate) fn is_usual_end(paragraph: &Paragraph<'_>, first: usize, token: usize) -> bool {
    paragraph.categories[token] == Category::Period
        && token > first + 2
        && paragraph.category(token + 1) == Some(Category::Capital)
        && paragraph.is_spaced(token + 1)
}

/// What may belong to the end of a sentence behind the sign: further signs, closing marks, a reference in brackets.
const BELONGING: u64 = SIGNED | bits(&[Category::Close, Category::CloseQuote, Category::Open]);

/// A possible end of a sentence: the sign itself and all that belongs to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    /// The token that may end the sentence.
    pub(crate) sign: usize,
    /// The last token of the sentence if it ends: the sign or the last closing mark after it.
    pub(crate) last: usize,
    /// How many full stops stand one after the other, spaced or not.
    pub(crate) stops: usize,
    /// Whether a closing quotation mark belongs to the end.
    pub(crate) quoted: bool,
    /// Whether a closing bracket belongs to the end.
    pub(crate) bracketed: bool,
}

impl End {
    /// The end at the token `sign`, with the closing marks that touch it and the further points of a spaced ellipsis.
    pub(crate) fn at(paragraph: &Paragraph<'_>, sign: usize) -> End {
        let stops = |token: usize| match paragraph.categories[token] {
            Category::Period | Category::Abbreviation => 1,
            Category::Ellipsis => paragraph.word(token).len(),
            _ => 0,
        };
        let mut end = End { sign, last: sign, stops: stops(sign), quoted: false, bracketed: false };
        if paragraph.category(sign + 1).is_none_or(|next| BELONGING >> (next as u64 % 64) & 1 == 0) {
            return end;
        }
        while let Some(next) = paragraph.category(end.last + 1) {
            let touches = !paragraph.is_spaced(end.last + 1);
            match next {
                Category::Close if touches => end.bracketed = true,
                Category::CloseQuote if touches => end.quoted = true,
                Category::Period | Category::Bang | Category::Ellipsis | Category::Terminal if touches => {}
                Category::Period if !end.quoted && !end.bracketed && end.stops > 0 && !opens_with_omission(paragraph, end) => {}
                _ => break,
            }
            end.last += 1;
            end.stops += stops(end.last);
        }
        while let Some(last) = reference(paragraph, end.last + 1) {
            end.last = last;
        }
        end
    }
}

/// The last token of a reference to a note or source, `[13]`, that begins at a token: behind a full stop it belongs to the
/// sentence before.
fn reference(paragraph: &Paragraph<'_>, token: usize) -> Option<usize> {
    let figure = |token| paragraph.category(token) == Some(Category::Number);
    let listed = |token| matches!(paragraph.category(token), Some(Category::Comma | Category::Dash | Category::Hyphen));
    if paragraph.category(token) != Some(Category::Open) || paragraph.word(token) != b"[" || !figure(token + 1) {
        return None;
    }
    let mut last = token + 2;
    // A longer list is no reference.
    while listed(last) && figure(last + 1) && last < token + 12 {
        last += 2;
    }
    (paragraph.category(last) == Some(Category::Close)).then_some(last)
}

/// Whether a full stop that touches its word is followed by the three spaced points of an omission and more text: the
/// points then belong to what follows.
fn opens_with_omission(paragraph: &Paragraph<'_>, end: End) -> bool {
    let points = (end.last + 1..).take_while(|&token| paragraph.category(token) == Some(Category::Period)).take(4).count();
    let after = end.last + 4;
    end.stops == 1 && points == 3 && !paragraph.is_spaced(end.sign) && after < paragraph.len() && paragraph.is_spaced(after)
}

/// What the rules make of a possible end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is one, or is not, whatever the words around it.
    Certain(bool),
    /// It may be one; rules alone would say so.
    Open(bool),
}

impl Verdict {
    /// Whether the sentence ends as far as rules can tell.
    pub(crate) fn ends(self) -> bool {
        matches!(self, Verdict::Certain(true) | Verdict::Open(true))
    }
}

/// Whether the sentence that began at token `first` ends at `end`.
pub(crate) fn judge(paragraph: &Paragraph<'_>, first: usize, end: End) -> Verdict {
    use Verdict::{Certain, Open};
    let sign = paragraph.categories[end.sign];
    let next = end.last + 1;
    let Some(follows) = paragraph.category(next) else { return Certain(true) };
    if is_enumerator_stop(paragraph, first, end.sign) {
        return Certain(false);
    }
    if sign == Category::Terminal {
        return Certain(true);
    }
    if follows == Category::Clitic {
        // `Polly Peck International Inc.'s`
        return Certain(false);
    }
    if !paragraph.is_spaced(next) {
        return Open(is_glued_end(paragraph, end, follows));
    }
    let word = opened(paragraph, next);
    let begins = paragraph.category(word);
    let small = begins == Some(Category::Lower);
    if matches!(follows, Category::Dash | Category::Hyphen) && (small || in_guillemets(paragraph, first, next)) {
        // The words of the narrator between two parts of direct speech.
        return Certain(false);
    }
    if (end.quoted || end.bracketed) && follows == Category::Lower {
        // The sentence goes on behind what it quotes or adds.
        return Certain(false);
    }
    match sign {
        Category::Abbreviation if small => Certain(false),
        Category::Abbreviation if end.last > end.sign => Open(true),
        Category::Abbreviation if begins_anew(paragraph, first, end, begins, word) => Certain(true),
        Category::Abbreviation => Open(ends_with_abbreviation(paragraph, first, end, begins, word)),
        // A full stop and three points; three points in a row spaced out are a pause.
        Category::Ellipsis if end.stops == 4 && follows == Category::Capital && paragraph.word(end.sign).len() == 4 => Certain(true),
        // A first word that trails off: `Well... I think so.`
        Category::Ellipsis if end.sign == first + 1 && end.stops == 3 && paragraph.word(word) == b"I" => Certain(false),
        Category::Ellipsis => Open(!small && (end.stops > 3 || paragraph.word(word) != b"I")),
        // An omission and the full stop, all spaced out.
        Category::Period if end.stops == 4 && end.last > end.sign && follows == Category::Capital => Certain(true),
        Category::Period if end.stops == 3 && end.last > end.sign && paragraph.is_spaced(end.sign) => Certain(false),
        Category::Period | Category::Bang if end.quoted || end.bracketed => Open(!small),
        Category::Period | Category::Bang => Open(!small || paragraph.is_lower_case(first, end.sign)),
        _ => Open(true),
    }
}

/// Whether the sentence goes on before a token whatever weights say, which have seen few of these: `Lee & Co., of Leeds`, `See
/// report.pdf`, `sad :( but fine`.
#[inline]
pub(crate) fn goes_on(paragraph: &Paragraph<'_>, next: usize) -> bool {
    match paragraph.category(next) {
        Some(Category::Comma | Category::Semicolon) => !paragraph.is_spaced(next),
        Some(Category::File) => true,
        Some(Category::Lower) => {
            paragraph.categories[next - 1] == Category::Emoticon && matches!(paragraph.word(next), b"and" | b"but" | b"or")
        }
        _ => false,
    }
}

/// Writing without a space behind the full stop: a small word before it, a capital behind.
fn is_glued_end(paragraph: &Paragraph<'_>, end: End, follows: Category) -> bool {
    let sign = paragraph.categories[end.sign];
    let before = end.sign.checked_sub(1).and_then(|token| paragraph.category(token));
    let plain = end.sign == end.last && !matches!(sign, Category::Abbreviation | Category::Ellipsis);
    plain && before == Some(Category::Lower) && follows == Category::Capital
}

/// Whether a title begins the next sentence behind a clock time: `He left at 6 p.m. Mr. Smith …`, but `On Monday at 6
/// p.m. Mr. Smith …`.
fn begins_anew(paragraph: &Paragraph<'_>, first: usize, end: End, begins: Option<Category>, word: usize) -> bool {
    let timed = end.sign.checked_sub(1).is_some_and(|token| matches!(paragraph.categories[token], Category::Number | Category::Time));
    timed
        && begins == Some(Category::Prefix)
        && paragraph.is_capital(word)
        && end.sign + 1 - first > NO_CLAUSE
        && !paragraph.lexicon.is_fronting(paragraph.word(first))
}

/// Whether an abbreviation ends its sentence, by the word that follows.
fn ends_with_abbreviation(paragraph: &Paragraph<'_>, first: usize, end: End, begins: Option<Category>, word: usize) -> bool {
    // A figure set off by a comma is an apposition: `the house, 1898 г. In …` is a caption.
    let counted = end
        .sign
        .checked_sub(2)
        .is_some_and(|token| paragraph.categories[token] == Category::Comma && paragraph.categories[token + 1] == Category::Number);
    let clause = end.sign + 1 - first > NO_CLAUSE && !counted;
    match begins {
        Some(Category::Capital) => clause && paragraph.lexicon.is_starter(paragraph.word(word)),
        // A title begins a sentence more often than it follows an abbreviation.
        Some(Category::Prefix) => clause && paragraph.is_capital(word),
        _ => false,
    }
}

/// The first token from `token` on that is no opening mark, dash or bullet.
pub(crate) fn opened(paragraph: &Paragraph<'_>, token: usize) -> usize {
    let mut word = token;
    while matches!(
        paragraph.category(word),
        Some(Category::Open | Category::OpenQuote | Category::Quote | Category::Dash | Category::Hyphen | Category::Bullet)
    ) {
        word += 1;
        // Deeper stacks of opening marks say nothing more.
        if word > token + 4 {
            break;
        }
    }
    word
}

/// Whether the full stop only numbers the sentence that begins with it: `2.` at the start.
fn is_enumerator_stop(paragraph: &Paragraph<'_>, first: usize, sign: usize) -> bool {
    let Some(number) = sign.checked_sub(1) else { return false };
    if number > first + 1 {
        return false;
    }
    let number_or_letter = match paragraph.categories[number] {
        Category::Number | Category::Enumerator => paragraph.word(number).len() <= 3,
        Category::Lower | Category::Capital => paragraph.word(number).len() == 1,
        _ => false,
    };
    // `2.`, `• 2.`, and the label of a figure or chapter at the start of a paragraph, `Figure 2.`
    let label = first == 0 && paragraph.categories[first] == Category::Capital && paragraph.categories[number] == Category::Number;
    number_or_letter && (number == first || number == first + 1 && (label || paragraph.categories[first] == Category::Bullet))
}

/// Whether a guillemet that was opened since token `first` is still open before token `next`.
fn in_guillemets(paragraph: &Paragraph<'_>, first: usize, next: usize) -> bool {
    // Speech of more tokens than this is taken for closed, so that asking stays cheap.
    let from = first.max(next.saturating_sub(200));
    let last = (from..next).rev().map(|token| paragraph.word(token)).find(|&word| word == OPEN || word == CLOSE);
    last == Some(OPEN)
}
