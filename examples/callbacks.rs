//! Is told of each result instead of asking for it.
//!
//! The lesson: `add_done_callback` runs a closure once the call has ended,
//! whichever way: finished here, cancelled there. The closure runs on the
//! thread that ended the call, a worker or the one that cancelled, so it
//! should be short. Here it only sends a message.
//!
//! ```sh
//! cargo run --release --example callbacks
//! ```

use std::error::Error;
use std::sync::mpsc::{self, Sender};
use std::thread;

use concurrent_futures::prelude::*;

/// The length of the Collatz sequence from `start` down to 1.
#[task]
fn collatz_length(start: u64) -> usize {
    thread::sleep(Duration::from_millis(50));
    let next = |number: &u64| match *number {
        1 => None,
        even if even.is_multiple_of(2) => Some(even / 2),
        odd => Some(3 * odd + 1),
    };
    std::iter::successors(Some(start), next).count()
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let pool = ThreadPool::builder()
        .workers(2)
        .name_prefix("worker")
        .build()?;
    let (sender, messages) = mpsc::channel();

    for start in [27, 97, 871, 6171] {
        let future = collatz_length::submit(&pool, start);
        report_when_done(&future, start, sender.clone());
        future.detach();
    }
    let unwanted = collatz_length::submit(&pool, 77_031);
    report_when_done(&unwanted, 77_031, sender);
    unwanted.cancel();

    println!("all submitted; the messages come as the calls end");
    for message in messages {
        println!("{message}");
    }
    Ok(())
}

fn report_when_done(
    future: &concurrent_futures::Future<usize>,
    start: u64,
    sender: Sender<String>,
) {
    future.add_done_callback(move |result| {
        let outcome = match result {
            Ok(length) => format!("{length} numbers"),
            Err(error) => error.to_string(),
        };
        let thread = thread::current();
        let place = thread.name().unwrap_or("a nameless thread");
        // The receiver is gone if the program is ending: no loss.
        let _ = sender.send(format!("from {start}: {outcome} (told by {place})"));
    });
}
