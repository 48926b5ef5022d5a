//! A pipeline over a source of documents, into a sink: in parallel, in order, in bounded memory.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crossbeam_channel::{Receiver, RecvError, Sender, unbounded};
use standoff_core::{Document, Error, Output};

use crate::contain::contain;
use crate::pipeline::Pipeline;
use crate::report::{DocumentReport, Done, Summary};
use crate::source::{Cancel, Content, SourceDocument};

/// How to run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// How many threads annotate; 0 stands for as many as the machine has processors. With 1 everything happens in the
    /// calling thread; with more, one more thread reads, and the calling thread writes.
    pub threads: usize,
    /// Documents of more bytes than this are set aside.
    pub max_bytes: u64,
    /// How many documents may be between reading and writing at most, for each thread.
    pub ahead: usize,
    /// How many bytes the documents between reading and writing may have at most: as they were read, or once they wait
    /// to be written, as they will be. What each thread is at work on may come on top, as may a single large document.
    pub ahead_bytes: u64,
    /// Stops the run when it is set.
    pub cancel: Cancel,
    /// Documents to leave out because an earlier run is through with them.
    pub done: Done,
}

impl Default for RunOptions {
    fn default() -> RunOptions {
        RunOptions { threads: 0, max_bytes: 64 << 20, ahead: 64, ahead_bytes: 256 << 20, cancel: Cancel::new(), done: Done::default() }
    }
}

/// What the sink is given for each document.
#[derive(Debug)]
pub struct Finished<'a> {
    /// What `serialise` made of the document, or why it was set aside.
    pub result: Result<&'a [u8], &'a Error>,
    /// The document's line of the report.
    pub report: &'a DocumentReport,
    /// The run so far, this document included.
    pub so_far: &'a Summary,
}

/// Annotates the documents of `source` and hands the results to `sink` in the order of the source.
///
/// `serialise` runs in the threads that annotate, and appends to a buffer that is empty; `sink` is called in the
/// calling thread, once a document, so that it may write, count and show progress. The results do not depend on the
/// number of threads. Memory is bounded: reading waits when too much is under way (see [`RunOptions`]).
///
/// A document that cannot be read, is too large, or on which an annotator or `serialise` fails or panics is set aside:
/// the sink learns why, and the run goes on. When [`RunOptions::cancel`] is set, no further document is read; those
/// that were read are finished and handed to the sink.
///
/// # Errors
/// If the sink fails, which ends the run at once, or the source panics, which ends it after what was read before.
pub fn run(
    pipeline: &Pipeline,
    source: impl IntoIterator<Item = SourceDocument, IntoIter: Send>,
    serialise: impl Fn(&Document, &mut Vec<u8>) -> Result<(), Error> + Sync,
    mut sink: impl FnMut(Finished<'_>) -> Result<(), Error>,
    options: &RunOptions,
) -> Result<Summary, Error> {
    let started = Instant::now();
    let mut summary = Summary::default();
    let mut deliver = |finished: &Job| {
        summary.add(&finished.report);
        summary.seconds = started.elapsed().as_secs_f64();
        let result = finished.result.as_ref().map(|()| finished.bytes.as_slice());
        sink(Finished { result, report: &finished.report, so_far: &summary })
    };
    let threads = match options.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let mut reader = Reader { source: source.into_iter(), options, resumed: 0, failure: None, cancelled: false };
    let work = |worker: &mut Worker, document: SourceDocument, bytes: Vec<u8>| worker.work(pipeline, &serialise, options, document, bytes);
    let ran =
        if threads == 1 { in_this_thread(&mut reader, &work, &mut deliver) } else { in_threads(threads, &mut reader, &work, &mut deliver) };
    if ran.is_err() {
        options.cancel.cancel();
    }
    let (resumed, cancelled, failure) = (reader.resumed, reader.cancelled, reader.failure.take());
    ran?;
    match failure {
        Some(error) => Err(error),
        None => Ok(Summary { resumed, cancelled, seconds: started.elapsed().as_secs_f64(), ..summary }),
    }
}

/// A document that was worked on.
struct Job {
    report: DocumentReport,
    result: Result<(), Error>,
    bytes: Vec<u8>,
}

struct Reader<'o, I> {
    source: I,
    options: &'o RunOptions,
    resumed: u64,
    failure: Option<Error>,
    cancelled: bool,
}

