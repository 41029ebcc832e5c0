use std::thread::{self, Thread};

use concurrent_futures::{AnyExecutor, prelude::*};

#[task]
fn name(thread: Thread) -> Option<String> {
    thread.name().map(str::to_owned)
}

fn main() {
    let executor: &dyn AnyExecutor = &Inline;
    name::submit(executor, thread::current()).detach();
}
