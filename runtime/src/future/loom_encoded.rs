//! Every interleaving of a call that becomes bytes with its other ends.

use loom::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    Future,
    loom_models::{DropCounter, context, joined, model, model_with, placement, run},
};
use crate::{
    cell::{CellRef, RemoteCall, RemoteCancel, ignore_hint},
    error::TaskError,
    id::ExecutorId,
    portable::Parts,
    task::{AnswerSource, Entry, NoAnswers, Task, Wire},
    worker_context,
};

/// A call whose argument stays behind while its part is away.
struct Letter(DropCounter);

impl Task for Letter {
    type Output = DropCounter;

    fn name() -> &'static str {
        "letter"
    }

    fn run(self) -> DropCounter {
        self.0
    }
}

impl Wire for Letter {
    type Retained = DropCounter;

    fn entry() -> &'static Entry {
        unreachable!("no model asks for it")
    }

    fn into_parts(self, parts: &mut Parts) -> Result<DropCounter, TaskError> {
        parts.add(|_| Ok::<_, TaskError>(()))?;
        Ok(self.0)
    }

    fn from_answers(
        _: &mut dyn AnswerSource,
        aside: DropCounter,
    ) -> Result<DropCounter, TaskError> {
        Ok(aside)
    }
}

/// A pending call that can be sent, its job, and the count of drops of its argument.
fn letter(executor: Option<ExecutorId>) -> (Future<DropCounter>, CellRef, Arc<AtomicUsize>) {
    let drops = Arc::new(AtomicUsize::new(0));
    let call = Letter(DropCounter(drops.clone()));
    let (future, cell) = super::pair_remote(call, placement(executor));
    (future, cell, drops)
}

fn encode(cell: CellRef) -> Option<RemoteCall> {
    cell.encode(&mut Parts::new())
}

/// What a remote executor does with a job. True if it was answered.
fn send(cell: CellRef) -> bool {
    let Some(mut encoded) = encode(cell) else {
        return false;
    };
    let started = encoded.start();
    encoded.finish_told(&mut NoAnswers, &mut ignore_hint);
    started
}

#[test]
fn loom_an_answer_reaches_whoever_blocks_for_it() {
    model(|| {
        let (future, cell, drops) = letter(None);
        let executor = thread::spawn(move || send(cell));

        let value = future.result();

        assert!(value.is_ok());
        drop(value);
        assert!(joined(executor));
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_a_cancel_and_a_sending_never_both_win() {
    model(|| {
        let (future, cell, drops) = letter(None);
        let executor = thread::spawn(move || send(cell));

        let cancelled = future.cancel();

        assert_ne!(cancelled, joined(executor));
        assert_eq!(future.result().is_err(), cancelled);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_an_answer_nobody_wants_is_dropped_once() {
    model(|| {
        let (future, cell, drops) = letter(None);
        let executor = thread::spawn(move || send(cell));

        drop(future);

        assert!(joined(executor));
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_a_call_that_is_dropped_on_its_way_wakes_whoever_blocks_for_it() {
    model(|| {
        let (future, cell, drops) = letter(None);
        let executor = thread::spawn(move || {
            let mut encoded = encode(cell).expect("nobody cancels");
            encoded.start()
        });

        let error = future.result().err();

        assert!(error.is_some_and(|error| error.is_worker_lost()));
        assert!(joined(executor));
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_a_failing_and_a_cancel_leave_one_outcome() {
    model(|| {
        let (future, cell, drops) = letter(None);
        let encoded = encode(cell).expect("nobody cancels yet");
        let executor = thread::spawn(move || encoded.fail(TaskError::rejected("no room")));

        let cancelled = future.cancel();

        joined(executor);
        let error = future.result().err();
        assert!(error.is_some_and(|error| error.is_cancelled() == cancelled));
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_a_worker_that_waits_runs_a_call_or_it_is_sent_but_not_both() {
    let executor = ExecutorId::new();
    model_with(2, move || {
        let (future, cell, drops) = letter(Some(executor));
        let sender = thread::spawn(move || send(cell));
        let _worker = worker_context::enter(context(executor));

        let value = future.result();

        assert!(value.is_ok());
        drop(value);
        joined(sender);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_of_a_worker_and_a_sender_one_has_the_call() {
    model(|| {
        let (future, cell, drops) = letter(None);
        let other = cell.clone();
        let sender = thread::spawn(move || send(cell));

        let ran = run(other);

        assert_ne!(ran, joined(sender));
        assert!(future.result().is_ok());
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

/// The claim word of an encoded call: sent, claimed by a worker, or revoked.
struct ClaimWord(AtomicUsize);

const SENT: usize = 0;
const CLAIMED: usize = 1;
const REVOKED: usize = 2;

impl ClaimWord {
    fn moves_to(&self, stage: usize) -> bool {
        let moved = self
            .0
            .compare_exchange(SENT, stage, Ordering::AcqRel, Ordering::Acquire);
        moved.is_ok()
    }
}

impl RemoteCancel for ClaimWord {
    fn revoke(self: std::sync::Arc<Self>) -> bool {
        self.moves_to(REVOKED) || self.0.load(Ordering::Acquire) == REVOKED
    }

    fn has_started(&self) -> bool {
        self.0.load(Ordering::Acquire) == CLAIMED
    }

    fn abort(self: std::sync::Arc<Self>) -> bool {
        false
    }
}

/// Attaches a claim word to a call, as a pool does, and lets a worker claim it. A call that was not
/// claimed is returned: the thread that revoked it is about to cancel it.
fn send_attached(cell: CellRef) -> Option<RemoteCall> {
    let encoded = encode(cell)?;
    let word = std::sync::Arc::new(ClaimWord(AtomicUsize::new(SENT)));
    if encoded.attach(word.clone()) && word.moves_to(CLAIMED) {
        encoded.finish_told(&mut NoAnswers, &mut ignore_hint);
        return None;
    }
    Some(encoded)
}

#[test]
fn loom_a_tied_call_is_cancelled_or_claimed_but_not_both() {
    model(|| {
        let (future, cell, drops) = letter(None);
        let executor = thread::spawn(move || send_attached(cell));

        let cancelled = future.cancel();

        let kept = joined(executor);
        assert!(cancelled || kept.is_none());
        drop(kept);
        assert_eq!(future.result().is_err(), cancelled);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_two_cancels_of_a_tied_call_agree() {
    model_with(2, || {
        let (future, cell, drops) = letter(None);
        let canceller = future.canceller();
        let encoded = encode(cell).expect("nobody cancels yet");
        assert!(encoded.attach(std::sync::Arc::new(ClaimWord(AtomicUsize::new(SENT)))));
        let other = thread::spawn(move || canceller.cancel());

        let cancelled = future.cancel();

        assert!(cancelled && joined(other));
        drop(encoded);
        assert!(future.result().is_err_and(|error| error.is_cancelled()));
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_a_call_whose_worker_was_ended_is_cancelled_for_all() {
    model(|| {
        let (future, cell, drops) = letter(None);
        let executor = thread::spawn(move || {
            let mut encoded = encode(cell).expect("nobody cancels");
            let word = std::sync::Arc::new(ClaimWord(AtomicUsize::new(CLAIMED)));
            assert!(encoded.attach(word) && encoded.start());
            encoded.cancel_started(&mut ignore_hint);
        });

        let error = future.get().err();

        assert!(error.is_some_and(|error| error.is_cancelled()));
        joined(executor);
        assert!(future.cancelled());
        drop(future);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}
