//! 64 tasks of some 20 ms: a pool may cost nothing beside real work.
//!
//! The peer is the best that can be: two plain threads, each told
//! beforehand which 32 tasks are its own. Python takes no part: its tasks
//! are not these.

use crate::WORKERS;
use crate::grind::{grind, steps_within};
use crate::peers::ours;
use crate::shared::arguments::Arguments;
use crate::shared::report::Report;
use crate::shared::rounds::{self, Entrant, Role};
use crate::shared::works::{PROCESSES, STEALING, THREADS};
use concurrent_futures::AnyExecutor;
use std::thread;
use std::time::{Duration, Instant};

pub(crate) const NAME: &str = "coarse";

const TASKS: u64 = 64;

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let steps = arguments.calls(steps_within(Duration::from_millis(20)));
    let expected = sum((0..TASKS).map(|seed| grind(steps, seed)));
    let (threads, stealing) = (ours::thread_pool(), ours::work_stealing_pool());
    let processes = ours::process_pool();
    let on_threads = || on_pool(&threads, steps);
    let on_stealing = || on_pool(&stealing, steps);
    let on_processes = || on_pool(&processes, steps);
    let plain = || on_plain_threads(steps);
    let entrants = vec![
        entrant(THREADS, Role::Ours, expected, on_threads),
        entrant(STEALING, Role::Ours, expected, on_stealing),
        entrant(PROCESSES, Role::Ours, expected, on_processes),
        entrant("two plain threads", Role::Peer, expected, plain),
    ];
    Report::of(NAME, rounds::alternate(entrants, arguments.schedule(11, 1)))
}

fn entrant<'a>(
    name: &'static str,
    role: Role,
    expected: u64,
    run: impl Fn() -> u64 + 'a,
) -> Entrant<'a> {
    let turn = Box::new(move || time(&run, expected));
    Entrant { name, role, turn }
}

fn time(run: impl Fn() -> u64, expected: u64) -> f64 {
    let start = Instant::now();
    let found = run();
    let cost = start.elapsed().as_secs_f64();
    assert_eq!(found, expected, "a task returned something else");
    cost
}

fn on_pool(pool: &dyn AnyExecutor, steps: u64) -> u64 {
    let submit = |seed| grind::submit(pool, steps, seed);
    let futures: Vec<_> = (0..TASKS).map(submit).collect();
    let results = futures.into_iter().map(|future| future.result());
    sum(results.map(|result| result.expect("`grind` does not panic")))
}

fn on_plain_threads(steps: u64) -> u64 {
    let share = move |first: u64| {
        let seeds = (first..TASKS).step_by(WORKERS);
        sum(seeds.map(|seed| grind(steps, seed)))
    };
    let start = |first| thread::spawn(move || share(first));
    let threads: Vec<_> = (0..WORKERS as u64).map(start).collect();
    let results = threads.into_iter().map(|thread| thread.join());
    sum(results.map(|result| result.expect("`grind` does not panic")))
}

fn sum(results: impl Iterator<Item = u64>) -> u64 {
    results.fold(0, u64::wrapping_add)
}
