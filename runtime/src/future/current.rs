//! Which call this thread runs, so that a task can ask whether it should stop.

use std::{cell::Cell, marker::PhantomData, ptr::NonNull};

use super::cell::{Header, Hold};
use crate::{id::CallId, sync::strand_local};

strand_local! {
    /// The innermost call that runs on this thread.
    static CURRENT: Cell<Option<NonNull<Header>>> = Cell::new(None);
}

/// Whether the task that runs on this thread was asked to stop.
///
/// A task that takes long asks this now and then, and returns early.
/// [`Future::abort`](crate::Future::abort) and
/// [`Canceller::abort`](crate::Canceller::abort) ask it to. Outside of a task
/// the answer is no.
///
/// # Examples
///
/// ```
/// use concurrent_futures::{ThreadPool, should_stop};
/// use std::sync::mpsc::channel;
///
/// let pool = ThreadPool::new();
/// let (started, has_started) = channel();
/// let future = pool.spawn(move || {
///     let _ = started.send(());
///     let mut rounds = 0_u64;
///     while !should_stop() {
///         rounds += 1;
///     }
///     rounds
/// });
/// has_started.recv()?;
/// assert!(future.abort());
/// println!("stopped after {} rounds", future.result()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn should_stop() -> bool {
    look(|header| header.state.see().is_stopping()).unwrap_or(false)
}

/// The innermost call that this thread runs, if it runs one.
pub(crate) fn call() -> Option<CallId> {
    look(|header| header.id)
}

fn look<T>(at: impl FnOnce(&Header) -> T) -> Option<T> {
    CURRENT.with(|current| {
        // SAFETY: `enter` stored it and its guard takes it out again; between
        // the two a hold keeps the cell, and the header is only ever shared.
        current.get().map(|header| at(unsafe { header.as_ref() }))
    })
}

/// This thread runs the call of `hold` until the guard is dropped.
#[inline]
pub(super) fn enter(hold: &Hold) -> Entered<'_> {
    let header = NonNull::from(&**hold);
    Entered {
        before: CURRENT.with(|current| current.replace(Some(header))),
        hold: PhantomData,
    }
}

pub(super) struct Entered<'a> {
    before: Option<NonNull<Header>>,
    hold: PhantomData<&'a Hold>,
}

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        CURRENT.with(|current| current.set(self.before));
    }
}
