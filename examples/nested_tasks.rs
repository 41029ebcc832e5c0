//! Tasks that submit to their own pool, and wait for what they submitted.
//!
//! The lesson: a worker that waits for a call which no worker has started runs that
//! call itself. So a task may divide its work among calls on the same pool,
//! however few workers there are: one is enough.
//!
//! ```text
//!   sort [8 3 5 1]          the worker waits for its halves, and so
//!    |-- sort [8 3] --.     sorts them itself, unless another worker
//!    `-- sort [5 1] --+     has taken one
//!        merge <------'
//! ```
//!
//! ```sh
//! cargo run --release --example nested_tasks
//! ```

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use concurrent_futures::prelude::*;

const NUMBERS: u64 = 1_000_000;

/// What is not worth a call.
const SMALL: usize = 50_000;

/// Sorts by merging two sorted halves, each of them a call of this very task.
#[task]
fn sort(pool: &Arc<ThreadPool>, mut numbers: Vec<u64>) -> Result<Vec<u64>, TaskError> {
    if numbers.len() <= SMALL {
        numbers.sort();
        return Ok(numbers);
    }
    let upper = numbers.split_off(numbers.len() / 2);
    let halves = [numbers, upper].map(|half| sort::submit(pool, pool, half));
    let [lower, upper] = halves.map(|half| half.result().flatten());
    Ok(merge(lower?, upper?))
}

fn merge(left: Vec<u64>, right: Vec<u64>) -> Vec<u64> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        let next = if one <= other { &mut left } else { &mut right };
        merged.extend(next.next());
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    for workers in [1, 2, 4] {
        let pool = Arc::new(ThreadPool::builder().workers(workers).build()?);
        let numbers = in_disorder(NUMBERS);
        let started = Instant::now();
        let sorted = sort::submit(&pool, &pool, numbers).result()??;

        let (elapsed, len) = (started.elapsed().as_millis(), sorted.len());
        assert!(sorted.is_sorted());
        println!("workers {workers}: {len} numbers sorted after {elapsed} ms");
    }
    Ok(())
}

/// `len` numbers in disorder, always the same.
fn in_disorder(len: u64) -> Vec<u64> {
    let disordered = |number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15).swap_bytes();
    (0..len).map(disordered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_worker_sorts_by_nested_calls() {
        let pool = Arc::new(ThreadPool::builder().workers(1).build().expect("a pool"));
        let numbers = in_disorder(4 * SMALL as u64);
        let mut expected = numbers.clone();
        expected.sort();

        let sorted = sort::submit(&pool, &pool, numbers).result_timeout(Duration::from_secs(60));

        let sorted = sorted.expect("no deadlock").flatten().expect("no failure");
        assert_eq!(sorted, expected);
    }
}
