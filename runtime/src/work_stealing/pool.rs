//! The inbox beside a rayon pool: how a call finds a worker.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    bell::{self, Home, Round},
    duty::{BROKEN, CLOSED, Duty, WATCHED},
    rayon,
    steward::Steward,
};
use crate::{
    error::TaskError,
    executor::Job,
    local::{
        inbox::Inbox,
        lot::{Awake, Lot},
        settings::Settings,
    },
    sync::{AtomicBool, AtomicUsize, Mutex, Ordering},
    worker,
};

/// A pool, as its handle and those who serve have it.
pub(super) struct Pool {
    pub(super) roster: Arc<Roster>,
    /// Rayon's threads, with queues of their own. They end when this is dropped: with the pool, or when that is closed
    /// and through with its calls. Locked only to call a worker, and once to end them.
    rayon: Mutex<Option<rayon::ThreadPool>>,
    /// Rings again for workers that were found where they may not answer.
    pub(super) steward: Steward,
    pub(super) home: Home,
}

/// What the pool's threads share with it, for as long as they live.
pub(super) struct Roster {
    pub(super) settings: Settings,
    pub(super) inbox: Inbox,
    pub(super) duty: Duty,
    /// Where others wait until nobody serves, or until the threads have ended.
    left: Lot,
    /// How many threads have not ended.
    threads: AtomicUsize,
    seats: Box<[Seat]>,
}

/// One worker, seen from outside; on a cache line of its own, since it is written twice a call.
#[repr(align(64))]
pub(super) struct Seat {
    /// Whether it runs a call, or gets ready. Written by the worker alone; false before the outcome can be seen.
    is_busy: AtomicBool,
    /// Whether it serves, and has no call but does what tasks have given to rayon.
    helps: AtomicBool,
}

impl Seat {
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

impl Roster {
    pub(super) fn new(settings: Settings) -> Arc<Self> {
        let seats = (0..settings.workers).map(|_| Seat {
            is_busy: AtomicBool::new(false),
            helps: AtomicBool::new(false),
        });
        Arc::new(Self {
            seats: seats.collect(),
            inbox: Inbox::new(settings.bound),
            duty: Duty::new(),
            left: Lot::default(),
            threads: AtomicUsize::new(settings.workers),
            settings,
        })
    }

    /// The seat of the worker with this number.
    pub(super) fn seat(&self, number: usize) -> &Seat {
        &self.seats[number]
    }

    /// How many calls are running now.
    pub(super) fn count_running(&self) -> usize {
        // ORDERING: a call that was seen to end was marked before; see `Seat`.
        let is_busy = |seat: &&Seat| seat.is_busy.load(Ordering::Relaxed);
        self.seats.iter().filter(is_busy).count()
    }

    /// Runs the pool's initializer on this thread. A failure breaks the pool.
    pub(super) fn initialize(&self) -> Result<(), TaskError> {
        if self.duty.is(BROKEN) {
            return Err(self.inbox.refusal());
        }
        self.settings.initialize().map_err(|reason| {
            self.break_down(reason);
            self.inbox.refusal()
        })
    }

    /// Runs the initializer on a fresh worker, which is busy meanwhile: nobody can tell how long that takes.
    pub(super) fn get_ready(&self, number: usize) {
        let seat = self.seat(number);
        let _tending = worker::tend(self.inbox.id);
        seat.set_busy(self.settings.initializer.is_some());
        // A failure breaks the pool, so that nothing runs here but what fails every call.
        let _ = self.initialize();
        seat.set_busy(false);
        self.note_left();
    }

    /// Breaks the pool for good: what is pending and what comes later fails.
    fn break_down(&self, reason: String) {
        self.inbox.note_broken(&self.settings.name_prefix, reason);
        self.duty.set(BROKEN);
        self.inbox.lift_bound();
        self.inbox.fail_pending(|| self.inbox.refusal());
    }

    /// Takes no more calls.
    pub(super) fn close(&self) {
        self.duty.set(CLOSED);
        self.inbox.lift_bound();
    }

    /// A worker has left: tells those who wait for that.
    pub(super) fn note_left(&self) {
        if self.duty.is(WATCHED) {
            self.left.ring_all();
        }
    }

    /// A thread of the pool is about to end.
    pub(super) fn note_ended(&self) {
        self.threads.fetch_sub(1, Ordering::SeqCst);
        self.left.ring_all();
    }

    /// Waits until the threads have ended, at most until the deadline. True if they have.
    pub(super) fn have_threads_ended_by(&self, deadline: Option<Instant>) -> bool {
        let limit = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let have_ended = || self.threads.load(Ordering::SeqCst) == 0;
        self.left.sleep(limit, have_ended) == Awake::Rung
    }

    /// Waits until no call is pending or running, at most for `limit`. True if so.
    pub(super) fn wait_until_over(&self, limit: Option<Duration>) -> bool {
        self.duty.set(WATCHED);
        worker::trampoline::catch_up();
        let _asleep = worker::fall_asleep();
        self.left.sleep(limit, || self.is_over()) == Awake::Rung
    }

