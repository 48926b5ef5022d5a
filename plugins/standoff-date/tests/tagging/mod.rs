//! Tags a text whose tokens and sentences are those of the tokenizer.

use standoff_date::{Tagger, Timex, TokenSpan};
use standoff_tokenizer::{Segmenter, Segments};

pub(crate) fn tag(tagger: &Tagger, text: &str, date: Option<&str>) -> Vec<Timex> {
    let mut segments = Segments::default();
    Segmenter::default().segment(text, &mut segments);
    let tokens: Vec<TokenSpan> = segments.tokens.iter().collect();
    let sentences: Vec<u32> = segments.sentences.iter().map(|s| s.0).collect();
    tagger.tag(text, &tokens, &sentences, date)
}
