use std::error::Error;

use concurrent_futures::{Anywhere, Executor, Job, prelude::*};

struct Far;

impl Executor for Far {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        drop(job);
    }
}

#[task]
fn parse(text: &str) -> Result<i64, Box<dyn Error + Send + Sync>> {
    Ok(text.parse()?)
}

fn main() {
    parse::submit(&Far, "42").detach();
}
