//! How a model is run, the pools it runs on, and calls that are followed to their end.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use shuttle::{
    Config, MaxSteps, Runner,
    scheduler::{PctScheduler, RandomScheduler, ReplayScheduler},
    thread,
};

use crate::{Executor, Future, Here, Scope, StillBusy, ThreadPool, sync::Mutex};

/// The number of orders of each kind that a model tries, unless the environment says another.
const ORDERS: usize = 2000;
/// Every run tries the same orders, unless the environment says another seed.
const SEED: u64 = 0x6361_6c6c;
/// The most priority changes in one order of the PCT scheduler.
const DEPTH: usize = 3;
/// More steps than any correct model takes.
const MOST_STEPS: usize = 100_000;

/// Runs `body` in many orders: random ones, and those with few changes of priority (PCT).
///
/// `SHUTTLE_ORDERS` sets their number, `SHUTTLE_RANDOM_SEED` the seed; `SHUTTLE_REPLAY` repeats one
/// order, as a failure printed it.
pub(super) fn model(body: fn()) {
    if let Ok(order) = std::env::var("SHUTTLE_REPLAY") {
        Runner::new(ReplayScheduler::new_from_encoded(&order), config()).run(body);
        return;
    }
    let orders = std::env::var("SHUTTLE_ORDERS").ok();
    let orders = orders.map_or(ORDERS, |text| text.parse().expect("a number of orders"));
    Runner::new(RandomScheduler::new_from_seed(SEED, orders), config()).run(body);
    Runner::new(PctScheduler::new_from_seed(SEED, DEPTH, orders), config()).run(body);
}

fn config() -> Config {
    let mut config = Config::new();
    config.stack_size = STACK;
    config.max_steps = MaxSteps::FailAfter(MOST_STEPS);
    config.silence_warnings = true;
    config
}

/// The stack size of all threads, those of pools included.
const STACK: usize = 256 << 10;

/// Makes a test for each pool of each model, a function generic over the pool.
macro_rules! on_each_pool {
    ($($model:ident),* $(,)?) => {
        mod threads {
            $(#[test] fn $model() {
                crate::shuttle_pools::kit::model(super::$model::<crate::ThreadPool>);
            })*
        }

        #[cfg(feature = "work-stealing")]
        mod work_stealing {
            $(#[test] fn $model() {
                crate::shuttle_pools::kit::model(super::$model::<crate::WorkStealingPool>);
            })*
        }
    };
}
pub(super) use on_each_pool;

/// The settings of a pool.
#[derive(Default)]
pub(super) struct Setup {
    pub(super) workers: usize,
    pub(super) bound: Option<usize>,
    pub(super) initializer: Option<Prepare>,
}

/// The initializer of a pool.
pub(super) type Prepare = Box<dyn Fn() -> Result<(), &'static str> + Send + Sync>;

/// What the pools have in common beyond the trait of executors.
pub(super) trait Tested: Executor<Reach = Here> + Send + Sync + Sized + 'static {
    fn build(setup: Setup) -> Self;

    fn spawn<T, F>(&self, work: F) -> Future<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static;

    fn scope<'env, F, T>(&self, f: F) -> T
    where
        F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T;

    fn close(&self);
    fn cancel_pending(&self) -> usize;
    fn shutdown(self);
    fn shutdown_cancelling(self) -> usize;
    fn shutdown_detached(self);
    fn shutdown_soon(self) -> Result<(), StillBusy>;
}

