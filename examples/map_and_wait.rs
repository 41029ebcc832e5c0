//! Runs one task over many inputs and waits for all the results.
//!
//! The lesson: `map` takes one iterator for each parameter, zips them like
//! Python's `map`, and gives the results in the order of the inputs, however
//! the calls finish. `into_vec` waits for all of them. `starmap` takes tuples,
//! where the arguments are together already.
//!
//! ```sh
//! cargo run --release --example map_and_wait
//! EXECUTOR=processes cargo run --release --example map_and_wait
//! ```

use std::error::Error;

use concurrent_futures::prelude::*;

const STEP: u64 = 50_000;
const END: u64 = 500_000;

/// Counts the primes from `from` up to, but without, `to`.
#[task]
fn count_primes(from: u64, to: u64) -> usize {
    (from..to).filter(|number| is_prime(*number)).count()
}

fn is_prime(number: u64) -> bool {
    let mut divisors = (2..).take_while(|divisor| divisor * divisor <= number);
    number >= 2 && divisors.all(|divisor| !number.is_multiple_of(divisor))
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let pool = Pool::from_env("EXECUTOR", "threads")?;
    let starts = (0..END).step_by(STEP as usize);
    let ends = (STEP..=END).step_by(STEP as usize);

    let counts = count_primes::map(&pool, starts.clone(), ends).into_vec()?;

    for (start, count) in starts.zip(&counts) {
        println!("{count:>5} primes from {start}");
    }
    let total: usize = counts.iter().sum();
    println!("{total:>5} primes below {END}");

    let samples = [1_000, 1_000_000, 1_000_000_000].map(|from| (from, from + 1000));
    for (count, (from, _)) in count_primes::starmap(&pool, samples).zip(samples) {
        println!("{:>5} primes among the thousand from {from}", count?);
    }
    Ok(())
}
