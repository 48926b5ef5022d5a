//! Runs: the order of the source on any number of threads, bounded memory, and what bad documents cost.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::{Crowd, Run, tokens};
use proptest::prelude::*;
use standoff_core::{Document, Error, Layers, Meta, Output, Token};
use standoff_runner::{Cancel, DocumentReport, Done, Interruptible, Pipeline, Registry, RunOptions, SourceDocument, Status, Summary, run};

/// The text says what becomes of a document.
fn pipeline() -> Pipeline {
    let moody = Run(|document: &Document, _: &mut Output| {
        let text = document.text();
        if let Some(time) = text.strip_prefix("sleep ") {
            std::thread::sleep(Duration::from_micros(time.parse().unwrap()));
        }
        match text {
            "fail" => Err(Error::annotate("told to")),
            "panic" => panic!("told to"),
            _ => Ok(()),
        }
    });
    Pipeline::builder()
        .own("tokens", Layers::new().gives::<Token>(), tokens())
        .own("moody", Layers::new().uses::<Token>(), moody)
        .build_with(&Registry::new())
        .unwrap()
}

fn text(n: usize, text: &str) -> SourceDocument {
    SourceDocument::text(format!("doc-{n}"), text, Meta::default())
}

fn write(document: &Document, out: &mut Vec<u8>) -> Result<(), Error> {
    if document.text() == "unwritable" {
        out.extend(b"half");
        return Err(Error::io("told to"));
    }
    if document.text() == "write panic" {
        panic!("told to");
    }
    out.extend(format!("{} {} {}\n", document.id(), document.rows::<Token>().len(), document.text()).bytes());
    Ok(())
}

/// What a run gave, with everything that depends on time left out.
fn outcome(source: Vec<SourceDocument>, options: &RunOptions) -> (String, Summary) {
    let mut log = String::new();
    let summary = run(
        &pipeline(),
        source,
        write,
        |finished| {
            match finished.result {
                Ok(bytes) => log.push_str(std::str::from_utf8(bytes).unwrap()),
                Err(error) => log.push_str(&format!("{}: {error}\n", finished.report.source)),
            }
            assert_eq!(finished.result.is_ok(), finished.report.status == Status::Done);
            assert_eq!(finished.report.written, finished.result.map_or(0, |bytes| bytes.len() as u64));
            Ok(())
        },
        options,
    )
    .unwrap();
    let Summary { annotators: _, seconds: _, .. } = summary;
    (log, Summary { annotators: Default::default(), seconds: 0.0, ..summary })
}

fn kind() -> impl Strategy<Value = SourceKind> {
    prop_oneof![
        6 => "[a-zé ]{0,40}".prop_map(SourceKind::Text),
        2 => (0u32..3000).prop_map(|us| SourceKind::Text(format!("sleep {us}"))),
        1 => Just(SourceKind::Text("fail".into())),
        1 => Just(SourceKind::Text("panic".into())),
        1 => Just(SourceKind::Text("unwritable".into())),
        1 => Just(SourceKind::Text("write panic".into())),
        1 => Just(SourceKind::Text("x".repeat(500))),
        1 => Just(SourceKind::Unreadable),
        1 => "[a-z ]{0,10}".prop_map(SourceKind::Parsed),
        1 => Just(SourceKind::Unparsable),
        1 => Just(SourceKind::ParsePanic),
        1 => Just(SourceKind::Document),
    ]
}

#[derive(Clone, Debug)]
enum SourceKind {
    Text(String),
    Unreadable,
    Parsed(String),
    Unparsable,
    ParsePanic,
    Document,
}

