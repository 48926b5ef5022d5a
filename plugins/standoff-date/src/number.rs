//! Reads numbers in digits and words: "1,000", "2.5", "2 1/2", "2½", "twenty-four", "two hundred and ten".

use smallvec::SmallVec;

use crate::atom::{Atom, BREAK, DIGITS, SPACE};
use crate::grammar::Grammar;
use crate::lexicon::{ClassId, LexId};
use crate::meaning::Amount;

/// Ends and values.
type Found = SmallVec<[(u32, f64); 4]>;

/// All readings of a number that starts at an atom, as (end, value), longest first.
pub(crate) fn read(grammar: &Grammar, atoms: &[Atom], at: u32, limit: u32, fractions: bool) -> SmallVec<[(u32, Amount); 4]> {
    let mut found: Found = SmallVec::new();
    let Some(first) = atoms.get(at as usize) else { return SmallVec::new() };
    if let Some(part) = fraction_sign(grammar, first).filter(|_| fractions) {
        found.push((at + 1, part));
    } else if first.has(DIGITS) {
        digits(grammar, atoms, at, limit, fractions, &mut found);
    } else {
        words(grammar, atoms, at, limit, &mut found);
    }
    found.sort_by_key(|f| std::cmp::Reverse(f.0));
    found.into_iter().map(|(end, n)| (end, Amount::Exact(n))).collect()
}

/// Whether a number may begin with an atom.
pub(crate) fn may_open(grammar: &Grammar, first: LexId) -> bool {
    let numbers = &grammar.numbers;
    first.is_digits() || is_any(grammar, first, [numbers.cardinal, numbers.article, numbers.fraction])
}

/// Whether an atom that is not the first one of a number may be its second one.
pub(crate) fn may_go_on(grammar: &Grammar, second: LexId) -> bool {
    let numbers = &grammar.numbers;
    let marks = [numbers.comma, numbers.point, numbers.slash, numbers.hyphen];
    second.is_digits()
        || marks.contains(&second)
        || is_any(grammar, second, [numbers.cardinal, numbers.scale, numbers.fraction, numbers.and])
}

/// Whether a number may begin with two atoms: "a hundred" may, "a share" may not. `None` stands for the end of the text or paragraph.
pub(crate) fn may_begin(grammar: &Grammar, first: LexId, second: Option<LexId>) -> bool {
    let numbers = &grammar.numbers;
    let is_scale = || second.is_some_and(|second| is_any(grammar, second, [numbers.scale]));
    first.is_digits()
        || is_any(grammar, first, [numbers.cardinal, numbers.fraction])
        || is_any(grammar, first, [numbers.article]) && is_scale()
}

fn is_any<const N: usize>(grammar: &Grammar, atom: LexId, classes: [Option<ClassId>; N]) -> bool {
    classes.into_iter().flatten().any(|class| grammar.lexicon.value(atom, class).is_some())
}

/// What "½" and its like are worth.
fn fraction_sign(grammar: &Grammar, atom: &Atom) -> Option<f64> {
    grammar.lexicon.value(atom.lex, grammar.numbers.fraction?).map(|twelfths| f64::from(twelfths) / 12.0)
}

fn tight_digits(atoms: &[Atom], at: u32, limit: u32) -> Option<&Atom> {
    atoms.get(at as usize).filter(|a| at < limit && a.has(DIGITS) && !a.has(SPACE))
}

