//! From inputs to pieces in flight.

use super::{MapOptions, piece::Piece};
use crate::{
    executor::{self, Chunk, End, Executor, Reaches, Room, Rooms, Spares},
    future::Future,
    task::{Options, Task},
};

/// So many calls are pulled at once, at most.
const STEP: usize = 1 << 16;

/// Where a map's pieces come from, the task's type behind it.
pub(super) trait Feed<T>: Send {
    /// Submits up to `most` further calls as one piece; `None` if there are none.
    fn submit(&mut self, most: usize) -> Option<Piece<T>>;

    /// Whether further calls may come; no only if the inputs know their end.
    fn may_have_more(&self) -> bool;
}

/// Calls that are pulled and submitted to one executor.
pub(super) struct Calls<'a, E: ?Sized, I, T: Task> {
    executor: &'a E,
    calls: I,
    /// What calls travel in.
    spares: Spares<T>,
    /// Where results will lie; none if each chunk has a place of its own, which it leaves as soon as they are taken.
    rooms: Option<Rooms<T::Output>>,
    end: End,
    /// What each call asks before its task does.
    each: Options,
    /// Whether a call alone is a chunk too: one that looks at the clock before it starts, and counts when it ends.
    has_only_chunks: bool,
}

impl<'a, E, I, T> Calls<'a, E, I, T>
where
    E: Executor + ?Sized,
    I: Iterator<Item = T>,
    T: Reaches<E::Reach>,
{
    pub(super) fn new(
        executor: &'a E,
        calls: I,
        end: End,
        options: &MapOptions,
        is_measured: bool,
    ) -> Self {
        Self {
            has_only_chunks: is_measured || end.deadline.is_some(),
            executor,
            calls,
            spares: Spares::new(),
            rooms: options.get_buffer().is_none().then(Rooms::new),
            end,
            each: options.get_each().clone(),
        }
    }

    pub(super) fn submit_piece(&mut self, most: usize) -> Option<Piece<T::Output>> {
        if most == 1 && !self.has_only_chunks {
            let call = self.calls.next()?;
            return Some(Piece::one(self.submit_one(call)));
        }
        let (mut calls, way_back) = self.spares.take(most);
        self.pull(&mut calls, most);
        let len = calls.len();
        if len == 0 {
            return None;
        }
        let chunk = Chunk::new((calls, way_back), self.room(len), self.end.clone());
        Some(Piece::many(
            executor::submit_chunk(self.executor, chunk, self.each.clone()),
            len,
        ))
    }

    /// Pulls up to `most` calls; in steps, since memory for all of them is not to be had on the word of the inputs.
    fn pull(&mut self, calls: &mut Vec<T>, most: usize) {
        while calls.len() < most {
            let before = calls.len();
            let step = STEP.min(most - before);
            calls.extend(self.calls.by_ref().take(step));
            if calls.len() < before + step {
                return;
            }
        }
    }

    fn room(&mut self, len: usize) -> Room<T::Output> {
        match &mut self.rooms {
            Some(rooms) => rooms.give(len, self.calls.size_hint().0),
            None => Room::alone(len),
        }
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

impl<E, I, T> Feed<T::Output> for Calls<'_, E, I, T>
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
