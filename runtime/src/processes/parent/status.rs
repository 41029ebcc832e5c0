//! The status of a pool, and waiting until it is idle: for pools that are shared.

use std::time::Duration;

use super::{io::shared::Shared, pool::ProcessPool, scheduler::Completion};
use crate::{
    error::TaskError,
    executor::StillBusy,
    pool_common::lifecycle::{Lifecycle, lifecycle_methods},
};

lifecycle_methods! {
    ProcessPool {
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
        ///     let before = double::submit(&pool, 21);
        ///     pool.close();
        ///     assert!(double::submit(&pool, 1).result().unwrap_err().is_rejected());
        ///     assert_eq!(before.result()?, 42);
        ///     Ok(())
        /// }
        /// ```
        close;
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
        ///     let cancelled = pool.cancel_pending();
        ///     assert_eq!(futures.iter().filter(|future| future.cancelled()).count(), cancelled);
        ///     Ok(())
        /// }
        /// ```
        cancel_pending;
        /// # Examples
        ///
        /// ```
        /// use concurrent_futures::prelude::*;
        ///
        /// #[concurrent_futures::main]
        /// fn main() -> Result<(), Box<dyn std::error::Error>> {
        ///     let pool = ProcessPool::new()?;
        ///     assert!(!pool.is_closed());
        ///     pool.close();
        ///     assert!(pool.is_closed());
        ///     Ok(())
        /// }
        /// ```
        is_closed;
        /// A pool breaks when its initializer fails, or when no worker can be started.
        ///
        /// # Examples
        ///
        /// ```
        /// use concurrent_futures::prelude::*;
        ///
        /// #[task]
        /// fn take_licence() -> Result<(), String> { Err("none left".to_owned()) }
        ///
        /// #[concurrent_futures::main]
        /// fn main() -> Result<(), Box<dyn std::error::Error>> {
        ///     let pool = ProcessPool::builder().try_initializer(take_licence {}).build()?;
        ///     assert!(take_licence::submit(&pool).result().is_err());
        ///     assert!(pool.is_broken());
        ///     Ok(())
        /// }
        /// ```
        is_broken;
        /// # Examples
        ///
        /// ```
        /// use concurrent_futures::prelude::*;
        ///
        /// #[task]
        /// fn take_licence() -> Result<(), String> { Err("none left".to_owned()) }
        ///
        /// #[concurrent_futures::main]
        /// fn main() -> Result<(), Box<dyn std::error::Error>> {
        ///     let pool = ProcessPool::builder().try_initializer(take_licence {}).build()?;
        ///     assert!(take_licence::submit(&pool).result().is_err());
        ///     let error = pool.broken().expect("the initializer has failed");
        ///     assert_eq!(error.to_string(), "executor is broken: initializer failed: none left");
        ///     Ok(())
        /// }
        /// ```
        broken;
        /// In a callback of one of the pool's calls it does not wait.
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
        ///     let future = double::submit(&pool, 21);
        ///     pool.wait_idle();
        ///     assert!(future.done() && !pool.is_closed() && !pool.is_broken());
        ///     Ok(())
        /// }
        /// ```
        wait_idle;
        /// In a callback of one of the pool's calls it only looks.
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
        ///     pool.wait_idle_timeout(Duration::from_secs(60))?;
        ///     assert!(future.done());
        ///     Ok(())
        /// }
        /// ```
        wait_idle_timeout;
    }
}

impl Lifecycle for ProcessPool {
    fn close(&self) {
        self.pool.close();
    }

    fn cancel_pending(&self) -> usize {
        self.pool.cancel_pending()
    }

    fn is_closed(&self) -> bool {
        self.pool.scheduler().is_closed()
    }

    fn broken(&self) -> Option<TaskError> {
        self.pool.scheduler().broken()
    }

    fn wait_idle(&self) {
        if !self.pool.is_own_thread() {
            self.pool.wait_until_idle(None);
            self.pool.wait_until_completed();
        }
    }

    fn wait_idle_timeout(&self, limit: Duration) -> Result<(), StillBusy> {
        let limit = if self.pool.is_own_thread() {
            Duration::ZERO
        } else {
            limit
        };
        if self.pool.wait_until_idle(Some(limit)) {
            self.pool.wait_until_completed();
            return Ok(());
        }
        let (running, pending) = self.pool.scheduler().count();
        Err(StillBusy::new(running, pending))
    }
}

/// The time limit for completions that are ahead of the barrier: a call counts as settled a moment
/// before its outcome can be seen, but a callback before it may take long.
const A_MOMENT: Duration = Duration::from_secs(1);

impl Shared {
    /// Waits until the outcomes of settled calls can be seen.
    fn wait_until_completed(&self) {
        let (waiter, passed) = crossbeam_channel::bounded(0);
        if !self.is_own_thread() && self.io_threads.add_barrier(Completion::Barrier(waiter)) {
            let _ = passed.recv_timeout(A_MOMENT);
        }
    }
}
