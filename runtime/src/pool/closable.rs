//! An executor that has no shutdown of its own, made closable.

use std::{
    any,
    borrow::Cow,
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use super::owned::OwnedExecutor;
use crate::{
    error::TaskError,
    executor::{AnyExecutor, Anywhere, Executor, Job, SkipLog, StillBusy, Tuning},
    id::ExecutorId,
    task::Options,
};

/// Forwards jobs to `E` until it is closed.
pub(super) struct Closable<E> {
    executor: E,
    is_closed: AtomicBool,
}

impl<E> Closable<E> {
    pub(super) fn to(executor: E) -> Self {
        let is_closed = AtomicBool::new(false);
        Self {
            executor,
            is_closed,
        }
    }

    /// Returns the job if this is open; otherwise fails it.
    fn admit(&self, job: Job<Anywhere>) -> Option<Job<Anywhere>> {
        // ORDERING: Acquire pairs with the Release in `close`: a thread that learns of the close
        // from another one also sees it here.
        if !self.is_closed.load(Ordering::Acquire) {
            return Some(job);
        }
        job.fail(TaskError::rejected(
            "executor is shut down; submit before calling shutdown",
        ));
        None
    }
}

impl<E: AnyExecutor> Executor for Closable<E> {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        if let Some(job) = self.admit(job) {
            self.executor.execute_any(job);
        }
    }

    fn try_execute(&self, job: Job<Anywhere>) -> Result<(), Job<Anywhere>> {
        let job = self.admit(job);
        job.map_or(Ok(()), |job| self.executor.try_execute_any(job))
    }

    fn id(&self) -> Option<ExecutorId> {
        self.executor.any_id()
    }

    fn workers(&self) -> usize {
        self.executor.any_workers()
    }

    fn tuning(&self) -> Tuning {
        self.executor.any_tuning()
    }

    fn keeps(&self, options: &Options) -> Result<(), Cow<'static, str>> {
        self.executor.any_keeps(options)
    }

    fn skips(&self) -> Option<&SkipLog> {
        self.executor.any_skips()
    }
}

impl<E: AnyExecutor> OwnedExecutor for Closable<E> {
    fn close(&self) {
        // ORDERING: Release pairs with the Acquire in `admit` and `is_closed`.
        self.is_closed.store(true, Ordering::Release);
    }

    /// Zero: this knows of no pending call.
    fn cancel_pending(&self) -> usize {
        0
    }

    fn is_closed(&self) -> bool {
        // ORDERING: Acquire, as in `admit`.
        self.is_closed.load(Ordering::Acquire)
    }

    fn broken(&self) -> Option<TaskError> {
        None
    }

    fn wait_idle(&self) {}

    fn wait_idle_timeout(&self, _: Duration) -> Result<(), StillBusy> {
        Ok(())
    }

    fn shutdown_detached(self: Box<Self>) {}

    fn shutdown_timeout(self: Box<Self>, _: Duration) -> Result<(), StillBusy> {
        Ok(())
    }
}

impl<E> fmt::Debug for Closable<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(any::type_name::<E>())
    }
}
