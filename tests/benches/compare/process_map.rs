//! `map` of `mix` over many numbers, into a `Vec`, on two processes.
//!
//! Ours takes the options of a plain `map`, so it chooses its chunks itself.
//! Python has to be told: of a thousand numbers. The limit is a loop in this
//! thread: calls as small as these are better kept at home.

use crate::mapping::Numbers;
use crate::mix::mix;
use crate::peers::ours;
use crate::peers::python::{Python, Workers};
use crate::shared::arguments::Arguments;
use crate::shared::report::Report;
use crate::shared::rounds::{self, Role};
use crate::shared::works::PROCESSES;

pub(crate) const NAME: &str = "process-map";

const NUMBERS: u64 = 1_000_000;

/// How many numbers Python sends at once.
const CHUNK: u64 = 1_000;

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let numbers = Numbers::to(arguments.calls(NUMBERS));
    let pool = ours::process_pool();
    let ours = |count| mix::map(&pool, 0..count).into_vec();
    let ours = move |count| ours(count).expect("`mix` does not panic");
    let question = format!("map_chunks {} {CHUNK}", numbers.count);
    let python = Python::start(Workers::Processes).map(|python| {
        let entrant = python.entrant(&question, numbers.checksum);
        entrant.per(numbers.count as f64)
    });
    let entrants = [
        numbers.entrant(PROCESSES, Role::Ours, ours),
        numbers.serial(),
    ];
    let entrants = entrants.into_iter().chain(python);
    let schedule = arguments.schedule(11, 1);
    Report::of(NAME, rounds::alternate(entrants.collect(), schedule))
}
