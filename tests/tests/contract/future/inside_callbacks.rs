//! What callbacks may do: all that a task may, and end the pool that runs them.

use std::{
    process,
    sync::{Arc, Mutex, mpsc::channel},
};

use concurrent_futures::{Promise, Submit, task};
use tests::{
    Gate, Soon, call,
    far::{self, FarHeld, FileTally, NoteOnDrop, pass},
    receive,
};

use crate::{
    fixture::{LocalWorkers, SharedMemory, Workers, any, any_bounded, bounded},
    tasks::{answer, double, note},
};

pub(crate) fn a_callback_may_submit<F: Workers>() {
    let pool = Arc::new(any::<F>(1));
    let (tx, rx) = channel();
    let held = FarHeld::on(&pool, 0);
    held.future.add_done_callback({
        let pool = Arc::clone(&pool);
        move |_| tx.send(double::submit(&pool, 21)).unwrap()
    });

    held.let_go().soon().unwrap();

    assert_eq!(receive(&rx).soon().unwrap(), 42);
}

pub(crate) fn a_callback_may_submit_beyond_the_bound<F: Workers>() {
    let pool = Arc::new(any_bounded::<F>(1, 1));
    let (tx, rx) = channel();
    let held = FarHeld::on(&pool, 0);
    let filling = double::submit(&pool, 1);
    held.future.add_done_callback({
        let pool = Arc::clone(&pool);
        move |_| (0..3).for_each(|n| tx.send(double::submit(&pool, n)).unwrap())
    });

    held.let_go().soon().unwrap();

    assert_eq!([(); 3].map(|()| receive(&rx).soon().unwrap()), [0, 2, 4]);
    assert_eq!(filling.soon().unwrap(), 2);
}

pub(crate) fn a_callback_may_wait_for_another_future<F: Workers>() {
    let pool = Arc::new(any::<F>(1));
    let (tx, rx) = channel();
    let held = FarHeld::on(&pool, 0);
    let other = double::submit(&pool, 21);
    held.future
        .add_done_callback(move |_| tx.send(other.result()).unwrap());

    held.let_go().soon().unwrap();

    assert_eq!(receive(&rx).unwrap(), 42);
}

pub(crate) fn a_callback_may_cancel_another_call<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 0);
    // A worker that is a process goes on while callbacks run.
    let (gate, _go) = far::FileGate::shut();
    let between = pass::submit(&pool, &gate);
    let other = double::submit(&pool, 21);
    let canceller = other.canceller();
    let (tx, rx) = channel();
    held.future
        .add_done_callback(move |_| tx.send(canceller.cancel()).unwrap());

    held.let_go().soon().unwrap();

    assert!(receive(&rx) && !between.done());
    assert!(other.soon().unwrap_err().is_cancelled());
}

pub(crate) fn a_callback_may_cancel_its_own_call_in_vain<F: Workers>() {
    let pool = any::<F>(1);
    let (tx, rx) = channel();
    let held = FarHeld::on(&pool, 0);
    let own = held.future.canceller();
    held.future
        .add_done_callback(move |_| tx.send(own.cancel()).unwrap());

    held.let_go().soon().unwrap();

    assert!(!receive(&rx), "it is too late for that");
}

#[task]
fn noting_after(gate: &far::FileGate, tally: &FileTally, home: u32) -> NoteOnDrop {
    gate.pass();
    NoteOnDrop::new(tally, home)
}

pub(crate) fn a_callback_may_drop_its_own_future<F: Workers>() {
    let pool = any::<F>(1);
    let gone = FileTally::new();
    let FarHeld { future, go } =
        FarHeld::at(&pool, |gate| noting_after::new(gate, &gone, process::id()));
    let future = future.shared();
    let own: Arc<Mutex<Option<_>>> = Arc::new(Mutex::new(Some(future.clone())));
    future.add_done_callback(move |_| drop(own.lock().unwrap().take()));
    drop(future);

    drop(go);

    gone.wait_for(1);
    assert_eq!(answer::submit(&pool).soon().unwrap(), 42);
}

