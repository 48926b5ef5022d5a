//! Pairs of quotation marks, in one pass.

use standoff_core::Span;

/// A quotation, with its marks and without.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quotation {
    pub outer: Span,
    pub inner: Span,
    /// Its kind of marks, which rows carry as their rule.
    pub style: &'static str,
}

/// The marks that open a quotation, those that close it, and what the pair is called.
const PAIRS: [(char, char, &str); 4] = [
    ('"', '"', "straight"),
    ('“', '”', "curly"),
    ('„', '“', "low"),
    ('«', '»', "angle"),
];

/// The quotations of a text, outermost marks only. One that is not closed within its paragraph is none.
pub fn quotations(text: &str) -> Vec<Quotation> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char, &str)> = None;
    let mut line_is_empty = false;
    for (at, mark) in text.char_indices() {
        let end = at + mark.len_utf8();
        match (open, PAIRS.iter().find(|pair| pair.0 == mark)) {
            (Some((start, close, style)), _) if close == mark => {
                let inner = start + text[start..].chars().next().map_or(0, char::len_utf8);
                let span = |from: usize, to: usize| Span::new(from as u32, to as u32);
                found.push(Quotation {
                    outer: span(start, end),
                    inner: span(inner, at),
                    style,
                });
                open = None;
            }
            (None, Some((_, close, style))) => open = Some((at, *close, style)),
            _ => {}
        }
        // A blank line ends the paragraph, and with it what was left open.
        if mark == '\n' && std::mem::replace(&mut line_is_empty, true) {
            open = None;
        }
        line_is_empty &= mark.is_whitespace();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::quotations;

    fn inner(text: &str) -> Vec<&str> {
        quotations(text)
            .iter()
            .map(|q| &text[q.inner.start as usize..q.inner.end as usize])
            .collect()
    }

    #[test]
    fn pairs_of_every_kind() {
        assert_eq!(inner("\"a\" “b” „c“ «d»"), ["a", "b", "c", "d"]);
        assert_eq!(inner("“he said „no“ to me”"), ["he said „no“ to me"]);
        assert_eq!(inner("\"\""), [""]);
    }

    #[test]
    fn what_is_left_open_ends_with_the_paragraph() {
        assert_eq!(inner("\"never closed\n\nBut \"this\" is"), ["this"]);
        assert_eq!(inner("\"never closed\r\n \r\nBut \"this\" is"), ["this"]);
        assert_eq!(inner("\"over\ntwo lines\""), ["over\ntwo lines"]);
        assert!(inner("” » “").is_empty());
    }
}
