//! Run functions as tasks on threads, a work-stealing pool or worker processes, and get
//! their results through typed futures.
//!
//! Annotate a function with [`#[task]`](macro@task), submit it to an executor, get a
//! [`Future`]. The choice of the executor is one line of the program.
//!
//! ```
//! use concurrent_futures::prelude::*;
//!
//! #[task]
//! fn pow_mod(base: u64, exp: u64, modulus: u64) -> u64 {
//!     (0..exp).fold(1, |power, _| power * base % modulus)
//! }
//!
//! let pool = ThreadPool::new();
//! let future = pow_mod::submit(&pool, 323, 1235, 97);
//! assert_eq!(future.result()?, pow_mod(323, 1235, 97));
//!
//! for power in pow_mod::map(&pool, 0..10, 10..20, std::iter::repeat(97)) {
//!     println!("{}", power?);
//! }
//! # Ok::<(), TaskError>(())
//! ```
//!
//! # Where to look
//!
//! - [`ThreadPool`] runs calls on threads, [`WorkStealingPool`] on a rayon pool, [`ProcessPool`]
//!   in worker processes that may crash, [`Inline`] on the thread of the caller. A [`Pool`] is
//!   one of them, chosen by a text at run time. [`Executor`] is the trait to implement others.
//! - [`Submit`] submits calls to an executor; `#[task]` adds the same methods to each task.
//! - [`Future`] is one result; [`wait`](wait()) and [`as_completed`] wait for several futures,
//!   and a [`Map`] iterates over the results of many calls.
//! - [`TaskError`] tells why a call has no value; [`PortableError`] is any error that a task
//!   returns.
//! - [`Portable`] values can be sent to another process; [`remote`] is for authors of executors
//!   that do so.

// Shared code is partly unused when optional executors are disabled.
mod cell;
mod chunk;
mod deadline;
mod error;
mod executor;
mod exit;
mod future;
#[cfg(feature = "test-hooks")]
#[doc(hidden)]
pub mod hooks;
#[cfg(not(feature = "test-hooks"))]
mod hooks;
mod id;
mod map;
#[cfg_attr(
    all(
        feature = "processes",
        not(miri),
        any(target_os = "linux", target_os = "android")
    ),
    expect(unsafe_code, reason = "a page that children find wiped")
)]
mod origin;
mod pool;
mod pool_common;
mod portable;
#[cfg(all(unix, feature = "processes"))]
mod processes;
#[expect(
    unsafe_code,
    reason = "frees blocks that threads without a lock write into"
)]
mod queue;
#[cfg(all(test, shuttle))]
mod shuttle_pools;
#[expect(unsafe_code, reason = "hands out places of pages")]
mod slab;
mod start;
mod submit;
mod sync;
mod task;
mod threads;
mod unwind;
mod wait;
#[cfg(feature = "work-stealing")]
mod work_stealing;
mod worker_context;

pub mod prelude;
#[doc(hidden)]
pub mod private;
pub mod remote;

pub use cell::{Times, should_stop};
pub use concurrent_futures_macros::{main, task};
pub use error::{Failure, MemoryUse, TaskError, TaskErrorKind, WorkerDeath};
pub use executor::{
    AnyExecutor, Anywhere, BuildError, Executor, Full, Here, Inline, Job, Reach, Reaches,
    StillBusy, Tuning,
};
pub use exit::Guard;
pub use future::{
    AwaitRef, AwaitShared, CancelOnDrop, Canceller, Future, NotDone, Promise, SharedFuture,
    TimedOut,
};
pub use id::{CallId, ExecutorId};
pub use map::{Map, MapError, MapOptions, TryResults};
pub use pool::{Pool, PoolChoice, PoolChoiceError, PoolError};
pub use pool_common::Scope;
pub use portable::{Portable, PortableError};
#[cfg(all(unix, feature = "processes"))]
pub use processes::{ProcessPool, ProcessPoolBuilder};
pub use start::init;
pub use submit::Submit;
pub use task::{Argument, Options, Remote, Task};
pub use threads::{ThreadPool, ThreadPoolBuilder};
pub use unwind::capture_panics;
pub use wait::{
    AsCompleted, Done, ReturnWhen, TimedAsCompleted, Unfinished, Waitable, Watched, as_completed,
    wait,
};
#[cfg(feature = "work-stealing")]
pub use work_stealing::{WorkStealingPool, WorkStealingPoolBuilder};
pub use worker_context::WorkerGuard;

/// Texts beside the reference. Their programs are run by the tests of this project.
#[cfg(all(doc, not(doctest)))]
pub mod documentation {
    #[doc = include_str!("../documentation/COMPARE.md")]
    pub mod compare {}
    #[doc = include_str!("../documentation/DESIGN.md")]
    pub mod design {}
    #[doc = include_str!("../documentation/from-python.md")]
    pub mod from_python {}
}
