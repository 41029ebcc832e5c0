//! Where tests reach into a worker: moments of a call's life, at which they may end or stop it.
//!
//! Without the feature `test-hooks`, which this project's tests alone ask for, nothing of it is there. No part
//! of the public surface.

/// A moment in the life of a call, on its worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
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

#[cfg(feature = "test-hooks")]
mod watched {
    use std::sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    };

    use super::Moment;

    type Watch = (Moment, Box<dyn Fn() + Send>);

    static IS_WATCHED: AtomicBool = AtomicBool::new(false);
    static WATCH: Mutex<Option<Watch>> = Mutex::new(None);

    /// Has `then` called whenever a call of this process comes to `moment`, in place of what was
    /// asked before.
    pub fn watch(moment: Moment, then: impl Fn() + Send + 'static) {
        let mut watch = WATCH
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        *watch = Some((moment, Box::new(then)));
        IS_WATCHED.store(true, Ordering::Release);
    }

    /// Whether somebody has asked for this moment.
    #[inline]
    pub(crate) fn is_watched(moment: Moment) -> bool {
        IS_WATCHED.load(Ordering::Acquire) && {
            let watch = WATCH
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            watch
                .as_ref()
                .is_some_and(|(watched, _)| *watched == moment)
        }
    }

    #[inline]
    pub(crate) fn reach(moment: Moment) {
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

#[cfg(feature = "test-hooks")]
mod wild {
    use std::sync::{Mutex, PoisonError};

    type Send = Box<dyn Fn(&[u8]) + std::marker::Send>;
    type Scribble = Box<dyn Fn(u64) + std::marker::Send>;

    static REACH: Mutex<Option<(Send, Scribble)>> = Mutex::new(None);

    pub(crate) fn lend(
        send: impl Fn(&[u8]) + std::marker::Send + 'static,
        scribble: impl Fn(u64) + std::marker::Send + 'static,
    ) {
        let mut reach = REACH.lock().unwrap_or_else(PoisonError::into_inner);
        *reach = Some((Box::new(send), Box::new(scribble)));
    }

    /// Sends these bytes over the link of this worker, beside what it sends itself.
    pub fn send(bytes: &[u8]) {
        let reach = REACH.lock().unwrap_or_else(PoisonError::into_inner);
        let (send, _) = reach.as_ref().expect("this process is a worker");
        send(bytes);
    }

    /// Fills the claim table of this worker with `word`.
    pub fn scribble(word: u64) {
        let reach = REACH.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, scribble) = reach.as_ref().expect("this process is a worker");
        scribble(word);
    }
}

#[cfg(feature = "test-hooks")]
pub use watched::watch;
#[cfg(feature = "test-hooks")]
pub(crate) use watched::{is_watched, reach};
#[cfg(feature = "test-hooks")]
pub(crate) use wild::lend;
#[cfg(feature = "test-hooks")]
pub use wild::{scribble, send};

/// Nobody asks.
#[cfg(not(feature = "test-hooks"))]
pub(crate) const fn is_watched(_: Moment) -> bool {
    false
}

/// A call has come to `moment`.
#[cfg(not(feature = "test-hooks"))]
#[inline(always)]
pub(crate) fn reach(_: Moment) {}