fn digits(grammar: &Grammar, atoms: &[Atom], at: u32, limit: u32, fractions: bool, found: &mut Found) {
    let marks = &grammar.numbers;
    let first = &atoms[at as usize];
    if first.end - first.start > 9 {
        return;
    }
    let is_tight = |i: u32, id| atoms.get(i as usize).is_some_and(|a| i < limit && a.lex == id && !a.has(SPACE));
    let mut value = f64::from(first.number);
    let mut end = at + 1;
    if first.end - first.start <= 3 {
        while is_tight(end, marks.comma)
            && let Some(group) = tight_digits(atoms, end + 1, limit).filter(|g| g.end - g.start == 3)
        {
            value = value * 1000.0 + f64::from(group.number);
            end += 2;
        }
    }
    if fractions {
        if is_tight(end, marks.point)
            && let Some(decimals) = tight_digits(atoms, end + 1, limit).filter(|d| d.end - d.start <= 9)
        {
            let scale = 10f64.powi((decimals.end - decimals.start) as i32);
            scaled(grammar, atoms, end + 2, limit, value + f64::from(decimals.number) / scale, found);
            return;
        }
        let sign = atoms.get(end as usize).filter(|a| end < limit && !a.has(BREAK));
        if let Some(part) = sign.and_then(|sign| fraction_sign(grammar, sign)) {
            found.push((end + 1, value + part));
            return;
        }
        if is_tight(end, marks.slash)
            && let Some(below) = tight_digits(atoms, end + 1, limit).filter(|d| d.number > 0 && d.number <= 12)
        {
            found.push((end + 2, value / f64::from(below.number)));
        }
        // "2 1/2"
        if let Some(above) = atoms.get(end as usize).filter(|a| end < limit && a.has(DIGITS) && a.has(SPACE) && !a.has(BREAK))
            && is_tight(end + 1, marks.slash)
            && let Some(below) = tight_digits(atoms, end + 2, limit).filter(|d| d.number > above.number && d.number <= 12)
        {
            found.push((end + 3, value + f64::from(above.number) / f64::from(below.number)));
        }
    }
    scaled(grammar, atoms, end, limit, value, found);
}

/// A number in digits that ends there, and the one that a word goes on with: "2 million".
fn scaled(grammar: &Grammar, atoms: &[Atom], end: u32, limit: u32, value: f64, found: &mut Found) {
    found.push((end, value));
    let next = atoms.get(end as usize).filter(|a| end < limit && !a.has(BREAK));
    if let Some(factor) = next.zip(grammar.numbers.scale).and_then(|(a, scale)| grammar.lexicon.value(a.lex, scale)) {
        found.push((end + 1, value * f64::from(factor)));
    }
}

fn words(grammar: &Grammar, atoms: &[Atom], at: u32, limit: u32, found: &mut Found) {
    let classes = &grammar.numbers;
    let lexicon = &grammar.lexicon;
    let value = |i: u32, class: Option<ClassId>| {
        let atom = atoms.get(i as usize).filter(|a| i < limit && (i == at || !a.has(BREAK)))?;
        lexicon.value(atom.lex, class?).map(i64::from)
    };
    let (mut total, mut current, mut end) = (0i64, 0i64, at);
    let mut next = at;
    // "a hundred"
    if value(at, classes.article).is_some() && value(at + 1, classes.scale).is_some() {
        current = 1;
        next = at + 1;
    }
    let mut ends: Found = SmallVec::new();
    loop {
        if let Some(n) = value(next, classes.cardinal) {
            let rest = current % 100;
            let fits = end == at || (rest == 0 && (1..100).contains(&n)) || (rest >= 20 && rest % 10 == 0 && (1..10).contains(&n));
            if !fits {
                break;
            }
            current += n;
        } else if let Some(factor) = value(next, classes.scale) {
            if current == 0 {
                break;
            }
            if factor == 100 {
                if current >= 100 {
                    break;
                }
                current *= 100;
            } else {
                total = total.saturating_add(current.saturating_mul(factor));
                current = 0;
            }
        } else {
            break;
        }
        next += 1;
        end = next;
        ends.push((end, total.saturating_add(current) as f64));
        let hyphen = atoms.get(next as usize).is_some_and(|a| next < limit && a.lex == classes.hyphen && !a.has(SPACE));
        let tens = current % 100 >= 20 && current % 10 == 0;
        let and = value(next, classes.and).is_some() && (total + current) % 100 == 0;
        let after = value(next + 1, classes.cardinal);
        if hyphen && tens && after.is_some_and(|n| n < 10) || and && after.is_some() {
            next += 1;
        }
    }
    if let Some(&(end, value)) = ends.last() {
        found.push((end, value));
        // "Twenty five-year plans", but "twenty-five years"
        let hyphen = |i: u32| atoms.get(i as usize).is_some_and(|a| a.lex == classes.hyphen);
        if ends.len() > 1 && !hyphen(ends[0].0) {
            found.push(ends[0]);
        }
    }
}
