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
fn open(path: &str) -> Result<File, PortableError> {
    Ok(File::open(path)?)
}

fn main() {
    open::submit(&Far, "Cargo.toml").detach();
}
