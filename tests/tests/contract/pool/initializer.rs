//! The initializer of a pool on threads of its own, and what its failure breaks.

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use concurrent_futures::{Submit, TaskError, ThreadPool};
use tests::{Gate, Held, Soon, Tally, busy, call, collect_log, logged, many};

use crate::{
    fixture::Threads,
    pool::own_threads::{Describes, OwnThreads, Scopes},
    tasks::{answer, double},
};

thread_local! { static READY: Cell<bool> = const { Cell::new(false) } }

pub(crate) fn the_initializer_has_run_on_each_worker_before_any_task<F: OwnThreads>() {
    let builder = F::builder().workers(4).initializer(|| READY.set(true));
    let pool = builder.build().unwrap();

    let held = [(); 4].map(|()| Held::on(&pool, || READY.get()));

    assert_eq!(held.map(|held| held.let_go().soon().unwrap()), [true; 4]);
}

pub(crate) fn the_initializer_runs_once_a_worker<F: OwnThreads>() {
    let runs = Tally::new();
    let counted = runs.clone();
    let pool = F::builder()
        .workers(3)
        .initializer(move || counted.add())
        .build()
        .unwrap();

    drop(busy(&pool, 3));
    double::map(&pool, 0..many(1_000)).into_vec().unwrap();

    assert_eq!(runs.count(), 3);
}

/// On an extra thread too, that a worker takes when its own stack is nearly used up.
pub(crate) fn the_initializer_has_run_on_extra_threads<F: OwnThreads>() {
    fn descend<P: Scopes>(pool: &Arc<P>, depth: u32) -> bool {
        let here = READY.get();
        if depth == 0 {
            return here;
        }
        let inner = Arc::clone(pool);
        here && pool
            .spawn(move || descend(&inner, depth - 1))
            .result()
            .unwrap()
    }
    let builder = F::builder().workers(1).initializer(|| READY.set(true));
    let pool = Arc::new(builder.build().unwrap());
    let inner = Arc::clone(&pool);

    let ready = pool.spawn(move || descend(&inner, many(5_000))).soon();

    assert!(ready.unwrap());
}

/// Fails on every worker.
fn fails<F: OwnThreads>() -> F::Builder {
    F::builder().workers(8).try_initializer(is_err)
}

fn is_err() -> Result<(), String> {
    Err("no licence".to_owned())
}

fn panics() -> Result<(), String> {
    panic!("no licence")
}

#[track_caller]
fn assert_broken(error: &TaskError) {
    assert!(error.is_executor_broken(), "{error:?}");
    assert!(error.to_string().contains("no licence"), "{error}");
}

pub(crate) fn an_initializer_that_fails_on_the_first_worker_breaks_the_pool<F: OwnThreads>() {
    breaks_on_the_first_worker::<F>(is_err);
}

pub(crate) fn an_initializer_that_panics_on_the_first_worker_breaks_the_pool<F: OwnThreads>() {
    breaks_on_the_first_worker::<F>(panics);
}

fn breaks_on_the_first_worker<F: OwnThreads>(bad: fn() -> Result<(), String>) {
    let builder = F::builder().workers(8);
    let pool = builder.try_initializer(bad).build().unwrap();

    let first = answer::submit(&pool).soon().unwrap_err();
    let later = answer::submit(&pool).soon().unwrap_err();

    assert_broken(&first);
    assert_broken(&later);
}

pub(crate) fn an_initializer_that_fails_on_the_third_worker_breaks_the_pool<F: OwnThreads>() {
    breaks_on_the_third_worker::<F>(is_err);
}

pub(crate) fn an_initializer_that_panics_on_the_third_worker_breaks_the_pool<F: OwnThreads>() {
    breaks_on_the_third_worker::<F>(panics);
}

/// One call is finished, two run, and the third worker is to run the rest.
fn breaks_on_the_third_worker<F: OwnThreads>(bad: fn() -> Result<(), String>) {
    let (runs, go) = (AtomicUsize::new(0), Gate::new());
    let open_go = go.open_on_drop();
    let third_is_bad = move || match runs.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => Ok(()),
        _ => {
            go.wait();
            bad()
        }
    };
    let builder = F::builder().workers(8);
    let pool = builder.try_initializer(third_is_bad).build().unwrap();
    let finished = answer::submit(&pool);
    finished.get_soon().unwrap();
    let running = [Held::on(&pool, || 1), Held::on(&pool, || 2)];
    let pending = [1, 2, 3].map(|n| double::submit(&pool, n));

    drop(open_go);

    let errors = pending.map(|future| future.soon().unwrap_err());
    let later = double::submit(&pool, 4).soon().unwrap_err();
    errors.iter().chain([&later]).for_each(assert_broken);
    assert_eq!(running.map(|held| held.let_go().soon().unwrap()), [1, 2]);
    assert_eq!(finished.soon().unwrap(), 42);
}

