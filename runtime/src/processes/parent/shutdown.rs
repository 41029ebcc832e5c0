//! The ways to end a pool.
//!
//! ```text
//!                       new calls   pending ones   running ones    waits
//!   close               refused     run            run             no
//!   shutdown, drop      refused     run            run             until all is done
//!   shutdown_detached   refused     run            run             no
//!   shutdown_timeout    refused     run            run             at most `limit`
//!   shutdown_cancelling refused     cancelled      run             for the running ones
//!   terminate, kill     refused     cancelled      end, as lost    no
//! ```
//!
//! In a callback of one of the pool's calls nothing waits, because the pool may be waiting for that
//! callback: it would be a deadlock. Everything else is done all the same.

use std::{sync::Arc, time::Duration};

use rustix::process::Signal;

use super::{
    handle::{outbox::Outbox, process::Process},
    io::shared::Shared,
    pool::ProcessPool,
};
use crate::{deadline, executor::StillBusy, exit::Drain, worker_context};

impl ProcessPool {
    /// Closes the pool, and blocks until all submitted calls have run and the workers have exited.
    ///
    /// Dropping the pool does the same. In a callback of one of the pool's calls it does not wait;
    /// the rest is done all the same. In async code call
    /// [`shutdown_detached`](Self::shutdown_detached), or do this on a thread that may block.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn double(n: u64) -> u64 { n * 2 }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::new()?;
    ///     let future = double::submit(&pool, 21);
    ///     pool.shutdown();
    ///     assert!(future.done());
    ///     Ok(())
    /// }
    /// ```
    #[rustfmt::skip] // The compiler shows this line to a caller who shares the pool.
    pub fn shutdown(self) { // `close()` ends a pool that is shared
        drop(self);
    }

    /// Closes the pool, cancels the pending calls, and blocks until the running ones have ended.
    ///
    /// Returns the number of cancelled calls.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn double(n: u64) -> u64 { n * 2 }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).build()?;
    ///     let futures: Vec<_> = (0..100).map(|n| double::submit(&pool, n)).collect();
    ///     let cancelled = pool.shutdown_cancelling();
    ///     assert_eq!(futures.iter().filter(|future| future.cancelled()).count(), cancelled);
    ///     Ok(())
    /// }
    /// ```
    #[doc(alias = "cancel_futures")]
    #[expect(clippy::must_use_candidate, reason = "cancelling is the point")]
    pub fn shutdown_cancelling(self) -> usize {
        self.close();
        self.cancel_pending()
    }

    /// Closes the pool, and lets the submitted calls run in the background. Does not block.
    ///
    /// They run to their end even if the program leaves `main` before.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn double(n: u64) -> u64 { n * 2 }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::new()?;
    ///     let future = double::submit(&pool, 21);
    ///     pool.shutdown_detached();
    ///     assert_eq!(future.result()?, 42);
    ///     Ok(())
    /// }
    /// ```
    pub fn shutdown_detached(mut self) {
        self.waits = false;
    }

    /// Closes the pool, and blocks until all submitted calls have run, at most for `limit`.
    ///
    /// # Errors
    ///
    /// [`StillBusy`] says what was left. It runs on in the background, as after
    /// [`shutdown_detached`](Self::shutdown_detached).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn double(n: u64) -> u64 { n * 2 }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::new()?;
    ///     let future = double::submit(&pool, 21);
    ///     pool.shutdown_timeout(Duration::from_secs(60))?;
    ///     assert!(future.done());
    ///     Ok(())
    /// }
    /// ```
    pub fn shutdown_timeout(mut self, limit: Duration) -> Result<(), StillBusy> {
        if !self.pool.origin.is_here() {
            return Ok(());
        }
        self.close();
        let limit = if self.pool.is_own_thread() {
            Duration::ZERO
        } else {
            limit
        };
        let deadline = deadline::after(Some(limit));
        if self.pool.wait_until_idle(Some(limit)) {
            // Workers that have not exited by then are left behind.
            self.waits = self.pool.io_threads.is_over_by(deadline);
            return Ok(());
        }
        let (running, pending) = self.pool.scheduler().count();
        self.waits = false;
        Err(StillBusy::new(running, pending))
    }

