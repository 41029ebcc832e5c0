//! The state of a pool, behind its handles, threads and calls.
//!
//! ```text
//!   submitters ----> scheduler <---- reactor (answers, ends of workers)    leader
//!                     |  \
//!       supervisor <--'   `---> complete (decodes results, callbacks)      follower
//!   (spawns workers)
//! ```
//!
//! A thread that changes the scheduler performs the effects once the lock is free, see
//! [`Shared::schedule`].

use std::{
    sync::{
        Arc, Condvar, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use log::Level;

use super::{io_threads::IoThreads, waker::Waker};
use crate::{
    deadline,
    executor::{Bound, SkipLog},
    id::ExecutorId,
    origin::Origin,
    processes::{
        parent::{
            handle::{SpawnedWorker, outbox::Flushed},
            scheduler::{
                Effects, Scheduler, SchedulerConfig,
                encoded_call::{EncodedCall, Revoke},
            },
            spawn::{command::WorkerCommand, initializer::Check, supervisor::Supervisor},
            stderr::{forward::StderrForwarder, options::OutputOptions},
        },
        wire::identity::{Identity, WorkerId},
    },
    sync::Mutex,
    task::Options,
    unwind, worker_context,
};

/// The shared state of one pool.
pub(crate) struct Shared {
    pub(crate) id: ExecutorId,
    /// The process that made the pool: its workers are children of that.
    pub(crate) origin: Origin,
    pub(crate) worker_command: Arc<WorkerCommand>,
    /// What is kept and forwarded of what workers print and log.
    pub(crate) output_options: OutputOptions,
    pub(crate) records_times: bool,
    /// What the pool has skipped of the options of calls, if it does that.
    pub(crate) skips: Option<SkipLog>,
    /// The options of calls that neither the call nor its task sets.
    pub(crate) defaults: Options,
    pub(crate) workers: usize,
    pub(crate) identity: Identity,
    /// Decides whether the result of the initializer is a failure.
    pub(crate) check: Option<Check>,
    pub(crate) bound: Option<Arc<Bound>>,
    scheduler: std::sync::Mutex<Scheduler>,
    /// Notified when every call is settled, if a thread waits for that.
    idle: Condvar,
    /// The number of threads that wait on `idle`. Written under the scheduler's lock, read without.
    idle_waiters: AtomicUsize,
    pub(crate) waker: Waker,
    pub(crate) io_threads: IoThreads,
    /// Forwards the standard error of workers.
    pub(crate) stderr: StderrForwarder,
    /// Spawns the workers; gone once no worker is left.
    supervisor: Mutex<Option<Arc<Supervisor>>>,
}

/// The parts of a new pool.
pub(crate) struct Plan {
    pub(crate) worker_command: WorkerCommand,
    pub(crate) output_options: OutputOptions,
    pub(crate) config: SchedulerConfig,
    pub(crate) bound: Option<usize>,
    pub(crate) records_times: bool,
    pub(crate) skips: Option<SkipLog>,
    pub(crate) defaults: Options,
    pub(crate) identity: Identity,
    pub(crate) check: Option<Check>,
    pub(crate) waker: Waker,
    pub(crate) supervisor: Arc<Supervisor>,
}

impl Shared {
    pub(crate) fn new(plan: Plan) -> Self {
        let id = ExecutorId::new();
        Self {
            id,
            origin: Origin::here(),
            records_times: plan.records_times,
            skips: plan.skips,
            defaults: plan.defaults,
            workers: plan.config.workers,
            identity: plan.identity,
            check: plan.check,
            bound: plan.bound.map(Bound::new),
            scheduler: std::sync::Mutex::new(Scheduler::new(plan.config)),
            idle: Condvar::new(),
            idle_waiters: AtomicUsize::new(0),
            waker: plan.waker,
            io_threads: IoThreads::default(),
            stderr: StderrForwarder::default(),
            supervisor: Mutex::new(Some(plan.supervisor)),
            worker_command: Arc::new(plan.worker_command),
            output_options: plan.output_options,
        }
    }

    /// Applies `change` to the scheduler, then performs the effects. Completions are handed to a
    /// thread, the leader if there is no other.
    pub(crate) fn schedule<R>(
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

    /// As [`schedule`](Self::schedule), on the leader: wakes no thread, because the leader looks
    /// for completions before it polls.
    pub(crate) fn schedule_without_notify<R>(
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

    /// Performs the effects of a change.
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
            // The reactor sends the rest, and notices a closed connection.
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
        // ORDERING: the lock orders these: a waiter counts itself, and checks, under the lock that
        // the change was made under.
        if idle && self.idle_waiters.load(Ordering::SeqCst) > 0 {
            self.idle.notify_all();
        }
    }

    fn spawn(self: &Arc<Self>, id: WorkerId) {
        let supervisor = self.supervisor.lock().clone();
        let Some(supervisor) = supervisor else {
            return self.spawn_failed("the pool is over");
        };
        let pool = self.clone();
        supervisor.spawn(self.worker_command.clone(), move |spawned| match spawned {
            Ok(spawned) => pool.spawned(id, spawned),
            Err(error) => pool.spawn_failed(&error.to_string()),
        });
    }

    /// The supervisor has spawned a worker.
    fn spawned(self: &Arc<Self>, id: WorkerId, spawned: SpawnedWorker) {
        self.schedule(|scheduler, effects| scheduler.spawned(id, spawned, effects));
    }

    /// The system refused to spawn a worker.
    fn spawn_failed(self: &Arc<Self>, reason: &str) {
        if self.schedule(|scheduler, effects| scheduler.spawn_failed(reason, effects)) {
            unwind::report(Level::Warn, format_args!("process pool: {reason}"));
        }
    }

    /// The pool has ended: lets go of the supervisor, which ends with the last pool.
    pub(crate) fn release_supervisor(&self) {
        let supervisor = self.supervisor.lock().take();
        drop(supervisor);
    }

    /// Waits until every call is settled, at most for `limit`. True if they are.
    pub(crate) fn wait_until_idle(&self, limit: Option<Duration>) -> bool {
        worker_context::trampoline::run_deferred();
        let _blocking = worker_context::enter_blocking();
        let mut scheduler = self.scheduler();
        // ORDERING: as in `perform`, here and below.
        self.idle_waiters.fetch_add(1, Ordering::SeqCst);
        let deadline = deadline::after(limit);
        while !scheduler.is_idle() && !deadline::has_passed(deadline) {
            scheduler = match deadline {
                None => self
                    .idle
                    .wait(scheduler)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    let woken = self.idle.wait_timeout(scheduler, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        self.idle_waiters.fetch_sub(1, Ordering::SeqCst);
        scheduler.is_idle()
    }

    /// Lifts the bound: blocked submitters go on, and are refused.
    pub(crate) fn lift_bound(&self) {
        if let Some(bound) = &self.bound {
            bound.lift();
        }
    }

    /// A call is pending again: takes a permit, beyond the bound if need be.
    pub(crate) fn keep_permit(&self, call: &EncodedCall) {
        if let Some(bound) = &self.bound {
            call.hold_while_pending(Box::new(bound.acquire_over_limit()));
        }
    }

    /// Whether this thread belongs to the pool, so that waiting for the pool would be a deadlock.
    pub(crate) fn is_own_thread(&self) -> bool {
        worker_context::belongs_to(self.id)
    }

    pub(crate) fn scheduler(&self) -> MutexGuard<'_, Scheduler> {
        self.scheduler
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Revoke for Shared {
    fn revoke(self: Arc<Self>, call: &Arc<EncodedCall>) -> bool {
        // A call that a parent has submitted is the parent's to take back.
        self.origin.is_here() && self.schedule(|scheduler, effects| scheduler.revoke(call, effects))
    }

    fn has_started(&self, call: &EncodedCall) -> bool {
        self.origin.is_here() && self.scheduler().has_started(call)
    }

    fn abort(self: Arc<Self>, call: &EncodedCall) -> bool {
        self.origin.is_here() && self.schedule(|scheduler, effects| scheduler.abort(call, effects))
    }
}