    /// Whether no call is pending or running, and no worker gets ready.
    pub(super) fn is_over(&self) -> bool {
        self.count_running() == 0 && self.duty.is_over(|| self.inbox.queue.is_empty())
    }

    /// Whether no call is pending or running; what tasks have given to rayon may be.
    pub(super) fn has_no_call(&self) -> bool {
        let helps = |seat: &&Seat| seat.helps.load(Ordering::SeqCst);
        let helping = || self.seats.iter().filter(helps).count();
        self.duty
            .has_no_call(|| self.inbox.queue.is_empty(), helping)
    }

    /// Whether the pool may be waiting for this thread: a worker of its own, or one
    /// that runs a callback of its calls.
    pub(super) fn is_own_thread(&self) -> bool {
        worker::belongs_to(self.inbox.id)
    }
}

impl Pool {
    pub(super) fn new(roster: Arc<Roster>, rayon: rayon::ThreadPool) -> Arc<Self> {
        let steward = Steward::new(format!("{}_steward", roster.settings.name_prefix));
        let pool = Arc::new(Self {
            roster,
            rayon: Mutex::new(Some(rayon)),
            steward,
            home: Home::new(),
        });
        pool.put_round(Round::first(pool.roster.settings.workers));
        pool
    }

    #[inline]
    pub(super) fn execute(self: &Arc<Self>, job: Job) {
        if !self.roster.inbox.origin.is_here() {
            return job.fail(self.roster.inbox.refusal());
        }
        self.roster.inbox.admit(&job);
        self.enqueue(job);
    }

    pub(super) fn try_execute(self: &Arc<Self>, job: Job) -> Result<(), Job> {
        if !self.roster.inbox.origin.is_here() {
            job.fail(self.roster.inbox.refusal());
            return Ok(());
        }
        if !self.roster.inbox.try_admit(&job) {
            return Err(job);
        }
        self.enqueue(job);
        Ok(())
    }

    #[inline]
    fn enqueue(self: &Arc<Self>, job: Job) {
        let Roster { duty, inbox, .. } = &*self.roster;
        if duty.is(CLOSED | BROKEN) {
            return job.fail(inbox.refusal());
        }
        inbox.queue.push(job);
        self.find_worker();
    }

    /// Has somebody come for what was pushed, unless somebody will look anyhow.
    #[inline]
    pub(super) fn find_worker(self: &Arc<Self>) {
        let Roster { duty, settings, .. } = &*self.roster;
        if duty.must_ring(settings.workers) {
            self.ring_cold();
        }
        if duty.is(BROKEN) {
            // Broken since the look before the push: nobody may come.
            let inbox = &self.roster.inbox;
            inbox.fail_pending(|| inbox.refusal());
        }
    }

    /// Rings for every worker, in place of a bell that was declined; unless there is nothing to come for any more.
    pub(super) fn ring_round(self: &Arc<Self>) {
        if self.roster.inbox.queue.is_empty() {
            self.silence();
        } else {
            self.put_round(Round::open(self.roster.settings.workers));
        }
    }

    /// Nobody comes for the bell any more; somebody else is called if there is still something to come for.
    pub(super) fn silence(self: &Arc<Self>) {
        let Roster { duty, inbox, .. } = &*self.roster;
        duty.silence();
        if inbox.queue.is_empty() {
            self.note_left();
        } else {
            self.find_worker();
        }
    }

    /// Puts a bell into rayon's queue.
    #[cold]
    fn ring_cold(self: &Arc<Self>) {
        let pool = self.clone();
        self.call(|rayon| rayon.spawn(move || bell::come_upon(&pool)));
    }

    /// Puts a bell where each worker alone will find it.
    fn put_round(self: &Arc<Self>, round: Arc<Round>) {
        let pool = self.clone();
        self.call(|rayon| {
            rayon.spawn_broadcast(move |_| bell::come_upon_round(&pool, &round));
        });
    }

    /// Has rayon's threads called; if they have ended, what came too late fails.
    fn call(&self, ring: impl FnOnce(&rayon::ThreadPool)) {
        let rayon = self.rayon.lock();
        if let Some(rayon) = &*rayon {
            return ring(rayon);
        }
        drop(rayon);
        let Roster { duty, inbox, .. } = &*self.roster;
        duty.silence();
        inbox.fail_pending(|| inbox.refusal());
    }

    /// A worker has left: tells those who wait for that, and ends the threads of a closed pool that is through.
    pub(super) fn note_left(&self) {
        self.roster.note_left();
        if self.roster.duty.is(CLOSED) {
            self.end_if_over();
        }
    }

    /// Takes no more calls.
    pub(super) fn close(&self) {
        self.roster.close();
        self.end_if_over();
    }

    /// Lets the threads of a closed pool end if no call is left: a push that comes later finds that they have.
    fn end_if_over(&self) {
        let mut rayon = self.rayon.lock();
        if self.roster.is_over() {
            let ended = rayon.take();
            drop(rayon);
            // Tells the threads, and waits for none of them: this may be one.
            drop(ended);
            self.steward.end();
        }
    }
}
