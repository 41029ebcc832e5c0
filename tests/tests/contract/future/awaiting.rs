//! Futures in async programs: any runtime, lent or owned, dropped halfway.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
};

use concurrent_futures::{Promise, TaskError, task};
use tests::{
    DEADLINE, Gate, MOMENT, Soon, Tally,
    far::{self, FarHeld},
    within,
};

use crate::{
    fixture::{Fixture, Workers, any},
    tasks::{answer, double, note, stumble},
};

/// Counts how often it was woken.
struct Bell(Tally);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.add();
    }
}

fn bell() -> (Tally, Waker) {
    let rung = Tally::new();
    (rung.clone(), Waker::from(Arc::new(Bell(rung))))
}

fn poll<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

/// The smallest runtime there is: polls, then waits for the bell.
fn run_by_hand<F: Future>(future: F) -> F::Output {
    let (rung, waker) = bell();
    let mut future = Box::pin(future);
    for round in 1.. {
        if let Poll::Ready(output) = poll(&mut future, &waker) {
            return output;
        }
        rung.wait_for(round);
    }
    unreachable!("rounds never end")
}

pub(crate) fn a_future_is_awaited_with_a_waker_made_by_hand<F: Fixture>() {
    let pool = any::<F>(1);

    let value = run_by_hand(double::submit(&pool, 21));
    let failure = run_by_hand(stumble::submit(&pool, 3));

    assert_eq!(value.unwrap(), 42);
    assert!(failure.unwrap_err().is_panicked());
}

pub(crate) fn a_future_is_awaited_on_pollster<F: Fixture>() {
    let pool = any::<F>(1);
    let (one, two) = (double::submit(&pool, 1), double::submit(&pool, 2));

    let sum = pollster::block_on(async { Ok::<_, TaskError>(one.await? + two.await?) });

    assert_eq!(sum.unwrap(), 6);
}

pub(crate) fn a_future_is_awaited_on_tokio<F: Fixture>() {
    let pool = any::<F>(2);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .unwrap();

    let spawned: Vec<_> = (0..100)
        .map(|n| runtime.spawn(double::submit(&pool, n)))
        .collect();
    let sum = runtime.block_on(async {
        let mut sum = 0;
        for value in spawned {
            sum += value.await.unwrap().unwrap();
        }
        sum
    });

    assert_eq!(sum, 9_900);
}

pub(crate) fn a_limit_of_tokio_leaves_the_future_usable<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 42);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();

    let early =
        runtime.block_on(async { tokio::time::timeout(MOMENT, &held.future).await.is_err() });
    let value = runtime.block_on(held.let_go());

    assert!(early);
    assert_eq!(value.unwrap(), 42);
}

pub(crate) fn awaiting_a_reference_lends_the_outcome<F: Fixture>() {
    let pool = any::<F>(1);
    let future = answer::submit(&pool);

    let lent = run_by_hand(async { (&future).await.copied() });

    assert_eq!(lent.unwrap(), 42);
    assert_eq!(future.soon().unwrap(), 42);
}

pub(crate) fn a_shared_future_is_awaited_by_each_of_its_clones<F: Fixture>() {
    let pool = any::<F>(1);
    let future = answer::submit(&pool).shared();
    let clone = future.clone();

    let (one, two) = run_by_hand(async { (future.await, clone.await) });

    assert_eq!((one.unwrap(), two.unwrap()), (42, 42));
}

#[task]
fn note_after(gate: &far::FileGate, tally: &far::FileTally) {
    gate.pass();
    tally.add();
}

pub(crate) fn dropping_the_awaiting_side_leaves_the_task_running<F: Workers>() {
    let pool = any::<F>(1);
    let ended = far::FileTally::new();
    let FarHeld { mut future, go } = FarHeld::at(&pool, |gate| note_after::new(gate, &ended));
    let (_, waker) = bell();
    assert!(poll(&mut future, &waker).is_pending());

    drop(future);
    drop(go);

    ended.wait_for(1);
}

pub(crate) fn dropping_the_awaiting_side_leaves_a_pending_call_to_run<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 0);
    let ran = far::FileTally::new();
    let mut pending = note::submit(&pool, &ran, 1);
    let (_, waker) = bell();
    assert!(poll(&mut pending, &waker).is_pending());

    drop(pending);
    held.let_go().detach();

    ran.wait_for(1);
}

#[test]
fn an_outcome_wakes_the_last_waker() {
    let (promise, mut future) = Promise::<u64>::new();
    let ((_, first), (rung, second)) = (bell(), bell());
    assert!(poll(&mut future, &first).is_pending());
    assert!(poll(&mut future, &second).is_pending());

    promise.finish(Ok(42)).unwrap();

    rung.wait_for(1);
    assert!(matches!(poll(&mut future, &second), Poll::Ready(Ok(42))));
}

#[test]
fn a_dropped_promise_wakes_the_awaiting_side() {
    let (promise, mut future) = Promise::<u64>::new();
    let (rung, waker) = bell();
    assert!(poll(&mut future, &waker).is_pending());

    drop(promise);

    rung.wait_for(1);
    let Poll::Ready(outcome) = poll(&mut future, &waker) else {
        panic!("it was woken too early")
    };
    assert!(outcome.unwrap_err().is_worker_lost());
}

pub(crate) fn awaiting_ends_only_after_the_callbacks_have_run<F: Workers>() {
    let pool = any::<F>(1);
    let FarHeld { mut future, go } = FarHeld::on(&pool, 42);
    let (called, end) = (Gate::new(), Gate::new());
    let open_end = end.open_on_drop();
    future.add_done_callback({
        let called = called.clone();
        move |_| {
            called.open();
            end.wait();
        }
    });
    drop(go);
    called.wait();
    let (_, waker) = bell();

    let early = poll(&mut future, &waker).is_ready();
    drop(open_end);

    assert!(!early, "its callback still runs");
    assert_eq!(within(DEADLINE, || run_by_hand(future)).unwrap(), 42);
}

#[test]
fn awaiting_never_sleeps_through_an_end_at_the_same_moment() {
    for _ in 0..1_000 {
        let (promise, future) = Promise::new();
        let ready = Gate::new();
        let finishing = std::thread::spawn({
            let ready = ready.clone();
            move || {
                ready.wait();
                promise.finish(Ok(42))
            }
        });

        ready.open();
        let value = run_by_hand(future);

        assert_eq!(value.unwrap(), 42);
        finishing.join().unwrap().unwrap();
    }
}

/// Several tasks of a runtime await one call by reference; each is woken.
#[test]
fn every_awaiting_reference_is_woken() {
    let (promise, future) = Promise::<u64>::new();
    let bells = [(); 3].map(|()| bell());
    let mut lent = [(); 3].map(|()| Box::pin((&future).into_future()));
    for (awaiting, (_, waker)) in lent.iter_mut().zip(&bells) {
        assert!(poll(awaiting, waker).is_pending());
    }

    promise.finish(Ok(42)).unwrap();

    for (mut awaiting, (rung, waker)) in lent.into_iter().zip(bells) {
        rung.wait_for(1);
        assert!(matches!(poll(&mut awaiting, &waker), Poll::Ready(Ok(42))));
    }
}
