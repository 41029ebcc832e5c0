//! What may lie below a call on the stack of its worker: nothing, or a call that waits for it.
//!
//! A worker that waits in a join looks for something to do. It may find the bell of a call that was
//! submitted meanwhile, and leaves that to a worker that becomes free.

use std::{
    cell::{Cell, RefCell},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc::channel,
    },
    thread::{self, ThreadId},
};

use concurrent_futures::{Future, WorkStealingPool};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use tests::{Gate, MOMENT, OpenOnDrop, Soon, let_pass, receive};

fn pool(workers: usize) -> Arc<WorkStealingPool> {
    let builder = WorkStealingPool::builder().workers(workers);
    Arc::new(builder.build().unwrap())
}

/// A call that waits in a join, on one worker, for a half that another worker runs until it is let
/// go.
pub(crate) struct Joined<T> {
    future: Future<T>,
    half_on: ThreadId,
    go: OpenOnDrop,
}

impl<T: Send + 'static> Joined<T> {
    /// Submits a call that does `rest` after its join, and waits until its half runs.
    pub(crate) fn on(pool: &WorkStealingPool, rest: impl FnOnce() -> T + Send + 'static) -> Self {
        let (stolen, go, (tx, rx)) = (Gate::new(), Gate::new(), channel());
        let open_go = go.open_on_drop();
        let future = pool.spawn(move || {
            let half = || {
                tx.send(thread::current().id()).unwrap();
                stolen.open();
                go.wait();
            };
            rayon::join(|| stolen.wait(), half);
            rest()
        });
        Self {
            future,
            half_on: receive(&rx),
            go: open_go,
        }
    }

    /// Lets the half end.
    pub(crate) fn let_go(self) -> Future<T> {
        drop(self.go);
        self.future
    }
}

pub(crate) fn a_call_starts_on_a_worker_that_becomes_free() {
    let (pool, ran) = (pool(2), Gate::new());
    let until_ran = ran.clone();
    let joined = Joined::on(&pool, move || until_ran.wait());
    let half_on = joined.half_on;
    let call = pool.spawn(move || {
        ran.open();
        thread::current().id()
    });

    let outer = joined.let_go();

    assert_eq!(call.soon().unwrap(), half_on);
    outer.soon().unwrap();
}

/// Who sleeps in a join is no answer to a call, whichever of the two rayon wakes first.
pub(crate) fn a_call_starts_on_an_idle_worker_while_another_sleeps_in_a_join() {
    for _ in 0..10 {
        let pool = pool(3);
        let joined = Joined::on(&pool, || ());
        let_pass(MOMENT);

        let call = pool.spawn(|| thread::current().id());

        assert_ne!(call.soon().unwrap(), joined.half_on);
        joined.let_go().soon().unwrap();
    }
}

/// One waits for the half of another, which waits for a call: the third is free.
pub(crate) fn a_call_starts_though_all_other_workers_wait() {
    let (pool, ran) = (pool(3), Gate::new());
    let until_ran = ran.clone();
    let joined = joined_twice(&pool, move || until_ran.wait());
    let third = joined.half_on;
    let call = pool.spawn(move || {
        ran.open();
        thread::current().id()
    });

    let outer = joined.let_go();

    assert_eq!(call.soon().unwrap(), third);
    outer.soon().unwrap();
}

/// A call that waits in a join for a half on a second worker, which waits in a join for a half that
/// a third one runs until it is let go; the second one then does `rest`.
pub(crate) fn joined_twice(
    pool: &WorkStealingPool,
    rest: impl FnOnce() + Send + 'static,
) -> Joined<()> {
    let (go, (tx, rx)) = (Gate::new(), channel());
    let open_go = go.open_on_drop();
    let future = pool.spawn(move || {
        let (second_runs, third_runs) = (Gate::new(), Gate::new());
        let on_the_third = || {
            tx.send(thread::current().id()).unwrap();
            third_runs.open();
            go.wait();
        };
        let on_the_second = || {
            second_runs.open();
            rayon::join(|| third_runs.wait(), on_the_third);
            rest();
        };
        // Who waits at a gate takes no half from anybody.
        let on_the_first = || {
            second_runs.wait();
            third_runs.wait();
        };
        rayon::join(on_the_first, on_the_second);
    });
    Joined {
        future,
        half_on: receive(&rx),
        go: open_go,
    }
}

fn sum_below(n: u64) -> u64 {
    (0..n).sum()
}

