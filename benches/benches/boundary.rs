//! One plugin, three ways: the tokenizer linked in, loaded as a shared library (with every span, reference and string
//! checked on arrival), and moved to a process, on the standard texts of 200 B, 2 kB and 20 kB.
//!
//! The aim is that a shared library costs at most 1.3 times the linked plugin at every size.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::Criterion;
use serde_json::{Value as Json, json};
use standoff::tokenizer::Tokenizer;
use standoff::{Annotator, AnyPlugin, BuildContext, Error, Layers, Manifest, Output};
use standoff_abi::process::{Process, serve};
use standoff_testkit::bench::{SIZES, annotate};
use standoff_testkit::{Subject, shared, text};

/// The argument by which this program becomes the process that it measures.
const SERVE: &str = "serve-the-tokenizer";

/// The plugin `process` with the settings that make it the tokenizer.
struct Moved(Json);

impl Moved {
    fn new() -> Moved {
        let program = std::env::current_exe().expect("this program has a path");
        Moved(json!({"command": [program, SERVE], "offsets": "byte", "gives": ["token", "sentence", "paragraph"]}))
    }
}

impl AnyPlugin for Moved {
    fn manifest(&self) -> Manifest {
        Manifest::new("moved", "0.1.0", "The tokenizer in a process.")
    }

    fn settings_schema(&self) -> Json {
        Process.settings_schema()
    }

    fn layers(&self, _: &Json) -> Result<Layers, Error> {
        AnyPlugin::layers(&Process, &self.0)
    }

    fn build(&self, _: &Json, context: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        AnyPlugin::build(&Process, &self.0, context)
    }
}

fn forms() -> [(&'static str, Arc<dyn AnyPlugin>); 3] {
    [("linked", Arc::new(Tokenizer)), ("shared", shared("standoff-tokenizer", "tokenizer")), ("process", Arc::new(Moved::new()))]
}

/// The three side by side, so that one line a size says whether the aim is met. Rounds take turns, so that a busy
/// machine slows all of them, and the fastest of each counts.
fn ratios() {
    const ROUNDS: usize = 60;
    for size in SIZES {
        let text = text::news(size);
        let mut found = None;
        let mut subjects = forms().map(|(name, plugin)| {
            let subject = Subject::new(&*plugin).unwrap();
            let (document, output) = (subject.document(&text).unwrap(), Output::new());
            (name, subject, document, output, Duration::MAX)
        });
        for _ in 0..ROUNDS {
            for (name, subject, document, output, best) in &mut subjects {
                let times = if *name == "process" { 4 } else { 400_000 / size.max(1000) };
                let started = Instant::now();
                for _ in 0..times {
                    document.strip(output);
                    subject.annotate(document, output).unwrap();
                }
                *best = (*best).min(started.elapsed() / times as u32);
                let rows: usize = document.segments().iter().map(|s| s.len()).sum();
                assert_eq!(*found.get_or_insert(rows), rows, "{name} gives other rows");
            }
        }
        let linked = subjects[0].4.as_secs_f64();
        let said = subjects.iter().map(|(name, .., best)| format!("{name} {best:?} ({:.2})", best.as_secs_f64() / linked));
        println!("boundary, {} B, {} rows: {}", text.len(), found.unwrap_or_default(), said.collect::<Vec<_>>().join(", "));
    }
}

fn main() {
    if std::env::args().nth(1).is_some_and(|a| a == SERVE) {
        let (stdin, stdout) = (std::io::stdin().lock(), std::io::stdout().lock());
        serve(&Tokenizer, &json!({}), &BuildContext::default(), stdin, stdout).unwrap_or_else(|e| panic!("{e}"));
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    for (name, plugin) in forms() {
        annotate(&mut criterion, &format!("boundary/{name}"), &*plugin);
    }
    criterion.final_summary();
    if !std::env::args().any(|a| a == "--test") {
        ratios();
    }
}
