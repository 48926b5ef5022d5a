//! What an annotator may not do, and that nothing of it stays behind.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use standoff_core::{
    Attribute, Column, Document, Entity, Error, Kind, Layer, Layers, Mention, Output, RowRef, Schema, SegmentBuilder, Sentence, Span, Task,
    Token, Value,
};

fn attempt(task: &Task, write: impl FnOnce(&mut Output) -> Result<(), Error>) -> Result<Document<'static>, Error> {
    let mut document = Document::new("Übel ist es.").unwrap();
    let mut output = Output::new();
    let earlier = Task::new("earlier", "1").gives::<Sentence>();
    output.begin(&document, &earlier);
    output.layer::<Sentence>().unwrap().push(Sentence { span: Span::new(0, 13) });
    document.commit(&mut output).unwrap();

    output.begin(&document, task);
    let before = format!("{document:?}");
    write(&mut output)?;
    match document.commit(&mut output) {
        Ok(()) => Ok(document),
        Err(error) => {
            assert_eq!(format!("{document:?}"), before, "a failed commit changed the document");
            // And the output can be used again.
            output.begin(&document, &earlier);
            document.commit(&mut output).unwrap();
            Err(error)
        }
    }
}

fn fails(task: &Task, says: &str, write: impl FnOnce(&mut Output) -> Result<(), Error>) {
    let error = attempt(task, write).expect_err("the contract was broken");
    assert!(error.is_contract() && error.to_string().contains(says), "{error}");
}

#[test]
fn spans_lie_in_the_text_on_boundaries() {
    let task = Task::new("bad", "1").gives::<Sentence>();
    for (start, end) in [(1, 4), (0, 1), (0, 14), (4, 2), (u32::MAX, u32::MAX)] {
        fails(&task, "does not lie on character boundaries of a text of 13 bytes", |out| {
            out.layer::<Sentence>()?.push(Sentence { span: Span::new(start, end) });
            Ok(())
        });
    }
    assert!(
        attempt(&task, |out| {
            out.layer::<Sentence>()?.push(Sentence { span: Span::new(13, 13) });
            Ok(())
        })
        .is_ok()
    );
}

#[test]
fn only_declared_layers_are_written() {
    fails(&Task::new("bad", "1"), "it writes to layer `token`, which it does not declare to give; declare", |out| {
        out.layer::<Token>().map(|_| ())
    });
}

#[test]
fn references_lead_to_rows_of_the_declared_layer() {
    let task = Task::new("bad", "1").gives::<Mention>().gives::<Entity>();
    let mention = |entity| Mention { span: Span::new(0, 5), kind: "X", entity: Some(entity), ..Mention::default() };
    for (row, says) in [
        (RowRef::new(9, 0), "refers to row 9:0, which does not exist"),
        (RowRef::new(0, 1), "0:1, which does not exist"),
        (RowRef::new(0, 0), "a row of layer `sentence`, not of `entity`"),
        (RowRef::NONE, "does not exist"),
    ] {
        fails(&task, says, |out| {
            out.layer::<Mention>()?.push(mention(row));
            Ok(())
        });
    }
    let document = attempt(&task, |out| {
        let entity = out.layer::<Entity>()?.push(Entity { kind: "X", name: "Übel", ..Entity::default() });
        out.layer::<Mention>()?.push(mention(entity));
        Ok(())
    })
    .unwrap();
    let entity = document.rows::<Mention>().iter().next().unwrap().entity.unwrap();
    assert_eq!(document.get::<Entity>(entity).unwrap().name, "Übel");
}

