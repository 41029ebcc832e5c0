//! What is left of pools that are gone: nothing.

use concurrent_futures::{ProcessPool, task};
use rustix::process::Signal;
use tests::{
    Soon, eventually,
    system::{Belongings, descriptors, signal},
    thread_names,
};

#[task]
fn triple(n: u64) -> u64 {
    n * 3
}

#[task]
fn measure(bytes: &[u8]) -> u64 {
    bytes.len() as u64
}

#[task]
fn fail_to_begin() -> Result<(), String> {
    Err("no licence".to_owned())
}

fn pool(workers: usize) -> ProcessPool {
    let builder = ProcessPool::builder().workers(workers);
    builder.build().expect("this program was initialized")
}

/// What a first pool leaves for all that follow: the task list, the memory of the allocator.
pub(crate) fn warm_up() {
    use_pool(&pool(2));
    // A thread that was joined may be listed for a moment.
    eventually("this thread is alone", || {
        thread_names().is_some_and(|names| names.len() == 1)
    });
}

fn use_pool(pool: &ProcessPool) {
    let calls: Vec<_> = (0..100).map(|n| triple::submit(pool, n)).collect();
    for (n, call) in (0..).zip(calls) {
        assert_eq!(call.soon().ok(), Some(n * 3));
    }
}

/// Pools that are dropped in all ways there are.
pub(crate) fn of_a_pool() {
    warm_up();
    let before = Belongings::now();
    for round in 0..20 {
        let pool = pool(3);
        use_pool(&pool);
        match round % 5 {
            0 => drop(pool),
            1 => pool.shutdown(),
            2 => drop(pool.shutdown_cancelling()),
            3 => pool.shutdown_detached(),
            _ => pool.kill(),
        }
    }
    drop(pool(1));
    Belongings::are_again(&before);
    println!("nothing left");
}

/// A pool whose workers cannot begin.
pub(crate) fn of_a_failed_initializer() {
    warm_up();
    let before = Belongings::now();
    for _ in 0..10 {
        let builder = ProcessPool::builder().workers(3);
        let builder = builder.try_initializer(fail_to_begin {});
        let pool = builder.build().expect("this program was initialized");
        let calls: Vec<_> = (0..10).map(|n| triple::submit(&pool, n)).collect();
        for call in calls {
            let error = call.soon().expect_err("no worker begins");
            assert!(error.is_executor_broken(), "{error}");
        }
    }
    Belongings::are_again(&before);
    println!("nothing left");
}

const KIB: usize = 1024;

/// Many calls, all of them pending, with workers that do not move.
pub(crate) fn of_pending_calls() {
    let pool = pool(2);
    use_pool(&pool);
    let workers = pool.pids();
    workers.iter().for_each(|pid| signal(*pid, Signal::STOP));
    let argument = vec![7; KIB];
    let submit = |count: usize| -> Vec<_> {
        (0..count)
            .map(|_| measure::submit(&pool, &argument[..]))
            .collect()
    };

    let mut calls = submit(10);
    let few = descriptors();
    calls.extend(submit(100_000));
    let many = descriptors();
    workers.iter().for_each(|pid| signal(*pid, Signal::CONT));

    assert_eq!(many, few);
    for call in calls {
        assert_eq!(call.soon().ok(), Some(KIB as u64));
    }
    println!("all arrived");
}
