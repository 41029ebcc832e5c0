//! An executor of one's own: the call submitted last runs first.
//!
//! The lesson: an executor is anything that gets each job it is given run,
//! some time, somewhere. Futures, `map`, `as_completed` and errors then work
//! with it as with any pool.
//!
//! ```text
//!   execute(job) --channel--> stack of jobs --newest--> job.run()
//!   any thread                `-- one thread of the executor --'
//! ```
//!
//! ```sh
//! cargo run --release --example own_executor
//! ```

use std::error::Error;
use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use concurrent_futures::prelude::*;
use concurrent_futures::{Executor, Here, Job};

/// Runs jobs on one thread, the newest first; dropping it waits for them.
struct NewestFirst {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl NewestFirst {
    fn new() -> io::Result<Self> {
        let (jobs, arriving) = mpsc::channel();
        let thread = thread::Builder::new().spawn(move || run_newest_first(&arriving))?;
        let (jobs, thread) = (Some(jobs), Some(thread));
        Ok(Self { jobs, thread })
    }
}

impl Executor for NewestFirst {
    type Reach = Here;

    fn execute(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // Were the thread gone, the job would be dropped here, and its
            // future would say so: no caller waits for ever.
            let _ = jobs.send(job);
        }
    }
}

impl Drop for NewestFirst {
    fn drop(&mut self) {
        drop(self.jobs.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn run_newest_first(arriving: &Receiver<Job>) {
    let mut stack = Vec::new();
    while let Some(job) = stack.pop().or_else(|| arriving.recv().ok()) {
        job.run();
        stack.extend(arriving.try_iter());
    }
}

/// Reads a number, and takes its time.
#[task]
fn parse(text: &str) -> Result<i64, PortableError> {
    thread::sleep(Duration::from_millis(20));
    Ok(text.parse()?)
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let executor = NewestFirst::new()?;
    let words = ["1", "2", "three", "4", "5"];

    println!("as completed, mostly the newest first:");
    take_as_completed(&executor, &words);

    println!("by map, in the order of the words, whichever ran first:");
    for outcome in parse::map(&executor, words) {
        println!("  {:?}", outcome?);
    }

    println!("with an option that this executor does not keep:");
    let call = parse::new("6");
    let options = Options::new().timeout(Duration::from_secs(1));
    match executor.submit_with(call, options).try_result() {
        Ok(number) => println!("  {number}"),
        Err(failure) => println!("  {failure}"),
    }
    Ok(())
}

fn take_as_completed(executor: &NewestFirst, words: &[&str]) {
    let calls = words
        .iter()
        .map(|word| (word, parse::submit(executor, word)));
    for (word, future) in as_completed(calls) {
        match future.try_result() {
            Ok(number) => println!("  {number}"),
            Err(failure) => println!("  `{word}` failed: {failure}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(60);

    /// Keeps the executor's thread until it hears from the test.
    #[task]
    fn hold(started: &Sender<()>, go: Receiver<()>) {
        let _ = started.send(());
        let _ = go.recv_timeout(SOON);
    }

    #[task]
    fn tell(number: u32, listener: &Sender<u32>) {
        let _ = listener.send(number);
    }

    #[test]
    fn the_newest_of_the_pending_calls_runs_first() {
        let executor = NewestFirst::new().expect("a thread");
        let (started, has_started) = mpsc::channel();
        let (go, hears_go) = mpsc::channel();
        hold::submit(&executor, started, hears_go).detach();
        has_started.recv_timeout(SOON).expect("a free thread");

        let (listener, told) = mpsc::channel();
        for number in 1..=3 {
            tell::submit(&executor, number, &listener).detach();
        }
        go.send(()).expect("a held thread");

        let order = [(); 3].map(|()| told.recv_timeout(SOON));
        assert_eq!(order, [Ok(3), Ok(2), Ok(1)]);
    }
}
