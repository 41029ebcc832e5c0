//! A call on its way through another process.

use std::{fmt, sync::Arc, time::Instant};

use crate::{
    error::TaskError,
    future::{
        Canceller,
        encoded::EncodedEnd,
        remote_cancel::RemoteCancel,
        settle::{WorkerHint, ignore_hint},
    },
    id::CallId,
    task::AnswerSource,
};

/// A call whose bytes are, or will be, with a worker; made by [`Job::encode`](super::Job::encode).
///
/// It is pending, and can be cancelled, until [`start`](RemoteCall::start). Dropping it fails
/// the future with [`is_worker_lost`](TaskError::is_worker_lost).
///
/// [`remote`](crate::remote) has an example of its whole way.
#[must_use = "a call that is dropped fails its future; call `finish`"]
pub struct RemoteCall(EncodedEnd);

impl RemoteCall {
    pub(super) fn new(encoded: EncodedEnd) -> Self {
        Self(encoded)
    }

    /// Notes that a worker has started the call: it is running, and cannot be cancelled.
    ///
    /// False if it was cancelled: no worker is to run it.
    pub fn start(&mut self) -> bool {
        self.0.start()
    }

    /// Gives the future its outcome: an answer for each of the parts, in their order.
    ///
    /// An answer is the bytes that [`Entry::run`](crate::remote::Entry::run) gave, or why
    /// there are none. Parts without an answer count as lost. Nothing happens if the call
    /// was cancelled. Runs the `Deserialize` impl of the result, and done-callbacks,
    /// before this returns.
    pub fn finish<B: AsRef<[u8]>>(self, answers: impl IntoIterator<Item = Result<B, TaskError>>) {
        let mut answers = Each {
            answers: &mut answers.into_iter(),
            current: None,
        };
        self.finish_told(&mut answers, &mut ignore_hint);
    }

    /// As [`finish`](Self::finish); `hint` hears when the outcome is about to be seen.
    pub(crate) fn finish_told(
        self,
        answers: &mut dyn AnswerSource,
        hint: &mut impl FnMut(WorkerHint),
    ) {
        self.0.answer(answers, hint);
    }

    /// When nothing of the call is to start any more: the deadline of the `map` it came from, if
    /// that has one.
    ///
    /// Parts that have not started by then need no answer.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.0.deadline()
    }

    /// Has whoever cancels or aborts the call ask `remote_cancel` first; false if it is cancelled: nothing is
    /// to be sent. Once a call.
    #[must_use]
    pub(crate) fn attach(&self, remote_cancel: Arc<dyn RemoteCancel>) -> bool {
        self.0.attach(remote_cancel)
    }

    /// Cancels the call though it has started: its worker was ended for that.
    pub(crate) fn cancel_started(self, hint: &mut impl FnMut(WorkerHint)) {
        self.0.cancel(hint);
    }

    /// A handle that cancels the call.
    pub(crate) fn canceller(&self) -> Canceller {
        Canceller::new(self.0.cell().clone())
    }

    /// Fails the call; nothing happens if it was cancelled.
    ///
    /// Done-callbacks run before this returns.
    pub fn fail(mut self, error: TaskError) {
        self.0.fail(error);
    }

    /// Whether the call has not started, and was not cancelled.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.0.cell().state.load().is_pending()
    }

    /// Keeps `guard` while the call is pending: until it starts or is cancelled.
    pub fn hold_while_pending(&self, guard: Box<dyn Send>) {
        self.0.cell().add_guard(guard);
    }

    /// The call's own name if it was given one, else its task's.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.cell().name()
    }

    /// The call's id.
    #[must_use]
    pub fn id(&self) -> CallId {
        self.0.cell().id
    }
}

/// Answers of any type, each lent until the next.
struct Each<'a, I, B> {
    answers: &'a mut I,
    current: Option<B>,
}

impl<I, B> AnswerSource for Each<'_, I, B>
where
    I: Iterator<Item = Result<B, TaskError>>,
    B: AsRef<[u8]>,
{
    fn next(&mut self) -> Option<Result<&[u8], TaskError>> {
        let answer = self.answers.next()?;
        Some(answer.map(|bytes| {
            let bytes: &B = self.current.insert(bytes);
            bytes.as_ref()
        }))
    }
}

impl fmt::Debug for RemoteCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemoteCall({} of {})", self.id(), self.name())
    }
}
