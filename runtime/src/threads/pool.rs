//! The queue and its crew: how a job finds a worker.

use std::{
    collections::HashMap,
    io,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
};

use crossbeam_queue::SegQueue;
use log::Level;

use super::{
    builder::Settings,
    crew::{BROKEN, CLOSED, Crew},
    lot::Lot,
    member,
};
use crate::{
    error::TaskError,
    executor::{Bound, Job},
    id::ExecutorId,
    sync::Mutex,
    unwind, worker,
};

/// What a pool and its workers share.
pub(crate) struct Pool {
    pub(crate) id: ExecutorId,
    pub(crate) settings: Settings,
    pub(crate) queue: SegQueue<Job>,
    pub(crate) crew: Crew,
    /// Where idle workers sleep.
    pub(crate) idle: Lot,
    /// Where others wait for the last worker to leave.
    pub(crate) left: Lot,
    bound: Option<Arc<Bound>>,
    /// Why the pool is broken; set before the crew's flag.
    broken: OnceLock<String>,
    /// The number in the next worker's name.
    next_worker: AtomicUsize,
    /// How many drains are waiting.
    pub(crate) drains: Mutex<usize>,
    /// The threads to be joined, by that number. A worker that leaves a pool
    /// which goes on takes its own out.
    pub(crate) threads: Mutex<HashMap<usize, Started>>,
}

/// One worker, seen from outside.
pub(crate) struct Started {
    pub(crate) thread: JoinHandle<()>,
    /// Whether it runs a call, or is getting ready. Written by the worker alone;
    /// false before the outcome of its call can be seen.
    pub(crate) is_busy: Arc<AtomicBool>,
}

impl Pool {
    pub(crate) fn new(settings: Settings) -> Arc<Self> {
        Arc::new(Self {
            id: ExecutorId::new(),
            queue: SegQueue::new(),
            crew: Crew::default(),
            idle: Lot::default(),
            left: Lot::default(),
            bound: settings.bound.map(Bound::new),
            broken: OnceLock::new(),
            next_worker: AtomicUsize::new(0),
            drains: Mutex::default(),
            threads: Mutex::default(),
            settings,
        })
    }

    #[inline]
    pub(crate) fn execute(self: &Arc<Self>, job: Job) {
        if let Some(bound) = &self.bound {
            bound.admit(&job, self.id);
        }
        self.enqueue(job);
    }

    pub(crate) fn try_execute(self: &Arc<Self>, job: Job) -> Result<(), Job> {
        if let Some(bound) = &self.bound {
            let Some(place) = bound.try_take() else {
                return Err(job);
            };
            job.hold_while_pending(Box::new(place));
        }
        self.enqueue(job);
        Ok(())
    }

    #[inline]
    fn enqueue(self: &Arc<Self>, job: Job) {
        if self.crew.is(CLOSED | BROKEN) {
            return job.fail(self.refusal());
        }
        self.queue.push(job);
        if self.crew.needs_worker(self.settings.workers) {
            self.find_worker();
        }
    }

    /// Has somebody come for what was pushed: a searching worker, an idle or a new one.
    pub(crate) fn find_worker(self: &Arc<Self>) {
        if self.crew.is(BROKEN) {
            // Broken since the look before the push: nobody will come.
            self.fail_pending(|| self.refusal());
        } else if self.crew.is_searched() {
            // The searcher will find it, and send another one for what is left.
        } else if self.crew.try_wake() {
            self.idle.ring();
        } else if self.queue.is_empty() {
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
        let name = format!("{}_{number}", self.settings.name_prefix);
        let pool = self.clone();
        let is_busy = Arc::new(AtomicBool::new(true));
        let busy = is_busy.clone();
        // Held over the start: a worker that leaves at once finds its entry.
        let mut threads = self.threads.lock();
        let thread = thread::Builder::new()
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
            self.fail_pending(|| TaskError::rejected(format!("system refused a thread: {error}")));
        }
        self.left.ring_all();
    }

    /// Breaks the pool for good: what is pending and what comes later fails.
    pub(crate) fn break_down(&self, reason: String) {
        unwind::report(
            Level::Error,
            format_args!(
                "{}: {reason}; the pool is broken",
                self.settings.name_prefix
            ),
        );
        let _ = self.broken.set(reason);
        self.crew.set(BROKEN);
        self.idle.ring_all();
        self.lift_bound();
        self.fail_pending(|| self.refusal());
    }

    /// Why the pool takes no call.
    pub(crate) fn refusal(&self) -> TaskError {
        match self.broken.get() {
            Some(reason) => TaskError::executor_broken(reason.as_str()),
            None => TaskError::rejected("executor is shut down; submit before calling shutdown"),
        }
    }

    /// Lets everybody in, to be told that nothing is taken any more.
    pub(crate) fn lift_bound(&self) {
        if let Some(bound) = &self.bound {
            bound.lift();
        }
    }

    fn fail_pending(&self, error: impl Fn() -> TaskError) {
        while let Some(job) = self.queue.pop() {
            job.fail(error());
        }
    }

    /// Whether the pool may be waiting for this thread: a worker of its own, or one
    /// that runs a callback of its calls.
    pub(crate) fn is_own_thread(&self) -> bool {
        worker::belongs_to(self.id)
    }
}
