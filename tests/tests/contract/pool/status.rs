//! Pools that are shared: whether they are closed or broken, and waiting until they have nothing to
//! do.

use std::{sync::Arc, thread, time::Duration};

use concurrent_futures::{Submit, ThreadPool};
use tests::{
    DEADLINE, Gate, Soon, blocked, call, eventually,
    far::{FarHeld, busy},
    many, thread_names,
};

use crate::{
    fixture::{Any, Threads, Workers, any},
    pool::own_threads::{Describes, OwnThreads},
    tasks::{answer, double},
};

#[track_caller]
fn wait_idle<F: Workers>(pool: &Any<F::Pool>) {
    assert!(F::wait_idle_timeout(pool, DEADLINE).is_ok(), "it hangs");
}

pub(crate) fn a_pool_tells_whether_it_was_closed<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 7);
    let before = F::is_closed(&pool);

    F::close(&pool);

    assert!(!before && F::is_closed(&pool));
    assert_eq!(held.let_go().soon().unwrap(), 7);
    wait_idle::<F>(&pool);
    assert!(F::is_closed(&pool) && F::broken(&pool).is_none());
}

pub(crate) fn a_sound_pool_is_not_broken<F: Workers>() {
    let pool = any::<F>(1);

    answer::submit(&pool).soon().unwrap();

    assert!(F::broken(&pool).is_none());
}

pub(crate) fn wait_idle_waits_for_all_calls<F: Workers>() {
    let pool = any::<F>(2);
    let futures: Vec<_> = (0..100).map(|n| double::submit(&pool, n)).collect();

    F::wait_idle(&pool);

    assert!(futures.iter().all(|future| future.done()));
}

pub(crate) fn wait_idle_of_a_pool_without_calls_returns<F: Workers>() {
    let pool = any::<F>(2);
    F::wait_idle(&pool);
    answer::submit(&pool).soon().unwrap();

    F::wait_idle(&pool);

    assert!(F::wait_idle_timeout(&pool, Duration::ZERO).is_ok());
}

pub(crate) fn wait_idle_waits_for_what_is_pending_and_running_through_a_shared_pool<F: Workers>() {
    let pool = Arc::new(any::<F>(1));
    let running = FarHeld::on(&*pool, 1);
    let pending = answer::submit(&*pool);
    let waiter = {
        let pool = pool.clone();
        blocked(move || F::wait_idle(&pool))
    };

    let still_waits = waiter.still_waits();
    let running = running.let_go();
    waiter.woken();

    assert!(still_waits && running.done() && pending.done());
}

pub(crate) fn wait_idle_timeout_says_what_is_left<F: Workers>() {
    let pool = any::<F>(2);
    let held = busy(&pool, 2);
    let pending: Vec<_> = (0..3).map(|n| double::submit(&pool, n)).collect();

    for limit in [Duration::ZERO, Duration::from_millis(10)] {
        let left = F::wait_idle_timeout(&pool, limit).unwrap_err();
        assert_eq!((left.running(), left.pending()), (2, 3));
    }

    drop(held);
    wait_idle::<F>(&pool);
    assert!(pending.iter().all(|future| future.done()));
}

pub(crate) fn wait_idle_leaves_the_pool_as_it_was<F: Workers>() {
    let pool = any::<F>(2);

    for n in 0..50 {
        let future = double::submit(&pool, n);
        F::wait_idle(&pool);
        assert_eq!(future.soon().unwrap(), 2 * n);
    }

    assert!(!F::is_closed(&pool));
}

pub(crate) fn wait_idle_in_a_callback_does_not_wait<F: Workers>() {
    let pool = Arc::new(any::<F>(1));
    let held = FarHeld::on(&*pool, 1);
    let (seen, inside) = (Gate::new(), pool.clone());
    let opened = seen.clone();
    held.future.add_done_callback(move |_| {
        let _ = F::wait_idle_timeout(&inside, DEADLINE);
        F::wait_idle(&inside);
        opened.open();
    });

    assert_eq!(held.let_go().soon().unwrap(), 1);

    assert!(seen.is_open());
}

pub(crate) fn many_threads_may_wait_until_a_pool_is_idle<F: Workers>() {
    let pool = Arc::new(any::<F>(1));
    let held = FarHeld::on(&*pool, 1);
    let waiters = [(); 4].map(|()| {
        let pool = pool.clone();
        blocked(move || F::wait_idle(&pool))
    });

    let future = held.let_go();
    waiters.into_iter().for_each(|waiter| waiter.woken());

    assert!(future.done());
}

pub(crate) fn wait_idle_sees_the_end_of_every_burst<F: Workers>() {
    let pool = any::<F>(3);

    for burst in 0..many(300) {
        let futures: Vec<_> = (0..burst % 7).map(|n| double::submit(&pool, n)).collect();
        F::wait_idle(&pool);
        assert!(futures.iter().all(|future| future.done()), "burst {burst}");
    }
}

