//! Panics in a scope: which of them goes on at its end.

use std::{
    any::Any,
    future::Future as _,
    panic::{AssertUnwindSafe, catch_unwind, panic_any},
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering},
    task::{Context, Poll, Waker},
};

use concurrent_futures::{Future, Scope};
use tests::{Soon, eventually, many};

use crate::pool::own_threads::{OwnThreads, Scopes};

/// What was thrown out of a scope on a pool with one worker.
fn thrown<F: OwnThreads>(
    body: impl for<'scope> FnOnce(&'scope Scope<'scope, '_>),
) -> Box<dyn Any + Send> {
    let pool = F::pool(1);
    catch_unwind(AssertUnwindSafe(|| pool.scope(body))).expect_err("the scope panics")
}

/// Runs a scope with a call that panics, whose future is given to `body`.
fn with_panicking<F: OwnThreads>(body: impl FnOnce(Future<u32>)) {
    let pool = F::pool(1);
    pool.scope(|scope| body(scope.spawn(|| panic!("told to somebody"))));
}

pub(crate) fn a_panic_nobody_was_told_of_goes_on_with_its_payload<F: OwnThreads>() {
    let payload = thrown::<F>(|scope| scope.spawn(|| panic_any(31_u8)).detach());

    assert_eq!(payload.downcast_ref(), Some(&31_u8));
}

pub(crate) fn a_panic_of_a_forgotten_future_goes_on<F: OwnThreads>() {
    let payload = thrown::<F>(|scope| {
        let future: Future<()> = scope.spawn(|| panic!("forgotten"));
        std::mem::forget(future);
    });

    assert_eq!(payload.downcast_ref(), Some(&"forgotten"));
}

pub(crate) fn a_panic_of_a_future_that_was_only_waited_for_goes_on<F: OwnThreads>() {
    let payload = thrown::<F>(|scope| {
        let future: Future<()> = scope.spawn(|| panic!("waited for"));
        let mut completed = concurrent_futures::as_completed([future]);
        let future = completed.next().unwrap();
        eventually("the future shows its panic", || {
            format!("{future:?}").contains("panicked")
        });
    });

    assert_eq!(payload.downcast_ref(), Some(&"waited for"));
}

pub(crate) fn the_first_panic_goes_on<F: OwnThreads>() {
    let payload = thrown::<F>(|scope| {
        let first: Future<()> = scope.spawn(|| panic!("first"));
        let second: Future<()> = scope.spawn(|| panic!("second"));
        drop((first, second));
    });

    assert_eq!(payload.downcast_ref(), Some(&"first"));
}

pub(crate) fn the_first_panic_nobody_was_told_of_goes_on<F: OwnThreads>() {
    let payload = thrown::<F>(|scope| {
        let seen: Future<()> = scope.spawn(|| panic!("seen"));
        assert!(seen.soon().is_err());
        let unseen: Future<()> = scope.spawn(|| panic!("unseen"));
        unseen.detach();
    });

    assert_eq!(payload.downcast_ref(), Some(&"unseen"));
}

pub(crate) fn a_panic_that_result_gave_does_not_go_on<F: OwnThreads>() {
    with_panicking::<F>(|future| assert!(future.soon().is_err()));
}

pub(crate) fn a_panic_that_get_gave_does_not_go_on<F: OwnThreads>() {
    with_panicking::<F>(|future| assert!(future.get_soon().is_err()));
}

pub(crate) fn a_panic_that_exception_gave_does_not_go_on<F: OwnThreads>() {
    with_panicking::<F>(|future| assert!(future.exception().unwrap().is_panicked()));
}

pub(crate) fn a_panic_that_peek_gave_does_not_go_on<F: OwnThreads>() {
    with_panicking::<F>(|future| {
        eventually("the call has settled", || future.peek().is_some());
    });
}

pub(crate) fn a_panic_that_a_callback_was_given_does_not_go_on<F: OwnThreads>() {
    with_panicking::<F>(|future| future.add_done_callback(|outcome| assert!(outcome.is_err())));
}

pub(crate) fn a_panic_that_an_await_gave_does_not_go_on<F: OwnThreads>() {
    with_panicking::<F>(|future| {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        eventually("the await is over", || {
            matches!(future.as_mut().poll(&mut context), Poll::Ready(Err(_)))
        });
    });
}

pub(crate) fn a_panic_that_another_closure_of_the_scope_was_given_does_not_go_on<F: OwnThreads>() {
    let pool = F::pool(2);

    pool.scope(|scope| {
        let future: Future<()> = scope.spawn(|| panic!("told to a closure"));
        scope.spawn(move || future.soon().is_err()).detach();
    });
}

pub(crate) fn a_panic_in_the_scope_itself_waits_for_its_calls<F: OwnThreads>() {
    let ran = AtomicUsize::new(0);
    let pool = F::pool(1);

    let payload = catch_unwind(AssertUnwindSafe(|| {
        pool.scope(|scope| {
            for _ in 0..many(100) {
                scope.spawn(|| ran.fetch_add(1, Ordering::SeqCst)).detach();
            }
            panic!("in the scope itself")
        })
    }));

    let payload: Box<dyn Any + Send> = payload.map(|()| "none").unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"in the scope itself"));
    assert_eq!(ran.load(Ordering::SeqCst), many(100));
}

pub(crate) fn a_panic_in_the_scope_itself_comes_before_those_of_calls<F: OwnThreads>() {
    let payload = thrown::<F>(|scope| {
        scope.spawn(|| panic!("in a call")).detach();
        panic!("in the scope itself")
    });

    assert_eq!(payload.downcast_ref(), Some(&"in the scope itself"));
}

pub(crate) fn a_panic_goes_on_through_nested_scopes<F: OwnThreads>() {
    let pool = F::pool(1);

    let payload = catch_unwind(AssertUnwindSafe(|| {
        pool.scope(|outer| {
            let inner = || pool.scope(|inner| inner.spawn(|| panic!("deep")).detach());
            outer.spawn(inner).detach();
        });
    }));

    assert_eq!(payload.unwrap_err().downcast_ref(), Some(&"deep"));
}

pub(crate) fn a_pool_goes_on_after_a_scope_that_panicked<F: OwnThreads>() {
    let pool = F::pool(1);
    let broken = catch_unwind(AssertUnwindSafe(|| {
        pool.scope(|scope| scope.spawn(|| panic!("once")).detach());
    }));
    assert!(broken.is_err());

    assert_eq!(pool.scope(|scope| scope.spawn(|| 4).soon().unwrap()), 4);
}

/// What a panic threw is user code too, and may panic when it is dropped.
pub(crate) fn payloads_that_panic_when_dropped_do_not_keep_a_scope_from_ending<F: OwnThreads>() {
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("a payload that panics")
        }
    }

    let pool = F::pool(1);
    let value = pool.scope(|scope| {
        let future: Future<()> = scope.spawn(|| panic_any(Bomb));
        assert!(future.get_soon().is_err());
        future.detach();
        6
    });

    assert_eq!(value, 6);
}