impl<I: Iterator<Item = SourceDocument>> Iterator for Reader<'_, I> {
    type Item = SourceDocument;

    fn next(&mut self) -> Option<SourceDocument> {
        loop {
            if self.options.cancel.is_cancelled() {
                self.cancelled = true;
                return None;
            }
            match contain(|| self.source.next()) {
                Ok(Some(document)) if self.options.done.contains(document.key()) => self.resumed += 1,
                Ok(Some(document)) => return Some(document),
                // A source that ends because it was told to did not come to its end.
                Ok(None) => {
                    self.cancelled = self.options.cancel.is_cancelled();
                    return None;
                }
                Err(message) => {
                    self.failure = Some(Error::panic(format!("reading documents panicked: {message}")));
                    return None;
                }
            }
        }
    }
}

/// What one thread keeps from document to document.
struct Worker {
    document: Option<Document<'static>>,
    output: Output,
}

impl Worker {
    fn new() -> Worker {
        Worker { document: Document::new("").ok(), output: Output::new() }
    }

    fn work(
        &mut self,
        pipeline: &Pipeline,
        serialise: &(impl Fn(&Document, &mut Vec<u8>) -> Result<(), Error> + Sync),
        options: &RunOptions,
        source: SourceDocument,
        mut bytes: Vec<u8>,
    ) -> Job {
        let started = Instant::now();
        bytes.clear();
        let SourceDocument { key, bytes: size, content } = source;
        let mut report = DocumentReport { source: key, bytes: size, ..DocumentReport::default() };
        let mut result = self.load(content, &report.source, size, options);
        if let Ok(document) = &mut result {
            report.id.push_str(document.id());
        }
        let result = result.and_then(|mut document| {
            let annotated = pipeline.annotate_into(&mut document, &mut self.output, &mut report);
            let written = annotated.and_then(|()| {
                contain(|| serialise(&document, &mut bytes))
                    .unwrap_or_else(|message| Err(Error::panic(format!("writing it out panicked: {message}"))))
            });
            // The buffers of its segments serve the next document.
            document.strip(&mut self.output);
            self.document = Some(document);
            written
        });
        match &result {
            Ok(()) => report.written = bytes.len() as u64,
            Err(error) => {
                bytes.clear();
                report.set_aside(error);
            }
        }
        report.seconds = started.elapsed().as_secs_f64();
        Job { report, result, bytes }
    }

    fn load(&mut self, content: Content, key: &str, size: u64, options: &RunOptions) -> Result<Document<'static>, Error> {
        let most = options.max_bytes;
        let too_large = |size: u64| Error::input(format!("{size} bytes, which is more than the limit of {most}"));
        match content {
            Content::Failed(error) => Err(error),
            _ if size > most => Err(too_large(size)),
            Content::Text(text, meta) => match self.document.take() {
                Some(mut document) => {
                    document.reset(key, text, meta, &mut self.output)?;
                    Ok(document)
                }
                None => Ok(Document::new(text)?.with_id(key).with_meta(meta)),
            },
            Content::Document(document) => Ok(*document),
            Content::Deferred(parse) => {
                contain(parse).unwrap_or_else(|message| Err(Error::panic(format!("parsing it panicked: {message}"))))
            }
        }
    }
}

