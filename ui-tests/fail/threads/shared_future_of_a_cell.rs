use std::cell::Cell;

use concurrent_futures::Future;

fn shared_between_threads<T: Sync>() {}

fn main() {
    shared_between_threads::<Future<Cell<u8>>>();
}
