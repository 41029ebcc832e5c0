use concurrent_futures::prelude::*;

trait Math {
    #[task]
    fn double(n: u64) -> u64;
}

fn main() {}
