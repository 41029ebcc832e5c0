//! Submits when the guard of `init` is gone, and says what becomes of it. The pools lie in a
//! static.

use std::sync::LazyLock;

use concurrent_futures::{
    Future, Pool, ProcessPool, TaskError, ThreadPool, WorkStealingPool, init, task,
};

static THREADS: LazyLock<Pool> = LazyLock::new(|| ThreadPool::new().into());
static STEALING: LazyLock<Pool> =
    LazyLock::new(|| WorkStealingPool::new().expect("threads").into());
static PROCESSES: LazyLock<Pool> = LazyLock::new(|| {
    let pool = ProcessPool::builder().workers(1).build();
    pool.expect("one worker is enough").into()
});

#[task]
fn double(n: u64) -> u64 {
    n * 2
}

fn main() {
    let guard = init();
    let second = init();
    let mode = std::env::args().nth(1).unwrap_or_default();
    let pool: &'static Pool = match &*mode {
        "threads" => &THREADS,
        "stealing" => &STEALING,
        _ => &PROCESSES,
    };
    say("before", double::submit(pool, 1));
    drop(second);
    say("between", double::submit(pool, 2));
    // While the guard waits for this call, it submits the next.
    let outer = THREADS.spawn_later(pool);
    drop(guard);
    say("while", outer);
    say("after", double::submit(pool, 4));
    println!("closed: {}", pool.is_closed());
    say("new", double::submit(&ThreadPool::new(), 5));
    let _again = init();
    say("again", double::submit(&ThreadPool::new(), 6));
}

trait SpawnsLater {
    fn spawn_later(&self, pool: &'static Pool) -> Future<u64>;
}

impl SpawnsLater for Pool {
    fn spawn_later(&self, pool: &'static Pool) -> Future<u64> {
        let (promise, future) = concurrent_futures::Promise::new();
        let first = double::submit(pool, 0);
        // The guard waits for that call, on whichever thread it ends.
        first.add_done_callback(move |_| {
            let inner = double::submit(pool, 3);
            inner.add_done_callback(move |outcome| {
                let outcome = outcome.copied();
                let _ = promise.finish(outcome);
            });
        });
        future
    }
}

fn say(when: &str, future: Future<u64>) {
    match future.result() {
        Ok(number) => println!("{when}: {number}"),
        Err(error) => println!("{when}: {}: {error}", kind(&error)),
    }
}

fn kind(error: &TaskError) -> &'static str {
    if error.is_rejected() {
        "rejected"
    } else {
        "other"
    }
}
