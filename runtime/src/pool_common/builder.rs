//! What a builder of a pool was told, and the setters, written once for all pools of threads.

use std::{
    fmt,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::settings::{Settings, ThreadInitializer};
use crate::{
    executor::{BuildError, SkipLog},
    worker_context,
};

/// Below this size, the half of a stack that is kept for calls in place is used up at once.
const LEAST_STACK: usize = 64 << 10;

/// What a builder was told so far.
pub(crate) struct SettingsBuilder {
    pub(crate) workers: usize,
    pub(crate) name_prefix: Option<String>,
    pub(crate) stack_size: usize,
    pub(crate) bound: Option<usize>,
    pub(crate) record_times: bool,
    pub(crate) initializer: Option<ThreadInitializer>,
    pub(crate) skip_unsupported: bool,
}

impl SettingsBuilder {
    /// The defaults of a pool of `workers` threads.
    pub(crate) fn new(workers: usize) -> Self {
        Self {
            workers,
            name_prefix: None,
            stack_size: worker_context::default_stack_size(),
            bound: None,
            record_times: false,
            initializer: None,
            skip_unsupported: false,
        }
    }

    pub(crate) fn set_stack_size(&mut self, bytes: usize) {
        self.stack_size = bytes.max(LEAST_STACK);
    }

    /// The settings of a pool of at most `most` workers, named `kind-K` if it was given no name;
    /// `next` counts the names of that kind.
    pub(crate) fn build(
        self,
        most: usize,
        kind: &str,
        next: &AtomicUsize,
    ) -> Result<Settings, BuildError> {
        let name_prefix = self.name_prefix.unwrap_or_else(|| {
            // ORDERING: a number that is different each time, which no other memory hangs on.
            format!("{kind}-{}", next.fetch_add(1, Ordering::Relaxed))
        });
        BuildError::check(self.workers, most, self.bound)?;
        if name_prefix.contains('\0') {
            return Err(BuildError::NulInName);
        }
        Ok(Settings {
            workers: self.workers,
            name_prefix,
            stack_size: self.stack_size,
            bound: self.bound,
            record_times: self.record_times,
            initializer: self.initializer,
            skips: self.skip_unsupported.then(SkipLog::new),
        })
    }

    /// Adds the fields to what a builder shows of itself.
    pub(crate) fn show(&self, shown: &mut fmt::DebugStruct<'_, '_>) {
        shown
            .field("workers", &self.workers)
            .field("name_prefix", &self.name_prefix)
            .field("stack_size", &self.stack_size)
            .field("bound", &self.bound)
            .field("record_times", &self.record_times)
            .field("initializer", &self.initializer.is_some())
            .field("skip_unsupported", &self.skip_unsupported);
    }
}

/// Writes the setters of `$builder`, whose field `settings` is a [`SettingsBuilder`].
macro_rules! builder_methods {
    ($builder:ident of $pool:ident { $(#[$workers:meta])* workers; }) => {
        impl $builder {
            /// Sets the number of worker threads.
            ///
            $(#[$workers])*
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use concurrent_futures::", stringify!($pool), ";")]
            ///
            #[doc = concat!("let builder = ", stringify!($pool), "::builder();")]
            /// let pool = builder.workers(2).build()?;
            /// let futures = [1, 2, 3].map(|n| pool.spawn(move || n * n)); // two run at a time
            /// for (n, future) in (1..).zip(futures) {
            ///     assert_eq!(future.result()?, n * n);
            /// }
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[doc(alias("max_workers", "num_threads"))]
            pub fn workers(mut self, workers: usize) -> Self {
                self.settings.workers = workers;
                self
            }

            /// Sets the prefix of the threads' names, which are `prefix_0`, `prefix_1` and so on.
            ///
            #[doc = concat!("By default `", stringify!($pool), "-K` with another K for each pool.")]
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use concurrent_futures::", stringify!($pool), ";")]
            ///
            #[doc = concat!("let builder = ", stringify!($pool), "::builder();")]
            /// let pool = builder.workers(1).name_prefix("disk").build()?;
            /// let name = pool.spawn(|| std::thread::current().name().map(str::to_owned));
            /// assert_eq!(name.result()?.as_deref(), Some("disk_0"));
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[doc(alias("thread_name_prefix", "thread_name"))]
            pub fn name_prefix(mut self, prefix: impl Into<String>) -> Self {
                self.settings.name_prefix = Some(prefix.into());
                self
            }

            /// Sets the stack size of each worker thread, in bytes.
            ///
            /// By default that of `std`'s threads; never less than 64 KiB. A call that a worker
            /// runs while it waits for that call has at least half of the stack.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use concurrent_futures::", stringify!($pool), ";")]
            ///
            #[doc = concat!("let builder = ", stringify!($pool), "::builder();")]
            /// let pool = builder.stack_size(16 << 20).build()?;
            /// fn depth(n: u32) -> u32 { if n == 0 { 0 } else { 1 + depth(n - 1) } }
            /// assert_eq!(pool.spawn(|| depth(10_000)).result()?, 10_000);
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            pub fn stack_size(mut self, bytes: usize) -> Self {
                self.settings.set_stack_size(bytes);
                self
            }

            /// Sets a function that each worker runs before its first task.
            ///
            /// A panic in it breaks the pool for good: pending calls, and later ones, fail with
            /// [`is_executor_broken`](crate::TaskError::is_executor_broken). It must not wait for
            /// calls of its own pool: the thread is not a worker yet, and a pool that has no other
            /// worker would wait for ever.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use concurrent_futures::", stringify!($pool), ";")]
            /// use std::cell::Cell;
            ///
            /// thread_local! { static SEED: Cell<u64> = const { Cell::new(0) } }
            ///
            #[doc = concat!("let builder = ", stringify!($pool), "::builder();")]
            /// let pool = builder.initializer(|| SEED.set(17)).build()?;
            /// assert_eq!(pool.spawn(|| SEED.get()).result()?, 17);
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[doc(alias("start_handler", "on_thread_start"))]
            pub fn initializer(mut self, initializer: impl Fn() + Send + Sync + 'static) -> Self {
                self.settings.initializer =
                    Some($crate::pool_common::settings::ThreadInitializer::new(initializer));
                self
            }

            /// Sets a function that each worker runs before its first task, and that may fail.
            ///
            /// An `Err` breaks the pool as a panic in [`initializer`](Self::initializer) does; the
            /// errors of the calls contain its text.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use concurrent_futures::", stringify!($pool), ";")]
            ///
            #[doc = concat!("let builder = ", stringify!($pool), "::builder().workers(1);")]
            /// let pool = builder.try_initializer(|| Err("no licence")).build()?;
            /// let error = pool.spawn(|| 1).result().unwrap_err();
            /// assert!(error.is_executor_broken());
            /// assert_eq!(error.to_string(), "executor is broken: initializer failed: no licence");
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            pub fn try_initializer<F, E>(mut self, initializer: F) -> Self
            where
                F: Fn() -> Result<(), E> + Send + Sync + 'static,
                E: std::fmt::Display,
            {
                self.settings.initializer =
                    Some($crate::pool_common::settings::ThreadInitializer::fallible(initializer));
                self
            }

            /// Limits the number of pending calls: those submitted and not yet started.
            ///
            /// While the bound is reached, `submit` and `spawn` block, and `try_submit` gives the
            /// call back. In async code use `try_submit`.
            /// For the pool's own workers, and for callbacks of its calls, `submit` exceeds the
            /// bound, since they would wait for themselves.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use concurrent_futures::", stringify!($pool), ";")]
            ///
            #[doc = concat!("let builder = ", stringify!($pool), "::builder();")]
            /// let pool = builder.workers(2).max_pending(10).build()?;
            /// // At most ten calls are pending: `spawn` blocks until one of them has started.
            /// let futures: Vec<_> = (0..1_000).map(|n| pool.spawn(move || n)).collect();
            /// assert_eq!(futures.len(), 1_000);
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[doc(alias("bound", "backpressure"))]
            pub fn max_pending(mut self, pending: usize) -> Self {
                self.settings.bound = Some(pending);
                self
            }

            #[doc(hidden)]
            pub fn timeout(self, _: std::time::Duration) -> Self
            where
                for<'no> Self: $crate::executor::EndsCalls<'no>,
            {
                unreachable!("no builder of threads `EndsCalls`")
            }

            #[doc(hidden)]
            pub fn memory(self, _: u64) -> Self
            where
                for<'no> Self: $crate::executor::EndsCalls<'no>,
            {
                unreachable!("no builder of threads `EndsCalls`")
            }

            #[doc(hidden)]
            pub fn retries(self, _: u32) -> Self
            where
                for<'no> Self: $crate::executor::EndsCalls<'no>,
            {
                unreachable!("no builder of threads `EndsCalls`")
            }

            /// Records when each call was submitted, started and finished, for
            /// [`Future::times`](crate::Future::times).
            ///
            /// Off by default: reading the clock costs more than a small call does.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use concurrent_futures::", stringify!($pool), ";")]
            ///
            #[doc = concat!("let builder = ", stringify!($pool), "::builder();")]
            /// let pool = builder.record_times(true).build()?;
            /// let future = pool.spawn(|| 1 + 1);
            /// future.get()?;
            /// let times = future.times().expect("the pool records them");
            /// assert!(times.finished() >= times.started());
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            pub fn record_times(mut self, record: bool) -> Self {
                self.settings.record_times = record;
                self
            }

            /// Sets whether a call runs without the options that the pool does not support.
            ///
            /// By default such a call is [rejected](crate::TaskError::is_rejected). Threads cannot
            /// be killed, so a pool of threads supports no time limit, no memory limit and no
            /// retries. The first call that runs without one of these is logged, with the level of
            /// a warning (see the [`log`] crate); later ones are not.
            ///
            /// # Examples
            ///
            /// ```
            /// use concurrent_futures::prelude::*;
            ///
            /// #[task(timeout = "5s")]
            /// fn render(page: u32) -> String { format!("page {page}") }
            ///
            #[doc = concat!("let builder = ", stringify!($pool), "::builder().skip_unsupported(true);")]
            /// assert_eq!(render::submit(&builder.build()?, 1).result()?, "page 1");
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            pub fn skip_unsupported(mut self, skip: bool) -> Self {
                self.settings.skip_unsupported = skip;
                self
            }
        }
    };
}
pub(crate) use builder_methods;
