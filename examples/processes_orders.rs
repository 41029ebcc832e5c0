//! Results of worker processes, in the orders that one can ask for.
//!
//! The lesson: it is the same on processes as on threads. `result` of each
//! future gives the order of the program, `map` that of the inputs,
//! `as_completed` that in which the calls end; `wait` comes back at the first
//! one, or at the last. Only `abort` does more: a call that runs in another
//! process can be ended, whether or not it asks `should_stop`.
//!
//! ```sh
//! cargo run --release --example processes_orders
//! ```

use std::error::Error;
use std::thread;
use std::time::Instant;

use concurrent_futures::{Future, prelude::*};

/// The longest first, so that the order they end in is not the one they start in.
const TENTHS: [u64; 5] = [5, 4, 3, 2, 1];

/// Takes `tenths` of a second.
#[task]
fn take(tenths: u64) -> u64 {
    thread::sleep(Duration::from_millis(100 * tenths));
    tenths
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let pool = ProcessPool::builder().workers(5).build()?;
    // Workers start on demand; what is measured below finds them there.
    take::map(&pool, [1; 5]).into_vec()?;

    let clock = Clock::start("submit, and the result of each in turn");
    for future in submit_all(&pool) {
        clock.show(future.result()?);
    }
    let clock = Clock::start("map");
    for tenths in take::map(&pool, TENTHS) {
        clock.show(tenths?);
    }
    let clock = Clock::start("as_completed");
    for future in as_completed(submit_all(&pool)) {
        clock.show(future.result()?);
    }
    let clock = Clock::start("wait for the last");
    for future in wait(submit_all(&pool), ReturnWhen::AllCompleted, None).done {
        clock.show(future.result()?);
    }
    wait_for_the_first(&pool)
}

fn submit_all(pool: &ProcessPool) -> Vec<Future<u64>> {
    let submitted = TENTHS.map(|tenths| take::submit(pool, tenths));
    submitted.into()
}

/// Takes the first answer, and ends the processes that work on the others.
fn wait_for_the_first(pool: &ProcessPool) -> Result<(), Box<dyn Error>> {
    let clock = Clock::start("wait for the first, and abort the others");
    let split = wait(submit_all(pool), ReturnWhen::FirstCompleted, None);
    for first in split.done {
        clock.show(first.result()?);
    }
    for late in &split.not_done {
        late.abort();
    }
    for late in split.not_done {
        match late.result() {
            Ok(tenths) => clock.show(tenths),
            Err(error) => clock.show(error),
        }
    }
    Ok(())
}

/// What has come, and when.
struct Clock(Instant);

impl Clock {
    fn start(title: &str) -> Self {
        println!("{title}:");
        Self(Instant::now())
    }

    fn show(&self, what: impl std::fmt::Display) {
        println!("  after {:.2} s: {what}", self.0.elapsed().as_secs_f64());
    }
}
