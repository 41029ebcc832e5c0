//! One pool: the desk, and the threads that stand around it.
//!
//! ```text
//!   submitters ----> desk <---- links (what workers say; the dead)     served by one
//!                     |  \                                              of the crew,
//!        supervisor <-'   `---> tell (decodes results, callbacks)       told by another
//!   (starts workers)
//! ```
//!
//! Whoever has changed something at the desk does what comes of it once the lock is free: [`Pool::act`].

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
    encoded_call::Parcel,
    initializer::Check,
    io_threads::Crew,
    link::Flushed,
    recipe::WorkerCommand,
    scheduler::{Desk, Next, Rules, WorkerId},
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
pub(super) struct Pool {
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
    desk: std::sync::Mutex<Desk>,
    /// Rung when every call has ended, if somebody waits for that.
    changed: Condvar,
    /// How many wait so. Written under the desk's lock.
    waiting: AtomicUsize,
    pub(super) waker: Waker,
    pub(super) crew: Crew,
    /// What workers said on standard error, if that is heard.
    pub(super) stderr: StderrForwarder,
    /// Starts the workers; gone once no worker is left.
    supervisor: Mutex<Option<Arc<Supervisor>>>,
}

/// What a pool is made of.
pub(super) struct Plan {
    pub(super) worker_command: WorkerCommand,
    pub(super) rules: Rules,
    pub(super) bound: Option<usize>,
    pub(super) records_times: bool,
    pub(super) defaults: Options,
    pub(super) identity: super::identity::Identity,
    pub(super) check: Option<Check>,
    pub(super) waker: Waker,
    pub(super) supervisor: Arc<Supervisor>,
}

