//! What is gone when a scope returns: every closure, with all it captured, and every outcome that
//! no caller has.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
    mpsc::channel,
};

use concurrent_futures::{Canceller, Scope};
use tests::{Gate, Soon, blocked, busy, many, receive};

use crate::pool::own_threads::{Describes, OwnThreads, Scopes};

/// Uses what it borrows when it is dropped.
struct Touch<'a>(&'a AtomicUsize);

impl Drop for Touch<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// How many of the captured values had been dropped when the scope returned.
fn dropped<'env>(
    pool: &impl Scopes,
    drops: &'env AtomicUsize,
    body: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env>, Touch<'env>),
) -> usize {
    pool.scope(|scope| body(scope, Touch(drops)));
    drops.load(Ordering::SeqCst)
}

pub(crate) fn what_a_closure_that_ran_captured_is_gone<F: OwnThreads>() {
    let (pool, drops) = (F::pool(1), AtomicUsize::new(0));

    let dropped = dropped(&pool, &drops, |scope, touch| {
        scope.spawn(move || drop(touch)).detach();
    });

    assert_eq!(dropped, 1);
}

pub(crate) fn what_a_forgotten_call_captured_is_gone<F: OwnThreads>() {
    let (pool, drops) = (F::pool(1), AtomicUsize::new(0));

    let dropped = dropped(&pool, &drops, |scope, touch| {
        let future = scope.spawn(move || {
            let _touch = &touch;
        });
        std::mem::forget(future);
    });

    assert_eq!(dropped, 1);
}

pub(crate) fn what_a_cancelled_closure_captured_is_gone<F: OwnThreads>() {
    let (pool, drops) = (F::pool(1), AtomicUsize::new(0));
    let _busy = busy(&pool, 1);

    let dropped = dropped(&pool, &drops, |scope, touch| {
        let future = scope.spawn(move || drop(touch));
        assert!(future.cancel());
    });

    assert_eq!(dropped, 1);
}

pub(crate) fn what_a_panicking_closure_captured_is_gone<F: OwnThreads>() {
    let (pool, drops) = (F::pool(1), AtomicUsize::new(0));

    let dropped = dropped(&pool, &drops, |scope, touch| {
        let future = scope.spawn(move || {
            let _touch = touch;
            panic!("with something in its hands")
        });
        let error: Result<(), _> = future.soon();
        assert!(error.unwrap_err().is_panicked());
    });

    assert_eq!(dropped, 1);
}

pub(crate) fn what_a_closure_captured_is_gone_when_the_pool_was_closed<F: OwnThreads>() {
    let (pool, drops) = (F::pool(1), AtomicUsize::new(0));
    F::close(&pool);

    let dropped = dropped(&pool, &drops, |scope, touch| {
        scope.spawn(move || drop(touch)).detach();
    });

    assert_eq!(dropped, 1);
}

pub(crate) fn what_a_closure_captured_is_gone_when_the_initializer_failed<F: OwnThreads>() {
    let builder = F::builder().workers(1);
    let pool = builder
        .try_initializer(|| Err("no licence"))
        .build()
        .unwrap();
    let drops = AtomicUsize::new(0);

    let dropped = dropped(&pool, &drops, |scope, touch| {
        let error = scope.spawn(move || drop(touch)).soon().unwrap_err();
        assert!(error.is_executor_broken());
    });

    assert_eq!(dropped, 1);
}

pub(crate) fn what_closures_captured_is_gone_when_their_calls_are_cancelled_by_the_pool<
    F: OwnThreads,
>() {
    let (pool, drops) = (F::pool(1), AtomicUsize::new(0));
    let held = busy(&pool, 1);

    let dropped = dropped(&pool, &drops, |scope, touch| {
        scope.spawn(move || drop(touch)).detach();
        assert_eq!(F::cancel_pending(&pool), 1);
    });

    assert_eq!(dropped, 1);
    drop(held);
}

pub(crate) fn an_outcome_that_borrows_is_gone_with_its_future<F: OwnThreads>() {
    let (pool, drops) = (F::pool(1), AtomicUsize::new(0));

    let dropped = dropped(&pool, &drops, |scope, touch| {
        drop(scope.spawn(move || touch));
    });

    assert_eq!(dropped, 1);
}

/// What is dropped slowly: says when that begins, and goes on when told to.
#[derive(Clone, Default)]
struct Slowly {
    begun: Gate,
    go: Gate,
}

