//! Systems that refuse a thread: nothing is stranded.
//!
//! A stack that no address space holds makes the first thread impossible. For
//! the mixture (some threads, then no more) see `little_space`.

use std::sync::Arc;

use concurrent_futures::{MapOptions, ReturnWhen, TaskError, ThreadPool, wait};
use tests::{DEADLINE, Soon, Tally, collect_log, logged};

use crate::tasks::{answer, double};

fn threadless() -> ThreadPool {
    ThreadPool::builder()
        .workers(4)
        .stack_size(1 << 46)
        .build()
        .unwrap()
}

#[track_caller]
fn assert_refused(error: &TaskError) {
    assert!(
        error.to_string().starts_with("system refused a thread: "),
        "{error}"
    );
}

pub(crate) fn without_any_thread_a_call_fails_with_that_reason() {
    let pool = threadless();

    let error = answer::submit(&pool).soon().unwrap_err();

    assert_refused(&error);
    assert_eq!(pool.threads(), 0);
}

pub(crate) fn without_any_thread_no_call_is_stranded() {
    let pool = threadless();
    let futures: Vec<_> = (0..100).map(|n| double::submit(&pool, n)).collect();

    let done = wait(futures, ReturnWhen::AllCompleted, DEADLINE).done;

    assert_eq!(done.len(), 100);
    done.into_iter()
        .for_each(|future| assert_refused(&future.soon().unwrap_err()));
}

pub(crate) fn without_any_thread_calls_of_many_threads_are_not_stranded() {
    let (pool, failed) = (Arc::new(threadless()), Tally::new());

    let threads = [(); 4].map(|()| {
        let (pool, failed) = (Arc::clone(&pool), failed.clone());
        std::thread::spawn(move || {
            for n in 0..250 {
                assert_refused(&double::submit(&pool, n).soon().unwrap_err());
                failed.add();
            }
        })
    });
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());

    assert_eq!(failed.count(), 1_000);
}

pub(crate) fn without_any_thread_a_bounded_submit_returns() {
    let pool = ThreadPool::builder()
        .stack_size(1 << 46)
        .max_pending(1)
        .build()
        .unwrap();

    let errors = [1, 2, 3]
        .map(|n| double::submit(&pool, n))
        .map(|future| future.soon().unwrap_err());

    errors.iter().for_each(assert_refused);
}

pub(crate) fn without_any_thread_a_map_ends() {
    let pool = threadless();

    let options = MapOptions::new().chunk_size(3).buffer(6);
    let results = double::map_with(&pool, options, 0..20).unwrap();
    let errors: Vec<_> = results.map(Result::unwrap_err).collect();

    assert_eq!(errors.len(), 20);
    errors.iter().for_each(assert_refused);
}

pub(crate) fn without_any_thread_a_pool_shuts_down() {
    let pools = [(); 3].map(|()| threadless());
    pools.iter().for_each(|pool| answer::submit(pool).detach());
    let [one, two, three] = pools;

    one.shutdown();
    let timed_out = two.shutdown_timeout(DEADLINE);
    drop(three);

    assert_eq!(timed_out, Ok(()));
}

pub(crate) fn a_refused_thread_is_logged() {
    collect_log();
    let builder = ThreadPool::builder()
        .name_prefix("no-room-at-all")
        .stack_size(1 << 46);
    let pool = builder.build().unwrap();

    answer::submit(&pool).soon().unwrap_err();

    assert!(logged("no-room-at-all").contains("system refused a thread"));
}
