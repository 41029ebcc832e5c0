use concurrent_futures::{Anywhere, Executor, Job, prelude::*};

struct Far;

impl Executor for Far {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        drop(job);
    }
}

#[task]
fn greeting() -> &'static str {
    "hello"
}

fn main() {
    greeting::submit(&Far).detach();
}
