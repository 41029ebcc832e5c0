use concurrent_futures::{Anywhere, Executor, Job, prelude::*};

struct Far;

impl Executor for Far {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        drop(job);
    }
}

#[task]
fn length(text: &'static str) -> usize {
    text.len()
}

fn main() {
    length::submit(&Far, "text").detach();
}
