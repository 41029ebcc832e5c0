use concurrent_futures::{Executor, Job};

struct Far;

impl Executor for Far {
    fn execute(&self, job: Job) {
        job.run();
    }
}

fn main() {}
