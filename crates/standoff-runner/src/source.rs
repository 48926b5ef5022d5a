//! Where documents come from, and how a run is stopped.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use standoff_core::{Document, Error, Meta};

use crate::contain::contain;

/// One document of a source.
///
/// It has a *key*, which is unique in the source: a path, or a path and a line. Reports and resuming go by it; the
/// document's own id may come twice, or be known only when the document has been parsed.
pub struct SourceDocument {
    pub(crate) key: String,
    pub(crate) bytes: u64,
    pub(crate) content: Content,
}

pub(crate) enum Content {
    Text(String, Meta),
    Document(Box<Document<'static>>),
    Deferred(Box<dyn FnOnce() -> Result<Document<'static>, Error> + Send>),
    Failed(Error),
}

impl SourceDocument {
    /// A text with metadata. The key is also the document's id.
    #[must_use]
    pub fn text(key: impl Into<String>, text: impl Into<String>, meta: Meta) -> SourceDocument {
        let text = text.into();
        SourceDocument { key: key.into(), bytes: text.len() as u64, content: Content::Text(text, meta) }
    }

    /// A document, with whatever annotations it has.
    #[must_use]
    pub fn document(key: impl Into<String>, document: Document<'static>) -> SourceDocument {
        SourceDocument { key: key.into(), bytes: document.text().len() as u64, content: Content::Document(Box::new(document)) }
    }

    /// A document that was read but not yet parsed: `parse` runs in one of the run's threads. `bytes` is its size as it
    /// was read.
    #[must_use]
    pub fn deferred(
        key: impl Into<String>,
        bytes: u64,
        parse: impl FnOnce() -> Result<Document<'static>, Error> + Send + 'static,
    ) -> SourceDocument {
        SourceDocument { key: key.into(), bytes, content: Content::Deferred(Box::new(parse)) }
    }

    /// A document that could not be read. It is set aside with the error as the reason.
    #[must_use]
    pub fn failed(key: impl Into<String>, error: Error) -> SourceDocument {
        SourceDocument { key: key.into(), bytes: 0, content: Content::Failed(error) }
    }

    /// What the source calls it.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Its size in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl fmt::Debug for SourceDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceDocument").field("key", &self.key).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

/// A flag that asks a run to stop: it reads no further, finishes what it has begun, and ends. Clones share the flag; it
/// may be set from a signal handler.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A flag that is not set.
    #[must_use]
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Sets the flag.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it is set.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A source that ends within a twentieth of a second once the run is cancelled, even while it waits for input.
///
/// A run looks at its flag before it takes the next document; a source that waits for a terminal or a pipe holds it up
/// until then. This one reads in a thread of its own, one document ahead, which is left to itself when the run ends.
#[derive(Debug)]
pub struct Interruptible {
    documents: Receiver<SourceDocument>,
    cancel: Cancel,
}

impl Interruptible {
    /// Reads `source` in a thread of its own.
    #[must_use]
    pub fn new(source: impl IntoIterator<Item = SourceDocument, IntoIter: Send + 'static>, cancel: Cancel) -> Interruptible {
        let (sender, documents) = bounded(1);
        let mut source = source.into_iter();
        std::thread::spawn(move || {
            loop {
                let next = match contain(|| source.next()) {
                    Ok(Some(document)) => document,
                    Ok(None) => break,
                    Err(message) => {
                        let error = Error::panic(format!("reading documents panicked, so that no more could be read: {message}"));
                        let _ = sender.send(SourceDocument::failed("(the rest of the source)", error));
                        break;
                    }
                };
                if sender.send(next).is_err() {
                    break;
                }
            }
        });
        Interruptible { documents, cancel }
    }
}

impl Iterator for Interruptible {
    type Item = SourceDocument;

    fn next(&mut self) -> Option<SourceDocument> {
        while !self.cancel.is_cancelled() {
            match self.documents.recv_timeout(Duration::from_millis(50)) {
                Ok(document) => return Some(document),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        None
    }
}
