//! The sizes of chunks that a `map` chooses for executors whose workers run each to its end.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use concurrent_futures::{Executor, Here, Job, Submit, ThreadPool, Tuning};
use tests::{Soon, call};

use crate::tasks::{double, stumble};

/// Threads, for which a map chooses the sizes.
struct Choosing(ThreadPool);

impl Executor for Choosing {
    type Reach = Here;

    fn execute(&self, job: Job) {
        self.0.execute(job);
    }

    fn workers(&self) -> usize {
        self.0.workers()
    }

    fn tuning(&self) -> Tuning {
        Tuning::new().prefers_chunks(true)
    }
}

fn choosing() -> Choosing {
    Choosing(ThreadPool::builder().workers(2).build().unwrap())
}

#[test]
fn a_map_of_any_length_gives_its_results_in_order() {
    let pool = choosing();

    for len in [0, 1, 2, 3, 1_000, 100_000] {
        let values = double::map(&pool, 0..len).into_vec().unwrap();

        assert!(values.into_iter().eq((0..len).map(|n| n * 2)));
    }
}

#[test]
fn an_item_that_panics_fails_alone() {
    let outcomes: Vec<_> = stumble::map(&choosing(), 0..10_000).collect();

    for (n, outcome) in (0..10_000).zip(outcomes) {
        match outcome {
            Ok(value) => assert!(n % 10 != 3 && value == n),
            Err(error) => assert_eq!(error.message(), Some(&*format!("stumbled at {n}"))),
        }
    }
}

/// Runs nothing until it is told to.
#[derive(Default)]
struct Hoarding(Mutex<Vec<Job>>);

impl Executor for Hoarding {
    type Reach = Here;

    fn execute(&self, job: Job) {
        self.0.lock().unwrap().push(job);
    }

    fn tuning(&self) -> Tuning {
        Tuning::new().prefers_chunks(true)
    }
}

#[test]
fn calls_of_which_nothing_is_known_travel_alone() {
    let hoard = Hoarding::default();

    let results = hoard.map((0..1_000_u32).map(|n| call(move || n)));

    let jobs = std::mem::take(&mut *hoard.0.lock().unwrap());
    assert_eq!(
        jobs.len(),
        1_000,
        "all are submitted, and none waits for another"
    );
    jobs.into_iter().for_each(Job::run);
    assert_eq!(results.into_vec().unwrap(), Vec::from_iter(0..1_000));
}

/// Runs each call at once, and counts what was submitted.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Executor for Counting {
    type Reach = Here;

    fn execute(&self, job: Job) {
        self.0.fetch_add(1, Ordering::Relaxed);
        job.run();
    }

    fn tuning(&self) -> Tuning {
        Tuning::new().prefers_chunks(true)
    }
}

#[test]
fn small_calls_travel_together() {
    let counting = Counting::default();

    let values = double::map(&counting, 0..100_000).into_vec().unwrap();

    assert_eq!(values.len(), 100_000);
    assert!(counting.0.into_inner() < 50_000);
}

#[test]
fn a_buffered_map_gives_all_while_sizes_are_chosen() {
    let (pool, options) = (choosing(), concurrent_futures::MapOptions::new().buffer(50));

    let results = double::map_with(&pool, options, 0..).unwrap();

    let values: Vec<_> = results.take(5_000).map(Result::unwrap).collect();
    assert!(values.into_iter().eq((0..5_000).map(|n| n * 2)));
    assert_eq!(double::submit(&pool, 21).soon().unwrap(), 42);
}
