//! The end of a pool in all its variants, against whatever else goes on.

use std::sync::{Arc, Weak};

use shuttle::thread;

use super::kit::{
    Followed, Later, Outcome, Tested, count, ended, on_each_pool, pool, submit, submit_work, take,
};
use crate::{exit, sync::Mutex};

on_each_pool!(
    a_pool_that_closes_runs_or_refuses,
    a_pool_that_closes_and_cancels_leaves_nothing,
    shutdown_returns_when_all_is_done,
    shutdown_waits_for_what_calls_submit,
    the_last_of_two_owners_waits_for_all,
    shutdown_cancelling_cancels_or_waits,
    shutdown_detached_leaves_no_call_behind,
    shutdown_with_a_deadline_says_what_is_left,
    a_pool_dropped_on_its_own_worker_ends,
    a_pool_dropped_in_a_callback_ends,
    leaving_waits_for_what_was_detached,
    leaving_goes_on_while_others_submit,
    two_that_leave_both_wait,
    leaving_follows_work_from_pool_to_pool,
);

fn a_pool_that_closes_runs_or_refuses<P: Tested>() {
    let pool = pool::<P>(2);

    let calls = thread::scope(|scope| {
        let submitter = scope.spawn(|| [submit(&pool), submit(&pool), submit(&pool)]);
        pool.close();
        submitter.join().expect("no panic")
    });
    pool.shutdown();

    ended(calls, &[Outcome::Ran, Outcome::Refused]);
}

fn a_pool_that_closes_and_cancels_leaves_nothing<P: Tested>() {
    let pool = pool::<P>(1);

    let (calls, cancelled) = thread::scope(|scope| {
        let submitter = scope.spawn(|| [submit(&pool), submit(&pool), submit(&pool)]);
        pool.close();
        let cancelled = pool.cancel_pending();
        (submitter.join().expect("no panic"), cancelled)
    });
    pool.shutdown();

    let ways = [Outcome::Cancelled, Outcome::Ran, Outcome::Refused];
    assert_eq!(ended(calls, &ways), cancelled);
}

fn shutdown_returns_when_all_is_done<P: Tested>() {
    let pool = pool::<P>(2);
    let calls = [(); 3].map(|()| submit(&pool));

    pool.shutdown();

    ended(calls, &[Outcome::Ran]);
}

/// Submits a call that submits another, if the pool is still there.
fn submit_two<P: Tested>(pool: &Arc<P>, later: &Later) -> Followed {
    let (inside, notes): (Weak<P>, _) = (Arc::downgrade(pool), later.clone());
    submit_work(&**pool, move || {
        if let Some(pool) = inside.upgrade() {
            let next = submit(&*pool);
            notes.lock().push(next);
        }
    })
}

fn shutdown_waits_for_what_calls_submit<P: Tested>() {
    let pool = Arc::new(pool::<P>(2));
    let later: Later = Arc::new(Mutex::default());
    let calls = [(); 2].map(|()| submit_two(&pool, &later));

    drop(pool);

    count(calls, &[Outcome::Ran]);
    count(take(&later), &[Outcome::Ran]);
}

fn the_last_of_two_owners_waits_for_all<P: Tested>() {
    let pool = Arc::new(pool::<P>(2));
    let other = {
        let pool = pool.clone();
        thread::spawn(move || [submit(&*pool), submit(&*pool)])
    };
    let call = submit(&*pool);
    drop(pool);

    let [one, two] = other.join().expect("no panic");

    ended([call, one, two], &[Outcome::Ran]);
}

fn shutdown_cancelling_cancels_or_waits<P: Tested>() {
    let pool = pool::<P>(2);
    let calls = [(); 4].map(|()| submit(&pool));

    let cancelled = pool.shutdown_cancelling();

    assert_eq!(ended(calls, &[Outcome::Cancelled, Outcome::Ran]), cancelled);
}

fn shutdown_detached_leaves_no_call_behind<P: Tested>() {
    let pool = pool::<P>(2);
    let calls = [(); 3].map(|()| submit(&pool));

    pool.shutdown_detached();

    count(calls, &[Outcome::Ran]);
}

fn shutdown_with_a_deadline_says_what_is_left<P: Tested>() {
    let pool = pool::<P>(2);
    let calls = [(); 3].map(|()| submit(&pool));

    let in_time = pool.shutdown_soon();

    assert!(in_time.is_err() || calls.iter().all(Followed::has_ended));
    count(calls, &[Outcome::Ran]);
}

fn a_pool_dropped_on_its_own_worker_ends<P: Tested>() {
    let pool = Arc::new(pool::<P>(2));
    let calls = [(); 2].map(|()| {
        let own = pool.clone();
        submit_work(&*pool, move || drop(own))
    });
    let last = submit(&*pool);
    drop(pool);

    count(calls, &[Outcome::Ran]);
    count([last], &[Outcome::Ran]);
}

fn a_pool_dropped_in_a_callback_ends<P: Tested>() {
    let pool = Arc::new(pool::<P>(1));
    let calls = [submit(&*pool), submit(&*pool)];
    calls[0].future.add_done_callback(move |_| drop(pool));

    count(calls, &[Outcome::Ran]);
}

fn leaving_waits_for_what_was_detached<P: Tested>() {
    let pool = pool::<P>(2);
    let calls = [(); 3].map(|()| submit(&pool));
    pool.shutdown_detached();

    drop(exit::Guard::new());

    ended(calls, &[Outcome::Ran]);
}

fn leaving_goes_on_while_others_submit<P: Tested>() {
    let pool = Arc::new(pool::<P>(2));
    let before = submit(&*pool);
    let other = {
        let pool = pool.clone();
        thread::spawn(move || count([submit(&*pool), submit(&*pool)], &[Outcome::Ran]))
    };

    drop(exit::Guard::new());

    ended([before], &[Outcome::Ran]);
    assert_eq!(count([submit(&*pool)], &[Outcome::Ran]), 1, "it goes on");
    other.join().expect("no panic");
}

fn two_that_leave_both_wait<P: Tested>() {
    let pool = Arc::new(pool::<P>(1));
    let leave = |pool: Arc<P>| {
        let call = submit(&*pool);
        drop(exit::Guard::new());
        ended([call], &[Outcome::Ran]);
    };
    let other = {
        let pool = pool.clone();
        thread::spawn(move || leave(pool))
    };

    leave(pool);

    other.join().expect("no panic");
}

fn leaving_follows_work_from_pool_to_pool<P: Tested>() {
    let (near, far) = (pool::<P>(1), Arc::new(pool::<P>(1)));
    let later: Later = Arc::new(Mutex::default());
    let (there, notes) = (far.clone(), later.clone());
    let call = submit_work(&near, move || {
        let next = submit(&*there);
        notes.lock().push(next);
    });
    near.shutdown_detached();

    drop(exit::Guard::new());

    ended([call], &[Outcome::Ran]);
    let later = take(&later);
    assert!(later.iter().all(Followed::has_ended));
    assert_eq!(count(later, &[Outcome::Ran]), 1);
}
