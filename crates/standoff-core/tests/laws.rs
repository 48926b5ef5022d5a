//! Any sequence of segments and queries equals a naive model.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;
use standoff_core::{Chunk, Document, Layer, NamedValue, NamedValues, Output, RowRef, SegmentBuilder, Sentence, Slot, Span, Task, Value};

/// A row with an attribute of every kind, required and optional.
#[derive(Clone, Debug, Default, PartialEq, Layer)]
#[layer(name = "thing")]
struct Thing<'a> {
    span: Span,
    count: u32,
    offset: Option<i64>,
    weight: Option<f64>,
    sure: bool,
    maybe: Option<bool>,
    #[layer(symbol)]
    kind: &'a str,
    #[layer(symbol)]
    shade: Option<&'a str>,
    text: &'a str,
    note: Option<&'a str>,
    parent: Option<RowRef>,
    children: &'a [RowRef],
    others: Option<&'a [RowRef]>,
    more: Option<NamedValues<'a>>,
}

#[derive(Clone, Debug)]
struct Owned {
    span: Span,
    count: u32,
    offset: Option<i64>,
    weight: Option<f64>,
    sure: bool,
    maybe: Option<bool>,
    kind: String,
    shade: Option<String>,
    text: String,
    note: Option<String>,
    links: Vec<prop::sample::Index>,
    rule: Option<String>,
    retracted: bool,
}

const TEXT: &str = "Übe 😀 cd\r\ne\u{301}f 東京 gh \u{0} ij";

fn boundaries() -> Vec<u32> {
    (0..=TEXT.len()).filter(|&i| TEXT.is_char_boundary(i)).map(|i| i as u32).collect()
}

fn span() -> impl Strategy<Value = Span> {
    let at = boundaries();
    (0..at.len(), 0..at.len()).prop_map(move |(a, b)| Span::new(at[a.min(b)], at[a.max(b)]))
}

fn row() -> impl Strategy<Value = Owned> {
    let numbers = (any::<u32>(), any::<Option<i64>>(), proptest::option::of(-1e9..1e9f64), any::<bool>(), any::<Option<bool>>());
    let strings = ("[a-c]{0,1}", proptest::option::of("[a-c]"), "\\PC{0,3}", proptest::option::of("\\PC{0,3}"));
    let rest = (proptest::collection::vec(any::<prop::sample::Index>(), 0..4), proptest::option::of("[a-c]"), prop::bool::weighted(0.2));
    (span(), numbers, strings, rest).prop_map(
        |(span, (count, offset, weight, sure, maybe), (kind, shade, text, note), (links, rule, retracted))| Owned {
            span,
            count,
            offset,
            weight,
            sure,
            maybe,
            kind,
            shade,
            text,
            note,
            links,
            rule,
            retracted,
        },
    )
}

