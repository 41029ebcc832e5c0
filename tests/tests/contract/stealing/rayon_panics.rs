//! Panics in what a task gives to rayon: they fail the task's own call, or none, and never end
//! the program.

use std::panic::panic_any;

use concurrent_futures::WorkStealingPool;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use tests::{Gate, Soon, busy, collect_log, logged};

const REASON: &str = "out of paper";

fn pool() -> WorkStealingPool {
    WorkStealingPool::builder().workers(2).build().unwrap()
}

/// Runs a call that panics with [`REASON`] among others that do not.
fn fails_alone(panics: impl FnOnce() + Send + 'static) {
    let pool = pool();
    let before: Vec<_> = (0..50).map(|n| pool.spawn(move || n)).collect();

    let error = pool.spawn(panics).soon().unwrap_err();

    assert_eq!(error.message(), Some(REASON));
    let after = (50..100).map(|n| pool.spawn(move || n));
    let values = before.into_iter().chain(after);
    assert!(values.map(|future| future.soon().unwrap()).eq(0..100));
    drop(busy(&pool, 2));
}

pub(crate) fn a_panic_in_a_par_iter_fails_its_call_alone() {
    fails_alone(|| {
        let numbers = (0..1_000).into_par_iter();
        numbers.for_each(|n| assert!(n != 500, "{REASON}"));
    });
}

pub(crate) fn a_panic_in_a_first_half_fails_its_call_alone() {
    fails_alone(|| {
        rayon::join(|| panic!("{REASON}"), || ());
    });
}

pub(crate) fn a_panic_in_a_stolen_half_fails_its_call_alone() {
    fails_alone(|| {
        let stolen = Gate::new();
        rayon::join(
            || stolen.wait(),
            || {
                stolen.open();
                panic!("{REASON}")
            },
        );
    });
}

pub(crate) fn a_panic_in_a_scope_of_rayon_fails_its_call_alone() {
    fails_alone(|| rayon::scope(|scope| scope.spawn(|_| panic!("{REASON}"))));
}

pub(crate) fn a_panic_in_what_a_task_spawned_on_rayon_is_logged() {
    collect_log();
    let pool = pool();

    let spawns = pool.spawn(|| rayon::spawn(|| panic!("the toner is empty")));

    spawns.soon().unwrap();
    let record = logged("the toner is empty");
    assert!(
        record.starts_with("ERROR a closure given to rayon panicked"),
        "{record}"
    );
    drop(busy(&pool, 2));
}

pub(crate) fn a_payload_of_rayon_that_panics_when_dropped_ends_no_pool() {
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("a payload that panics")
        }
    }

    let pool = pool();

    let spawns = pool.spawn(|| (0..4).for_each(|_| rayon::spawn(|| panic_any(Bomb))));

    spawns.soon().unwrap();
    drop(busy(&pool, 2));
}
