//! Annotators that are programs of their own, in any language.
//!
//! The program reads documents from its standard input, one JSON line each, in the wire form with the layers that it
//! needs and uses. For each it writes one line to its standard output:
//!
//! ```json
//! {"id":"a","layers":{"shout":[{"start":0,"end":5,"level":3}]}}
//! ```
//!
//! - `layers` holds new rows alone, of the layers that its settings say it gives. Offsets count what the document's
//!   `offsets` says. A row may carry `rule` and `score`.
//! - A reference is the number of a row in its layer: first come the rows that were sent, then the new ones.
//! - `"retract":[{"layer":"mention","row":3,"rule":"…"}]` takes rows back that were sent.
//! - `{"error":"…"}` costs the document and keeps the program.
//! - It flushes after each line, and ends when its input does. What it writes to its standard error is shown where it
//!   fails.
//!
//! An answer may have 32 times as many bytes as the document that was sent, and 4 MiB in any case; a line that goes on
//! beyond that costs the document.
//!
//! The program is started once a worker and serves one document after another. One that ends, answers out of step or not
//! in time costs the document and is started again.

mod answer;
mod child;
mod running;
mod serve;
mod settings;

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use standoff_io::jsonl::{self, WriteOptions};

use self::child::{Child, Command};
pub use self::running::end_all;
pub use self::serve::serve;
pub use self::settings::{Given, Offsets, ProcessSettings};
use crate::core::{Annotator, BuildContext, Document, Error, Example, Layers, Manifest, Output, Plugin};

/// The plugin `process`: an annotator that is a program of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Process;

impl Plugin for Process {
    type Settings = ProcessSettings;

    fn manifest(&self) -> Manifest {
        Manifest::new("process", env!("CARGO_PKG_VERSION"), "Annotations made by a program of its own, in any language.").example(
            Example::new("Storm over #Kiel, no ferry to Ærø: #Stormflod.")
                .settings(include_str!("process/example.toml"))
                .finds("phrase", "#Kiel", &[("type", "hashtag")])
                .finds("phrase", "#Stormflod", &[("type", "hashtag")]),
        )
    }

    fn layers(&self, settings: &ProcessSettings) -> Layers {
        settings.layers()
    }

    fn build(&self, settings: ProcessSettings, context: &BuildContext) -> Result<Box<dyn Annotator>, Error> {
        settings.check()?;
        let layers = settings.layers();
        let mut sent: Vec<String> = layers.readable().map(str::to_owned).collect();
        sent.sort();
        sent.dedup();
        if sent.is_empty() {
            // No layer has this name; without any name the writer would write all of them.
            sent.push(String::new());
        }
        let annotator = ProcessAnnotator {
            command: Command::new(&settings.command, context)?,
            options: WriteOptions { unit: settings.offsets.into(), with_retracted: false, layers: sent },
            limit: Duration::from_secs_f64(settings.timeout),
            restarts: settings.restarts,
            idle: Mutex::default(),
            layers,
        };
        // A program that is not there is an error of the pipeline, not of each document.
        let first = annotator.command.start()?;
        annotator.idle().children.push_back(first);
        Ok(Box::new(annotator))
    }
}

struct ProcessAnnotator {
    command: Command,
    options: WriteOptions,
    layers: Layers,
    limit: Duration,
    restarts: u32,
    idle: Mutex<Idle>,
}

/// Programs that wait for a document. There are never more than workers that were at work at the same time.
#[derive(Default)]
struct Idle {
    children: VecDeque<Child>,
    /// How many documents in a row failed because a program did.
    failures: u32,
}

#[derive(Default)]
struct Buffer(Vec<u8>);

impl Annotator for ProcessAnnotator {
    fn annotate(&self, document: &Document, output: &mut Output) -> Result<(), Error> {
        let mut child = self.child()?;
        let mut line = output.take_scratch::<Buffer>();
        line.0.clear();
        let mut result = jsonl::write(document, &self.options, &mut line.0);
        let question = std::mem::take(&mut line.0);
        if result.is_ok() {
            result = child.ask(question, self.limit).and_then(|(question, answer)| {
                line.0 = question;
                answer::read(&answer, document, &self.layers, &self.options, output)
            });
        }
        output.put_scratch(line);
        // An answer that was wrong may be one to another document: only a program that keeps in step is kept.
        let sound = match &result {
            Ok(()) => true,
            Err(error) => !error.is_contract() && !child.is_lost(),
        };
        let mut idle = self.idle();
        idle.failures = if sound { 0 } else { idle.failures.saturating_add(1) };
        if sound {
            idle.children.push_front(child);
        } else {
            drop(idle);
            child.abandon();
        }
        result
    }
}

impl ProcessAnnotator {
    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A program that is ready, started if there is none.
    fn child(&self) -> Result<Child, Error> {
        loop {
            let mut idle = self.idle();
            if idle.failures > self.restarts {
                return Err(Error::annotate(format!(
                    "the program failed on {} documents in a row and is not started again",
                    idle.failures
                ))
                .help("see the first of them for the reason; `restarts` says how often it is started again"));
            }
            let waiting = idle.children.pop_front();
            drop(idle);
            let Some(mut child) = waiting else { return self.command.start() };
            // One that ended while it had nothing to do costs no document.
            if !child.has_ended() {
                return Ok(child);
            }
        }
    }
}
