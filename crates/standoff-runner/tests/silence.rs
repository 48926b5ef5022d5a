//! Contained panics print nothing; others reach the hook that the program has set.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};

use common::Run;
use standoff_core::{Document, Error, Layers, Meta, Output};
use standoff_runner::{Pipeline, Registry, RunOptions, SourceDocument, run};

#[test]
fn contained_panics_are_silent() {
    static HEARD: AtomicUsize = AtomicUsize::new(0);
    std::panic::set_hook(Box::new(|_| {
        HEARD.fetch_add(1, Ordering::SeqCst);
    }));
    let panics = Run(|_: &Document, _: &mut Output| -> Result<(), Error> { panic!("told to") });
    let pipeline = Pipeline::builder().own("panics", Layers::new(), panics).build_with(&Registry::new()).unwrap();
    for threads in [1, 3] {
        let source = (0..20).map(|n| SourceDocument::text(n.to_string(), "a", Meta::default()));
        let options = RunOptions { threads, ..RunOptions::default() };
        let summary = run(&pipeline, source, |_, _| Ok(()), |_| Ok(()), &options).unwrap();
        assert_eq!(summary.set_aside, 20);
    }
    assert_eq!(HEARD.load(Ordering::SeqCst), 0);
    assert!(std::panic::catch_unwind(|| panic!("for all to hear")).is_err());
    assert_eq!(HEARD.load(Ordering::SeqCst), 1);
}
