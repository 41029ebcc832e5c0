//! The inbox beside a rayon pool: how a call finds a worker.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    rayon,
    rewake_timer::RewakeTimer,
    serve_state::{BROKEN, CLOSED, ServeState, WATCHED},
    wake_job::{self, BaseDepth, Broadcast},
};
use crate::{
    error::TaskError,
    executor::Job,
    pool_common::{
        inbox::Inbox,
        settings::Settings,
        sleep_queue::{SleepQueue, WaitEnd},
    },
    sync::{AtomicBool, AtomicUsize, Mutex, Ordering},
    worker_context,
};

/// A pool, as its handle and those who serve have it.
pub(super) struct StealingHandle {
    pub(super) shared: Arc<StealingShared>,
    /// Rayon's threads, with queues of their own. They end when this is dropped: with the pool, or when that is closed
    /// and through with its calls. Locked only to call a worker, and once to end them.
    rayon: Mutex<Option<rayon::ThreadPool>>,
    /// Rings again for workers that were found where they may not answer.
    pub(super) rewake_timer: RewakeTimer,
    pub(super) base_depth: BaseDepth,
}

/// What the pool's threads share with it, for as long as they live.
pub(super) struct StealingShared {
    pub(super) settings: Settings,
    pub(super) inbox: Inbox,
    pub(super) serve_state: ServeState,
    /// Where others wait until nobody serves, or until the threads have ended.
    left: SleepQueue,
    /// How many threads have not ended.
    threads: AtomicUsize,
    slots: Box<[WorkerSlot]>,
}

/// One worker, seen from outside; on a cache line of its own, since it is written twice a call.
#[repr(align(64))]
pub(super) struct WorkerSlot {
    /// Whether it runs a call, or gets ready. Written by the worker alone; false before the outcome can be seen.
    is_busy: AtomicBool,
    /// Whether it serves, and has no call but does what tasks have given to rayon.
    helps: AtomicBool,
}

impl WorkerSlot {
    #[inline]
    pub(super) fn set_busy(&self, is_busy: bool) {
        // ORDERING: whoever sees an outcome, through the cell, sees this as well.
        self.is_busy.store(is_busy, Ordering::Relaxed);
    }

