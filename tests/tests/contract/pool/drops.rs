//! Values of the user's that panic when the library drops them: logged, and the caller hears of
//! none.

use std::{
    error::Error,
    fmt, mem,
    panic::{AssertUnwindSafe, catch_unwind, panic_any},
    time::Duration,
};

use concurrent_futures::{
    MapOptions, Promise, Submit, TaskError, ThreadPool, WorkStealingPool, as_completed, task,
};
use serde::{Deserialize, Serialize};
use tests::{Soon, busy, call, collect_log, eventually, logged};

use crate::{
    fixture::{Fixture, LocalWorkers, any},
    tasks::answer,
};

/// Panics when it is dropped.
#[derive(Debug, Serialize, Deserialize)]
struct Bomb(u64);

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("bomb {} went off", self.0);
    }
}

#[task]
fn bomb(n: u64) -> Bomb {
    Bomb(n)
}

#[task]
fn bomb_but_for_one(n: u64) -> Bomb {
    assert!(n != 13, "no bomb");
    Bomb(n)
}

#[task]
fn defuse(bomb: Bomb) -> u64 {
    let number = bomb.0;
    mem::forget(bomb);
    number
}

/// Runs `body`, out of which no panic may come.
#[track_caller]
fn quietly<T>(what: &str, body: impl FnOnce() -> T) -> T {
    let outcome = catch_unwind(AssertUnwindSafe(body));
    outcome.unwrap_or_else(|thrown| {
        mem::forget(thrown);
        panic!("{what}: a panic came out")
    })
}

fn ways() -> Vec<MapOptions> {
    vec![
        MapOptions::new(),
        MapOptions::new().chunk_size(1),
        MapOptions::new().chunk_size(4),
        MapOptions::new().chunk_size(4).unordered(),
        MapOptions::new().buffer(8).chunk_size(3),
        MapOptions::new().chunk_size(4).cancel_on_drop(),
    ]
}

pub(crate) fn results_that_panic_in_drop_go_quietly_with_their_map<F: Fixture>() {
    collect_log();
    let pool = &any::<F>(1);
    for options in ways() {
        for waits in [false, true] {
            let mut map = bomb::map_with(pool, options.clone(), 0..40).unwrap();
            mem::forget(map.next());
            if waits {
                // On one worker the last call ends last.
                answer::submit(pool).soon().unwrap();
            }
            quietly("a map", || drop(map));
        }
    }
    answer::submit(pool).soon().unwrap();
    assert!(logged("dropping a result panicked").starts_with("ERROR"));
}

pub(crate) fn results_that_panic_in_drop_go_quietly_when_another_failed<F: Fixture>() {
    let pool = any::<F>(2);
    for options in ways() {
        let map = bomb_but_for_one::map_with(&pool, options.clone(), 0..40).unwrap();

        let outcome = quietly("into_vec", || map.into_vec());

        assert!(outcome.unwrap_err().is_panicked());
    }
}

pub(crate) fn a_result_that_panics_in_drop_goes_quietly_with_its_future<F: Fixture>() {
    let pool = any::<F>(1);
    let finished = || {
        let future = bomb::submit(&pool, 1);
        eventually("the call ends", || future.done());
        assert!(future.get_soon().is_ok());
        future
    };

    quietly("a future", || drop(finished()));
    quietly("a shared future", || {
        let shared = finished().shared();
        drop((shared.clone(), shared));
    });
    quietly("what as_completed has", || {
        drop(as_completed([finished(), finished()]));
    });
}

pub(crate) fn arguments_that_panic_in_drop_reach_no_submitter<F: Fixture>() {
    let pool = any::<F>(1);

    quietly("submit", || defuse::submit(&pool, Bomb(1)).detach());
    for options in ways() {
        let map = quietly("map", || {
            defuse::map_with(&pool, options.clone(), (0..40).map(Bomb))
        });
        quietly("results", || map.unwrap().for_each(drop));
    }
}

pub(crate) fn arguments_that_panic_in_drop_go_quietly_with_what_never_runs<F: LocalWorkers>() {
    for options in ways() {
        let pool = F::pool(1);
        let held = busy(&pool, 1);
        let future = defuse::submit(&pool, Bomb(0));
        let map = defuse::map_with(&pool, options.clone(), (0..8).map(Bomb)).unwrap();

        quietly("a cancel", || assert!(future.cancel()));
        quietly("a map", || drop(map));
        quietly("cancel_pending", || F::cancel_pending(&pool));
        F::close(&pool);
        quietly("a late submit", || {
            assert!(defuse::submit(&pool, Bomb(9)).soon().is_err());
        });
        drop(held);
        quietly("a shutdown", || F::shutdown(pool));
    }
}

pub(crate) fn what_a_callback_captured_may_panic_in_drop<F: LocalWorkers>() {
    let pool = F::pool(1);
    let bomb = Bomb(1);
    let future = pool.submit(call(|| 7));

    future.add_done_callback(move |_| {
        let _ = &bomb;
    });

    assert_eq!(quietly("the result", || future.soon()).unwrap(), 7);
    assert_eq!(answer::submit(&pool).soon().unwrap(), 42);
}

pub(crate) fn what_a_task_threw_may_panic_in_drop<F: LocalWorkers>() {
    let pool = F::pool(1);

    let error = pool
        .submit(call(|| -> u8 { panic_any(Bomb(1)) }))
        .soon()
        .unwrap_err();

    assert!(error.is_panicked());
    quietly("an error", || drop(error));
    quietly("a future with an error", || {
        let future = pool.submit(call(|| -> u8 { panic_any(Bomb(2)) }));
        eventually("the call ends", || future.done());
        drop(future);
    });
    F::shutdown(pool);
}

#[derive(Debug)]
struct Caused(#[expect(dead_code, reason = "it goes off")] Bomb);

impl fmt::Display for Caused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bomb was found")
    }
}

impl Error for Caused {}

#[test]
fn the_cause_of_an_error_may_panic_in_drop() {
    let error = TaskError::rejected(Caused(Bomb(1)));

    quietly("an error", || drop((error.clone(), error)));
}

#[test]
fn what_an_initializer_captured_may_panic_in_drop() {
    let initializer = || {
        let bomb = Bomb(1);
        move || {
            let _ = &bomb;
        }
    };
    let threads = ThreadPool::builder().initializer(initializer()).build();
    let stealing = WorkStealingPool::builder()
        .initializer(initializer())
        .build();

    quietly("a thread pool", || drop(threads.unwrap()));
    quietly("a stealing pool", || drop(stealing.unwrap()));
}

#[test]
fn what_a_promise_was_given_may_panic_in_drop() {
    let (promise, future) = Promise::new();
    promise.finish(Ok(Bomb(1))).unwrap();
    quietly("a future", || drop(future));

    let (promise, future) = Promise::new();
    drop(future);
    quietly("a promise", || promise.finish(Ok(Bomb(1))).unwrap());

    let (promise, future) = Promise::new();
    assert!(future.cancel());
    let bomb = Bomb(1);
    quietly("a promise that was cancelled", || promise.run(move || bomb));
}

#[test]
fn keys_that_panic_in_drop_go_quietly_with_what_is_left() {
    let (_one, first) = Promise::<u8>::new();
    let (_two, second) = Promise::<u8>::new();
    let keyed = [(Bomb(1), first), (Bomb(2), second)];

    let mut left = as_completed(keyed).timeout(Duration::ZERO);
    let unfinished = left.next().unwrap().unwrap_err();

    quietly("unfinished futures", || drop(unfinished));
}
