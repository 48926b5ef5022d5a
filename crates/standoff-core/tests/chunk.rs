//! Chunks that do not fit are refused, and leave nothing behind.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use standoff_core::{Attribute, Chunk, ColumnSlices, Error, Kind, Schema, SegmentBuilder, Slices, Slot, StringSlices, Value};

fn schema() -> Arc<Schema> {
    let attributes = [("kind", Kind::Symbol), ("text", Kind::Text), ("list", Kind::RefList), ("named", Kind::Named), ("count", Kind::U32)];
    let schema = attributes.into_iter().fold(Schema::new("mark", true), |s, (name, kind)| s.with(Attribute::new(name, kind).optional()));
    Arc::new(schema)
}

fn strings<'c>(offsets: &'c [u32], bytes: &'c [u8]) -> StringSlices<'c> {
    StringSlices { offsets, bytes }
}

/// Two rows that have one column.
fn append(builder: &mut SegmentBuilder, slot: Slot, values: Slices<'_>, validity: &[u8]) -> Result<(), Error> {
    let mut appending = builder.append(&Chunk { len: 2, starts: &[0, 1], ends: &[1, 2] })?;
    appending.column(slot, &ColumnSlices { values, validity })?;
    appending.finish();
    Ok(())
}

#[test]
fn columns_that_do_not_fit_are_refused() {
    let dictionary = strings(&[0, 1, 2], b"ab");
    let named = |names, strings| Slices::Named { offsets: &[0, 1, 1], names, rows: &[standoff_core::RowRef::NONE], strings, dictionary };
    let cases: [(Slot, Slices<'_>, &[u8], &str); 15] = [
        (Slot::Attribute(0), Slices::Symbol(&[0, 2], dictionary), &[], "attribute `kind` uses the code 2, which its dictionary lacks"),
        (Slot::Attribute(0), Slices::Symbol(&[0], dictionary), &[], "attribute `kind` has 1 values for 2 rows"),
        (Slot::Attribute(0), Slices::U32(&[0, 1]), &[], "attribute `kind` is not of kind symbol"),
        (Slot::Attribute(0), Slices::Symbol(&[0, 1], strings(&[0, 1, 3], b"ab")), &[], "do not divide its bytes"),
        (Slot::Attribute(0), Slices::Symbol(&[0, 1], strings(&[0, 1, 2], b"\xc3\xa9")), &[], "do not divide its bytes"),
        (Slot::Attribute(0), Slices::Symbol(&[0, 1], strings(&[0, 1, 2], b"a\xff")), &[], "not UTF-8 from byte 1 on"),
        (Slot::Attribute(1), Slices::Text(strings(&[0, 1], b"a")), &[], "attribute `text` has 1 values for 2 rows"),
        (Slot::Attribute(1), Slices::Text(strings(&[1, 1, 2], b"ab")), &[], "do not divide its bytes"),
        (Slot::Attribute(2), Slices::RefList { offsets: &[0, 1, 0], items: &[] }, &[], "attribute `list` has list offsets"),
        (Slot::Attribute(3), named(&[2], &[0]), &[], "attribute `named` uses the code 2"),
        (Slot::Attribute(3), named(&[0], &[0, 0]), &[], "of different lengths"),
        (Slot::Attribute(4), Slices::U32(&[0; 2]), &[], ""),
        (Slot::Rules, Slices::Symbol(&[0, 9], dictionary), &[], "the column of rules uses the code 9"),
        (Slot::Scores, Slices::U32(&[0, 9]), &[], "the column of scores is not of kind f64"),
        (Slot::Attribute(5), Slices::U32(&[0, 9]), &[], "is not there"),
    ];
    let mut builder = SegmentBuilder::new(schema());
    for (slot, values, validity, says) in cases {
        let result = append(&mut builder, slot, values, validity);
        if says.is_empty() {
            result.unwrap();
            assert_eq!(builder.len(), 2);
            continue;
        }
        let error = result.unwrap_err();
        assert!(error.is_contract() && error.to_string().contains("layer `mark`: ") && error.to_string().contains(says), "{says}: {error}");
        assert!(builder.is_empty() && builder.segment().starts().is_empty(), "{says}: rows were left behind");
        assert!(builder.segment().columns().iter().all(|c| c.is_blank()), "{says}: values were left behind");
    }
    let many = vec![0; 9];
    let mut appending = builder.append(&Chunk { len: 9, starts: &many, ends: &many }).unwrap();
    let short = appending.column(Slot::Attribute(4), &ColumnSlices { values: Slices::U32(&many), validity: &[0xff] });
    assert!(short.unwrap_err().to_string().contains("`count` has a validity bitmap of 1 bytes for 9 rows"));
    for chunk in [Chunk { len: 2, starts: &[0], ends: &[1, 2] }, Chunk { len: 0, starts: &[], ends: &[1] }] {
        assert!(builder.append(&chunk).unwrap_err().to_string().contains("ends for"), "{chunk:?}");
    }
}

#[test]
fn a_chunk_that_is_not_finished_cannot_be_committed() {
    let mut builder = SegmentBuilder::new(schema());
    let _ = builder.append(&Chunk { len: 2, starts: &[0, 1], ends: &[1, 2] }).unwrap();
    assert!(builder.finish().unwrap_err().to_string().contains("2 starts and 2 ends for 0 rows"));
}

#[test]
fn what_a_chunk_lacks_is_absent_in_its_rows_alone() {
    let mut builder = SegmentBuilder::new(schema());
    let (one, other) = (strings(&[0, 1, 2], b"ab"), strings(&[0, 1, 2], b"bc"));
    append(&mut builder, Slot::Attribute(0), Slices::Symbol(&[1, 0], one), &[]).unwrap();
    append(&mut builder, Slot::Attribute(4), Slices::U32(&[7, 8]), &[0b10]).unwrap();
    append(&mut builder, Slot::Attribute(0), Slices::Symbol(&[0, 1], other), &[]).unwrap();
    append(&mut builder, Slot::Rules, Slices::Symbol(&[1, 1], one), &[]).unwrap();
    let segment = builder.finish().unwrap();
    let kinds: Vec<Option<&str>> = (0..8).map(|row| segment.columns()[0].str(row)).collect();
    assert_eq!(kinds, [Some("b"), Some("a"), None, None, Some("b"), Some("c"), None, None]);
    let counts: Vec<Option<Value<'_>>> = (0..8).map(|row| segment.columns()[4].get(row)).collect();
    assert_eq!(counts, [None, None, None, Some(Value::U32(8)), None, None, None, None]);
    let rules: Vec<Option<&str>> = (0..8).map(|row| segment.rules().str(row)).collect();
    assert_eq!(rules, [None, None, None, None, None, None, Some("b"), Some("b")]);
}
