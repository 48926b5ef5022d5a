//! Panics of plugins, contained: they become errors, and nothing is printed.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// How many calls of [`contain`] this thread is within.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// Where the last contained panic of this thread was raised.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

static HOOK: Once = Once::new();

/// Calls `f`. A panic in it is given back as its message and place.
///
/// The first call puts a panic hook in front of the one that is there. It stays silent for a contained panic and hands
/// every other one on. Code built with `panic = "abort"`, a stack overflow and an abort cannot be contained.
pub(crate) fn contain<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    HOOK.call_once(install);
    DEPTH.with(|depth| depth.set(depth.get() + 1));
    let result = catch_unwind(AssertUnwindSafe(f));
    DEPTH.with(|depth| depth.set(depth.get() - 1));
    result.map_err(|payload| {
        let message = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
            (Some(message), _) => (*message).to_owned(),
            (_, Some(message)) => message.clone(),
            _ => "it gave no message".into(),
        };
        // A payload whose own drop panics must not get the better of us.
        std::mem::forget(payload);
        match PLACE.with(RefCell::take) {
            Some(place) => format!("{message} (at {place})"),
            None => message,
        }
    })
}

fn install() {
    if std::thread::panicking() {
        // The hook cannot be changed while a panic is under way; the messages are then merely not silent.
        return;
    }
    let others = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if DEPTH.try_with(Cell::get).unwrap_or(0) == 0 {
            return others(info);
        }
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line()));
        let _ = PLACE.try_with(|last| last.replace(place));
    }));
}
