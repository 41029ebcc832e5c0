//! The end of a pool, in its variants.
//!
//! ```text
//!                      new calls   pending ones   waits
//!   close              refused     run            no
//!   shutdown, drop     refused     run            until all is done
//!   shutdown_detached  refused     run            no
//!   shutdown_timeout   refused     run            so long; says what is left
//!   shutdown_cancelling refused    cancelled      for the running ones
//! ```
//!
//! On one of the pool's own workers, and on a thread that runs a callback of its
//! calls, nothing waits: the pool may be waiting for that thread. The rest is done
//! all the same.

use std::time::Duration;

use super::{
    ThreadPool,
    shared::{ThreadPoolShared, WorkerThread},
    worker_counts::{CLOSED, DRAINING},
};
use crate::{
    executor::StillBusy,
    exit::Drain,
    pool_common::sleep_queue::WaitEnd,
    sync::{Ordering, current_thread},
    worker_context,
};

impl ThreadPool {
    /// Takes no more calls; those submitted still run. Does not wait.
    ///
    /// Later calls fail with [`is_rejected`](crate::TaskError::is_rejected).
    /// For pools that are shared; closing twice is harmless.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    /// use std::sync::Arc;
    ///
    /// let pool = Arc::new(ThreadPool::new());
    /// let before = pool.spawn(|| 1);
    /// pool.close();
    /// assert!(pool.spawn(|| 2).result().unwrap_err().is_rejected());
    /// assert_eq!(before.result()?, 1);
    /// # Ok::<(), concurrent_futures::TaskError>(())
    /// ```
    pub fn close(&self) {
        self.pool.close();
    }

    /// Cancels the calls that no worker has started; says how many.
    ///
    /// Their callbacks run on this thread, before this returns.
    #[expect(clippy::must_use_candidate, reason = "cancelling is the point")]
    pub fn cancel_pending(&self) -> usize {
        if !self.pool.inbox.origin.is_here() {
            return 0;
        }
        self.pool.inbox.cancel_pending()
    }

    /// Takes no more calls, and waits until all that were submitted have run.
    ///
    /// On one of the pool's own threads (in a task or a callback) it does not wait;
    /// the rest is done all the same.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let future = pool.spawn(|| 1);
    /// pool.shutdown();
    /// assert!(future.done());
    /// ```
    pub fn shutdown(self) {
        drop(self);
    }

    /// Takes no more calls, cancels those that no worker has started, and waits
    /// for the running ones. Says how many were cancelled.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::ThreadPool;
    ///
    /// let pool = ThreadPool::builder().workers(1).build()?;
    /// let futures: Vec<_> = (0..100).map(|n| pool.spawn(move || n)).collect();
    /// let cancelled = pool.shutdown_cancelling();
    /// assert_eq!(futures.iter().filter(|future| future.cancelled()).count(), cancelled);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[expect(clippy::must_use_candidate, reason = "cancelling is the point")]
    pub fn shutdown_cancelling(self) -> usize {
        self.close();
        self.cancel_pending()
    }

    /// Takes no more calls, and leaves those that were submitted to themselves. Does not block.
    ///
    /// They run to their end even if the program leaves `main` before, where
    /// that carries [`#[concurrent_futures::main]`](macro@crate::main).
    pub fn shutdown_detached(mut self) {
        self.waits = false;
    }

    /// Takes no more calls, and waits at most for `limit` until all have run.
    ///
    /// # Errors
    ///
    /// [`StillBusy`] says what was left. It is left to itself, as by
    /// [`shutdown_detached`](Self::shutdown_detached).
    pub fn shutdown_timeout(mut self, limit: Duration) -> Result<(), StillBusy> {
        if !self.pool.inbox.origin.is_here() {
            return Ok(());
        }
        self.close();
        let mut limit = if self.pool.is_own_thread() {
            Duration::ZERO
        } else {
            limit
        };
        while !self.pool.all_left(limit) {
            let (running, pending) = (self.pool.count_running(), self.pool.inbox.count_pending());
            if running + pending > 0 {
                self.waits = false;
                return Err(StillBusy::new(running, pending));
            }
            // Workers with nothing to do are on their way out, or take up a call.
            limit = Duration::from_millis(1);
        }
        Ok(())
    }
}

impl Drop for ThreadPool {
    fn drop(&mut self) {
        if !self.pool.inbox.origin.is_here() {
            // In a forked child: the threads, and who holds which lock, are the parent's business.
            return std::mem::forget(self.pool.clone());
        }
        self.pool.close();
        if self.waits && !self.pool.is_own_thread() {
            self.pool.join();
        }
    }
}

impl ThreadPoolShared {
    fn close(&self) {
        if !self.inbox.origin.is_here() {
            return;
        }
        self.counts.set(CLOSED);
        self.sleepers.notify_all();
        self.inbox.lift_bound();
    }

    /// How many calls are running now.
    pub(super) fn count_running(&self) -> usize {
        let threads = self.threads.lock();
        // ORDERING: a call that was seen to end was marked before; see `WorkerThread`.
        threads
            .values()
            .filter(|started| started.is_busy.load(Ordering::Relaxed))
            .count()
    }

    /// Waits until no worker is left, at most for `limit`.
    fn all_left(&self, limit: Duration) -> bool {
        self.left.sleep(Some(limit), || self.counts.threads() == 0) == WaitEnd::Notified
    }

    /// Waits until the threads of a closing pool have ended. True if there were any.
    fn join(&self) -> bool {
        worker_context::trampoline::run_deferred();
        let _blocking = worker_context::enter_blocking();
        let mut joined = false;
        loop {
            let threads = std::mem::take(&mut *self.threads.lock());
            if threads.is_empty() {
                // Others may be joining some, and some may be about to start.
                joined |= self.counts.threads() > 0;
                self.left.sleep(None, || self.counts.threads() == 0);
                return joined;
            }
            // A pool's last handle may be in a thread-local of its own worker, and
            // be dropped when that thread has ended but for its thread-locals.
            let own = current_thread().id();
            for WorkerThread { thread, .. } in threads
                .into_values()
                .filter(|started| started.thread.thread().id() != own)
            {
                joined = true;
                // A worker catches every panic of user code; one of our own is in its log.
                let _ = thread.join();
            }
        }
    }
}

impl Drain for ThreadPoolShared {
    fn drain(&self) -> bool {
        if !self.inbox.origin.is_here() {
            return false;
        }
        if self.is_own_thread() {
            return false;
        }
        self.count_drain(|drains| *drains += 1);
        self.counts.set(DRAINING);
        self.sleepers.notify_all();
        let had_threads = self.join();
        self.count_drain(|drains| {
            *drains -= 1;
            // Others wait for workers that look at the flag.
            if *drains == 0 {
                self.counts.clear(DRAINING);
            }
        });
        had_threads
    }

    fn leave(&self) {
        self.inbox.note_left();
        self.close();
    }
}

impl ThreadPoolShared {
    fn count_drain(&self, count: impl FnOnce(&mut usize)) {
        count(&mut self.drains.lock());
    }
}
