//! The inbox beside a rayon pool: how a call finds a worker.

use std::sync::Arc;

use super::{
    rayon,
    rewake_timer::RewakeTimer,
    serve_state::{BROKEN, CLOSED},
    shared::StealingShared,
    wake_job::{self, BaseDepth, Broadcast},
};
use crate::{executor::Job, sync::Mutex};

/// A pool, as its public handle and the workers that serve hold it.
pub(super) struct StealingHandle {
    pub(super) shared: Arc<StealingShared>,
    /// Rayon's threads, with a queue each. They end when this is dropped: with the pool, or when
    /// the pool is closed and has run its calls. Locked only to wake a worker, and once to end the
    /// threads.
    rayon: Mutex<Option<rayon::ThreadPool>>,
    /// Wakes again if the last wake jobs found only workers that may not serve.
    pub(super) rewake_timer: RewakeTimer,
    pub(super) base_depth: BaseDepth,
}

impl StealingHandle {
    pub(super) fn new(shared: Arc<StealingShared>, rayon: rayon::ThreadPool) -> Arc<Self> {
        // The name is promised by the contract.
        let timer_name = format!("{}_steward", shared.settings.name_prefix);
        let pool = Arc::new(Self {
            shared,
            rayon: Mutex::new(Some(rayon)),
            rewake_timer: RewakeTimer::new(timer_name),
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

    /// Wakes a worker for what was pushed, unless a worker will look into the queue anyhow.
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
            // Broken since the look before the push: perhaps no worker will come.
            let inbox = &self.shared.inbox;
            inbox.fail_pending(|| inbox.refusal());
        }
    }

    /// Wakes every worker, in place of a wake job that was declined; unless the queue is empty.
    pub(super) fn wake_by_broadcast(self: &Arc<Self>) {
        if self.shared.inbox.queue.is_empty() {
            self.withdraw_wake();
        } else {
            self.spawn_broadcast(Broadcast::open(self.shared.settings.workers));
        }
    }

    /// No worker will answer the pending wake: another one is woken if calls are left.
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

    /// Pushes a wake job into rayon's queue.
    #[cold]
    fn spawn_wake_job_cold(self: &Arc<Self>) {
        let pool = self.clone();
        self.with_rayon(|rayon| rayon.spawn(move || wake_job::run(&pool)));
    }

    /// Pushes a wake job into the queue of each worker, where no other worker takes it.
    fn spawn_broadcast(self: &Arc<Self>, broadcast: Arc<Broadcast>) {
        let pool = self.clone();
        self.with_rayon(|rayon| {
            rayon.spawn_broadcast(move |_| wake_job::run_broadcast(&pool, &broadcast));
        });
    }

    /// Wakes rayon's threads with `wake`; if they have ended, the calls that came too late fail.
    fn with_rayon(&self, wake: impl FnOnce(&rayon::ThreadPool)) {
        let rayon = self.rayon.lock();
        if let Some(rayon) = &*rayon {
            return wake(rayon);
        }
        drop(rayon);
        let StealingShared {
            serve_state, inbox, ..
        } = &*self.shared;
        serve_state.clear_wake();
        inbox.fail_pending(|| inbox.refusal());
    }

    /// A worker has stopped serving: wakes the threads that wait for that, and ends the threads of
    /// a closed pool that has run its calls.
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

    /// Lets the threads of a closed pool end if no call is left. A later push finds them ended.
    fn end_if_over(&self) {
        let mut rayon = self.rayon.lock();
        if self.shared.is_over() {
            let ended = rayon.take();
            drop(rayon);
            // Ends the threads and waits for none of them, since this may be one.
            drop(ended);
            self.rewake_timer.end();
        }
    }
}
