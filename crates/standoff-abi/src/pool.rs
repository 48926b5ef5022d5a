//! Things that one thread at a time works with.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, PoisonError};

/// Things to be taken, used and put back by any thread. The last that was put back lies where it costs a single atomic
/// exchange to take: a lock would cost more than some annotators take for a short text.
pub(crate) struct Pool<T> {
    top: AtomicPtr<T>,
    #[allow(clippy::vec_box, reason = "what is put back is a box, and so is what is taken")]
    others: Mutex<Vec<Box<T>>>,
}

impl<T> Default for Pool<T> {
    fn default() -> Pool<T> {
        Pool { top: AtomicPtr::default(), others: Mutex::default() }
    }
}

impl<T> Pool<T> {
    /// Takes one of the things that were put back.
    pub(crate) fn take(&self) -> Option<Box<T>> {
        let top = self.top.swap(ptr::null_mut(), Ordering::Acquire);
        if top.is_null() {
            return self.others.lock().unwrap_or_else(PoisonError::into_inner).pop();
        }
        // SAFETY: `put_back` made the pointer of a box, and whoever exchanges it is the only one to have it.
        Some(unsafe { Box::from_raw(top) })
    }

    /// Puts a thing back.
    pub(crate) fn put_back(&self, thing: Box<T>) {
        let thing = Box::into_raw(thing);
        if self.top.compare_exchange(ptr::null_mut(), thing, Ordering::Release, Ordering::Relaxed).is_err() {
            // SAFETY: the pointer was that of a box a moment ago, and went nowhere.
            let thing = unsafe { Box::from_raw(thing) };
            self.others.lock().unwrap_or_else(PoisonError::into_inner).push(thing);
        }
    }
}

impl<T> Drop for Pool<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn each_thing_is_with_one_at_a_time_and_is_dropped_once() {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        static DROPPED: AtomicUsize = AtomicUsize::new(0);
        struct Thing(Vec<usize>);
        impl Drop for Thing {
            fn drop(&mut self) {
                DROPPED.fetch_add(1, Ordering::SeqCst);
            }
        }
        let pool: Pool<Thing> = Pool::default();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let pool = &pool;
                scope.spawn(move || {
                    for _ in 0..1000 {
                        let mut thing = pool.take().unwrap_or_else(|| {
                            MADE.fetch_add(1, Ordering::SeqCst);
                            Box::new(Thing(Vec::new()))
                        });
                        thing.0.push(thread);
                        assert_eq!(thing.0.pop(), Some(thread));
                        assert!(thing.0.is_empty());
                        pool.put_back(thing);
                    }
                });
            }
        });
        drop(pool);
        assert!(MADE.load(Ordering::SeqCst) <= 4);
        assert_eq!(DROPPED.load(Ordering::SeqCst), MADE.load(Ordering::SeqCst));
    }
}
