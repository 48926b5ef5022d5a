//! Whether the dates with slashes of a text have the day first or the month, judged by those that can be read in one way only.

use crate::atom::{Atom, DIGITS, SPACE};
use crate::grammar::Grammar;

/// Whether the day comes first: "31/12/2021" says so, "12/31/2021" says the contrary. `None` where nothing does, or both do.
pub(crate) fn day_first(grammar: &Grammar, text: &str, atoms: &[Atom]) -> Option<bool> {
    if !text.as_bytes().contains(&b'/') {
        return None;
    }
    let slash = grammar.numbers.slash;
    let number =
        |i: usize| atoms.get(i).filter(|a| a.has(DIGITS) && !a.has(SPACE) && a.end - a.start <= 4).map(|a| (a.number, a.end - a.start));
    let (mut day, mut month) = (false, false);
    for (i, first) in atoms.iter().enumerate().filter(|(_, a)| a.has(DIGITS) && a.end - a.start <= 2) {
        let is_slash = |i: usize| atoms.get(i).is_some_and(|m| m.lex == slash && !m.has(SPACE));
        let goes_on = i > 0 && !first.has(SPACE) && is_slash(i - 1);
        if goes_on || !is_slash(i + 1) || !is_slash(i + 3) {
            continue;
        }
        if let (Some((second, _)), Some((_, 2 | 4))) = (number(i + 2), number(i + 4)) {
            day |= (13..=31).contains(&first.number) && (1..=12).contains(&second);
            month |= (1..=12).contains(&first.number) && (13..=31).contains(&second);
        }
    }
    (day != month).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::day_first;
    use crate::language::{EN, Language};

    fn told(text: &str) -> Option<bool> {
        let grammar = Language::load(&EN, false).ok()?.grammar;
        let tokens: Vec<(u32, u32)> = {
            let starts = text.split(' ').scan(0, |at, word| {
                let start = *at;
                *at += word.len() + 1;
                Some((start as u32, (start + word.len()) as u32))
            });
            starts.collect()
        };
        let mut atoms = crate::atom::Atoms::default();
        crate::atom::cut(text, &tokens, &[], &grammar.lexicon, &mut atoms);
        day_first(&grammar, text, &atoms.list)
    }

    #[test]
    fn what_can_be_read_in_one_way_tells() {
        assert_eq!(told("signed 1/2/2019 until 31/12/2021"), Some(true));
        assert_eq!(told("signed 1/2/2019 until 12/31/21"), Some(false));
    }

    #[test]
    fn nothing_is_told_by_what_is_open_or_contradicts_itself() {
        assert_eq!(told("signed 1/2/2019 until 3/4/2021"), None);
        assert_eq!(told("signed 13/2/2019 until 3/14/2021"), None);
        assert_eq!(told("a ratio of 31/12, or 2021/31/12"), None);
    }
}
