//! What a user's function becomes: a type whose values are calls.
//!
//! `#[task]` writes the [`Task`] impl; closures have one of their own. A task
//! knows nothing of executors or futures: it can only be run.

mod argument;
mod call;
mod closure;
pub(crate) mod collected;
pub(crate) mod entry;
mod options;
pub(crate) mod registry;
pub(crate) mod remote;
mod scoped;
mod ticket;
mod wire;

pub use argument::Argument;
pub(crate) use call::Call;
pub(crate) use closure::{Closure, TryClosure};
pub use entry::Entry;
pub use options::Options;
pub use remote::Remote;
pub(crate) use scoped::{ScopedClosure, ScopedTryClosure};
pub(crate) use ticket::{Ticket, Tickets};
pub(crate) use wire::{AnswerSource, NoAnswers, Wire};

/// A function whose calls are values.
///
/// `#[task]` implements it for the type it makes of a function; write it by hand
/// where a call carries more than arguments.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// struct Square(u64);
///
/// impl Task for Square {
///     type Output = u64;
///     fn name() -> &'static str { "square" }
///     fn run(self) -> u64 { self.0 * self.0 }
/// }
///
/// let pool = ThreadPool::new();
/// assert_eq!(pool.submit(Square(12)).result()?, 144);
/// # Ok::<(), TaskError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a call of a task",
    note = "put `#[task]` on the function and make a call with `name::new(…)` or `name {{ … }}`"
)]
pub trait Task: Send + Sized + 'static {
    /// What a call returns.
    type Output: Send + 'static;

    /// The task's name, for people: in errors, logs and futures.
    fn name() -> &'static str;

    /// Runs the call.
    fn run(self) -> Self::Output;

    /// What the task asks for each of its calls.
    ///
    /// `#[task(timeout = "5s", retries = 2)]` says it here. What a caller asks for one call
    /// comes first; see [`Options`].
    #[inline]
    fn options() -> Options {
        Options::new()
    }

    /// Whether `output` counts as a failure, as an `Err` does.
    ///
    /// [`wait`](crate::wait) for the first exception asks this.
    fn failed(output: &Self::Output) -> bool {
        let _ = output;
        false
    }
}
