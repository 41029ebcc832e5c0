//! All by full names: nothing that the macros write needs an import.

#[concurrent_futures::task]
fn triple(n: u64) -> u64 {
    n * 3
}

#[concurrent_futures::main]
fn main() {
    let pool = concurrent_futures::ThreadPool::new();
    let values = triple::map(&pool, 0..3).into_vec().unwrap();
    assert_eq!(values, [0, 3, 6]);
}
