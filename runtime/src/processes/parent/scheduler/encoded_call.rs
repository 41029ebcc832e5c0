//! A call that has become bytes: its arguments, the state of each item, and the answers so far.
//!
//! ```text
//!   New --> Queued --> InFlight --> Done
//!            ^  |        |  |
//!            |  |        |  `- revoked, or its worker died: Queued again, by way of Backoff or not
//!            |  `--------'
//!            |       `- cancelled: Withdrawn
//! ```
//!
//! A call of a task has one item, a chunk one for each of its calls. States change under the
//! scheduler's lock alone. The thread that settles the call takes its remote end out, once.

mod call_answers;
mod item_states;
mod policy;

use std::{
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

pub(crate) use call_answers::CallAnswers;
pub(crate) use item_states::{ItemRange, ItemState};

use crate::{
    cell::RemoteCancel,
    executor::RemoteCall,
    portable::Packed,
    processes::{
        parent::handle::outbox::{LONG, Payload},
        wire::message::AnswerBody,
    },
    sync::Mutex,
    task::Options,
};
use call_answers::PendingAnswers;
use item_states::ItemStates;
use policy::Policy;

/// A call as bytes, shared by the queue, the batches and the outbox.
pub(crate) struct EncodedCall {
    pub(crate) task: u32,
    bytes: Packed,
    policy: Option<Box<Policy>>,
    pool: Weak<dyn Revoke>,
    inner: Mutex<Inner>,
}

impl Payload for EncodedCall {
    fn packed(&self) -> &Packed {
        &self.bytes
    }
}

/// What an encoded call asks of the pool that has it.
pub(crate) trait Revoke: Send + Sync {
    /// Takes the call back, for good. False if a worker has started it, or it has ended.
    fn revoke(self: Arc<Self>, call: &Arc<EncodedCall>) -> bool;

    /// Whether a worker runs the call.
    fn has_started(&self, call: &EncodedCall) -> bool;

    /// Ends the worker that runs the call. False if no worker does.
    fn abort(self: Arc<Self>, call: &EncodedCall) -> bool;
}

struct Inner {
    remote: Option<RemoteCall>,
    states: ItemStates,
    /// The answers of a chunk that have arrived.
    answers: Option<Box<PendingAnswers>>,
}

impl EncodedCall {
    pub(crate) fn new(
        task: u32,
        bytes: Packed,
        remote: RemoteCall,
        options: Options,
        pool: Weak<dyn Revoke>,
    ) -> Arc<Self> {
        let deadline = remote.deadline();
        let states = ItemStates::new(bytes.len());
        let answers = (bytes.len() > 1).then(|| Box::new(PendingAnswers::new(bytes.len())));
        Arc::new(Self {
            task,
            bytes,
            policy: Policy::of(options, deadline),
            pool,
            inner: Mutex::new(Inner {
                remote: Some(remote),
                states,
                answers,
            }),
        })
    }

    /// The arguments of all items.
    pub(crate) fn bytes(&self) -> &Packed {
        &self.bytes
    }

    /// The number of items.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether its bytes must be freed as soon as it ends, and not when stale entries are swept.
    pub(crate) fn is_long(&self) -> bool {
        self.bytes.joined(0..self.len()).len() > LONG
    }

    /// The time limit of each item.
    pub(crate) fn timeout(&self) -> Option<Duration> {
        self.policy.as_ref()?.timeout()
    }

    /// The memory limit of a worker that runs an item.
    pub(crate) fn memory(&self) -> Option<u64> {
        self.policy.as_ref()?.memory()
    }

    /// The interval of the checks of its limits; `None` if it has none.
    pub(crate) fn check_interval(&self) -> Option<Duration> {
        self.policy.as_ref()?.check_interval()
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.policy.as_ref()?.deadline
    }

    /// Whether an item that exceeded its time limit is retried.
    pub(crate) fn retries_timeouts(&self) -> bool {
        let policy = self.policy.as_ref();
        policy.is_some_and(|policy| policy.retries_timeouts())
    }

    /// The number of failed attempts at an item that were not the last.
    pub(crate) fn failures(&self, item: usize) -> u32 {
        let policy = self.policy.as_ref();
        policy.map_or(0, |policy| policy.failures(item))
    }

    /// Counts one more worker that did not claim an item. Returns their number.
    pub(crate) fn note_late(&self, item: usize) -> u32 {
        let policy = self.policy.as_ref();
        policy.map_or(0, |policy| policy.note_late(item))
    }

    /// An attempt at an item has failed. Returns the backoff before the next one, if there is one.
    pub(crate) fn note_failure(&self, item: usize) -> Option<Duration> {
        self.policy.as_ref()?.note_failure(item)
    }

    /// Whether an item may be pending after another was started, or again.
    fn may_be_pending_again(&self) -> bool {
        let policy = self.policy.as_ref();
        self.len() > 1 || policy.is_some_and(|policy| policy.retries() > 0)
    }

    /// Registers itself with the call's cell, so that a cancel asks the pool first. False if the
    /// call is cancelled already.
    pub(crate) fn attach(self: &Arc<Self>) -> bool {
        let inner = self.inner.lock();
        let remote = inner.remote.as_ref();
        remote.is_some_and(|remote| remote.attach(self.clone()))
    }

    /// The name of the call, for errors.
    pub(crate) fn name(&self) -> String {
        let inner = self.inner.lock();
        inner
            .remote
            .as_ref()
            .map(|remote| remote.name().to_owned())
            .unwrap_or_default()
    }

    /// Takes the remote end of the call, to settle it.
    pub(crate) fn take_remote(&self) -> Option<RemoteCall> {
        self.inner.lock().remote.take()
    }

    /// A worker has started the call. Runs user code.
    pub(crate) fn start(&self) {
        let cell = self.inner.lock().remote.as_ref().map(RemoteCall::cell_ref);
        match cell {
            // Some of it may be pending, or again: a query asks the pool.
            Some(cell) if self.may_be_pending_again() => cell.note_start(),
            Some(cell) => {
                cell.start_remote();
            }
            None => {}
        }
    }

    /// It is pending again: keeps `guard` until it starts, or ends.
    pub(crate) fn hold_while_pending(&self, guard: Box<dyn Send>) {
        let cell = self.inner.lock().remote.as_ref().map(RemoteCall::cell_ref);
        if let Some(cell) = cell {
            cell.add_guard(guard);
        }
    }

    /// Cancels the call if no worker has started it.
    pub(crate) fn cancel(&self) -> bool {
        let cell = self.inner.lock().remote.as_ref().map(RemoteCall::cell_ref);
        cell.is_some_and(|cell| cell.cancel())
    }

    /// The states of its items, as segments in order.
    pub(crate) fn item_states(&self) -> Vec<(ItemRange, ItemState)> {
        self.states_within(&(0..self.len()))
    }

    fn states_within(&self, items: &ItemRange) -> Vec<(ItemRange, ItemState)> {
        self.inner.lock().states.within(items)
    }

    pub(crate) fn set_state(&self, items: ItemRange, state: ItemState) {
        self.inner.lock().states.set(items, state);
    }

    /// The first queued segment of `items`.
    pub(crate) fn first_queued(&self, items: &ItemRange) -> Option<ItemRange> {
        let mut within = self.states_within(items).into_iter();
        let queued = within.find(|(_, state)| *state == ItemState::Queued);
        queued.map(|(segment, _)| segment)
    }

    /// The number of withdrawn items of `items`.
    pub(crate) fn count_withdrawn(&self, items: &ItemRange) -> usize {
        let within = self.states_within(items).into_iter();
        let withdrawn = within.filter(|(_, state)| *state == ItemState::Withdrawn);
        withdrawn.map(|(segment, _)| segment.len()).sum()
    }

    /// Marks its new items as queued. False if the call was cancelled before.
    pub(crate) fn mark_queued(&self) -> bool {
        let all = 0..self.len();
        let mut inner = self.inner.lock();
        let new = inner.states.within(&all).into_iter();
        let new: Vec<_> = new.filter(|(_, state)| *state == ItemState::New).collect();
        let any = !new.is_empty();
        for (items, _) in new {
            inner.states.set(items, ItemState::Queued);
        }
        any
    }

    /// Records the answer to `items`, which had none. Returns all answers after the last one.
    #[must_use]
    pub(crate) fn finish_items(&self, items: ItemRange, body: AnswerBody) -> Option<CallAnswers> {
        let mut inner = self.inner.lock();
        inner.states.set(items.clone(), ItemState::Done);
        match &mut inner.answers {
            None => Some(CallAnswers::One(body)),
            Some(open) => open.add(items, body),
        }
    }
}

impl RemoteCancel for EncodedCall {
    fn revoke(self: Arc<Self>) -> bool {
        self.pool.upgrade().is_some_and(|pool| pool.revoke(&self))
    }

    fn has_started(&self) -> bool {
        self.pool
            .upgrade()
            .is_some_and(|pool| pool.has_started(self))
    }

    fn abort(self: Arc<Self>) -> bool {
        self.pool.upgrade().is_some_and(|pool| pool.abort(&self))
    }
}
