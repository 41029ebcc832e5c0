//! Calls that give work to rayon, and wake jobs that are found where no worker may answer them.

use std::{cell::Cell, sync::Arc};

use shuttle::thread;

use super::kit::{Followed, Outcome, count, ended, model, pool, submit_work};
use crate::{WorkStealingPool, sync::thread_static, work_stealing::rayon::half_of_a_join};

thread_static! {
    /// The number of calls and halves on this thread's stack.
    static BELOW: Cell<u32> = Cell::new(0);
}

/// Does `work`, counted on this stack meanwhile; returns how many others lie below it.
fn lying_here(work: impl FnOnce()) -> u32 {
    let below = BELOW.with(|below| below.replace(below.get() + 1));
    work();
    BELOW.with(|now| now.set(below));
    below
}

/// Submits a call that must have nothing below it, neither a call nor a half.
fn submit(pool: &WorkStealingPool, work: impl FnOnce() + Send + 'static) -> Followed {
    submit_work(pool, || {
        assert_eq!(lying_here(work), 0, "a call runs under the feet of another");
    })
}

/// Waits for a half that other workers may take, with `depth` joins nested in it.
fn join(depth: u32) {
    half_of_a_join(move || {
        lying_here(|| {
            thread::yield_now();
            if depth > 0 {
                join(depth - 1);
            }
        });
    });
}

#[test]
fn a_call_runs_under_nobodys_feet_while_joins_wait() {
    model(|| {
        let pool = pool::<WorkStealingPool>(2);

        thread::scope(|scope| {
            scope.spawn(|| {
                count(
                    [submit(&pool, || join(0)), submit(&pool, || ())],
                    &[Outcome::Ran],
                )
            });
            count(
                [submit(&pool, || join(0)), submit(&pool, || ())],
                &[Outcome::Ran],
            );
        });

        pool.shutdown();
    });
}

#[test]
fn a_call_runs_under_nobodys_feet_while_halves_wait_for_halves() {
    model(|| {
        let pool = pool::<WorkStealingPool>(2);
        let calls = [2, 1, 0].map(|depth| submit(&pool, move || join(depth)));

        pool.shutdown();

        ended(calls, &[Outcome::Ran]);
    });
}

#[test]
fn one_worker_ends_what_calls_gave_to_rayon() {
    model(|| {
        let pool = pool::<WorkStealingPool>(1);
        let calls = [(); 3].map(|()| submit(&pool, || join(1)));

        pool.shutdown_detached();

        count(calls, &[Outcome::Ran]);
    });
}

#[test]
fn a_bell_that_was_declined_rings_again_until_somebody_comes() {
    model(|| {
        let pool = Arc::new(pool::<WorkStealingPool>(2));
        let inside = pool.clone();
        let call = submit(&pool, move || {
            // Wakes a worker while this call is in a join.
            let half = inside.clone();
            half_of_a_join(move || submit(&half, || ()).future.detach());
            count([submit_work(&*inside, || join(0))], &[Outcome::Ran]);
        });

        count([call], &[Outcome::Ran]);
    });
}

#[test]
fn cancelled_calls_leave_no_bell_that_rings_for_ever() {
    model(|| {
        let pool = pool::<WorkStealingPool>(2);
        let calls = [(); 4].map(|()| submit(&pool, || join(0)));

        let cancelled = pool.shutdown_cancelling();

        assert_eq!(ended(calls, &[Outcome::Cancelled, Outcome::Ran]), cancelled);
    });
}
