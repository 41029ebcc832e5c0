//! The user's function as a type whose values are calls.
//!
//! `#[task]` writes the [`Task`] impl; closures have impls of their own. A task knows
//! neither executors nor futures: it can only be run.

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

pub use argument::Argument;
pub(crate) use call::Call;
pub(crate) use closure::{Closure, TryClosure};
pub use entry::Entry;
pub(crate) use options::OptionKind;
pub use options::Options;
pub use remote::Remote;
pub(crate) use remote::{AnswerSource, NoAnswers, Wire};
pub(crate) use scoped::{ScopedClosure, ScopedTryClosure};
pub(crate) use ticket::{Ticket, Tickets};

/// A function whose calls are values.
///
/// `#[task]` makes a type of a function and implements this trait for it. Implement it by
/// hand for a call that carries more than arguments.
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
    note = "a call is made by a `#[task]` function: `name::submit(&pool, …)` makes and submits one, \
            `name {{ … }}` is one as a value",
    note = "a closure goes to `spawn`, on threads and on `Inline`: `pool.spawn(|| …)`"
)]
#[rustfmt::skip] // The compiler shows this line where a call cannot be sent.
pub trait Task: Send + Sized + 'static { // to a worker: `Arc` for `Rc`, `Box<dyn Fn() + Send>`
    /// The type that a call returns.
    type Output: Send + 'static; // `Arc` for `Rc`, `PortableError` for `Box<dyn Error>`

    /// Returns the task's name, as errors, logs and futures show it.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn half(n: u64) -> u64 { n / 2 }
    ///
    /// assert!(half::name().ends_with("::half")); // with its modules
    /// ```
    fn name() -> &'static str;

    /// Runs the call.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn half(n: u64) -> u64 { n / 2 }
    ///
    /// let call = half { n: 8 };
    /// assert_eq!(call.run(), 4); // on this thread, as `half(8)` is
    /// ```
    fn run(self) -> Self::Output;

    /// Returns the options of the task's calls.
    ///
    /// `#[task(timeout = "5s", retries = 2)]` sets them. The options of a single call come
    /// first; see [`Options`].
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task(timeout = "5s", retries = 2)]
    /// fn half(n: u64) -> u64 { n / 2 }
    ///
    /// assert_eq!(half::options().get_timeout(), Some(Duration::from_secs(5)));
    /// assert_eq!(half::options().get_retries(), Some(2));
    /// ```
    #[inline]
    fn options() -> Options {
        Options::new()
    }

    /// Returns whether `output` counts as a failure, as an `Err` does.
    ///
    /// [`ReturnWhen::FirstException`](crate::ReturnWhen::FirstException) depends on it.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// /// A task written by hand, whose `None` counts as a failure.
    /// struct FirstWord(&'static str);
    ///
    /// impl Task for FirstWord {
    ///     type Output = Option<&'static str>;
    ///
    ///     fn name() -> &'static str { "first_word" }
    ///
    ///     fn run(self) -> Self::Output { self.0.split_whitespace().next() }
    ///
    ///     fn failed(output: &Self::Output) -> bool { output.is_none() }
    /// }
    ///
    /// let pool = ThreadPool::new();
    /// let futures = [pool.submit(FirstWord("to be")), pool.submit(FirstWord(" "))];
    /// let split = wait(&futures, ReturnWhen::FirstException, None);
    /// assert!(split.done.iter().any(|future| matches!(future.get(), Ok(None))));
    /// ```
    fn failed(output: &Self::Output) -> bool {
        let _ = output;
        false
    }
}
