//! The reader of compiled gazetteers, past its checksums: no bytes make it panic, loop, or find what is not in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standoff_gazetteer::{Folding, Index, Overlap, lookup, matches, units_of_text};

const TEXT: &str = "Iturup, Kunashir and the Northern Territories; St. Petersburg, U.S., Sana'a, 択捉島, Москва.";

fuzz_target!(|data: &[u8]| {
    // With the checksums first: what passes them is whole.
    if let Ok(index) = Index::from_bytes(data.to_vec()) {
        let _ = index.verify();
    }
    let Ok(index) = Index::from_bytes_unsummed(data.to_vec()) else { return };
    let mut units = Vec::new();
    units_of_text(TEXT, &mut units);
    for found in matches(&index, TEXT, &units, Some(Folding::default()), Overlap::All) {
        for posting in found.names {
            assert!(Folding::default().agrees(&posting.name, &TEXT[found.start as usize..found.end as usize]));
            let _ = index.entry(posting.entry);
        }
    }
    let _ = lookup(&index, "Iturup");
    for entry in 0..64 {
        let _ = index.entry(entry);
    }
});