fn in_this_thread(
    reader: &mut impl Iterator<Item = SourceDocument>,
    work: &impl Fn(&mut Worker, SourceDocument, Vec<u8>) -> Job,
    deliver: &mut impl FnMut(&Job) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut worker = Worker::new();
    let mut bytes = Vec::new();
    for document in reader {
        let job = work(&mut worker, document, std::mem::take(&mut bytes));
        deliver(&job)?;
        bytes = job.bytes;
    }
    Ok(())
}

/// A document on its way back to the calling thread.
struct Ready {
    number: u64,
    job: Job,
    /// What it is charged with at the gate.
    charge: u64,
}

fn in_threads<S: Iterator<Item = SourceDocument> + Send>(
    threads: usize,
    reader: &mut Reader<'_, S>,
    work: &(impl Fn(&mut Worker, SourceDocument, Vec<u8>) -> Job + Sync),
    deliver: &mut impl FnMut(&Job) -> Result<(), Error>,
) -> Result<(), Error> {
    let options = reader.options;
    let gate = Gate::new(options.ahead.max(1).saturating_mul(threads), options.ahead_bytes);
    let (to_workers, documents) = unbounded::<(u64, SourceDocument)>();
    let (to_writer, ready) = unbounded::<Vec<Ready>>();
    // Buffers that were written out go round to be filled again.
    let (give_back, spare) = unbounded::<Vec<u8>>();
    std::thread::scope(|scope| {
        // Whatever ends this scope, the others must not wait for it.
        let _closing = Closing(&gate);
        scope.spawn({
            let gate = &gate;
            move || {
                for (number, document) in reader.enumerate() {
                    if !gate.enter(document.bytes) || to_workers.send((number as u64, document)).is_err() {
                        break;
                    }
                }
            }
        });
        for _ in 0..threads {
            let (documents, to_writer, spare, gate) = (documents.clone(), to_writer.clone(), spare.clone(), &gate);
            scope.spawn(move || worker_loop(&documents, &to_writer, &spare, gate, work));
        }
        drop((documents, to_writer, spare));
        write_in_order(&ready, &gate, &give_back, deliver)
    })
}

/// Finished documents are handed over together where each took next to no time: waking the other thread for each would
/// take longer than the work.
const TOGETHER: usize = 16;
const NO_TIME: f64 = 50e-6;

fn worker_loop(
    documents: &Receiver<(u64, SourceDocument)>,
    to_writer: &Sender<Vec<Ready>>,
    spare: &Receiver<Vec<u8>>,
    gate: &Gate,
    work: &impl Fn(&mut Worker, SourceDocument, Vec<u8>) -> Job,
) {
    let mut worker = Worker::new();
    let mut finished = Vec::new();
    // What is finished must be handed over before this thread waits for anything: others may be waiting for it.
    let hand_over = |finished: &mut Vec<Ready>| finished.is_empty() || to_writer.send(std::mem::take(finished)).is_ok();
    loop {
        let next = documents.try_recv().or_else(|_| if hand_over(&mut finished) { documents.recv() } else { Err(RecvError) });
        let Ok((number, document)) = next else { break };
        let begins = gate.may_begin(number) || (hand_over(&mut finished) && gate.begin(number));
        if !begins {
            break;
        }
        let size = document.bytes;
        let job = work(&mut worker, document, spare.try_recv().unwrap_or_default());
        let charge = job.bytes.len() as u64;
        gate.recharge(size, charge);
        let slow = job.report.seconds > NO_TIME;
        finished.push(Ready { number, job, charge });
        if (slow || finished.len() >= TOGETHER) && !hand_over(&mut finished) {
            break;
        }
    }
}

fn write_in_order(
    ready: &Receiver<Vec<Ready>>,
    gate: &Gate,
    give_back: &Sender<Vec<u8>>,
    deliver: &mut impl FnMut(&Job) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut next = 0;
    let mut waiting: VecDeque<Option<Ready>> = VecDeque::new();
    for done in ready.iter().flatten() {
        let place = (done.number - next) as usize;
        while waiting.len() <= place {
            waiting.push_back(None);
        }
        waiting[place] = Some(done);
        while let Some(Some(_)) = waiting.front() {
            if let Some(Some(Ready { job, charge, .. })) = waiting.pop_front() {
                next += 1;
                let delivered = deliver(&job);
                gate.leave(charge);
                let _ = give_back.send(job.bytes);
                delivered?;
            }
        }
    }
    Ok(())
}

