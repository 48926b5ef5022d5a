use standoff_core::{Document, Entity, Mention, NamedValue, Relation};

use super::*;
use crate::offsets::Unit;

const LINE: &str = concat!(
    r#"{"id":"a","text":"Übel: Iturup 😀 liegt","meta":{"date":"2017-03-20","desk":"asia"},"offsets":"char","layers":{"#,
    r#""entity":[{"type":"LOC","name":"Iturup","lat":45.0,"by":"gazetteer"}],"#,
    r#""extra":[{"start":0,"end":4,"mood":"bad","n":3,"sure":true,"whom":{"layer":"entity","row":0},"by":"other"}],"#,
    r#""mention":[{"start":6,"end":12,"type":"LOC","entity":0,"by":"gazetteer","score":0.5},{"start":13,"end":14,"type":"CONCEPT","by":"names","rule":"smile"}],"#,
    r#""relation":[{"start":6,"end":14,"type":"likes","subject":[{"layer":"mention","row":0}],"object":[{"layer":"mention","row":1}],"#,
    r#""negated":true,"qualifiers":{"because":"so","of":[{"layer":"mention","row":1},"x"]},"by":"relation","rule":"r1"}],"#,
    r#""token":[{"start":0,"end":4,"kind":"word"},{"start":6,"end":12}]},"#,
    r#""made_by":[{"annotator":"gazetteer","version":"0.1.0","settings":"sha256:00","layers":["entity","mention"]},"#,
    r#"{"annotator":"other","version":"","layers":["extra"]},{"annotator":"names","version":"","layers":["mention"]},"#,
    r#"{"annotator":"relation","version":"","layers":["relation"]},{"annotator":"input","version":"","layers":["token"]}]}"#,
    "\n"
);

fn write_all(document: &Document, unit: Unit) -> String {
    let mut out = Vec::new();
    write(document, &WriteOptions { unit, ..WriteOptions::default() }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn what_was_read_is_written_again() {
    let document = read(LINE.as_bytes(), "", &Schemas::default()).unwrap();
    assert_eq!(write_all(&document, Unit::Char), LINE);
}

#[test]
fn every_unit_reads_back() {
    let document = read(LINE.as_bytes(), "", &Schemas::default()).unwrap();
    for unit in [Unit::Byte, Unit::Utf16] {
        let line = write_all(&document, unit);
        assert_ne!(line, LINE);
        let again = read(line.as_bytes(), "", &Schemas::default()).unwrap();
        assert_eq!(write_all(&again, Unit::Char), LINE);
    }
}

#[test]
fn rows_are_typed_and_references_lead_on() {
    let document = read(LINE.as_bytes(), "", &Schemas::default()).unwrap();
    let mention = document.rows::<Mention>().iter().next().unwrap();
    assert_eq!(document.slice(mention.span), "Iturup");
    assert_eq!(document.get::<Entity>(mention.entity.unwrap()).unwrap().lat, Some(45.0));
    let relation = document.rows::<Relation>().iter().next().unwrap();
    assert_eq!(relation.subject, [mention.id]);
    assert_eq!(relation.qualifiers.unwrap().get("because"), Some(NamedValue::Str("so")));
    assert_eq!(document.meta().fields["desk"], "asia");
}

#[test]
fn retracted_rows_are_left_out_with_what_refers_to_them() {
    let line =
        LINE.replace(r#""by":"names","rule":"smile"}"#, r#""by":"names","rule":"smile","retracted":{"by":"cleaner","rule":"no-smiles"}}"#);
    let document = read(line.as_bytes(), "", &Schemas::default()).unwrap();
    let written = write_all(&document, Unit::Char);
    assert!(!written.contains("smile") && written.contains(r#""object":[]"#) && written.contains(r#""of":"x""#), "{written}");
    let mut all = Vec::new();
    write(&document, &WriteOptions { with_retracted: true, ..WriteOptions::default() }, &mut all).unwrap();
    let all = String::from_utf8(all).unwrap();
    assert!(all.contains(r#""retracted":{"by":"cleaner","rule":"no-smiles"}"#), "{all}");
}

#[test]
fn what_is_wrong_is_said() {
    let cases = [
        ("{\"id\":\"a\"}", "missing field `text`"),
        ("[1]", "invalid type"),
        ("{\"text\":\"a\"", "EOF while parsing"),
        ("{\"text\":\"a\",\"offsets\":\"words\"}", "unknown variant `words`"),
        ("{\"text\":\"a\",\"layers\":{\"token\":[{\"start\":0}]}}", "layers.token[0]: `end` is missing"),
        ("{\"text\":\"a\",\"layers\":{\"token\":[{\"start\":0,\"end\":2}]}}", "layers.token[0]: `end` is 2, which is past the text"),
        ("{\"text\":\"ab\",\"layers\":{\"token\":[{\"start\":1,\"end\":0}]}}", "it ends before it starts"),
        ("{\"text\":\"a\",\"layers\":{\"mention\":[{\"start\":0,\"end\":1}]}}", "lacks the attribute `type`"),
        ("{\"text\":\"a\",\"layers\":{\"mention\":[{\"start\":0,\"end\":1,\"type\":3}]}}", "`type` must be a symbol, not 3"),
        (
            "{\"text\":\"a\",\"layers\":{\"mention\":[{\"start\":0,\"end\":1,\"type\":\"LOC\",\"entity\":7}]}}",
            "row 7 of layer `entity`, which does not exist",
        ),
        (
            "{\"text\":\"a\",\"layers\":{\"x\":[{\"start\":0,\"end\":1,\"y\":1},{\"start\":0,\"end\":1,\"y\":\"z\"}]}}",
            "layers.x[1].y: of kind text, where rows before have i64",
        ),
        ("{\"text\":\"a\",\"layers\":{\"x\":[{\"y\":[1]}]}}", "a value of no kind"),
    ];
    for (line, message) in cases {
        let error = read(line.as_bytes(), "", &Schemas::default()).unwrap_err();
        assert!(error.is_input() && error.to_string().contains(message), "{line}: {error}");
    }
}

#[test]
fn fields_of_other_forms_are_kept() {
    let document = read(br#"{"text":"a","title":"T","meta":null}"#, "line-1", &Schemas::default()).unwrap();
    assert_eq!(document.id(), "line-1");
    assert_eq!(document.meta().fields["title"], "T");
}
