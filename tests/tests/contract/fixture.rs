//! The executors under test, and what each of them can do.
//!
//! ```text
//!             Fixture            makes a pool; portable calls alone
//!            ^       ^
//!   SharedMemory    Workers      closures, gates | calls wait and run apart
//!            ^       ^                           | from the caller, and the
//!           LocalWorkers                         | pool has an end
//! ```
//!
//! A new executor implements what it can and takes the lists that ask for no
//! more (see `executors.rs`).

use std::time::Duration;

use concurrent_futures::{Executor, StillBusy, ThreadPool};

/// An executor under test.
pub(crate) trait Fixture: 'static {
    type Pool: Executor + 'static;

    fn pool(workers: usize) -> Self::Pool;
}

/// Its calls wait and run apart from the caller, and it has an end.
pub(crate) trait Workers: Fixture {
    fn bounded(workers: usize, bound: usize) -> Self::Pool;
    fn close(pool: &Self::Pool);
    fn cancel_pending(pool: &Self::Pool) -> usize;
    fn shutdown(pool: Self::Pool);
    fn shutdown_cancelling(pool: Self::Pool) -> usize;
    fn shutdown_detached(pool: Self::Pool);
    fn shutdown_timeout(pool: Self::Pool, limit: Duration) -> Result<(), StillBusy>;
}

/// Its calls share the memory of the test, and so cannot be killed either.
pub(crate) trait SharedMemory: Fixture {}

/// Both of these: a test can hold its calls at gates.
pub(crate) trait LocalWorkers: Workers + SharedMemory {}

impl<F: Workers + SharedMemory> LocalWorkers for F {}

pub(crate) struct Inline;

impl Fixture for Inline {
    type Pool = concurrent_futures::Inline;

    fn pool(_workers: usize) -> Self::Pool {
        concurrent_futures::Inline
    }
}

impl SharedMemory for Inline {}

pub(crate) struct Threads;

impl Fixture for Threads {
    type Pool = ThreadPool;

    fn pool(workers: usize) -> ThreadPool {
        ThreadPool::builder().workers(workers).build().unwrap()
    }
}

impl Workers for Threads {
    fn bounded(workers: usize, bound: usize) -> ThreadPool {
        ThreadPool::builder()
            .workers(workers)
            .bound(bound)
            .build()
            .unwrap()
    }

    fn close(pool: &ThreadPool) {
        pool.close();
    }

    fn cancel_pending(pool: &ThreadPool) -> usize {
        pool.cancel_pending()
    }

    fn shutdown(pool: ThreadPool) {
        pool.shutdown();
    }

    fn shutdown_cancelling(pool: ThreadPool) -> usize {
        pool.shutdown_cancelling()
    }

    fn shutdown_detached(pool: ThreadPool) {
        pool.shutdown_detached();
    }

    fn shutdown_timeout(pool: ThreadPool, limit: Duration) -> Result<(), StillBusy> {
        pool.shutdown_timeout(limit)
    }
}

impl SharedMemory for Threads {}
