use concurrent_futures::prelude::*;

#[task]
fn length(value: &impl AsRef<str>) -> usize {
    value.as_ref().len()
}

fn main() {}
