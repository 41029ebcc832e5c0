//! Nothing is in scope, not even what every program has.

#![no_implicit_prelude]
#![deny(warnings)]

#[::concurrent_futures::task(timeout = "5s")]
fn double(n: u64) -> u64 {
    n * 2
}

#[::concurrent_futures::task]
fn length(text: &str, other: &[u8]) -> ::std::io::Result<usize> {
    ::std::result::Result::Ok(text.len() + other.len())
}

#[::concurrent_futures::main]
fn main() {
    let pool = ::concurrent_futures::ThreadPool::new();
    let future = length::submit(&pool, "a", b"b");
    ::std::assert!(::std::matches!(
        future.result(),
        ::std::result::Result::Ok(::std::result::Result::Ok(2)),
    ));
    ::std::assert_eq!(double(2), 4);
}
