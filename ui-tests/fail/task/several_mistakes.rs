use concurrent_futures::prelude::*;

#[task(colour = "red", retries = "2")]
async fn longest<T>(texts: &[&str], found: &mut usize, at_most: impl Into<usize>) -> &T {
    todo!()
}

fn main() {
    longest::submit(&Inline, &["a"], 1, 2).detach();
}
