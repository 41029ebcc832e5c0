//! The pool of a round, and its end.

use concurrent_futures::{AnyExecutor, BuildError, ProcessPool, ThreadPool, WorkStealingPool};

use crate::plan::{End, Kind, Settings};

/// A pool of any kind.
pub(crate) enum Arena {
    Processes(ProcessPool),
    Threads(ThreadPool),
    Stealing(WorkStealingPool),
}

/// Does the same with a pool, whatever its kind.
macro_rules! whichever {
    ($arena:expr, $pool:ident => $what:expr) => {
        match $arena {
            Arena::Processes($pool) => $what,
            Arena::Threads($pool) => $what,
            Arena::Stealing($pool) => $what,
        }
    };
}

impl Arena {
    /// The pool that was drawn.
    pub(crate) fn made(settings: &Settings) -> Result<Self, BuildError> {
        let workers = settings.workers;
        match settings.kind {
            Kind::Processes => processes(settings),
            Kind::Threads => {
                let mut builder = ThreadPool::builder().workers(workers);
                if let Some(bound) = settings.bound {
                    builder = builder.max_pending(bound);
                }
                if let Some(limit) = settings.idle_timeout {
                    builder = builder.idle_timeout(limit);
                }
                builder.build().map(Self::Threads)
            }
            Kind::Stealing => {
                let mut builder = WorkStealingPool::builder().workers(workers);
                if let Some(bound) = settings.bound {
                    builder = builder.max_pending(bound);
                }
                builder.build().map(Self::Stealing)
            }
        }
    }

    pub(crate) fn any(&self) -> &dyn AnyExecutor {
        whichever!(self, pool => pool)
    }

    pub(crate) fn close(&self) {
        whichever!(self, pool => pool.close());
    }

    pub(crate) fn cancel_pending(&self) {
        whichever!(self, pool => pool.cancel_pending());
    }

    /// Ends all workers; says whether they are such as can be ended.
    pub(crate) fn end_workers(&self, end: End) -> bool {
        let Self::Processes(pool) = self else {
            return false;
        };
        if end == End::Terminate {
            pool.terminate();
        } else {
            pool.kill();
        }
        true
    }

    pub(crate) fn end(self, end: End) {
        match end {
            End::Drop => drop(self),
            End::Shutdown => whichever!(self, pool => pool.shutdown()),
            End::ShutdownDetached => whichever!(self, pool => pool.shutdown_detached()),
            End::ShutdownCancelling => {
                whichever!(self, pool => pool.shutdown_cancelling());
            }
            End::ShutdownTimeout(limit) => {
                // What is left runs to its end by itself.
                let _ = whichever!(self, pool => pool.shutdown_timeout(limit));
            }
            End::Terminate | End::Kill => {
                self.end_workers(end);
            }
        }
    }
}

fn processes(settings: &Settings) -> Result<Arena, BuildError> {
    let mut builder = ProcessPool::builder()
        .workers(settings.workers)
        .record_times(settings.record_times)
        .forward_logs(settings.forward_logs);
    if settings.keep_stderr {
        builder = builder.keep_stderr(5);
    }
    if let Some(calls) = settings.max_tasks {
        builder = builder.max_tasks(calls);
    }
    if let Some(bound) = settings.bound {
        builder = builder.max_pending(bound);
    }
    if let Some(limit) = settings.idle_timeout {
        builder = builder.idle_timeout(limit);
    }
    builder.build().map(Arena::Processes)
}
