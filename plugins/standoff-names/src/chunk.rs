//! Stretches of capitalised words, with the little words inside names: what may be a name, before its type is known.

use crate::lexicon::flag;
use crate::reading::{Extent, Reading, Shape, Tok};

/// The longest stretch, in tokens.
const LONGEST: usize = 24;

/// Extends a stretch that starts at a name-like token as far as it goes. `stops` says where a title or a fixed name
/// begins. Returns its end, exclusive.
pub(crate) fn extend(reading: &Reading, sentence: Extent, start: usize, stops: impl Fn(usize) -> bool) -> usize {
    // No name is longer; the rules look back and forth in a stretch, which so stays linear in the text.
    let sentence = Extent { end: sentence.end.min(start + LONGEST), ..sentence };
    let tokens = &reading.tokens[..sentence.end];
    let mut at = start + 1;
    // After "of" or "for" the parts of an office's field may be joined by "and" and commas.
    let mut open = false;
    while at < sentence.end && !stops(at) {
        let token = &tokens[at];
        let before = &tokens[at - 1];
        if is_name_like(reading, sentence, at) && !(calendar_breaks(token, before)) {
            at += 1;
            continue;
        }
        let word = reading.word(at);
        let next = |k: usize| at + k < sentence.end && !stops(at + k) && is_name_like(reading, sentence, at + k);
        match word {
            "-" | "‐" | "‑" | "–" if token.glued && tokens.get(at + 1).is_some_and(|t| t.glued) && next(1) => at += 2,
            "&" if next(1) => at += 2,
            "." if token.glued && before.shape == Shape::Initial && next(1) => at += 2,
            "of" | "for" | "on" => {
                let takes = match word {
                    "of" => flag::BEFORE_OF,
                    "for" => flag::ORG_FOR,
                    _ => flag::LAW_OF,
                };
                let the = usize::from(reading.word(at + 1) == "the");
                if !before.has(takes) || !next(1 + the) {
                    break;
                }
                open = true;
                at += 2 + the;
            }
            "and" if open && before.has(flag::COMMON) && next(1) && tokens[at + 1].has(flag::COMMON) => at += 2,
            // "Health, Education and Welfare", but not "Ministry of Culture, State Board".
            "," if open
                && before.has(flag::COMMON)
                && next(1)
                && tokens[at + 1].has(flag::COMMON)
                && matches!(reading.word(at + 2), "," | "and") =>
            {
                at += 2
            }
            "," if open && before.has(flag::COMMON) && reading.word(at + 1) == "and" && next(2) && tokens[at + 2].has(flag::COMMON) => {
                at += 3;
            }
            "in" if open && before.has(flag::COMMON) && next(1) && reading.known_at(at + 1).is_some() => at += 2,
            "and" if before.has(flag::COMMON) && !before.has(flag::HEAD) && leads_to_head(reading, sentence, at + 1) => at += 2,
            "," if tokens
                .get(at + 1)
                .is_some_and(|t| t.is_capital() && t.has(flag::ORG_SUFFIX | flag::NAME_SUFFIX) && !t.has(flag::COMMON)) =>
            {
                at += 2;
            }
            "'s" | "'"
                if next(1) && before.has(flag::COMMON | flag::GIVEN) && before.known == 0 && leads_to_head(reading, sentence, at + 1) =>
            {
                at += 2;
            }
            _ if token.is_lower() && token.has(flag::PARTICLE) && !before.has(flag::HEAD) => {
                let second = tokens.get(at + 1).is_some_and(|t| t.is_lower() && t.has(flag::PARTICLE));
                let hyphen = usize::from(reading.word(at + 1) == "-");
                let reach = if second { 2 } else { 1 + hyphen };
                if !next(reach) {
                    break;
                }
                at += reach + 1;
            }
            _ => break,
        }
    }
    at
}

/// Whether a token may begin or continue a name.
pub(crate) fn is_name_like(reading: &Reading, sentence: Extent, at: usize) -> bool {
    let Some(token) = reading.tokens[..sentence.end].get(at) else { return false };
    if !token.is_capital() {
        return false;
    }
    let next = reading.tokens[..sentence.end].get(at + 1);
    let next_capital = next.is_some_and(|t| t.is_capital() && !t.has(flag::FUNCTION | flag::CALENDAR) && !t.glued);
    if token.has(flag::FUNCTION) && token.shape == Shape::Upper && token.known != 0 {
        return true;
    }
    if token.has(flag::FUNCTION) && token.has(flag::AMBIGUOUS) && !token.first && !next_capital {
        // "Theresa May".
        let before = at.checked_sub(1).filter(|&b| b >= sentence.start).map(|b| &reading.tokens[b]);
        return before.is_some_and(|t| t.is_capital() && t.has(flag::GIVEN) && !t.has(flag::FUNCTION));
    }
    if token.has(flag::FUNCTION) {
        // "Will Smith", but not "Will Russia".
        return token.shape != Shape::Initial
            && token.has(flag::GIVEN)
            && next_capital
            && next.is_some_and(|t| t.known == 0 && !t.has(flag::COMMON));
    }
    if token.shape == Shape::Initial {
        // "I" and "A" are words; other single capitals only go with a name.
        let previous = at.checked_sub(1).filter(|&p| p >= sentence.start).map(|p| &reading.tokens[p]);
        let point = reading.word(at + 1) == "." && next.is_some_and(|t| t.glued);
        return next_capital || point || previous.is_some_and(|t| t.is_capital());
    }
    true
}

/// A day or month ends a name, except the months that are names, after a given name ("Theresa May").
fn calendar_breaks(token: &Tok, before: &Tok) -> bool {
    token.has(flag::CALENDAR) && !(token.has(flag::GIVEN | flag::AMBIGUOUS) && before.has(flag::GIVEN))
}

/// Whether capitalised words follow, the last of which is a word for organisations or buildings.
fn leads_to_head(reading: &Reading, sentence: Extent, from: usize) -> bool {
    let mut at = from;
    while at < sentence.end && at < from + 4 && reading.tokens[at].is_capital() && !reading.tokens[at].has(flag::FUNCTION) {
        at += 1;
    }
    at > from && reading.tokens[at - 1].has(flag::ORG | flag::FAC | flag::LAW)
}
