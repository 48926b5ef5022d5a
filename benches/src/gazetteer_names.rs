//! Names for the gazetteer's benches, as many as are wanted: always the same.
//!
//! First come the names of the bundled places, the most populous first, then combinations of two and three of their words,
//! so that words are as frequent in the list as they are in real ones: a few in very many names, most in one or two.

use std::collections::HashSet;

const CITIES: &str = include_str!("../../plugins/standoff-gazetteer/data/cities.tsv");
const DIVISIONS: &str = include_str!("../../plugins/standoff-gazetteer/data/divisions.tsv");

/// A small generator of random numbers (SplitMix64): the same numbers on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(x ^ (x >> 31)) * limit as u128) >> 64) as usize
    }
}

fn real() -> impl Iterator<Item = &'static str> {
    CITIES.lines().skip(1).chain(DIVISIONS.lines().skip(1)).filter_map(|l| l.split('\t').next())
}

/// So many distinct names.
#[must_use]
pub fn names(count: usize) -> Vec<String> {
    let words: Vec<&str> = real().flat_map(str::split_whitespace).collect();
    let mut random = Random(3);
    let mut seen = HashSet::with_capacity(count);
    let mut all = Vec::with_capacity(count);
    let mut add = |name: String, all: &mut Vec<String>| {
        if all.len() < count && seen.insert(name.to_lowercase()) {
            all.push(name);
        }
    };
    for name in real() {
        add(name.to_owned(), &mut all);
    }
    while all.len() < count {
        let (first, second) = (words[random.below(words.len())], words[random.below(words.len())]);
        let name = match random.below(10) {
            // Words that no list has yet: most names of a long list have one.
            0..3 => format!("{first}{} {second}", ending(&mut random)),
            3..6 => format!("{first} {second} {}", words[random.below(words.len())]),
            _ => format!("{first} {second}"),
        };
        add(name, &mut all);
    }
    all
}

fn ending(random: &mut Random) -> String {
    const PARTS: [&str; 12] = ["burg", "ton", "ville", "grad", "sk", "ford", "dorf", "abad", "pur", "stan", "mouth", "field"];
    format!("{}{}", PARTS[random.below(PARTS.len())], if random.below(2) == 0 { "" } else { PARTS[random.below(PARTS.len())] })
}

/// A text of about so many bytes, for want of a real one: words of names between words of English, the frequent ones
/// far more often than the rare ones.
#[must_use]
pub fn made_text(bytes: usize) -> String {
    const ENGLISH: &str = include_str!("../../plugins/standoff-gazetteer/README.md");
    let english: Vec<&str> = ENGLISH.split_whitespace().collect();
    let words: Vec<&str> = real().flat_map(str::split_whitespace).collect();
    let mut random = Random(7);
    let mut text = String::with_capacity(bytes + 32);
    while text.len() < bytes {
        let word = if random.below(10) == 0 { words[random.below(words.len())] } else { english[random.below(english.len())] };
        text.push_str(word);
        text.push(' ');
    }
    text
}
