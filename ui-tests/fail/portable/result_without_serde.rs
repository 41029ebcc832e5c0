use concurrent_futures::{Anywhere, Executor, Job, prelude::*};

struct Far;

impl Executor for Far {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        drop(job);
    }
}

struct Page {
    text: String,
}

#[task]
fn page(text: String) -> Page {
    Page { text }
}

fn main() {
    page::submit(&Far, "text".to_owned()).detach();
}
