use concurrent_futures::{Anywhere, Executor, Job, prelude::*};

struct Far;

impl Executor for Far {
    type Reach = Anywhere;

    fn execute(&self, job: Job<Anywhere>) {
        drop(job);
    }
}

#[derive(Clone)]
struct Page {
    text: String,
}

#[task]
fn length(page: &Page) -> usize {
    page.text.len()
}

fn main() {
    let text = "text".to_owned();
    length::submit(&Far, &Page { text }).detach();
}
