//! Workers that wait for calls of their own pool.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
    mpsc::channel,
};

use concurrent_futures::{
    Executor, Here, MapOptions, ReturnWhen, SharedFuture, Submit, Task, as_completed, wait,
};
use tests::{DEADLINE, Soon, call, many, receive};

use crate::fixture::LocalWorkers;

/// Waits in some way for a call that waits in the same way, and so on; counts the levels.
struct Nest<P> {
    pool: Arc<P>,
    depth: u64,
    waits: fn(&P, Nest<P>) -> u64,
}

impl<P: Executor<Reach = Here> + 'static> Task for Nest<P> {
    type Output = u64;

    fn name() -> &'static str {
        "nest"
    }

    fn run(self) -> u64 {
        let Self { pool, depth, waits } = self;
        match depth {
            0 => 0,
            _ => {
                1 + waits(
                    &pool,
                    Nest {
                        pool: Arc::clone(&pool),
                        depth: depth - 1,
                        waits,
                    },
                )
            }
        }
    }
}

/// The levels that a nest on one worker counts.
fn nested<F: LocalWorkers>(depth: u64, waits: fn(&F::Pool, Nest<F::Pool>) -> u64) -> u64 {
    let pool = Arc::new(F::pool(1));
    let future = pool.submit(Nest {
        pool: Arc::clone(&pool),
        depth,
        waits,
    });
    future.soon().unwrap()
}

pub(crate) fn nested_result_does_not_deadlock<F: LocalWorkers>() {
    let levels = nested::<F>(many(1_000), |pool, inner| {
        pool.submit(inner).result().unwrap()
    });

    assert_eq!(levels, many(1_000));
}

pub(crate) fn nested_get_does_not_deadlock<F: LocalWorkers>() {
    let levels = nested::<F>(many(1_000), |pool, inner| {
        *pool.submit(inner).get().unwrap()
    });

    assert_eq!(levels, many(1_000));
}

pub(crate) fn nested_result_timeout_does_not_deadlock<F: LocalWorkers>() {
    let levels = nested::<F>(many(1_000), |pool, inner| {
        pool.submit(inner).soon().unwrap()
    });

    assert_eq!(levels, many(1_000));
}

pub(crate) fn nested_wait_does_not_deadlock<F: LocalWorkers>() {
    let levels = nested::<F>(many(1_000), |pool, inner| {
        let mut waited = wait([pool.submit(inner)], ReturnWhen::AllCompleted, None);
        *waited.done.pop().unwrap().peek().unwrap().unwrap()
    });

    assert_eq!(levels, many(1_000));
}

pub(crate) fn nested_as_completed_does_not_deadlock<F: LocalWorkers>() {
    let levels = nested::<F>(many(1_000), |pool, inner| {
        as_completed([pool.submit(inner)])
            .next()
            .unwrap()
            .result()
            .unwrap()
    });

    assert_eq!(levels, many(1_000));
}

pub(crate) fn nested_as_completed_with_a_limit_does_not_deadlock<F: LocalWorkers>() {
    let levels = nested::<F>(many(1_000), |pool, inner| {
        let mut futures = as_completed([pool.submit(inner)]).timeout(DEADLINE);
        futures.next().unwrap().unwrap().result().unwrap()
    });

    assert_eq!(levels, many(1_000));
}

pub(crate) fn nested_map_does_not_deadlock<F: LocalWorkers>() {
    let levels = nested::<F>(many(1_000), |pool, inner| {
        pool.map([inner]).next().unwrap().unwrap()
    });

    assert_eq!(levels, many(1_000));
}

pub(crate) fn nested_into_vec_does_not_deadlock<F: LocalWorkers>() {
    let levels = nested::<F>(many(1_000), |pool, inner| {
        pool.map([inner]).into_vec().unwrap()[0]
    });

    assert_eq!(levels, many(1_000));
}

pub(crate) fn nested_map_in_chunks_does_not_deadlock<F: LocalWorkers>() {
    let levels = nested::<F>(many(1_000), |pool, inner| {
        let options = MapOptions::new().chunk_size(2).unordered();
        pool.map_with(options, [inner])
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
    });

    assert_eq!(levels, many(1_000));
}

pub(crate) fn nested_shared_futures_do_not_deadlock<F: LocalWorkers>() {
    let levels = nested::<F>(many(1_000), |pool, inner| {
        pool.submit(inner).shared().result().unwrap()
    });

    assert_eq!(levels, many(1_000));
}

pub(crate) fn nested_exception_does_not_deadlock<F: LocalWorkers>() {
    let levels = nested::<F>(many(100), |pool, inner| {
        let future = pool.submit(inner);
        assert!(future.exception().is_none());
        future.result().unwrap()
    });

    assert_eq!(levels, many(100));
}

pub(crate) fn waits_nest_100_000_deep_on_one_worker<F: LocalWorkers>() {
    let levels = nested::<F>(many(many(100_000)), |pool, inner| {
        pool.submit(inner).result().unwrap()
    });

    assert_eq!(levels, many(many(100_000)));
}

