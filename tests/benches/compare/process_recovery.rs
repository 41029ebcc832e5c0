//! From the death of a worker until its replacement has answered.
//!
//! ```text
//!   two calls meet, one worker is killed --> its call is lost
//!                     the other stays  `---> the next call is answered by
//!                                            a worker that was not there
//! ```
//!
//! The clock starts at the kill, and runs while the lost call is taken.
//! `procspawn` replaces a worker only once that was done. Python's executor
//! is broken by a death: there a new one is made. The limit is this very
//! program, started until it has echoed a frame.

use crate::echo::{self, Link};
use crate::meeting::Meeting;
use crate::peers::fleet::{self, Fleet};
use crate::peers::python::{Python, Workers};
use crate::shared::arguments::Arguments;
use crate::shared::report::Report;
use crate::shared::rounds::{self, Entrant, Role};
use std::time::Instant;

pub(crate) const NAME: &str = "process-recovery";

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let meeting = &Meeting::open("recovery");
    let fleets = fleet::ALL.iter().map(|&(name, role, make)| {
        let fleet = make();
        let turn = move || recover(fleet.as_ref(), meeting);
        Entrant {
            name,
            role,
            turn: Box::new(turn),
        }
    });
    let python = Python::start(Workers::Processes).map(|python| python.entrant("recovery", 1));
    let limit = Entrant {
        name: "this program",
        role: Role::Limit,
        turn: Box::new(spawn_echo),
    };
    let entrants = fleets.chain(python).chain([limit]);
    let schedule = arguments.schedule(11, 3);
    Report::of(NAME, rounds::alternate(entrants.collect(), schedule))
}

fn recover(fleet: &dyn Fleet, meeting: &Meeting) -> f64 {
    let knock = || (fleet.knock(meeting.path()), meeting.next());
    let ((doomed, victim), (held, survivor)) = (knock(), knock());
    let before = [victim.pid(), survivor.pid()];

    let begin = Instant::now();
    victim.kill();
    assert_eq!(doomed(), None, "a dead worker has answered");
    let replacement = fleet.identify()().expect("its worker lives");
    let cost = begin.elapsed().as_secs_f64();

    drop(survivor);
    assert_eq!(held(), Some(before[1]), "a call has moved");
    assert!(!before.contains(&replacement), "nobody was replaced");
    cost
}

fn spawn_echo() -> f64 {
    let begin = Instant::now();
    let link = Link::start(echo::FRAMES);
    link.ping(1);
    begin.elapsed().as_secs_f64()
}
