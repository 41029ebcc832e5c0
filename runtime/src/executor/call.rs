//! Submitting: which calls an executor takes, and how a call becomes a future and a job.

use super::{
    Executor, Full, Job,
    reach::{Anywhere, Here, Reach, Undecided},
    skipping,
};
use crate::{
    cell::Placement,
    chunk::{Chunk, ChunkOutcomes},
    error::TaskError,
    future::{self, Future},
    task::{OptionKind, Options, Remote, Task},
};

/// A task that can be submitted to executors of reach `R`.
///
/// Code over an executor `E` and a task `T` requires `T: Reaches<E::Reach>`; the trait cannot
/// be implemented by hand. Every task reaches [`Here`]; a [`Remote`] task reaches [`Anywhere`].
///
/// # Examples
///
/// ```
/// use concurrent_futures::{Executor, Future, Reaches, Task, prelude::*};
///
/// fn twice<E, T>(executor: &E, call: T) -> [Future<T::Output>; 2]
/// where
///     E: Executor,
///     T: Reaches<E::Reach> + Clone,
/// {
///     [executor.submit(call.clone()), executor.submit(call)]
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a call of `{Self}` does not go as far as `{R}`",
    label = "this executor's calls go to `{R}`",
    note = "every task reaches `Here`; a `#[task]` function whose parameters and result are \
            portable reaches `Anywhere`; closures and tasks written by hand stay on threads",
    note = "code over any executor takes `&dyn AnyExecutor`, \
            or asks for `{Self}: Reaches<E::Reach>`"
)]
pub trait Reaches<R: Reach>: Task + sealed::Reaches<R> {
    #[doc(hidden)]
    fn pair(self, placement: Placement) -> (Future<Self::Output>, Job<R>);

    #[doc(hidden)]
    fn pair_chunk(chunk: Chunk<Self>, placement: Placement) -> (ChunkFuture<Self>, Job<R>);
}

/// The future of a chunk of calls.
pub type ChunkFuture<T> = Future<ChunkOutcomes<<T as Task>::Output>>;

impl<T: Task> Reaches<Here> for T {
    #[inline]
    fn pair(self, placement: Placement) -> (Future<T::Output>, Job<Here>) {
        let (future, cell) = future::pair(self, placement);
        (future, Job::new(cell))
    }

    fn pair_chunk(chunk: Chunk<T>, placement: Placement) -> (ChunkFuture<T>, Job<Here>) {
        let (future, cell) = future::pair(chunk, placement);
        (future, Job::new(cell))
    }
}

impl<T: Remote> Reaches<Anywhere> for T {
    fn pair(self, placement: Placement) -> (Future<T::Output>, Job<Anywhere>) {
        let (future, cell) = future::pair_remote(self, placement);
        (future, Job::new(cell))
    }

    fn pair_chunk(chunk: Chunk<T>, placement: Placement) -> (ChunkFuture<T>, Job<Anywhere>) {
        let (future, cell) = future::pair_remote(chunk, placement);
        (future, Job::new(cell))
    }
}

impl<T: Task> Reaches<Undecided> for T {
    fn pair(self, _: Placement) -> (Future<T::Output>, Job<Undecided>) {
        undecided()
    }

    fn pair_chunk(_: Chunk<T>, _: Placement) -> (ChunkFuture<T>, Job<Undecided>) {
        undecided()
    }
}

fn undecided() -> ! {
    unreachable!("no executor has an undecided reach")
}

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

#[inline]
fn submit_pair<E, O>(
    executor: &E,
    options: Options,
    pair: impl FnOnce(Placement) -> (Future<O>, Job<E::Reach>),
) -> Future<O>
where
    E: Executor + ?Sized,
{
    let (future, job) = accepted(executor, options, pair);
    if let Some(job) = job {
        executor.execute(job);
    }
    future
}

/// See [`Submit::try_submit`](crate::Submit::try_submit).
pub(crate) fn try_submit<E, T>(executor: &E, call: T) -> Result<Future<T::Output>, Full<T>>
where
    E: Executor + ?Sized,
    T: Reaches<E::Reach>,
{
    let (future, job) = accepted(executor, T::options(), |placement| call.pair(placement));
    let Some(job) = job else {
        return Ok(future);
    };
    match executor.try_execute(job) {
        Ok(()) => Ok(future),
        // Not a refusal: another job than that of this call, or one that is no more pending.
        Err(job) => match job.into_call(future.cell()) {
            Some(call) => Err(Full { call }),
            None => Ok(future),
        },
    }
}

/// Makes a future and a job with `pair`. No job if the executor does not support its options: then
/// the future has failed.
#[inline]
fn accepted<E, O>(
    executor: &E,
    mut options: Options,
    pair: impl FnOnce(Placement) -> (Future<O>, Job<E::Reach>),
) -> (Future<O>, Option<Job<E::Reach>>)
where
    E: Executor + ?Sized,
{
    let unsupported = unsupported(executor, &mut options);
    let (future, job) = pair(place(executor, options));
    match unsupported {
        None => (future, Some(job)),
        Some(Unsupported::Refused(error)) => {
            job.fail(error);
            (future, None)
        }
        Some(Unsupported::Skipped(kinds)) => {
            note(executor, &kinds, &future);
            (future, Some(job))
        }
    }
}

#[inline]
fn place<E: Executor + ?Sized>(executor: &E, options: Options) -> Placement {
    Placement {
        executor: executor.id(),
        options,
        records_times: executor.tuning().records_times,
    }
}

/// What becomes of a call with options that its executor does not support.
enum Unsupported {
    /// It fails with this error.
    Refused(TaskError),
    /// It runs without the options of these kinds.
    Skipped(Vec<OptionKind>),
}

/// Decides on the options that the executor does not support, and removes those that it skips.
#[inline]
fn unsupported<E>(executor: &E, options: &mut Options) -> Option<Unsupported>
where
    E: Executor + ?Sized,
{
    if options.are_none() {
        return None;
    }
    unsupported_cold(executor, options)
}

fn unsupported_cold<E>(executor: &E, options: &mut Options) -> Option<Unsupported>
where
    E: Executor + ?Sized,
{
    let refused = |what| {
        let error = TaskError::rejected(format!("executor cannot keep {what}"));
        Unsupported::Refused(error)
    };
    let what = executor.keeps(options).err()?;
    if executor.skips().is_none() {
        return Some(refused(what));
    }
    let skipped = skipping::remove(executor, options);
    // An executor may refuse options together that it keeps one by one.
    Some(match executor.keeps(options) {
        Ok(()) => Unsupported::Skipped(skipped),
        Err(what) => refused(what),
    })
}

fn note<E, O>(executor: &E, skipped: &[OptionKind], future: &Future<O>)
where
    E: Executor + ?Sized,
{
    if let Some(skips) = executor.skips() {
        skips.note(skipped, future.name());
    }
}

mod sealed {
    use super::{Anywhere, Here, Remote, Task, Undecided};

    /// Keeps the impls of [`Reaches`](super::Reaches) to those of this file, which `unsafe` code
    /// relies on: a job holds a call of the task whose `pair` made it.
    pub trait Reaches<R> {}

    impl<T: Task> Reaches<Here> for T {}
    impl<T: Remote> Reaches<Anywhere> for T {}
    impl<T: Task> Reaches<Undecided> for T {}
}
