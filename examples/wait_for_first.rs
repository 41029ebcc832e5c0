//! Asks several places and takes whichever answers first.
//!
//! The lesson: `wait` with `FirstCompleted` returns as soon as one call is
//! done. The others are told to stop with `abort`: one that has not started
//! never will, and one that runs learns of it from `should_stop`; in a worker
//! process it is ended.
//!
//! ```sh
//! cargo run --release --example wait_for_first
//! EXECUTOR=processes:3 cargo run --release --example wait_for_first
//! ```

use std::error::Error;
use std::thread;
use std::time::Instant;

use concurrent_futures::prelude::*;

/// Pretends to ask a mirror; gives up when told to stop.
#[task]
fn ask(mirror: &str, milliseconds: u64) -> String {
    let deadline = Instant::now() + Duration::from_millis(milliseconds);
    while Instant::now() < deadline {
        if should_stop() {
            return format!("{mirror} stopped early");
        }
        thread::sleep(Duration::from_millis(5));
    }
    format!("{mirror} answered after {milliseconds} ms")
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let pool = Pool::from_env("EXECUTOR", "threads:3")?;
    let started = Instant::now();
    let mirrors = [("Oslo", 900), ("Bern", 150), ("Lima", 1200), ("Kyoto", 600)];
    let futures: Vec<_> = mirrors
        .into_iter()
        .map(|(mirror, milliseconds)| ask::submit(&pool, mirror, milliseconds))
        .collect();

    let split = wait(futures, ReturnWhen::FirstCompleted, None);
    for first in split.done {
        println!("{}", first.result()?);
    }
    for late in &split.not_done {
        late.abort();
    }
    for late in split.not_done {
        match late.result() {
            Ok(answer) => println!("{answer}"),
            Err(error) => println!("{error}"),
        }
    }
    println!("all over after {} ms", started.elapsed().as_millis());
    Ok(())
}
