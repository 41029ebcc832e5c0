//! The threads of a work-stealing pool: there from the start, gone with the pool, asleep when there
//! is nothing to do.

use std::{
    collections::HashSet,
    error::Error as _,
    sync::Arc,
    thread::{self, ThreadId},
    time::Duration,
};

use concurrent_futures::{BuildError, Executor, WorkStealingPool};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use tests::{
    A_WHILE, DEADLINE, Gate, MOMENT, Soon, Tally, eventually, let_pass, thread_names, time_on_cpu,
    within,
};

use crate::stealing::stacked_calls::joined_twice;

fn named(name: &str, workers: usize) -> Arc<WorkStealingPool> {
    let builder = WorkStealingPool::builder().workers(workers);
    Arc::new(builder.name_prefix(name).build().unwrap())
}

pub(crate) fn by_default_there_is_a_worker_a_cpu() {
    let cpus = thread::available_parallelism().map_or(1, usize::from);

    let pools = [
        WorkStealingPool::new().unwrap(),
        WorkStealingPool::builder().build().unwrap(),
    ];

    assert_eq!(pools.map(|pool| pool.workers()), [cpus; 2]);
}

pub(crate) fn all_workers_start_with_the_pool() {
    let started = Tally::new();
    let counted = started.clone();
    let builder = WorkStealingPool::builder().workers(3);

    let _pool = builder.initializer(move || counted.add()).build().unwrap();

    started.wait_for(3);
    assert_eq!(started.count(), 3);
}

pub(crate) fn sixty_blocking_tasks_on_four_workers_use_them_all() {
    let (pool, started, go) = (named("sixty", 4), Tally::new(), Gate::new());
    let open_go = go.open_on_drop();

    let futures: Vec<_> = (0..60)
        .map(|_| {
            let (started, go) = (started.clone(), go.clone());
            pool.spawn(move || {
                started.add();
                go.wait();
                thread::current().id()
            })
        })
        .collect();
    started.wait_for(4);
    let while_blocked = started.count();
    drop(open_go);

    let ran_on = futures.into_iter().map(|future| future.soon().unwrap());
    assert_eq!(while_blocked, 4);
    assert_eq!(ran_on.collect::<HashSet<ThreadId>>().len(), 4);
}

pub(crate) fn a_refused_thread_is_an_error_of_build() {
    // No address space holds such a stack.
    let refused = WorkStealingPool::builder().stack_size(1 << 46).build();

    let error = refused.err().unwrap();
    assert!(matches!(error, BuildError::System { .. }));
    assert_eq!(error.to_string(), "system refused a thread");
    assert!(error.source().is_some());
}

/// Waits until no thread of this name is left; the system may show one for a moment after it was
/// joined.
#[track_caller]
fn are_gone(name: &str) {
    eventually("no thread is left", || {
        let names = thread_names().unwrap_or_default();
        !names.iter().any(|seen| seen.starts_with(name))
    });
}

/// Has a call submitted while two of three workers wait in a join, one inside of a half, and the
/// third runs the last half: so no worker that finds a wake job may run it.
fn decline_a_bell(pool: &WorkStealingPool, name: &str) {
    let joined = joined_twice(pool, || ());
    let call = pool.spawn(|| 7);
    eventually("somebody sees to another round", || {
        let names = thread_names();
        names.is_none_or(|names| names.contains(&format!("{name}_steward")))
    });
    joined.let_go().soon().unwrap();
    assert_eq!(call.soon().unwrap(), 7);
}

pub(crate) fn many_pools_made_and_dropped_leave_no_thread() {
    for round in 0..100 {
        let pool = named("many", 3);
        if round % 10 == 0 {
            decline_a_bell(&pool, "many");
        }
        let sum = pool.spawn(|| (0..1_000).into_par_iter().sum::<u64>());
        if round % 2 == 0 {
            assert_eq!(sum.soon().unwrap(), 499_500);
        }
    }

    are_gone("many");
}