pub(crate) fn a_callback_may_shut_its_pool_down_and_the_rest_drains<F: Workers>() {
    let (pool, returned, ran) = (any::<F>(1), Gate::new(), FileTally::new());
    let held = FarHeld::on(&pool, 0);
    for n in 0..10 {
        note::submit(&pool, &ran, n).detach();
    }
    held.future.add_done_callback({
        let returned = returned.clone();
        move |_| {
            F::shutdown(pool.0);
            returned.open();
        }
    });

    held.let_go().detach();

    returned.wait();
    ran.wait_for(10);
}

pub(crate) fn a_callback_may_drop_its_pool_and_the_rest_drains<F: Workers>() {
    let (pool, ran) = (any::<F>(1), FileTally::new());
    let held = FarHeld::on(&pool, 0);
    for n in 0..10 {
        note::submit(&pool, &ran, n).detach();
    }
    held.future.add_done_callback(move |_| drop(pool));

    held.let_go().detach();

    ran.wait_for(10);
}

pub(crate) fn a_task_may_drop_its_pool_and_the_rest_drains<F: LocalWorkers>() {
    let (pool, ran) = (Arc::new(F::pool(1)), tests::Tally::new());
    let last = Arc::clone(&pool);
    let held = tests::Held::on(&pool, move || drop(last));
    for _ in 0..10 {
        let ran = ran.clone();
        pool.submit(call(move || ran.add())).detach();
    }
    drop(pool);

    held.let_go().soon().unwrap();

    ran.wait_for(10);
}

pub(crate) fn a_task_may_shut_its_pool_down_and_the_rest_drains<F: LocalWorkers>() {
    let (pool, ran) = (Arc::new(Mutex::new(None)), tests::Tally::new());
    *pool.lock().unwrap() = Some(F::pool(1));
    let held = on_pool_in::<F, _>(&pool, {
        let pool = Arc::clone(&pool);
        move || F::shutdown(pool.lock().unwrap().take().unwrap())
    });
    for _ in 0..10 {
        let ran = ran.clone();
        pool.lock()
            .unwrap()
            .as_ref()
            .unwrap()
            .submit(call(move || ran.add()))
            .detach();
    }

    held.let_go().soon().unwrap();

    ran.wait_for(10);
}

fn on_pool_in<F: SharedMemory, T: Send + 'static>(
    pool: &Mutex<Option<F::Pool>>,
    outcome: impl FnOnce() -> T + Send + 'static,
) -> tests::Held<T> {
    tests::Held::on(pool.lock().unwrap().as_ref().unwrap(), outcome)
}

pub(crate) fn a_task_may_submit_beyond_the_bound<F: LocalWorkers>() {
    let pool = Arc::new(bounded::<F>(1, 1));
    let inner = Arc::clone(&pool);
    let held = tests::Held::on(&pool, move || {
        (0..3)
            .map(|n| double::submit(&inner, n))
            .collect::<Vec<_>>()
    });
    let filling = double::submit(&pool, 1);

    let futures = held.let_go().soon().unwrap();

    let values: Vec<_> = futures
        .into_iter()
        .map(|future| future.soon().unwrap())
        .collect();
    assert_eq!(values, [0, 2, 4]);
    assert_eq!(filling.soon().unwrap(), 2);
}

pub(crate) fn a_map_inside_a_task_goes_beyond_the_bound<F: LocalWorkers>() {
    let pool = Arc::new(bounded::<F>(1, 1));
    let inner = Arc::clone(&pool);

    let mapped = pool.submit(call(move || double::map(&inner, 0..10).into_vec()));

    assert_eq!(
        mapped.soon().unwrap().unwrap(),
        Vec::from_iter((0..10).map(|n| n * 2))
    );
}

pub(crate) fn callbacks_of_other_futures_may_be_added_inside<F: Workers>() {
    let pool = any::<F>(1);
    let (tx, rx) = channel();
    let (promise, other) = Promise::<u64>::new();
    let held = FarHeld::on(&pool, 0);
    held.future.add_done_callback(move |_| {
        other.add_done_callback(move |outcome| tx.send(outcome.copied()).unwrap());
    });

    held.let_go().soon().unwrap();
    promise.finish(Ok(42)).unwrap();

    assert_eq!(receive(&rx).unwrap(), 42);
}
