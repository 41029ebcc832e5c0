use std::fs::File;

use concurrent_futures::prelude::*;

#[task]
fn len(file: File) -> u64 {
    file.metadata().map_or(0, |metadata| metadata.len())
}

fn twice(call: len) -> [len; 2] {
    [call.clone(), call]
}

fn main() {}