pub(crate) fn a_pool_dropped_in_its_own_task_leaves_no_thread() {
    let (pool, go) = (named("own-task", 2), Gate::new());
    let (last, dropped) = (Arc::clone(&pool), go.clone());
    let future = pool.spawn(move || {
        dropped.wait();
        drop(last);
    });

    drop(pool);
    go.open();

    future.soon().unwrap();
    are_gone("own-task");
}

pub(crate) fn a_pool_dropped_in_a_half_of_a_join_leaves_no_thread() {
    let (pool, go) = (named("own-half", 2), Gate::new());
    let (last, dropped) = (Arc::clone(&pool), go.clone());
    let future = pool.spawn(move || {
        dropped.wait();
        let stolen = Gate::new();
        let half = || {
            stolen.open();
            drop(last);
        };
        rayon::join(|| stolen.wait(), half);
    });

    drop(pool);
    go.open();

    future.soon().unwrap();
    are_gone("own-half");
}

/// What the threads of this name take of a CPU while some time passes.
fn burnt(name: &str) -> Duration {
    let spent = || time_on_cpu(name).unwrap_or_default();
    let before = spent();
    let_pass(A_WHILE);
    spent() - before
}

pub(crate) fn an_idle_pool_burns_nothing() {
    let pool = named("idle", 3);
    decline_a_bell(&pool, "idle");
    let sums = [(); 20].map(|()| pool.spawn(|| (0..100_000).into_par_iter().sum::<u64>()));
    assert!(sums.map(|sum| sum.soon().is_ok()).iter().all(|ran| *ran));

    let burnt = burnt("idle");

    assert!(burnt < A_WHILE / 10, "{burnt:?}");
}

/// Two workers wait in a join, the third runs a half: no worker can come for the call that is
/// pending.
pub(crate) fn a_call_that_nobody_may_come_for_burns_little() {
    let pool = named("nobody", 3);
    let joined = joined_twice(&pool, || ());
    let call = pool.spawn(|| 7);

    let burnt = burnt("nobody");

    joined.let_go().soon().unwrap();
    assert_eq!(call.soon().unwrap(), 7);
    assert!(burnt < A_WHILE / 4, "{burnt:?}");
}

pub(crate) fn a_shutdown_with_a_limit_tells_of_an_initializer_though_there_was_no_call() {
    let (started, go) = (Gate::new(), Gate::new());
    let (starts, release) = (started.clone(), go.open_on_drop());
    let builder = WorkStealingPool::builder().workers(1).initializer(move || {
        starts.open();
        go.wait();
    });
    let pool = builder.build().unwrap();
    started.wait();

    let ended = pool.shutdown_timeout(Duration::ZERO);

    assert_eq!(
        ended.map_err(|left| (left.running(), left.pending())),
        Err((1, 0))
    );
    drop(release);
}

/// A worker looks for what calls have given to rayon before the next call, if the last one took its
/// time.
pub(crate) fn a_shutdown_with_a_limit_does_not_wait_for_what_a_worker_helps_with() {
    shuts_down_beside_what_a_task_spawned(MOMENT);
}

/// Otherwise, when there is no call.
pub(crate) fn a_shutdown_with_a_limit_does_not_wait_for_what_a_worker_does_at_home() {
    shuts_down_beside_what_a_task_spawned(Duration::ZERO);
}

/// The task goes on for `rest` after it has given something to rayon.
fn shuts_down_beside_what_a_task_spawned(rest: Duration) {
    let builder = WorkStealingPool::builder().workers(1);
    let (pool, started, go) = (builder.build().unwrap(), Gate::new(), Gate::new());
    let (starts, open_go) = (started.clone(), go.open_on_drop());
    let spawns = pool.spawn(move || {
        rayon::spawn(move || {
            starts.open();
            go.wait();
        });
        let_pass(rest);
    });
    spawns.soon().unwrap();
    started.wait();
    // No worker comes for its wake job.
    let cancelled = pool.spawn(|| 7);
    cancelled.cancel();

    let ended = within(DEADLINE / 2, move || pool.shutdown_timeout(MOMENT));

    assert_eq!(ended, Ok(()));
    drop(open_go);
}
