//! The thousandth document allocates next to nothing.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use standoff_core::{Document, Entity, Mention, Output, Sentence, Span, Task, Token};

const TEXT: &str = "Lavrov met Kishida in Bonn . They spoke of Iturup and of Kunashir .";

fn annotate(document: &mut Document<'static>, output: &mut Output, tasks: &[Task; 2]) {
    output.begin(document, &tasks[0]);
    let mut start = 0;
    for word in TEXT.split(' ') {
        let span = Span::new(start, start + word.len() as u32);
        output.layer::<Token>().unwrap().push(Token { span, kind: Some("word"), norm: Some(word), ..Token::default() });
        start = span.end + 1;
    }
    output.layer::<Sentence>().unwrap().push(Sentence { span: Span::new(0, 28) });
    document.commit(output).unwrap();

    document.restrict(Some(&tasks[1]));
    output.begin(document, &tasks[1]);
    for token in document.rows::<Token>().iter().filter(|t| document.slice(t.span).starts_with(|c: char| c.is_uppercase())) {
        let name = document.slice(token.span);
        let entity = output.layer::<Entity>().unwrap().push(Entity { kind: "X", name, ..Entity::default() });
        output
            .layer::<Mention>()
            .unwrap()
            .push_by("capital", Mention { span: token.span, kind: "X", entity: Some(entity), ..Mention::default() });
    }
    document.commit(output).unwrap();
    document.restrict(None);
}

#[test]
fn buffers_are_used_again() {
    let tokens = Task::new("tokens", "1").gives::<Token>().gives::<Sentence>();
    let layers = standoff_core::Layers::new().needs::<Token>().gives::<Mention>().gives::<Entity>();
    let tasks = [tokens, Task::of(Default::default(), layers)];
    let mut output = Output::new();
    let mut document = Document::new("").unwrap();
    let mut once = |output: &mut Output| {
        document.reset("id", TEXT, Default::default(), output).unwrap();
        annotate(&mut document, output, &tasks);
        assert_eq!(document.rows::<Mention>().len(), 6);
    };
    for _ in 0..999 {
        once(&mut output);
    }
    let counted = allocation_counter::measure(|| once(&mut output));
    // What is left does not grow with the text: the list of visible layers, which is rebuilt.
    assert!(counted.count_total <= 4, "{counted:?}");
    assert_eq!(counted.count_current, 0, "{counted:?}");
}

#[test]
fn segments_that_documents_bring_along_do_not_crowd_out_buffers() {
    let task = Task::new("tokens", "1").gives::<Token>().gives::<Sentence>();
    let layers = standoff_core::Layers::new().needs::<Token>().gives::<Mention>().gives::<Entity>();
    let tasks = [task, Task::of(Default::default(), layers)];
    let mut output = Output::new();
    let once = |output: &mut Output| {
        let mut document = Document::new(TEXT).unwrap();
        let schema = std::sync::Arc::new(standoff_core::Schema::new("brought", true));
        document.adopt([(Default::default(), standoff_core::SegmentBuilder::new(schema).finish().unwrap())]).unwrap();
        annotate(&mut document, output, &tasks);
        document.strip(output);
    };
    for _ in 0..999 {
        once(&mut output);
    }
    let counted = allocation_counter::measure(|| once(&mut output));
    // What is left is the document itself and the segment that it brought along.
    assert!(counted.count_total <= 24, "{counted:?}");
}
