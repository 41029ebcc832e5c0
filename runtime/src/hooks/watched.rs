//! Moments as a test watches them: one at a time, by a closure.

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
