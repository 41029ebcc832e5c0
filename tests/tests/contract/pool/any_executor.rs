//! Code over any executor: whatever stands behind the reference, calls run there.

use std::{borrow::Cow, sync::Arc};

use concurrent_futures::{
    AnyExecutor, Executor, ExecutorId, Inline, Options, Submit, TaskError, ThreadPool, Tuning, wait,
};
use tests::{DEADLINE, Held, Keeper, Soon};

use crate::{
    fixture::Loopback,
    tasks::{add, double, parse},
};

/// What a user writes for all of them.
fn sum_of_doubles(executor: &dyn AnyExecutor) -> Result<u64, TaskError> {
    double::map(executor, 1..=3).sum()
}

#[test]
fn every_executor_is_any() {
    let pool = Arc::new(ThreadPool::new());
    let boxed: [Box<dyn AnyExecutor>; 4] = [
        Box::new(ThreadPool::new()),
        Box::new(Inline),
        Box::new(Arc::clone(&pool)),
        Box::new(Loopback),
    ];

    let mut sums: Vec<_> = boxed
        .iter()
        .map(|executor| sum_of_doubles(&**executor))
        .collect();
    sums.push(sum_of_doubles(&*pool));
    sums.push(sum_of_doubles(&pool));
    sums.push(sum_of_doubles(&&Inline));

    let sums: Vec<_> = sums.into_iter().map(Result::unwrap).collect();
    assert_eq!(sums, [12; 7]);
}

#[test]
fn a_box_of_any_is_an_executor_itself() {
    let boxed: Box<dyn AnyExecutor> = Box::new(ThreadPool::new());
    let shared: Arc<dyn AnyExecutor> = Arc::new(Inline);

    let (one, two) = (add::submit(&boxed, 1, 2), shared.submit(add::new(3, 4)));

    assert_eq!((one.soon().unwrap(), two.soon().unwrap()), (3, 7));
    assert_eq!(sum_of_doubles(&boxed).unwrap(), 12, "and any once more");
}

#[test]
fn executors_of_every_kind_stand_in_one_list() {
    let pool = ThreadPool::builder().workers(2).build().unwrap();
    let executors: [&dyn AnyExecutor; 3] = [&pool, &Inline, &Loopback];

    let futures = executors.map(|executor| parse::submit(executor, "7".to_owned()));

    let waited = wait(
        futures,
        concurrent_futures::ReturnWhen::AllCompleted,
        DEADLINE,
    );
    assert!(waited.not_done.is_empty());
    for future in waited.done {
        assert_eq!(future.soon().unwrap(), Ok(7));
    }
}

#[test]
fn a_full_pool_gives_the_call_back_behind_any() {
    let pool = ThreadPool::builder()
        .workers(1)
        .max_pending(1)
        .build()
        .unwrap();
    let held = Held::on(&pool, || ());
    let any: &dyn AnyExecutor = &pool;
    let pending = any.try_submit(add::new(1, 2)).unwrap();

    let full = any.try_submit(add::new(20, 22)).unwrap_err();

    let call = full.into_call();
    assert_eq!((call.left, call.right), (20, 22));
    held.let_go().soon().unwrap();
    assert_eq!(pending.soon().unwrap(), 3);
    assert_eq!(any.submit(call).soon().unwrap(), 42, "it is whole");
}

#[test]
fn a_closed_pool_says_so_behind_any() {
    let pool = ThreadPool::new();
    let any: &dyn AnyExecutor = &pool;
    pool.close();

    let errors = [
        any.submit(double::new(1)).soon().unwrap_err(),
        any.try_submit(double::new(1)).unwrap().soon().unwrap_err(),
    ];

    assert_eq!(
        errors.map(|error| error.kind()),
        [concurrent_futures::TaskErrorKind::Rejected; 2]
    );
}

#[test]
fn options_that_are_not_kept_are_refused_behind_any() {
    let pool = ThreadPool::new();
    let any: &dyn AnyExecutor = &pool;

    let refused = any
        .submit_with(double::new(1), Options::new().retries(1))
        .soon();
    let named = any.submit_with(double::new(1), Options::new().name("one"));

    assert!(refused.unwrap_err().is_rejected());
    assert_eq!(named.name(), "one");
    assert_eq!(named.soon().unwrap(), 2);
}

/// Tells all that an executor can tell.
struct Telling(ThreadPool, ExecutorId);

impl Executor for Telling {
    type Reach = concurrent_futures::Here;

    fn execute(&self, job: concurrent_futures::Job) {
        self.0.execute(job);
    }

    fn id(&self) -> Option<ExecutorId> {
        Some(self.1)
    }

    fn workers(&self) -> usize {
        7
    }

    fn tuning(&self) -> Tuning {
        Tuning::new().records_times(true)
    }

    fn keeps(&self, _: &Options) -> Result<(), Cow<'static, str>> {
        Err("anything at all".into())
    }
}

#[test]
fn what_an_executor_tells_is_told_through_any_and_through_owners() {
    let id = ExecutorId::new();
    let telling = Arc::new(Telling(ThreadPool::new(), id));
    let told = |executor: &dyn Executor<Reach = concurrent_futures::Anywhere>| {
        let keeps = executor.keeps(&Options::new());
        (executor.id(), executor.workers(), executor.tuning(), keeps)
    };
    let here = |executor: &dyn Executor<Reach = concurrent_futures::Here>| {
        let keeps = executor.keeps(&Options::new());
        (executor.id(), executor.workers(), executor.tuning(), keeps)
    };
    let boxed: Box<dyn AnyExecutor> = Box::new(Arc::clone(&telling));

    let all = [
        told(&boxed),
        told(&&*boxed),
        here(&telling),
        here(&*telling),
    ];

    for told in all {
        let tuning = Tuning::new().records_times(true);
        assert_eq!(told, (Some(id), 7, tuning, Err("anything at all".into())));
    }
}

#[test]
fn a_job_that_was_kept_runs_where_it_is() {
    let keeper = Keeper::default();
    let any: &dyn AnyExecutor = &keeper;
    let future = double::submit(any, 21);

    for job in keeper.jobs() {
        job.into_here().run();
    }

    assert_eq!(future.soon().unwrap(), 42);
}
