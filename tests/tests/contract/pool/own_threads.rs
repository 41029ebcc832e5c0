//! Pools whose workers are threads of their own: how they are built, and their scopes.
//!
//! ```text
//!   F::builder() -- Describes: workers, names, bound, initializer
//!        | build()
//!        v
//!   F::Pool ------- Scopes: closures that borrow
//! ```
//!
//! The pools have these methods themselves, by the same names; the traits are for facts that hold
//! on each of them.

use std::fmt;

use concurrent_futures::{
    BuildError, Executor, Here, Scope, ThreadPool, ThreadPoolBuilder, WorkStealingPool,
    WorkStealingPoolBuilder,
};

use crate::fixture::{Fixture, LocalWorkers, Stealing, Threads};

/// Its workers are threads that it starts.
pub(crate) trait OwnThreads: LocalWorkers + Fixture<Pool: Scopes> {
    type Builder: Describes<Pool = Self::Pool>;

    /// What the name of a pool begins with that was given none.
    const PREFIX: &'static str;
    /// Tells the threads of one fixture from those of another, in few letters.
    const SHORT: &'static str;

    fn builder() -> Self::Builder;
}

/// The description of a pool.
pub(crate) trait Describes: Sized {
    type Pool;

    fn workers(self, workers: usize) -> Self;
    fn name_prefix(self, prefix: String) -> Self;
    fn max_pending(self, pending: usize) -> Self;
    fn initializer(self, initializer: impl Fn() + Send + Sync + 'static) -> Self;
    fn try_initializer<E: fmt::Display>(
        self,
        initializer: impl Fn() -> Result<(), E> + Send + Sync + 'static,
    ) -> Self;
    fn build(self) -> Result<Self::Pool, BuildError>;
}

/// A pool that takes closures that borrow.
pub(crate) trait Scopes: Executor<Reach = Here> + Send + Sync + 'static {
    fn scope<'env, T>(&self, body: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T) -> T;
}

macro_rules! has_own_threads {
    ($fixture:ident, $pool:ident, $builder:ident, $short:literal) => {
        impl OwnThreads for $fixture {
            type Builder = $builder;

            const PREFIX: &'static str = concat!(stringify!($pool), "-");
            const SHORT: &'static str = $short;

            fn builder() -> $builder {
                $pool::builder()
            }
        }

        impl Describes for $builder {
            type Pool = $pool;

            fn workers(self, workers: usize) -> Self {
                self.workers(workers)
            }

            fn name_prefix(self, prefix: String) -> Self {
                self.name_prefix(prefix)
            }

            fn max_pending(self, pending: usize) -> Self {
                self.max_pending(pending)
            }

            fn initializer(self, initializer: impl Fn() + Send + Sync + 'static) -> Self {
                self.initializer(initializer)
            }

            fn try_initializer<E: fmt::Display>(
                self,
                initializer: impl Fn() -> Result<(), E> + Send + Sync + 'static,
            ) -> Self {
                self.try_initializer(initializer)
            }

            fn build(self) -> Result<$pool, BuildError> {
                self.build()
            }
        }

        impl Scopes for $pool {
            fn scope<'env, T>(
                &self,
                body: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
            ) -> T {
                self.scope(body)
            }
        }
    };
}

has_own_threads!(Threads, ThreadPool, ThreadPoolBuilder, "threads");
has_own_threads!(
    Stealing,
    WorkStealingPool,
    WorkStealingPoolBuilder,
    "stealing"
);
