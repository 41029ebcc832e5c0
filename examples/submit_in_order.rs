//! Submits many calls and takes the results in the order of submission.
//!
//! The lesson: a future is a value like any other. Keep the futures in a
//! `Vec` and ask each for its `result`: the first question may wait, and by
//! then later calls are often done already.
//!
//! ```sh
//! cargo run --release --example submit_in_order
//! EXECUTOR=processes:4 cargo run --release --example submit_in_order
//! ```

use std::error::Error;
use std::thread;

use concurrent_futures::prelude::*;

/// Pretends to cook a dish.
#[task]
fn cook(dish: &str, milliseconds: u64) -> String {
    thread::sleep(Duration::from_millis(milliseconds));
    format!("{dish} after {milliseconds} ms")
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let pool = Pool::from_env("EXECUTOR", "threads:4")?;
    let order = [
        ("soup", 250),
        ("salad", 50),
        ("pasta", 350),
        ("coffee", 100),
    ];

    let futures: Vec<_> = order
        .into_iter()
        .map(|(dish, milliseconds)| cook::submit(&pool, dish, milliseconds))
        .collect();

    for future in futures {
        let state = if future.done() {
            "ready"
        } else {
            "had to wait"
        };
        println!("{} ({state})", future.result()?);
    }
    Ok(())
}
