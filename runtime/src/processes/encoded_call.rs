//! A call on the parent's side: its bytes, where each of its parts is, and the answers so far.
//!
//! ```text
//!   Queued --> With a worker --> Answered
//!     ^  |          |  |
//!     |  |          |  `- revoked, or its worker died: Queued again, or Resting before that
//!     |  `----------'
//!     |       `- cancelled: Withdrawn
//! ```
//!
//! Before it is submitted it is at Home. A call of a task is one part, or item, a chunk one for each of its calls. ItemStates
//! change under the scheduler's lock alone, and whoever tells the call how it ended takes its end out.

mod item_states;
mod policy;

use std::{
    ops::Range,
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

pub(super) use item_states::ItemState;

use super::{
    answers::{AnswerBody, CallAnswers, PendingAnswers},
    link::LONG,
    pool::Shared,
};
use crate::{
    executor::RemoteCall, future::remote_cancel::RemoteCancel, portable::Packed, sync::Mutex,
    task::Options,
};
use item_states::ItemStates;
use policy::Policy;

/// A call, as bytes.
pub(super) struct EncodedCall {
    pub(super) task: u32,
    bytes: Packed,
    policy: Option<Box<Policy>>,
    pool: Weak<Shared>,
    inner: Mutex<Inner>,
}

struct Inner {
    sent: Option<RemoteCall>,
    states: ItemStates,
    /// Those of a chunk that have come.
    answers: Option<Box<PendingAnswers>>,
}

impl EncodedCall {
    pub(super) fn new(
        task: u32,
        bytes: Packed,
        sent: RemoteCall,
        options: Options,
        pool: Weak<Shared>,
    ) -> Arc<Self> {
        let deadline = sent.deadline();
        let states = ItemStates::new(bytes.len());
        let answers = (bytes.len() > 1).then(|| Box::new(PendingAnswers::new(bytes.len())));
        Arc::new(Self {
            task,
            bytes,
            policy: Policy::of(options, deadline),
            pool,
            inner: Mutex::new(Inner {
                sent: Some(sent),
                states,
                answers,
            }),
        })
    }

    /// The bytes of all parts.
    pub(super) fn bytes(&self) -> &Packed {
        &self.bytes
    }

    /// How many parts there are.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether its bytes are more than what may lie about when it has ended.
    pub(super) fn is_long(&self) -> bool {
        self.bytes.joined(0..self.len()).len() > LONG
    }

    /// How long each part may run.
    pub(super) fn timeout(&self) -> Option<Duration> {
        self.policy.as_ref()?.timeout()
    }

    /// How many bytes a worker may hold while it runs a part.
    pub(super) fn memory(&self) -> Option<u64> {
        self.policy.as_ref()?.memory()
    }

    /// How long after a part was sent, or was last looked at, to look at it again; `None` if it has no limits.
    pub(super) fn check_interval(&self) -> Option<Duration> {
        self.policy.as_ref()?.check_interval()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.policy.as_ref()?.deadline
    }

    /// Whether a part that was past its time limit is tried again.
    pub(super) fn retries_timeouts(&self) -> bool {
        let policy = self.policy.as_ref();
        policy.is_some_and(|policy| policy.retries_timeouts())
    }

    /// How many attempts at a part have failed, and were not the last.
    pub(super) fn failures(&self, item: usize) -> u32 {
        let policy = self.policy.as_ref();
        policy.map_or(0, |policy| policy.failures(item))
    }

    /// One more worker did not come for a part, which has limits: how many these are.
    pub(super) fn note_late(&self, item: usize) -> u32 {
        let policy = self.policy.as_ref();
        policy.map_or(0, |policy| policy.note_late(item))
    }

    /// An attempt at a part has failed: how long it rests before the next, if there is one.
    pub(super) fn note_failure(&self, item: usize) -> Option<Duration> {
        self.policy.as_ref()?.note_failure(item)
    }

    /// Whether some of it may be pending though some of it was started.
    fn may_be_pending_again(&self) -> bool {
        let policy = self.policy.as_ref();
        self.len() > 1 || policy.is_some_and(|policy| policy.retries() > 0)
    }

    /// Has cancels of the call ask here first. False if it is cancelled already.
    pub(super) fn attach(self: &Arc<Self>) -> bool {
        let inner = self.inner.lock();
        let sent = inner.sent.as_ref();
        sent.is_some_and(|sent| sent.attach(self.clone()))
    }

    /// The name of the call, for those who are told how it ended.
    pub(super) fn name(&self) -> String {
        let inner = self.inner.lock();
        inner
            .sent
            .as_ref()
            .map(|sent| sent.name().to_owned())
            .unwrap_or_default()
    }

    /// The end of the call, for the one who settles it.
    pub(super) fn take_sent(&self) -> Option<RemoteCall> {
        self.inner.lock().sent.take()
    }

    /// A worker has started the call. Runs user code.
    pub(super) fn start(&self) {
        let canceller = self.inner.lock().sent.as_ref().map(RemoteCall::canceller);
        match canceller {
            // Some of it may be pending still, or again: whoever asks is told by its tether.
            Some(canceller) if self.may_be_pending_again() => canceller.note_start(),
            Some(canceller) => canceller.start_remote(),
            None => {}
        }
    }

    /// It rests, and is pending meanwhile: keeps `guard` until it starts again, or ends.
    pub(super) fn hold_while_pending(&self, guard: Box<dyn Send>) {
        let canceller = self.inner.lock().sent.as_ref().map(RemoteCall::canceller);
        if let Some(canceller) = canceller {
            canceller.hold_while_pending(guard);
        }
    }

    /// Cancels the call, if no worker has started it.
    pub(super) fn cancel(&self) -> bool {
        let canceller = self.inner.lock().sent.as_ref().map(RemoteCall::canceller);
        canceller.is_some_and(|canceller| canceller.cancel())
    }

    /// Where the parts are: segments, in their order.
    pub(super) fn item_states(&self) -> Vec<(Range<usize>, ItemState)> {
        self.states_within(&(0..self.len()))
    }

    fn states_within(&self, items: &Range<usize>) -> Vec<(Range<usize>, ItemState)> {
        self.inner.lock().states.within(items)
    }

    pub(super) fn set_state(&self, items: Range<usize>, state: ItemState) {
        self.inner.lock().states.set(items, state);
    }

    /// The first segment of these items that is in the queue.
    pub(super) fn first_queued(&self, items: &Range<usize>) -> Option<Range<usize>> {
        let mut within = self.states_within(items).into_iter();
        let queued = within.find(|(_, state)| *state == ItemState::Queued);
        queued.map(|(segment, _)| segment)
    }

    /// How many of these items were withdrawn.
    pub(super) fn count_withdrawn(&self, items: &Range<usize>) -> usize {
        let within = self.states_within(items).into_iter();
        let withdrawn = within.filter(|(_, state)| *state == ItemState::Withdrawn);
        withdrawn.map(|(segment, _)| segment.len()).sum()
    }

    /// The parts are queued from here on. False if the call was cancelled before.
    pub(super) fn mark_queued(&self) -> bool {
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

    /// Keeps the answer to some parts that had none; all answers if it was the last.
    #[must_use]
    pub(super) fn finish_items(
        &self,
        items: Range<usize>,
        said: AnswerBody,
    ) -> Option<CallAnswers> {
        let mut inner = self.inner.lock();
        inner.states.set(items.clone(), ItemState::Done);
        match &mut inner.answers {
            None => Some(CallAnswers::One(said)),
            Some(open) => open.add(items, said),
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
