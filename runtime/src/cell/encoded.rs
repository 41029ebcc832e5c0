//! The remote end of a call: its cell while its bytes are with another process.
//!
//! ```text
//!   lift, encode     start         finish, fail
//!     Pending -----> Running ----> Done, Settled
//!      LIFTED
//! ```
//!
//! A lifted call is pending like any other. It can still be cancelled, and then its bytes are
//! useless; the executor keeps them and knows where they are.

use std::{fmt, time::Instant};

use super::{
    cell_ref::CellRef,
    header::{Lifted, RetainedBox},
    settle::{WorkerHint, ignore_hint},
};
use crate::{
    error::TaskError,
    id::CallId,
    portable::Parts,
    task::{AnswerSource, Entry, NoAnswers},
    worker_context,
};

/// The executor's end of a call whose bytes are, or will be, with a worker; made by
/// [`Job::encode`](crate::Job::encode).
///
/// The call is pending, and can be cancelled, until [`start`](RemoteCall::start). Dropping the
/// remote call fails the future with [`is_worker_lost`](TaskError::is_worker_lost).
///
/// # Examples
///
/// ```
/// use concurrent_futures::{Anywhere, Executor, Job, prelude::*, remote};
///
/// /// Runs calls from their bytes, as a worker process would.
/// struct Loopback;
///
/// impl Executor for Loopback {
///     type Reach = Anywhere;
///
///     fn execute(&self, job: Job<Anywhere>) {
///         let Some(entry) = job.entry() else {
///             return job.fail(TaskError::rejected("not a call of a task"));
///         };
///         let mut parts = remote::Parts::new();
///         let Some(mut call) = job.encode(&mut parts) else {
///             return; // It was cancelled, or could not be encoded.
///         };
///         assert!(call.is_pending() && call.deadline().is_none());
///         println!("{} {} goes to a worker", call.name(), call.id());
///         if call.start() {
///             call.finish(parts.iter().map(|part| entry.run(&part.to_vec())));
///         }
///     }
/// }
///
/// #[task]
/// fn shout(text: &str) -> String { text.to_uppercase() }
///
/// assert_eq!(shout::submit(&Loopback, "hey").result()?, "HEY");
/// # Ok::<(), TaskError>(())
/// ```
///
/// [`remote`](crate::remote) has the whole way, with a worker that finds tasks by their keys.
#[must_use = "a call that is dropped fails its future; call `finish`"]
pub struct RemoteCall {
    cell: CellRef,
    /// Taken by the one step that makes the outcome.
    retained: Option<RetainedBox>,
    deadline: Option<Instant>,
}

impl RemoteCall {
    /// Marks the call as running: a worker has started it, and it can no more be cancelled.
    ///
    /// Returns false if the call was cancelled before; then no worker may run it.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Anywhere, Executor, Job, prelude::*, remote};
    /// use std::sync::Mutex;
    ///
    /// /// Keeps calls as bytes until `send`.
    /// #[derive(Default)]
    /// struct Outbox(Mutex<Vec<remote::RemoteCall>>);
    ///
    /// impl Executor for Outbox {
    ///     type Reach = Anywhere;
    ///
    ///     fn execute(&self, job: Job<Anywhere>) {
    ///         self.0.lock().unwrap().extend(job.encode(&mut remote::Parts::new()));
    ///     }
    /// }
    ///
    /// impl Outbox {
    ///     fn send(&self) -> usize {
    ///         let calls = std::mem::take(&mut *self.0.lock().unwrap());
    ///         calls.into_iter().filter_map(|mut call| call.start().then_some(call)).count()
    ///     }
    /// }
    ///
    /// #[task]
    /// fn shout(text: &str) -> String { text.to_uppercase() }
    ///
    /// let outbox = Outbox::default();
    /// let futures = ["a", "b", "c"].map(|text| shout::submit(&outbox, text));
    /// assert!(futures[1].cancel());
    /// assert_eq!(outbox.send(), 2);
    /// ```
    pub fn start(&mut self) -> bool {
        self.cell.start_remote()
    }

