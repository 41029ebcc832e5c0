//! Closures that borrow, and what works among them; see `end` for the end, `panics` for panics.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use concurrent_futures::{ReturnWhen, Scope, Submit, TaskError, as_completed, wait};
use tests::{Gate, Soon, busy, call, many};

use crate::{
    fixture::bounded,
    pool::own_threads::{OwnThreads, Scopes},
};

pub(crate) fn closures_of_a_scope_borrow<F: OwnThreads>() {
    let pool = F::pool(2);
    let words = ["some".to_owned(), "words".to_owned()];

    let lengths = pool.scope(|scope| {
        let futures = words.each_ref().map(|word| scope.spawn(|| word.len()));
        futures.map(|future| future.soon().unwrap())
    });

    assert_eq!(lengths, [4, 5]);
}

pub(crate) fn closures_of_a_scope_change_disjoint_chunks<F: OwnThreads>() {
    let pool = F::pool(4);
    let mut numbers = vec![1_u64; many(10_000)];

    pool.scope(|scope| {
        for (index, chunk) in (0_u64..).zip(numbers.chunks_mut(64)) {
            let add_index = move || chunk.iter_mut().for_each(|number| *number += index);
            scope.spawn(add_index).detach();
        }
    });

    let expected: u64 = (0..many(10_000)).map(|place| 1 + place / 64).sum();
    assert_eq!(numbers.iter().sum::<u64>(), expected);
}

pub(crate) fn a_scope_returns_what_its_closure_returns<F: OwnThreads>() {
    let pool = F::pool(1);
    let text = String::from("borrowed");

    let part: &str = pool.scope(|scope| scope.spawn(|| &text[..3]).soon().unwrap());

    assert_eq!(part, "bor");
}

pub(crate) fn a_scope_without_closures_returns<F: OwnThreads>() {
    assert_eq!(F::pool(1).scope(|_| 5), 5);
}

pub(crate) fn a_future_may_leave_its_scope<F: OwnThreads>() {
    let pool = F::pool(1);
    let text = String::from("borrowed");

    let future = pool.scope(|scope| scope.spawn(|| &text[3..]));

    assert!(future.done());
    assert_eq!(future.soon().unwrap(), "rowed");
}

pub(crate) fn futures_of_a_scope_are_waited_for_together<F: OwnThreads>() {
    let pool = F::pool(2);
    let numbers = [1, 2, 3];

    pool.scope(|scope| {
        let futures = numbers.each_ref().map(|number| scope.spawn(|| *number));
        let waited = wait(&futures, ReturnWhen::AllCompleted, tests::DEADLINE);
        assert_eq!((waited.done.len(), waited.not_done.len()), (3, 0));

        let completed = as_completed(futures);
        let sum: i32 = completed.map(|future| future.soon().unwrap()).sum();
        assert_eq!(sum, 6);
    });
}

pub(crate) fn an_err_of_try_spawn_in_a_scope_is_a_failure<F: OwnThreads>() {
    let pool = F::pool(1);
    let text = String::from("no number");

    pool.scope(|scope| {
        let futures = [
            scope.spawn(|| text.parse::<u8>()),
            scope.try_spawn(|| text.parse::<u8>()),
        ];
        let waited = wait(&futures, ReturnWhen::FirstException, tests::DEADLINE);

        assert!(waited.done.iter().any(|done| done.id() == futures[1].id()));
        let [_, failed] = futures;
        assert!(failed.soon().unwrap().is_err());
    });
}

pub(crate) fn a_callback_of_a_scope_is_run_before_the_end<F: OwnThreads>() {
    let pool = F::pool(1);
    let told = Arc::new(AtomicUsize::new(0));

    pool.scope(|scope| {
        let go = Gate::new();
        let (passed, teller) = (go.clone(), told.clone());
        let future = scope.spawn(move || {
            passed.wait();
            7
        });
        future.add_done_callback(move |outcome| teller.store(*outcome.unwrap(), Ordering::SeqCst));
        go.open();
    });

    assert_eq!(told.load(Ordering::SeqCst), 7);
}

pub(crate) fn closures_of_a_scope_spawn_more<F: OwnThreads>() {
    fn count<'scope>(scope: &'scope Scope<'scope, '_>, ends: &'scope AtomicUsize, depth: u32) {
        if depth == 0 {
            ends.fetch_add(1, Ordering::SeqCst);
            return;
        }
        for _ in 0..2 {
            scope.spawn(move || count(scope, ends, depth - 1)).detach();
        }
    }
    let (pool, ends) = (F::pool(3), AtomicUsize::new(0));

    pool.scope(|scope| count(scope, &ends, 8));

    assert_eq!(ends.load(Ordering::SeqCst), 256);
}

