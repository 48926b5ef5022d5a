//! Sorts more records than fit into memory: sorted runs on disk, merged when they are read.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use standoff_core::Error;

/// Collects records of bytes and gives them back in the order of their keys, then of their contents.
pub(crate) struct Sorter {
    arena: Vec<u8>,
    /// The first eight bytes of a record's key, for quick comparison, and where the record stands.
    index: Vec<(u64, usize)>,
    limit: usize,
    runs: Vec<File>,
}

/// A record: the key, then what belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Item {
    pub key: Vec<u8>,
    pub content: Vec<u8>,
}

impl Sorter {
    /// A sorter that holds about so many bytes in memory.
    pub(crate) fn new(limit: usize) -> Sorter {
        Sorter { arena: Vec::new(), index: Vec::new(), limit: limit.max(1 << 12), runs: Vec::new() }
    }

    pub(crate) fn push(&mut self, key: &[u8], content: &[u8]) -> Result<(), Error> {
        let mut prefix = [0; 8];
        let used = key.len().min(8);
        prefix[..used].copy_from_slice(&key[..used]);
        self.index.push((u64::from_be_bytes(prefix), self.arena.len()));
        self.arena.extend((key.len() as u32).to_le_bytes());
        self.arena.extend((content.len() as u32).to_le_bytes());
        self.arena.extend(key);
        self.arena.extend(content);
        if self.arena.len() + self.index.len() * 16 > self.limit {
            self.spill()?;
        }
        Ok(())
    }

    fn sort(&mut self) {
        let arena = &self.arena;
        self.index.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| parts(arena, a.1).cmp(&parts(arena, b.1))));
    }

    fn spill(&mut self) -> Result<(), Error> {
        self.sort();
        let file = tempfile::tempfile().map_err(temporary)?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        for &(_, at) in &self.index {
            let (key, content) = parts(&self.arena, at);
            out.write_all(&self.arena[at..at + 8 + key.len() + content.len()]).map_err(temporary)?;
        }
        self.runs.push(out.into_inner().map_err(|e| temporary(e.into_error()))?);
        self.arena.clear();
        self.index.clear();
        Ok(())
    }

    /// Ends the collecting. What comes can be read any number of times.
    pub(crate) fn finish(mut self) -> Result<Sorted, Error> {
        self.sort();
        Ok(Sorted { sorter: self })
    }
}

/// The sorted records.
pub(crate) struct Sorted {
    sorter: Sorter,
}

impl Sorted {
    /// Calls `f` with each record, in order.
    pub(crate) fn each(&mut self, mut f: impl FnMut(&[u8], &[u8]) -> Result<(), Error>) -> Result<(), Error> {
        let sorter = &mut self.sorter;
        let mut memory = sorter.index.iter().map(|&(_, at)| parts(&sorter.arena, at)).peekable();
        if sorter.runs.is_empty() {
            return memory.try_for_each(|(key, content)| f(key, content));
        }
        let mut runs = Vec::new();
        for file in &mut sorter.runs {
            file.seek(SeekFrom::Start(0)).map_err(temporary)?;
            runs.push(BufReader::with_capacity(1 << 18, &*file));
        }
        let mut heap = BinaryHeap::new();
        for (number, run) in runs.iter_mut().enumerate() {
            if let Some(item) = read(run)? {
                heap.push(Reverse((item, number)));
            }
        }
        loop {
            let from_memory = match (memory.peek(), heap.peek()) {
                (None, None) => return Ok(()),
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (Some(&(key, content)), Some(Reverse((item, _)))) => {
                    (key, content).cmp(&(item.key.as_slice(), item.content.as_slice())) != Ordering::Greater
                }
            };
            if from_memory {
                if let Some((key, content)) = memory.next() {
                    f(key, content)?;
                }
            } else if let Some(Reverse((item, number))) = heap.pop() {
                f(&item.key, &item.content)?;
                if let Some(next) = runs.get_mut(number).map(read).transpose()?.flatten() {
                    heap.push(Reverse((next, number)));
                }
            }
        }
    }
}

fn parts(arena: &[u8], at: usize) -> (&[u8], &[u8]) {
    let number = |at: usize| arena.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes) as usize;
    let (key, content) = (number(at), number(at + 4));
    let start = at + 8;
    (&arena[start..start + key], &arena[start + key..start + key + content])
}

fn read(run: &mut BufReader<&File>) -> Result<Option<Item>, Error> {
    let mut lengths = [0; 8];
    match run.read_exact(&mut lengths) {
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other.map_err(temporary)?,
    }
    let [a, b, c, d, e, f, g, h] = lengths;
    let mut item =
        Item { key: vec![0; u32::from_le_bytes([a, b, c, d]) as usize], content: vec![0; u32::from_le_bytes([e, f, g, h]) as usize] };
    run.read_exact(&mut item.key).map_err(temporary)?;
    run.read_exact(&mut item.content).map_err(temporary)?;
    Ok(Some(item))
}

fn temporary(error: std::io::Error) -> Error {
    Error::io("cannot use a temporary file while sorting").help("free some room, or set TMPDIR to a folder with more").with_source(error)
}
