//! What executors cannot do, as bounds that do not hold, so that the compiler names the way out.
//!
//! ```text
//!   pool.clone()              for<'no> Pool: Cloned<'no>           an `Arc` of it
//!   ThreadPool, .timeout(…)   for<'no> Builder: EndsCalls<'no>     a `ProcessPool`
//!   ProcessPool, .spawn(…)    Anywhere: RunsClosures               a `#[task]` function
//! ```
//!
//! A bound on a type without parameters may be false only if it has a lifetime of its own.

use super::{Executor, Here, Reach, submit};
use crate::{
    future::Future,
    task::{Closure, TryClosure},
};

/// A pool that can be cloned: none.
#[diagnostic::on_unimplemented(
    message = "a pool is shared, not cloned",
    label = "make it `Arc::new(pool)`, and clone that",
    note = "an `Arc` of a pool is an executor too; where threads end before the pool does, \
            as in `std::thread::scope`, `&pool` is enough"
)]
pub trait Cloned<'no> {}

/// A builder of a pool that can end a call while it runs: none of a pool of threads.
#[diagnostic::on_unimplemented(
    message = "a thread cannot be killed, so a pool of threads keeps no limits and no retries",
    label = "`ProcessPool::builder()` has this",
    note = "to wait for at most some time: `future.result_timeout(…)`, `.timeout(…)` of \
            `MapOptions` and of `as_completed`; a task can ask `should_stop()`"
)]
pub trait EndsCalls<'no> {}

/// A reach whose executors run closures: [`Here`] alone, since a closure has no form as bytes.
#[diagnostic::on_unimplemented(
    message = "a closure cannot leave this process, as the calls of this executor may",
    label = "a closure is run by a `ThreadPool`, a `WorkStealingPool` or `Inline`",
    note = "here, put its body in a `#[task]` function and submit a call of that: \
            `name::submit(&pool, …)`"
)]
pub trait RunsClosures: Reach {
    #[doc(hidden)]
    fn spawn<E, F, T>(executor: &E, closure: F) -> Future<T>
    where
        E: Executor<Reach = Self> + ?Sized,
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static;

    #[doc(hidden)]
    fn try_spawn<X, F, T, E>(executor: &X, closure: F) -> Future<Result<T, E>>
    where
        X: Executor<Reach = Self> + ?Sized,
        F: FnOnce() -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static;
}

impl RunsClosures for Here {
    fn spawn<E, F, T>(executor: &E, closure: F) -> Future<T>
    where
        E: Executor<Reach = Self> + ?Sized,
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        submit(executor, Closure(closure))
    }

    fn try_spawn<X, F, T, E>(executor: &X, closure: F) -> Future<Result<T, E>>
    where
        X: Executor<Reach = Self> + ?Sized,
        F: FnOnce() -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        submit(executor, TryClosure(closure))
    }
}

/// Writes a method `clone` whose bound does not hold.
///
/// Not an `impl Clone`: of one under a bound, the compiler would say that a pool which was shut
/// down might have been cloned before.
macro_rules! shared_not_cloned {
    ($pool:ty) => {
        impl $pool {
            #[doc(hidden)]
            #[allow(clippy::should_implement_trait, reason = "it is never called")]
            pub fn clone(&self) -> Self
            where
                for<'no> Self: $crate::executor::Cloned<'no>,
            {
                unreachable!("no pool is `Cloned`")
            }
        }
    };
}
pub(crate) use shared_not_cloned;