    /// Gives the future its outcome, from one answer for each part, in their order.
    ///
    /// An answer is the bytes that [`Entry::run`](crate::remote::Entry::run) gave, or the error
    /// that says why there are none. Parts without an answer count as lost. Does nothing if the
    /// call was cancelled. Runs the `Deserialize` impl of the result and the done-callbacks before
    /// it returns.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Anywhere, Executor, Job, prelude::*, remote};
    ///
    /// struct Loopback;
    ///
    /// impl Executor for Loopback {
    ///     type Reach = Anywhere;
    ///
    ///     fn execute(&self, job: Job<Anywhere>) {
    ///         let Some(entry) = job.entry() else {
    ///             return job.fail(TaskError::rejected("not a call of a task"));
    ///         };
    ///         let mut parts = remote::Parts::new();
    ///         if let Some(call) = job.encode(&mut parts) {
    ///             call.finish(parts.iter().map(|part| entry.run(&part.to_vec())));
    ///         }
    ///     }
    /// }
    ///
    /// #[task]
    /// fn shout(text: &str) -> String { text.to_uppercase() }
    ///
    /// assert_eq!(shout::submit(&Loopback, "hey").result()?, "HEY");
    /// # Ok::<(), TaskError>(())
    /// ```
    pub fn finish<B: AsRef<[u8]>>(self, answers: impl IntoIterator<Item = Result<B, TaskError>>) {
        let mut answers = Each {
            answers: &mut answers.into_iter(),
            current: None,
        };
        self.finish_told(&mut answers, &mut ignore_hint);
    }

    /// As [`finish`](Self::finish); `hint` is called before the outcome becomes visible.
    pub(crate) fn finish_told(
        mut self,
        answers: &mut dyn AnswerSource,
        hint: &mut impl FnMut(WorkerHint),
    ) {
        if !self.start() {
            return;
        }
        let Some(retained) = self.retained.take() else {
            return;
        };
        self.cell.mark_runner(worker_context::logical_thread());
        // SAFETY: `encode` lifted it and `start` started it; `retained` is gone, so that this
        // happens once.
        let decided = unsafe { self.cell.empty() }.answer(answers, retained);
        let _ = decided.settle_with(false, hint);
    }

    /// Returns the deadline of the `map` that the call came from, if it has one.
    ///
    /// No part may start after that moment. Parts that have not started by then need no answer.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Makes each cancel and abort of the call ask `remote_cancel` first. Once a call.
    ///
    /// Returns false if the call is cancelled already; then nothing is to be sent.
    #[cfg(all(unix, feature = "processes"))]
    #[must_use]
    pub(crate) fn attach(&self, remote_cancel: std::sync::Arc<dyn super::RemoteCancel>) -> bool {
        // SAFETY: `encode` lifted it; the caller is the executor that has the bytes, which does
        // so before it gives them away.
        unsafe { self.cell.attach(remote_cancel) }
    }

    /// Cancels the call though it has started: an abort ended its worker.
    #[cfg(all(unix, feature = "processes"))]
    pub(crate) fn cancel_started(mut self, hint: &mut impl FnMut(WorkerHint)) {
        if !self.start() {
            return;
        }
        self.cell.mark_runner(worker_context::logical_thread());
        // SAFETY: as in `finish_told`.
        unsafe { self.cell.empty() }.cancel(hint);
    }

    /// Fails the call; does nothing if it was cancelled.
    ///
    /// Done-callbacks run before this returns.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::{Anywhere, Executor, Job, prelude::*, remote};
    ///
    /// struct CutOff;
    ///
    /// impl Executor for CutOff {
    ///     type Reach = Anywhere;
    ///
    ///     fn execute(&self, job: Job<Anywhere>) {
    ///         if let Some(call) = job.encode(&mut remote::Parts::new()) {
    ///             call.fail(TaskError::worker_lost("the line is cut"));
    ///         }
    ///     }
    /// }
    ///
    /// #[task]
    /// fn shout(text: &str) -> String { text.to_uppercase() }
    ///
    /// assert!(shout::submit(&CutOff, "hey").result().unwrap_err().is_worker_lost());
    /// ```
    pub fn fail(mut self, error: TaskError) {
        self.fail_in_place(error);
    }

