//! Laws: the compiled tables find what a comparison of every name with every stretch of text finds; files that were
//! damaged are refused or find less, never something else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use proptest::prelude::*;
use standoff_gazetteer::{
    BuildOptions, Builder, Case, Folding, Index, ListMeta, Overlap, Record, ScanBuffers, Unit, likely_units, matches, scan_longest,
    units_of_name, units_of_text,
};

/// Names and texts of few letters, so that they meet, with everything that folding is about.
fn words() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        6 => "[aAbBéÉ]{1,3}",
        2 => "[aAbB]{8,9}",
        1 => prop::sample::select(vec!["St.", "Saint", "st", "&", "and", "U.S.", "US", "a's", "Ba’s", "b'a", "Мо́ск", "моск", "北", "京", "ス", "№", ",", ".", "A.", "e\u{301}b"]).prop_map(str::to_owned),
    ];
    let space =
        prop_oneof![6 => Just(" "), 2 => Just("-"), 1 => Just("  "), 1 => Just("\n"), 1 => Just(" - "), 1 => Just(""), 1 => Just("–")];
    prop::collection::vec((word, space), 1..7).prop_map(|parts| {
        let mut text: String = parts.into_iter().flat_map(|(word, space)| [word, space.to_owned()]).collect();
        text.truncate(text.trim_end().len());
        text
    })
}

fn foldings() -> impl Strategy<Value = Folding> {
    let case = prop_oneof![Just(Case::Capitals), Just(Case::Ignore), Just(Case::Exact)];
    (case, any::<[bool; 5]>()).prop_map(|(case, [diacritics, hyphens, apostrophes, periods, abbreviations])| Folding {
        case,
        diacritics,
        hyphens,
        apostrophes,
        periods,
        abbreviations,
    })
}

fn compile(names: &[String], folding: Folding) -> Vec<u8> {
    let mut builder = Builder::new(BuildOptions { memory: 1 << 12, ..BuildOptions::default() });
    builder.list(ListMeta { name: "names".into(), folding });
    for (line, name) in names.iter().enumerate() {
        builder.add(&Record { name: name.clone(), kind: "LOC".into(), line: line as u32 + 1, ..Record::default() }).unwrap();
    }
    builder.bytes().unwrap()
}

/// Every name against every stretch of units.
fn naive(names: &[String], folding: Folding, text: &str, units: &[Unit]) -> Vec<(u32, u32, Vec<u32>)> {
    let mut all = Vec::new();
    for first in 0..units.len() {
        for last in (first..units.len()).rev() {
            let (start, end) = (units[first].start, units[last].end);
            let covered = &text[start as usize..end as usize];
            let agreeing = |name: &String| {
                name.contains(char::is_alphanumeric) && folding.agrees(name.trim(), covered) && same_units(name, &units[first..=last])
            };
            let ids: Vec<u32> = (0..names.len() as u32).filter(|&i| agreeing(&names[i as usize])).collect();
            if !ids.is_empty() {
                all.push((start, end, ids));
            }
        }
    }
    all
}

/// A stretch of text is a name only if it is cut as the name is.
fn same_units(name: &str, units: &[Unit]) -> bool {
    let mut own = Vec::new();
    units_of_name(name.trim(), &mut own);
    own.len() == units.len()
}

fn found(index: &Index, text: &str, units: &[Unit], overlap: Overlap) -> Vec<(u32, u32, Vec<u32>)> {
    let mut all: Vec<_> = matches(index, text, units, None, overlap)
        .into_iter()
        .map(|m| {
            let mut ids: Vec<u32> = m.names.iter().map(|p| p.entry).collect();
            ids.sort_unstable();
            (m.start, m.end, ids)
        })
        .collect();
    all.sort_by_key(|(start, end, _)| (*start, u32::MAX - end));
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn the_tables_equal_a_comparison_of_everything(names in prop::collection::vec(words(), 1..12), text in words(), more in words(), folding in foldings()) {
        let text = format!("{text} {more}");
        let index = Index::from_bytes(compile(&names, folding)).unwrap();
        let mut units = Vec::new();
        units_of_text(&text, &mut units);
        let all = naive(&names, folding, &text, &units);
        prop_assert_eq!(&found(&index, &text, &units, Overlap::All), &all);

        let mut free = 0;
        let mut longest = all;
        longest.retain(|(start, end, _)| {
            let keep = *start >= free;
            if keep {
                free = *end;
            }
            keep
        });
        prop_assert_eq!(found(&index, &text, &units, Overlap::Longest), longest);
    }

    #[test]
    fn a_damaged_file_is_refused(names in prop::collection::vec(words(), 1..12), at in any::<prop::sample::Index>(), bit in 0..8_u32, cut in any::<bool>()) {
        let mut bytes = compile(&names, Folding::default());
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 1 << bit;
        }
        if let Ok(index) = Index::from_bytes(bytes) {
            // Only the padding between the sections may change unseen.
            let mut units = Vec::new();
            for name in &names {
                units_of_text(name, &mut units);
                for found in matches(&index, name, &units, None, Overlap::All) {
                    for posting in found.names {
                        prop_assert!(names.iter().any(|n| n.trim() == posting.name));
                    }
                }
            }
        }
    }

    #[test]
    fn damage_that_checksums_do_not_notice_does_no_harm(names in prop::collection::vec(words(), 1..12), hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = compile(&names, Folding::default());
        for (at, value) in hits {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Ok(index) = Index::from_bytes_unsummed(bytes) {
            let mut units = Vec::new();
            for name in &names {
                units_of_text(name, &mut units);
                for found in matches(&index, name, &units, Some(Folding::default()), Overlap::All) {
                    for posting in found.names {
                        prop_assert!(Folding::default().agrees(&posting.name, &name[found.start as usize..found.end as usize]));
                        let _ = index.entry(posting.entry);
                    }
                }
            }
        }
    }

    #[test]
    fn any_text_is_cut_into_units_on_its_characters(text in "\\PC{0,60}") {
        let mut units = Vec::new();
        units_of_text(&text, &mut units);
        let mut last = 0;
        for unit in units {
            prop_assert!(unit.start >= last && unit.end > unit.start);
            prop_assert!(text.get(unit.start as usize..unit.end as usize).is_some());
            last = unit.end;
        }
    }
}

