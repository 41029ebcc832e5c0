//! `map` of `mix` over many numbers, into a `Vec`, on two processes.
//!
//! Ours takes the options of a plain `map`, so it chooses its chunks itself.
//! Python has to be told: of a thousand numbers. The limit is a loop in this
//! thread: calls as small as these are better kept at home.

use crate::arguments::Arguments;
use crate::mix::mix;
use crate::peers::process_pool;
use crate::peers::python::Python;
use crate::relay;
use crate::report::{Report, Unit};
use crate::rounds::{self, Entrant, Role};
use std::time::Instant;

pub(crate) const NAME: &str = "process-map";

const GOAL: &str = "20 M/s";

const NUMBERS: u64 = 1_000_000;

/// How many numbers Python sends at once.
const CHUNK: u64 = 1_000;

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let numbers = arguments.calls(NUMBERS);
    let pool = process_pool::start();
    let on_ours = || mix::map(&pool, 0..numbers).into_vec();
    let map_ours = || on_ours().expect("`mix` does not panic");
    let map_here = || (0..numbers).map(mix).collect();
    let checksum = relay::checksum(numbers);
    let entrants = [
        entrant(process_pool::NAME, Role::Ours, checksum, map_ours),
        entrant("a loop in this thread", Role::Limit, checksum, map_here),
    ];
    let question = format!("map_chunks {numbers} {CHUNK}");
    let python = Python::start().map(|python| python.entrant(&question, checksum));
    let entrants = entrants.into_iter().chain(python);
    Report {
        work: NAME,
        goal: GOAL,
        unit: Unit {
            name: "M/s",
            of_cost: Box::new(move |seconds| numbers as f64 * 1e-6 / seconds),
        },
        standings: rounds::alternate(entrants.collect(), arguments.schedule(11, 1)),
    }
}

fn entrant<'a>(
    name: &'static str,
    role: Role,
    checksum: u64,
    map: impl Fn() -> Vec<u64> + 'a,
) -> Entrant<'a> {
    let turn = Box::new(move || time(&map, checksum));
    Entrant { name, role, turn }
}

fn time(map: impl Fn() -> Vec<u64>, checksum: u64) -> f64 {
    let start = Instant::now();
    let results = map();
    let cost = start.elapsed().as_secs_f64();
    let found = results.into_iter().fold(0, relay::add);
    assert_eq!(found, checksum, "a result is wrong, or in a wrong place");
    cost
}