fn source(kinds: &[SourceKind]) -> Vec<SourceDocument> {
    let one = |(n, kind): (usize, &SourceKind)| {
        let key = format!("doc-{n}");
        match kind.clone() {
            SourceKind::Text(content) => text(n, &content),
            SourceKind::Unreadable => SourceDocument::failed(key, Error::input("not UTF-8")),
            SourceKind::Parsed(content) => {
                SourceDocument::deferred(key, 7, move || Ok(Document::new(content)?.with_id(format!("parsed-{n}"))))
            }
            SourceKind::Unparsable => SourceDocument::deferred(key, 7, || Err(Error::input("not JSON"))),
            SourceKind::ParsePanic => SourceDocument::deferred(key, 7, || panic!("told to")),
            SourceKind::Document => SourceDocument::document(key, Document::new("a whole document").unwrap().with_id("whole")),
        }
    };
    kinds.iter().enumerate().map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_number_of_threads_gives_the_same(
        kinds in prop::collection::vec(kind(), 0..60),
        ahead in 1usize..5,
        ahead_bytes in 1u64..200,
    ) {
        let options = |threads| RunOptions { threads, ahead, ahead_bytes, max_bytes: 400, ..RunOptions::default() };
        let (log, summary) = outcome(source(&kinds), &options(1));
        prop_assert_eq!(summary.done + summary.set_aside, kinds.len() as u64);
        prop_assert_eq!(log.lines().count(), kinds.len());
        for (n, line) in log.lines().enumerate() {
            let names = [format!("doc-{n} "), format!("doc-{n}:"), format!("parsed-{n} "), "whole ".into()];
            prop_assert!(names.iter().any(|name| line.starts_with(name.as_str())), "line {} is {:?}", n, line);
        }
        for threads in [2, 8] {
            let (other_log, other) = outcome(source(&kinds), &options(threads));
            prop_assert_eq!(&other_log, &log);
            prop_assert_eq!(&other, &summary);
        }
    }
}

#[test]
fn bad_documents_are_set_aside_with_the_reason() {
    let mut source: Vec<_> =
        ["a b", "fail", "panic", "unwritable", "write panic", "c"].iter().enumerate().map(|(n, t)| text(n, t)).collect();
    source.push(SourceDocument::failed("missing.txt", Error::input("cannot be opened")));
    source.push(text(7, &"x".repeat(2000)));
    source.push(SourceDocument::deferred("line:9", 4, || panic!("told to")));
    let (log, summary) = outcome(source, &RunOptions { threads: 2, max_bytes: 1000, ..RunOptions::default() });
    let log: Vec<String> = log.lines().map(|line| line.split(" (at ").next().unwrap().to_owned()).collect();
    insta::assert_snapshot!(log.join("\n"), @r"
    doc-0 2 a b
    doc-1: moody: told to
    doc-2: moody: it panicked: told to
    doc-3: told to
    doc-4: writing it out panicked: told to
    doc-5 1 c
    missing.txt: cannot be opened
    doc-7: 2000 bytes, which is more than the limit of 1000
    line:9: parsing it panicked: told to
    ");
    assert_eq!((summary.done, summary.set_aside, summary.cancelled), (2, 7, false));
    assert_eq!(summary.rows.get("token"), Some(&3));
}

#[test]
fn reports_name_the_annotator_that_failed() {
    let mut reports: Vec<DocumentReport> = Vec::new();
    let sink = |finished: standoff_runner::Finished<'_>| {
        reports.push(finished.report.clone());
        Ok(())
    };
    run(&pipeline(), vec![text(0, "fail"), text(1, "a b")], write, sink, &RunOptions { threads: 1, ..RunOptions::default() }).unwrap();
    assert_eq!((reports[0].status, reports[0].failed.as_deref()), (Status::SetAside, Some("moody")));
    assert_eq!(reports[0].reason.as_deref(), Some("moody: told to"));
    assert!(reports[0].rows.is_empty() && reports[0].annotators.len() == 2);
    assert_eq!((reports[1].status, reports[1].written, reports[1].rows_in("token")), (Status::Done, 12, 2));
}

