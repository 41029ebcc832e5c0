//! Which tasks can be submitted to an executor of which reach, and how their calls become jobs.

use super::{
    Job,
    reach::{Anywhere, Here, Reach, Undecided},
};
use crate::{
    cell::Placement,
    chunk::{Chunk, ChunkOutcomes},
    future::{self, Future},
    task::{Remote, Task},
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

mod sealed {
    use super::{Anywhere, Here, Remote, Task, Undecided};

    /// Keeps the impls of [`Reaches`](super::Reaches) to those of this file, which `unsafe` code
    /// relies on: a job holds a call of the task whose `pair` made it.
    pub trait Reaches<R> {}

    impl<T: Task> Reaches<Here> for T {}
    impl<T: Remote> Reaches<Anywhere> for T {}
    impl<T: Task> Reaches<Undecided> for T {}
}
