//! Every text that a user may read, in one place: facts, then the way out.

use std::{error::Error, io, time::Duration};

use concurrent_futures::{
    BuildError, Failure, Inline, MapOptions, Promise, Submit, TaskError, ThreadPool, as_completed,
    task,
};
use tests::{Held, Soon, busy, call};

use crate::tasks::{double, parse, stumble};

const LIMIT: Duration = Duration::from_millis(1_500);

/// Where workers cannot be ended.
pub(crate) const WAYS_OUT_OF_A_REFUSAL: &str = "use one that can end its workers, or one that \
    skips what it cannot keep (`skip_unsupported`, or `+skip` in the text of a `Pool`)";

fn broken_pool() -> TaskError {
    let pool = ThreadPool::builder()
        .try_initializer(|| Err("no licence"))
        .build()
        .unwrap();
    double::submit(&pool, 1).soon().unwrap_err()
}

fn broken_pool_by_panic() -> TaskError {
    let pool = ThreadPool::builder()
        .initializer(|| panic!("no licence"))
        .build()
        .unwrap();
    double::submit(&pool, 1).soon().unwrap_err()
}

fn own_callback() -> TaskError {
    let (promise, future) = Promise::<u64>::new();
    let (tx, rx) = std::sync::mpsc::channel();
    let future = future.shared();
    let own = future.clone();
    future.add_done_callback(move |_| tx.send(own.result().unwrap_err()).unwrap());
    promise.finish(Ok(1)).unwrap();
    tests::receive(&rx)
}

fn lost() -> TaskError {
    let (promise, future) = Promise::<u64>::new();
    drop(promise);
    future.soon().unwrap_err()
}

#[task]
fn index(n: usize) -> u8 {
    *[1, 2, 3].get(n).expect("index out of bounds")
}

#[test]
fn the_texts_of_task_errors() {
    let cases = [
        (TaskError::cancelled(), "call was cancelled"),
        (
            index::submit(&Inline, 3).soon().unwrap_err(),
            "task panicked: index out of bounds",
        ),
        (
            stumble::submit(&Inline, 3).soon().unwrap_err(),
            "task panicked: stumbled at 3",
        ),
        (
            TaskError::panicked(Box::new(7)),
            "task panicked: a value was thrown: 7 (i32)",
        ),
        (TaskError::timed_out(LIMIT), "time limit of 1.5s passed"),
        (
            TaskError::memory_exceeded(64 << 20, 74_711_040),
            "memory limit of 64 MiB exceeded: worker held 71.3 MiB",
        ),
        (
            TaskError::worker_lost("it fell down"),
            "worker ended before it sent a result: it fell down",
        ),
        (
            lost(),
            "worker ended before it sent a result: promise was dropped",
        ),
        (
            TaskError::executor_broken("it fell down"),
            "executor is broken: it fell down",
        ),
        (
            broken_pool(),
            "executor is broken: initializer failed: no licence",
        ),
        (
            broken_pool_by_panic(),
            "executor is broken: initializer panicked: no licence",
        ),
        (TaskError::rejected("no room"), "no room"),
        (
            TaskError::encode("not a map"),
            "value cannot be turned into bytes: not a map",
        ),
        (
            TaskError::decode("not a map"),
            "bytes cannot be turned into a value: not a map",
        ),
        (
            own_callback(),
            "this thread runs the call that it would wait for; return from its task or callback first",
        ),
    ];

    for (error, text) in cases {
        assert_eq!(error.to_string(), text);
    }
}

/// A size is never rounded down to the limit that it broke.
#[test]
fn sizes_are_told_in_the_largest_unit_that_fits() {
    let cases = [
        (0, "0 B"),
        (1_023, "1023 B"),
        (1_024, "1 KiB"),
        (1_025, "1.1 KiB"),
        ((1 << 20) - 1, "1.0 MiB"),
        ((64 << 20) + 1, "64.1 MiB"),
        (100_000_000, "95.4 MiB"),
        (3 << 40, "3 TiB"),
        (u64::MAX, "16.0 EiB"),
    ];

    for (size, expected) in cases {
        let text = TaskError::memory_exceeded(0, size).to_string();
        assert_eq!(
            text,
            format!("memory limit of 0 B exceeded: worker held {expected}")
        );
    }
}

#[test]
fn the_texts_of_refusals() {
    let options = concurrent_futures::Options::new;
    let refused = |options| {
        Inline
            .submit_with(double::new(1), options)
            .soon()
            .unwrap_err()
            .to_string()
    };

    let texts = [
        options().timeout(LIMIT),
        options().retries(1),
        options().memory(1),
    ]
    .map(refused);

    assert_eq!(
        texts,
        ["a time limit", "retries", "a memory limit"]
            .map(|what| format!("executor cannot keep {what}; {WAYS_OUT_OF_A_REFUSAL}"))
    );
}

#[test]
fn the_texts_of_pool_errors() {
    let pool = ThreadPool::builder()
        .workers(1)
        .max_pending(1)
        .build()
        .unwrap();
    let held = busy(&pool, 1);
    let filling = double::submit(&pool, 1);
    let full = pool.try_submit(double::new(2)).unwrap_err();
    let still_busy = pool.shutdown_timeout(Duration::ZERO).unwrap_err();
    drop((held, filling));

    let texts = [
        (
            full.to_string(),
            "executor is full; submit again when a call has started, or with `submit`, which waits",
        ),
        (
            still_busy.to_string(),
            "calls when the time ran out: 1 running, 1 pending",
        ),
        (
            BuildError::ZeroWorkers.to_string(),
            "a pool of zero workers runs nothing; ask for at least one",
        ),
        (
            BuildError::ZeroBound.to_string(),
            "a bound of zero pending calls lets nothing in; ask for at least one",
        ),
    ];

    for (text, expected) in texts {
        assert_eq!(text, expected);
    }
}

