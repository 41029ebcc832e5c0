//! Rayon inside of tasks: what they give to it runs on the threads of their own pool.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, mpsc::channel},
    thread,
};

use concurrent_futures::{Executor, WorkStealingPool};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use tests::{Gate, Soon, Tally, receive};

fn named(name: &str) -> WorkStealingPool {
    let builder = WorkStealingPool::builder().workers(2).name_prefix(name);
    builder.build().unwrap()
}

/// The name of the thread that this runs on.
fn here() -> String {
    thread::current().name().unwrap_or_default().to_owned()
}

/// The names of the threads of a pool.
fn threads_of(name: &str) -> HashSet<String> {
    HashSet::from([0, 1].map(|number| format!("{name}_{number}")))
}

pub(crate) fn par_iter_in_a_task_runs_on_the_threads_of_the_pool() {
    let pool = named("par-iter");

    let doubled = pool.spawn(|| {
        let numbers = (0..10_000).into_par_iter();
        numbers.map(|n| (2 * n, here())).collect::<Vec<_>>()
    });

    let (doubled, ran_on): (Vec<_>, HashSet<_>) = doubled.soon().unwrap().into_iter().unzip();
    assert!(doubled.into_iter().eq((0..10_000).map(|n| 2 * n)));
    assert!(ran_on.is_subset(&threads_of("par-iter")));
}

pub(crate) fn a_join_in_a_task_runs_on_the_threads_of_the_pool() {
    let pool = named("join");

    let halves = pool.spawn(|| {
        let stolen = Gate::new();
        let first = || {
            stolen.wait();
            here()
        };
        let second = || {
            stolen.open();
            here()
        };
        rayon::join(first, second)
    });

    let (first, second) = halves.soon().unwrap();
    assert_eq!(HashSet::from([first, second]), threads_of("join"));
}

pub(crate) fn a_scope_of_rayon_in_a_task_runs_on_the_threads_of_the_pool() {
    let pool = named("rayon-scope");

    let squares = pool.spawn(|| {
        let (squares, square) = (Mutex::new(Vec::new()), |n| (n * n, here()));
        rayon::scope(|scope| {
            for n in 0..100 {
                let squares = &squares;
                scope.spawn(move |_| squares.lock().unwrap().push(square(n)));
            }
        });
        squares.into_inner().unwrap()
    });

    let (mut squares, ran_on): (Vec<_>, HashSet<_>) = squares.soon().unwrap().into_iter().unzip();
    squares.sort_unstable();
    assert!(squares.into_iter().eq((0..100).map(|n| n * n)));
    assert!(ran_on.is_subset(&threads_of("rayon-scope")));
}

pub(crate) fn what_a_task_spawns_on_rayon_runs_on_the_threads_of_the_pool() {
    let (pool, (tx, rx)) = (named("rayon-spawn"), channel());

    let spawns = pool.spawn(move || rayon::spawn(move || tx.send(here()).unwrap()));

    spawns.soon().unwrap();
    assert!(threads_of("rayon-spawn").contains(&receive(&rx)));
}

const STACK: usize = 2 << 20;

/// In a frame of its own, so that only `body` has less stack left.
#[inline(never)]
fn past_half_of_the_stack<T>(body: impl FnOnce() -> T) -> T {
    let mut taken = [0_u8; STACK / 8 * 5];
    std::hint::black_box(&mut taken);
    let result = body();
    std::hint::black_box(&mut taken);
    result
}

/// What it gives to rayon goes to rayon's global pool.
pub(crate) fn a_call_on_an_extra_thread_is_on_no_worker_of_rayon() {
    let builder = WorkStealingPool::builder().workers(1).stack_size(STACK);
    let pool = Arc::new(builder.build().unwrap());
    let inner = Arc::clone(&pool);

    let indices = pool.spawn(move || {
        let call = || {
            let called = inner.spawn(rayon::current_thread_index);
            called.result().unwrap()
        };
        (call(), past_half_of_the_stack(call))
    });

    assert_eq!(indices.soon().unwrap(), (Some(0), None));
}

pub(crate) fn what_a_task_spawned_on_rayon_has_run_when_the_pool_is_gone() {
    let (pool, ran) = (named("rayon-rest"), Tally::new());
    let rest = ran.clone();

    let spawns = pool.spawn(move || {
        for _ in 0..100 {
            let rest = rest.clone();
            rayon::spawn(move || rest.add());
        }
    });
    spawns.detach();
    drop(pool);

    assert_eq!(ran.count(), 100);
}

pub(crate) fn halves_that_wait_for_calls_do_not_deadlock_on_one_worker() {
    halves_wait_for_calls(1);
}

pub(crate) fn halves_that_wait_for_calls_do_not_deadlock_on_two_workers() {
    halves_wait_for_calls(2);
}

/// Each call has a join, each of whose halves waits for a call, and so on.
fn halves_wait_for_calls(workers: usize) {
    fn sum(pool: &Arc<WorkStealingPool>, from: u64, to: u64) -> u64 {
        if to - from == 1 {
            return from;
        }
        let middle = u64::midpoint(from, to);
        let half = |from, to| {
            let inner = Arc::clone(pool);
            pool.spawn(move || sum(&inner, from, to)).result().unwrap()
        };
        let (left, right) = rayon::join(|| half(from, middle), || half(middle, to));
        left + right
    }
    let builder = WorkStealingPool::builder().workers(workers);
    let pool = Arc::new(builder.build().unwrap());
    let inner = Arc::clone(&pool);

    let total = pool.spawn(move || sum(&inner, 0, 500)).soon();

    assert_eq!(total.unwrap(), (0..500).sum::<u64>());
}

pub(crate) fn calls_of_a_map_travel_in_chunks_unless_there_is_a_bound() {
    let plain = WorkStealingPool::new().unwrap();
    let bounded = WorkStealingPool::builder().max_pending(10).build().unwrap();

    let prefer_chunks = [plain, bounded].map(|pool| pool.tuning().prefers_chunks);

    assert_eq!(prefer_chunks, [true, false]);
}