    fn fail_in_place(&mut self, error: TaskError) {
        if self.cell.state.load().is_running() {
            self.cell.mark_runner(worker_context::logical_thread());
            // SAFETY: as in `finish_told`.
            unsafe { self.cell.empty() }.fail(error).settle();
        } else {
            self.cell.fail(error);
        }
    }

    /// Returns whether the call has not started, and was not cancelled.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.cell.state.load().is_pending()
    }

    /// Keeps `guard` while the call is pending, and drops it when the call starts or is cancelled.
    pub fn hold_while_pending(&self, guard: Box<dyn Send>) {
        self.cell.add_guard(guard);
    }

    /// Returns the call's own name if it was given one, else its task's.
    #[must_use]
    pub fn name(&self) -> &str {
        self.cell.name()
    }

    /// Returns the call's id.
    #[must_use]
    pub fn id(&self) -> CallId {
        self.cell.id
    }

    /// One more reference to the cell, to cancel or start the call without this end.
    #[cfg(all(unix, feature = "processes"))]
    pub(crate) fn cell_ref(&self) -> CellRef {
        self.cell.clone()
    }
}

impl Drop for RemoteCall {
    fn drop(&mut self) {
        // Nearly every call has ended: no error is made for it.
        if !self.cell.state.load().is_done() {
            self.fail_in_place(TaskError::worker_lost("executor dropped the call"));
        }
    }
}

impl fmt::Debug for RemoteCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemoteCall({} of {})", self.id(), self.name())
    }
}

/// Answers of any type, each lent until the next.
struct Each<'a, I, B> {
    answers: &'a mut I,
    current: Option<B>,
}

impl<I, B> AnswerSource for Each<'_, I, B>
where
    I: Iterator<Item = Result<B, TaskError>>,
    B: AsRef<[u8]>,
{
    fn next(&mut self) -> Option<Result<&[u8], TaskError>> {
        let answer = self.answers.next()?;
        Some(answer.map(|bytes| {
            let bytes: &B = self.current.insert(bytes);
            bytes.as_ref()
        }))
    }
}

impl CellRef {
    /// The task of a call that can go to another process.
    pub(crate) fn entry(&self) -> Option<&'static Entry> {
        self.vtable.wire.map(|wire| (wire.entry)())
    }

    /// Turns the pending call into parts; `None` if it is not pending, or has just failed.
    pub(crate) fn encode(self, parts: &mut Parts) -> Option<RemoteCall> {
        let Some(wire) = self.vtable.wire else {
            self.fail(TaskError::rejected(
                "call cannot leave its process; give its executor calls of `#[task]` functions",
            ));
            return None;
        };
        if !self.state.lift() {
            return None;
        }
        // From here on dropping `remote` fails the call.
        let mut remote = RemoteCall {
            cell: self,
            retained: None,
            deadline: None,
        };
        remote.cell.tracker.write();
        let len = parts.len();
        // SAFETY: `lift` gave the call in the slot to us; the table is the cell's own.
        match unsafe { (wire.encode)(remote.cell.0, parts) } {
            Ok(Lifted { retained, deadline }) => {
                remote.retained = Some(retained);
                remote.deadline = deadline;
            }
            Err(error) => {
                parts.truncate(len);
                remote.fail(error);
                return None;
            }
        }
        if parts.len() == len {
            // Each of its parts has failed by itself: there is nothing to send.
            remote.finish_told(&mut NoAnswers, &mut ignore_hint);
            return None;
        }
        Some(remote)
    }

    /// Starts a lifted call, whose worker is in another process; true also if it was started
    /// before.
    pub(crate) fn start_remote(&self) -> bool {
        if self.start() {
            // It runs in another process: any thread here may wait for it.
            self.unmark_runner();
            return true;
        }
        // Only the executor that has its bytes starts a call that was lifted.
        self.state.load().is_running()
    }

    /// Notes that a worker in another process has started the call, without a change of state: the
    /// call may be pending again. Drops the guards that were kept while it was pending.
    #[cfg(all(unix, feature = "processes"))]
    pub(crate) fn note_start(&self) {
        if self.state.load().is_watched() {
            let guards = self.extras.watchers().lock().take_guards();
            self.tell_all(guards);
        }
        if let Some(clock) = self.extras.clock() {
            clock.note_start();
        }
    }
}