    /// Asks all workers to end, with `SIGTERM`; a worker that ignores it goes on. Does not wait.
    ///
    /// The pool takes no more calls, pending ones are cancelled, and running ones fail with
    /// [`is_worker_lost`](crate::TaskError::is_worker_lost).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn run_for_ever() { loop { std::thread::park() } }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::new()?;
    ///     let future = run_for_ever::submit(&pool);
    ///     pool.terminate();
    ///     let error = future.result().unwrap_err();
    ///     assert!(error.is_worker_lost() || error.is_cancelled());
    ///     Ok(())
    /// }
    /// ```
    #[doc(alias = "terminate_workers")]
    pub fn terminate(&self) {
        self.pool
            .end_workers(Signal::TERM, "the pool was told to terminate its workers");
    }

    /// Kills all workers, and the processes that they started. Does not wait.
    ///
    /// The pool takes no more calls, pending ones are cancelled, and running ones fail with
    /// [`is_worker_lost`](crate::TaskError::is_worker_lost).
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn spin() { loop { std::hint::spin_loop(); } }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).build()?;
    ///     let future = spin::submit(&pool);
    ///     while !future.running() { std::thread::yield_now(); }
    ///     pool.kill();
    ///     assert!(future.result().unwrap_err().is_worker_lost());
    ///     Ok(())
    /// }
    /// ```
    #[doc(alias = "kill_workers")]
    pub fn kill(&self) {
        self.pool
            .end_workers(Signal::KILL, "the pool was told to kill its workers");
    }
}

impl Drop for ProcessPool {
    fn drop(&mut self) {
        if !self.pool.origin.is_here() {
            // In a forked child: the workers, connections and threads are the parent's.
            return std::mem::forget(self.pool.clone());
        }
        self.pool.close();
        if self.waits && !self.pool.is_own_thread() {
            self.pool.join();
        }
    }
}

impl Shared {
    pub(super) fn close(self: &Arc<Self>) {
        if !self.origin.is_here() {
            return;
        }
        self.schedule(|scheduler, effects| scheduler.close(effects));
        self.lift_bound();
    }

    pub(super) fn cancel_pending(&self) -> usize {
        if !self.origin.is_here() {
            return 0;
        }
        let pending = self.scheduler().pending();
        pending.iter().filter(|call| call.cancel()).count()
    }

    fn end_workers(self: &Arc<Self>, signal: Signal, reason: &str) {
        if !self.origin.is_here() {
            return;
        }
        // From here on nothing is retried.
        self.schedule(|scheduler, _| scheduler.note_killing(reason));
        self.close();
        self.cancel_pending();
        let workers: Vec<(Arc<Process>, Arc<Outbox>)> = self.schedule(|scheduler, _| {
            scheduler.note_killing(reason);
            scheduler
                .workers()
                .map(|worker| (worker.process.clone(), worker.outbox.clone()))
                .collect()
        });
        for (process, outbox) in workers {
            let is_sent = if signal == Signal::KILL {
                process.kill()
            } else {
                process.signal(signal)
            };
            if !is_sent {
                outbox.close();
            }
        }
    }

    /// Waits until the threads of a closed pool have ended, and its workers with them.
    fn join(&self) {
        worker_context::trampoline::run_deferred();
        let _blocking = worker_context::enter_blocking();
        self.io_threads.join();
    }
}

impl Drain for Shared {
    fn drain(&self) -> bool {
        if !self.origin.is_here() || self.is_own_thread() {
            return false;
        }
        let had_work = !self.scheduler().is_idle();
        self.wait_until_idle(None);
        had_work
    }

    fn leave(&self) {
        let mut scheduler = self.scheduler();
        scheduler.leave();
        drop(scheduler);
        self.lift_bound();
    }
}