#[test]
fn no_more_is_under_way_than_is_allowed() {
    for (threads, ahead, ahead_bytes, most) in [(4, 2, u64::MAX, 8), (2, 100, 50, 5), (3, 1, u64::MAX, 3)] {
        let crowd = Arc::new(Crowd::default());
        let inside = Arc::clone(&crowd);
        let source = (0..300).map(move |n| {
            inside.enter();
            text(n, if n % 50 == 0 { "sleep 5000" } else { "0123456789" })
        });
        let options = RunOptions { threads, ahead, ahead_bytes, ..RunOptions::default() };
        let write = |_: &Document, out: &mut Vec<u8>| {
            out.extend(b"0123456789");
            Ok(())
        };
        let mut count = 0;
        let sink = |_: standoff_runner::Finished<'_>| {
            count += 1;
            crowd.leave();
            Ok(())
        };
        run(&pipeline(), source, write, sink, &options).unwrap();
        assert_eq!(count, 300);
        // One more has been read and waits to be let in; another is counted between leaving and being seen to leave.
        assert!(crowd.most() <= most + 1, "{} documents under way with {threads} threads, {ahead} ahead", crowd.most());
        assert!(crowd.most() > 1);
    }
}

#[test]
fn output_that_waits_counts_as_memory() {
    // Each document of ten bytes is written as a hundred thousand. The first one holds all others up.
    let held = Arc::new(AtomicUsize::new(0));
    let (written, mut most) = (Arc::clone(&held), 0);
    let source = (0..200).map(|n| text(n, if n == 0 { "sleep 100000" } else { "0123456789" }));
    let write = move |_: &Document, out: &mut Vec<u8>| {
        written.fetch_add(1, Ordering::SeqCst);
        out.resize(100_000, b'x');
        Ok(())
    };
    let sink = |_: standoff_runner::Finished<'_>| {
        most = most.max(held.fetch_sub(1, Ordering::SeqCst));
        Ok(())
    };
    let options = RunOptions { threads: 2, ahead: 1000, ahead_bytes: 1_000_000, ..RunOptions::default() };
    run(&pipeline(), source, write, sink, &options).unwrap();
    // Ten fit, and each thread may have been at work on one more.
    assert!((10..=13).contains(&most), "{most} of 200 documents waited to be written");
}

#[test]
fn a_cancelled_run_finishes_what_it_read() {
    for threads in [1, 4] {
        let options = RunOptions { threads, ..RunOptions::default() };
        let read = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&read);
        let source = (0..1_000_000).map(move |n| {
            counter.fetch_add(1, Ordering::SeqCst);
            text(n, "a")
        });
        let mut written = 0;
        let sink = |finished: standoff_runner::Finished<'_>| {
            assert!(finished.result.is_ok());
            written += 1;
            if written == 100 {
                options.cancel.cancel();
            }
            Ok(())
        };
        let summary = run(&pipeline(), source, write, sink, &options).unwrap();
        assert!(summary.cancelled);
        assert_eq!(summary.done, written as u64);
        // Everything that was read was written, save one that may have waited to be let in.
        let read = read.load(Ordering::SeqCst);
        assert!(read == written && written < 10_000, "{read} read, {written} written");
    }
}

#[test]
fn a_source_that_waits_can_be_interrupted() {
    struct Waits(u32);
    impl Iterator for Waits {
        type Item = SourceDocument;
        fn next(&mut self) -> Option<SourceDocument> {
            self.0 += 1;
            if self.0 > 3 {
                std::thread::sleep(Duration::from_secs(3600));
            }
            Some(text(0, "a"))
        }
    }
    for threads in [1, 2] {
        let options = RunOptions { threads, ..RunOptions::default() };
        let started = Instant::now();
        let source = Interruptible::new(Waits(0), options.cancel.clone());
        let sink = |finished: standoff_runner::Finished<'_>| {
            if finished.so_far.done == 3 {
                options.cancel.cancel();
            }
            Ok(())
        };
        let summary = run(&pipeline(), source, write, sink, &options).unwrap();
        assert_eq!((summary.done, summary.cancelled), (3, true));
        assert!(started.elapsed() < Duration::from_secs(60));
    }
}

