//! Words that begin with a digit: numbers, times, dates, telephone numbers, figures with a unit.

use crate::class::Class;
use crate::kind::Category;
use crate::lexer::Lexer;

/// The most groups of digits that are looked at as one figure. Longer chains are cut there.
const MOST_GROUPS: usize = 12;

/// Digits with single separators between them.
#[derive(Default)]
struct Figure {
    /// Where each group of digits ends, and how many digits it has.
    groups: [(usize, usize); MOST_GROUPS],
    /// The separator before each group but the first.
    separators: [u8; MOST_GROUPS],
    len: usize,
}

impl Figure {
    fn separators(&self) -> &[u8] {
        self.separators.get(1..self.len).unwrap_or_default()
    }

    fn digits(&self) -> impl Iterator<Item = usize> + '_ {
        self.groups[..self.len].iter().map(|&(_, digits)| digits)
    }
}

impl Lexer<'_> {
    /// Takes the figure that begins at `at` with a digit, and gives the place behind it.
    pub(crate) fn figure(&mut self, at: usize) -> usize {
        let stop = self.digits_end(at);
        if matches!(self.bytes.get(stop), None | Some(b' ' | b'\n' | b')' | b'"' | b';')) {
            self.out.token(at, stop, self.amount(at, Category::Number));
            return self.behind_space(stop);
        }
        if let Some(sign @ (b',' | b'.')) = self.bytes.get(stop)
            && self.is_space_or_end(stop + 1)
            && (*sign == b',' || !self.is_enumerator(at, stop))
        {
            self.out.token(at, stop, self.amount(at, Category::Number));
            self.out.token(stop, stop + 1, if *sign == b',' { Category::Comma } else { Category::Period });
            return self.behind_space(stop + 1);
        }
        let figure = self.groups(at);
        if at >= self.searched
            && !self.ends_figure(figure.groups[figure.len - 1].0)
            && let Some((stop, category)) = self.address(at)
        {
            self.out.token(at, stop, category);
            return stop;
        }
        let (groups, category) = self.read(at, &figure);
        let stop = figure.groups[groups - 1].0;
        self.end_figure(at, stop, category)
    }

    /// Whether what stands at `end` behind digits shows that they are no part of an address.
    fn ends_figure(&self, end: usize) -> bool {
        self.is_plain_end(end) || matches!(self.bytes.get(end), Some(b'%' | b'.')) && self.is_space_or_end(end + 1)
    }

    fn groups(&self, at: usize) -> Figure {
        let mut figure = Figure::default();
        let mut stop = at;
        while figure.len < MOST_GROUPS {
            let start = stop;
            stop = self.digits_end(stop);
            if stop == start {
                break;
            }
            figure.groups[figure.len] = (stop, stop - start);
            figure.len += 1;
            match self.bytes.get(stop) {
                Some(&separator @ (b'.' | b',' | b':' | b'/' | b'-')) if figure.len < MOST_GROUPS => {
                    if self.classes.at(self.bytes, stop + 1).0 != Class::Digit {
                        break;
                    }
                    figure.separators[figure.len] = separator;
                    stop += 1;
                }
                _ => break,
            }
        }
        figure
    }

    fn digits_end(&self, at: usize) -> usize {
        let mut stop = at;
        loop {
            match self.classes.at(self.bytes, stop) {
                (Class::Digit, len) => stop += len,
                _ => return stop,
            }
        }
    }

    /// How many groups make one token, and of which category.
    fn read(&self, at: usize, figure: &Figure) -> (usize, Category) {
        let separators = figure.separators();
        let Some(&first) = separators.first() else {
            return (1, Category::Number);
        };
        // A change of separators ends the figure, except for the decimal point after thousands and seconds.
        let same = separators.iter().take_while(|&&s| s == first).count();
        let mixed = separators.get(same).copied();
        let mut digits = [0; MOST_GROUPS];
        digits.iter_mut().zip(figure.digits()).for_each(|(to, from)| *to = from);
        let digits = &digits[..=same];
        match first {
            b',' => {
                let thousands = digits[1..].iter().take_while(|&&n| n == 3).count();
                if thousands == same && digits[0] <= 3 {
                    let point = usize::from(mixed == Some(b'.'));
                    return (1 + same + point, Category::Number);
                }
                // One comma is a decimal comma, unless brackets hold a list of references.
                let listed = at > 0 && matches!(self.bytes[at - 1], b'[' | b',');
                if same == 1 && !listed { (2, Category::Number) } else { (1, Category::Number) }
            }
            b'.' if mixed == Some(b',') && digits[1..].iter().all(|&n| n == 3) => (2 + same, Category::Number),
            b'.' => (1 + same, if same == 2 && digits[0] <= 2 && digits[1] <= 2 { Category::Date } else { Category::Number }),
            b':' => {
                let clock = same <= 2 && digits.iter().all(|&n| n <= 2) && digits[1..].iter().all(|&n| n == 2);
                let fraction = usize::from(mixed == Some(b'.') && same == 2);
                (1 + same + fraction, if clock { Category::Time } else { Category::Number })
            }
            b'/' => self.slashes(at, figure, same),
            _ => hyphens(digits),
        }
    }

    /// Dates and fractions have slashes, alternatives too: `9/11`, `1/2`, `12/26/2000` against `2001/02`.
    fn slashes(&self, at: usize, figure: &Figure, same: usize) -> (usize, Category) {
        let value = |group: usize| {
            let (stop, digits) = figure.groups[group];
            self.text.get(stop - digits..stop).and_then(|text| text.parse::<u32>().ok()).unwrap_or(u32::MAX)
        };
        debug_assert!(at <= figure.groups[0].0);
        match same {
            // The area code of a telephone number may have a slash behind it.
            1 if figure.separators() == b"/-" && figure.digits().eq([3, 3, 4]) => (3, Category::Number),
            1 => {
                let (a, b) = (value(0), value(1));
                if a.min(b) <= 12 && a.max(b) <= 31 { (2, Category::Number) } else { (1, Category::Number) }
            }
            2 => (3, Category::Date),
            _ => (1, Category::Number),
        }
    }

    /// Writes the figure and the unit that stands behind it without space, or goes on to a word with letters in it.
    fn end_figure(&mut self, at: usize, stop: usize, category: Category) -> usize {
        let bytes = self.bytes;
        let end = self.word_end(stop);
        let (next, len) = self.classes.at(bytes, end);
        if end > stop && next == Class::Extend {
            return self.word_from(at, end);
        }
        if end > stop {
            let unit = &bytes[stop..end];
            if self.lexicon.is_unit(unit) && !self.is_joined(end) {
                self.out.token(at, stop, self.amount(at, category));
                return self.word_from(stop, end);
            }
            if unit.len() == 1 && bytes.get(end) == Some(&b'.') && self.lexicon.is_unit(&bytes[stop..self.word_end(end + 1)]) {
                self.out.token(at, stop, category);
                return self.word(stop);
            }
            return self.mixed(at, end);
        }
        if next == Class::Apostrophe && self.is_word_at(stop + len) || next == Class::Punctuation && bytes[end] == b'_' {
            return self.mixed(at, end);
        }
        if category == Category::Number && bytes.get(stop) == Some(&b'.') && self.is_enumerator(at, stop) {
            self.out.token(at, stop + 1, Category::Enumerator);
            return stop + 1;
        }
        self.out.token(at, stop, self.amount(at, category));
        stop
    }

    /// A word of digits and letters: an ordinal, a decade, a code.
    fn mixed(&mut self, at: usize, reached: usize) -> usize {
        let first = self.out.tokens.len();
        let stop = self.word_from(at, reached);
        if let Some(category) = self.out.categories.get_mut(first)
            && *category == Category::Uncased
        {
            *category = Category::Number;
        }
        stop
    }

    /// Whether the letters behind a figure go on to something that makes another word of both.
    fn is_joined(&self, end: usize) -> bool {
        self.bytes.get(end) == Some(&b'_')
    }

    /// The category of a figure behind a currency sign.
    fn amount(&self, at: usize, category: Category) -> Category {
        let currency = self.is_glued(at) && self.out.categories.last() == Some(&Category::Currency);
        if currency && category == Category::Number { Category::Amount } else { category }
    }

    /// Whether a figure with a full stop numbers the paragraph or line it begins.
    fn is_enumerator(&self, at: usize, stop: usize) -> bool {
        stop - at <= 2 && self.is_first() && matches!(self.bytes.get(stop + 1), Some(b' ' | b'\t'))
    }
}

/// Telephone numbers, dates and codes have several groups of digits; ranges have two.
fn hyphens(digits: &[usize]) -> (usize, Category) {
    match digits {
        [4, 2, 2] | [1 | 2, 1 | 2, 2 | 4] => (3, Category::Date),
        // Telephone numbers without area code, American postal codes.
        [3 | 5, 4] => (2, Category::Number),
        [_, _, _, ..] if digits.iter().any(|&n| n > 1) => (digits.len(), Category::Number),
        _ => (1, Category::Number),
    }
}
