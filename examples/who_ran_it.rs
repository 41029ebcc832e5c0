//! The same calls on threads and on processes: who ran them, and how long it took.
//!
//! The lesson: which executor runs a task is one line of the program. The
//! threads of a `ThreadPool` are this very process; a `ProcessPool` starts this
//! program again, once for each worker, and `#[concurrent_futures::main]` makes
//! that a worker before `main` begins. Either way five calls of one second
//! on five workers take little more than a second.
//!
//! ```sh
//! cargo run --release --example who_ran_it
//! ```

use std::error::Error;
use std::process;
use std::thread;
use std::time::Instant;

use concurrent_futures::{AnyExecutor, prelude::*};

/// Works for a second; says in which process.
#[task]
fn work(number: u32) -> (u32, u32) {
    thread::sleep(Duration::from_secs(1));
    (number, process::id())
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    println!("this program is process {}", process::id());
    let threads = ThreadPool::builder().workers(5).build()?;
    run_five("threads", &threads)?;
    let processes = ProcessPool::builder().workers(5).build()?;
    run_five("processes", &processes)?;
    println!("the workers that are left: {:?}", processes.pids());
    Ok(())
}

fn run_five(title: &str, executor: &dyn AnyExecutor) -> Result<(), TaskError> {
    println!("five calls on five {title}:");
    let started = Instant::now();
    let futures: Vec<_> = (1..=5)
        .map(|number| work::submit(executor, number))
        .collect();
    for future in futures {
        let (number, pid) = future.result()?;
        println!("  call {number} ran in process {pid}");
    }
    println!("  all of it took {:.2?}", started.elapsed());
    Ok(())
}
