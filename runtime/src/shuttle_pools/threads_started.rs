//! A thread pool starts no more threads than there are calls, and enough for all of them to run at
//! once.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use shuttle::{sync::Barrier, thread};

use super::kit::{Outcome, Setup, Tested, count, model, submit, submit_work};
use crate::ThreadPool;

/// A pool, and how many threads it has started.
fn counted(workers: usize) -> (ThreadPool, Arc<AtomicUsize>) {
    let started = Arc::new(AtomicUsize::new(0));
    let count = started.clone();
    let pool = ThreadPool::build(Setup {
        workers,
        initializer: Some(Box::new(move || {
            count.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })),
        ..Setup::default()
    });
    (pool, started)
}

#[test]
fn calls_one_after_another_take_one_thread() {
    model(|| {
        let (pool, started) = counted(3);

        for _ in 0..3 {
            count([submit(&pool)], &[Outcome::Ran]);
        }

        pool.shutdown();
        assert_eq!(started.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn two_calls_at_a_time_take_two_threads() {
    model(|| {
        let (pool, started) = counted(3);

        let mut last = submit(&pool);
        for _ in 0..2 {
            let next = submit(&pool);
            count([last], &[Outcome::Ran]);
            last = next;
        }

        count([last], &[Outcome::Ran]);
        pool.shutdown();
        assert!(started.load(Ordering::SeqCst) <= 2);
    });
}

#[test]
fn calls_of_two_threads_take_two_threads() {
    model(|| {
        let (pool, started) = counted(4);

        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    count([submit(&pool)], &[Outcome::Ran]);
                    count([submit(&pool)], &[Outcome::Ran]);
                });
            }
        });

        pool.shutdown();
        assert!(started.load(Ordering::SeqCst) <= 2);
    });
}

#[test]
fn calls_that_are_cancelled_take_no_further_thread() {
    model(|| {
        let (pool, started) = counted(3);

        for _ in 0..3 {
            let call = submit(&pool);
            if !call.future.cancel() {
                count([call], &[Outcome::Ran]);
            }
        }

        pool.shutdown();
        assert!(started.load(Ordering::SeqCst) <= 1);
    });
}

#[test]
fn calls_that_meet_take_a_thread_each() {
    model(|| {
        let (pool, started) = counted(4);
        let meeting = Arc::new(Barrier::new(3));
        let meet = || {
            let meeting = meeting.clone();
            submit_work(&pool, move || {
                meeting.wait();
            })
        };

        let calls = thread::scope(|scope| {
            let other = scope.spawn(meet);
            let calls = [meet(), meet()];
            calls
                .into_iter()
                .chain([other.join().expect("no panic")])
                .collect::<Vec<_>>()
        });

        count(calls, &[Outcome::Ran]);
        pool.shutdown();
        assert_eq!(started.load(Ordering::SeqCst), 3);
    });
}

#[test]
fn calls_that_meet_behind_others_take_a_thread_each() {
    model(|| {
        let (pool, _) = counted(2);
        let meeting = Arc::new(Barrier::new(2));
        let meet = || {
            let meeting = meeting.clone();
            submit_work(&pool, move || {
                meeting.wait();
            })
        };

        let calls = [submit(&pool), submit(&pool), meet(), submit(&pool), meet()];

        count(calls, &[Outcome::Ran]);
        pool.shutdown();
    });
}

#[test]
fn no_call_is_stranded_while_idle_threads_leave() {
    model(|| {
        let pool = ThreadPool::builder()
            .workers(2)
            .idle_timeout(std::time::Duration::ZERO)
            .build()
            .expect("the setup makes sense");
        let meeting = Arc::new(Barrier::new(2));

        for _ in 0..2 {
            let calls = [(); 2].map(|()| {
                let meeting = meeting.clone();
                submit_work(&pool, move || {
                    meeting.wait();
                })
            });
            count(calls, &[Outcome::Ran]);
        }

        pool.shutdown();
    });
}
