//! Panics, caught at the edge of a library and told to the host instead of printed.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// How many calls of [`contain`] this thread is within.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// Where the last panic within was raised.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Calls `f`; a panic in it is given back as its message and place, and nothing is printed.
///
/// # Errors
/// The panic's message.
///
/// A shared library has a panic hook of its own, which the host's cannot quieten, so it is done here: within such a call
/// the hook keeps silent, since the host gets the message and says whose it is.
pub fn contain<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        if !std::thread::panicking() {
            quieten();
        }
    });
    // Looked up once: in a shared library that takes a call.
    DEPTH.with(|depth| {
        depth.set(depth.get() + 1);
        let result = catch_unwind(AssertUnwindSafe(f)).map_err(told);
        depth.set(depth.get() - 1);
        result
    })
}

/// What a panic says.
#[cold]
fn told(payload: Box<dyn Any + Send>) -> String {
    let text = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let message = text.unwrap_or("it gave no message").to_owned();
    let place = PLACE.take();
    discard(payload);
    match place {
        Some(place) => format!("{message} (at {place})"),
        None => message,
    }
}

/// Drops what a panic left behind. That may panic in turn, and then what is left is leaked.
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(again);
    }
}

fn quieten() {
    let others = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if DEPTH.get() == 0 {
            return others(info);
        }
        PLACE.set(info.location().map(|at| format!("{}:{}", at.file(), at.line())));
    }));
}
