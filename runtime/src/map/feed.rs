//! From inputs to pieces in flight.

use super::piece::Piece;
use crate::{
    executor::{self, Chunk, End, Executor, Reaches},
    future::Future,
    task::Options,
};

/// Where a map's pieces come from, the task's type behind it.
pub(super) trait Feed<T>: Send {
    /// Submits up to `most` further calls as one piece; `None` if there are none.
    fn submit(&mut self, most: usize) -> Option<Piece<T>>;

    /// Whether further calls may come; no only if the inputs know their end.
    fn may_have_more(&self) -> bool;
}

/// Calls that are pulled and submitted to one executor.
pub(super) struct Calls<'a, E: ?Sized, I> {
    executor: &'a E,
    calls: I,
    end: End,
    /// What each call asks before its task does.
    each: Options,
    /// Whether a call alone is a chunk too: one that looks at the clock before it starts, and counts when it ends.
    has_only_chunks: bool,
}

impl<'a, E: Executor + ?Sized, I> Calls<'a, E, I> {
    pub(super) fn new(
        executor: &'a E,
        calls: I,
        end: End,
        each: &Options,
        is_measured: bool,
    ) -> Self {
        Self {
            has_only_chunks: is_measured || end.deadline.is_some(),
            executor,
            calls,
            end,
            each: each.clone(),
        }
    }
}

impl<E, I, T> Calls<'_, E, I>
where
    E: Executor + ?Sized,
    I: Iterator<Item = T>,
    T: Reaches<E::Reach>,
{
    pub(super) fn submit_piece(&mut self, most: usize) -> Option<Piece<T::Output>> {
        let first = self.calls.next()?;
        if most == 1 && !self.has_only_chunks {
            return Some(Piece::one(self.submit_one(first)));
        }
        let rest = self.calls.by_ref().take(most - 1);
        let calls: Vec<T> = std::iter::once(first).chain(rest).collect();
        let len = calls.len();
        let chunk = Chunk::new(calls, self.end.clone());
        Some(Piece::many(
            executor::submit_chunk(self.executor, chunk, self.each.clone()),
            len,
        ))
    }

    /// Most maps ask nothing; what their tasks ask the compiler knows.
    fn submit_one(&self, call: T) -> Future<T::Output> {
        if self.each.are_none() {
            executor::submit(self.executor, call)
        } else {
            executor::submit_with(self.executor, call, self.each.clone())
        }
    }
}

impl<E, I, T> Feed<T::Output> for Calls<'_, E, I>
where
    E: Executor + ?Sized,
    I: Iterator<Item = T> + Send,
    T: Reaches<E::Reach>,
{
    fn submit(&mut self, most: usize) -> Option<Piece<T::Output>> {
        self.submit_piece(most)
    }

    fn may_have_more(&self) -> bool {
        self.calls.size_hint().1 != Some(0)
    }
}
