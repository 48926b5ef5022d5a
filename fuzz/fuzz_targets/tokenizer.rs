//! The tokeniser over any text, convention and set of options: spans lie on character boundaries, in order, and nothing
//! but white space is left between them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standoff_tokenizer::{Convention, Hyphens, Newlines, Options, Segmenter, Segments, Sentences, Spans};

fuzz_target!(|data: &[u8]| {
    let Some((&choice, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let options = Options {
        convention: [Convention::Ud, Convention::Ud, Convention::Uax29, Convention::Whitespace][usize::from(choice & 3)],
        sentences: if choice & 4 == 0 { Sentences::Learnt } else { Sentences::Rules },
        hyphens: if choice & 8 == 0 { Hyphens::Split } else { Hyphens::Keep },
        newlines: [Newlines::Auto, Newlines::Auto, Newlines::Space, Newlines::Sentence][usize::from(choice >> 4 & 3)],
        abbreviations: Vec::new(),
    };
    let language = [None, Some("en"), Some("ru"), Some("ja")][usize::from(choice >> 6)];
    let segmenter = Segmenter::new(&options);
    let mut segments = Segments::default();
    segmenter.segment_as(&text, language, &mut segments);
    assert_eq!(segments.tokens.len(), segments.categories.len());
    for spans in [&segments.tokens, &segments.sentences, &segments.paragraphs] {
        covers(&text, spans);
    }
    let token_ends = |end: u32| segments.tokens.end.binary_search(&end).is_ok();
    assert!(segments.sentences.end.iter().all(|&end| token_ends(end)), "a sentence ends within a token");
    assert!(segments.paragraphs.end.iter().all(|end| segments.sentences.end.binary_search(end).is_ok()));
    let mut again = Segments::default();
    segmenter.segment_as(&text, language, &mut again);
    assert_eq!(segments, again);
});

/// Spans and the white space between them give the text back.
fn covers(text: &str, spans: &Spans) {
    let mut reached = 0;
    for (start, end) in spans.iter() {
        let (start, end) = (start as usize, end as usize);
        assert!(start >= reached && end > start);
        assert!(is_blank(&text[reached..start]), "{:?} is in no span", &text[reached..start]);
        assert!(!text[start..end].trim().is_empty());
        reached = end;
    }
    assert!(is_blank(&text[reached..]), "{:?} is in no span", &text[reached..]);
}

/// White space as the tokeniser sees it: control characters, the byte order mark and the zero-width space are such.
fn is_blank(gap: &str) -> bool {
    gap.chars().all(|c| c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}' | '\u{feff}'))
}
