//! The workers of pools on threads: how many, how named, when they start and end.

use std::{
    collections::HashSet,
    thread::{self, ThreadId},
    time::Duration,
};

use concurrent_futures::{BuildError, Executor, Failure, ReturnWhen, Submit, ThreadPool, wait};
use tests::{
    DEADLINE, Gate, Held, MOMENT, Soon, Tally, busy, call, eventually, many, thread_names,
};

use crate::{
    fixture::{Any, SharedMemory, Workers, any},
    pool::own_threads::{Describes, OwnThreads},
    tasks::{answer, double},
};

fn pool(workers: usize) -> ThreadPool {
    ThreadPool::builder().workers(workers).build().unwrap()
}

pub(crate) fn zero_workers_are_refused<F: Workers>() {
    let refused = F::build(0, None);

    assert!(matches!(refused.err(), Some(BuildError::ZeroWorkers)));
}

pub(crate) fn more_workers_than_can_be_counted_are_refused<F: OwnThreads>() {
    let refused = F::builder().workers(usize::MAX).build();

    assert!(matches!(
        refused.err(),
        Some(BuildError::TooManyWorkers { .. })
    ));
}

pub(crate) fn by_default_there_are_four_workers_more_than_cpus_and_at_most_32() {
    let cpus = thread::available_parallelism().map_or(1, usize::from);

    let pools = [
        ThreadPool::new(),
        ThreadPool::default(),
        ThreadPool::builder().build().unwrap(),
    ];

    assert_eq!(pools.map(|pool| pool.workers()), [32.min(cpus + 4); 3]);
}

pub(crate) fn sixty_blocking_tasks_on_four_workers_make_exactly_four_threads() {
    let (pool, started, go) = (pool(4), Tally::new(), Gate::new());
    let open_go = go.open_on_drop();

    let futures: Vec<_> = (0..60)
        .map(|_| {
            let (started, go) = (started.clone(), go.clone());
            pool.submit(call(move || {
                started.add();
                go.wait();
                thread::current().id()
            }))
        })
        .collect();
    started.wait_for(4);
    let while_blocked = (started.count(), pool.threads());
    drop(open_go);

    let ran_on: HashSet<ThreadId> = futures
        .into_iter()
        .map(|future| future.soon().unwrap())
        .collect();
    assert_eq!(while_blocked, (4, 4));
    assert_eq!((ran_on.len(), pool.threads()), (4, 4));
}

pub(crate) fn five_hundred_workers_all_work_at_once() {
    let pool = pool(many(500));

    let busy = busy(&pool, many(500));

    assert_eq!((busy.len(), pool.threads()), (many(500), many(500)));
}

pub(crate) fn five_hundred_workers_share_many_small_calls() {
    let pool = pool(many(500));

    let results = double::map(&pool, 0..many(10_000));

    assert!(
        results
            .map(Result::unwrap)
            .eq((0..many(10_000)).map(|n| n * 2))
    );
}

pub(crate) fn sequential_tasks_reuse_one_idle_thread() {
    let pool = pool(4);

    let ran_on: HashSet<ThreadId> = (0..many(500))
        .map(|_| pool.submit(call(|| thread::current().id())).soon().unwrap())
        .collect();

    assert_eq!((ran_on.len(), pool.threads()), (1, 1));
}

pub(crate) fn a_new_pool_has_no_thread() {
    let pool = pool(4);

    let threads = pool.threads();

    assert_eq!(threads, 0);
}

pub(crate) fn threads_start_on_demand() {
    let pool = pool(4);

    let counts = [1, 2, 3].map(|_| {
        let held = busy(&pool, 1);
        (held, pool.threads())
    });

    assert_eq!(counts.each_ref().map(|(_, threads)| *threads), [1, 2, 3]);
}

pub(crate) fn idle_threads_end_when_asked_to() {
    let pool = ThreadPool::builder()
        .workers(4)
        .idle_timeout(MOMENT)
        .build()
        .unwrap();
    drop(busy(&pool, 4));

    eventually("no thread is left", || pool.threads() == 0);

    assert_eq!(
        answer::submit(&pool).soon().unwrap(),
        42,
        "later calls start new ones"
    );
}

pub(crate) fn a_storm_of_calls_and_idle_ends_strands_no_call() {
    let pool = ThreadPool::builder()
        .workers(2)
        .idle_timeout(Duration::ZERO)
        .build()
        .unwrap();

    for n in 0..many(2_000) {
        assert_eq!(double::submit(&pool, n).soon().unwrap(), 2 * n);
    }
}