/// Texts of plain words, signs, and all that the quick pass must not take for plain.
fn parts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        8 => "[a-bA-B]{1,3}",
        2 => "[abAB]{7,17}",
        2 => prop::sample::select(vec!["st", "Saint", "mt", "the", "www", "don't", "it's", "aaaaaaa't", "aaaaaaaa't", "a1", "2006", "1,000", "3.5", "U.S.", "A&B", "a@b", "http://a.b"]).prop_map(str::to_owned),
        10 => Just(" ".to_owned()),
        3 => prop::sample::select(vec!["  ", "\n", ",", ".", ";", "(", ")", "\"", "-", "'s", "'", "\u{2019}s", "&", "/", "\u{e9}", "\u{4eac}", "\u{2014}", "\u{7f}", "$", "#"]).prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

#[test]
fn a_name_may_begin_with_the_head_of_an_address() {
    let index = Index::from_bytes(compile(&["www. \u{4eac}".to_owned()], Folding { case: Case::Ignore, ..Folding::default() })).unwrap();
    let text = "see www. \u{4eac}";
    let mut units = Vec::new();
    likely_units(&index, text, &mut units);
    assert_eq!(matches(&index, text, &units, None, Overlap::All).len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn likely_units_have_every_name(names in prop::collection::vec(parts(), 1..6), few in prop::collection::vec(words(), 0..4), text in prop::collection::vec(parts(), 1..6), far in 0..1500_usize) {
        // Names are stretches of the text too, so that there is something to find.
        let text = text.join(&" x".repeat(far / 5 * usize::from(far % 5 == 0)));
        let own: Vec<String> = text.split("  ").take(3).map(|part| part.chars().take(24).collect()).collect();
        let all: Vec<String> = names.iter().map(|n| n.chars().take(12).collect()).chain(few).chain(own).collect();
        let index = Index::from_bytes(compile(&all, Folding { case: Case::Ignore, ..Folding::default() })).unwrap();
        let (mut units, mut likely) = (Vec::new(), Vec::new());
        units_of_text(&text, &mut units);
        likely_units(&index, &text, &mut likely);
        for overlap in [Overlap::All, Overlap::Longest] {
            prop_assert_eq!(matches(&index, &text, &units, None, overlap), matches(&index, &text, &likely, None, overlap), "{:?} in {:?}", all, text);
        }
        let spans = |units: &[Unit]| {
            let mut found = Vec::new();
            scan_longest(&index, units, &mut ScanBuffers::default(), &mut found);
            found.iter().map(|c| (units[c.first as usize].start, units[c.after as usize - 1].end)).collect::<Vec<_>>()
        };
        prop_assert_eq!(spans(&units), spans(&likely), "{:?} in {:?}", all, text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn many_names_spill_to_disk_and_are_all_found(names in prop::collection::vec("[a-f]{1,4}( [a-f]{1,4}){0,2}", 600..1200)) {
        let index = Index::from_bytes(compile(&names, Folding::default())).unwrap();
        let mut units = Vec::new();
        for (i, name) in names.iter().enumerate().step_by(37) {
            units_of_text(name, &mut units);
            let all = matches(&index, name, &units, None, Overlap::Longest);
            prop_assert!(all.iter().any(|m| m.names.iter().any(|p| p.entry == i as u32)), "{name} is not found");
        }
    }
}
