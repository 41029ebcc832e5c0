use std::fs::File;

use concurrent_futures::{Anywhere, Executor, Job, prelude::*};

struct Far;

impl Executor for Far {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        drop(job);
    }
}

#[task]
fn size(file: File) -> u64 {
    file.metadata().map_or(0, |data| data.len())
}

fn main() {
    let file = File::open("Cargo.toml").unwrap();
    size::submit(&Far, file).detach();
}
