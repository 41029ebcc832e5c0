use concurrent_futures::prelude::*;

#[task]
fn same<T: Send + 'static>(value: T) -> T {
    value
}

fn main() {}
