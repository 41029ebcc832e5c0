//! What a task asks for each of its calls: limits, retries, names; and where its type and the
//! library are.

use std::{borrow::Cow, time::Duration};

use concurrent_futures::{
    Anywhere, Executor, Inline, Job, MapOptions, Options, Submit, Task, TaskError, ThreadPool, task,
};
use tests::{
    Keeper, Soon,
    elsewhere::{name_of, shout},
    handed,
};

use crate::{
    fixture::{Fixture, SharedMemory, any},
    task::texts::WAYS_OUT_OF_A_REFUSAL,
    tasks::{answer, double},
};

const HALF_A_MINUTE: Duration = Duration::from_secs(30);

#[task(timeout = "1m 30s")]
fn limited(n: u64) -> u64 {
    n
}

#[task(timeout = HALF_A_MINUTE, retries = 1 + 1)]
fn of_expressions(n: u64) -> u64 {
    n
}

#[task(
    timeout = "5s",
    memory = "512 MiB",
    retries = 2,
    backoff = "100ms",
    retry_timeouts = true
)]
fn of_everything(n: u64) -> u64 {
    n
}

#[task(retries = 2)]
fn persistent(n: u64) -> u64 {
    n
}

#[task(name = "shop.price")]
fn price(articles: u64) -> u64 {
    articles * 3
}

mod renamed {
    pub(super) use concurrent_futures as library;

    /// The type of the task would hide this one.
    pub(super) struct Sum(pub(super) u64);
}

use renamed::library;

#[allow(non_snake_case)]
#[task(wrapper = SumTask, crate = library)]
fn Sum(left: u64, right: &u64) -> u64 {
    renamed::Sum(left + right).0
}

pub(crate) fn what_a_task_asks_is_refused_where_workers_cannot_be_ended<F: SharedMemory>() {
    let pool = F::pool(1);

    let refused = [
        limited::submit(&pool, 1).soon().unwrap_err(),
        persistent::submit(&pool, 1).soon().unwrap_err(),
        pool.try_submit(persistent::new(1))
            .unwrap()
            .soon()
            .unwrap_err(),
    ];

    assert!(refused.iter().all(TaskError::is_rejected));
    assert_eq!(
        refused.map(|error| error.to_string()),
        ["a time limit", "retries", "retries"]
            .map(|what| format!("executor cannot keep {what}; {WAYS_OUT_OF_A_REFUSAL}"))
    );
}

pub(crate) fn a_caller_lifts_what_the_task_asks<F: Fixture>() {
    let pool = any::<F>(1);
    let lifted = Options::new()
        .timeout(Duration::MAX)
        .memory(u64::MAX)
        .retries(0);
    let each = MapOptions::new().each(lifted.clone());

    let alone = pool.submit_with(of_everything::new(1), lifted);
    let mapped = of_everything::map_with(&pool, each.clone(), 0..3).unwrap();
    let chunked = of_everything::map_with(&pool, each.chunk_size(2), 0..3).unwrap();

    assert_eq!(alone.soon().unwrap(), 1);
    assert_eq!(mapped.into_vec().unwrap(), [0, 1, 2]);
    assert_eq!(chunked.into_vec().unwrap(), [0, 1, 2]);
}

pub(crate) fn what_a_map_asks_for_each_call_is_refused_item_by_item<F: SharedMemory>() {
    let pool = F::pool(1);
    let options = MapOptions::new().each(Options::new().retries(1));

    let plain = double::map_with(&pool, options.clone(), 0..3).unwrap();
    let chunked = double::map_with(&pool, options.chunk_size(2), 0..3).unwrap();

    let outcomes: Vec<_> = plain.chain(chunked).collect();
    assert_eq!(outcomes.len(), 6);
    let mut outcomes = outcomes.into_iter();
    assert!(outcomes.all(|outcome| outcome.unwrap_err().is_rejected()));
}

pub(crate) fn what_a_task_asks_is_refused_item_by_item_in_a_map<F: SharedMemory>() {
    let pool = F::pool(1);

    let plain: Vec<_> = persistent::map(&pool, 0..3).collect();
    let options = MapOptions::new().chunk_size(2);
    let chunked: Vec<_> = persistent::map_with(&pool, options, 0..3)
        .unwrap()
        .collect();

    assert_eq!((plain.len(), chunked.len()), (3, 3));
    let mut outcomes = plain.into_iter().chain(chunked);
    assert!(outcomes.all(|outcome| outcome.unwrap_err().is_rejected()));
}

#[test]
fn a_time_limit_is_read_as_people_write_it() {
    let asked = limited::options();

    assert_eq!(asked, Options::new().timeout(Duration::from_secs(90)));
}

#[test]
fn an_option_may_be_any_expression() {
    let asked = of_expressions::options();

    assert_eq!(asked, Options::new().timeout(HALF_A_MINUTE).retries(2));
}

