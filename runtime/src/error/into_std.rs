//! Our errors as those of `std`, so that `?` works in functions that return these.

use std::{fmt, io};

use super::{BoxError, ErrorDetail, Failure, TaskError};

/// The error as an [`io::Error`] of a kind that fits, which contains it.
///
/// # Examples
///
/// ```
/// use concurrent_futures::TaskError;
/// use std::{io, time::Duration};
///
/// let error = io::Error::from(TaskError::timed_out(Duration::from_secs(5)));
/// assert_eq!(error.kind(), io::ErrorKind::TimedOut);
/// assert!(error.downcast::<TaskError>().is_ok_and(|error| error.is_timed_out()));
/// ```
impl From<TaskError> for io::Error {
    fn from(error: TaskError) -> Self {
        let kind = match &error.0.reason {
            ErrorDetail::TimedOut(_) => io::ErrorKind::TimedOut,
            ErrorDetail::MemoryExceeded(_) => io::ErrorKind::OutOfMemory,
            ErrorDetail::WouldDeadlock => io::ErrorKind::Deadlock,
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

/// The [`io::Error`] that the task returned, or one that contains the error.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
/// use std::io;
///
/// #[task]
/// fn load(path: &str) -> io::Result<String> { std::fs::read_to_string(path) }
///
/// fn length(pool: &ThreadPool, path: &str) -> io::Result<usize> {
///     Ok(load::submit(pool, path).try_result()?.len())
/// }
///
/// let error = length(&ThreadPool::new(), "no/such/file").unwrap_err();
/// assert_eq!(error.kind(), io::ErrorKind::NotFound);
/// ```
impl<E: Into<BoxError>> From<Failure<E>> for io::Error {
    fn from(failure: Failure<E>) -> Self {
        match failure {
            Failure::Task(error) => error.into(),
            Failure::Returned(error) => match error.into().downcast::<Self>() {
                Ok(error) => *error,
                Err(error) => Self::other(error),
            },
        }
    }
}

/// The text of the error.
impl From<TaskError> for String {
    fn from(error: TaskError) -> Self {
        error.to_string()
    }
}

/// The text of the error.
impl<E: fmt::Display> From<Failure<E>> for String {
    fn from(failure: Failure<E>) -> Self {
        failure.to_string()
    }
}
