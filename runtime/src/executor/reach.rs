//! How far the calls of an executor travel, and which tasks can go there.
//!
//! ```text
//!   Here       every task            the call itself is handed over
//!   Anywhere   every `Remote` task   the call is handed over, and can become bytes
//! ```
//!
//! An executor states its reach as a type, so that the compiler refuses a call
//! that cannot go there, at the line that submits it.

use super::Job;
use crate::{
    chunk::{Chunk, ChunkOutcomes},
    future::{self, Future, Placement},
    task::{Remote, Task},
};

/// How far calls travel: [`Here`] or [`Anywhere`].
///
/// An [`Executor`](crate::Executor) names one of the two, as in `type Reach = Here;`.
pub trait Reach: sealed::Sealed + Sized + Send + Sync + 'static {
    #[doc(hidden)]
    fn narrowed(job: Job<Anywhere>) -> Job<Self>;
}

/// Calls stay in this process: every task can be submitted.
#[derive(Debug)]
pub enum Here {}

/// Calls may leave this process: tasks whose parameters and results are
/// [`Portable`](crate::Portable) can be submitted.
#[derive(Debug)]
pub enum Anywhere {}

/// What the compiler could choose as well, where it knows no reach yet.
///
/// Without it a task that is not [`Remote`] would leave it one choice, `Here`, and the
/// error would be about that, instead of about the parameter that stays here.
#[doc(hidden)]
#[derive(Debug)]
pub enum Undecided {}

impl Reach for Here {
    fn narrowed(job: Job<Anywhere>) -> Job<Here> {
        job.into_here()
    }
}

impl Reach for Anywhere {
    fn narrowed(job: Job<Anywhere>) -> Job<Anywhere> {
        job
    }
}

impl Reach for Undecided {
    fn narrowed(_: Job<Anywhere>) -> Job<Undecided> {
        undecided()
    }
}

/// A task whose calls can go as far as `R`.
///
/// Code over an executor `E` and a task `T` asks for `T: Reaches<E::Reach>`; there is nothing to
/// implement. Every task reaches [`Here`], and a [`Remote`] one reaches [`Anywhere`].
///
/// # Examples
///
/// ```
/// use concurrent_futures::{Executor, Future, Reaches, Task, prelude::*};
///
/// fn twice<E: Executor, T: Reaches<E::Reach> + Clone>(executor: &E, call: T) -> [Future<T::Output>; 2] {
///     [executor.submit(call.clone()), executor.submit(call)]
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "a call of `{Self}` does not go as far as `{R}`",
    label = "this executor's calls go to `{R}`",
    note = "every task reaches `Here`; a `#[task]` function whose parameters and result are portable reaches \
            `Anywhere`; closures and tasks written by hand stay on threads",
    note = "code over any executor takes `&dyn AnyExecutor`, or asks for `{Self}: Reaches<E::Reach>`"
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

mod sealed {
    use super::{Anywhere, Here, Remote, Task, Undecided};

    /// Keeps the impls of [`Reaches`](super::Reaches) to those of this file: a job is taken for
    /// one of the task whose call made it.
    pub trait Reaches<R> {}

    impl<T: Task> Reaches<Here> for T {}
    impl<T: Remote> Reaches<Anywhere> for T {}
    impl<T: Task> Reaches<Undecided> for T {}

    /// Keeps the reaches to those of this file.
    pub trait Sealed {}

    impl Sealed for super::Here {}
    impl Sealed for super::Anywhere {}
    impl Sealed for super::Undecided {}
}