#[test]
fn a_sink_that_fails_ends_the_run() {
    for threads in [1, 4] {
        let options = RunOptions { threads, ..RunOptions::default() };
        let source = (0..).map(|n| text(n, "a"));
        let mut calls = 0;
        let sink = |_: standoff_runner::Finished<'_>| {
            calls += 1;
            if calls == 3 { Err(Error::io("the disk is full")) } else { Ok(()) }
        };
        let error = run(&pipeline(), source, write, sink, &options).unwrap_err();
        assert_eq!((error.to_string().as_str(), calls), ("the disk is full", 3));
        assert!(options.cancel.is_cancelled());
    }
}

#[test]
fn a_source_that_panics_is_an_error_after_what_was_read() {
    for threads in [1, 4] {
        let source = (0..).map(|n| if n == 3 { panic!("told to") } else { text(n, "a") });
        let mut written = 0;
        let sink = |_: standoff_runner::Finished<'_>| {
            written += 1;
            Ok(())
        };
        let error = run(&pipeline(), source, write, sink, &RunOptions { threads, ..RunOptions::default() }).unwrap_err();
        assert!(error.is_panic() && error.to_string().starts_with("reading documents panicked: told to"), "{error}");
        assert_eq!(written, 3);
        // In a thread of its own it is one bad document, so that the end of the source is not taken for the end.
        let source = Interruptible::new((0..).map(|n| if n == 3 { panic!("told to") } else { text(n, "a") }), Cancel::new());
        let summary = run(&pipeline(), source, write, |_| Ok(()), &RunOptions { threads, ..RunOptions::default() }).unwrap();
        assert_eq!((summary.done, summary.set_aside), (3, 1));
    }
}

#[test]
fn a_killed_run_is_resumed_from_its_report() {
    let all = || ["a", "fail", "b b", "c", "d"].iter().enumerate().map(|(n, t)| text(n, t)).collect::<Vec<_>>();
    let (whole, _) = outcome(all(), &RunOptions { threads: 1, ..RunOptions::default() });
    let (mut report, mut log) = (Vec::new(), Vec::new());
    let sink = |finished: standoff_runner::Finished<'_>| {
        if let Ok(bytes) = finished.result {
            log.extend(bytes);
        }
        serde_json::to_writer(&mut report, finished.report).unwrap();
        report.push(b'\n');
        Ok(())
    };
    run(&pipeline(), all(), write, sink, &RunOptions { threads: 2, ..RunOptions::default() }).unwrap();
    // Killed within the fourth line of the report: the fourth document was written, but is not known to be.
    let lines: Vec<&[u8]> = report.split_inclusive(|&b| b == b'\n').collect();
    let cut = [&lines[..3].concat(), &lines[3][..20]].concat();
    let done = Done::read(cut.as_slice(), false).unwrap();
    assert_eq!(done.len(), 3);
    log.truncate(done.written() as usize);
    let mut log = String::from_utf8(log).unwrap();
    let (rest, summary) = outcome(all(), &RunOptions { threads: 2, done, ..RunOptions::default() });
    log.push_str(&rest);
    assert_eq!((summary.done, summary.resumed), (2, 3));
    assert_eq!(log, whole.replace("doc-1: moody: told to\n", ""));
    // Those that were set aside can be tried again.
    let again = Done::read(cut.as_slice(), true).unwrap();
    assert_eq!((again.len(), again.contains("doc-1")), (2, false));
    // A line that is whole and wrong is an error.
    let error = Done::read("{}\n".as_bytes(), false).unwrap_err().to_string();
    assert!(error.contains("line 1 of the report"), "{error}");
}

#[test]
fn buffers_are_reused_from_document_to_document() {
    // The same document, in memory at the same place: its text is moved into it, its buffers are those of the last one.
    let addresses = std::sync::Mutex::new(Vec::new());
    let write = |document: &Document, _: &mut Vec<u8>| {
        addresses.lock().unwrap().push(document.segments()[0].starts().as_ptr() as usize);
        Ok(())
    };
    let source = (0..10).map(|n| text(n, "the same text of seven words here"));
    run(&pipeline(), source, write, |_| Ok(()), &RunOptions { threads: 1, ..RunOptions::default() }).unwrap();
    let mut addresses = addresses.into_inner().unwrap();
    addresses.dedup();
    assert_eq!(addresses.len(), 1, "{addresses:?}");
}