macro_rules! tested {
    ($pool:ident) => {
        impl Tested for $pool {
            fn build(setup: Setup) -> Self {
                let mut builder = Self::builder().workers(setup.workers).stack_size(STACK);
                if let Some(bound) = setup.bound {
                    builder = builder.max_pending(bound);
                }
                if let Some(initializer) = setup.initializer {
                    builder = builder.try_initializer(initializer);
                }
                builder.build().expect("the setup makes sense")
            }

            fn spawn<T, F>(&self, work: F) -> Future<T>
            where
                F: FnOnce() -> T + Send + 'static,
                T: Send + 'static,
            {
                $pool::spawn(self, work)
            }

            fn scope<'env, F, T>(&self, f: F) -> T
            where
                F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
            {
                $pool::scope(self, f)
            }

            fn close(&self) {
                $pool::close(self);
            }

            fn cancel_pending(&self) -> usize {
                $pool::cancel_pending(self)
            }

            fn shutdown(self) {
                $pool::shutdown(self);
            }

            fn shutdown_cancelling(self) -> usize {
                $pool::shutdown_cancelling(self)
            }

            fn shutdown_detached(self) {
                $pool::shutdown_detached(self);
            }

            fn shutdown_soon(self) -> Result<(), StillBusy> {
                $pool::shutdown_timeout(self, std::time::Duration::from_millis(1))
            }
        }
    };
}

tested!(ThreadPool);
#[cfg(feature = "work-stealing")]
use crate::WorkStealingPool;
#[cfg(feature = "work-stealing")]
tested!(WorkStealingPool);

/// A pool of `workers` workers, otherwise by default.
pub(super) fn pool<P: Tested>(workers: usize) -> P {
    P::build(Setup {
        workers,
        ..Setup::default()
    })
}

/// A call that is followed to its end.
pub(super) struct Followed {
    pub(super) future: Future<()>,
    runs: Arc<RunCounts>,
}

/// How often a call was begun and ended by the threads that ran it.
///
/// Counted by std's atomics, at which shuttle switches no thread.
#[derive(Default)]
struct RunCounts {
    begun: AtomicUsize,
    ended: AtomicUsize,
}

/// How a call ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    Ran,
    Cancelled,
    /// The pool was shut down.
    Refused,
    /// The pool was broken.
    Broken,
}

/// Submits a call that yields before it ends.
pub(super) fn submit<P: Tested>(pool: &P) -> Followed {
    submit_work(pool, thread::yield_now)
}

/// Submits a call that does `work`.
pub(super) fn submit_work<P: Tested>(pool: &P, work: impl FnOnce() + Send + 'static) -> Followed {
    let runs = Arc::new(RunCounts::default());
    let notes = runs.clone();
    let future = pool.spawn(move || {
        notes.begun.fetch_add(1, Ordering::SeqCst);
        work();
        notes.ended.fetch_add(1, Ordering::SeqCst);
    });
    Followed { future, runs }
}

impl Followed {
    /// Whether the call has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.future.done()
    }

    /// Waits for the end. A call that ran was begun and ended once, any other never.
    pub(super) fn end(self) -> Outcome {
        let Self { future, runs } = self;
        let end = match future.result() {
            Ok(()) => Outcome::Ran,
            Err(error) if error.is_cancelled() => Outcome::Cancelled,
            Err(error) if error.is_rejected() => Outcome::Refused,
            Err(error) if error.is_executor_broken() => Outcome::Broken,
            Err(error) => panic!("a call of a model failed: {error}"),
        };
        let times = usize::from(end == Outcome::Ran);
        assert_eq!(runs.begun.load(Ordering::SeqCst), times, "begun; {end:?}");
        assert_eq!(runs.ended.load(Ordering::SeqCst), times, "ended; {end:?}");
        end
    }
}

/// Checks that all have ended, each in one of these ways; returns how many in the first one.
pub(super) fn ended<const N: usize>(calls: [Followed; N], ways: &[Outcome]) -> usize {
    assert!(calls.iter().all(Followed::has_ended), "a call is left");
    count(calls, ways)
}

/// Waits until all have ended, each in one of these ways; returns how many in the first one.
pub(super) fn count(calls: impl IntoIterator<Item = Followed>, ways: &[Outcome]) -> usize {
    let ends: Vec<Outcome> = calls.into_iter().map(Followed::end).collect();
    assert!(ends.iter().all(|end| ways.contains(end)), "{ends:?}");
    ends.iter().filter(|end| **end == ways[0]).count()
}

/// Calls that other calls, or callbacks, have submitted.
pub(super) type Later = Arc<Mutex<Vec<Followed>>>;

/// Takes what was submitted later.
pub(super) fn take(later: &Later) -> Vec<Followed> {
    std::mem::take(&mut *later.lock())
}
