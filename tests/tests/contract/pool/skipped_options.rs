//! Executors that run calls without the options that they cannot keep, and log that once.

use std::{any::type_name, borrow::Cow, time::Duration};

use concurrent_futures::{
    AnyExecutor, Executor, Here, Inline, Job, MapOptions, Options, Pool, PoolChoice,
    SkipUnsupported, Submit, ThreadPool, task,
};
use tests::{Soon, collect_log, log_records};

use crate::{
    fixture::{Fixture, SharedMemory},
    tasks::double,
};

#[task(
    timeout = "1m",
    memory = "4 GiB",
    retries = 2,
    backoff = "10ms",
    retry_timeouts = true
)]
fn of_everything(n: u64) -> u64 {
    n
}

pub(crate) fn a_call_runs_without_what_its_executor_skips<F: Fixture>() {
    let pool: &dyn AnyExecutor = &*F::skipping(1);
    let options = Options::new().timeout(Duration::from_secs(60)).retries(1);
    let each = MapOptions::new().each(options.clone());

    let asked = pool.submit_with(double::new(21), options.name("power"));
    let of_task = of_everything::submit(pool, 1);
    let tried = pool.try_submit(of_everything::new(2)).unwrap();
    let mapped = of_everything::map_with(pool, each.clone(), 0..3).unwrap();
    let chunked = of_everything::map_with(&pool, each.chunk_size(2), 0..3).unwrap();

    assert_eq!(asked.name(), "power");
    assert_eq!((asked.soon().unwrap(), of_task.soon().unwrap()), (42, 1));
    assert_eq!(tried.soon().unwrap(), 2);
    assert_eq!(mapped.into_vec().unwrap(), [0, 1, 2]);
    assert_eq!(chunked.into_vec().unwrap(), [0, 1, 2]);
}

pub(crate) fn each_kind_of_option_that_is_skipped_is_logged_once<F: SharedMemory>() {
    collect_log();
    let pool: &dyn AnyExecutor = &*F::skipping(1);
    // The log is that of the whole process.
    let name = |call: &str| format!("{call} on {}", type_name::<F>());
    let options = [
        Options::new()
            .timeout(Duration::from_secs(60))
            .name(name("limited")),
        Options::new()
            .timeout(Duration::MAX)
            .name(name("unlimited")),
        Options::new()
            .retries(1)
            .timeout(Duration::ZERO)
            .name(name("retried")),
        Options::new()
            .memory(1 << 40)
            .retries(2)
            .name(name("large")),
        Options::new().memory(1 << 40).retries(2).name(name("late")),
    ];

    let ended = options.map(|options| pool.submit_with(double::new(4), options).soon());

    let skipped = |call: &str, what: &str| {
        format!(
            "WARN `{}` runs without {what}, which its executor cannot keep; \
             later calls do too, and are not logged",
            name(call)
        )
    };
    assert!(ended.into_iter().all(|end| end.unwrap() == 8));
    assert_eq!(
        log_records(&format!(" on {}`", type_name::<F>())),
        [
            skipped("limited", "its time limit"),
            skipped("retried", "its retries"),
            skipped("large", "its memory limit"),
        ]
    );
}

/// Keeps no option at all, a name included.
struct Strict;

impl Executor for Strict {
    type Reach = Here;

    fn execute(&self, job: Job) {
        job.run();
    }

    fn keeps(&self, options: &Options) -> Result<(), Cow<'static, str>> {
        let asks_nothing = *options == Options::new();
        asks_nothing.then_some(()).ok_or("anything".into())
    }
}

#[test]
fn what_an_executor_of_the_program_does_not_keep_is_skipped() {
    let options = || Options::new().name("power").memory(1 << 40);
    let skipping = SkipUnsupported::new(&Strict);

    let refused = Strict.submit_with(double::new(4), options());
    let skipped = skipping.submit_with(double::new(4), options());

    assert!(refused.soon().unwrap_err().is_rejected());
    assert!(skipped.name().ends_with("double"), "{}", skipped.name());
    assert_eq!(skipped.soon().unwrap(), 8);
}

/// It runs without its limit wherever it is submitted.
#[test]
fn a_text_asks_for_an_executor_that_skips() {
    for text in [
        "inline+skip",
        "threads+skip",
        "threads:2+skip",
        "stealing:1+skip",
    ] {
        let choice: PoolChoice = text.parse().unwrap();
        let pool = choice.build().unwrap();

        assert_eq!(
            (choice.to_string(), pool.to_string()),
            (text.to_owned(), text.to_owned())
        );
        assert_eq!(of_everything::submit(&pool, 7).soon().unwrap(), 7);
    }
}

#[test]
fn a_pool_of_any_executor_can_be_made_to_skip() {
    let builder = ThreadPool::builder().workers(3);
    let pools = [
        Pool::from(Inline).skip_unsupported(),
        "threads:3".parse::<Pool>().unwrap().skip_unsupported(),
        // What the executor inside does already is not asked twice.
        Pool::from(builder.skip_unsupported(true).build().unwrap()).skip_unsupported(),
    ];

    let texts = pools.each_ref().map(ToString::to_string);

    assert_eq!(texts, ["inline+skip", "threads:3+skip", "threads:3+skip"]);
    for pool in &pools {
        assert_eq!(of_everything::submit(pool, 7).soon().unwrap(), 7);
    }
}

#[test]
fn a_text_that_ends_with_anything_else_names_no_executor() {
    for text in [
        "threads+",
        "threads+skipped",
        "threads:+skip",
        "+skip",
        "inline:1+skip",
    ] {
        assert!(text.parse::<PoolChoice>().is_err(), "{text}");
    }
}
