//! An executor whose worker is sent nothing but bytes, as another process would be.
//!
//! The lesson: what `#[task]` makes can leave the process. A call becomes bytes,
//! and the worker finds the task by its key, since it is the same program. A
//! task that cannot leave, say for an open file among its parameters, does not
//! compile where it is submitted to such an executor.
//!
//! ```text
//!   execute(job) --> link thread                   worker thread
//!                    job.encode ---- Request ----> find(key), run(part)
//!                    sent.finish <-- Replies ----- bytes of the result
//! ```
//!
//! ```sh
//! cargo run --release --example calls_as_bytes
//! ```

use std::error::Error;
use std::io;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{self, JoinHandle};

use concurrent_futures::prelude::*;
use concurrent_futures::remote::{self, Parts, TaskKey};
use concurrent_futures::{AnyExecutor, Anywhere, Executor, Job};
use serde::{Deserialize, Serialize};

type AnyError = Box<dyn Error + Send + Sync>;

/// What the worker is sent: a task, and the arguments of one call of it or more.
#[derive(Serialize, Deserialize)]
struct Request {
    task: TaskKey,
    parts: Vec<Vec<u8>>,
}

/// What the worker answers to each part.
#[derive(Serialize, Deserialize)]
enum Reply {
    Result(Vec<u8>),
    Panic(String),
    Refusal(String),
}

/// Runs calls on one worker, from their bytes; dropping it waits for them.
struct ByBytes {
    jobs: Option<Sender<Job<Anywhere>>>,
    link: Option<JoinHandle<()>>,
}

impl ByBytes {
    fn new() -> io::Result<Self> {
        let (requests, to_worker) = mpsc::channel();
        let (to_caller, replies) = mpsc::channel();
        thread::Builder::new().spawn(move || work(&to_worker, &to_caller))?;
        let link = Link { requests, replies };
        let (jobs, arriving) = mpsc::channel();
        let link = thread::Builder::new().spawn(move || link.carry_all(&arriving))?;
        let (jobs, link) = (Some(jobs), Some(link));
        Ok(Self { jobs, link })
    }
}

impl Executor for ByBytes {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        if let Some(jobs) = &self.jobs {
            // A job without a receiver is dropped, and its future says so.
            let _ = jobs.send(job);
        }
    }
}

impl Drop for ByBytes {
    fn drop(&mut self) {
        drop(self.jobs.take());
        let _ = self.link.take().map(JoinHandle::join);
    }
}

/// The caller's end of the way to the worker.
struct Link {
    requests: Sender<Vec<u8>>,
    replies: Receiver<Vec<u8>>,
}

impl Link {
    fn carry_all(&self, jobs: &Receiver<Job<Anywhere>>) {
        jobs.iter().for_each(|job| self.carry(job));
    }

    fn carry(&self, job: Job<Anywhere>) {
        let Some(entry) = job.entry() else {
            return job.fail(TaskError::rejected("not a call of a task"));
        };
        let mut parts = Parts::new();
        // Nothing is left to send if it was cancelled or could not be written.
        let Some(mut sent) = job.encode(&mut parts) else {
            return;
        };
        if !sent.start() {
            return;
        }
        match self.ask(entry.key(), &parts) {
            Ok(replies) => sent.finish(replies.iter().map(Reply::answer)),
            Err(error) => sent.fail(TaskError::worker_lost(error)),
        }
    }

    fn ask(&self, task: TaskKey, parts: &Parts) -> Result<Vec<Reply>, AnyError> {
        let parts = parts.iter().map(|part| part.to_vec()).collect();
        let request = postcard::to_stdvec(&Request { task, parts })?;
        self.requests.send(request)?;
        Ok(postcard::from_bytes(&self.replies.recv()?)?)
    }
}

impl Reply {
    fn answer(&self) -> Result<&[u8], TaskError> {
        match self {
            Self::Result(bytes) => Ok(bytes),
            Self::Panic(message) => Err(TaskError::panicked(Box::new(message.clone()))),
            Self::Refusal(reason) => Err(TaskError::rejected(reason.clone())),
        }
    }
}

