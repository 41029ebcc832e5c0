use concurrent_futures::prelude::*;

#[task]
fn texts(values: Vec<impl Into<String>>) -> Vec<String> {
    values.into_iter().map(Into::into).collect()
}

fn main() {}
