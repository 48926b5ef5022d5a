//! The plugin: layers `token`, `sentence` and `paragraph` from the engine's columns.

use standoff_core::{
    Annotator, BuildContext, Column, Document, Error, Example, Layer, Layers, Manifest, Output, Paragraph, Plugin, SegmentBuilder,
    Sentence, Token, Value,
};

use crate::form::Forms;
use crate::kind::{Category, Kind};
use crate::segmenter::Segmenter;
use crate::segments::{Segments, Spans};
use crate::settings::Settings;

/// The plugin `tokenizer`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tokenizer;

standoff_abi::register!(Tokenizer);

impl Plugin for Tokenizer {
    type Settings = Settings;

    fn manifest(&self) -> Manifest {
        Manifest::new("tokenizer", env!("CARGO_PKG_VERSION"), "Divides the text into tokens, sentences and paragraphs.").example(
            Example::new("Mr. Abe didn't pay $4.25. Russia did.")
                .finds("token", "Mr.", &[("kind", "word")])
                .finds("token", "n't", &[("kind", "word")])
                .finds("token", "4.25", &[("kind", "amount")])
                .finds("sentence", "Mr. Abe didn't pay $4.25.", &[])
                .finds("sentence", "Russia did.", &[])
                .finds("paragraph", "Mr. Abe didn't pay $4.25. Russia did.", &[]),
        )
    }

    fn layers(&self, _: &Settings) -> Layers {
        Layers::new().gives::<Token>().gives::<Sentence>().gives::<Paragraph>()
    }

    fn build(&self, settings: Settings, _: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        if let Some(word) = settings.abbreviations.iter().find(|word| word.trim().trim_end_matches('.').is_empty()) {
            return Err(Error::settings(format!("`{word}` is no abbreviation"))
                .in_setting("abbreviations")
                .help("write a word such as \"Abb.\""));
        }
        Ok(Box::new(Splits { segmenter: Segmenter::new(&settings.options()), settings }))
    }
}

/// The annotator with its engine.
struct Splits {
    segmenter: Segmenter,
    settings: Settings,
}

impl Annotator for Splits {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        let mut segments = output.take_scratch::<Segments>();
        let language = document.meta().language.as_deref().or(self.settings.language.as_deref());
        self.segmenter.segment_as(document.text(), language, &mut segments);
        let written = self.write(document.text(), &mut segments, output);
        output.put_scratch(segments);
        written
    }
}

impl Splits {
    fn write(&self, text: &str, segments: &mut Segments, output: &mut Output) -> Result<(), Error> {
        let tokens = output.segment(Token::NAME)?;
        if self.settings.kind {
            write_kinds(segments, tokens)?;
        }
        if self.settings.norm || self.settings.shape {
            let mut forms = Forms::default();
            for (row, (start, end)) in segments.tokens.iter().enumerate() {
                let word = &text[start as usize..end as usize];
                let clitic = segments.categories.get(row + 1) == Some(&Category::Clitic);
                let next = segments.tokens.end.get(row + 1).filter(|_| clitic).map(|&next| &text[end as usize..next as usize]);
                if self.settings.norm {
                    match forms.norm(word, segments.categories[row], next) {
                        Some(norm) => column(tokens, "norm")?.push(Value::Str(norm), row),
                        None => {
                            column(tokens, "norm")?.push_null(row);
                            true
                        }
                    };
                }
                if self.settings.shape {
                    column(tokens, "shape")?.push(Value::Str(forms.shape(word)), row);
                }
            }
        }
        hand_over(&mut segments.tokens, tokens);
        hand_over(&mut segments.sentences, output.segment(Sentence::NAME)?);
        hand_over(&mut segments.paragraphs, output.segment(Paragraph::NAME)?);
        Ok(())
    }
}

/// Gives the offsets to the layer and takes its empty buffers for the next text.
fn hand_over(spans: &mut Spans, layer: &mut SegmentBuilder) {
    let len = spans.len();
    let (starts, ends) = layer.spans_mut();
    std::mem::swap(starts, &mut spans.start);
    std::mem::swap(ends, &mut spans.end);
    layer.set_len(len);
}

/// Writes the kinds as codes: the names are interned once a document, not once a token.
fn write_kinds(segments: &Segments, tokens: &mut SegmentBuilder) -> Result<(), Error> {
    let column = column(tokens, "kind")?;
    let mut codes = [0; Kind::ALL.len()];
    for kind in Kind::ALL {
        codes[kind as usize] = column.intern(kind.as_str()).ok_or_else(no_column)?;
    }
    let rows = column.codes().ok_or_else(no_column)?;
    rows.extend(segments.categories.iter().map(|category| codes[category.kind() as usize]));
    Ok(())
}

fn column<'a>(tokens: &'a mut SegmentBuilder, attribute: &str) -> Result<&'a mut Column<'static>, Error> {
    let at = tokens.schema().attributes.iter().position(|a| a.name == attribute);
    at.and_then(|at| tokens.column_mut(at)).ok_or_else(no_column)
}

fn no_column() -> Error {
    Error::contract("the layer `token` lacks the attributes that the tokeniser writes")
}
