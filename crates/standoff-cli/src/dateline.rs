//! The date of a document that does not say its own: a full date in the head of its text, as news agencies and mail
//! programs put it there.

use std::cell::RefCell;

use standoff::{Document, Layer, Output, Pipeline, TimeExpression};

/// How much of the text is its head: so many lines that are not empty, and at most so many bytes.
const LINES: usize = 4;
const BYTES: usize = 400;

/// Finds dates in the heads of texts.
#[derive(Debug)]
pub(crate) struct Dateline(Pipeline);

thread_local! {
    static BUFFERS: RefCell<Output> = RefCell::new(Output::new());
}

impl Dateline {
    /// `None` if the program was linked without the plugins that it takes.
    pub(crate) fn new() -> Option<Dateline> {
        Pipeline::builder().annotator("tokenizer").annotator("date").build().ok().map(Dateline)
    }

    /// The first full date in the head of a text, as `YYYY-MM-DD`.
    pub(crate) fn date(&self, text: &str) -> Option<String> {
        let head = head(text);
        if !head.bytes().any(|b| b.is_ascii_digit()) {
            return None;
        }
        let mut document = Document::new(head.to_owned()).ok()?;
        let found = BUFFERS.with_borrow_mut(|output| {
            self.0.annotate(&mut document, output).ok()?;
            document.layer(TimeExpression::NAME).iter().find_map(|row| full_date(row.str("value")?))
        });
        BUFFERS.with_borrow_mut(|output| document.strip(output));
        found
    }
}

fn head(text: &str) -> &str {
    let mut end = text.len().min(BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = &text[..end];
    let mut full = 0;
    for (at, line) in head.split_inclusive('\n').scan(0, |at, line| {
        *at += line.len();
        Some((*at, line))
    }) {
        full += usize::from(!line.trim().is_empty());
        if full == LINES {
            return &head[..at];
        }
    }
    head
}

/// The day of a value that names one, such as `2017-03-20` or `2017-03-20T09:14`.
fn full_date(value: &str) -> Option<String> {
    let day = value.get(..10)?;
    let shape = day.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    (shape && matches!(value.as_bytes().get(10), None | Some(b'T'))).then(|| day.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datelines_of_news_and_mail() {
        let dateline = Dateline::new().unwrap();
        let cases = [
            ("TOKYO, March 20, 2017 — Ministers met.", Some("2017-03-20")),
            (" date 2017-03-20 MOSCOW (Sputnik) — Russia", Some("2017-03-20")),
            ("From: a@b.example\nTo: c@d.example\nDate: Tue, 12 Mar 2024 09:14:00 +0100\nSubject: x\n\nDear", Some("2024-03-12")),
            ("Nothing here says when. Talks ended on Monday.", None),
            ("One\n\nTwo\n\nThree\n\nFour\n\nFive 2017-03-20", None),
            ("", None),
        ];
        for (text, date) in cases {
            assert_eq!(dateline.date(text).as_deref(), date, "{text}");
        }
    }

    #[test]
    fn the_head_ends_on_a_character() {
        assert_eq!(head(&"é".repeat(300)).len(), 400);
    }
}
