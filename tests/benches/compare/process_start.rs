//! From nothing until two calls that meet have answered from two processes.
//!
//! What the pools take to end is not counted. The limits start nothing but
//! two processes: one that ends at once, and this very program, until it has
//! echoed a frame.

use crate::echo::{self, Link};
use crate::meeting::Meeting;
use crate::peers::fleet::{self, Fleet};
use crate::peers::python::{Python, Workers};
use crate::shared::arguments::Arguments;
use crate::shared::report::Report;
use crate::shared::rounds::{self, Entrant, Role};
use std::process::Command;
use std::time::Instant;

pub(crate) const NAME: &str = "process-start";

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let meeting = &Meeting::open("start");
    let fleets = fleet::ALL.iter().map(|&(name, role, make)| {
        let turn = move || start(make, meeting);
        let turn = Box::new(turn) as Box<dyn FnMut() -> f64>;
        Entrant { name, role, turn }
    });
    let python = Python::start(Workers::Processes).map(|python| python.entrant("start", 2));
    let limits = [
        limit("spawn `true` twice", spawn_true),
        limit("this program twice", spawn_echo),
    ];
    let entrants = fleets.chain(python).chain(limits);
    let schedule = arguments.schedule(11, 3);
    Report::of(NAME, rounds::alternate(entrants.collect(), schedule))
}

fn limit(name: &'static str, turn: fn() -> f64) -> Entrant<'static> {
    Entrant {
        name,
        role: Role::Limit,
        turn: Box::new(turn),
    }
}

fn start(make: fn() -> Box<dyn Fleet>, meeting: &Meeting) -> f64 {
    let begin = Instant::now();
    let fleet = make();
    let calls = [(); 2].map(|()| fleet.knock(meeting.path()));
    let arrivals = [(); 2].map(|()| meeting.next());
    drop(arrivals);
    let [one, other] = calls.map(|take| take().expect("its worker lives"));
    let cost = begin.elapsed().as_secs_f64();
    assert_ne!(one, other, "one worker answered twice");
    cost
}

fn spawn_true() -> f64 {
    let begin = Instant::now();
    let spawn = |()| Command::new("true").spawn().expect("`true` is everywhere");
    for mut child in [(); 2].map(spawn) {
        child.wait().expect("it is our child");
    }
    begin.elapsed().as_secs_f64()
}

fn spawn_echo() -> f64 {
    let begin = Instant::now();
    let links = [(); 2].map(|()| Link::start(echo::FRAMES));
    links.iter().for_each(|link| assert_eq!(link.ping(0), 0));
    begin.elapsed().as_secs_f64()
}