/// Uses what it borrows at the end of its slow drop.
struct SlowTouch<'a>(Slowly, &'a AtomicUsize);

impl Drop for SlowTouch<'_> {
    fn drop(&mut self) {
        self.0.begun.open();
        self.0.go.wait();
        self.1.fetch_add(1, Ordering::SeqCst);
    }
}

/// Runs a scope that must not return before a slow drop, begun by `begin`, is over.
fn outlasts<F: OwnThreads>(
    body: impl for<'scope> FnOnce(&'scope Scope<'scope, '_>, SlowTouch<'scope>) + Send + 'static,
    begin: impl FnOnce(&Slowly),
) {
    let slowly = Slowly::default();
    let inner = slowly.clone();
    let scope = blocked(move || {
        let (pool, drops) = (F::pool(1), AtomicUsize::new(0));
        pool.scope(|scope| body(scope, SlowTouch(inner, &drops)));
        drops.into_inner()
    });

    begin(&slowly);
    slowly.begun.wait();
    tests::let_pass(tests::MOMENT);
    assert!(scope.still_waits());

    slowly.go.open();
    assert_eq!(scope.woken(), 1);
}

pub(crate) fn the_end_waits_while_a_closure_runs<F: OwnThreads>() {
    let go = Gate::new();
    let passed = go.clone();
    outlasts::<F>(
        move |scope, touch| {
            let closure = move || {
                passed.wait();
                drop(touch);
            };
            scope.spawn(closure).detach();
        },
        |_| go.open(),
    );
}

pub(crate) fn the_end_waits_while_an_outcome_nobody_wants_is_dropped<F: OwnThreads>() {
    outlasts::<F>(|scope, touch| scope.spawn(move || touch).detach(), |_| ());
}

pub(crate) fn the_end_waits_while_a_panicking_closure_drops_what_it_captured<F: OwnThreads>() {
    outlasts::<F>(
        |scope, touch| {
            let future = scope.spawn(move || {
                let _touch = touch;
                panic!("slowly")
            });
            let seen = scope.spawn(move || {
                let error: Result<(), _> = future.soon();
                assert!(error.unwrap_err().is_panicked());
            });
            seen.detach();
        },
        |_| (),
    );
}

/// The canceller belongs to no scope, and may cancel on any thread.
pub(crate) fn the_end_waits_while_another_thread_cancels<F: OwnThreads>() {
    let (tx, rx) = channel::<Canceller>();
    let held = Gate::new();
    let go = held.clone();
    outlasts::<F>(
        move |scope, touch| {
            scope.spawn(move || held.wait()).detach();
            let future = scope.spawn(move || drop(touch));
            tx.send(future.canceller()).unwrap();
            future.detach();
        },
        move |slowly| {
            let canceller = receive(&rx);
            std::thread::spawn(move || assert!(canceller.cancel()));
            slowly.begun.wait();
            go.open();
        },
    );
}

pub(crate) fn the_end_waits_for_callbacks<F: OwnThreads>() {
    let (begun, go) = (Gate::new(), Gate::new());
    let (tell, pass) = (begun.clone(), go.clone());
    let scope = blocked(move || {
        F::pool(1).scope(|scope| {
            let future = scope.spawn(|| pass.clone());
            future.add_done_callback(move |outcome| {
                tell.open();
                outcome.unwrap().wait();
            });
        });
    });

    begun.wait();
    assert!(scope.still_waits());

    go.open();
    scope.woken();
}

pub(crate) fn the_end_is_reached_under_a_storm_of_cancels<F: OwnThreads>() {
    let pool = F::pool(4);
    for _ in 0..many(300) {
        let drops = AtomicUsize::new(0);
        let cancellers = Arc::new(Mutex::new(Vec::new()));
        let theirs = Arc::clone(&cancellers);
        let storm = std::thread::spawn(move || {
            let mut cancelled = 0;
            while cancelled < 20 {
                let next: Option<Canceller> = theirs.lock().unwrap().pop();
                match next {
                    Some(canceller) => {
                        canceller.cancel();
                        cancelled += 1;
                    }
                    None => std::thread::yield_now(),
                }
            }
        });

        pool.scope(|scope| {
            for _ in 0..20 {
                let touch = Touch(&drops);
                let future = scope.spawn(move || touch);
                cancellers.lock().unwrap().push(future.canceller());
            }
        });

        assert_eq!(drops.load(Ordering::SeqCst), 20);
        storm.join().unwrap();
    }
}
