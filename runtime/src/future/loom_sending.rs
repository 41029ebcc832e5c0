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
    cell::Hold,
    loom_models::{Counted, joined, model, model_with, placement, post, run},
    sending::Away,
    settle::ignore_turn,
    tether::Tether,
};
use crate::{
    error::TaskError,
    id::ExecutorId,
    portable::Parts,
    task::{AnswerSource, Entry, NoAnswers, Task, Wire},
    worker,
};

/// A call whose argument stays behind while its part is away.
struct Letter(Counted);

impl Task for Letter {
    type Output = Counted;

    fn name() -> &'static str {
        "letter"
    }

    fn run(self) -> Counted {
        self.0
    }
}

impl Wire for Letter {
    type Retained = Counted;

    fn entry() -> &'static Entry {
        unreachable!("no model asks for it")
    }

    fn into_parts(self, parts: &mut Parts) -> Result<Counted, TaskError> {
        parts.add(|_| Ok::<_, TaskError>(()))?;
        Ok(self.0)
    }

    fn from_answers(_: &mut dyn AnswerSource, aside: Counted) -> Result<Counted, TaskError> {
        Ok(aside)
    }
}

/// A pending call that can be sent, its job, and the count of drops of its argument.
fn letter(executor: Option<ExecutorId>) -> (Future<Counted>, Hold, Arc<AtomicUsize>) {
    let drops = Arc::new(AtomicUsize::new(0));
    let call = Letter(Counted(drops.clone()));
    let (future, hold) = super::pair_remote(call, placement(executor));
    (future, hold, drops)
}

fn encode(hold: Hold) -> Option<Away> {
    hold.encode(&mut Parts::new())
}

/// What a remote executor does with a job. True if it was answered.
fn send(hold: Hold) -> bool {
    let Some(mut away) = encode(hold) else {
        return false;
    };
    let started = away.start();
    away.answer(&mut NoAnswers, &mut ignore_turn);
    started
}

#[test]
fn loom_an_answer_reaches_whoever_blocks_for_it() {
    model(|| {
        let (future, hold, drops) = letter(None);
        let executor = thread::spawn(move || send(hold));

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
        let (future, hold, drops) = letter(None);
        let executor = thread::spawn(move || send(hold));

        let cancelled = future.cancel();

        assert_ne!(cancelled, joined(executor));
        assert_eq!(future.result().is_err(), cancelled);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_an_answer_nobody_wants_is_dropped_once() {
    model(|| {
        let (future, hold, drops) = letter(None);
        let executor = thread::spawn(move || send(hold));

        drop(future);

        assert!(joined(executor));
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_a_call_that_is_dropped_on_its_way_wakes_whoever_blocks_for_it() {
    model(|| {
        let (future, hold, drops) = letter(None);
        let executor = thread::spawn(move || {
            let mut away = encode(hold).expect("nobody cancels");
            away.start()
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
        let (future, hold, drops) = letter(None);
        let mut away = encode(hold).expect("nobody cancels yet");
        let executor = thread::spawn(move || away.fail(TaskError::rejected("no room")));

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
        let (future, hold, drops) = letter(Some(executor));
        let sender = thread::spawn(move || send(hold));
        let _worker = worker::enter(post(executor));

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
        let (future, hold, drops) = letter(None);
        let other = hold.clone();
        let sender = thread::spawn(move || send(hold));

        let ran = run(other);

        assert_ne!(ran, joined(sender));
        assert!(future.result().is_ok());
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

/// Who has a call's bytes and a worker that may start it, as one word.
struct Word(AtomicUsize);

const SENT: usize = 0;
const CLAIMED: usize = 1;
const RECALLED: usize = 2;

impl Word {
    fn moves_to(&self, stage: usize) -> bool {
        let moved = self
            .0
            .compare_exchange(SENT, stage, Ordering::AcqRel, Ordering::Acquire);
        moved.is_ok()
    }
}

impl Tether for Word {
    fn recall(self: std::sync::Arc<Self>) -> bool {
        self.moves_to(RECALLED) || self.0.load(Ordering::Acquire) == RECALLED
    }

    fn has_started(&self) -> bool {
        self.0.load(Ordering::Acquire) == CLAIMED
    }

    fn abort(self: std::sync::Arc<Self>) -> bool {
        false
    }
}

/// Ties a call to a word, as a pool does, and lets a worker claim it. What was not claimed
/// is kept: whoever recalled it is about to cancel it.
fn send_tied(hold: Hold) -> Option<Away> {
    let away = encode(hold)?;
    let word = std::sync::Arc::new(Word(AtomicUsize::new(SENT)));
    if away.tie(word.clone()) && word.moves_to(CLAIMED) {
        away.answer(&mut NoAnswers, &mut ignore_turn);
        return None;
    }
    Some(away)
}

#[test]
fn loom_a_tied_call_is_cancelled_or_claimed_but_not_both() {
    model(|| {
        let (future, hold, drops) = letter(None);
        let executor = thread::spawn(move || send_tied(hold));

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
        let (future, hold, drops) = letter(None);
        let canceller = future.canceller();
        let away = encode(hold).expect("nobody cancels yet");
        assert!(away.tie(std::sync::Arc::new(Word(AtomicUsize::new(SENT)))));
        let other = thread::spawn(move || canceller.cancel());

        let cancelled = future.cancel();

        assert!(cancelled && joined(other));
        drop(away);
        assert!(future.result().is_err_and(|error| error.is_cancelled()));
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn loom_a_call_whose_worker_was_ended_is_cancelled_for_all() {
    model(|| {
        let (future, hold, drops) = letter(None);
        let executor = thread::spawn(move || {
            let mut away = encode(hold).expect("nobody cancels");
            let word = std::sync::Arc::new(Word(AtomicUsize::new(CLAIMED)));
            assert!(away.tie(word) && away.start());
            away.cancel(&mut ignore_turn);
        });

        let error = future.get().err();

        assert!(error.is_some_and(|error| error.is_cancelled()));
        joined(executor);
        assert!(future.cancelled());
        drop(future);
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}
