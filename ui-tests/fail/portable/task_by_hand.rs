use concurrent_futures::{Anywhere, Executor, Job, prelude::*};

struct Far;

impl Executor for Far {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        drop(job);
    }
}

struct Square(u64);

impl Task for Square {
    type Output = u64;

    fn name() -> &'static str {
        "square"
    }

    fn run(self) -> u64 {
        self.0 * self.0
    }
}

fn main() {
    Far.submit(Square(3)).detach();
}
