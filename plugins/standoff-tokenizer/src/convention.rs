//! The other conventions: tokens by UAX 29 or by white space instead of the treebanks'.
//!
//! Sentences are always found on the treebanks' tokens; where a token of another convention reaches over the end of a
//! sentence, the sentence reaches as far.

use icu_segmenter::WordSegmenter;
use icu_segmenter::options::WordBreakInvariantOptions;

use crate::class::Classes;
use crate::kind::Category;
use crate::options::Convention;
use crate::segments::{Segments, Spans};

/// Replaces the tokens of the treebanks' convention.
pub(crate) fn retokenize(text: &str, convention: Convention, out: &mut Segments) {
    let mut tokens = Spans::default();
    match convention {
        Convention::Ud => return,
        Convention::Uax29 => by_unicode(text, &mut tokens),
        Convention::Whitespace => by_white_space(text, &mut tokens),
    }
    let categories = categories(out, &tokens);
    out.sentences = widen(&out.sentences, &tokens);
    out.tokens = tokens;
    out.categories = categories;
}

fn by_white_space(text: &str, tokens: &mut Spans) {
    let classes = Classes;
    let mut start = None;
    let mut at = 0;
    while at < text.len() {
        let (class, len) = classes.at(text.as_bytes(), at);
        if class.is_space() {
            if let Some(start) = start.take() {
                tokens.push(start, at);
            }
        } else {
            start.get_or_insert(at);
        }
        at += len;
    }
    if let Some(start) = start {
        tokens.push(start, at);
    }
}

fn by_unicode(text: &str, tokens: &mut Spans) {
    let classes = Classes;
    let mut start = 0;
    for end in WordSegmenter::new_auto(WordBreakInvariantOptions::default()).segment_str(text) {
        if let Some(word) = text.get(start..end)
            && word.chars().any(|c| !classes.of(c as u32).is_space())
        {
            // UAX 29 keeps joiners on the white space before them; a token begins behind it.
            let space: usize = word.chars().take_while(|&c| classes.of(c as u32).is_space()).map(char::len_utf8).sum();
            tokens.push(start + space, end);
        }
        start = end;
    }
}

/// The category of each new token: that of the first word or, failing one, the first token of the old ones under it.
fn categories(old: &Segments, tokens: &Spans) -> Vec<Category> {
    let mut first = 0;
    let category = |(start, end)| {
        while old.tokens.end.get(first).is_some_and(|&e| e <= start) {
            first += 1;
        }
        let under = (first..).take_while(|&token| old.tokens.start.get(token).is_some_and(|&s| s < end));
        let mut under = under.map(|token| old.categories[token]);
        let one = under.next().unwrap_or(Category::Symbol);
        if one.is_word() { one } else { under.find(|category| category.is_word()).unwrap_or(one) }
    };
    tokens.iter().map(category).collect()
}

/// The sentences, each made to end with a token.
fn widen(sentences: &Spans, tokens: &Spans) -> Spans {
    let mut wide = Spans::default();
    let mut token = 0;
    let mut reached = 0;
    for (start, end) in sentences.iter() {
        if end <= reached {
            continue;
        }
        // The first token that the sentences before have left over.
        while tokens.end.get(token).is_some_and(|&e| e <= reached.max(start)) {
            token += 1;
        }
        let Some(&from) = tokens.start.get(token) else { break };
        while tokens.start.get(token + 1).is_some_and(|&s| s < end) {
            token += 1;
        }
        reached = tokens.end[token].max(end);
        wide.push(from as usize, reached as usize);
    }
    wide
}
