//! What the end of a line says: whether its author ended it, or a program broke it because it was full.

use super::Paragraph;
use crate::kind::Category;
use crate::options::Newlines;

/// How many columns a tab may take.
const TAB: usize = 8;

/// No program breaks lines at fewer columns; narrower paragraphs are verse, lists and addresses.
const NARROWEST: usize = 40;

/// The lines of a paragraph and the width at which they were broken, if they were.
pub(crate) struct Lines<'a> {
    /// The tokens that begin a line, the first line of the paragraph left out.
    starts: &'a [u32],
    /// The number of the paragraph's first token.
    first: usize,
    /// The longest line, in bytes, without what it is indented by.
    width: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(paragraph: &Paragraph<'_>, first: usize, starts: &'a [u32]) -> Lines<'a> {
        let mut lines = Lines { starts, first, width: 0 };
        lines.width = (0..=starts.len()).map(|line| lines.length(paragraph, line, 0, 0)).max().unwrap_or(0);
        lines
    }

    /// The token that begins line `line + 1`.
    pub(crate) fn start(&self, line: usize) -> Option<usize> {
        self.starts.get(line).map(|&token| token as usize - self.first)
    }

    /// The length of a line, where each space and tab that it is indented by is worth so many bytes.
    fn length(&self, paragraph: &Paragraph<'_>, line: usize, space: usize, tab: usize) -> usize {
        let first = line.checked_sub(1).and_then(|line| self.start(line)).unwrap_or(0);
        let next = self.start(line).unwrap_or(paragraph.len());
        match (paragraph.start.get(first), next.checked_sub(1).and_then(|last| paragraph.end.get(last))) {
            (Some(&start), Some(&end)) => {
                let indent = paragraph.bytes[..start as usize].iter().rev().map_while(|byte| match byte {
                    b' ' => Some(space),
                    b'\t' => Some(tab),
                    _ => None,
                });
                end.saturating_sub(start) as usize + indent.take(NARROWEST).sum::<usize>()
            }
            _ => 0,
        }
    }

    /// Whether a sentence ends with line `line` although no sign says so.
    pub(crate) fn ends(&self, paragraph: &Paragraph<'_>, line: usize, newlines: Newlines) -> bool {
        let Some(next) = self.start(line) else { return false };
        match newlines {
            Newlines::Space => return false,
            Newlines::Sentence => return true,
            Newlines::Auto => {}
        }
        let begins = paragraph.category(next);
        if matches!(begins, Some(Category::Bullet | Category::Enumerator)) {
            return true;
        }
        let before = next.checked_sub(1).and_then(|last| paragraph.category(last));
        if self.width < NARROWEST {
            return begins != Some(Category::Lower) || before != Some(Category::Comma);
        }
        // A program would have put the next word on this line.
        let room = self.width.saturating_sub(self.length(paragraph, line, 1, TAB));
        let word = paragraph.word(next).len();
        let goes_on = begins == Some(Category::Lower) || before == Some(Category::Comma) && room <= self.width / 3;
        !goes_on && room > word + 1
    }
}
