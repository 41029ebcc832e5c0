//! Prints what the error of a panicking task knows; `captured` as its argument installs our hook before.

use concurrent_futures::{ThreadPool, capture_panics};

fn main() {
    if std::env::args()
        .nth(1)
        .is_some_and(|mode| mode == "captured")
    {
        capture_panics();
    }
    let future = ThreadPool::new().spawn(|| -> u32 { panic!("out of paper") });
    let error = future.result().expect_err("the task panics");
    let backtrace = error
        .backtrace()
        .is_some_and(|stack| stack.contains("panic_place"));
    println!("message: {}", error.message().unwrap_or_default());
    println!(
        "place: {}",
        yes(error
            .location()
            .is_some_and(|place| place.contains("panic_place.rs:")))
    );
    println!("backtrace: {}", yes(backtrace));
}

fn yes(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}
