//! Submitting: a call becomes a future and a job.

use super::{ChunkFuture, Executor, Full, Job, Reaches};
use crate::{cell::Placement, chunk::Chunk, error::TaskError, future::Future, task::Options};

/// See [`Submit::submit`](crate::Submit::submit).
#[inline]
pub(crate) fn submit<E, T>(executor: &E, call: T) -> Future<T::Output>
where
    E: Executor + ?Sized,
    T: Reaches<E::Reach>,
{
    submit_as(executor, call, T::options())
}

/// See [`Submit::submit_with`](crate::Submit::submit_with).
pub(crate) fn submit_with<E, T>(executor: &E, call: T, options: Options) -> Future<T::Output>
where
    E: Executor + ?Sized,
    T: Reaches<E::Reach>,
{
    submit_as(executor, call, options.or(T::options()))
}

#[inline]
fn submit_as<E, T>(executor: &E, call: T, options: Options) -> Future<T::Output>
where
    E: Executor + ?Sized,
    T: Reaches<E::Reach>,
{
    submit_pair(executor, options, |placement| call.pair(placement))
}

/// Submits several calls as one, each with `options` before those of its task.
pub(crate) fn submit_chunk<E, T>(executor: &E, chunk: Chunk<T>, options: Options) -> ChunkFuture<T>
where
    E: Executor + ?Sized,
    T: Reaches<E::Reach>,
{
    submit_pair(executor, options.or(T::options()), |placement| {
        T::pair_chunk(chunk, placement)
    })
}

/// Makes a future and a job with `pair`, and executes the job if the executor supports its options.
#[inline]
fn submit_pair<E, O>(
    executor: &E,
    options: Options,
    pair: impl FnOnce(Placement) -> (Future<O>, Job<E::Reach>),
) -> Future<O>
where
    E: Executor + ?Sized,
{
    let placement = place(executor, options);
    let refusal = refusal(executor, &placement.options);
    let (future, job) = pair(placement);
    match refusal {
        None => executor.execute(job),
        Some(refusal) => job.fail(refusal),
    }
    future
}

/// See [`Submit::try_submit`](crate::Submit::try_submit).
pub(crate) fn try_submit<E, T>(executor: &E, call: T) -> Result<Future<T::Output>, Full<T>>
where
    E: Executor + ?Sized,
    T: Reaches<E::Reach>,
{
    let placement = place(executor, T::options());
    let refusal = refusal(executor, &placement.options);
    let (future, job) = call.pair(placement);
    if let Some(refusal) = refusal {
        job.fail(refusal);
        return Ok(future);
    }
    match executor.try_execute(job) {
        Ok(()) => Ok(future),
        // Not a refusal: another job than that of this call, or one that is no more pending.
        Err(job) => match job.into_call(future.cell()) {
            Some(call) => Err(Full { call }),
            None => Ok(future),
        },
    }
}

#[inline]
fn place<E: Executor + ?Sized>(executor: &E, options: Options) -> Placement {
    Placement {
        executor: executor.id(),
        options,
        records_times: executor.records_times(),
    }
}

/// The error of a call whose options the executor does not support.
#[inline]
fn refusal<E: Executor + ?Sized>(executor: &E, options: &Options) -> Option<TaskError> {
    if options.are_none() {
        return None;
    }
    let what = executor.keeps(options).err()?;
    Some(TaskError::rejected(format!("executor cannot keep {what}")))
}
