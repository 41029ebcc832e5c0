//! Callbacks: what they see, when they run, and what becomes of their panics.

use std::{
    sync::{Arc, Mutex, mpsc::channel},
    thread,
};

use concurrent_futures::{Promise, ReturnWhen, TaskError, wait};
use tests::{
    DEADLINE, Gate, MOMENT, Soon, Tally, collect_log,
    far::{FarHeld, busy},
    logged, receive,
};

use crate::{
    fixture::{Fixture, Workers, any},
    tasks::{answer, double, parse, stumble, whereabouts, whereabouts_after},
};

pub(crate) fn a_callback_borrows_the_value_of_a_success<F: Fixture>() {
    let pool = any::<F>(1);
    let (tx, rx) = channel();
    let future = double::submit(&pool, 21);

    future.add_done_callback(move |outcome| tx.send(outcome.copied()).unwrap());

    assert_eq!(receive(&rx).unwrap(), 42);
    assert_eq!(future.soon().unwrap(), 42, "the value is still there");
}

pub(crate) fn a_callback_borrows_the_error_of_a_failure<F: Fixture>() {
    let pool = any::<F>(1);
    let (tx, rx) = channel();
    let future = stumble::submit(&pool, 3);

    future.add_done_callback(move |outcome| tx.send(outcome.copied()).unwrap());

    assert_eq!(receive(&rx).unwrap_err().message(), Some("stumbled at 3"));
    assert!(future.soon().unwrap_err().is_panicked());
}

pub(crate) fn a_callback_borrows_the_err_that_a_task_returned<F: Fixture>() {
    let pool = any::<F>(1);
    let (tx, rx) = channel();
    let future = parse::submit(&pool, "x".to_owned());

    future.add_done_callback(move |outcome| tx.send(outcome.cloned()).unwrap());

    assert_eq!(
        receive(&rx).unwrap(),
        Err("invalid digit found in string: x".to_owned())
    );
}

pub(crate) fn a_callback_learns_of_a_cancel<F: Workers>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let (tx, rx) = channel();
    let future = double::submit(&pool, 21);
    future.add_done_callback(move |outcome| tx.send(outcome.copied()).unwrap());

    future.cancel();

    assert!(receive(&rx).unwrap_err().is_cancelled());
}

#[test]
fn a_callback_learns_of_a_lost_worker() {
    let (tx, rx) = channel();
    let (mut promise, future) = Promise::<u64>::new();
    future.add_done_callback(move |outcome| tx.send(outcome.copied()).unwrap());
    promise.start();

    drop(promise);

    assert!(receive(&rx).unwrap_err().is_worker_lost());
}

pub(crate) fn callbacks_run_once_each_in_the_order_added<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 0);
    let order = Arc::new(Mutex::new(Vec::new()));
    for n in 0..10 {
        let order = Arc::clone(&order);
        held.future
            .add_done_callback(move |_| order.lock().unwrap().push(n));
    }

    held.let_go().soon().unwrap();

    assert_eq!(*order.lock().unwrap(), Vec::from_iter(0..10));
}

pub(crate) fn a_callback_runs_though_nobody_keeps_the_future<F: Workers>() {
    let pool = any::<F>(1);
    let (tx, rx) = channel();
    let FarHeld { future, go } = FarHeld::on(&pool, 42);
    future.add_done_callback(move |outcome| tx.send(outcome.copied()).unwrap());
    drop(future);

    drop(go);

    assert_eq!(receive(&rx).unwrap(), 42);
}

pub(crate) fn a_panicking_callback_lets_the_later_ones_run<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 0);
    let ran = Tally::new();
    for n in 0..10 {
        let ran = ran.clone();
        held.future.add_done_callback(move |_| {
            ran.add();
            assert!(n % 2 == 0, "callback {n} panics");
        });
    }

    held.let_go().soon().unwrap();

    assert_eq!(ran.count(), 10);
}

pub(crate) fn a_panicking_callback_ends_no_worker<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::at(&pool, whereabouts_after::new);
    held.future
        .add_done_callback(|_| panic!("a callback panics"));

    let before = held.let_go().soon().unwrap();
    let after = whereabouts::submit(&pool).soon().unwrap();

    assert_eq!(before, after);
}

pub(crate) fn a_panicking_callback_is_logged<F: Workers>() {
    collect_log();
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 0);
    held.future
        .add_done_callback(|_| panic!("a pending callback fell over"));

    held.let_go().soon().unwrap();

    assert!(logged("a pending callback fell over").starts_with("ERROR"));
}

pub(crate) fn the_state_changes_before_the_callbacks_run<F: Workers>() {
    let pool = any::<F>(1);
    let (tx, rx) = channel();
    let FarHeld { future, go } = FarHeld::on(&pool, 42);
    let future = future.shared();
    let own = future.clone();
    future.add_done_callback(move |_| tx.send((own.done(), own.running())).unwrap());

    drop(go);

    assert_eq!(receive(&rx), (true, false));
}

pub(crate) fn waiters_wake_before_the_callbacks_have_run<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 42);
    let end = Gate::new();
    let _end = end.open_on_drop();
    held.future.add_done_callback(move |_| end.wait());

    let future = held.let_go();
    let done = wait([&future], ReturnWhen::AllCompleted, DEADLINE).done;

    assert_eq!(done.len(), 1, "it counts as done while its callback runs");
}