/// Twenty times the sum below 300, on the free workers: the worker that begins it waits for the
/// others.
fn parallel_sum() -> u64 {
    let parts = (0..20_u32).into_par_iter().with_max_len(1);
    parts.map(|_| sum_below(300)).sum()
}

/// Has some threads submit `calls` each, one after another: workers come and go all the time.
fn storm(threads: u64, calls: u64, submit: impl Fn(u64) -> Future<()> + Sync) {
    thread::scope(|scope| {
        for thread in 0..threads {
            let submit = &submit;
            scope.spawn(move || {
                for n in 0..calls {
                    submit(threads * n + thread).soon().unwrap();
                }
            });
        }
    });
}

pub(crate) fn calls_that_hold_a_lock_across_a_join_all_get_through() {
    let (pool, lock) = (pool(2), Arc::new(Mutex::new(0)));

    storm(2, 500, |_| {
        let lock = Arc::clone(&lock);
        pool.spawn(move || {
            let mut count = lock.lock().unwrap();
            let halves = rayon::join(|| sum_below(2), || sum_below(5_000));
            assert_eq!(halves, (1, 12_497_500));
            *count += 1;
        })
    });

    assert_eq!(*lock.lock().unwrap(), 1_000);
}

thread_local! {
    /// How many calls lie on this thread's stack.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// A call lies on the stack while this lives.
struct OnTheStack;

impl OnTheStack {
    fn enter(deepest: &AtomicUsize) -> Self {
        DEPTH.set(DEPTH.get() + 1);
        deepest.fetch_max(DEPTH.get(), Ordering::SeqCst);
        Self
    }
}

impl Drop for OnTheStack {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Large calls, which wait in joins all the time, among small ones.
pub(crate) fn no_call_runs_on_top_of_another_in_a_storm() {
    let (pool, deepest) = (pool(3), Arc::new(AtomicUsize::new(0)));

    storm(4, 300, |n| {
        let deepest = Arc::clone(&deepest);
        pool.spawn(move || {
            let _on_the_stack = OnTheStack::enter(&deepest);
            match n % 3 {
                0 => assert_eq!(parallel_sum(), 897_000),
                _ => assert_eq!(sum_below(3), 3),
            }
        })
    });

    assert_eq!(deepest.load(Ordering::SeqCst), 1);
}

thread_local! {
    /// The calls on this thread's stack, the latest last.
    static CALLS: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// Runs `body` as the call `own`; counts it as stray if it lies on another than that which waits
/// for it.
fn traced<T>(own: u64, waits: Option<u64>, strays: &AtomicUsize, body: impl FnOnce() -> T) -> T {
    let below = CALLS.with_borrow_mut(|calls| {
        let below = calls.last().copied();
        calls.push(own);
        below
    });
    if below.is_some() && below != waits {
        strays.fetch_add(1, Ordering::SeqCst);
    }
    let value = body();
    CALLS.with_borrow_mut(Vec::pop);
    value
}

pub(crate) fn a_call_runs_on_top_of_another_only_if_that_waits_for_it() {
    let (pool, strays) = (pool(3), Arc::new(AtomicUsize::new(0)));

    storm(4, 200, |n| {
        let (inner_pool, strays) = (Arc::clone(&pool), Arc::clone(&strays));
        pool.spawn(move || {
            traced(n, None, &strays, || {
                let inner_strays = Arc::clone(&strays);
                let inner = inner_pool.spawn(move || {
                    let own = n + 10_000;
                    traced(own, Some(n), &inner_strays, parallel_sum)
                });
                assert_eq!(parallel_sum(), inner.result().unwrap());
            });
        })
    });

    assert_eq!(strays.load(Ordering::SeqCst), 0);
}

/// Where a half runs is for rayon to say: here on the worker that waits, inside of that very call,
/// for its own half.
pub(crate) fn a_half_on_top_of_the_call_it_waits_for_is_told_so() {
    let pool = pool(3);
    let inner = Arc::clone(&pool);

    let told = pool.spawn(move || {
        let (joins, is_told) = (Gate::new(), Gate::new());
        let (tell, until_told) = (joins.clone(), is_told.clone());
        let call = inner.spawn(move || {
            let stolen = Gate::new();
            let half = || {
                stolen.open();
                tell.open();
                until_told.wait();
            };
            rayon::join(|| stolen.wait(), half);
        });
        joins.wait();
        let half = || {
            let error = call.result().unwrap_err();
            is_told.open();
            error
        };
        rayon::join(|| is_told.wait(), half).1
    });

    assert!(told.soon().unwrap().is_would_deadlock());
}