/// Every call has two halves to wait for; far more of them wait than there are workers.
pub(crate) fn calls_that_all_wait_finish_on_few_workers<F: LocalWorkers>() {
    fn sum<P: Executor<Reach = Here> + 'static>(pool: &Arc<P>, from: u64, to: u64) -> u64 {
        if to - from == 1 {
            return from;
        }
        let middle = u64::midpoint(from, to);
        let halves = [(from, middle), (middle, to)].map(|(from, to)| {
            let inner = Arc::clone(pool);
            pool.submit(call(move || sum(&inner, from, to)))
        });
        halves.into_iter().map(|half| half.result().unwrap()).sum()
    }
    let pool = Arc::new(F::pool(4));
    let inner = Arc::clone(&pool);

    let total = pool
        .submit(call(move || sum(&inner, 0, many(2_000))))
        .soon();

    assert_eq!(total.unwrap(), (0..many(2_000)).sum::<u64>());
}

pub(crate) fn waiting_for_the_own_call_would_deadlock<F: LocalWorkers>() {
    let pool = F::pool(1);
    let (tx, rx) = channel::<SharedFuture<[bool; 3]>>();
    let future = pool.submit(call(move || {
        let own = receive(&rx);
        let limited = own.get_timeout(DEADLINE).unwrap();
        [
            own.get(),
            limited,
            own.result().as_ref().map_err(Clone::clone),
        ]
        .map(|outcome| outcome.is_err_and(|error| error.is_would_deadlock()))
    }));
    let future = future.shared();

    tx.send(future.clone()).unwrap();

    assert_eq!(future.soon().unwrap(), [true; 3]);
}

pub(crate) fn waiting_in_place_for_the_call_that_waits_would_deadlock<F: LocalWorkers>() {
    ancestor_would_deadlock::<F>(1);
}

/// So deep that the innermost call has a thread of its own; the outermost waits for it all the
/// same.
pub(crate) fn waiting_for_a_call_on_an_extra_thread_below_would_deadlock<F: LocalWorkers>() {
    ancestor_would_deadlock::<F>(many(20_000));
}

fn ancestor_would_deadlock<F: LocalWorkers>(depth: u64) {
    fn descend<P: Executor<Reach = Here> + 'static>(
        pool: &Arc<P>,
        depth: u64,
        outermost: SharedFuture<bool>,
    ) -> bool {
        if depth == 0 {
            return outermost
                .get()
                .is_err_and(|error| error.is_would_deadlock());
        }
        let inner = Arc::clone(pool);
        pool.submit(call(move || descend(&inner, depth - 1, outermost)))
            .result()
            .unwrap()
    }
    let pool = Arc::new(F::pool(1));
    let (tx, rx) = channel();
    let inner = Arc::clone(&pool);
    let outermost = pool
        .submit(call(move || descend(&inner, depth, receive(&rx))))
        .shared();

    tx.send(outermost.clone()).unwrap();

    assert!(outermost.soon().unwrap());
}

pub(crate) fn a_panic_in_place_stays_with_the_inner_call<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(1));
    let inner = Arc::clone(&pool);

    let outer = pool.submit(call(move || {
        inner
            .submit(call(|| -> u64 { panic!("out of paper") }))
            .result()
            .unwrap_err()
    }));

    assert_eq!(outer.soon().unwrap().message(), Some("out of paper"));
}

/// Two workers each wait for what the other has queued.
pub(crate) fn workers_that_wait_for_each_others_queue_finish<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(2));
    let ran = Arc::new(AtomicU64::new(0));
    let outer: Vec<_> = (0..8)
        .map(|_| {
            let (inner, ran) = (Arc::clone(&pool), Arc::clone(&ran));
            pool.submit(call(move || {
                let futures: Vec<_> = (0..many(50))
                    .map(|_| {
                        let ran = Arc::clone(&ran);
                        inner.submit(call(move || ran.fetch_add(1, Ordering::Relaxed)))
                    })
                    .collect();
                wait(futures, ReturnWhen::AllCompleted, None).done.len()
            }))
        })
        .collect();

    let waited: usize = outer.into_iter().map(|future| future.soon().unwrap()).sum();

    assert_eq!(
        (waited, ran.load(Ordering::Relaxed)),
        (8 * many(50), 8 * many(50))
    );
}

/// Neither ends: the one leaves the call undone, the other gives it last, and its result tells.
pub(crate) fn several_waits_leave_the_own_call_out<F: LocalWorkers>() {
    let pool = Arc::new(F::pool(1));
    let inner = Arc::clone(&pool);
    let (tx, rx) = channel::<SharedFuture<_>>();
    let own = pool.submit(call(move || {
        let own = receive(&rx);
        let other = inner.submit(call(|| (0, [false; 2]))).shared();
        let waited = wait([&own, &other], ReturnWhen::AllCompleted, None);
        let order: Vec<_> = as_completed([&own, &other])
            .map(|future| future.id())
            .collect();
        (
            waited.done.len(),
            [
                waited.not_done[0].id() == own.id(),
                order == [other.id(), own.id()],
            ],
        )
    }));
    let own = own.shared();

    tx.send(own.clone()).unwrap();

    assert_eq!(own.soon().unwrap(), (1, [true; 2]));
}
