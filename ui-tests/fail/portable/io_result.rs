use std::io;

use concurrent_futures::{AnyExecutor, prelude::*};

#[task]
fn load(path: &str) -> io::Result<String> {
    std::fs::read_to_string(path)
}

fn main() {
    let executor: &dyn AnyExecutor = &ThreadPool::new();
    load::submit(executor, "Cargo.toml").detach();
}
