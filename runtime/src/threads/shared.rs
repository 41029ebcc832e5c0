//! The queue and its counts: how a job finds a worker.

use std::{collections::BTreeMap, io, sync::Arc, time::Duration};

use log::Level;

use super::{
    sleepers::Sleepers,
    worker_counts::{BROKEN, CLOSED, WakeAction, WorkerCounts},
    worker_loop,
};
use crate::{
    error::TaskError,
    executor::Job,
    pool_common::{inbox::Inbox, settings::Settings, sleep_queue::SleepQueue},
    sync::{AtomicBool, AtomicUsize, JoinHandle, Mutex, Ordering, ThreadBuilder},
    unwind, worker_context,
};

/// What a pool and its workers share.
pub(crate) struct ThreadPoolShared {
    pub(crate) settings: Settings,
    /// Waited on by workers that have had nothing to do for so long: they leave.
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) inbox: Inbox,
    pub(crate) counts: WorkerCounts,
    /// Where idle workers sleep.
    pub(super) sleepers: Sleepers,
    /// Where others wait for the last worker to leave.
    pub(crate) left: SleepQueue,
    /// The number in the next worker's name.
    next_worker: AtomicUsize,
    /// Whether the system has given no thread when one was asked for last.
    is_refused: AtomicBool,
    /// How many drains are waiting.
    pub(crate) drains: Mutex<usize>,
    /// The threads to be joined, by that number. A worker that leaves a pool
    /// which goes on takes its own out.
    pub(crate) threads: Mutex<BTreeMap<usize, WorkerThread>>,
}

/// One worker, seen from outside.
pub(crate) struct WorkerThread {
    pub(crate) thread: JoinHandle<()>,
    /// Whether it runs a call, or is getting ready. Written by the worker alone;
    /// false before the outcome of its call can be seen.
    pub(crate) is_busy: Arc<AtomicBool>,
}

impl ThreadPoolShared {
    pub(crate) fn new(settings: Settings, idle_timeout: Option<Duration>) -> Arc<Self> {
        Arc::new(Self {
            inbox: Inbox::new(settings.bound),
            idle_timeout,
            counts: WorkerCounts::default(),
            sleepers: Sleepers::default(),
            left: SleepQueue::default(),
            next_worker: AtomicUsize::new(0),
            is_refused: AtomicBool::new(false),
            drains: Mutex::default(),
            threads: Mutex::default(),
            settings,
        })
    }

    #[inline]
    pub(crate) fn execute(self: &Arc<Self>, job: Job) {
        if !self.inbox.origin.is_here() {
            return job.fail(self.inbox.refusal());
        }
        self.inbox.admit(&job);
        self.enqueue(job);
    }

    pub(crate) fn try_execute(self: &Arc<Self>, job: Job) -> Result<(), Job> {
        if !self.inbox.origin.is_here() {
            job.fail(self.inbox.refusal());
            return Ok(());
        }
        if !self.inbox.try_admit(&job) {
            return Err(job);
        }
        self.enqueue(job);
        Ok(())
    }

    #[inline]
    fn enqueue(self: &Arc<Self>, job: Job) {
        if self.counts.is(CLOSED | BROKEN) {
            return job.fail(self.inbox.refusal());
        }
        self.inbox.queue.push(job);
        if self.counts.needs_worker(self.settings.workers) {
            self.find_worker();
        }
    }

    /// Has a worker come for what was pushed: the one that searches, an idle or a new one.
    pub(crate) fn find_worker(self: &Arc<Self>) {
        if self.counts.is(BROKEN) {
            // Broken since the look before the push: no worker will come.
            return self.inbox.fail_pending(|| self.inbox.refusal());
        }
        let is_short = |coming| self.inbox.has_more_than(coming);
        match self.counts.reserve_worker(self.settings.workers, is_short) {
            WakeAction::None => {}
            WakeAction::Notify => self.sleepers.notify_one(&self.counts),
            WakeAction::Spawn => match self.start_thread() {
                Ok(()) => self.note_refused(false),
                Err(error) => self.thread_refused(&error),
            },
        }
    }

    /// Whether the system has given no thread when one was asked for last.
    pub(super) fn is_refused_threads(&self) -> bool {
        // ORDERING: a hint, which no other memory hangs on.
        self.is_refused.load(Ordering::Relaxed)
    }

    fn note_refused(&self, is_refused: bool) {
        if self.is_refused_threads() != is_refused {
            // ORDERING: as above.
            self.is_refused.store(is_refused, Ordering::Relaxed);
        }
    }

    /// Starts the thread of a worker that was hired.
    fn start_thread(self: &Arc<Self>) -> io::Result<()> {
        let number = self.next_worker.fetch_add(1, Ordering::Relaxed);
        let name = self.settings.thread_name(number);
        let pool = self.clone();
        let is_busy = Arc::new(AtomicBool::new(true));
        let busy = is_busy.clone();
        // Held over the start: a worker that leaves at once finds its entry.
        let mut threads = self.threads.lock();
        let thread = ThreadBuilder::new()
            .name(name)
            .stack_size(self.settings.stack_size)
            .spawn(move || worker_loop::work(&pool, number, &busy))?;
        threads.insert(number, WorkerThread { thread, is_busy });
        Ok(())
    }

    /// The system gives no thread: the workers there are run the calls, or none can.
    fn thread_refused(&self, error: &io::Error) {
        self.note_refused(true);
        self.counts.remove_coming();
        unwind::report(
            Level::Warn,
            format_args!(
                "{}: system refused a thread: {error}",
                self.settings.name_prefix
            ),
        );
        if self.counts.threads() == 0 {
            self.inbox
                .fail_pending(|| TaskError::rejected(format!("system refused a thread: {error}")));
        } else if self.counts.reserve_worker(0, |_| false) == WakeAction::Notify {
            // A submitter may have relied on this worker, and one may have become idle meanwhile.
            self.sleepers.notify_one(&self.counts);
        }
        self.note_left();
    }

    /// A worker has left, or never came: tells those that wait for that.
    pub(super) fn note_left(&self) {
        self.left.notify_all();
        self.sleepers.note_left();
    }

    /// Breaks the pool for good: what is pending and what comes later fails.
    pub(crate) fn break_down(&self, reason: String) {
        self.inbox.note_broken(&self.settings.name_prefix, reason);
        self.counts.set(BROKEN);
        self.sleepers.notify_all();
        self.inbox.lift_bound();
        self.inbox.fail_pending(|| self.inbox.refusal());
    }

    /// Whether the pool may be waiting for this thread: a worker of its own, or one
    /// that runs a callback of its calls.
    pub(crate) fn is_own_thread(&self) -> bool {
        worker_context::belongs_to(self.inbox.id)
    }
}
