//! The calls of a pool that no worker has, and why it takes no more.

use std::sync::{Arc, OnceLock, Weak};

use log::Level;

use crate::{
    cell::stale_entries::{self, StaleEntries},
    error::TaskError,
    executor::{Bound, Job},
    exit,
    id::ExecutorId,
    origin::{self, Origin},
    queue::Queue,
    sync::{AtomicBool, Ordering},
    unwind,
};

/// The pending calls of one pool, the oldest first.
pub(crate) struct Inbox {
    /// The pool's.
    pub(crate) id: ExecutorId,
    pub(crate) queue: Arc<Queue<Job>>,
    bound: Option<Arc<Bound>>,
    /// Why the pool is broken, if it is.
    broken: OnceLock<String>,
    /// The process whose threads are the workers.
    pub(crate) origin: Origin,
    /// Whether the pool was closed because the program leaves.
    has_left: AtomicBool,
}

impl Inbox {
    pub(crate) fn new(bound: Option<usize>) -> Self {
        let (id, queue) = (ExecutorId::new(), Arc::new(Queue::new()));
        let stale_entries: Weak<dyn StaleEntries> = Arc::downgrade(&queue) as _;
        stale_entries::register(id, stale_entries);
        Self {
            id,
            queue,
            bound: bound.map(Bound::new),
            broken: OnceLock::new(),
            origin: Origin::here(),
            has_left: AtomicBool::new(false),
        }
    }

    /// Waits for a permit under the bound, if there is one, for a job that is about to be pushed.
    #[inline]
    pub(crate) fn admit(&self, job: &Job) {
        if let Some(bound) = &self.bound {
            bound.admit(job, self.id);
        }
    }

    /// Gives the job a permit without waiting. False if the bound is reached.
    pub(crate) fn try_admit(&self, job: &Job) -> bool {
        let Some(bound) = &self.bound else {
            return true;
        };
        let place = bound.try_acquire();
        let is_in = place.is_some();
        place
            .into_iter()
            .for_each(|place| job.hold_while_pending(Box::new(place)));
        is_in
    }

    /// Ends the bound, so that waiting submitters go on and their calls are refused.
    pub(crate) fn lift_bound(&self) {
        if let Some(bound) = &self.bound {
            bound.lift();
        }
    }

    /// Notes, and logs, why the pool is broken; [`refusal`](Self::refusal) says it from then on.
    pub(crate) fn note_broken(&self, name: &str, reason: String) {
        unwind::report(
            Level::Error,
            format_args!("{name}: {reason}; the pool is broken"),
        );
        let _ = self.broken.set(reason);
    }

    /// Why the pool takes no call.
    pub(crate) fn refusal(&self) -> TaskError {
        if !self.origin.is_here() {
            return origin::refusal();
        }
        self.broken().unwrap_or_else(|| {
            // ORDERING: Relaxed is enough: written before the flag that made the caller ask.
            if self.has_left.load(Ordering::Relaxed) {
                exit::refusal()
            } else {
                TaskError::rejected("executor is shut down; submit before calling shutdown")
            }
        })
    }

    /// What every call fails with if the pool is broken.
    pub(crate) fn broken(&self) -> Option<TaskError> {
        let reason = self.broken.get()?;
        Some(TaskError::executor_broken(reason.as_str()))
    }

    /// The pool is about to be closed because the program leaves, as [`refusal`](Self::refusal)
    /// says from then on.
    pub(crate) fn note_left(&self) {
        // ORDERING: as in `refusal`.
        self.has_left.store(true, Ordering::Relaxed);
    }

    /// Fails all pending calls.
    pub(crate) fn fail_pending(&self, error: impl Fn() -> TaskError) {
        while let Some(job) = self.queue.pop() {
            job.fail(error());
        }
    }

    /// Cancels all pending calls, and returns how many.
    pub(crate) fn cancel_pending(&self) -> usize {
        // All at once, since other threads and callbacks may go on submitting.
        self.queue
            .pop_all()
            .filter(Job::is_pending)
            .map(|job| usize::from(job.cancel()))
            .sum()
    }

    /// Whether more than `number` calls are pending, not counting stale entries.
    pub(crate) fn has_more_than(&self, number: usize) -> bool {
        self.queue.has_more_than(number, |job| !job.is_pending())
    }

    /// The number of pending calls, not counting stale entries. All stay in the queue: a pool whose
    /// queue looks empty might end.
    pub(crate) fn count_pending(&self) -> usize {
        self.queue.count(|job| !job.is_pending())
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        stale_entries::unregister(self.id);
    }
}

/// How many slots each cancelled call checks for stale entries. With one, stale entries could
/// come faster than they go.
const LOOKS: usize = 4;

impl StaleEntries for Queue<Job> {
    fn sweep(&self) {
        drop(Queue::sweep(self, LOOKS, |job| !job.is_pending()));
    }
}