#[test]
fn a_task_that_asks_nothing_has_no_options() {
    assert_eq!(double::options(), Options::new());
    assert_eq!(answer::options(), Options::new());
}

#[test]
fn a_call_that_asks_too_much_is_never_handed_over() {
    let keeper = Keeper::default();

    let future = keeper.submit(of_expressions::new(1));

    assert!(keeper.jobs().is_empty());
    assert!(future.soon().unwrap_err().is_rejected());
}

#[test]
fn what_a_caller_asks_comes_before_what_the_task_asks() {
    let keeper = Obliging::default();
    let asked = Options::new().timeout(Duration::from_secs(5)).name("mine");

    let future = keeper.submit_with(of_expressions::new(1), asked.clone());

    let jobs = keeper.0.jobs();
    assert_eq!(jobs[0].options(), Some(&asked.retries(2)));
    assert_eq!((jobs[0].name(), future.name()), ("mine", "mine"));
}

#[test]
fn what_a_map_asks_for_each_call_comes_before_what_its_task_asks() {
    let keeper = Obliging::default();
    let each = Options::new().timeout(Duration::from_secs(5));
    let options = MapOptions::new().each(each.clone());

    let plain = of_expressions::map_with(&keeper, options.clone(), 0..1).unwrap();
    let chunked = of_expressions::map_with(&keeper, options.chunk_size(2), 0..2).unwrap();
    let unasked = of_expressions::map(&keeper, 0..1);

    let jobs = keeper.0.jobs();
    let asked: Vec<_> = jobs.iter().map(Job::options).collect();
    let (mapped, own) = (each.retries(2), of_expressions::options());
    assert_eq!(asked, [Some(&mapped), Some(&mapped), Some(&own)]);
    drop((jobs, plain, chunked, unasked));
}

#[test]
fn each_option_is_asked_by_itself() {
    let all = of_everything::options();
    let time = Duration::from_secs(9);
    let nearer = [
        Options::new().name("mine"),
        Options::new().timeout(time),
        Options::new().memory(9),
        Options::new().retries(9),
        Options::new().backoff(time),
        Options::new().retry_timeouts(false),
    ];
    let expected = [
        all.clone().name("mine"),
        all.clone().timeout(time),
        all.clone().memory(9),
        all.clone().retries(9),
        all.clone().backoff(time),
        all.clone().retry_timeouts(false),
    ];
    let keeper = Obliging::default();

    let futures = nearer.map(|asked| keeper.submit_with(of_everything::new(1), asked));

    let jobs = keeper.0.jobs();
    let asked: Vec<_> = jobs
        .iter()
        .filter_map(|job| job.options().cloned())
        .collect();
    assert_eq!(asked, expected);
    drop((jobs, futures));
}

#[test]
fn what_was_asked_can_be_read() {
    let asked = of_everything::options().name("mine");

    assert_eq!(asked.get_name(), Some("mine"));
    assert_eq!(asked.get_timeout(), Some(Duration::from_secs(5)));
    assert_eq!(asked.get_memory(), Some(512 << 20));
    assert_eq!(asked.get_retries(), Some(2));
    assert_eq!(asked.get_backoff(), Some(Duration::from_millis(100)));
    assert_eq!(asked.get_retry_timeouts(), Some(true));
}

/// Keeps whatever is asked, or says so.
#[derive(Default)]
struct Obliging(Keeper);

impl Executor for Obliging {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        self.0.execute(job);
    }

    fn keeps(&self, _: &Options) -> Result<(), Cow<'static, str>> {
        Ok(())
    }
}

#[test]
fn a_task_is_named_by_its_path() {
    let future = double::submit(&Inline, 1);

    assert_eq!(double::name(), "contract::tasks::double");
    assert_eq!(future.name(), double::name());
}

#[test]
fn a_name_that_was_given_is_that_of_the_task_and_its_futures() {
    let (future, job) = handed(price::new(1));

    assert_eq!(
        (price::name(), name_of::<shout>()),
        ("shop.price", "tests.shout")
    );
    assert_eq!((future.name(), job.name()), ("shop.price", "shop.price"));
}

#[test]
fn a_call_with_a_name_of_its_own_bears_that() {
    let future = Inline.submit_with(price::new(2), Options::new().name("two"));

    assert_eq!(future.name(), "two");
    assert_eq!(future.soon().unwrap(), 6);
}

#[test]
fn the_type_of_a_task_can_be_named_apart() {
    let pool = ThreadPool::new();

    let sums = [
        SumTask::submit(&pool, 1, 2).soon(),
        pool.submit(SumTask { left: 1, right: 2 }).soon(),
    ];

    assert_eq!(sums.map(Result::unwrap), [Sum(1, &2); 2]);
    assert_eq!(SumTask::name(), "contract::task::options::Sum");
}
