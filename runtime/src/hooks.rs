//! Where tests reach into a worker: moments of a call's life, at which they may end or stop it.
//!
//! Exists with the feature `test-hooks` alone, which only this project's tests ask for; a build
//! without it has the no-ops of `hooks/absent.rs`. No part of the public surface.

pub(crate) use watched::reach;
pub use watched::watch;

#[cfg(all(unix, feature = "processes"))]
pub(crate) use corrupt::{Shared, lend};
#[cfg(all(unix, feature = "processes"))]
pub use corrupt::{put, scribble, send, set_word, word};
#[cfg(all(unix, feature = "processes"))]
pub(crate) use watched::is_watched;

/// A moment in the life of a call, on its worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Its bytes come, and are too many for the worker's buffer.
    TakingOver,
    /// Its bytes were read.
    Read,
    /// It was claimed.
    Claimed,
    /// Its arguments were decoded.
    Decoded,
    /// The task has returned.
    Ran,
    /// Half of its answer has left.
    HalfAnswered,
    /// Its answer has left.
    Answered,
    /// Its claim is over.
    Finished,
}

mod watched {
    use std::sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    };

    use super::Moment;

    type Watch = (Moment, Box<dyn Fn() + Send>);

    static IS_WATCHED: AtomicBool = AtomicBool::new(false);
    static WATCH: Mutex<Option<Watch>> = Mutex::new(None);

    /// Calls `then` whenever a call of this process comes to `moment`; replaces the watch before.
    pub fn watch(moment: Moment, then: impl Fn() + Send + 'static) {
        let mut watch = WATCH
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        *watch = Some((moment, Box::new(then)));
        // ORDERING: only saves threads the lock, which orders the watch itself.
        IS_WATCHED.store(true, Ordering::Release);
    }

    /// Whether a test watches for this moment.
    #[cfg(all(unix, feature = "processes"))]
    #[inline]
    pub(crate) fn is_watched(moment: Moment) -> bool {
        // ORDERING: as in `watch`.
        IS_WATCHED.load(Ordering::Acquire) && {
            let watch = WATCH
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            watch
                .as_ref()
                .is_some_and(|(watched, _)| *watched == moment)
        }
    }

    /// A call has come to `moment`.
    #[inline]
    pub(crate) fn reach(moment: Moment) {
        // ORDERING: as in `watch`.
        if IS_WATCHED.load(Ordering::Acquire) {
            reach_cold(moment);
        }
    }

    #[cold]
    fn reach_cold(moment: Moment) {
        let watch = WATCH
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some((_, then)) = watch.as_ref().filter(|(watched, _)| *watched == moment) {
            then();
        }
    }
}

#[cfg(all(unix, feature = "processes"))]
mod corrupt {
    use std::sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    };

    /// The link and the shared memory of a worker.
    pub(crate) trait Shared: Send {
        /// Sends these bytes over the link.
        fn send(&self, bytes: &[u8]);

        /// A word of the claim table; `None` behind the last.
        fn word(&self, index: usize) -> Option<&AtomicU64>;

        /// Puts bytes into the ring, at this position of all that ever went through it.
        fn put(&self, position: u64, bytes: &[u8]);
    }

    static SHARED: Mutex<Option<Box<dyn Shared>>> = Mutex::new(None);

    pub(crate) fn lend(shared: impl Shared + 'static) {
        *SHARED.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(shared));
    }

    fn with<R>(body: impl FnOnce(&dyn Shared) -> R) -> R {
        let shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        body(&**shared.as_ref().expect("this process is a worker"))
    }

    /// Sends these bytes over the link of this worker, beside what it sends itself.
    pub fn send(bytes: &[u8]) {
        with(|shared| shared.send(bytes));
    }

    /// Fills the claim table of this worker, but not its ring, with `word`.
    pub fn scribble(word: u64) {
        (0..)
            .map_while(|index| set_word(index, word))
            .for_each(drop);
    }

    /// A word of the claim table of this worker; `None` behind the last.
    pub fn word(index: usize) -> Option<u64> {
        // ORDERING: as all of the table's words.
        with(|shared| Some(shared.word(index)?.load(Ordering::SeqCst)))
    }

    /// Overwrites a word of the claim table of this worker, and returns what it was; `None`
    /// behind the last.
    pub fn set_word(index: usize, word: u64) -> Option<u64> {
        // ORDERING: as all of the table's words.
        with(|shared| Some(shared.word(index)?.swap(word, Ordering::SeqCst)))
    }

    /// Puts bytes into the ring of this worker's answers, without saying that they are there.
    pub fn put(position: u64, bytes: &[u8]) {
        with(|shared| shared.put(position, bytes));
    }
}