/// The worker: all that it has of the caller is what it receives here.
fn work(requests: &Receiver<Vec<u8>>, replies: &Sender<Vec<u8>>) -> Result<(), AnyError> {
    for bytes in requests {
        let Request { task, parts } = postcard::from_bytes(&bytes)?;
        println!("  worker: {task} x {}, {} bytes", parts.len(), bytes.len());
        let answers: Vec<_> = parts.iter().map(|part| run(&task, part)).collect();
        replies.send(postcard::to_stdvec(&answers)?)?;
    }
    Ok(())
}

fn run(task: &TaskKey, part: &[u8]) -> Reply {
    let result = match remote::find(task) {
        Ok(entry) => entry.run(part),
        Err(error) => return Reply::Refusal(error.to_string()),
    };
    match result {
        Ok(bytes) => Reply::Result(bytes),
        Err(error) => match error.message() {
            Some(message) => Reply::Panic(message.to_owned()),
            None => Reply::Refusal(error.to_string()),
        },
    }
}

/// A customer's order; serde's traits are all that it needs to travel.
#[derive(Clone, Serialize, Deserialize)]
struct Order {
    article: String,
    pieces: u32,
}

/// What the order costs; a `name` is a key that outlives builds.
#[task(name = "shop.price")]
fn price(order: &Order) -> Result<u32, PortableError> {
    let each: u32 = match order.article.as_str() {
        "tea" => 300,
        "cup" => 1200,
        article => return Err(format!("no `{article}` in this shop").into()),
    };
    let price = each.checked_mul(order.pieces);
    Ok(price.expect("nobody can pay that"))
}

/// Counts the words; without a name its key is its place in the sources.
#[task]
fn count_words(text: &str) -> usize {
    text.split_whitespace().count()
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let by_bytes = ByBytes::new()?;

    println!("one call, one request:");
    let count = count_words::submit(&by_bytes, "to be or not to be");
    println!("  {} words", count.result()?);

    println!("five calls in chunks of two:");
    let texts = ["a", "b c", "d e f", "g h", "i"];
    let chunks = MapOptions::new().chunk_size(2);
    let counts = count_words::map_with(&by_bytes, chunks, texts)?.into_vec()?;
    println!("  {counts:?} words");

    println!("a value, an error and a panic, through bytes:");
    print_prices(&by_bytes);
    println!("the same on threads, where a call stays as it is:");
    print_prices(&ThreadPool::new());
    Ok(())
}

fn print_prices(executor: &dyn AnyExecutor) {
    for (article, pieces) in [("tea", 2), ("hat", 1), ("cup", u32::MAX)] {
        let article = article.to_owned();
        let future = price::submit(executor, Order { article, pieces });
        match future.try_result() {
            Ok(price) => println!("  {price}"),
            Err(failure) => println!("  {failure}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(60);

    #[test]
    fn a_result_comes_back_through_bytes() {
        let executor = ByBytes::new().expect("two threads");

        let count = count_words::submit(&executor, "one two").result_timeout(SOON);

        assert_eq!(count.expect("soon").expect("a result"), 2);
    }

    #[test]
    fn a_panic_of_the_worker_is_one_of_the_call() {
        let executor = ByBytes::new().expect("two threads");
        let (article, pieces) = ("cup".to_owned(), u32::MAX);

        let price = price::submit(&executor, Order { article, pieces }).result_timeout(SOON);

        let error = price.expect("soon").expect_err("a panic");
        assert_eq!(error.message(), Some("nobody can pay that"));
    }

    #[test]
    fn an_unknown_task_is_refused() {
        let known = remote::tasks().expect("no clash")[0].key();
        let bytes = postcard::to_stdvec(&("no.such.task", known.signature())).expect("bytes");
        let unknown: TaskKey = postcard::from_bytes(&bytes).expect("a key");

        let reply = run(&unknown, &[]);

        assert!(matches!(reply, Reply::Refusal(reason) if reason.contains("no.such.task")));
    }
}
