//! Follows calls from their submission to their end, whichever it is.
//!
//! The lesson: a call is pending, running, done. It ends with a value, with an
//! error, with a panic, or by a cancel before it ran; each is a `Result` for
//! who asks, and for the callbacks, which are told first.
//!
//! ```text
//!   pending --> running --> finished | failed | panicked
//!      |           `- abort: the task sees `should_stop`, and may return
//!      `- cancel, abort --> cancelled
//! ```
//!
//! ```sh
//! cargo run --release --example life_of_a_future
//! ```

use std::error::Error;
use std::sync::{Arc, Barrier};
use std::thread;

use concurrent_futures::{Future, prelude::*};

/// Returns `value`, having met its caller at the gate twice: when it has
/// started, and when it may end.
#[task]
fn answer(gate: &Arc<Barrier>, value: u32) -> u32 {
    gate.wait();
    gate.wait();
    value
}

/// Counts until it is told to stop; how far does not matter.
#[task]
fn count(gate: &Arc<Barrier>) -> &'static str {
    gate.wait();
    while !should_stop() {
        thread::yield_now();
    }
    "stopped counting"
}

/// Reads a number of at most 100.
#[task]
fn percentage(text: &str) -> Result<u32, PortableError> {
    let number = text.parse()?;
    assert!(number <= 100, "{number} percent is too much");
    Ok(number)
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let pool = ThreadPool::builder().workers(1).build()?;
    from_pending_to_done(&pool)?;
    cancels(&pool)?;
    abort(&pool)?;
    failures(&pool);
    Ok(())
}

/// The second call is pending as long as the only worker has the first.
fn from_pending_to_done(pool: &ThreadPool) -> Result<(), TaskError> {
    println!("before, while and after it runs:");
    let [first_gate, gate] = [(); 2].map(|()| Arc::new(Barrier::new(2)));
    let first = answer::submit(pool, &first_gate, 1);
    let call = answer::new(&gate, 42);
    let future = pool.submit_with(call, Options::new().name("the answer"));
    report_end(&future);
    show(&future);

    first_gate.wait();
    first_gate.wait();
    gate.wait();
    show(&future);

    gate.wait();
    println!("  the value is {}", future.get()?);
    show(&future);
    println!("  the one before it gave {}", first.result()?);
    Ok(())
}

fn cancels(pool: &ThreadPool) -> Result<(), TaskError> {
    println!("cancel while one runs, and one is pending:");
    let gate = Arc::new(Barrier::new(2));
    let running = answer::submit(pool, &gate, 2);
    let pending = answer::submit(pool, &gate, 3);
    report_end(&pending);
    gate.wait();

    println!("  the running one: {}", running.cancel());
    println!("  the pending one: {}", pending.cancel());
    println!("  again: {}", pending.cancel());
    show(&pending);

    gate.wait();
    println!("  the other one gave {}", running.get()?);
    println!("  cancel of what has ended: {}", running.cancel());
    Ok(())
}

fn abort(pool: &ThreadPool) -> Result<(), TaskError> {
    println!("abort while it runs:");
    let gate = Arc::new(Barrier::new(2));
    let future = count::submit(pool, &gate);
    report_end(&future);
    gate.wait();

    println!("  asked to stop: {}", future.abort());
    println!("  the value is `{}`", future.get()?);
    show(&future);
    println!("  abort of what has ended: {}", future.abort());
    Ok(())
}

/// To `result` an `Err` of the task is a value; `try_result` unites the two.
fn failures(pool: &ThreadPool) {
    println!("values, errors and panics:");
    for text in ["80", "8o", "800"] {
        let future = percentage::submit(pool, text);
        report_end(&future);
        let error = future.exception();
        show(&future);
        match future.try_result() {
            Ok(number) => println!("  {text} is {number}"),
            Err(Failure::Returned(error)) => println!("  {text} is no number: {error}"),
            Err(Failure::Task(error)) => println!("  {text}: {error}"),
        }
        if let Some(place) = error.as_ref().and_then(TaskError::location) {
            println!("  it panicked at {place}");
        }
    }
}

fn show<T>(future: &Future<T>) {
    let (running, done, cancelled) = (future.running(), future.done(), future.cancelled());
    println!("  {future:?}: running {running}, done {done}, cancelled {cancelled}");
}

/// Runs on the thread that ends the call, before `get` and `result` return.
fn report_end<T: std::fmt::Debug + 'static>(future: &Future<T>) {
    future.add_done_callback(|outcome| match outcome {
        Ok(value) => println!("  callback: it returned {value:?}"),
        Err(error) => println!("  callback: {error}"),
    });
}
