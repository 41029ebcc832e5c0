//! The queue and the worker counts: how a job finds a worker.

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
    unwind,
};

/// What a pool and its workers share.
pub(crate) struct ThreadPoolShared {
    pub(crate) settings: Settings,
    /// An idle worker ends after this time.
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) inbox: Inbox,
    pub(crate) counts: WorkerCounts,
    /// Where idle workers sleep.
    pub(super) sleepers: Sleepers,
    /// Where threads wait for the last worker to leave.
    pub(crate) left: SleepQueue,
    /// The number in the next worker's name.
    next_worker: AtomicUsize,
    /// Whether the system refused the last thread that was asked for.
    is_refused: AtomicBool,
    /// The number of drains that wait.
    pub(crate) drains: Mutex<usize>,
    /// The threads to be joined, by the number in their name. A worker that leaves a pool which
    /// goes on removes its own.
    pub(crate) threads: Mutex<BTreeMap<usize, WorkerThread>>,
}

/// What is known of one worker.
pub(crate) struct WorkerThread {
    pub(crate) thread: JoinHandle<()>,
    /// Whether the worker runs a call or its initializer. Written by the worker alone, and cleared
    /// before the outcome of its call can be seen.
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

    /// Wakes or starts a worker for what was pushed, unless a worker searches or enough are coming.
    pub(crate) fn find_worker(self: &Arc<Self>) {
        if self.counts.is(BROKEN) {
            // Broken since the check before the push: no worker will come.
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

    /// Whether the system refused the last thread that was asked for.
    pub(super) fn is_refused_threads(&self) -> bool {
        // ORDERING: Relaxed: a hint, which no other memory hangs on.
        self.is_refused.load(Ordering::Relaxed)
    }

    fn note_refused(&self, is_refused: bool) {
        if self.is_refused_threads() != is_refused {
            // ORDERING: as in `is_refused_threads`.
            self.is_refused.store(is_refused, Ordering::Relaxed);
        }
    }

    /// Starts the thread that was counted.
    fn start_thread(self: &Arc<Self>) -> io::Result<()> {
        // ORDERING: Relaxed: a number that is different each time, which no memory hangs on.
        let number = self.next_worker.fetch_add(1, Ordering::Relaxed);
        let name = self.settings.thread_name(number);
        let pool = self.clone();
        let is_busy = Arc::new(AtomicBool::new(true));
        let busy = is_busy.clone();
        // Locked over the start, so that a worker that leaves at once finds its entry.
        let mut threads = self.threads.lock();
        let thread = ThreadBuilder::new()
            .name(name)
            .stack_size(self.settings.stack_size)
            .spawn(move || worker_loop::work(&pool, number, &busy))?;
        threads.insert(number, WorkerThread { thread, is_busy });
        Ok(())
    }

    /// The system refuses a thread: the existing workers run the calls, or all calls fail.
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
            // A submitter may have relied on the new worker, and another may be idle by now.
            self.sleepers.notify_one(&self.counts);
        }
        self.note_left();
    }

    /// A worker has left, or was never started: wakes the threads that wait for that.
    pub(super) fn note_left(&self) {
        self.left.notify_all();
        self.sleepers.note_left();
    }

    /// Breaks the pool for good: pending and later calls fail.
    pub(crate) fn break_down(&self, reason: String) {
        self.inbox.note_broken(&self.settings.name_prefix, reason);
        self.counts.set(BROKEN);
        self.sleepers.notify_all();
        self.inbox.lift_bound();
        self.inbox.fail_pending(|| self.inbox.refusal());
    }
}
