//! Segments files of plain text once, for counting instructions:
//!
//! ```text
//! cargo build --release -p standoff-tokenizer --example instructions
//! valgrind --tool=callgrind --callgrind-out-file=/dev/null '--toggle-collect=*segment_as*' \
//!     target/release/examples/instructions examples/texts/*.txt
//! ```

use std::error::Error;
use std::io::Write;

use standoff_tokenizer::{Segmenter, Segments};

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let texts = paths.iter().map(std::fs::read_to_string).collect::<Result<Vec<_>, _>>()?;
    let segmenter = Segmenter::default();
    let mut segments = Segments::default();
    let (mut bytes, mut tokens, mut sentences) = (0, 0, 0);
    for text in &texts {
        segmenter.segment(text, &mut segments);
        bytes += text.len();
        tokens += segments.tokens.len();
        sentences += segments.sentences.len();
    }
    writeln!(std::io::stdout().lock(), "{bytes} bytes, {tokens} tokens, {sentences} sentences")?;
    Ok(())
}