pub(crate) fn threads_are_named_by_prefix_and_number<F: OwnThreads>() {
    let pool = F::builder()
        .workers(3)
        .name_prefix("disk".to_owned())
        .build()
        .unwrap();
    let go = Gate::new();
    let open_go = go.open_on_drop();
    let (started, name) = (Tally::new(), || thread::current().name().map(str::to_owned));

    let futures: Vec<_> = (0..3)
        .map(|_| {
            let (started, go) = (started.clone(), go.clone());
            pool.submit(call(move || {
                started.add();
                go.wait();
                name()
            }))
        })
        .collect();
    started.wait_for(3);
    drop(open_go);

    let names: HashSet<_> = futures
        .into_iter()
        .filter_map(|future| future.soon().unwrap())
        .collect();
    assert_eq!(
        names,
        HashSet::from(["disk_0", "disk_1", "disk_2"].map(str::to_owned))
    );
}

pub(crate) fn the_system_knows_the_names_of_threads<F: OwnThreads>() {
    let name = format!("os-{}", F::SHORT);
    let builder = F::builder().workers(2).name_prefix(name.clone());
    let pool = builder.build().unwrap();

    let _busy = busy(&pool, 2);

    if let Some(names) = thread_names() {
        let mut ours: Vec<_> = names
            .iter()
            .filter(|seen| seen.starts_with(&name))
            .collect();
        ours.sort_unstable();
        assert_eq!(ours, [&format!("{name}_0"), &format!("{name}_1")]);
    }
}

pub(crate) fn default_prefixes_differ_from_pool_to_pool<F: OwnThreads>() {
    let names = [F::pool(1), F::pool(1), F::pool(1)].map(|pool| {
        let name = call(|| thread::current().name().unwrap().to_owned());
        pool.submit(name).soon().unwrap()
    });

    assert!(
        names
            .iter()
            .all(|name| name.starts_with(F::PREFIX) && name.ends_with("_0"))
    );
    assert_eq!(HashSet::from(names).len(), 3);
}

pub(crate) fn no_thread_is_left_when_a_pool_is_dropped<F: OwnThreads>() {
    let name = format!("gone-{}", F::SHORT);
    let builder = F::builder().workers(3).name_prefix(name.clone());
    let pool = builder.build().unwrap();
    drop(busy(&pool, 3));

    drop(pool);

    // The system may show a thread for a moment after it was joined.
    eventually("no thread is left", || {
        let names = thread_names().unwrap_or_default();
        !names.iter().any(|seen| seen.starts_with(&name))
    });
}

pub(crate) fn a_pool_without_work_is_dropped_at_once<F: OwnThreads>() {
    let unused = F::pool(4);
    let used = F::pool(4);
    answer::submit(&used).soon().unwrap();

    drop((unused, used));
}

/// What is spawned needs no task.
pub(crate) fn closures_are_spawned<F: SharedMemory>() {
    let pool = F::pool(2);
    let words = ["one", "two"];

    let joined = pool.spawn(move || words.concat());
    let parsed = pool.try_spawn(|| "7x".parse::<u8>());

    assert_eq!(joined.soon().unwrap(), "onetwo");
    assert!(parsed.soon().unwrap().is_err());
}

/// By the trait, where the pool has no method of its own.
pub(crate) fn a_failure_of_try_spawn_counts_as_one<F: SharedMemory>() {
    let pool = F::pool(1);

    let failed = pool.try_spawn(|| Err::<u8, _>("out of paper"));

    assert!(matches!(
        failed.try_result(),
        Err(Failure::Returned("out of paper"))
    ));
}

pub(crate) fn an_err_returned_by_try_spawn_is_an_exception<F: OwnThreads>() {
    let pool = F::pool(2);
    let held = Held::on(&pool, || Ok::<u8, String>(1));
    let failed = pool.try_spawn(|| Err("out of paper".to_owned()));

    let waited = wait(
        [&held.future, &failed],
        ReturnWhen::FirstException,
        DEADLINE,
    );

    assert_eq!((waited.done.len(), waited.not_done.len()), (1, 1));
    assert!(failed.try_result().is_err());
}

pub(crate) fn times_are_told_where_they_were_asked_for<F: Workers>() {
    let (plain, timed) = (any::<F>(1), Any(F::recording_times(1)));
    let (without, with) = (answer::submit(&plain), answer::submit(&timed));
    without.get_soon().unwrap();
    with.get_soon().unwrap();

    let (none, times) = (without.times(), with.times().unwrap());

    assert!(none.is_none());
    let (started, finished) = (times.started().unwrap(), times.finished().unwrap());
    assert!(times.submitted() <= started && started <= finished);
}