/// Counts what is under way, and makes the reader wait where that is too much; and workers too, where what is ready to
/// be written already takes the memory. The oldest document under way never waits, documents are taken up in order, and a
/// worker hands over what it has before it waits: so nothing can come to a standstill.
///
/// A reader that had to wait goes on when half of what is allowed is left, not at each document: waking it takes time.
struct Gate {
    documents: usize,
    bytes: u64,
    state: Mutex<Inside>,
    /// For the reader.
    half_empty: Condvar,
    /// For workers.
    less: Condvar,
}

#[derive(Default)]
struct Inside {
    documents: usize,
    bytes: u64,
    /// The number of the oldest document under way.
    oldest: u64,
    /// The size of the document that the reader waits with.
    wanted: Option<u64>,
    /// How many workers wait.
    workers: usize,
    closed: bool,
}

impl Gate {
    fn new(documents: usize, bytes: u64) -> Gate {
        Gate { documents, bytes, state: Mutex::default(), half_empty: Condvar::new(), less: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, Inside> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fits(inside: &Inside, wanted: u64, documents: usize, bytes: u64) -> bool {
        inside.documents == 0 || (inside.documents < documents && inside.bytes.saturating_add(wanted) <= bytes)
    }

    fn fits_well(&self, inside: &Inside, wanted: u64) -> bool {
        Gate::fits(inside, wanted, self.documents.div_ceil(2), self.bytes / 2)
    }

    /// Waits until a document of this size may come in. False if the gate was closed.
    fn enter(&self, bytes: u64) -> bool {
        let mut inside = self.state();
        if !Gate::fits(&inside, bytes, self.documents, self.bytes) {
            inside.wanted = Some(bytes);
            while !inside.closed && !self.fits_well(&inside, bytes) {
                inside = self.half_empty.wait(inside).unwrap_or_else(PoisonError::into_inner);
            }
            inside.wanted = None;
        }
        inside.documents += 1;
        inside.bytes += bytes;
        !inside.closed
    }

    /// Whether a document may be worked on at once.
    fn may_begin(&self, number: u64) -> bool {
        self.lets_begin(&self.state(), number)
    }

    fn lets_begin(&self, inside: &Inside, number: u64) -> bool {
        !inside.closed && (inside.bytes <= self.bytes || number <= inside.oldest)
    }

    /// Waits until a document may be worked on. False if the gate was closed.
    fn begin(&self, number: u64) -> bool {
        let mut inside = self.state();
        inside.workers += 1;
        while !inside.closed && !self.lets_begin(&inside, number) {
            inside = self.less.wait(inside).unwrap_or_else(PoisonError::into_inner);
        }
        inside.workers -= 1;
        !inside.closed
    }

    fn recharge(&self, from: u64, to: u64) {
        let mut inside = self.state();
        inside.bytes = inside.bytes.saturating_sub(from).saturating_add(to);
        self.wake(&inside);
    }

    fn leave(&self, bytes: u64) {
        let mut inside = self.state();
        inside.documents -= 1;
        inside.oldest += 1;
        inside.bytes = inside.bytes.saturating_sub(bytes);
        self.wake(&inside);
    }

    fn wake(&self, inside: &Inside) {
        if inside.wanted.is_some_and(|wanted| self.fits_well(inside, wanted)) {
            self.half_empty.notify_one();
        }
        if inside.workers > 0 {
            self.less.notify_all();
        }
    }
}

struct Closing<'g>(&'g Gate);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.state().closed = true;
        self.0.half_empty.notify_all();
        self.0.less.notify_all();
    }
}
