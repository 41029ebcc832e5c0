//! Calls in all orders: submitted, cancelled, waited for, and submitted by one another.

use std::{sync::Arc, time::Duration};

use shuttle::{sync::Barrier, thread};

use super::kit::{
    Later, Outcome, Tested, count, model, on_each_pool, pool, submit, submit_work, take,
};
use crate::{
    ThreadPool,
    sync::Mutex,
    wait::{ReturnWhen, as_completed, wait},
};

on_each_pool!(
    two_submitters_get_all_their_results,
    calls_that_wait_for_one_another_run_at_once,
    one_worker_that_looks_is_sent_two_calls_and_sends_another,
    a_call_is_cancelled_or_runs,
    cancel_pending_says_how_many_it_cancelled,
    who_waits_for_several_hears_of_each,
    two_waiters_of_one_call_both_hear_of_it,
    a_wait_with_a_deadline_gives_the_future_back,
    calls_that_wait_for_calls_of_their_own_pool_end,
    a_call_that_waits_for_several_runs_what_is_pending,
    a_callback_submits,
    a_scope_ends_after_its_calls,
    a_scope_on_a_worker_runs_its_calls,
);

fn two_submitters_get_all_their_results<P: Tested>() {
    let pool = pool::<P>(2);

    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| count([submit(&pool), submit(&pool)], &[Outcome::Ran]));
        }
    });

    pool.shutdown();
}

fn calls_that_wait_for_one_another_run_at_once<P: Tested>() {
    let pool = pool::<P>(3);
    let all = Arc::new(Barrier::new(3));
    let meet = || {
        let all = all.clone();
        submit_work(&pool, move || {
            all.wait();
        })
    };

    thread::scope(|scope| {
        scope.spawn(|| count([meet(), meet()], &[Outcome::Ran]));
        count([submit(&pool), meet()], &[Outcome::Ran]);
    });

    pool.shutdown();
}

fn one_worker_that_looks_is_sent_two_calls_and_sends_another<P: Tested>() {
    let pool = pool::<P>(2);
    let both = Arc::new(Barrier::new(2));
    count([submit(&pool)], &[Outcome::Ran]);

    let calls = [both.clone(), both].map(|both| {
        submit_work(&pool, move || {
            both.wait();
        })
    });

    count(calls, &[Outcome::Ran]);
    pool.shutdown();
}

#[test]
fn calls_that_follow_one_another_use_one_thread() {
    model(|| {
        let pool = pool::<ThreadPool>(2);

        for _ in 0..3 {
            count([submit(&pool)], &[Outcome::Ran]);
        }

        assert_eq!(pool.threads(), 1);
        pool.shutdown();
    });
}

fn a_call_is_cancelled_or_runs<P: Tested>() {
    let pool = pool::<P>(1);
    let calls = [submit(&pool), submit(&pool)];
    let canceller = calls[1].future.canceller();
    let other = thread::spawn(move || canceller.cancel());

    let cancelled = count(calls, &[Outcome::Cancelled, Outcome::Ran]);

    assert_eq!(other.join().expect("no panic"), cancelled == 1);
    pool.shutdown();
}

fn cancel_pending_says_how_many_it_cancelled<P: Tested>() {
    let pool = Arc::new(pool::<P>(1));
    let other = {
        let pool = pool.clone();
        thread::spawn(move || pool.cancel_pending())
    };

    let cancelled = count(
        [(); 3].map(|()| submit(&*pool)),
        &[Outcome::Cancelled, Outcome::Ran],
    );

    assert_eq!(other.join().expect("no panic"), cancelled);
}

fn who_waits_for_several_hears_of_each<P: Tested>() {
    let pool = pool::<P>(2);
    let calls = [(); 3].map(|()| pool.spawn(thread::yield_now));
    let canceller = calls[2].canceller();
    let other = thread::spawn(move || canceller.cancel());

    let first = wait(&calls, ReturnWhen::FirstCompleted, None);
    let all = wait(&calls, ReturnWhen::AllCompleted, None);

    assert!(!first.done.is_empty() && all.not_done.is_empty());
    let failed = as_completed(calls).filter(|call| call.exception().is_some());
    assert_eq!(failed.count() == 1, other.join().expect("no panic"));
    pool.shutdown();
}

fn two_waiters_of_one_call_both_hear_of_it<P: Tested>() {
    let pool = pool::<P>(1);
    let call = pool.spawn(|| 1).shared();
    let other = {
        let call = call.clone();
        thread::spawn(move || call.result())
    };

    assert_eq!(call.result().ok(), Some(1));

    assert_eq!(other.join().expect("no panic").ok(), Some(1));
    pool.shutdown();
}

fn a_wait_with_a_deadline_gives_the_future_back<P: Tested>() {
    let pool = pool::<P>(1);
    let call = pool.spawn(|| 1);

    let value = match call.result_timeout(Duration::from_millis(1)) {
        Ok(result) => result,
        Err(not_done) => not_done.into_future().result(),
    };

    assert_eq!(value.ok(), Some(1));
    pool.shutdown();
}

fn calls_that_wait_for_calls_of_their_own_pool_end<P: Tested>() {
    let pool = Arc::new(pool::<P>(1));
    let outer = [(); 2].map(|()| {
        let inside = pool.clone();
        submit_work(&*pool, move || {
            count([submit(&*inside), submit(&*inside)], &[Outcome::Ran]);
        })
    });

    count(outer, &[Outcome::Ran]);
}

fn a_call_that_waits_for_several_runs_what_is_pending<P: Tested>() {
    let pool = Arc::new(pool::<P>(2));
    let inside = pool.clone();
    let outer = submit_work(&*pool, move || {
        let inner = [(); 3].map(|()| inside.spawn(thread::yield_now));
        assert_eq!(
            as_completed(inner)
                .filter(|call| call.exception().is_none())
                .count(),
            3
        );
    });
    let beside = submit(&*pool);

    count([outer, beside], &[Outcome::Ran]);
}

fn a_callback_submits<P: Tested>() {
    let pool = Arc::new(pool::<P>(1));
    let later: Later = Arc::new(Mutex::default());
    let call = submit(&*pool);
    let (inside, notes) = (pool.clone(), later.clone());
    call.future.add_done_callback(move |_| {
        let next = submit(&*inside);
        notes.lock().push(next);
    });

    count([call], &[Outcome::Ran]);

    // The result is out only after the callback.
    assert_eq!(count(take(&later), &[Outcome::Ran]), 1);
}

fn a_scope_ends_after_its_calls<P: Tested>() {
    let pool = pool::<P>(2);
    let mut numbers = [0; 3];

    pool.scope(|scope| {
        for number in &mut numbers {
            scope
                .spawn(move || {
                    thread::yield_now();
                    *number += 1;
                })
                .detach();
        }
    });

    assert_eq!(numbers, [1; 3]);
    pool.shutdown();
}

fn a_scope_on_a_worker_runs_its_calls<P: Tested>() {
    let pool = Arc::new(pool::<P>(1));
    let inside = pool.clone();
    let sum = pool.spawn(move || {
        let mut numbers = [0; 2];
        inside.scope(|scope| {
            for number in &mut numbers {
                scope.spawn(move || *number += 1).detach();
            }
        });
        numbers
    });

    assert_eq!(sum.result().ok(), Some([1; 2]));
}
