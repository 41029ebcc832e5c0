//! A call that keeps a core busy for some 20 ms.

use crate::mix::mix;
use concurrent_futures::task;
use std::time::{Duration, Instant};

/// Computes from `seed` for as long as `steps` steps take.
#[task]
pub(crate) fn grind(steps: u64, seed: u64) -> u64 {
    (0..steps).fold(seed, |mixed, step| mix(mixed ^ step))
}

/// How many steps take `time` on this machine, at its fastest of five tries.
pub(crate) fn steps_within(time: Duration) -> u64 {
    const SAMPLE: u64 = 1_000_000;
    let try_once = |seed| {
        let start = Instant::now();
        std::hint::black_box(grind(SAMPLE, seed));
        start.elapsed()
    };
    let fastest = (0..5).map(try_once).min().expect("five tries were made");
    (SAMPLE as f64 * time.as_secs_f64() / fastest.as_secs_f64()) as u64
}
