//! A running program: lines to its standard input, lines from its standard output, each within a time limit.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::PathBuf;
use std::process::{ChildStdin, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::running::{self, Running};
use crate::core::{BuildContext, Error};

/// An answer may have this many bytes whatever was sent, …
const SHORT_ANSWER: u64 = 4 << 20;
/// … and this many for each byte that was sent: a row a word takes about fifteen. A program that never ends its line must
/// not fill the memory.
const ANSWER_PER_BYTE: u64 = 32;
/// How much of what a program last wrote to its standard error is shown where it fails.
const COMPLAINT_LINES: usize = 5;
/// How long a program may take to end once its input has ended.
const FAREWELL: Duration = Duration::from_secs(2);

/// How to start a program.
pub(super) struct Command {
    program: PathBuf,
    arguments: Vec<String>,
    folder: Option<PathBuf>,
}

impl Command {
    /// # Errors
    /// If the folder that paths are relative to does not exist.
    pub(super) fn new(command: &[String], context: &BuildContext) -> Result<Command, Error> {
        let (program, arguments) = command.split_first().ok_or_else(|| Error::settings("there is no program to run"))?;
        let folder = match context.base() {
            base if base.as_os_str().is_empty() => None,
            base => Some(std::path::absolute(base).map_err(|e| crate::core::unreadable(base, e))?),
        };
        let program = match &folder {
            Some(folder) if program.contains(std::path::is_separator) => folder.join(program),
            _ => PathBuf::from(program),
        };
        Ok(Command { program, arguments: arguments.to_vec(), folder })
    }

    /// Starts the program.
    ///
    /// # Errors
    /// If the system does not: there is no such program, or it may not be run.
    pub(super) fn start(&self) -> Result<Child, Error> {
        let mut command = std::process::Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        // A Ctrl-C is for the run, which finishes the documents under way; the programs end when it closes their input.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut process = command.spawn().map_err(|error| {
            Error::resource(format!("cannot start the program `{}`", self.program.display()))
                .in_setting("command")
                .with_source(error)
                .help("name a program that is there and may be run, or one on the PATH")
        })?;
        let complaints = Arc::new(Complaints::default());
        let most = Arc::new(AtomicU64::new(SHORT_ANSWER));
        let (questions, answers) = match (process.stdin.take(), process.stdout.take(), process.stderr.take()) {
            (Some(stdin), Some(stdout), Some(stderr)) => {
                let heard = Arc::clone(&complaints);
                thread::spawn(move || heard.listen(stderr));
                (writer(stdin), reader(stdout, Arc::clone(&most)))
            }
            // All three were asked for.
            _ => return Err(Error::io("the program has no pipes")),
        };
        Ok(Child { process: running::add(process), questions: Some(questions), answers, most, complaints, lost: false })
    }
}

/// A question that is under way to a program, and comes back so that its buffer can be used again.
type Question = (Vec<u8>, SyncSender<Vec<u8>>);

/// Writes questions to the program, in a thread of its own: a program that does not read must not hold up the worker
/// beyond the time limit.
fn writer(mut stdin: ChildStdin) -> SyncSender<Question> {
    let (sender, receiver) = sync_channel::<Question>(1);
    thread::spawn(move || {
        for (line, back) in receiver {
            let written = stdin.write_all(&line).and_then(|()| stdin.flush());
            // Where the worker has gone, nobody needs the buffer.
            let _ = back.send(line);
            if written.is_err() {
                return;
            }
        }
    });
    sender
}

/// Reads answers from the program, each of at most as many bytes as `most` says while it comes in. At most one waits: then
/// the pipe fills, and the program has to wait as well.
fn reader(stdout: impl Read + Send + 'static, most: Arc<AtomicU64>) -> Receiver<Result<Vec<u8>, String>> {
    let (sender, receiver) = sync_channel(1);
    thread::spawn(move || {
        let mut stdout = BufReader::new(stdout);
        loop {
            let answer = match read_line(&mut stdout, &most) {
                Ok(line) if line.is_empty() => return,
                answer => answer,
            };
            let last = answer.is_err();
            if sender.send(answer).is_err() || last {
                return;
            }
        }
    });
    receiver
}

/// The next line; empty at the end.
fn read_line(stdout: &mut impl BufRead, most: &AtomicU64) -> Result<Vec<u8>, String> {
    let mut line = Vec::new();
    loop {
        let piece = match stdout.fill_buf() {
            Ok(piece) => piece,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(format!("its output cannot be read: {error}")),
        };
        let end = piece.iter().position(|&byte| byte == b'\n').map(|at| at + 1);
        let taken = end.unwrap_or(piece.len());
        line.extend_from_slice(&piece[..taken]);
        stdout.consume(taken);
        if end.is_some() || taken == 0 {
            return Ok(line);
        }
        // Asked again for each piece: the line may have begun before the document was sent that it answers.
        let most = most.load(Ordering::Acquire);
        if line.len() as u64 > most {
            return Err(format!("it answered with a line of more than {} MiB, which is more than the document can need", most >> 20));
        }
    }
}