/// What a row should read as, given the addresses of all rows that exist when it is written.
fn with<R>(row: &Owned, known: &[RowRef], then: impl FnOnce(Thing<'_>) -> R) -> R {
    let links: Vec<RowRef> = if known.is_empty() { Vec::new() } else { row.links.iter().map(|i| known[i.index(known.len())]).collect() };
    let named: Vec<(&str, NamedValue<'_>)> =
        links.iter().map(|&r| ("link", NamedValue::Row(r))).chain(row.note.iter().map(|n| ("note", NamedValue::Str(n)))).collect();
    then(Thing {
        span: row.span,
        count: row.count,
        offset: row.offset,
        weight: row.weight,
        sure: row.sure,
        maybe: row.maybe,
        kind: &row.kind,
        shade: row.shade.as_deref(),
        text: &row.text,
        note: row.note.as_deref(),
        parent: links.first().copied(),
        children: &links,
        others: (links.len() > 1).then(|| &links[1..]),
        more: (!named.is_empty()).then(|| NamedValues::new(&named)),
    })
}

/// Writes the segments to a document; gives the address of each row with the addresses known when it was written.
fn write<'m>(document: &mut Document<'static>, output: &mut Output, model: &'m [Vec<Owned>]) -> Vec<(RowRef, &'m Owned, Vec<RowRef>)> {
    let mut written: Vec<(RowRef, &Owned, Vec<RowRef>)> = Vec::new();
    for (number, segment) in model.iter().enumerate() {
        // Tasks of one name share their provenance; every second one is another annotator.
        let task = Task::new(if number % 2 == 0 { "even" } else { "odd" }, "1").gives::<Thing>().gives::<Sentence>();
        output.begin(document, &task);
        for row in segment {
            let known: Vec<RowRef> = written.iter().map(|(id, ..)| *id).collect();
            let mut layer = output.layer::<Thing>().unwrap();
            let id = with(row, &known, |thing| match &row.rule {
                Some(rule) => layer.push_by(rule, thing),
                None => layer.push(thing),
            });
            written.push((id, row, known));
        }
        document.commit(output).unwrap();
    }
    let reviser = Task::of(Default::default(), standoff_core::Layers::new().revises::<Thing>());
    output.begin(document, &reviser);
    for (id, row, _) in &written {
        if row.retracted {
            output.retract(*id, "gone");
        }
    }
    document.commit(output).unwrap();
    written
}

fn check(document: &Document<'static>, written: &[(RowRef, &Owned, Vec<RowRef>)], queries: &[Span]) -> Result<(), TestCaseError> {
    for with_retracted in [false, true] {
        let mut naive: Vec<&(RowRef, &Owned, Vec<RowRef>)> =
            written.iter().filter(|(_, row, _)| with_retracted || !row.retracted).collect();
        naive.sort_by_key(|(id, row, _)| (row.span.start, std::cmp::Reverse(row.span.end), *id));
        let mut rows = document.rows::<Thing>();
        if with_retracted {
            rows = rows.with_retracted();
        }
        prop_assert_eq!(rows.len(), naive.len());
        let pick = |test: &dyn Fn(Span) -> bool| naive.iter().filter(|(_, row, _)| test(row.span)).map(|(id, ..)| *id).collect::<Vec<_>>();
        prop_assert_eq!(rows.iter().map(|r| r.id).collect::<Vec<_>>(), pick(&|_| true));
        for &q in queries {
            prop_assert_eq!(rows.inside(q).map(|r| r.id).collect::<Vec<_>>(), pick(&|s| q.contains(s)), "inside {}", q);
            prop_assert_eq!(rows.covering(q).map(|r| r.id).collect::<Vec<_>>(), pick(&|s| s.contains(q)), "covering {}", q);
            prop_assert_eq!(rows.overlapping(q).map(|r| r.id).collect::<Vec<_>>(), pick(&|s| s.overlaps(q)), "overlapping {}", q);
            prop_assert_eq!(rows.after(q).map(|r| r.id).collect::<Vec<_>>(), pick(&|s| s.start >= q.end), "after {}", q);
            let mut before = pick(&|s| s.end <= q.start);
            before.reverse();
            prop_assert_eq!(rows.before(q).map(|r| r.id).collect::<Vec<_>>(), before, "before {}", q);
        }
        for entry in rows.iter() {
            let (_, row, known) = written.iter().find(|(id, ..)| *id == entry.id).unwrap();
            with(row, known, |thing| assert_eq!(entry.row, thing));
            let untyped = document.row(entry.id).unwrap();
            prop_assert_eq!(untyped.rule(), row.rule.as_deref());
            prop_assert_eq!(untyped.is_retracted(), row.retracted);
            prop_assert_eq!(untyped.span(), Some(row.span));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn reading_equals_a_naive_model(
        first in proptest::collection::vec(proptest::collection::vec(row(), 0..12), 0..5),
        second in proptest::collection::vec(proptest::collection::vec(row(), 0..12), 0..5),
        queries in proptest::collection::vec(span(), 1..8),
    ) {
        let mut output = Output::new();
        let mut document = Document::new(TEXT).unwrap();
        for model in [&first, &second] {
            // The second document is written into the buffers of the first.
            document.reset("again", TEXT, Default::default(), &mut output).unwrap();
            let written = write(&mut document, &mut output, model);
            check(&document, &written, &queries)?;
        }
    }

    #[test]
    fn a_deep_nest_is_searched_like_a_flat_list(n in 1usize..80, queries in proptest::collection::vec((0u32..160, 0u32..160), 1..10)) {
        let text = "x".repeat(160);
        let mut document = Document::new(text).unwrap();
        let mut output = Output::new();
        output.begin(&document, &Task::new("nest", "1").gives::<Sentence>());
        let spans: Vec<Span> = (0..n as u32).map(|i| Span::new(i, 160 - i)).collect();
        for &span in &spans {
            output.layer::<Sentence>().unwrap().push(Sentence { span });
        }
        document.commit(&mut output).unwrap();
        for (a, b) in queries {
            let q = Span::new(a.min(b), a.max(b));
            let rows = document.rows::<Sentence>();
            prop_assert_eq!(rows.inside(q).count(), spans.iter().filter(|s| q.contains(**s)).count());
            prop_assert_eq!(rows.covering(q).count(), spans.iter().filter(|s| s.contains(q)).count());
            prop_assert_eq!(rows.overlapping(q).count(), spans.iter().filter(|s| s.overlaps(q)).count());
        }
    }
}

/// The rows of a segment in parts of `step` rows, each as columns of its own, with codes of its own.
fn parts(document: &Document<'_>, segment: usize, step: usize) -> Vec<SegmentBuilder> {
    let whole = &document.segments()[segment];
    let mut parts = Vec::new();
    for first in (0..whole.len()).step_by(step) {
        let mut part = SegmentBuilder::new(std::sync::Arc::clone(whole.schema()));
        // Codes that the whole does not have, so that they differ from part to part.
        if let Some(column) = part.column_mut(5) {
            column.intern(&format!("other {first}"));
        }
        for row in first..whole.len().min(first + step) {
            for (number, column) in whole.columns().iter().enumerate() {
                assert!(part.push_value(number, column.get(row)));
            }
            part.finish_row(whole.span(row));
            if let Some(rule) = whole.rules().str(row) {
                part.rule_of_last(rule);
            }
            if row % 3 == 0 {
                part.score_last(row as f64);
            }
        }
        parts.push(part);
    }
    parts
}

proptest! {
    #[test]
    fn chunks_of_columns_are_the_rows_they_hold(
        model in proptest::collection::vec(proptest::collection::vec(row(), 0..24), 1..3),
        step in 1usize..11,
    ) {
        let mut document = Document::new(TEXT).unwrap();
        write(&mut document, &mut Output::new(), &model);
        for segment in 0..document.segments().len() {
            let whole = &document.segments()[segment];
            let mut again = SegmentBuilder::new(std::sync::Arc::clone(whole.schema()));
            for part in parts(&document, segment, step) {
                let part = part.segment();
                let chunk = Chunk { len: part.len(), starts: part.starts(), ends: part.ends() };
                let mut appending = again.append(&chunk).unwrap();
                let attributes = part.columns().iter().enumerate().map(|(number, column)| (Slot::Attribute(number), column));
                for (slot, column) in attributes.chain([(Slot::Rules, part.rules()), (Slot::Scores, part.scores())]) {
                    assert_eq!(appending.kind(slot), Some(column.kind()));
                    if !column.is_empty() {
                        appending.column(slot, &column.slices()).unwrap();
                    }
                }
                appending.finish();
            }
            prop_assert_eq!(again.len(), whole.len());
            let again = again.finish().unwrap();
            for row in 0..whole.len() {
                prop_assert_eq!(again.span(row), whole.span(row));
                prop_assert_eq!(again.rules().str(row), whole.rules().str(row));
                prop_assert_eq!(again.scores().get(row), (row % 3 == 0).then_some(Value::F64(row as f64)));
                for (one, other) in again.columns().iter().zip(whole.columns()) {
                    prop_assert_eq!(one.get(row), other.get(row));
                }
            }
        }
    }
}