/// Calls that were pending when the pool broke, not submitted after.
pub(crate) fn calls_pending_when_the_pool_breaks_fail_with_its_error<F: OwnThreads>() {
    let (go, entered) = (Gate::new(), Gate::new());
    let open_go = go.open_on_drop();
    let at_gate = (go.clone(), entered.clone());
    let builder = F::builder().workers(1).try_initializer(move || {
        at_gate.1.open();
        at_gate.0.wait();
        is_err()
    });
    let pool = builder.build().unwrap();
    let pending: Vec<_> = (0..10).map(|n| double::submit(&pool, n)).collect();
    entered.wait();

    drop(open_go);

    pending
        .into_iter()
        .for_each(|future| assert_broken(&future.soon().unwrap_err()));
}

pub(crate) fn a_call_cancelled_before_the_pool_broke_stays_cancelled<F: OwnThreads>() {
    let go = Gate::new();
    let open_go = go.open_on_drop();
    let builder = F::builder().workers(1).try_initializer(move || {
        go.wait();
        is_err()
    });
    let pool = builder.build().unwrap();
    let [cancelled, pending] = [1, 2].map(|n| double::submit(&pool, n));
    cancelled.cancel();

    drop(open_go);

    assert_broken(&pending.soon().unwrap_err());
    assert!(cancelled.soon().unwrap_err().is_cancelled());
}

pub(crate) fn a_submit_blocked_at_the_bound_of_a_breaking_pool_returns<F: OwnThreads>() {
    let go = Gate::new();
    let open_go = go.open_on_drop();
    let builder = F::builder()
        .workers(1)
        .max_pending(1)
        .try_initializer(move || {
            go.wait();
            is_err()
        });
    let pool = Arc::new(builder.build().unwrap());
    let pending = double::submit(&pool, 1);
    let submitting = tests::blocked({
        let pool = Arc::clone(&pool);
        move || double::submit(&pool, 2)
    });

    drop(open_go);

    assert_broken(&pending.soon().unwrap_err());
    assert_broken(&submitting.woken().soon().unwrap_err());
}

pub(crate) fn a_failing_initializer_is_logged<F: OwnThreads>() {
    let record =
        record_of_a_broken_pool::<F>("no-dongle", || Err("no dongle in the slot".to_owned()));

    assert!(record.starts_with("ERROR") && record.contains("no dongle in the slot"));
}

pub(crate) fn a_panicking_initializer_is_logged<F: OwnThreads>() {
    let record = record_of_a_broken_pool::<F>("on-fire", || panic!("the dongle is on fire"));

    assert!(record.starts_with("ERROR") && record.contains("the dongle is on fire"));
}

/// What is logged of a pool of this name, which differs from fixture to fixture.
fn record_of_a_broken_pool<F: OwnThreads>(name: &str, bad: fn() -> Result<(), String>) -> String {
    collect_log();
    let name = format!("{}-{name}", F::SHORT);
    let builder = F::builder().name_prefix(name.clone());
    let pool = builder.try_initializer(bad).build().unwrap();

    answer::submit(&pool).soon().unwrap_err();

    logged(&name)
}

pub(crate) fn a_broken_pool_shuts_down<F: OwnThreads>() {
    let pools = [(); 2].map(|()| fails::<F>().build().unwrap());
    pools
        .iter()
        .for_each(|pool| drop(answer::submit(pool).soon().unwrap_err()));
    let [one, two] = pools;

    F::shutdown(one);
    let cancelled = F::shutdown_cancelling(two);

    assert_eq!(cancelled, 0);
}

pub(crate) fn a_map_on_a_broken_pool_fails_item_by_item<F: OwnThreads>() {
    let pool = fails::<F>().build().unwrap();
    let results = pool.map((0..5).map(|n| call(move || n)));

    let errors: Vec<_> = results.map(Result::unwrap_err).collect();

    assert_eq!(errors.len(), 5);
    errors.iter().for_each(assert_broken);
}

pub(crate) fn a_payload_of_the_initializer_that_panics_when_dropped_strands_nobody<
    F: OwnThreads,
>() {
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            if !std::thread::panicking() {
                panic!("dropped");
            }
        }
    }

    let pool = F::builder()
        .workers(1)
        .initializer(|| std::panic::panic_any(Bomb))
        .build()
        .unwrap();

    let error = pool.spawn(|| 1).soon().unwrap_err();

    assert!(error.is_executor_broken());
}

pub(crate) fn a_shutdown_with_a_limit_does_not_wait_for_an_initializer<F: OwnThreads>() {
    let (started, go) = (Gate::new(), Gate::new());
    let release = go.open_on_drop();
    let pool = F::builder()
        .workers(1)
        .initializer({
            let started = started.clone();
            move || {
                started.open();
                go.wait();
            }
        })
        .build()
        .unwrap();
    let future = pool.spawn(|| 7);
    started.wait();
    future.cancel();

    let ended = F::shutdown_timeout(pool, std::time::Duration::ZERO);

    assert!(ended.is_err(), "its worker is still getting ready");
    drop(release);
}

pub(crate) fn a_broken_pool_has_no_threads() {
    let pool: ThreadPool = fails::<Threads>().build().unwrap();

    answer::submit(&pool).soon().unwrap_err();

    tests::eventually("the failed worker is gone", || pool.threads() == 0);
}
