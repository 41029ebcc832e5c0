use concurrent_futures::{Anywhere, Executor, Job, prelude::*};

struct Far;

impl Executor for Far {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        drop(job);
    }
}

#[task]
fn apply(function: fn(u64) -> u64) -> u64 {
    function(1)
}

fn main() {
    apply::submit(&Far, |n| n + 1).detach();
}
