//! The queue and its crew: how a job finds a worker.

use std::{collections::BTreeMap, io, sync::Arc, time::Duration};

use log::Level;

use super::{
    crew::{BROKEN, CLOSED, Crew},
    member,
};
use crate::{
    error::TaskError,
    executor::Job,
    local::{inbox::Inbox, lot::Lot, settings::Settings},
    sync::{AtomicBool, AtomicUsize, JoinHandle, Mutex, Ordering, ThreadBuilder},
    unwind, worker,
};

/// What a pool and its workers share.
pub(crate) struct Pool {
    pub(crate) settings: Settings,
    /// Waited on by workers that have had nothing to do for so long: they leave.
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) inbox: Inbox,
    pub(crate) crew: Crew,
    /// Where idle workers sleep.
    pub(crate) idle: Lot,
    /// Where others wait for the last worker to leave.
    pub(crate) left: Lot,
    /// The number in the next worker's name.
    next_worker: AtomicUsize,
    /// How many drains are waiting.
    pub(crate) drains: Mutex<usize>,
    /// The threads to be joined, by that number. A worker that leaves a pool
    /// which goes on takes its own out.
    pub(crate) threads: Mutex<BTreeMap<usize, Started>>,
}

/// One worker, seen from outside.
pub(crate) struct Started {
    pub(crate) thread: JoinHandle<()>,
    /// Whether it runs a call, or is getting ready. Written by the worker alone;
    /// false before the outcome of its call can be seen.
    pub(crate) is_busy: Arc<AtomicBool>,
}

impl Pool {
    pub(crate) fn new(settings: Settings, idle_timeout: Option<Duration>) -> Arc<Self> {
        Arc::new(Self {
            inbox: Inbox::new(settings.bound),
            idle_timeout,
            crew: Crew::default(),
            idle: Lot::default(),
            left: Lot::default(),
            next_worker: AtomicUsize::new(0),
            drains: Mutex::default(),
            threads: Mutex::default(),
            settings,
        })
    }

    #[inline]
    pub(crate) fn execute(self: &Arc<Self>, job: Job) {
        self.inbox.admit(&job);
        self.enqueue(job);
    }

    pub(crate) fn try_execute(self: &Arc<Self>, job: Job) -> Result<(), Job> {
        if !self.inbox.try_admit(&job) {
            return Err(job);
        }
        self.enqueue(job);
        Ok(())
    }

    #[inline]
    fn enqueue(self: &Arc<Self>, job: Job) {
        if self.crew.is(CLOSED | BROKEN) {
            return job.fail(self.inbox.refusal());
        }
        self.inbox.queue.push(job);
        if self.crew.needs_worker(self.settings.workers) {
            self.find_worker();
        }
    }

    /// Has somebody come for what was pushed: a searching worker, an idle or a new one.
    pub(crate) fn find_worker(self: &Arc<Self>) {
        if self.crew.is(BROKEN) {
            // Broken since the look before the push: nobody will come.
            self.inbox.fail_pending(|| self.inbox.refusal());
        } else if self.crew.is_searched() {
            // The searcher will find it, and send another one for what is left.
        } else if self.crew.try_wake() {
            self.idle.ring();
        } else if self.inbox.queue.is_empty() {
            // Somebody stood by, and took it between the push and the look.
        } else if self.crew.hire(self.settings.workers)
            && let Err(error) = self.start_thread()
        {
            self.thread_refused(&error);
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
            .spawn(move || member::work(&pool, number, &busy))?;
        threads.insert(number, Started { thread, is_busy });
        Ok(())
    }

    /// The system gives no thread: those there are do the work, or nobody can.
    fn thread_refused(&self, error: &io::Error) {
        self.crew.unhire();
        unwind::report(
            Level::Warn,
            format_args!(
                "{}: system refused a thread: {error}",
                self.settings.name_prefix
            ),
        );
        if self.crew.threads() == 0 {
            self.inbox
                .fail_pending(|| TaskError::rejected(format!("system refused a thread: {error}")));
        }
        self.left.ring_all();
    }

    /// Breaks the pool for good: what is pending and what comes later fails.
    pub(crate) fn break_down(&self, reason: String) {
        self.inbox.note_broken(&self.settings.name_prefix, reason);
        self.crew.set(BROKEN);
        self.idle.ring_all();
        self.inbox.lift_bound();
        self.inbox.fail_pending(|| self.inbox.refusal());
    }

    /// Whether the pool may be waiting for this thread: a worker of its own, or one
    /// that runs a callback of its calls.
    pub(crate) fn is_own_thread(&self) -> bool {
        worker::belongs_to(self.inbox.id)
    }
}
