//! Criterion benches of one plugin on standard texts.

#![allow(clippy::panic, reason = "a bench that cannot run is to fail")]

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use serde_json::json;
use standoff_core::{AnyPlugin, BuildContext, Output};

use crate::subject::Subject;
use crate::text::news;

/// The lengths of the standard texts, in bytes.
pub const SIZES: [usize; 3] = [200, 2_000, 20_000];

/// Runs the benches of a plugin: building it, and annotating each of the standard texts. The rows of each text are
/// counted beforehand, and each round is checked to give as many.
///
/// # Panics
/// If the plugin cannot be built, or fails on a text.
pub fn run(plugin: &dyn AnyPlugin) {
    let mut criterion = Criterion::default().configure_from_args();
    let name = plugin.manifest().name;
    criterion.bench_function(&format!("{name}/build"), |b| {
        b.iter(|| plugin.build(black_box(&json!({})), &BuildContext::default()).unwrap_or_else(|e| panic!("{e}")));
    });
    annotate(&mut criterion, &name, plugin);
    criterion.final_summary();
}

/// Benches annotating the standard texts, under a name of its own: to set forms of one plugin side by side.
///
/// # Panics
/// If the plugin cannot be built, or fails on a text.
pub fn annotate(criterion: &mut Criterion, name: &str, plugin: &dyn AnyPlugin) {
    let subject = Subject::new(plugin).unwrap_or_else(|e| panic!("{e}"));
    let mut group = criterion.benchmark_group(name);
    for size in SIZES {
        let text = news(size);
        let fresh = subject.document(&text).unwrap_or_else(|e| panic!("{e}"));
        let brought = fresh.segments().len();
        let count = |document: &standoff_core::Document<'_>| document.segments()[brought..].iter().map(|s| s.len()).sum::<usize>();
        let mut output = Output::new();
        let mut document = fresh.clone();
        subject.annotate(&mut document, &mut output).unwrap_or_else(|e| panic!("{e}"));
        let expected = count(&document);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(size), &text, |b, _| {
            if brought == 0 {
                // Nothing to be cloned: the document is emptied and its buffers are used again, as the runner does.
                b.iter(|| {
                    document.strip(&mut output);
                    subject.annotate(black_box(&mut document), &mut output).unwrap_or_else(|e| panic!("{e}"));
                    assert_eq!(count(&document), expected);
                });
            } else {
                b.iter_batched_ref(
                    || fresh.clone(),
                    |document| {
                        subject.annotate(document, &mut output).unwrap_or_else(|e| panic!("{e}"));
                        assert_eq!(count(document), expected);
                    },
                    BatchSize::SmallInput,
                );
            }
        });
    }
    group.finish();
}
