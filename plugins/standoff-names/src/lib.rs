//! People, organisations, events and titles by rules; mentions of one thing become one entity.
//!
//! ```
//! use standoff_core::{Annotator, Document, Mention, Output, Sentence, Span, Task, Token};
//! use standoff_names::{Names, Settings};
//!
//! let mut document = Document::new("Shinzo Abe spoke. Then Abe left.")?;
//! let mut output = Output::new();
//! # let task = Task::new("by-hand", "1").gives::<Token>().gives::<Sentence>();
//! # output.begin(&document, &task);
//! # for (start, end) in [(0, 6), (7, 10), (11, 16), (16, 17), (18, 22), (23, 26), (27, 31), (31, 32)] {
//! #     output.layer::<Token>()?.push(Token { span: Span::new(start, end), ..Token::default() });
//! # }
//! # for (start, end) in [(0, 17), (18, 32)] {
//! #     output.layer::<Sentence>()?.push(Sentence { span: Span::new(start, end) });
//! # }
//! # document.commit(&mut output)?;
//! # let task = Task::new("names", "1").gives::<Mention>().gives::<standoff_core::Entity>();
//! // Tokens and sentences are there.
//! output.begin(&document, &task);
//! Names::new(Settings::default())?.annotate(&document, &mut output)?;
//! document.commit(&mut output)?;
//! let names: Vec<&str> = document.rows::<Mention>().iter().map(|m| document.slice(m.span)).collect();
//! assert_eq!(names, ["Shinzo Abe", "Abe"]);
//! # Ok::<(), standoff_core::Error>(())
//! ```
//!
//! Words and weights are data (`data/en`). A document is read once ([`Settings`] say which layers), stretches of
//! capitalised words are cut into candidates, the cues of each form are added up over the whole document, short forms
//! are joined to full ones, and the names of others that are parts of longer names are retracted. The time is linear in
//! the text.
//!
//! It knows nothing of lists of places (a gazetteer gives those as mentions, which it reads), does not resolve pronouns
//! and noun phrases such as "the two leaders", and links nothing beyond the document.

mod annotator;
mod candidate;
mod chunk;
mod decide;
mod evidence;
mod explain;
mod lexicon;
mod link;
mod plugin;
mod reading;
mod settings;
mod title;

pub use annotator::Names;
pub use plugin::NamesPlugin;
pub use settings::{MentionType, Settings};