#[test]
fn the_texts_of_waits() {
    let (_promise, future) = Promise::<u64>::new();
    let (_other, unfinished) = Promise::<u64>::new();
    let timed_out = future.get_timeout(Duration::ZERO).unwrap_err();
    let not_done = future.result_timeout(LIMIT / 1_000).unwrap_err();
    let futures = [
        double::submit(&Inline, 1),
        unfinished,
        double::submit(&Inline, 2),
        not_done_future(),
    ];
    let left = as_completed(futures)
        .timeout(Duration::ZERO)
        .find_map(Result::err)
        .unwrap();

    assert_eq!(timed_out.to_string(), "call has not ended within 0ns");
    assert_eq!(not_done.to_string(), "call has not ended within 1.5ms");
    assert_eq!(left.to_string(), "2 (of 4) futures unfinished");
}

/// The promise is leaked: the future never ends.
fn not_done_future() -> concurrent_futures::Future<u64> {
    let (promise, future) = Promise::new();
    std::mem::forget(promise);
    future
}

#[test]
fn the_texts_of_map_errors() {
    let refused = |options| {
        double::map_with(&Inline, options, 0..)
            .err()
            .unwrap()
            .to_string()
    };

    let options = MapOptions::new;
    let texts = [options().chunk_size(0), options().buffer(0), options()].map(refused);

    assert_eq!(
        texts,
        [
            "a chunk of zero calls runs nothing; ask for at least one",
            "a buffer of zero calls lets nothing in; ask for at least one",
            "inputs never end; set a buffer, so that they are pulled as results are taken",
        ]
    );
}

#[test]
fn a_failure_has_the_text_of_what_failed() {
    let returned = parse::submit(&Inline, "x".to_owned())
        .try_result()
        .unwrap_err();
    let thrown: Failure<io::Error> = Inline
        .submit(call(|| -> io::Result<()> { panic!("out of ink") }))
        .try_result()
        .unwrap_err();

    assert_eq!(returned.to_string(), "invalid digit found in string: x");
    assert_eq!(thrown.to_string(), "task panicked: out of ink");
}

/// The text of the cause is in the error's own; only what lies behind it is its source.
#[test]
fn no_source_repeats_the_text_of_its_error() {
    #[derive(Debug)]
    struct Fire(BuildError);
    impl Error for Fire {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }
    impl std::fmt::Display for Fire {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("disk on fire")
        }
    }

    let error = TaskError::worker_lost(Fire(BuildError::ZeroWorkers));

    let (text, source) = (
        error.to_string(),
        error.source().expect("the fire has a cause"),
    );
    assert_eq!(text, "worker ended before it sent a result: disk on fire");
    assert_eq!(source.to_string(), BuildError::ZeroWorkers.to_string());
}

#[test]
fn debug_names_the_state_and_the_kind_of_the_outcome() {
    let pool = ThreadPool::builder().workers(1).build().unwrap();
    let held = Held::on(&pool, || 1_u64);
    let (pending, cancelled) = (double::submit(&pool, 1), double::submit(&pool, 1));
    cancelled.cancel();
    let lost = Promise::<u64>::new().1;
    let futures = [
        ("pending", pending),
        ("running", held.future),
        ("cancelled", cancelled),
        ("finished", double::submit(&Inline, 1)),
        ("panicked", stumble::submit(&Inline, 3)),
        ("worker lost", lost),
    ];

    let texts = futures.map(|(state, future)| {
        (
            state,
            format!("{future:?}"),
            format!("{:?}", future.shared()),
        )
    });

    for (state, text, shared) in texts {
        assert!(
            text.contains(state) && shared.contains(state),
            "{text} or {shared} lacks `{state}`"
        );
    }
}

#[test]
fn debug_names_the_task_of_a_future() {
    let future = double::submit(&Inline, 1);

    let text = format!("{future:?}");

    assert!(
        text.contains("double") && text.contains(&future.id().to_string()),
        "{text}"
    );
}

#[test]
fn debug_of_a_pool_tells_its_workers_and_threads() {
    let pool = ThreadPool::builder()
        .workers(3)
        .name_prefix("disk")
        .build()
        .unwrap();
    let _busy = busy(&pool, 2);

    let text = format!("{pool:?}");

    assert!(
        ["disk", "workers: 3", "threads: 2"]
            .iter()
            .all(|part| text.contains(part)),
        "{text}"
    );
}

#[test]
fn debug_of_an_error_tells_its_kind_and_text() {
    let error = stumble::submit(&Inline, 3).soon().unwrap_err();

    let text = format!("{error:?}");

    assert!(
        text.contains("Panicked") && text.contains("stumbled at 3"),
        "{text}"
    );
}

#[test]
fn debug_of_everything_else_names_its_type() {
    let (promise, future) = Promise::<u64>::new();
    let timed = as_completed([&future]).timeout(Duration::ZERO);

    let texts = [
        ("Promise", format!("{promise:?}")),
        ("Canceller", format!("{:?}", future.canceller())),
        ("AsCompleted", format!("{:?}", as_completed([&future]))),
        ("AsCompleted", format!("{timed:?}")),
        ("Map", format!("{:?}", double::map(&Inline, 0..3))),
        ("ThreadPoolBuilder", format!("{:?}", ThreadPool::builder())),
        (
            "Options",
            format!("{:?}", concurrent_futures::Options::new()),
        ),
        ("MapOptions", format!("{:?}", MapOptions::new())),
    ];

    for (name, text) in texts {
        assert!(text.contains(name), "{text} lacks `{name}`");
    }
}
