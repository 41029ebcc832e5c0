//! Tasks that are parallel inside: calls on a work-stealing pool, and `par_iter` in each of them.
//!
//! The lesson: a `WorkStealingPool` is a rayon pool. What a task gives to rayon runs on
//! the workers of the pool, so calls and what is inside of them share the same CPUs,
//! and a large picture at the end does not leave the others idle. And a `map` over
//! many small calls sends them in chunks by itself.
//!
//! ```sh
//! cargo run --release --example parallel_inside
//! ```

use std::time::Instant;

use concurrent_futures::prelude::*;
use rayon::prelude::*;

const COLUMNS: u32 = 64;
const ROWS: u32 = 20;

/// From outside of the set to inside of it, where a point never leaves.
const SHADES: &[u8] = b" .:-=+*%#@";
const MOST_STEPS: usize = 20_000;

/// Draws the Mandelbrot set around a point, a row of the picture for each worker that has nothing
/// better to do.
#[task]
fn draw(x: f64, y: f64, width: f64) -> Vec<String> {
    let height = width * f64::from(ROWS) / f64::from(COLUMNS) * 2.0;
    let rows = (0..ROWS).into_par_iter().map(|row| {
        let y = y + height * (f64::from(row) / f64::from(ROWS - 1) - 0.5);
        let columns = (0..COLUMNS).map(|column| f64::from(column) / f64::from(COLUMNS - 1) - 0.5);
        columns.map(|column| shade(x + width * column, y)).collect()
    });
    rows.collect()
}

fn shade(x: f64, y: f64) -> char {
    let (mut re, mut im, mut steps) = (0.0, 0.0, 0);
    while re * re + im * im <= 4.0 && steps < MOST_STEPS {
        (re, im) = (re * re - im * im + x, 2.0 * re * im + y);
        steps += 1;
    }
    let last = SHADES.len() - 1;
    let shade = if steps == MOST_STEPS {
        last
    } else {
        steps.ilog2() as usize
    };
    char::from(SHADES[shade.min(last)])
}

/// A small call: how many numbers there are from this one to one, by the rule of Collatz.
#[task]
fn chain_length(start: u64) -> u32 {
    let next = |n: &u64| {
        (*n > 1).then(|| {
            if n.is_multiple_of(2) {
                n / 2
            } else {
                3 * n + 1
            }
        })
    };
    std::iter::successors(Some(start), next).count() as u32
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pool = WorkStealingPool::new()?;

    let views = [
        ("all of it", draw::submit(&pool, -0.75, 0.0, 3.2)),
        ("a seahorse", draw::submit(&pool, -0.7463, 0.1102, 0.005)),
        ("an island far out", draw::submit(&pool, -1.7575, 0.0, 0.05)),
    ];
    for (name, picture) in as_completed(views) {
        println!("{name}:\n{}\n", picture.result()?.join("\n"));
    }

    let started = Instant::now();
    let lengths = chain_length::map(&pool, 1..=1_000_000).into_vec()?;
    let ours = started.elapsed();
    let started = Instant::now();
    let expected: Vec<u32> = (1..=1_000_000_u64)
        .into_par_iter()
        .map(chain_length)
        .collect();
    let rayons = started.elapsed();
    assert_eq!(lengths, expected);
    let (length, start) = lengths.iter().zip(1..).max().expect("there are a million");
    println!("of the first million numbers, {start} has the longest way to one, {length} numbers");
    println!("a million calls took {ours:.0?}, rayon's own iterator {rayons:.0?}");
    Ok(())
}
