use concurrent_futures::prelude::*;

#[task]
fn str(n: u64) -> String {
    n.to_string()
}

fn main() {}
