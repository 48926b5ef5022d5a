//! What the runner costs beside the annotators: a pipeline of one annotator that does nothing, against a plain loop.
//!
//! The aim is under a microsecond a document of 2 kB.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group};
use standoff::runner::{RunOptions, SourceDocument, run};
use standoff::{Annotator, Document, Error, Layers, Meta, Output, Pipeline, Registry, Task, Token};

struct Nothing;

impl Annotator for Nothing {
    fn annotate(&self, document: &Document, _: &mut Output) -> Result<(), Error> {
        black_box(document.text());
        Ok(())
    }
}

fn text() -> String {
    "Lavrov and Kishida spoke of Iturup, Kunashir and Shikotan. ".repeat(34)[..2000].to_owned()
}

/// One that gives no layer, and one that gives a layer to which it adds no row.
fn layers() -> [(&'static str, Layers); 2] {
    [("no layer", Layers::new()), ("one layer", Layers::new().gives::<Token>())]
}

fn pipeline(layers: &Layers) -> Pipeline {
    Pipeline::builder().own("nothing", layers.clone(), Nothing).build_with(&Registry::new()).unwrap()
}

fn bench(c: &mut Criterion) {
    let mut document = Document::new(text()).unwrap();
    let mut output = Output::new();
    for (name, layers) in layers() {
        let mut group = c.benchmark_group(format!("runner/{name}"));
        group.throughput(Throughput::Elements(1));
        // What any loop over an annotator must do.
        let task = Task::of(Default::default(), layers.clone());
        group.bench_function("plain loop", |b| b.iter(|| plain(&mut document, &mut output, &task)));
        let pipeline = pipeline(&layers);
        group.bench_function("pipeline", |b| b.iter(|| piped(&mut document, &mut output, &pipeline)));
        group.finish();
    }
    let mut group = c.benchmark_group("runner/run");
    let (pipeline, text) = (pipeline(&Layers::new()), text());
    for threads in [1, 2] {
        const DOCUMENTS: u64 = 10_000;
        group.throughput(Throughput::Elements(DOCUMENTS)).sample_size(10);
        group.bench_function(format!("{threads} threads"), |b| {
            b.iter(|| {
                let source = (0..DOCUMENTS).map(|n| SourceDocument::text(n.to_string(), text.as_str(), Meta::default()));
                let options = RunOptions { threads, ..RunOptions::default() };
                let summary = run(&pipeline, source, |_, _| Ok(()), |_| Ok(()), &options).unwrap();
                assert_eq!((summary.done, summary.bytes), (DOCUMENTS, 2000 * DOCUMENTS));
            });
        });
    }
    group.finish();
}

fn plain(document: &mut Document<'static>, output: &mut Output, task: &Task) {
    output.begin(document, task);
    Nothing.annotate(document, output).unwrap();
    document.commit(output).unwrap();
    assert_eq!(document.segments().len(), task.layers().gives.len());
    document.strip(output);
}

fn piped(document: &mut Document<'static>, output: &mut Output, pipeline: &Pipeline) {
    let report = pipeline.annotate(document, output).unwrap();
    assert_eq!((report.annotators.len(), report.rows.len()), (1, document.segments().len()));
    document.strip(output);
}

/// The two side by side, so that one line says whether the aim is met.
fn ratio() {
    const ROUNDS: u32 = 400_000;
    let time = |work: &mut dyn FnMut()| {
        let once = |work: &mut dyn FnMut()| {
            let started = Instant::now();
            (0..ROUNDS).for_each(|_| work());
            started.elapsed() / ROUNDS
        };
        (0..5).map(|_| once(work)).min().unwrap_or(Duration::MAX)
    };
    let mut document = Document::new(text()).unwrap();
    let mut output = Output::new();
    for (name, layers) in layers() {
        let task = Task::of(Default::default(), layers.clone());
        let alone = time(&mut || plain(&mut document, &mut output, &task));
        let pipeline = pipeline(&layers);
        let whole = time(&mut || piped(&mut document, &mut output, &pipeline));
        let (overhead, ratio) = (whole.saturating_sub(alone), whole.as_secs_f64() / alone.as_secs_f64());
        println!("runner, {name}: {overhead:?} a document more than a plain loop of {alone:?} (ratio {ratio:.2})");
    }
}

criterion_group!(benches, bench);

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
    ratio();
}
