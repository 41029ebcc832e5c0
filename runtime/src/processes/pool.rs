//! One pool: the scheduler, and the threads that stand around it.
//!
//! ```text
//!   submitters ----> scheduler <---- links (what workers say; the dead)     served by one
//!                     |  \                                              of the crew,
//!        supervisor <-'   `---> tell (decodes results, callbacks)       told by another
//!   (starts workers)
//! ```
//!
//! Whoever has changed something at the scheduler does what comes of it once the lock is free: [`Shared::perform`].

use std::{
    cell::Cell,
    sync::{
        Arc, Condvar, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use log::Level;

use super::{
    aloud::StderrForwarder,
    bell::Waker,
    encoded_call::EncodedCall,
    initializer::Check,
    io_threads::IoThreads,
    link::Flushed,
    recipe::WorkerCommand,
    scheduler::{Effects, Scheduler, SchedulerConfig, WorkerId},
    supervisor::{SpawnedWorker, Supervisor},
};
use crate::{
    error::TaskError,
    executor::{Anywhere, Bound, Job},
    future::waiting,
    id::ExecutorId,
    origin::{self, Origin},
    portable::{Packed, Parts},
    sync::Mutex,
    task::{Options, registry},
    unwind, worker_context,
};

/// What the handles, the threads and the calls of a pool share.
pub(super) struct Shared {
    pub(super) id: ExecutorId,
    /// The process whose children the workers are.
    pub(super) origin: Origin,
    pub(super) worker_command: Arc<WorkerCommand>,
    pub(super) records_times: bool,
    /// What each call asks that nobody nearer does.
    defaults: Options,
    pub(super) workers: usize,
    pub(super) identity: super::identity::Identity,
    /// What the result of the initializer means.
    pub(super) check: Option<Check>,
    bound: Option<Arc<Bound>>,
    scheduler: std::sync::Mutex<Scheduler>,
    /// Rung when every call has ended, if somebody waits for that.
    changed: Condvar,
    /// How many wait so. Written under the scheduler's lock.
    waiting: AtomicUsize,
    pub(super) waker: Waker,
    pub(super) io_threads: IoThreads,
    /// What workers said on standard error, if that is heard.
    pub(super) stderr: StderrForwarder,
    /// Starts the workers; gone once no worker is left.
    supervisor: Mutex<Option<Arc<Supervisor>>>,
}

/// What a pool is made of.
pub(super) struct Plan {
    pub(super) worker_command: WorkerCommand,
    pub(super) config: SchedulerConfig,
    pub(super) bound: Option<usize>,
    pub(super) records_times: bool,
    pub(super) defaults: Options,
    pub(super) identity: super::identity::Identity,
    pub(super) check: Option<Check>,
    pub(super) waker: Waker,
    pub(super) supervisor: Arc<Supervisor>,
}

impl Shared {
    pub(super) fn new(plan: Plan) -> Self {
        let id = ExecutorId::new();
        Self {
            id,
            origin: Origin::here(),
            records_times: plan.records_times,
            defaults: plan.defaults,
            workers: plan.config.workers,
            identity: plan.identity,
            check: plan.check,
            bound: plan.bound.map(Bound::new),
            scheduler: std::sync::Mutex::new(Scheduler::new(plan.config)),
            changed: Condvar::new(),
            waiting: AtomicUsize::new(0),
            waker: plan.waker,
            io_threads: IoThreads::default(),
            stderr: StderrForwarder::default(),
            supervisor: Mutex::new(Some(plan.supervisor)),
            worker_command: Arc::new(plan.worker_command),
        }
    }

    /// Takes a call; waits for a place under the bound.
    pub(super) fn execute(self: &Arc<Self>, job: Job<Anywhere>) {
        if !self.origin.is_here() {
            return job.fail(origin::refusal());
        }
        if let Some(bound) = &self.bound {
            bound.admit(&job, self.id);
        }
        self.send(job);
    }

    /// Takes a call if there is room for it.
    pub(super) fn try_execute(self: &Arc<Self>, job: Job<Anywhere>) -> Result<(), Job<Anywhere>> {
        if !self.origin.is_here() {
            job.fail(origin::refusal());
            return Ok(());
        }
        if let Some(bound) = &self.bound {
            let place = bound.try_acquire().or_else(|| {
                // The table knows of starts that this program has not been told of yet.
                let pending = self.scheduler().count().1;
                (pending < bound.limit()).then(|| bound.acquire_over_limit())
            });
            let Some(place) = place else {
                return Err(job);
            };
            job.hold_while_pending(Box::new(place));
        }
        self.send(job);
        Ok(())
    }

    /// Turns the call into bytes, which go to a worker as soon as one has room.
    fn send(self: &Arc<Self>, job: Job<Anywhere>) {
        if let Some(refusal) = self.scheduler().refusal() {
            return job.fail(refusal);
        }
        let task = match job.entry().map(registry::index_of) {
            Some(Ok(task)) => task,
            Some(Err(error)) => return job.fail(TaskError::rejected(error)),
            None => {
                // It never can become bytes, and encoding is what says so.
                let refused = job.encode(&mut Parts::new());
                return debug_assert!(refused.is_none(), "a call without an entry has no bytes");
            }
        };
        let options = self.options_of(&job);
        // A thread that is ending writes into memory of its own.
        let mut parts = PARTS.try_with(Cell::take).unwrap_or_default();
        let sent = job.encode(&mut parts);
        let bytes = Packed::of(&mut parts);
        parts.clear();
        let _ = PARTS.try_with(|own| own.set(parts));
        let Some(sent) = sent else { return };
        let call = EncodedCall::new(task, bytes, sent, options, Arc::downgrade(self));
        if call.attach() {
            self.submit(call);
        }
    }

    /// What counts for a call, of all that is asked.
    fn options_of(&self, job: &Job<Anywhere>) -> Options {
        let nearer = job.options().cloned().unwrap_or_default();
        nearer.or(self.defaults.clone())
    }

    fn submit(self: &Arc<Self>, call: Arc<EncodedCall>) {
        let mut refusal = None;
        let limit = self.worker_command.welcome.frame_limit;
        self.schedule(|scheduler, effects| match scheduler.refusal() {
            None => scheduler.submit(call.clone(), limit, effects),
            Some(error) => refusal = Some(error),
        });
        // Closed since the first look.
        if let Some(error) = refusal
            && let Some(sent) = call.take_sent()
        {
            sent.fail(error);
        }
    }

    /// Changes something at the scheduler, and does what comes of it.
    pub(super) fn schedule<R>(
        self: &Arc<Self>,
        change: impl FnOnce(&mut Scheduler, &mut Effects) -> R,
    ) -> R {
        let (result, mut effects) = self.apply(change);
        effects.wake |= !self
            .io_threads
            .add(std::mem::take(&mut effects.completions));
        self.perform(effects);
        result
    }

    /// As [`schedule`](Self::schedule), on the thread that serves the links.
    pub(super) fn schedule_without_notify<R>(
        self: &Arc<Self>,
        change: impl FnOnce(&mut Scheduler, &mut Effects) -> R,
    ) -> R {
        let (result, mut effects) = self.apply(change);
        self.io_threads
            .add_as_leader(std::mem::take(&mut effects.completions));
        self.perform(effects);
        result
    }

    fn apply<R>(&self, change: impl FnOnce(&mut Scheduler, &mut Effects) -> R) -> (R, Effects) {
        let mut effects = Effects::default();
        let result = change(&mut self.scheduler(), &mut effects);
        (result, effects)
    }

    /// Does what came of a change.
    fn perform(self: &Arc<Self>, effects: Effects) {
        let Effects {
            completions: _,
            flush,
            spawn,
            mut wake,
            claim_in_use,
            idle,
            broken,
        } = effects;
        for outbox in flush {
            // The thread that serves the links sends the rest, and notices the end.
            wake |= outbox.flush() != Flushed::All;
        }
        wake |= claim_in_use;
        if broken {
            self.lift_bound();
        }
        spawn.into_iter().for_each(|id| self.spawn(id));
        if wake {
            self.waker.wake();
        }
        if idle && self.waiting.load(Ordering::SeqCst) > 0 {
            self.changed.notify_all();
        }
    }

    fn spawn(self: &Arc<Self>, id: WorkerId) {
        let supervisor = self.supervisor.lock().clone();
        match supervisor {
            Some(supervisor) => supervisor.spawn(self.clone(), id),
            None => self.spawn_failed("the pool is over"),
        }
    }

    /// The supervisor has started a worker.
    pub(super) fn spawned(self: &Arc<Self>, id: WorkerId, spawned: SpawnedWorker) {
        self.schedule(|scheduler, effects| scheduler.spawned(id, spawned, effects));
    }

    /// The system refused a worker.
    pub(super) fn spawn_failed(self: &Arc<Self>, reason: &str) {
        if self.schedule(|scheduler, effects| scheduler.spawn_failed(reason, effects)) {
            unwind::report(Level::Warn, format_args!("process pool: {reason}"));
        }
    }

    pub(super) fn revoke(self: &Arc<Self>, call: &Arc<EncodedCall>) -> bool {
        // A call that a parent has submitted is the parent's to take back.
        self.origin.is_here() && self.schedule(|scheduler, effects| scheduler.revoke(call, effects))
    }

    pub(super) fn has_started(&self, call: &EncodedCall) -> bool {
        self.origin.is_here() && self.scheduler().has_started(call)
    }

    pub(super) fn abort(self: &Arc<Self>, call: &EncodedCall) -> bool {
        self.origin.is_here() && self.schedule(|scheduler, effects| scheduler.abort(call, effects))
    }

    /// The thread that serves the links has ended, and no worker is left.
    pub(super) fn release_supervisor(&self) {
        let supervisor = self.supervisor.lock().take();
        drop(supervisor);
    }

    /// Waits until every call has ended, at most for `limit`. True if they have.
    pub(super) fn wait_until_idle(&self, limit: Option<Duration>) -> bool {
        worker_context::trampoline::run_deferred();
        let _blocking = worker_context::enter_blocking();
        let mut scheduler = self.scheduler();
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let deadline = waiting::deadline(limit);
        while !scheduler.is_idle() && !waiting::has_passed(deadline) {
            scheduler = match deadline {
                None => self
                    .changed
                    .wait(scheduler)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    let woken = self.changed.wait_timeout(scheduler, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        scheduler.is_idle()
    }

    /// Lets everybody in, to be told that nothing is taken any more.
    pub(super) fn lift_bound(&self) {
        if let Some(bound) = &self.bound {
            bound.lift();
        }
    }

    /// A call is pending again, which counts for the bound.
    pub(super) fn keep_permit(&self, call: &EncodedCall) {
        if let Some(bound) = &self.bound {
            call.hold_while_pending(Box::new(bound.acquire_over_limit()));
        }
    }

    /// Whether only so many calls may be pending.
    pub(super) fn is_bounded(&self) -> bool {
        self.bound.is_some()
    }

    /// Whether the pool may be waiting for this thread: one that runs callbacks of its calls.
    pub(super) fn is_own_thread(&self) -> bool {
        worker_context::belongs_to(self.id)
    }

    pub(super) fn scheduler(&self) -> MutexGuard<'_, Scheduler> {
        self.scheduler
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

thread_local! {
    /// What this thread writes calls into; a `Serialize` that submits has another.
    static PARTS: Cell<Parts> = const { Cell::new(Parts::EMPTY) };
}
