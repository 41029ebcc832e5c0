//! 8 MiB to another process and back, one call at a time.
//!
//! The task changes a byte of every page, and the reader of the pages
//! looks at each of those bytes: memory that is only promised would cost
//! nothing. The argument is made before the clock starts. `procspawn` is
//! given a vector as ours is: its `Shmem` is no vector, and cannot be changed.

use crate::echo::{self, BATCH, Link, PAGE};
use crate::peers::ours;
use crate::peers::procspawn_pool;
use crate::peers::python::{Python, Workers};
use crate::shared::arguments::Arguments;
use crate::shared::report::Report;
use crate::shared::rounds::{self, Entrant, Role};
use crate::shared::works::PROCESSES;
use concurrent_futures::task;
use std::io::{Read, Write};
use std::thread;
use std::time::Instant;

pub(crate) const NAME: &str = "process-payload";

const BYTES: usize = 8 << 20;

/// What goes there and comes back.
const MEBIBYTES: f64 = 16.0;

const PAGES: usize = BYTES / PAGE;

/// Changes a byte of every page.
#[task]
fn change(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.iter_mut().step_by(PAGE).for_each(echo::change);
    bytes
}

pub(crate) fn measure(arguments: &Arguments) -> Report {
    let (ours, procspawn) = (ours::process_pool(), procspawn_pool::start());
    let link = Link::start(echo::PAGES);
    let on_ours = |bytes| change::submit(&ours, bytes).result();
    let on_procspawn = |bytes| procspawn.spawn(bytes, change).join();
    let carry_ours = |bytes| on_ours(bytes).expect("`change` does not panic");
    let carry_procspawn = |bytes| on_procspawn(bytes).expect("`change` does not panic");
    let entrants = [
        entrant(PROCESSES, Role::Ours, carry_ours),
        entrant(procspawn_pool::NAME, Role::Peer, carry_procspawn),
        entrant("socket echo", Role::Limit, |bytes| echo(&link, &bytes)),
    ];
    let python = Python::start(Workers::Processes);
    let python = python.map(|python| python.entrant("payload", PAGES as u64));
    let entrants = entrants.into_iter().chain(python);
    let entrants = entrants.map(|entrant| entrant.per(MEBIBYTES));
    let laps = arguments.calls(5) as usize;
    let schedule = arguments.schedule(11, laps);
    Report::of(NAME, rounds::alternate(entrants.collect(), schedule))
}

fn entrant<'a>(
    name: &'static str,
    role: Role,
    carry: impl Fn(Vec<u8>) -> Vec<u8> + 'a,
) -> Entrant<'a> {
    let original: Vec<u8> = (0..BYTES).map(|n| (n / PAGE) as u8).collect();
    let turn = Box::new(move || time(&carry, original.clone()));
    Entrant { name, role, turn }
}

fn time(carry: impl Fn(Vec<u8>) -> Vec<u8>, bytes: Vec<u8>) -> f64 {
    let start = Instant::now();
    let back = carry(bytes);
    let changed = back.iter().step_by(PAGE);
    let right = changed
        .zip(1..)
        .filter(|(byte, page)| **byte == *page as u8);
    let right = right.count();
    let cost = start.elapsed().as_secs_f64();
    assert_eq!((right, back.len()), (PAGES, BYTES), "bytes were lost");
    cost
}

/// Writes all and reads it back, at once: a socket holds far less.
fn echo(link: &Link, bytes: &[u8]) -> Vec<u8> {
    let (mut writer, mut reader) = (&link.stream, &link.stream);
    let mut back = Vec::with_capacity(bytes.len());
    thread::scope(|scope| {
        scope.spawn(move || writer.write_all(bytes).expect("the child listens"));
        while back.len() < bytes.len() {
            let part = (&mut reader).take(BATCH as u64).read_to_end(&mut back);
            part.expect("the child answers");
        }
    });
    back
}