    /// Said by a worker between two calls.
    pub(super) fn set_helps(&self, helps: bool) {
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

    /// How many calls are running now.
    pub(super) fn count_running(&self) -> usize {
        // ORDERING: a call that was seen to end was marked before; see `WorkerSlot`.
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

    /// Runs the initializer on a fresh worker, which is busy meanwhile: nobody can tell how long that takes.
    pub(super) fn get_ready(&self, number: usize) {
        let slot = self.slot(number);
        let _callback = worker_context::enter_callback(self.inbox.id);
        slot.set_busy(self.settings.initializer.is_some());
        // A failure breaks the pool, so that nothing runs here but what fails every call.
        let _ = self.initialize();
        slot.set_busy(false);
        self.note_left();
    }

    /// Breaks the pool for good: what is pending and what comes later fails.
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

    /// A worker has left: tells those who wait for that.
    pub(super) fn note_left(&self) {
        if self.serve_state.is(WATCHED) {
            self.left.notify_all();
        }
    }

    /// A thread of the pool is about to end.
    pub(super) fn note_ended(&self) {
        self.threads.fetch_sub(1, Ordering::SeqCst);
        self.left.notify_all();
    }

    /// Waits until the threads have ended, at most until the deadline. True if they have.
    pub(super) fn have_threads_ended_by(&self, deadline: Option<Instant>) -> bool {
        let limit = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
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

    /// Whether no call is pending or running, and no worker gets ready.
    pub(super) fn is_over(&self) -> bool {
        self.count_running() == 0 && self.serve_state.is_over(|| self.inbox.queue.is_empty())
    }

    /// Whether no call is pending or running; what tasks have given to rayon may be.
    pub(super) fn has_no_call(&self) -> bool {
        let helps = |slot: &&WorkerSlot| slot.helps.load(Ordering::SeqCst);
        let helping = || self.slots.iter().filter(helps).count();
        self.serve_state
            .has_no_call(|| self.inbox.queue.is_empty(), helping)
    }

    /// Whether the pool may be waiting for this thread: a worker of its own, or one
    /// that runs a callback of its calls.
    pub(super) fn is_own_thread(&self) -> bool {
        worker_context::belongs_to(self.inbox.id)
    }
}

impl StealingHandle {
    pub(super) fn new(shared: Arc<StealingShared>, rayon: rayon::ThreadPool) -> Arc<Self> {
        let rewake_timer = RewakeTimer::new(format!("{}_steward", shared.settings.name_prefix));
        let pool = Arc::new(Self {
            shared,
            rayon: Mutex::new(Some(rayon)),
            rewake_timer,
            base_depth: BaseDepth::new(),
        });
        pool.spawn_broadcast(Broadcast::first(pool.shared.settings.workers));
        pool
    }

    #[inline]
    pub(super) fn execute(self: &Arc<Self>, job: Job) {
        if !self.shared.inbox.origin.is_here() {
            return job.fail(self.shared.inbox.refusal());
        }
        self.shared.inbox.admit(&job);
        self.enqueue(job);
    }

    pub(super) fn try_execute(self: &Arc<Self>, job: Job) -> Result<(), Job> {
        if !self.shared.inbox.origin.is_here() {
            job.fail(self.shared.inbox.refusal());
            return Ok(());
        }
        if !self.shared.inbox.try_admit(&job) {
            return Err(job);
        }
        self.enqueue(job);
        Ok(())
    }

    #[inline]
    fn enqueue(self: &Arc<Self>, job: Job) {
        let StealingShared {
            serve_state, inbox, ..
        } = &*self.shared;
        if serve_state.is(CLOSED | BROKEN) {
            return job.fail(inbox.refusal());
        }
        inbox.queue.push(job);
        self.find_worker();
    }

    /// Has somebody come for what was pushed, unless somebody will look anyhow.
    #[inline]
    pub(super) fn find_worker(self: &Arc<Self>) {
        let StealingShared {
            serve_state,
            settings,
            ..
        } = &*self.shared;
        if serve_state.must_wake(settings.workers) {
            self.spawn_wake_job_cold();
        }
        if serve_state.is(BROKEN) {
            // Broken since the look before the push: nobody may come.
            let inbox = &self.shared.inbox;
            inbox.fail_pending(|| inbox.refusal());
        }
    }

    /// Rings for every worker, in place of a bell that was declined; unless there is nothing to come for any more.
    pub(super) fn wake_by_broadcast(self: &Arc<Self>) {
        if self.shared.inbox.queue.is_empty() {
            self.withdraw_wake();
        } else {
            self.spawn_broadcast(Broadcast::open(self.shared.settings.workers));
        }
    }

    /// Nobody comes for the bell any more; somebody else is called if there is still something to come for.
    pub(super) fn withdraw_wake(self: &Arc<Self>) {
        let StealingShared {
            serve_state, inbox, ..
        } = &*self.shared;
        serve_state.clear_wake();
        if inbox.queue.is_empty() {
            self.note_left();
        } else {
            self.find_worker();
        }
    }

    /// Puts a bell into rayon's queue.
    #[cold]
    fn spawn_wake_job_cold(self: &Arc<Self>) {
        let pool = self.clone();
        self.call(|rayon| rayon.spawn(move || wake_job::run(&pool)));
    }

    /// Puts a bell where each worker alone will find it.
    fn spawn_broadcast(self: &Arc<Self>, broadcast: Arc<Broadcast>) {
        let pool = self.clone();
        self.call(|rayon| {
            rayon.spawn_broadcast(move |_| wake_job::run_broadcast(&pool, &broadcast));
        });
    }

    /// Has rayon's threads called; if they have ended, what came too late fails.
    fn call(&self, ring: impl FnOnce(&rayon::ThreadPool)) {
        let rayon = self.rayon.lock();
        if let Some(rayon) = &*rayon {
            return ring(rayon);
        }
        drop(rayon);
        let StealingShared {
            serve_state, inbox, ..
        } = &*self.shared;
        serve_state.clear_wake();
        inbox.fail_pending(|| inbox.refusal());
    }

    /// A worker has left: tells those who wait for that, and ends the threads of a closed pool that is through.
    pub(super) fn note_left(&self) {
        self.shared.note_left();
        if self.shared.serve_state.is(CLOSED) {
            self.end_if_over();
        }
    }

    /// Takes no more calls.
    pub(super) fn close(&self) {
        self.shared.close();
        self.end_if_over();
    }

    /// Lets the threads of a closed pool end if no call is left: a push that comes later finds that they have.
    fn end_if_over(&self) {
        let mut rayon = self.rayon.lock();
        if self.shared.is_over() {
            let ended = rayon.take();
            drop(rayon);
            // Tells the threads, and waits for none of them: this may be one.
            drop(ended);
            self.rewake_timer.end();
        }
    }
}
