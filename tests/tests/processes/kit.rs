//! Pools under test: none outlives a test that failed, none hangs unnoticed.

use std::{borrow::Cow, collections::HashMap, ops::Deref, thread};

use concurrent_futures::{
    Anywhere, Executor, ExecutorId, Job, Options, ProcessPool, ProcessPoolBuilder, Tuning,
};
use tests::{DEADLINE, Soon, far::FileTally, within};

use crate::tasks::who;

/// A pool, to be dropped within the deadline.
pub(crate) struct Pool(Option<ProcessPool>);

/// A pool with the given number of workers.
#[track_caller]
pub(crate) fn pool(workers: usize) -> Pool {
    made(ProcessPool::builder().workers(workers))
}

/// The pool that was described.
#[track_caller]
pub(crate) fn made(builder: ProcessPoolBuilder) -> Pool {
    Pool(Some(builder.build().expect("a test binary has such pools")))
}

/// A pool of one worker, which is there, and its id.
#[track_caller]
pub(crate) fn one_worker() -> (Pool, u32) {
    one_worker_of(ProcessPool::builder())
}

/// The pool that was described, of one worker, which is there; and its id.
#[track_caller]
pub(crate) fn one_worker_of(builder: ProcessPoolBuilder) -> (Pool, u32) {
    let pool = made(builder.workers(1));
    let pid = who::submit(&pool).soon().expect("the worker lives");
    (pool, pid)
}

/// How often each number was noted.
pub(crate) fn counts(tally: &FileTally) -> HashMap<u64, u64> {
    let mut counts = HashMap::new();
    for number in tally.notes() {
        *counts.entry(number).or_insert(0) += 1;
    }
    counts
}

impl Pool {
    /// The pool itself, to be ended by the test.
    pub(crate) fn into_inner(mut self) -> ProcessPool {
        self.0.take().expect("it is taken once")
    }
}

impl Deref for Pool {
    type Target = ProcessPool;

    fn deref(&self) -> &ProcessPool {
        self.0.as_ref().expect("it is there until the end")
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let Some(pool) = self.0.take() else { return };
        if thread::panicking() {
            pool.kill();
            pool.shutdown_detached();
        } else {
            within(DEADLINE, || drop(pool));
        }
    }
}

impl Executor for Pool {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        self.deref().execute(job);
    }

    fn try_execute(&self, job: Job<Anywhere>) -> Result<(), Job<Anywhere>> {
        self.deref().try_execute(job)
    }

    fn id(&self) -> Option<ExecutorId> {
        self.deref().id()
    }

    fn workers(&self) -> usize {
        self.deref().workers()
    }

    fn tuning(&self) -> Tuning {
        self.deref().tuning()
    }

    fn keeps(&self, options: &Options) -> Result<(), Cow<'static, str>> {
        self.deref().keeps(options)
    }
}
