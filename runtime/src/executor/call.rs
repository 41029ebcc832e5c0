//! How a call becomes a future and a job.

use super::{Executor, Full, Job};
use crate::{
    error::TaskError,
    future::{self, Future},
    task::{Options, Task},
};

/// See [`Submit::submit`](crate::Submit::submit).
#[inline]
pub(crate) fn submit<E, T>(executor: &E, call: T) -> Future<T::Output>
where
    E: Executor + ?Sized,
    T: Task,
{
    let (future, job) = pair(executor, call, Options::new());
    executor.execute(job);
    future
}

/// See [`Submit::submit_with`](crate::Submit::submit_with).
pub(crate) fn submit_with<E, T>(executor: &E, call: T, options: Options) -> Future<T::Output>
where
    E: Executor + ?Sized,
    T: Task,
{
    let refused = executor.keeps(&options);
    let (future, job) = pair(executor, call, options);
    match refused {
        Ok(()) => executor.execute(job),
        Err(what) => job.fail(TaskError::rejected(format!(
            "executor cannot keep {what}; use one that can end its workers"
        ))),
    }
    future
}

/// See [`Submit::try_submit`](crate::Submit::try_submit).
pub(crate) fn try_submit<E, T>(executor: &E, call: T) -> Result<Future<T::Output>, Full<T>>
where
    E: Executor + ?Sized,
    T: Task,
{
    let (future, job) = pair(executor, call, Options::new());
    match executor.try_execute(job) {
        Ok(()) => Ok(future),
        // A job that is not the call's own, or is no more pending, is no refusal.
        Err(job) => match job.into_call(future.hold()) {
            Some(call) => Err(Full { call }),
            None => Ok(future),
        },
    }
}

#[inline]
fn pair<E, T>(executor: &E, call: T, options: Options) -> (Future<T::Output>, Job)
where
    E: Executor + ?Sized,
    T: Task,
{
    let (future, hold) = future::pair(call, executor.id(), options, executor.records_times());
    (future, Job::new(hold))
}
