//! Work that crashes, beside work that does not notice.
//!
//! The lesson: a `ProcessPool` runs each call in a worker process. A call that
//! crashes, exits or hangs takes that process with it, and its own future says
//! how. The other calls go on, and a new process takes the place of the dead
//! one. Tasks, futures and `as_completed` are the same as on threads.
//!
//! ```text
//!   this program --+--> worker: count_primes, count_primes, ...
//!                  +--> worker: count_primes, abort †
//!                  `--> worker in its place: count_primes, ...
//! ```
//!
//! ```sh
//! cargo run --release --example crash_proof
//! ```
//!
//! It has planned how each call ends, and fails if one ends otherwise.

mod end;
mod table;
mod tasks;

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process;
use std::thread;

use concurrent_futures::{Future, Remote, prelude::*};
use rustix::process::{Pid, Signal, kill_process};

use end::End;
use table::{Row, Table};
use tasks::*;

/// More than enough for all of it.
const LIMIT: Duration = Duration::from_secs(60);

/// A call's future, and how it has to end.
type Planned = (End, Future<Answer>);

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let pool = ProcessPool::builder()
        .workers(4)
        .try_initializer(be_quiet {})
        .build()?;
    let door = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let calls = submit_all(&pool, door.local_addr()?);
    thread::spawn(move || kill_who_knocks(&door));

    let total = calls.len();
    println!("{total} calls, of which half must end badly; as they end:");
    let rows = take_all(calls)?;
    println!("{}", Table(&rows));
    if let Some(error) = rows.iter().find_map(|row| row.error.as_ref()) {
        println!("the first failure, as its future tells it:\n  {error}\n");
    }
    check(&rows, &pool)
}

/// Calls that end well and calls that do not, in turn.
fn submit_all(pool: &ProcessPool, door: SocketAddr) -> Vec<Planned> {
    let no_floor = End::Panicked("no floor 13".to_owned());
    let no_number = End::Returned("invalid digit found in string".to_owned());
    vec![
        plan_primes(pool, 10_000),
        plan(pool, write_to_null {}, End::Killed(11)),
        plan_primes(pool, 20_000),
        plan(pool, abort {}, End::Killed(6)),
        plan_primes(pool, 30_000),
        plan(pool, overflow_the_stack {}, End::Killed(6)),
        plan_primes(pool, 40_000),
        plan(pool, exit_with { code: 0 }, End::Exited(0)),
        plan_primes(pool, 50_000),
        plan(pool, wait_to_be_killed { door }, End::Killed(9)),
        plan_primes(pool, 60_000),
        plan(pool, run_for_ever {}, End::TimedOut),
        plan_primes(pool, 70_000),
        plan(pool, panic_at { floor: 13 }, no_floor),
        plan_primes(pool, 80_000),
        plan(pool, read_number::new("ten"), no_number),
    ]
}

fn plan(pool: &ProcessPool, call: impl Remote<Output = Answer>, end: End) -> Planned {
    (end, pool.submit(call))
}

/// A task is still a function: called here, it says what the worker has to find.
fn plan_primes(pool: &ProcessPool, below: u64) -> Planned {
    let count = count_primes(below).map_or(0, |(count, _)| count);
    let options = Options::new().name(format!("count_primes({below})"));
    let future = pool.submit_with(count_primes { below }, options);
    (End::Value(count), future)
}

/// Kills the process that says who it is.
fn kill_who_knocks(door: &TcpListener) -> io::Result<()> {
    let (mut stream, _) = door.accept()?;
    let mut pid = [0; 4];
    stream.read_exact(&mut pid)?;
    if let Some(pid) = Pid::from_raw(i32::from_le_bytes(pid)) {
        kill_process(pid, Signal::KILL)?;
    }
    Ok(())
}

/// Takes each result as soon as it is there, and gives them in the order of their calls.
fn take_all(calls: Vec<Planned>) -> Result<Vec<Row>, Box<dyn Error>> {
    let mut rows = Vec::new();
    let calls = (0..).zip(calls);
    let calls = calls.map(|(place, (planned, future))| ((place, planned), future));
    for done in as_completed(calls).timeout(LIMIT) {
        let ((place, planned), future) = done?;
        let row = Row::new(planned, future);
        print!("  {}", row.mark());
        io::stdout().flush()?;
        rows.push((place, row));
    }
    println!("\n");
    rows.sort_by_key(|(place, _): &(u32, _)| *place);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Fails unless each call ended as planned, in a process other than this one.
fn check(rows: &[Row], pool: &ProcessPool) -> Result<(), Box<dyn Error>> {
    let here = process::id();
    let count = |is_one: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| is_one(row)).count();
    let values = count(&|row| row.end.is_value());
    let deaths = count(&|row| row.end.is_fatal());
    println!("{deaths} processes died, each with one call; all {values} values are there");
    let pids = pool.pids();
    println!("this program, process {here}, goes on with {pids:?}");

    match count(&|row| !row.is_as_planned() || row.pid == Some(here)) {
        0 => Ok(()),
        unplanned => Err(format!("{unplanned} of the calls ended otherwise than planned").into()),
    }
}
