//! The brackets of examples: `[who: Sergey Lavrov] met [Person: Kim]`.

/// What a bracket says of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marked {
    /// The rule captures it; if the capture is of a type, an annotation of that type stands there.
    Capture(u32),
    /// An annotation of this type stands there, or the symbol's phrase.
    Type(u32),
}

/// A bracket: bytes of the text without brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) what: Marked,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// An example's text without its brackets, and what stood in them: names with bytes of that text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) text: String,
    pub(crate) marks: Vec<(String, usize, usize)>,
}

/// Reads brackets, which may nest. A bracket that does not begin with a name and a colon is text.
pub(crate) fn read_marks(source: &str) -> Result<Marks, String> {
    let mut text = String::new();
    let mut marks = Vec::new();
    // The brackets that are open: `Some` for those with a name.
    let mut open: Vec<Option<(String, usize)>> = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        match c {
            '[' => match name_of(&rest[1..]) {
                Some((name, length)) => {
                    open.push(Some((name.to_owned(), text.len())));
                    rest = rest[1 + length..].trim_start();
                    continue;
                }
                None => {
                    open.push(None);
                    text.push(c);
                }
            },
            ']' => match open.pop() {
                Some(Some((name, start))) => {
                    if text[start..].trim().is_empty() {
                        return Err(format!("the bracket of `{name}` is empty"));
                    }
                    marks.push((name, start, start + text[start..].trim_end().len()));
                }
                Some(None) | None => text.push(c),
            },
            _ => text.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    match open.into_iter().flatten().next() {
        Some((name, _)) => Err(format!("the bracket of `{name}` is not closed")),
        None => Ok(Marks { text, marks }),
    }
}

/// The name that text begins with, if a colon follows, and the length of both.
fn name_of(text: &str) -> Option<(&str, usize)> {
    let colon = text.find(':')?;
    let name = &text[..colon];
    let good =
        name.starts_with(|c: char| c.is_alphabetic() || c == '_') && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    good.then_some((name, colon + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_become_places() {
        let marks = read_marks("[a: The [Norp: Russian] army] met [3] (b)").map(|marks| (marks.text, marks.marks));
        let expected = vec![("Norp".to_owned(), 4, 11), ("a".to_owned(), 0, 16)];
        assert_eq!(marks, Ok(("The Russian army met [3] (b)".to_owned(), expected)));
    }

    #[test]
    fn broken_brackets_are_told() {
        assert_eq!(read_marks("[a: open"), Err("the bracket of `a` is not closed".to_owned()));
        assert_eq!(read_marks("[a: ] x"), Err("the bracket of `a` is empty".to_owned()));
    }
}
