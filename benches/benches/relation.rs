//! Relations by the bundled news rules: compiling them, and a short and a long document.
//!
//! Tokens, sentences and mentions are made beforehand: what is timed is the rules alone. The number of relations found
//! is asserted, so that a faster wrong answer fails.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use standoff_core::{
    Annotator, Document, Layers, Mention, Output, Phrase, Provenance, Relation, Sentence, Span, Task, TimeExpression, Token,
};
use standoff_relation::{RelationAnnotator, Rules};

/// Sentences as news have them, words apart; `[TYPE` begins a mention and `]` ends it.
const NEWS: &str = "\
[NORP Utopian ] President [PERSON Ann Smith ] and her [NORP Ruritanian ] counterpart [PERSON Karl Maria ] held talks on fishing in [date March ] .
The two leaders agreed to open the strait to trade , officials said .
The chain , which [GPE Utopia ] calls the [LOC Outer Isles ] , includes [LOC Big Isle ] , [LOC Seal Rock ] and [LOC Long Reef ] .
It was a cold day , and most of the shops along the harbour had closed early .
[ORG Harbour Bank ] , based in [GPE Port Royal ] , did not sign the agreement with its rivals last year .
Fishermen said that prices would fall , but few of them expected the winter to be as mild as the last one .
[PERSON Maria ] will visit [GPE Utopia ] in [date May ] .
";

fn document(marked: &str) -> Document<'static> {
    let mut text = String::new();
    let (mut tokens, mut sentences, mut mentions) = (Vec::new(), Vec::new(), Vec::new());
    for line in marked.lines() {
        let first = text.len() as u32;
        let mut open: Option<(&str, u32)> = None;
        for word in line.split_whitespace() {
            if let Some(kind) = word.strip_prefix('[') {
                open = Some((kind, text.len() as u32));
            } else if word == "]" {
                let (kind, start) = open.take().expect("a mention is open");
                mentions.push((kind.to_owned(), Span::new(start, text.len() as u32 - 1)));
            } else {
                let start = text.len() as u32;
                text.push_str(word);
                tokens.push(Span::new(start, text.len() as u32));
                text.push(' ');
            }
        }
        sentences.push(Span::new(first, text.len() as u32 - 1));
    }
    let mut document = Document::new(text).unwrap();
    let layers = Layers::new().gives::<Token>().gives::<Sentence>().gives::<Mention>().gives::<TimeExpression>();
    let mut output = Output::new();
    output.begin(&document, &Task::of(Provenance::default(), layers));
    for span in tokens {
        output.layer::<Token>().unwrap().push(Token { span, ..Token::default() });
    }
    for span in sentences {
        output.layer::<Sentence>().unwrap().push(Sentence { span });
    }
    for (kind, span) in &mentions {
        if kind == "date" {
            output.layer::<TimeExpression>().unwrap().push(TimeExpression { span: *span, kind: "DATE", ..TimeExpression::default() });
        } else {
            output.layer::<Mention>().unwrap().push(Mention { span: *span, kind, ..Mention::default() });
        }
    }
    document.commit(&mut output).unwrap();
    document
}

fn relation(c: &mut Criterion) {
    let mut group = c.benchmark_group("relation");
    group.bench_function("compile the bundled rules", |b| b.iter(|| black_box(Rules::bundled().unwrap()).len()));
    let annotator = RelationAnnotator::new(Rules::bundled().unwrap());
    let layers =
        Layers::new().needs::<Token>().needs::<Sentence>().uses::<Mention>().uses::<TimeExpression>().gives::<Relation>().gives::<Phrase>();
    let task = Task::of(Provenance { annotator: "relation".into(), ..Provenance::default() }, layers);
    for (name, times) in [("short", 1), ("long", 32)] {
        let document = document(&NEWS.repeat(times));
        let mut output = Output::new();
        group.throughput(Throughput::Bytes(document.text().len() as u64));
        group.bench_function(format!("{name}, {} bytes", document.text().len()), |b| {
            b.iter(|| {
                output.begin(&document, &task);
                annotator.annotate(&document, &mut output).unwrap();
                assert_eq!(output.layer::<Relation>().unwrap().len(), FOUND * times);
            });
        });
    }
    group.finish();
}

/// How many relations the sentences say.
const FOUND: usize = 13;

criterion_group!(benches, relation);
criterion_main!(benches);
