//! Lends slices of one list to several closures.
//!
//! The lesson: a closure given to `pool.spawn` owns what it uses, since no caller
//! knows when it ends. In a scope they borrow: `pool.scope` returns only when
//! all its closures are through, so what they borrowed is whole again after
//! it. A panic whose future was dropped goes on at the end of the scope.
//!
//! ```sh
//! cargo run --release --example scopes
//! ```

use std::error::Error;
use std::panic::{self, AssertUnwindSafe};

use concurrent_futures::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let pool = ThreadPool::builder().workers(4).build()?;
    let mut numbers: Vec<u64> = (1..=1_000_000).collect();

    println!("the sum is {}", sum(&pool, &numbers)?);
    square(&pool, &mut numbers);
    println!("that of the squares is {}", sum(&pool, &numbers)?);

    let message = careless(&pool, &numbers).unwrap_or("nothing went wrong");
    println!("a closure panicked, and so did its scope: {message}");
    Ok(())
}

/// Each closure reads a slice; the futures give their sums.
fn sum(pool: &ThreadPool, numbers: &[u64]) -> Result<u64, TaskError> {
    pool.scope(|scope| {
        let sums: Vec<_> = numbers
            .chunks(250_000)
            .map(|chunk| scope.spawn(|| chunk.iter().sum::<u64>()))
            .collect();
        sums.into_iter().map(|sum| sum.result()).sum()
    })
}

/// Each closure changes a slice of its own; nothing is to be returned, so no thread waits for a
/// future.
fn square(pool: &ThreadPool, numbers: &mut [u64]) {
    pool.scope(|scope| {
        for chunk in numbers.chunks_mut(250_000) {
            let square_all = || chunk.iter_mut().for_each(|number| *number *= *number);
            scope.spawn(square_all).detach();
        }
    });
}

/// What a panic says that went on at the end of a scope.
fn careless(pool: &ThreadPool, numbers: &[u64]) -> Option<&'static str> {
    let looked = panic::catch_unwind(AssertUnwindSafe(|| {
        pool.scope(|scope| {
            let look = || assert!(numbers.len() > 5_000_000, "too few numbers");
            scope.spawn(look).detach();
        });
    }));
    looked.err()?.downcast_ref().copied()
}
