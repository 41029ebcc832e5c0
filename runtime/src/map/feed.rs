//! From inputs to pieces in flight.

use super::{MapOptions, submission::Submission};
use crate::{
    chunk::{Chunk, ChunkSlots, SlotAllocator, StopCondition, VecPool},
    executor::{self, Executor, Reaches},
    future::Future,
    task::{Options, Task},
};

/// So many calls are pulled at once, at most.
const STEP: usize = 1 << 16;

/// Where a map's pieces come from, the task's type behind it.
pub(super) trait Feed<T>: Send {
    /// Submits up to `most` further calls as one piece; `None` if there are none.
    fn submit(&mut self, most: usize) -> Option<Submission<T>>;

    /// Whether further calls may come; no only if the inputs know their end.
    fn may_have_more(&self) -> bool;
}

/// Calls that are pulled and submitted to one executor.
pub(super) struct CallFeed<'a, E: ?Sized, I, T: Task> {
    executor: &'a E,
    calls: I,
    /// What calls travel in.
    vec_pool: VecPool<T>,
    /// Where results will lie; none if each chunk has a place of its own, which it leaves as soon as they are taken.
    slots: Option<SlotAllocator<T::Output>>,
    stop: StopCondition,
    /// What each call asks before its task does.
    each: Options,
    /// Whether a call alone is a chunk too: one that looks at the clock before it starts, and counts when it ends.
    has_only_chunks: bool,
}

impl<'a, E, I, T> CallFeed<'a, E, I, T>
where
    E: Executor + ?Sized,
    I: Iterator<Item = T>,
    T: Reaches<E::Reach>,
{
    pub(super) fn new(
        executor: &'a E,
        calls: I,
        stop: StopCondition,
        options: &MapOptions,
        is_measured: bool,
    ) -> Self {
        Self {
            has_only_chunks: is_measured || stop.deadline.is_some(),
            executor,
            calls,
            vec_pool: VecPool::new(),
            slots: options.get_buffer().is_none().then(SlotAllocator::new),
            stop,
            each: options.get_each().clone(),
        }
    }

    pub(super) fn submit_next(&mut self, most: usize) -> Option<Submission<T::Output>> {
        if most == 1 && !self.has_only_chunks {
            let call = self.calls.next()?;
            return Some(Submission::one(self.submit_one(call)));
        }
        let (mut calls, vec_return) = self.vec_pool.take(most);
        self.pull(&mut calls, most);
        let len = calls.len();
        if len == 0 {
            return None;
        }
        let chunk = Chunk::new((calls, vec_return), self.slots_for(len), self.stop.clone());
        Some(Submission::many(
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

    fn slots_for(&mut self, len: usize) -> ChunkSlots<T::Output> {
        match &mut self.slots {
            Some(slots) => slots.allocate(len, self.calls.size_hint().0),
            None => ChunkSlots::standalone(len),
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

impl<E, I, T> Feed<T::Output> for CallFeed<'_, E, I, T>
where
    E: Executor + ?Sized,
    I: Iterator<Item = T> + Send,
    T: Reaches<E::Reach>,
{
    fn submit(&mut self, most: usize) -> Option<Submission<T::Output>> {
        self.submit_next(most)
    }

    fn may_have_more(&self) -> bool {
        self.calls.size_hint().1 != Some(0)
    }
}
