//! The programs that are running, so that they can be ended when there is no time to part from each.

use std::io;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// All programs of this process that were not dropped yet.
static RUNNING: Mutex<Vec<Weak<Mutex<Child>>>> = Mutex::new(Vec::new());

/// A program that was started. Whoever signals it holds the lock, so that its number cannot go to another program between
/// a look at it and the signal.
pub(super) struct Running(Arc<Mutex<Child>>);

/// Takes note of a program that was just started.
pub(super) fn add(process: Child) -> Running {
    let process = Arc::new(Mutex::new(process));
    let mut all = lock(&RUNNING);
    all.retain(|other| other.strong_count() > 0);
    all.push(Arc::downgrade(&process));
    Running(process)
}

/// Ends all programs that annotators of this process have started, at once and whatever they are doing, with the programs
/// that those have started in turn. For a host that is about to exit without dropping its pipelines, as after a second
/// Ctrl-C: the programs do not get the terminal's signals, and one that never reads its input would not hear of the end.
pub fn end_all() {
    let all: Vec<Arc<Mutex<Child>>> = lock(&RUNNING).iter().filter_map(Weak::upgrade).collect();
    for process in all {
        kill(&mut lock(&process));
    }
}

impl Running {
    /// How it ended; `None` while it runs.
    pub(super) fn status(&self) -> io::Result<Option<ExitStatus>> {
        lock(&self.0).try_wait()
    }

    pub(super) fn has_ended(&self) -> bool {
        !matches!(self.status(), Ok(None))
    }

    /// The same of a program that should not have ended; what it has started ends with it.
    pub(super) fn status_with_rest(&self) -> io::Result<Option<ExitStatus>> {
        let mut process = lock(&self.0);
        #[cfg(unix)]
        if let Ok(Some(_)) = look(&process) {
            kill_group(&process);
        }
        process.try_wait()
    }

    /// Ends it at once, with the programs that it has started.
    pub(super) fn kill(&self) {
        kill(&mut lock(&self.0));
    }
}

fn kill(process: &mut Child) {
    // Once its end was taken note of, its number may be another's.
    #[cfg(unix)]
    if look(process).is_ok() {
        kill_group(process);
    }
    // It may have ended by now, and then there is nothing to be done.
    let _ = process.kill();
    let _ = process.wait();
}

/// Whether it has ended, without taking note of it; an error where that was done.
#[cfg(unix)]
fn look(process: &Child) -> io::Result<Option<rustix::process::WaitIdStatus>> {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    Ok(waitid(WaitId::Pid(Pid::from_child(process)), options)?)
}

#[cfg(unix)]
fn kill_group(process: &Child) {
    let group = rustix::process::Pid::from_child(process);
    // All of it may have ended by now, and then there is nothing to be done.
    let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
