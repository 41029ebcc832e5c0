//! Waits for a group of calls, at most for a while, then for all.
//!
//! The lesson: `wait` splits futures into done and not done. With a time
//! limit it comes back early and nothing is lost: the calls go on, and the
//! futures it was lent can be waited for again.
//!
//! ```sh
//! cargo run --release --example wait_for_all
//! EXECUTOR=processes:6 cargo run --release --example wait_for_all
//! ```

use std::error::Error;
use std::thread;
use std::time::Instant;

use concurrent_futures::prelude::*;

/// Pretends to measure something, which takes a while.
#[task]
fn measure(station: u32) -> u32 {
    let milliseconds = 100 * u64::from(station);
    thread::sleep(Duration::from_millis(milliseconds));
    15 + station * station % 7
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let pool = Pool::from_env("EXECUTOR", "threads:6")?;
    let started = Instant::now();
    let futures: Vec<_> = (1..=6)
        .map(|station| measure::submit(&pool, station))
        .collect();

    let limit = Duration::from_millis(350);
    let split = wait(&futures, ReturnWhen::AllCompleted, limit);
    let elapsed = started.elapsed().as_millis();
    let (done, not_done) = (split.done.len(), split.not_done.len());
    println!("after {elapsed} ms: {done} done, {not_done} not done");

    let split = wait(&futures, ReturnWhen::AllCompleted, None);
    let elapsed = started.elapsed().as_millis();
    let (done, not_done) = (split.done.len(), split.not_done.len());
    println!("after {elapsed} ms: {done} done, {not_done} not done");

    for (station, future) in (1..).zip(futures) {
        println!("station {station}: {} degrees", future.result()?);
    }
    Ok(())
}
