//! A bound on pending calls: who waits at it, and who is turned away.

use std::sync::Arc;

use concurrent_futures::{BuildError, Submit, Task};
use tests::{
    Gate, OpenOnDrop, Soon, blocked,
    far::{FarHeld, FileTally, busy},
    many,
};

use crate::{
    fixture::{LocalWorkers, Workers, any_bounded, bounded},
    tasks::{double, note, parse, stumble},
};

pub(crate) fn submit_blocks_while_the_bound_is_reached<F: Workers>() {
    let pool = Arc::new(any_bounded::<F>(1, 2));
    let busy = busy(&pool, 1);
    let filling = [1, 2].map(|n| double::submit(&pool, n));
    let submitting = blocked({
        let pool = Arc::clone(&pool);
        move || double::submit(&pool, 3)
    });

    let blocks = submitting.still_waits();
    drop(busy);

    assert!(blocks);
    assert_eq!(submitting.woken().soon().unwrap(), 6);
    assert_eq!(filling.map(|future| future.soon().unwrap()), [2, 4]);
}

pub(crate) fn a_blocked_submit_goes_on_when_a_pending_call_is_cancelled<F: Workers>() {
    let pool = Arc::new(any_bounded::<F>(1, 1));
    let held = FarHeld::on(&pool, 0);
    let filling = double::submit(&pool, 1);
    let submitting = blocked({
        let pool = Arc::clone(&pool);
        move || double::submit(&pool, 2)
    });

    filling.cancel();

    let submitted = submitting.woken();
    assert!(held.future.running(), "no worker had come free");
    drop(held);
    assert_eq!(submitted.soon().unwrap(), 4);
}

pub(crate) fn try_submit_takes_a_call_while_there_is_room<F: Workers>() {
    let pool = any_bounded::<F>(1, 2);
    let busy = busy(&pool, 1);

    let futures = [1, 2].map(|n| pool.try_submit(double::new(n)).unwrap());
    drop(busy);

    assert_eq!(futures.map(|future| future.soon().unwrap()), [2, 4]);
}

pub(crate) fn try_submit_gives_the_call_back_at_the_bound<F: Workers>() {
    let pool = any_bounded::<F>(1, 1);
    let _busy = busy(&pool, 1);
    let _filling = pool.try_submit(double::new(1)).unwrap();

    let full = pool.try_submit(double::new(21)).unwrap_err();

    assert_eq!(full.into_call().n, 21);
}

pub(crate) fn the_helper_try_submit_gives_the_call_back_at_the_bound<F: Workers>() {
    let pool = any_bounded::<F>(1, 1);
    let busy = busy(&pool, 1);
    let filling = double::try_submit(&pool, 1).unwrap();

    let back = double::try_submit(&pool, 21).unwrap_err().into_call();
    drop(busy);
    filling.soon().unwrap();

    assert_eq!(back.n, 21);
    assert_eq!(
        double::try_submit(&pool, back.n).unwrap().soon().unwrap(),
        42
    );
}

pub(crate) fn a_call_that_was_given_back_is_whole_and_runs_later<F: Workers>() {
    let pool = any_bounded::<F>(1, 1);
    let busy = busy(&pool, 1);
    let filling = double::submit(&pool, 1);

    let back = pool
        .try_submit(parse::new("42".to_owned()))
        .unwrap_err()
        .into_call();
    let text = back.text.clone();
    drop(busy);
    filling.soon().unwrap();

    assert_eq!(text, "42");
    assert_eq!(pool.submit(back).soon().unwrap(), Ok(42));
}

pub(crate) fn a_call_that_was_given_back_holds_its_arguments<F: LocalWorkers>() {
    struct Keep(#[expect(dead_code, reason = "it opens when dropped")] OpenOnDrop);
    impl Task for Keep {
        type Output = u64;
        fn name() -> &'static str {
            "keep"
        }
        fn run(self) -> u64 {
            42
        }
    }
    let pool = bounded::<F>(1, 1);
    let busy = tests::busy(&pool, 1);
    let filling = double::submit(&pool, 1);
    let dropped = Gate::new();

    let back = pool
        .try_submit(Keep(dropped.open_on_drop()))
        .unwrap_err()
        .into_call();
    let alive = !dropped.is_open();
    drop(busy);
    filling.soon().unwrap();

    assert!(alive, "it holds its arguments still");
    assert_eq!(pool.submit(back).soon().unwrap(), 42);
}

pub(crate) fn running_calls_do_not_count_for_the_bound<F: Workers>() {
    let pool = any_bounded::<F>(3, 1);

    let busy = busy(&pool, 3);

    assert_eq!(busy.len(), 3);
    assert!(
        pool.try_submit(double::new(1)).is_ok(),
        "nothing is pending yet"
    );
}

pub(crate) fn a_place_is_free_again_when_its_call_has_started<F: Workers>() {
    let pool = any_bounded::<F>(1, 1);

    let values = [1, 2, 3]
        .map(|n| double::submit(&pool, n))
        .map(|future| future.soon().unwrap());

    assert_eq!(values, [2, 4, 6]);
}

pub(crate) fn failed_calls_free_their_places<F: Workers>() {
    let pool = any_bounded::<F>(1, 1);

    let failures = [3, 13, 23].map(|n| stumble::submit(&pool, n).soon().unwrap_err().is_panicked());

    assert_eq!(failures, [true; 3]);
    assert!(pool.try_submit(double::new(1)).is_ok());
}

pub(crate) fn many_submitters_at_a_bound_all_get_through<F: Workers>() {
    let (pool, ran) = (Arc::new(any_bounded::<F>(2, 3)), FileTally::new());

    let threads = [(); 4].map(|()| {
        let (pool, ran) = (Arc::clone(&pool), ran.clone());
        std::thread::spawn(move || {
            for n in 0..many(1_000) {
                note::submit(&pool, &ran, n).detach();
            }
        })
    });
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());

    ran.wait_for(4 * many(1_000));
}

pub(crate) fn a_map_goes_through_a_bound<F: Workers>() {
    let pool = any_bounded::<F>(2, 3);

    let results = double::map(&pool, 0..many(1_000));

    assert!(
        results
            .map(Result::unwrap)
            .eq((0..many(1_000)).map(|n| n * 2))
    );
}

pub(crate) fn a_bound_of_zero_is_refused<F: Workers>() {
    let refused = F::build(1, Some(0));

    assert!(matches!(refused.err(), Some(BuildError::ZeroBound)));
}
