use concurrent_futures::prelude::*;

#[task]
fn text(value: impl Into<String>) -> String {
    value.into()
}

fn main() {}
