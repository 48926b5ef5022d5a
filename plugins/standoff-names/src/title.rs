//! Titles: offices and ranks such as "Deputy Foreign Minister" or "Secretary of State", capitalised or not.

use crate::lexicon::{Lexicon, flag};
use crate::reading::{Extent, Reading, Shape};

/// A title: its tokens, end exclusive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Title {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Its head is written with a capital.
    pub(crate) capital: bool,
    /// It stands for an office even without a name.
    pub(crate) firm: bool,
}

/// Finds the titles of a sentence, in text order. They do not overlap.
pub(crate) fn find(reading: &Reading, lexicon: &Lexicon, sentence: Extent, titles: &mut Vec<Title>) {
    let mut at = sentence.start;
    while at < sentence.end {
        match title_at(reading, lexicon, sentence, at) {
            Some(title) => {
                at = title.end;
                titles.push(title);
            }
            None => at += 1,
        }
    }
}

/// The longest title with what follows it that matters, in tokens.
const LONGEST: usize = 16;

/// The title that begins at a token: modifiers and heads in one case, ending in a head, perhaps with "of" and what an
/// office is of.
fn title_at(reading: &Reading, lexicon: &Lexicon, sentence: Extent, start: usize) -> Option<Title> {
    let sentence = Extent { end: sentence.end.min(start + LONGEST), ..sentence };
    let tokens = &reading.tokens[..sentence.end];
    let first = tokens.get(start)?;
    if !first.has(flag::TITLE | flag::TITLE_MODIFIER) || !(first.is_capital() || first.is_lower()) {
        return None;
    }
    let mut at = start;
    let mut end = None;
    let mut capital = false;
    while let Some(token) = tokens.get(at) {
        // "Vice - President" comes in three tokens without spaces.
        let hyphen = token.glued && matches!(reading.word(at), "-" | "‐" | "‑");
        let joined = at > start && hyphen && tokens.get(at + 1).is_some_and(|t| t.glued && t.has(flag::TITLE | flag::TITLE_MODIFIER));
        if joined {
            at += 1;
            continue;
        }
        // A capital begins a new case only at the start of a sentence ("Deputy foreign minister …").
        let same_case = if at == start {
            true
        } else if token.is_capital() {
            tokens[start].is_capital()
        } else {
            !tokens[at - 1].is_capital() || (at - 1 == start && tokens[start].first)
        };
        if !token.has(flag::TITLE | flag::TITLE_MODIFIER) || !(token.is_capital() || token.is_lower()) || !same_case {
            break;
        }
        if token.has(flag::TITLE) {
            end = Some(at + 1);
            capital = token.is_capital();
        }
        at += 1;
    }
    let mut end = end?;
    let head = tokens[end - 1];
    let mut start = start;
    while start + 1 < end && (tokens[start].has(flag::TITLE_BEFORE) || (!capital && tokens[start].has(flag::TITLE_BEFORE_LOWER))) {
        start += 1;
        // The hyphen of "ex-president".
        while start + 1 < end && tokens[start].shape == Shape::Other {
            start += 1;
        }
    }
    // "Minister of Foreign Affairs", "Secretary of State".
    if reading.word(end) == "of" && end < sentence.end {
        let mut after = end + 1;
        if reading.word(after) == "the" {
            after += 1;
        }
        let from = after;
        while tokens.get(after).is_some_and(|t| t.has(flag::TITLE_OF) && t.is_capital() == capital) {
            after += 1;
            let joins = matches!(reading.word(after), "and" | "," | "&");
            if joins && tokens.get(after + 1).is_some_and(|t| t.has(flag::TITLE_OF) && t.is_capital() == capital) {
                after += 1;
            }
        }
        if after > from {
            end = after;
        }
    }
    let several = end - start > 1;
    if head.has(flag::TITLE_WEAK) && !several && part_of_another_name(reading, lexicon, sentence, start, end) {
        return None;
    }
    if capital && next_is_head_alone(reading, sentence, end) {
        return None;
    }
    let firm = several || !head.has(flag::TITLE_WEAK);
    // In lower case an ambiguous word alone is only a cue for the name after it; at the start of a sentence its capital
    // says nothing.
    Some(Title { start, end, capital: capital && !(head.first && !several && !firm), firm })
}

/// Whether a lone ambiguous head begins a name of something else: "General Motors", "Prince Edward Island".
fn part_of_another_name(reading: &Reading, lexicon: &Lexicon, sentence: Extent, start: usize, end: usize) -> bool {
    if !reading.tokens[start].is_capital() {
        return false;
    }
    if end < sentence.end && lexicon.is_not_after_title(reading.word(start), reading.word(end)) {
        return true;
    }
    let mut last = end;
    while last < sentence.end && reading.tokens[last].is_capital() && !reading.tokens[last].has(flag::CALENDAR) {
        last += 1;
    }
    last > end && reading.tokens[last - 1].has(flag::HEAD)
}

/// Whether what follows a title is one capitalised word for organisations, places or events: "Justice Department".
fn next_is_head_alone(reading: &Reading, sentence: Extent, end: usize) -> bool {
    let tokens = &reading.tokens[..sentence.end];
    let capital = |at: usize| tokens.get(at).is_some_and(|t| t.is_capital());
    capital(end) && tokens[end].has(flag::HEAD) && !tokens[end].has(flag::GIVEN | flag::FAMILY) && !capital(end + 1)
}