/// The last lines that a program wrote to its standard error.
#[derive(Default)]
struct Complaints(Mutex<VecDeque<String>>);

impl Complaints {
    fn listen(&self, stderr: impl Read) {
        let mut stderr = BufReader::new(stderr);
        let mut line = Vec::new();
        // Long lines come in parts.
        while (&mut stderr).take(4096).read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            if text.is_empty() {
                continue;
            }
            let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if last.len() == COMPLAINT_LINES {
                last.pop_front();
            }
            last.push_back(text);
        }
    }

    fn text(&self) -> String {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_empty() {
            return String::new();
        }
        let lines: Vec<&str> = last.iter().map(String::as_str).collect();
        format!(" (its last words: {})", lines.join(" | "))
    }
}

/// A program that was started.
pub(super) struct Child {
    process: Running,
    questions: Option<SyncSender<Question>>,
    answers: Receiver<Result<Vec<u8>, String>>,
    /// How many bytes an answer may have.
    most: Arc<AtomicU64>,
    complaints: Arc<Complaints>,
    /// Whether it failed in a way that leaves it of no use.
    lost: bool,
}

impl Child {
    /// Sends a line and waits for one in return; gives both. After an error the program is of no more use.
    ///
    /// # Errors
    /// If it has ended, takes longer than `limit`, or answers without being asked.
    pub(super) fn ask(&mut self, line: Vec<u8>, limit: Duration) -> Result<(Vec<u8>, Vec<u8>), Error> {
        let asked = self.try_ask(line, limit);
        self.lost = asked.is_err();
        asked
    }

    fn try_ask(&mut self, line: Vec<u8>, limit: Duration) -> Result<(Vec<u8>, Vec<u8>), Error> {
        match self.answers.try_recv() {
            Err(TryRecvError::Empty) => {}
            Ok(Err(what)) => return Err(Error::contract(what)),
            Ok(Ok(_)) => return Err(Error::contract(format!("it wrote a line without being asked{}", self.complaints.text()))),
            Err(TryRecvError::Disconnected) => return Err(self.ended()),
        }
        let deadline = Instant::now() + limit;
        self.most.store((line.len() as u64).saturating_mul(ANSWER_PER_BYTE).max(SHORT_ANSWER), Ordering::Release);
        let (back, written) = sync_channel(1);
        let sent = self.questions.as_ref().is_some_and(|q| q.send((line, back)).is_ok());
        if !sent {
            return Err(self.ended());
        }
        let answer = match self.answers.recv_timeout(limit) {
            Ok(Ok(answer)) => answer,
            Ok(Err(what)) => return Err(Error::contract(what)),
            Err(RecvTimeoutError::Disconnected) => return Err(self.ended()),
            Err(RecvTimeoutError::Timeout) => return Err(self.too_slow(limit)),
        };
        // It may have answered before it had read everything.
        match written.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => Ok((line, answer)),
            Err(_) => Err(self.too_slow(limit)),
        }
    }

    fn too_slow(&self, limit: Duration) -> Error {
        Error::annotate(format!("the program did not answer within {} s{}", limit.as_secs_f64(), self.complaints.text()))
            .help("raise `timeout` if it needs more time")
    }

    fn ended(&mut self) -> Error {
        // Its output has ended; it may take a moment until it has, and until its last words are heard.
        let status = self.wait(FAREWELL, Running::status_with_rest);
        let how = status.map_or_else(|| "closed its output".to_owned(), |status| format!("ended ({status})"));
        Error::annotate(format!("the program {how} without an answer{}", self.complaints.text()))
    }

    /// Whether it is of no more use.
    pub(super) fn is_lost(&self) -> bool {
        self.lost
    }

    /// Ends it at once, whatever it is doing.
    pub(super) fn abandon(mut self) {
        self.lost = true;
    }

    /// Whether it has ended by itself.
    pub(super) fn has_ended(&mut self) -> bool {
        self.process.has_ended()
    }

    fn wait(&mut self, limit: Duration, status: impl Fn(&Running) -> io::Result<Option<ExitStatus>>) -> Option<ExitStatus> {
        let deadline = Instant::now() + limit;
        loop {
            match status(&self.process) {
                Ok(Some(status)) => {
                    // Its last words may still lie in the pipe.
                    thread::sleep(Duration::from_millis(20));
                    return Some(status);
                }
                Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(5)),
                _ => return None,
            }
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // The end of its input tells it to end.
        self.questions = None;
        if self.lost || self.wait(FAREWELL, Running::status).is_none() {
            self.process.kill();
        }
    }
}
