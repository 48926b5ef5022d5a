//! Reads a text whose expressions are marked by brackets.

use std::ops::Range;

/// Takes out the brackets and says what they held, in bytes of the text without them.
pub(crate) fn unbracket(marked: &str) -> (String, Vec<Range<usize>>) {
    let (mut text, mut spans, mut open) = (String::new(), Vec::new(), None);
    for c in marked.chars() {
        match c {
            '[' => open = Some(text.len()),
            ']' => spans.push(open.take().expect("`]` without `[`")..text.len()),
            c => text.push(c),
        }
    }
    (text, spans)
}
