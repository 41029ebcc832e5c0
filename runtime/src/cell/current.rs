//! The call that this thread runs, so that a task can ask whether it should stop.

use std::{cell::Cell, marker::PhantomData, ptr::NonNull};

use super::{cell_ref::CellRef, header::CellHeader};
use crate::{id::CallId, sync::thread_static};

thread_static! {
    /// The innermost call that runs on this thread.
    static CURRENT: Cell<Option<NonNull<CellHeader>>> = Cell::new(None);
}

/// Returns true if the task that runs on this thread was asked to stop.
///
/// This is cooperative cancellation: a long task calls it now and then, and returns early.
/// [`Future::abort`](crate::Future::abort) and [`Canceller::abort`](crate::Canceller::abort) ask a
/// task to stop. Outside of a task this returns false.
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
    look(|header| header.state.load().is_stopping()).unwrap_or(false)
}

/// The innermost call that this thread runs, if it runs one.
pub(crate) fn call() -> Option<CallId> {
    look(|header| header.id)
}

fn look<T>(at: impl FnOnce(&CellHeader) -> T) -> Option<T> {
    CURRENT.with(|current| {
        // SAFETY: `enter` stored it and its guard removes it; between the two a `CellRef` keeps the
        // cell alive, and the header is only ever shared.
        current.get().map(|header| at(unsafe { header.as_ref() }))
    })
}

/// Makes `cell` the current call of this thread until the guard is dropped.
#[inline]
pub(crate) fn enter(cell: &CellRef) -> CurrentGuard<'_> {
    let header = NonNull::from(&**cell);
    CurrentGuard {
        before: CURRENT.with(|current| current.replace(Some(header))),
        cell: PhantomData,
    }
}

pub(crate) struct CurrentGuard<'a> {
    before: Option<NonNull<CellHeader>>,
    cell: PhantomData<&'a CellRef>,
}

impl Drop for CurrentGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        CURRENT.with(|current| current.set(self.before));
    }
}
