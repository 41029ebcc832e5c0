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
//! # How to
//!
//! | to get or do | write |
//! |---|---|
//! | one result | [`name::submit(&pool, a, b).result()?`](Future::result) |
//! | all results, in the order of the inputs | [`name::map(&pool, inputs).into_vec()?`](Map::into_vec) |
//! | each result or failure, in that order | [`for result in name::map(&pool, inputs)`](Map) |
//! | results as calls finish | [`as_completed`] |
//! | the first that finishes | [`wait(futures, ..)`](wait()) for [`FirstCompleted`](ReturnWhen::FirstCompleted) |
//! | all, or the first failure | [`wait(futures, ..)`](wait()) for [`FirstException`](ReturnWhen::FirstException) |
//! | the value of a task that returns a `Result` | [`try_result`](Future::try_result) of the future, [`try_results`](Map::try_results) of the `map` |
//! | a result without waiting | [`future.peek()`](Future::peek), [`future.done()`](Future::done) |
//! | a result in async code | `future.await?` |
//! | one result in several places | [`future.shared()`](Future::shared) |
//! | a callback in place of a wait | [`add_done_callback`](Future::add_done_callback) |
//! | a closure as a call | [`pool.spawn(..)`](ThreadPool::spawn) |
//! | closures that borrow | [`pool.scope(..)`](ThreadPool::scope) |
//! | a stop before a call starts | [`future.cancel()`](Future::cancel), [`cancel_pending`](ThreadPool::cancel_pending) |
//! | a stop of a running call | [`future.abort()`](Future::abort): kills its worker process; on threads the task asks [`should_stop()`](should_stop) |
//! | to know why there is no value | [`error.kind()`](TaskError#kinds): a table of the kinds |
//! | any error out of a task | [`Result<T, PortableError>`](PortableError), and `?` in the task |
//! | an executor chosen at run time | [`"threads:8".parse::<Pool>()?`](Pool) |
//! | code over any executor | [`&dyn AnyExecutor`](AnyExecutor) |
//! | workers of your own | [`Executor`]; for a single result a [`Promise`]; for calls as bytes [`remote`] |
//!
//! # Executors
//!
//! | executor | for |
//! |---|---|
//! | [ThreadPool] | work that blocks: files, sockets, locks. Threads, first in, first out |
//! | [WorkStealingPool] | work that computes. A rayon pool of its own, with `par_iter` and `join` inside |
//! | [ProcessPool] | work that crashes, leaks, hangs or must be killed. Worker processes, on Unix |
//! | [Inline] | tests and debugging. Runs a call at once, on the thread of the caller |
//!
//! # Limits
//!
//! | limit on, and what happens when it is reached | write |
//! |---|---|
//! | **a wait**: you get the future back, and the call goes on | [`result_timeout`](Future::result_timeout), [`wait(.., limit)`](wait()), [`timeout`](AsCompleted::timeout) of `as_completed` |
//! | **a whole `map`**: it ends with one error; calls that have not started never run | [`MapOptions::timeout`] |
//! | **the time or memory of a call**: its worker process is killed, and that call alone fails. Threads cannot be killed: their pools reject the call, or run it without limits if built with [`skip_unsupported`](ThreadPoolBuilder::skip_unsupported) | [`#[task(timeout = "5s")]`](macro@task), [`Options::timeout`], [`Options::memory`], or for all calls the [builder](ProcessPoolBuilder::timeout) of the pool |
//! | **pending calls**: [`submit`](Submit::submit) blocks, [`try_submit`](Submit::try_submit) gives the call back | [`max_pending`](ThreadPoolBuilder::max_pending) of the builder |
//!
//! # In async code
//!
//! A future can be awaited in any async runtime. `cancel`, `abort` and `peek` never block, and
//! `submit` does only while a limit on pending calls is reached. What blocks its thread says so in
//! its first sentence:
//!
//! | in place of | write |
//! |---|---|
//! | [`future.result()`](Future::result), [`future.get()`](Future::get) | `future.await`, `(&future).await` |
//! | [`wait`](wait()), [`as_completed`] | `join_all` or `FuturesUnordered` of the `futures` crate |
//! | iterating over a [`Map`] | `name::submit` for each input, and await the futures |
//! | [`submit`](Submit::submit) to a pool with `max_pending` | [`try_submit`](Submit::try_submit) |
//! | [`shutdown`](ThreadPool::shutdown), dropping a pool that has calls | [`shutdown_detached`](ThreadPool::shutdown_detached) |
//!
//! # The attribute `#[main]`
//!
//! The workers of a [`ProcessPool`] are your program, started again. So a program that has one
//! puts [`#[concurrent_futures::main]`](macro@main) on its `main`, *below* the attribute of an
//! async runtime, or calls [`init()`](init) there before all else; without it
//! [`ProcessPool::new`] returns [`BuildError::NotInitialized`]. A test binary says
//! [`worker_test!();`](worker_test) once, at its root. Other programs need it only if work that
//! they have detached is to end before the program does.
//!
//! # Features
//!
//! | feature | adds | by default |
//! |---|---|---|
//! | `processes` | [`ProcessPool`], on Unix | yes |
//! | `work-stealing` | [`WorkStealingPool`], which depends on `rayon-core` | yes |
//!
//! # Platforms
//!
//! | | Linux | macOS, FreeBSD | Windows |
//! |---|---|---|---|
//! | pools of threads | tested, on x86-64 | compile, never run | compile, never run |
//! | [ProcessPool] | tested, on x86-64 | compiles, never run; no limits of memory | left out |
//!
//! The library needs Rust 1.88.

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
#[cfg(not(all(unix, feature = "processes")))]
#[doc(hidden)]
pub use executor::ProcessPool;
#[cfg(not(feature = "work-stealing"))]
#[doc(hidden)]
pub use executor::WorkStealingPool;
pub use executor::{
    AnyExecutor, Anywhere, BuildError, Executor, Full, Here, Inline, Job, Reach, Reaches,
    RunsClosures, SkipLog, SkipUnsupported, StillBusy, Tuning,
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
