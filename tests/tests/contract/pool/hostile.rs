//! User code that is no task and misbehaves: whatever panics, no waiter is stranded.

use std::{
    panic::{AssertUnwindSafe, catch_unwind, panic_any},
    sync::Arc,
    task::{Context, Wake, Waker},
    thread,
};

use concurrent_futures::{MapOptions, Submit, Task, task};
use tests::{
    OpenOnDrop, Soon, call,
    far::{FarHeld, FileGate},
};

use crate::{
    fixture::{Fixture, LocalWorkers, SharedMemory, Workers, any, bounded},
    tasks::{answer, double},
};

/// Panics when dropped, unless that is because of a panic.
struct Grenade(Option<OpenOnDrop>);

impl Drop for Grenade {
    fn drop(&mut self) {
        drop(self.0.take());
        if !thread::panicking() {
            panic!("it panics when dropped");
        }
    }
}

pub(crate) fn a_result_that_panics_when_dropped_ends_no_pool<F: LocalWorkers>() {
    let pool = F::pool(1);
    let gone = tests::Gate::new();
    let result = Grenade(Some(gone.open_on_drop()));
    let tests::Held { future, go } = tests::Held::on(&pool, move || result);
    drop(future);

    drop(go);

    gone.wait();
    assert_eq!(answer::submit(&pool).soon().unwrap(), 42);
}

#[task]
fn throw_a_grenade(gate: &FileGate) -> u64 {
    gate.pass();
    panic_any(Grenade(None))
}

pub(crate) fn a_payload_that_panics_when_dropped_ends_no_pool<F: Workers>() {
    let pool = any::<F>(1);
    let FarHeld { future, go } = FarHeld::at(&pool, throw_a_grenade::new);
    drop(future);

    drop(go);

    assert_eq!(answer::submit(&pool).soon().unwrap(), 42);
}

pub(crate) fn a_waker_that_panics_ends_no_pool<F: Workers>() {
    struct Panics;
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("a waker panics");
        }
    }
    let pool = any::<F>(1);
    let FarHeld { mut future, go } = FarHeld::on(&pool, 42);
    let waker = Waker::from(Arc::new(Panics));
    let early = std::pin::Pin::new(&mut future).poll(&mut Context::from_waker(&waker));
    assert!(early.is_pending());

    drop(go);

    assert_eq!(answer::submit(&pool).soon().unwrap(), 42);
    assert_eq!(future.soon().unwrap(), 42);
}

pub(crate) fn an_argument_that_panics_when_a_cancel_drops_it_strands_nobody<F: LocalWorkers>() {
    let pool = bounded::<F>(1, 1);
    let busy = tests::busy(&pool, 1);
    let argument = Grenade(None);
    let pending = pool.submit(call(move || drop(argument)));

    // Whether the panic reaches the one who cancels is left open.
    let _ = catch_unwind(AssertUnwindSafe(|| pending.cancel()));

    assert!(pending.soon().unwrap_err().is_cancelled());
    let next = pool.try_submit(answer::new()).expect("its place is free");
    drop(busy);
    assert_eq!(next.soon().unwrap(), 42);
}

pub(crate) fn an_argument_that_panics_when_its_call_ends_strands_nobody<F: SharedMemory>() {
    let pool = F::pool(1);
    let argument = Grenade(None);

    let future = pool.submit(call(move || {
        let _used = &argument;
    }));

    assert!(future.soon().unwrap_err().is_panicked());
    assert_eq!(answer::submit(&pool).soon().unwrap(), 42);
}

pub(crate) fn a_refused_argument_that_panics_when_dropped_strands_nobody<F: LocalWorkers>() {
    let pool = F::pool(1);
    F::close(&pool);
    let argument = Grenade(None);

    let future = catch_unwind(AssertUnwindSafe(|| {
        pool.submit(call(move || drop(argument)))
    }));

    assert!(future.is_err() || future.is_ok_and(|future| future.soon().unwrap_err().is_rejected()));
}

pub(crate) fn a_task_that_panics_when_asked_whether_it_failed_strands_nobody<F: SharedMemory>() {
    struct Unsure;
    impl Task for Unsure {
        type Output = u64;
        fn name() -> &'static str {
            "unsure"
        }
        fn run(self) -> u64 {
            42
        }
        fn failed(_: &u64) -> bool {
            panic!("who knows");
        }
    }
    let pool = F::pool(1);

    let unsure = pool.submit(Unsure).soon();

    assert!(unsure.is_err_and(|error| error.is_panicked()));
    assert_eq!(answer::submit(&pool).soon().unwrap(), 42);
}

pub(crate) fn inputs_that_panic_at_the_call_of_a_map_leave_the_pool_whole<F: Fixture>() {
    let pool = any::<F>(1);
    let inputs = (0..10).inspect(|n| assert_ne!(*n, 3, "the fourth input panics"));

    let thrown = catch_unwind(AssertUnwindSafe(|| double::map(&pool, inputs).count()));

    assert!(thrown.is_err());
    assert_eq!(answer::submit(&pool).soon().unwrap(), 42);
}

pub(crate) fn inputs_that_panic_behind_a_buffer_leave_the_pool_whole<F: Fixture>() {
    let pool = any::<F>(1);
    let inputs = (0..10).inspect(|n| assert_ne!(*n, 5, "the sixth input panics"));
    let options = MapOptions::new().buffer(2);

    let mut results = double::map_with(&pool, options, inputs).unwrap();
    let thrown = catch_unwind(AssertUnwindSafe(|| results.by_ref().count()));
    drop(results);

    assert!(thrown.is_err());
    assert_eq!(answer::submit(&pool).soon().unwrap(), 42);
}

pub(crate) fn a_callback_that_panics_while_it_is_dropped_strands_nobody<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 42);
    let captured = Grenade(None);
    held.future.add_done_callback(move |_| drop(captured));
    let later = tests::Gate::new();
    let seen = later.clone();
    held.future.add_done_callback(move |_| later.open());

    let value = held.let_go().soon();

    assert!(seen.is_open());
    assert_eq!(value.unwrap(), 42);
}
