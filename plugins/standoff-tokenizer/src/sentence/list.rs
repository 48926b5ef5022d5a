//! Lists within a paragraph: `1) The first item 2) The second item`. A list begins the paragraph; each further item has
//! the same bullet, or the next number or letter in the same dress.

use super::Paragraph;
use crate::kind::Category;

/// A list in the course of reading.
pub(crate) struct List {
    kind: Option<Kind>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Items begin with this bullet.
    Bullet([u8; 4]),
    /// The next item has this number and dress.
    Number(Item),
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Item {
    value: u32,
    letter: bool,
    dress: Dress,
}

/// What stands behind the number of an item.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dress {
    Stop,
    Bracket,
    StopAndBracket,
}

impl List {
    /// The list that begins the paragraph, if one does.
    pub(crate) fn new(paragraph: &Paragraph<'_>) -> List {
        let kind = match paragraph.category(0) {
            Some(Category::Bullet) => Some(Kind::Bullet(bullet(paragraph, 0))),
            _ => item(paragraph, 0).map(Kind::Number),
        };
        List { kind: kind.map(Kind::next) }
    }

    /// Whether the paragraph is a list at all.
    pub(crate) fn is_open(&self) -> bool {
        self.kind.is_some()
    }

    /// Whether the next item begins at a token. The list then waits for the item after it.
    pub(crate) fn begins(&mut self, paragraph: &Paragraph<'_>, token: usize) -> bool {
        let found = match self.kind {
            Some(Kind::Bullet(sign)) => {
                paragraph.category(token) == Some(Category::Bullet) && bullet(paragraph, token) == sign && paragraph.is_spaced(token)
            }
            Some(Kind::Number(wanted)) => paragraph.is_spaced(token) && item(paragraph, token) == Some(wanted),
            None => false,
        };
        if found {
            self.kind = self.kind.map(Kind::next);
        }
        found
    }
}

impl Kind {
    fn next(self) -> Kind {
        match self {
            Kind::Number(item) => Kind::Number(Item { value: item.value + 1, ..item }),
            Kind::Bullet(_) => self,
        }
    }
}

fn bullet(paragraph: &Paragraph<'_>, token: usize) -> [u8; 4] {
    let mut sign = [0; 4];
    for (to, from) in sign.iter_mut().zip(paragraph.word(token)) {
        *to = *from;
    }
    sign
}

/// The number and dress of the item that begins at a token: `1.`, `1)`, `1.)`, `a.` with a space behind.
fn item(paragraph: &Paragraph<'_>, token: usize) -> Option<Item> {
    let word = paragraph.word(token);
    let (label, own_stop) = match paragraph.category(token)? {
        Category::Enumerator | Category::Prefix | Category::Initial | Category::Abbreviation => (word.strip_suffix(b".")?, true),
        Category::Number | Category::Lower | Category::Capital => (word, false),
        _ => return None,
    };
    let letter = matches!(label, [b'a'..=b'z' | b'A'..=b'Z']);
    let value = if letter {
        u32::from(label[0].to_ascii_lowercase())
    } else if label.len() <= 3 {
        std::str::from_utf8(label).ok()?.parse().ok()?
    } else {
        return None;
    };
    let mut next = token + 1;
    let mut touches = |category: Category| {
        let found = paragraph.category(next) == Some(category) && !paragraph.is_spaced(next);
        next += usize::from(found);
        found
    };
    let stop = own_stop || touches(Category::Period);
    let bracket = touches(Category::Close);
    let dress = match (stop, bracket) {
        (true, true) => Dress::StopAndBracket,
        (true, false) => Dress::Stop,
        (false, true) => Dress::Bracket,
        (false, false) => return None,
    };
    (paragraph.is_spaced(next) && next < paragraph.len()).then_some(Item { value, letter, dress })
}
