//! Awaits calls of a thread pool from a runtime of async tasks.
//!
//! The lesson: a future of this library is a `std` one too. It runs from its
//! submission on, whether or not anybody awaits it; awaiting takes no thread,
//! and no callback. A `Promise` is the bridge back: async work, seen from
//! threads as a future like any other.
//!
//! ```text
//!   tokio's thread                            pool of threads
//!     submit, .await ------ call ------------> counts primes
//!     tick, tick, tick <--- value, waker ----- done
//! ```
//!
//! ```sh
//! cargo run --release --example await_from_tokio
//! ```

use std::error::Error;
use std::time::Instant;

use concurrent_futures::{Promise, prelude::*};
use futures_util::future::{self, Either};
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time;

/// Counts primes the slow way; on tokio's own thread it would hold up all else.
#[task]
fn count_primes(end: u64) -> usize {
    let is_prime = |number: &u64| (2..*number).all(|divisor| !number.is_multiple_of(divisor));
    (2..end).filter(is_prime).count()
}

/// Searches for `milliseconds`, or until it is told to stop.
#[task]
fn search(place: &str, milliseconds: u64) -> String {
    let deadline = Instant::now() + Duration::from_millis(milliseconds);
    while Instant::now() < deadline {
        if should_stop() {
            return format!("the search in {place} was stopped");
        }
        std::thread::yield_now();
    }
    format!("found in {place}")
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let pool = ThreadPool::builder().workers(2).build()?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        await_one(&pool).await?;
        await_with_limits(&pool).await?;
        await_many(&pool).await?;
        await_the_first(&pool).await?;
        wait_for_async_work(&pool).await
    })
}

async fn await_one(pool: &ThreadPool) -> Result<(), TaskError> {
    let count = count_primes::submit(pool, 1000).await?;
    println!("one: {count} primes below 1000");
    Ok(())
}

/// An await that is given up costs nothing: the call goes on, and can be awaited again.
async fn await_with_limits(pool: &ThreadPool) -> Result<(), TaskError> {
    let future = count_primes::submit(pool, 40_000);
    let mut ticks = 0;
    let count = loop {
        match time::timeout(Duration::from_millis(10), &future).await {
            Ok(count) => break count?,
            Err(_) => ticks += 1,
        }
    };
    println!("with limits: {count} primes below 40000, after tokio's thread ticked {ticks} times");
    Ok(())
}

/// All are submitted before the first is awaited; they come as they end.
async fn await_many(pool: &ThreadPool) -> Result<(), Box<dyn Error>> {
    let mut counts = JoinSet::new();
    for end in [30_000, 20_000, 10_000] {
        let future = count_primes::submit(pool, end);
        counts.spawn(async move { (end, future.await) });
    }
    while let Some(joined) = counts.join_next().await {
        let (end, count) = joined?;
        println!("many: {} primes below {end}", count?);
    }
    Ok(())
}

/// What `select` leaves over is a future as before.
async fn await_the_first(pool: &ThreadPool) -> Result<(), TaskError> {
    let attic = search::submit(pool, "the attic", 10_000);
    let cellar = search::submit(pool, "the cellar", 20);
    let (first, other) = match future::select(attic, cellar).await {
        Either::Left(first) => first,
        Either::Right(first) => first,
    };
    println!("the first: {}", first?);
    other.abort();
    println!("the other: {}", other.await?);
    Ok(())
}

/// The way back: a worker waits, as for any call, for what tokio does.
async fn wait_for_async_work(pool: &ThreadPool) -> Result<(), Box<dyn Error>> {
    let (promise, future) = Promise::new();
    tokio::spawn(async move {
        time::sleep(Duration::from_millis(20)).await;
        // Too late only if the call has been cancelled.
        let _ = promise.finish(Ok("an answer from the network"));
    });
    let heard = pool
        .try_spawn(move || future.result().map(str::len))
        .await??;
    println!("the way back: a worker heard {heard} letters from an async task");
    Ok(())
}
