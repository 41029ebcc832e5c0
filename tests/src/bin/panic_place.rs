//! Prints what the error of a panicking task knows; the argument `captured` installs a hook first.

use concurrent_futures::{ThreadPool, capture_panics};

fn main() {
    if std::env::args()
        .nth(1)
        .is_some_and(|mode| mode == "captured")
    {
        capture_panics();
    }
    let future = ThreadPool::new().spawn(run_out_of_paper);
    let error = future.result().expect_err("the task panics");
    let place = error.location().unwrap_or_default();
    let stack = error.backtrace().unwrap_or_default();
    println!("message: {}", error.message().unwrap_or_default());
    println!("place: {}", yes(place.contains("panic_place.rs:")));
    println!("backtrace: {}", yes(stack.contains("run_out_of_paper")));
}

/// Has a name of its own in every backtrace.
#[inline(never)]
fn run_out_of_paper() -> u32 {
    panic!("out of paper")
}

fn yes(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}
