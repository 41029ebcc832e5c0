use std::thread::{self, Thread};

use concurrent_futures::{Anywhere, Executor, Job, prelude::*};

struct Far;

impl Executor for Far {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        drop(job);
    }
}

#[task]
fn name(thread: Thread) -> Option<String> {
    thread.name().map(str::to_owned)
}

fn main() {
    let call = name::new(thread::current());
    Far.submit_with(call, Options::new().name("current")).detach();
}
