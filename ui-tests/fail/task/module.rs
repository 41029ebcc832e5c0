use concurrent_futures::prelude::*;

#[task]
mod tasks {}

fn main() {}
