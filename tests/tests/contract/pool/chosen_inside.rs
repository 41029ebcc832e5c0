//! What is inside a chosen executor shows through: its workers, its refusals, its end.

use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use concurrent_futures::{
    Executor, ExecutorId, Here, Inline, Job, Options, Pool, Submit, TaskErrorKind, ThreadPool,
    Tuning, task,
};
use tests::{Gate, Soon, far::busy};

use crate::{
    fixture::Loopback,
    tasks::{add, double, parse},
};

#[test]
fn executors_of_other_people_become_pools() {
    let shared = Arc::new(ThreadPool::new());
    let pools = [Pool::new(Loopback), Pool::new(Arc::clone(&shared))];

    for pool in &pools {
        assert_eq!(parse::submit(pool, "7".to_owned()).soon().unwrap(), Ok(7));
        assert_eq!(double::map(pool, 1..=3).into_vec().unwrap(), [2, 4, 6]);
    }
}

/// Its worker waits for a call of the same pool, which no other worker can run.
#[task]
fn doubled_by_another_call(n: u64) -> u64 {
    let pool = NESTED.get().expect("the test made it");
    double::submit(pool, n).result().unwrap()
}

static NESTED: OnceLock<Pool> = OnceLock::new();

#[test]
fn nested_waits_of_a_chosen_pool_do_not_deadlock() {
    let pool = NESTED.get_or_init(|| "threads:1".parse().unwrap());

    let future = doubled_by_another_call::submit(pool, 21);

    assert_eq!(future.soon().unwrap(), 42);
}

#[test]
fn a_full_executor_gives_the_call_back_through_its_pool() {
    let threads = || {
        ThreadPool::builder()
            .workers(1)
            .max_pending(1)
            .build()
            .unwrap()
    };
    for pool in [Pool::from(threads()), Pool::new(Arc::new(threads()))] {
        let held = busy(&pool, 1);
        let pending = pool.try_submit(add::new(1, 2)).unwrap();

        let full = pool.try_submit(add::new(20, 22)).unwrap_err();

        let call = full.into_call();
        assert_eq!((call.left, call.right), (20, 22));
        drop(held);
        assert_eq!(pending.soon().unwrap(), 3);
        assert_eq!(pool.submit(call).soon().unwrap(), 42, "it is whole");
    }
}

#[test]
fn options_that_the_executor_inside_does_not_keep_are_refused() {
    for name in ["inline", "threads:1"] {
        let pool: Pool = name.parse().unwrap();

        let refused = pool.submit_with(double::new(1), Options::new().memory(1 << 30));
        let named = pool.submit_with(double::new(1), Options::new().name("one"));

        assert!(refused.soon().unwrap_err().is_rejected());
        assert_eq!(named.name(), "one");
        assert_eq!(named.soon().unwrap(), 2);
    }
}

#[test]
fn a_pool_of_any_executor_can_be_closed() {
    for pool in [
        Pool::from(Inline),
        Pool::new(Loopback),
        Pool::new(Arc::new(ThreadPool::new())),
    ] {
        let before = double::submit(&pool, 4);
        pool.close();
        pool.close();

        let mut errors = vec![
            double::submit(&pool, 1).soon().unwrap_err(),
            pool.try_submit(double::new(1)).unwrap().soon().unwrap_err(),
        ];
        errors.extend(double::map(&pool, 1..=2).filter_map(Result::err));

        let text = "executor is shut down; submit before calling shutdown";
        assert!(
            errors
                .iter()
                .all(|error| error.kind() == TaskErrorKind::Rejected),
            "{errors:?}"
        );
        assert!(
            errors.iter().all(|error| error.to_string().contains(text)),
            "{errors:?}"
        );
        assert_eq!((errors.len(), before.soon().unwrap()), (4, 8));
    }
}

#[test]
fn a_thread_pool_that_becomes_any_executor_keeps_its_ways_to_end() {
    let pool = Pool::new(ThreadPool::builder().workers(1).build().unwrap());
    let held = busy(&pool, 1);
    let pending = double::submit(&pool, 1);

    let cancelled = pool.cancel_pending();

    drop(held);
    assert_eq!(cancelled, 1);
    assert!(pending.cancelled());
}

#[test]
fn what_is_pending_elsewhere_is_not_cancelled_by_a_pool_that_cannot_know_it() {
    let threads = Arc::new(ThreadPool::builder().workers(1).build().unwrap());
    let pool = Pool::new(Arc::clone(&threads));
    let held = busy(&pool, 1);
    let pending = double::submit(&pool, 1);

    let cancelled = pool.shutdown_cancelling();

    drop(held);
    assert_eq!((cancelled, pending.soon().unwrap()), (0, 2));
}

/// Tells all that an executor can tell, and when it is dropped.
struct Telling(ExecutorId, Gate);

impl Executor for Telling {
    type Reach = Here;

    fn execute(&self, job: Job) {
        job.run();
    }

    fn id(&self) -> Option<ExecutorId> {
        Some(self.0)
    }

    fn workers(&self) -> usize {
        7
    }

    fn tuning(&self) -> Tuning {
        Tuning::new()
            .prefers_chunks(true)
            .splits_chunks(true)
            .records_times(true)
    }

    fn keeps(&self, _: &Options) -> Result<(), Cow<'static, str>> {
        Err(format!("anything at {}", self.workers()).into())
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        self.1.open();
    }
}

#[test]
fn what_an_executor_tells_is_told_through_its_pool() {
    let id = ExecutorId::new();
    let pool = Pool::new(Telling(id, Gate::new()));

    let told = (
        pool.id(),
        pool.workers(),
        pool.tuning(),
        pool.keeps(&Options::new()),
    );

    let tuning = Tuning::new().prefers_chunks(true).splits_chunks(true);
    let refusal = Err("anything at 7".into());
    assert_eq!(told, (Some(id), 7, tuning.records_times(true), refusal));
}

#[test]
fn every_end_of_a_pool_drops_the_executor_inside() {
    let ends: [fn(Pool); 5] = [
        drop,
        Pool::shutdown,
        Pool::shutdown_detached,
        |pool| assert_eq!(pool.shutdown_cancelling(), 0),
        |pool| assert_eq!(pool.shutdown_timeout(tests::DEADLINE), Ok(())),
    ];

    for end in ends {
        let dropped = Gate::new();
        let pool = Pool::new(Telling(ExecutorId::new(), dropped.clone()));

        end(pool);

        dropped.wait();
    }
}
