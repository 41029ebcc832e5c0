//! The error of a task that returns a `Result`: what it returned, or why it did not return.

use std::{error::Error, fmt};

use super::{BoxError, TaskError, debug::fmt_returned};

/// The error of a task that returns a [`Result`]: its own `Err`, or a [`TaskError`].
///
/// `?` converts it into a boxed error, an `anyhow::Error`, an [`io::Error`](std::io::Error) and a
/// [`String`]. Where `E` is not an [`Error`] itself (a `String`, say), [`boxed`](Self::boxed) makes
/// a boxed error of it. In a function with an error type of its own, write `result()??`: the first
/// `?` converts the [`TaskError`], the second one the task's own error.
///
/// # Examples
///
/// ```
/// use concurrent_futures::{Failure, ThreadPool};
///
/// let pool = ThreadPool::new();
/// match pool.try_spawn(|| "7x".parse::<u8>()).try_result() {
///     Ok(number) => println!("{number}"),
///     Err(Failure::Returned(error)) => println!("no number: {error}"),
///     Err(Failure::Task(error)) => println!("no answer: {error}"),
/// }
/// ```
#[derive(Clone)]
pub enum Failure<E> {
    /// The task returned this `Err`.
    Returned(E),
    /// The task did not return, for this reason.
    Task(TaskError),
}

// No field is ever pinned. `Unpin` lets `?` convert it whatever `E` is, a `PortableError` too.
impl<E> Unpin for Failure<E> {}

impl<E> Failure<E> {
    /// Makes a boxed error of it, where `?` does not: of a `String`, or of another boxed error.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    /// use std::error::Error;
    ///
    /// #[task]
    /// fn grade(points: u32) -> Result<char, String> {
    ///     match points {
    ///         90..=100 => Ok('A'),
    ///         0..90 => Ok('B'),
    ///         more => Err(format!("{more} points are too many")),
    ///     }
    /// }
    ///
    /// fn first_grade(pool: &ThreadPool) -> Result<char, Box<dyn Error + Send + Sync>> {
    ///     grade::submit(pool, 101).try_result().map_err(Failure::boxed)
    /// }
    ///
    /// let error = first_grade(&ThreadPool::new()).unwrap_err();
    /// assert_eq!(error.to_string(), "101 points are too many");
    /// ```
    #[must_use]
    pub fn boxed(self) -> BoxError
    where
        E: Into<BoxError>,
    {
        match self {
            Self::Returned(error) => error.into(),
            Self::Task(error) => error.into(),
        }
    }
}

impl<E> From<TaskError> for Failure<E> {
    fn from(error: TaskError) -> Self {
        Self::Task(error)
    }
}

impl<E: fmt::Display> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Returned(error) => error.fmt(f),
            Self::Task(error) => error.fmt(f),
        }
    }
}

impl<E: ReturnedText> fmt::Debug for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Returned(error) => fmt_returned(error, f),
            Self::Task(error) => fmt::Debug::fmt(error, f),
        }
    }
}

/// An error of a task that `Debug` of its [`Failure`] can show, text first.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no text, and so its `Failure` cannot be shown",
    label = "`{Self}` does not implement `Debug` and `Display`",
    note = "implement both for it, or match on the `Failure`"
)]
pub trait ReturnedText: fmt::Debug + fmt::Display {}

#[diagnostic::do_not_recommend]
impl<E: fmt::Debug + fmt::Display> ReturnedText for E {}

/// An error of a task that makes an error of its [`Failure`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an `Error`, and so `?` makes none of its `Failure`",
    label = "`{Self}` is not an `Error`; write `result()??`, \
             or `try_result().map_err(Failure::boxed)?`"
)]
pub trait ReturnedError: Error + 'static {}

#[diagnostic::do_not_recommend]
impl<E: Error + 'static> ReturnedError for E {}

/// The source of the inner error, whose own text is that of this one.
impl<E: ReturnedError> Error for Failure<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Returned(error) => error.source(),
            Self::Task(error) => error.source(),
        }
    }
}
