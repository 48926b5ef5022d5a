//! Sentence boundaries by rules: what the signs at a possible end, and the words around it, say on their own.

use super::Paragraph;
use crate::kind::Category;

/// A sentence of at most this many tokens up to an abbreviation has no room for a verb: `At 5 a.m. Mr. Smith …`.
const NO_CLAUSE: usize = 3;

const OPEN: &[u8] = "«".as_bytes();
const CLOSE: &[u8] = "»".as_bytes();

/// Whether a token may be the last but for closing marks of a sentence.
pub(crate) fn is_end(category: Category) -> bool {
    matches!(category, Category::Period | Category::Bang | Category::Ellipsis | Category::Terminal | Category::Abbreviation)
}

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
        end
    }
}

/// Whether a full stop that touches its word is followed by the three spaced points of an omission and more text: the
/// points then belong to what follows.
fn opens_with_omission(paragraph: &Paragraph<'_>, end: End) -> bool {
    let points = (end.last + 1..).take_while(|&token| paragraph.category(token) == Some(Category::Period)).take(4).count();
    let after = end.last + 4;
    end.stops == 1 && points == 3 && !paragraph.is_spaced(end.sign) && after < paragraph.len() && paragraph.is_spaced(after)
}

/// Whether the sentence that began at token `first` ends at `end`, as far as rules can tell.
pub(crate) fn ends(paragraph: &Paragraph<'_>, first: usize, end: End) -> bool {
    let sign = paragraph.categories[end.sign];
    let next = end.last + 1;
    let Some(follows) = paragraph.category(next) else { return true };
    let spaced = paragraph.is_spaced(next);
    let glued_sentence = || {
        // Writing without a space behind the full stop: a small word before it, a capital behind.
        let before = end.sign.checked_sub(1).and_then(|token| paragraph.category(token));
        end.sign == end.last && before == Some(Category::Lower) && follows == Category::Capital
    };
    if !spaced && sign != Category::Terminal {
        return sign != Category::Abbreviation && sign != Category::Ellipsis && glued_sentence();
    }
    if is_enumerator_stop(paragraph, first, end.sign) {
        return false;
    }
    let word = opened(paragraph, next);
    let begins = paragraph.category(word);
    if matches!(follows, Category::Dash | Category::Hyphen) && (begins == Some(Category::Lower) || in_guillemets(paragraph, first, next)) {
        // The words of the narrator between two parts of direct speech.
        return false;
    }
    let small = begins == Some(Category::Lower) || begins == Some(Category::Clitic);
    match sign {
        Category::Abbreviation if end.last > end.sign => !small,
        Category::Abbreviation => {
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
        // `I` has its capital anywhere.
        Category::Ellipsis => !small && (end.stops > 3 || paragraph.word(word) != b"I"),
        Category::Period if end.stops == 3 && end.last > end.sign && paragraph.is_spaced(end.sign) => false,
        Category::Period if end.quoted || end.bracketed => !small,
        Category::Bang if end.quoted || end.bracketed => !small,
        Category::Period | Category::Bang => !small || paragraph.is_lower_case(first, end.sign),
        _ => true,
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
    let number_or_letter = match paragraph.categories[number] {
        Category::Number | Category::Enumerator => paragraph.word(number).len() <= 3,
        Category::Lower | Category::Capital => paragraph.word(number).len() == 1,
        _ => false,
    };
    number_or_letter && (number == first || number == first + 1 && paragraph.categories[first] == Category::Bullet)
}

/// Whether a guillemet that was opened since token `first` is still open before token `next`.
fn in_guillemets(paragraph: &Paragraph<'_>, first: usize, next: usize) -> bool {
    // Speech of more tokens than this is taken for closed, so that asking stays cheap.
    let from = first.max(next.saturating_sub(200));
    let last = (from..next).rev().map(|token| paragraph.word(token)).find(|&word| word == OPEN || word == CLOSE);
    last == Some(OPEN)
}
