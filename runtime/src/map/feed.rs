//! Pulls inputs and submits their calls.

use super::{MapOptions, submission::Submission};
use crate::{
    chunk::{Chunk, ChunkSlots, SlotAllocator, StopCondition, VecPool},
    executor::{self, Executor, Reaches},
    future::Future,
    task::{Options, Task},
};

/// The maximum number of calls that are pulled at once.
const STEP: usize = 1 << 16;

/// The source of a map's submissions; erases the type of the task.
pub(super) trait Feed<T>: Send {
    /// Submits up to `most` further calls as one; `None` if there is none.
    fn submit(&mut self, most: usize) -> Option<Submission<T>>;

    /// The least and greatest number of further calls, as far as the inputs tell.
    fn size_hint(&self) -> (usize, Option<usize>);
}

/// Calls that are pulled and submitted to one executor.
pub(super) struct CallFeed<'a, E: ?Sized, I, T: Task> {
    executor: &'a E,
    calls: I,
    /// The vectors of chunks.
    vec_pool: VecPool<T>,
    /// The memory for values; `None` if each chunk has its own, which is freed with its outcomes.
    slots: Option<SlotAllocator<T::Output>>,
    stop: StopCondition,
    /// The options of each call, which come before those of its task.
    each: Options,
    /// Whether a single call is a chunk too: one that checks the deadline before it starts, and
    /// is counted when it ends.
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

    #[inline]
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

    /// Pulls up to `most` calls; in steps, since a wrong size hint of the inputs must not
    /// allocate memory for all of them.
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

    /// Most maps set no options; then those of the task are known at compile time.
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

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.calls.size_hint()
    }
}
