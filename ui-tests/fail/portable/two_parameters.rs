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
fn copy(mut from: File, mut to: File) -> u64 {
    std::io::copy(&mut from, &mut to).unwrap_or(0)
}

fn main() {
    let open = || File::open("Cargo.toml").unwrap();
    copy::submit(&Far, open(), open()).detach();
}
