//! Where results go: stdout, or a file that is whole or not there.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use standoff::Error;

/// A stream of results.
///
/// A file is written beside its name with `.part` appended and takes its name at the end, so that a reader never sees
/// half of it. After an interruption the part stays, for `--resume` to go on from. Styles are left out of what does not
/// go to a terminal.
pub(crate) enum Sink {
    Stdout(Box<dyn Write>),
    File { writer: BufWriter<File>, part: PathBuf, path: PathBuf },
}

impl Sink {
    /// Opens a file, or stdout where there is none or it is called `-`.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub(crate) fn open(path: Option<&Path>) -> Result<Sink, Error> {
        let Some(path) = path.filter(|p| *p != Path::new("-")) else {
            return Ok(Sink::Stdout(Box::new(BufWriter::with_capacity(1 << 16, anstream::AutoStream::auto(io::stdout())))));
        };
        // A device or a pipe cannot be replaced by another file: it is written as it is.
        if path.metadata().is_ok_and(|m| !m.is_file()) {
            let file = OpenOptions::new().write(true).open(path).map_err(|e| cannot(path, e))?;
            return Ok(Sink::Stdout(Box::new(BufWriter::with_capacity(1 << 16, file))));
        }
        Sink::part(path, 0)
    }

    /// Goes on with the part that an earlier run left, after its first `length` bytes.
    ///
    /// # Errors
    /// If the part cannot be opened.
    pub(crate) fn resume(path: &Path, length: u64) -> Result<Sink, Error> {
        Sink::part(path, length)
    }

    fn part(path: &Path, length: u64) -> Result<Sink, Error> {
        let part = part_of(path);
        let mut file = OpenOptions::new().create(true).write(true).truncate(false).open(&part).map_err(|e| cannot(&part, e))?;
        file.set_len(length).and_then(|()| file.seek(SeekFrom::End(0))).map_err(|e| cannot(&part, e))?;
        Ok(Sink::File { writer: BufWriter::with_capacity(1 << 16, file), part, path: path.to_owned() })
    }

    /// Everything is written: a file takes its name.
    ///
    /// # Errors
    /// If what is left cannot be written, for instance because the disk is full. The part then stays.
    pub(crate) fn finish(self) -> Result<(), Error> {
        match self {
            Sink::Stdout(mut writer) => writer.flush().map_err(|e| Error::io("stdout").with_source(e)),
            Sink::File { mut writer, part, path } => {
                writer.flush().map_err(|e| cannot(&part, e))?;
                writer.get_ref().sync_all().map_err(|e| cannot(&part, e))?;
                std::fs::rename(&part, &path).map_err(|e| cannot(&path, e))
            }
        }
    }

    /// The run was interrupted: what is finished is written, and the name of the part is given.
    ///
    /// # Errors
    /// If what is left cannot be written.
    pub(crate) fn interrupt(self) -> Result<Option<PathBuf>, Error> {
        match self {
            Sink::Stdout(mut writer) => writer.flush().map(|()| None).map_err(|e| Error::io("stdout").with_source(e)),
            Sink::File { mut writer, part, .. } => writer.flush().map(|()| Some(part.clone())).map_err(|e| cannot(&part, e)),
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Sink::Stdout(writer) => writer.write(bytes),
            Sink::File { writer, .. } => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Sink::Stdout(writer) => writer.flush(),
            Sink::File { writer, .. } => writer.flush(),
        }
    }
}

/// The name under which a file is written before it is whole.
pub(crate) fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

fn cannot(path: &Path, error: io::Error) -> Error {
    Error::io(format!("{}: cannot be written", path.display())).with_source(error)
}