pub(crate) fn the_value_is_handed_out_only_after_the_callbacks_have_run<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 42);
    let (called, end) = (Gate::new(), Gate::new());
    let open_end = end.open_on_drop();
    held.future.add_done_callback({
        let called = called.clone();
        move |_| {
            called.open();
            end.wait();
        }
    });

    let future = held.let_go();
    called.wait();
    let early = (
        future.done(),
        future.peek().is_some(),
        future.get_timeout(MOMENT).is_ok(),
    );
    let future = future.result_timeout(MOMENT).unwrap_err().into_future();
    drop(open_end);

    assert_eq!(
        early,
        (true, false, false),
        "done, but neither to be seen nor to be had"
    );
    assert_eq!(future.soon().unwrap(), 42);
}

pub(crate) fn waiting_for_a_future_in_its_own_callback_would_deadlock<F: Workers>() {
    let pool = any::<F>(1);
    let (tx, rx) = channel();
    let FarHeld { future, go } = FarHeld::on(&pool, 42);
    let future = future.shared();
    let own = future.clone();
    future.add_done_callback(move |_| {
        let lent = own.get().copied();
        let limited = own.get_timeout(DEADLINE).map(|outcome| outcome.copied());
        tx.send([lent, own.result(), limited.unwrap()]).unwrap();
    });

    drop(go);

    assert!(
        receive(&rx)
            .into_iter()
            .all(|outcome| outcome.unwrap_err().is_would_deadlock())
    );
}

#[test]
fn a_promise_finished_by_hand_has_the_same_rules_for_its_callbacks() {
    let (promise, future) = Promise::<u64>::new();
    let (tx, rx) = channel();
    let future = future.shared();
    let own = future.clone();
    future.add_done_callback(move |_| tx.send((own.done(), own.result())).unwrap());

    promise.finish(Ok(42)).unwrap();

    let (done, waited) = receive(&rx);
    assert!(done && waited.unwrap_err().is_would_deadlock());
    assert_eq!(future.soon().unwrap(), 42);
}

pub(crate) fn a_late_callback_runs_at_once_on_the_callers_thread<F: Fixture>() {
    let pool = any::<F>(1);
    let (tx, rx) = channel();
    let future = answer::submit(&pool);
    future.get_soon().unwrap();

    future.add_done_callback(move |outcome| {
        tx.send((thread::current().id(), outcome.copied())).unwrap();
    });

    let (thread, outcome) = rx.try_recv().expect("it has run already");
    assert_eq!((thread, outcome.unwrap()), (thread::current().id(), 42));
}

pub(crate) fn a_late_callback_that_panics_does_not_throw<F: Fixture>() {
    let pool = any::<F>(1);
    let future = answer::submit(&pool);
    future.get_soon().unwrap();

    future.add_done_callback(|_| panic!("a late callback panics"));

    assert_eq!(future.soon().unwrap(), 42);
}

pub(crate) fn a_late_callback_that_panics_is_logged<F: Fixture>() {
    collect_log();
    let pool = any::<F>(1);
    let future = answer::submit(&pool);
    future.get_soon().unwrap();

    future.add_done_callback(|_| panic!("a late callback fell over"));

    assert!(logged("a late callback fell over").starts_with("ERROR"));
}

pub(crate) fn a_callback_of_a_cancelled_call_runs_on_the_cancelling_thread_before_cancel_returns<
    F: Workers,
>() {
    let pool = any::<F>(1);
    let _busy = busy(&pool, 1);
    let (tx, rx) = channel();
    let future = double::submit(&pool, 21);
    future.add_done_callback(move |_: Result<&u64, TaskError>| tx.send(()).unwrap());

    future.cancel();

    assert!(rx.try_recv().is_ok());
}

pub(crate) fn a_callback_added_inside_a_callback_of_the_same_call_runs_after_the_others<
    F: Workers,
>() {
    let pool = any::<F>(1);
    let order = Arc::new(Mutex::new(Vec::new()));
    let note = |n| {
        let order = Arc::clone(&order);
        move || order.lock().unwrap().push(n)
    };
    let (one, two, three) = (note(1), note(2), note(3));
    let FarHeld { future, go } = FarHeld::on(&pool, 0);
    let future = future.shared();
    let own = future.clone();
    future.add_done_callback(move |_| {
        one();
        own.add_done_callback(move |_| three());
    });
    future.add_done_callback(move |_| two());

    drop(go);
    future.get_soon().unwrap();

    assert_eq!(*order.lock().unwrap(), [1, 2, 3]);
}

#[test]
fn callbacks_added_while_the_call_ends_run_once_each() {
    for _ in 0..500 {
        let (promise, future) = Promise::<u64>::new();
        let (ran, ready) = (Tally::new(), Gate::new());
        let finishing = thread::spawn({
            let ready = ready.clone();
            move || {
                ready.wait();
                promise.finish(Ok(42))
            }
        });

        ready.open();
        for _ in 0..20 {
            let ran = ran.clone();
            future.add_done_callback(move |_| ran.add());
        }
        finishing.join().unwrap().unwrap();

        ran.wait_for(20);
        assert_eq!((future.soon().unwrap(), ran.count()), (42, 20));
    }
}
