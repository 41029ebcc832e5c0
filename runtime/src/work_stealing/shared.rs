//! What the handle of a pool and its threads share: the inbox, who serves it, and the workers.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::serve_state::{BROKEN, CLOSED, ServeState, WATCHED};
use crate::{
    error::TaskError,
    pool_common::{
        inbox::Inbox,
        settings::Settings,
        sleep_queue::{SleepQueue, WaitEnd},
    },
    sync::{AtomicBool, AtomicUsize, Ordering},
    worker_context,
};

/// What the threads of a pool share with it; it lives as long as the last of them.
pub(super) struct StealingShared {
    pub(super) settings: Settings,
    pub(super) inbox: Inbox,
    pub(super) serve_state: ServeState,
    /// Where threads wait until no worker serves, or until the pool's threads have ended.
    left: SleepQueue,
    /// The number of threads that have not ended.
    threads: AtomicUsize,
    slots: Box<[WorkerSlot]>,
}

/// What is known of one worker. Its worker writes it twice a call, so it has a cache line of its
/// own: no false sharing.
#[repr(align(64))]
pub(super) struct WorkerSlot {
    /// Whether the worker runs a call or its initializer. Written by the worker alone, and cleared
    /// before the outcome of its call can be seen.
    is_busy: AtomicBool,
    /// Whether the worker serves, has no call, and runs what tasks have given to rayon.
    helps: AtomicBool,
}

impl WorkerSlot {
    #[inline]
    pub(super) fn set_busy(&self, is_busy: bool) {
        // ORDERING: Relaxed is enough: a thread that sees an outcome, through the cell, sees what
        // the worker wrote before it.
        self.is_busy.store(is_busy, Ordering::Relaxed);
    }

    /// Called by a worker between two calls.
    pub(super) fn set_helps(&self, helps: bool) {
        // ORDERING: SeqCst, as all that `ServeState::has_no_call` reads: it sees this worker help,
        // or the queue before the worker took a call from it.
        self.helps.store(helps, Ordering::SeqCst);
    }
}

impl StealingShared {
    pub(super) fn new(settings: Settings) -> Arc<Self> {
        let slots = (0..settings.workers).map(|_| WorkerSlot {
            is_busy: AtomicBool::new(false),
            helps: AtomicBool::new(false),
        });
        Arc::new(Self {
            slots: slots.collect(),
            inbox: Inbox::new(settings.bound),
            serve_state: ServeState::new(),
            left: SleepQueue::default(),
            threads: AtomicUsize::new(settings.workers),
            settings,
        })
    }

    /// The slot of the worker with this number.
    pub(super) fn slot(&self, number: usize) -> &WorkerSlot {
        &self.slots[number]
    }

    /// The number of calls that are running.
    pub(super) fn count_running(&self) -> usize {
        // ORDERING: Relaxed is enough: a call whose end was seen has been cleared before; see
        // `WorkerSlot`.
        let is_busy = |slot: &&WorkerSlot| slot.is_busy.load(Ordering::Relaxed);
        self.slots.iter().filter(is_busy).count()
    }

    /// Runs the pool's initializer on this thread. A failure breaks the pool.
    pub(super) fn initialize(&self) -> Result<(), TaskError> {
        if self.serve_state.is(BROKEN) {
            return Err(self.inbox.refusal());
        }
        self.settings.initialize().map_err(|reason| {
            self.break_down(reason);
            self.inbox.refusal()
        })
    }

    /// Runs the initializer on a new worker, which counts as busy meanwhile: it may take any time.
    pub(super) fn get_ready(&self, number: usize) {
        let slot = self.slot(number);
        let _callback = worker_context::enter_callback(self.inbox.id);
        slot.set_busy(self.settings.initializer.is_some());
        // A failure breaks the pool, whose calls all fail from then on.
        let _ = self.initialize();
        slot.set_busy(false);
        self.note_left();
    }

    /// Breaks the pool for good: pending and later calls fail.
    fn break_down(&self, reason: String) {
        self.inbox.note_broken(&self.settings.name_prefix, reason);
        self.serve_state.set(BROKEN);
        self.inbox.lift_bound();
        self.inbox.fail_pending(|| self.inbox.refusal());
    }

    /// Takes no more calls.
    pub(super) fn close(&self) {
        self.serve_state.set(CLOSED);
        self.inbox.lift_bound();
    }

    /// A worker has stopped serving: wakes the threads that wait for that.
    pub(super) fn note_left(&self) {
        if self.serve_state.is(WATCHED) {
            self.left.notify_all();
        }
    }

    /// A thread of the pool is about to end.
    pub(super) fn note_ended(&self) {
        // ORDERING: more than is needed: the lock of `left` orders this before a waiter's look.
        self.threads.fetch_sub(1, Ordering::SeqCst);
        self.left.notify_all();
    }

    /// Waits until the threads have ended, at most until the deadline. True if they have.
    pub(super) fn have_threads_ended_by(&self, deadline: Option<Instant>) -> bool {
        let limit = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        // ORDERING: as in `note_ended`.
        let have_ended = || self.threads.load(Ordering::SeqCst) == 0;
        self.left.sleep(limit, have_ended) == WaitEnd::Notified
    }

    /// Waits until no call is pending or running, at most for `limit`. True if so.
    pub(super) fn wait_until_over(&self, limit: Option<Duration>) -> bool {
        self.serve_state.set(WATCHED);
        worker_context::trampoline::run_deferred();
        let _blocking = worker_context::enter_blocking();
        self.left.sleep(limit, || self.is_over()) == WaitEnd::Notified
    }

    /// Whether no call is pending or running, and no worker runs its initializer.
    pub(super) fn is_over(&self) -> bool {
        self.count_running() == 0 && self.serve_state.is_over(|| self.inbox.queue.is_empty())
    }

    /// Whether no call is pending or running; what tasks have given to rayon may be.
    pub(super) fn has_no_call(&self) -> bool {
        // ORDERING: as in `WorkerSlot::set_helps`.
        let helps = |slot: &&WorkerSlot| slot.helps.load(Ordering::SeqCst);
        let helping = || self.slots.iter().filter(helps).count();
        self.serve_state
            .has_no_call(|| self.inbox.queue.is_empty(), helping)
    }
}