impl Pool {
    pub(super) fn new(plan: Plan) -> Self {
        let id = ExecutorId::new();
        Self {
            id,
            origin: Origin::here(),
            records_times: plan.records_times,
            defaults: plan.defaults,
            workers: plan.rules.workers,
            identity: plan.identity,
            check: plan.check,
            bound: plan.bound.map(Bound::new),
            desk: std::sync::Mutex::new(Desk::new(plan.rules)),
            changed: Condvar::new(),
            waiting: AtomicUsize::new(0),
            waker: plan.waker,
            crew: Crew::default(),
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
                let pending = self.desk().count().1;
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
        if let Some(refusal) = self.desk().refusal() {
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
        let options = self.asked(&job);
        // A thread that is ending writes into memory of its own.
        let mut parts = PARTS.try_with(Cell::take).unwrap_or_default();
        let sent = job.encode(&mut parts);
        let bytes = Packed::of(&mut parts);
        parts.clear();
        let _ = PARTS.try_with(|own| own.set(parts));
        let Some(sent) = sent else { return };
        let parcel = Parcel::new(task, bytes, sent, options, Arc::downgrade(self));
        if parcel.attach() {
            self.hand_over(parcel);
        }
    }

    /// What counts for a call, of all that is asked.
    fn asked(&self, job: &Job<Anywhere>) -> Options {
        let nearer = job.options().cloned().unwrap_or_default();
        nearer.or(self.defaults.clone())
    }

    fn hand_over(self: &Arc<Self>, parcel: Arc<Parcel>) {
        let mut refusal = None;
        let limit = self.worker_command.welcome.frame_limit;
        self.at_desk(|desk, next| match desk.refusal() {
            None => desk.submit(parcel.clone(), limit, next),
            Some(error) => refusal = Some(error),
        });
        // Closed since the first look.
        if let Some(error) = refusal
            && let Some(sent) = parcel.take_sent()
        {
            sent.fail(error);
        }
    }

    /// Changes something at the desk, and does what comes of it.
    pub(super) fn at_desk<R>(
        self: &Arc<Self>,
        change: impl FnOnce(&mut Desk, &mut Next) -> R,
    ) -> R {
        let (result, mut next) = self.change(change);
        next.wake |= !self.crew.add(std::mem::take(&mut next.verdicts));
        self.act(next);
        result
    }

    /// As [`at_desk`](Self::at_desk), on the thread that serves the links.
    pub(super) fn at_desk_serving<R>(
        self: &Arc<Self>,
        change: impl FnOnce(&mut Desk, &mut Next) -> R,
    ) -> R {
        let (result, mut next) = self.change(change);
        self.crew.add_serving(std::mem::take(&mut next.verdicts));
        self.act(next);
        result
    }

    fn change<R>(&self, change: impl FnOnce(&mut Desk, &mut Next) -> R) -> (R, Next) {
        let mut next = Next::default();
        let result = change(&mut self.desk(), &mut next);
        (result, next)
    }

    /// Does what came of a change.
    fn act(self: &Arc<Self>, next: Next) {
        let Next {
            verdicts: _,
            flush,
            hire,
            mut wake,
            in_use,
            quiet,
            broke,
        } = next;
        for outbox in flush {
            // The thread that serves the links sends the rest, and notices the end.
            wake |= outbox.flush() != Flushed::All;
        }
        wake |= in_use;
        if broke {
            self.lift_bound();
        }
        hire.into_iter().for_each(|id| self.order(id));
        if wake {
            self.waker.wake();
        }
        if quiet && self.waiting.load(Ordering::SeqCst) > 0 {
            self.changed.notify_all();
        }
    }

    fn order(self: &Arc<Self>, id: WorkerId) {
        let supervisor = self.supervisor.lock().clone();
        match supervisor {
            Some(supervisor) => supervisor.spawn(self.clone(), id),
            None => self.stillborn("the pool is over"),
        }
    }

    /// The supervisor has started a worker.
    pub(super) fn born(self: &Arc<Self>, id: WorkerId, spawned: SpawnedWorker) {
        self.at_desk(|desk, next| desk.born(id, spawned, next));
    }

    /// The system refused a worker.
    pub(super) fn stillborn(self: &Arc<Self>, reason: &str) {
        if self.at_desk(|desk, next| desk.stillborn(reason, next)) {
            unwind::report(Level::Warn, format_args!("process pool: {reason}"));
        }
    }

    pub(super) fn recall(self: &Arc<Self>, parcel: &Arc<Parcel>) -> bool {
        // A call that a parent has submitted is the parent's to take back.
        self.origin.is_here() && self.at_desk(|desk, next| desk.recall(parcel, next))
    }

    pub(super) fn has_started(&self, parcel: &Parcel) -> bool {
        self.origin.is_here() && self.desk().has_started(parcel)
    }

    pub(super) fn abort(self: &Arc<Self>, parcel: &Parcel) -> bool {
        self.origin.is_here() && self.at_desk(|desk, next| desk.abort(parcel, next))
    }

    /// The thread that serves the links has ended, and no worker is left.
    pub(super) fn let_supervisor_go(&self) {
        let supervisor = self.supervisor.lock().take();
        drop(supervisor);
    }

    /// Waits until every call has ended, at most for `limit`. True if they have.
    pub(super) fn wait_until_quiet(&self, limit: Option<Duration>) -> bool {
        worker_context::trampoline::run_deferred();
        let _blocking = worker_context::enter_blocking();
        let mut desk = self.desk();
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let deadline = waiting::deadline(limit);
        while !desk.is_quiet() && !waiting::has_passed(deadline) {
            desk = match deadline {
                None => self
                    .changed
                    .wait(desk)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    let woken = self.changed.wait_timeout(desk, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        desk.is_quiet()
    }

    /// Lets everybody in, to be told that nothing is taken any more.
    pub(super) fn lift_bound(&self) {
        if let Some(bound) = &self.bound {
            bound.lift();
        }
    }

    /// A call is pending again, which counts for the bound.
    pub(super) fn keep_place(&self, parcel: &Parcel) {
        if let Some(bound) = &self.bound {
            parcel.hold_while_pending(Box::new(bound.acquire_over_limit()));
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

    pub(super) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

thread_local! {
    /// What this thread writes calls into; a `Serialize` that submits has another.
    static PARTS: Cell<Parts> = const { Cell::new(Parts::EMPTY) };
}