pub(crate) fn outside_of_its_pool_a_scope_runs_nothing_itself<F: OwnThreads>() {
    let pool = F::pool(2);

    let threads = pool.scope(|scope| {
        let futures = [(); 50].map(|()| scope.spawn(|| thread::current().id()));
        futures.map(|future| future.soon().unwrap())
    });

    assert!(!threads.contains(&thread::current().id()));
}

/// Runs `body` in a task on a pool with one worker.
fn on_a_single_worker<F: OwnThreads, T: Send + 'static>(
    body: impl FnOnce(&F::Pool) -> T + Send + 'static,
) -> T {
    let pool = Arc::new(F::pool(1));
    let inner = Arc::clone(&pool);
    pool.spawn(move || body(&inner)).soon().unwrap()
}

pub(crate) fn a_scope_on_its_own_single_worker_does_not_deadlock<F: OwnThreads>() {
    let sum = on_a_single_worker::<F, _>(|pool| {
        let mut numbers = [1, 2, 3];
        pool.scope(|scope| {
            for number in &mut numbers {
                scope.spawn(|| *number *= 10).detach();
            }
        });
        numbers.iter().sum::<i32>()
    });

    assert_eq!(sum, 60);
}

pub(crate) fn a_scope_on_its_own_single_worker_runs_its_calls_in_order<F: OwnThreads>() {
    let order = on_a_single_worker::<F, _>(|pool| {
        let order = std::sync::Mutex::new(Vec::new());
        pool.scope(|scope| {
            for number in 0..100 {
                let order = &order;
                scope
                    .spawn(move || order.lock().unwrap().push(number))
                    .detach();
            }
        });
        order.into_inner().unwrap()
    });

    assert_eq!(order, (0..100).collect::<Vec<_>>());
}

pub(crate) fn scopes_nest_100_000_deep_on_one_worker<F: OwnThreads>() {
    fn descend(pool: &impl Scopes, depth: u32) -> u32 {
        if depth == 0 {
            return 0;
        }
        let mut below = 0;
        pool.scope(|scope| {
            scope.spawn(|| below = descend(pool, depth - 1)).detach();
        });
        below + 1
    }

    let levels = on_a_single_worker::<F, _>(|pool| descend(pool, many(many(100_000))));

    assert_eq!(levels, many(many(100_000)));
}

/// The other worker is kept busy by a call that waits for the one it spawned.
pub(crate) fn the_end_on_a_worker_runs_calls_that_come_while_it_waits<F: OwnThreads>() {
    let pool = Arc::new(F::pool(2));
    let inner = Arc::clone(&pool);

    let ended = pool.spawn(move || {
        let (started, ran) = (Gate::new(), Gate::new());
        inner.scope(|scope| {
            let spawner = scope.spawn(|| {
                started.open();
                tests::let_pass(tests::MOMENT);
                scope.spawn(|| ran.open()).detach();
                ran.wait();
            });
            started.wait();
            spawner.detach();
        });
        ran.is_open()
    });

    assert!(ended.soon().unwrap());
}

pub(crate) fn the_end_on_a_worker_runs_no_stranger<F: OwnThreads>() {
    let ran_stranger = on_a_single_worker::<F, _>(|pool| {
        let ran = Gate::new();
        let mark = ran.clone();
        let stranger = pool.submit(call(move || mark.open()));
        pool.scope(|scope| scope.spawn(|| ()).detach());
        stranger.detach();
        ran.is_open()
    });

    assert!(!ran_stranger);
}

pub(crate) fn a_scope_goes_through_a_bound<F: OwnThreads>() {
    let pool = bounded::<F>(1, 2);
    let ran = AtomicUsize::new(0);

    pool.scope(|scope| {
        for _ in 0..many(500) {
            scope.spawn(|| ran.fetch_add(1, Ordering::SeqCst)).detach();
        }
    });

    assert_eq!(ran.load(Ordering::SeqCst), many(500));
}

pub(crate) fn a_bound_counts_the_calls_of_a_scope<F: OwnThreads>() {
    let pool = bounded::<F>(1, 1);
    let held = busy(&pool, 1);

    pool.scope(|scope| {
        let future = scope.spawn(|| ());
        assert!(pool.try_submit(call(|| ())).is_err());
        drop(held);
        future.soon().unwrap();
    });
}

pub(crate) fn a_scope_of_a_closed_pool_ends<F: OwnThreads>() {
    let pool = F::pool(1);
    F::close(&pool);
    let mut ran = false;

    let error: TaskError = pool.scope(|scope| scope.spawn(|| ran = true).soon().unwrap_err());

    assert!(error.is_rejected());
    assert!(!ran);
}
