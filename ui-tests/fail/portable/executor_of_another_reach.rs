use concurrent_futures::{Anywhere, Executor, Job};

struct Far;

impl Executor for Far {
    type Reach = Anywhere;

    fn execute(&self, job: Job) {
        job.run();
    }
}

fn main() {}
