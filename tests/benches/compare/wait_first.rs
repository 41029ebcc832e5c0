//! Take the first that finishes of n, n times over, with `as_completed`.
//!
//! The time a future must not grow with n, so the peers of 100,000 futures
//! are 10,000 and 1,000 of them, repeated until the number is equal. They
//! finish nearly in order, as on a pool: blocks of 64 run backwards.

use crate::shared::arguments::Arguments;
use crate::shared::report::Report;
use crate::shared::rounds::{self, Entrant, Role};
use concurrent_futures::{Future, Promise, as_completed};
use std::time::{Duration, Instant};

pub(crate) const NAME: &str = "wait-first";

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let total = arguments.calls(100_000);
    let entrants = vec![
        entrant("all at once", Role::Ours, total, 1),
        entrant("a tenth, ten times", Role::Peer, total, 10),
        entrant("a hundredth, 100 times", Role::Peer, total, 100),
    ];
    Report::of(NAME, rounds::alternate(entrants, arguments.schedule(11, 1)))
}

fn entrant(name: &'static str, role: Role, total: u64, parts: u64) -> Entrant<'static> {
    let turn = Box::new(move || {
        let times = (0..parts).map(|_| take_first(total / parts));
        times.sum::<Duration>().as_secs_f64() / total as f64
    });
    Entrant { name, role, turn }
}

/// Makes `count` futures, then finishes and takes them one by one, timed.
fn take_first(count: u64) -> Duration {
    let (promises, futures) = pending(count);
    let start = Instant::now();
    let mut finished = as_completed(futures);
    for (n, promise) in promises {
        promise.finish(Ok(n)).expect("nobody cancelled it");
        let first = finished.next().expect("one more was to come");
        assert_eq!(first.result().ok(), Some(n), "another future came first");
    }
    start.elapsed()
}

type Numbered = (u64, Promise<u64>);

/// The promises in the order in which to finish them, the futures as made.
fn pending(count: u64) -> (Vec<Numbered>, Vec<Future<u64>>) {
    let made = (0..count).map(|n| {
        let (promise, future) = Promise::new();
        ((n, promise), future)
    });
    let (mut promises, futures): (Vec<_>, Vec<_>) = made.unzip();
    promises.chunks_mut(64).for_each(<[Numbered]>::reverse);
    (promises, futures)
}
