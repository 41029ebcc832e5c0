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
};
use crate::{
    error::TaskError,
    id::ExecutorId,
    portable::Parts,
    task::{Answers, Entry, NoAnswers, Task, Wire},
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
    type Aside = Counted;

    fn entry() -> &'static Entry {
        unreachable!("no model asks for it")
    }

    fn into_parts(self, parts: &mut Parts) -> Result<Counted, TaskError> {
        parts.add(|_| Ok::<_, TaskError>(()))?;
        Ok(self.0)
    }

    fn from_answers(_: &mut dyn Answers, aside: Counted) -> Result<Counted, TaskError> {
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
    away.answer(&mut NoAnswers);
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
