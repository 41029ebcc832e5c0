use concurrent_futures::{Executor, Future, prelude::*};

#[task]
fn double(n: u64) -> u64 {
    n * 2
}

fn submit<E: Executor>(executor: &E) -> Future<u64> {
    double::submit(executor, 4)
}

fn main() {
    submit(&Inline).detach();
}