#[test]
fn only_a_reviser_retracts_and_only_rows_that_exist() {
    let row = RowRef::new(0, 0);
    fails(&Task::new("bad", "1"), "retracts a row of layer `sentence`, which it does not declare to revise", |out| {
        out.retract(row, "r");
        Ok(())
    });
    let reviser = Task::of(Default::default(), Layers::new().revises::<Sentence>());
    fails(&reviser, "retracts row 0:1, which does not exist", |out| {
        out.retract(RowRef::new(0, 1), "r");
        Ok(())
    });
    let document = attempt(&reviser, |out| {
        out.retract(row, "r");
        out.retract(row, "again");
        Ok(())
    })
    .unwrap();
    assert_eq!(document.rows::<Sentence>().len(), 0);
    assert_eq!(document.rows::<Sentence>().with_retracted().len(), 1);
    assert_eq!(document.retractions().len(), 1);
    assert_eq!(document.retractions()[0].rule, "r");
}

#[test]
fn columns_fit_one_another() {
    let task = Task::new("bad", "1").gives::<Mention>();
    fails(&task, "1 starts and 1 ends for 2 rows", |out| {
        let segment = out.segment("mention")?;
        segment.push_value(0, Some(Value::Str("X")));
        segment.finish_row(Span::new(0, 2));
        segment.set_len(2);
        Ok(())
    });
    fails(&task, "a row lacks the attribute `type`, which is not optional", |out| {
        out.segment("mention")?.finish_row(Span::new(0, 2));
        Ok(())
    });
    fails(&task, "attribute `type` uses the code 7, which its dictionary lacks", |out| {
        let (starts, ends, columns) = out.segment("mention")?.parts_mut();
        starts.push(0);
        ends.push(2);
        columns[0].codes().unwrap().push(7);
        out.segment("mention")?.set_len(1);
        Ok(())
    });
}

#[test]
fn an_output_begun_for_another_state_is_refused() {
    let mut document = Document::new("a").unwrap();
    let mut output = Output::new();
    assert!(document.commit(&mut output).unwrap_err().is_contract());
    let task = Task::new("a", "1").gives::<Sentence>();
    output.begin_at(5, &task);
    assert!(document.commit(&mut output).unwrap_err().to_string().contains("another state"));
}

#[test]
fn annotators_see_what_they_declare() {
    let mut document = attempt(&Task::new("a", "1").gives::<Token>(), |out| {
        out.layer::<Token>()?.push(Token { span: Span::new(0, 5), ..Token::default() });
        Ok(())
    })
    .unwrap();
    let token = document.rows::<Token>().iter().next().unwrap().id;
    document.restrict(Some(&Task::of(Default::default(), Layers::new().needs::<Sentence>())));
    assert_eq!((document.rows::<Token>().len(), document.rows::<Sentence>().len()), (0, 1));
    assert!(document.row(token).is_none());
    document.restrict(None);
    assert_eq!(document.rows::<Token>().len(), 1);
    assert!(document.row(token).is_some());
}

#[test]
fn a_layer_of_another_writer_is_read_by_name() {
    let schema = Arc::new(
        Schema::new("mention", true)
            .with(Attribute::new("weight", Kind::F64))
            .with(Attribute::new("type", Kind::Text))
            .with(Attribute::new("name", Kind::U32).optional()),
    );
    let mut builder = SegmentBuilder::new(Arc::clone(&schema));
    builder.push_value(0, Some(Value::F64(0.5)));
    builder.push_value(1, Some(Value::Str("LOC")));
    builder.push_value(2, Some(Value::U32(3)));
    builder.finish_row(Span::new(0, 1));
    let mut document = Document::new("a").unwrap();
    document.adopt([(Arc::default(), builder.finish().unwrap())]).unwrap();
    let mention = document.rows::<Mention>().iter().next().unwrap().row;
    assert_eq!((mention.kind, mention.name), ("LOC", None));
    assert_eq!(schema.mismatch(Mention::schema()).unwrap(), "its attribute `name` is of kind u32, not text");
}

#[test]
fn columns_of_one_kind_take_no_other() {
    let mut column = Column::new(Kind::U32);
    assert!(!column.push(Value::Str("x"), 0));
    assert!(column.push(Value::U32(7), 1));
    assert_eq!((column.get(0), column.get(1)), (None, Some(Value::U32(7))));
}
