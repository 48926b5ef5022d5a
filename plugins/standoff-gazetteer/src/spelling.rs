//! Words that differ from a word of the lists in one letter.
//!
//! Only words of six letters and more that begin with a capital and that no list has are looked at, and at most
//! [`WORDS`] of a document: each costs some hundred look-ups.

use crate::index::Tables;
use crate::unit::{Unit, fold_into, key_of_folded};

/// How many words of a document are looked at.
pub(crate) const WORDS: usize = 200;
const SHORTEST: usize = 6;
const LONGEST: usize = 24;

const LATIN: &str = "abcdefghijklmnopqrstuvwxyz";
const CYRILLIC: &str = "абвгдежзиклмнопрстуфхцчшщъыьэюя";

/// For each such unit the key of the word of the lists that it is likely meant to be: the same with two letters swapped,
/// one too many, one wrong or one missing, tried in this order.
pub(crate) fn corrected(tables: &Tables<'_>, text: &str, units: &[Unit], out: &mut Vec<(usize, u64)>) {
    out.clear();
    let mut looked_at = 0;
    let mut letters = Vec::new();
    for (number, unit) in units.iter().enumerate() {
        if !unit.is(Unit::CAPITAL) || unit.is(Unit::PUNCTUATION | Unit::CASELESS | Unit::SPACELESS) {
            continue;
        }
        let word = text.get(unit.start as usize..unit.end as usize).unwrap_or("");
        if word.len() < SHORTEST || tables.word(unit.key).1 != 0 {
            continue;
        }
        letters.clear();
        fold_into(word, &mut |c| letters.push(c));
        if letters.len() < SHORTEST || letters.len() > LONGEST {
            continue;
        }
        looked_at += 1;
        if looked_at > WORDS {
            break;
        }
        let alphabet = if letters[0].is_ascii() { LATIN } else { CYRILLIC };
        let known = |word: &[char]| {
            let key = key_of_folded(word);
            (tables.word(key).1 != 0).then_some(key)
        };
        if let Some(key) = neighbour(&letters, alphabet, &known) {
            out.push((number, key));
        }
    }
}

fn neighbour(letters: &[char], alphabet: &str, known: &impl Fn(&[char]) -> Option<u64>) -> Option<u64> {
    let mut word = letters.to_vec();
    for i in 0..letters.len() - 1 {
        word.swap(i, i + 1);
        if let Some(key) = known(&word).filter(|_| letters[i] != letters[i + 1]) {
            return Some(key);
        }
        word.swap(i, i + 1);
    }
    for i in 0..letters.len() {
        let removed = word.remove(i);
        if let Some(key) = known(&word) {
            return Some(key);
        }
        word.insert(i, removed);
    }
    for i in 0..letters.len() {
        for c in alphabet.chars().filter(|c| *c != letters[i]) {
            word[i] = c;
            if let Some(key) = known(&word) {
                return Some(key);
            }
        }
        word[i] = letters[i];
    }
    for i in 0..=letters.len() {
        for c in alphabet.chars() {
            word.insert(i, c);
            if let Some(key) = known(&word) {
                return Some(key);
            }
            word.remove(i);
        }
    }
    None
}

/// Whether two strings are at most so many letters apart: swapped, added, wrong or missing ones.
pub(crate) fn within(a: &str, b: &str, distance: usize) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > distance {
        return false;
    }
    // Optimal string alignment, row by row.
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let same = a[i - 1] == b[j - 1];
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + usize::from(!same));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()] <= distance
}