pub(crate) fn wait_idle_returns_when_the_rest_was_cancelled<F: Workers>() {
    let pool = any::<F>(1);
    let held = FarHeld::on(&pool, 1);
    let futures: Vec<_> = (0..20).map(|n| double::submit(&pool, n)).collect();

    let cancelled = futures.iter().filter(|future| future.cancel()).count();
    let left = F::wait_idle_timeout(&pool, Duration::ZERO).unwrap_err();
    let last = held.let_go();
    wait_idle::<F>(&pool);

    assert_eq!((cancelled, left.running(), left.pending()), (20, 1, 0));
    assert!(last.done());
}

pub(crate) fn wait_idle_of_a_closed_pool_waits_for_what_was_submitted<F: Workers>() {
    let pool = any::<F>(1);
    let futures: Vec<_> = (0..100).map(|n| double::submit(&pool, n)).collect();
    F::close(&pool);

    F::wait_idle(&pool);

    assert!(futures.iter().all(|future| future.done()));
    F::wait_idle(&pool);
}

pub(crate) fn a_broken_pool_says_so_and_why<F: OwnThreads>() {
    let builder = F::builder().workers(1);
    let pool = builder.try_initializer(|| Err("no ink")).build().unwrap();
    let error = answer::submit(&pool).soon().unwrap_err();

    let broken = F::broken(&pool).expect("the initializer failed");

    assert!(error.is_executor_broken() && broken.is_executor_broken());
    assert_eq!(broken.to_string(), error.to_string());
    assert!(broken.to_string().ends_with("no ink"));
    assert!(F::wait_idle_timeout(&pool, DEADLINE).is_ok());
    F::wait_idle(&pool);
    assert!(!F::is_closed(&pool));
}

/// Waits until the system knows of no thread whose name begins so; nothing where it does not tell.
#[track_caller]
fn no_thread_is_left(prefix: &str) {
    eventually("the threads have ended", || {
        let names = thread_names().unwrap_or_default();
        !names.iter().any(|name| name.starts_with(prefix))
    });
}

pub(crate) fn the_threads_of_a_closed_pool_end_when_its_calls_have<F: OwnThreads>() {
    let prefix = format!("{}end", F::SHORT);
    let builder = F::builder().workers(3).name_prefix(prefix.clone());
    let pool = builder.build().unwrap();
    let held = tests::busy(&pool, 2);
    let pending = pool.submit(call(|| 7));

    F::close(&pool);
    let names = thread_names();
    drop(held);

    no_thread_is_left(&prefix);
    assert_eq!(pending.soon().unwrap(), 7);
    assert!(names.is_none_or(|names| names.iter().any(|name| name.starts_with(&prefix))));
    assert!(answer::submit(&pool).soon().unwrap_err().is_rejected());
    F::wait_idle(&pool);
    F::shutdown(pool);
}

pub(crate) fn the_threads_of_a_pool_that_is_closed_while_idle_end<F: OwnThreads>() {
    for has_worked in [false, true] {
        let prefix = format!("{}idle{}", F::SHORT, u8::from(has_worked));
        let builder = F::builder().workers(3).name_prefix(prefix.clone());
        let pool = builder.build().unwrap();
        if has_worked {
            answer::submit(&pool).soon().unwrap();
        }

        F::close(&pool);

        no_thread_is_left(&prefix);
        assert!(answer::submit(&pool).soon().unwrap_err().is_rejected());
    }
}

pub(crate) fn the_threads_of_a_pool_that_is_closed_by_a_task_end<F: OwnThreads>() {
    let prefix = format!("{}self", F::SHORT);
    let builder = F::builder().workers(2).name_prefix(prefix.clone());
    let pool = Arc::new(builder.build().unwrap());
    let inside = pool.clone();

    let closed = pool.submit(call(move || {
        F::close(&inside);
        F::is_closed(&inside)
    }));

    assert!(closed.soon().unwrap());
    no_thread_is_left(&prefix);
}

pub(crate) fn a_close_that_races_submits_strands_no_call<F: Workers>() {
    for _ in 0..many(200) {
        let pool = any::<F>(2);
        let futures = thread::scope(|scope| {
            let submitter = scope.spawn(|| {
                (0..20)
                    .map(|n| double::submit(&pool, n))
                    .collect::<Vec<_>>()
            });
            F::close(&pool);
            submitter.join().unwrap()
        });
        for (n, future) in (0..).zip(futures) {
            match future.soon() {
                Ok(value) => assert_eq!(value, 2 * n),
                Err(error) => assert!(error.is_rejected(), "{error}"),
            }
        }
    }
}

/// Threads that have started stay: waiting is no reason to end them.
pub(crate) fn wait_idle_ends_no_thread() {
    let pool = ThreadPool::builder().workers(3).build().unwrap();
    drop(tests::busy(&pool, 3));

    Threads::wait_idle(&pool);

    assert_eq!(pool.threads(), 3);
}
