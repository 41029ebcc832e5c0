//! A thousand deaths among ten thousand calls.

use std::{
    collections::HashSet,
    hint,
    ops::Range,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use concurrent_futures::{ProcessPool, TaskError, task};
use rustix::process::Signal;
use tests::{
    Soon, eventually,
    far::{Death, FileTally, busy},
    system::{Belongings, signal},
};

use crate::leftovers::warm_up;

const CALLS: u64 = 10_000;
const DEATHS: u64 = 1_000;
const KILLS: u64 = 500;

/// Notes that it runs, and dies if it was asked to.
#[task]
fn risk(log: &FileTally, id: u64, death: Option<Death>) -> u64 {
    log.note(id);
    if let Some(death) = death {
        death.now();
    }
    id * id
}

/// Notes that it runs, and takes a while.
#[task]
fn toil(log: &FileTally, id: u64) -> u64 {
    log.note(id);
    let start = Instant::now();
    while start.elapsed() < Duration::from_micros(200) {
        hint::spin_loop();
    }
    id * id
}

/// Every tenth call ends its worker.
pub(crate) fn by(how: Death) {
    warm_up();
    let before = Belongings::now();
    {
        let log = FileTally::new();
        let pool = four_workers();
        let with_workers = all_at_work(&pool);
        let is_deadly = |id: u64| id.is_multiple_of(CALLS / DEATHS);
        let calls =
            (0..CALLS).map(|id| risk::submit(&pool, &log, id, is_deadly(id).then_some(how)));
        let calls: Vec<_> = calls.collect();
        for (id, call) in (0..).zip(calls) {
            match call.soon() {
                Ok(value) => assert!(!is_deadly(id) && value == id * id, "{id}: {value}"),
                Err(error) => assert!(is_deadly(id) && is_death(&error, how), "{id}: {error}"),
            }
        }
        let mut notes = log.notes();
        notes.sort_unstable();
        assert!(notes.into_iter().eq(0..CALLS), "each ran once");
        assert_eq!(
            all_at_work(&pool),
            with_workers,
            "a dead worker leaves nothing"
        );
    }
    Belongings::are_again(&before);
    println!("{DEATHS} deaths");
}

/// Has all workers of the pool work at once; how many descriptors, threads and children that takes.
pub(crate) fn all_at_work(pool: &ProcessPool) -> [usize; 3] {
    let _held = busy(pool, 4);
    eventually("the dead are gone", || pool.pids().len() == 4);
    let now = Belongings::now();
    [now.descriptors.len(), now.threads.len(), now.children.len()]
}

fn is_death(error: &TaskError, how: Death) -> bool {
    let death = error.death();
    death
        .is_some_and(|death| death.exit_code() == how.exit_code() && death.signal() == how.signal())
}

/// Another process kills workers at any moment.
pub(crate) fn from_outside() {
    warm_up();
    let before = Belongings::now();
    {
        let log = FileTally::new();
        let pool = four_workers();
        let kills = AtomicU64::new(0);
        let (blamed, calls) = thread::scope(|scope| {
            scope.spawn(|| kill_again_and_again(&pool, &log, &kills));
            submit_while(&pool, &log, || kills.load(Ordering::Relaxed) < KILLS)
        });
        assert_ran_once(&log, &blamed, calls);
        let deaths = blamed.len() as u64;
        assert!((1..=KILLS).contains(&deaths), "{deaths} calls are blamed");
    }
    Belongings::are_again(&before);
    println!("{KILLS} kills");
}

/// Submits calls as long as they are wanted; says which were blamed, and how many there were.
fn submit_while(
    pool: &ProcessPool,
    log: &FileTally,
    are_wanted: impl Fn() -> bool,
) -> (HashSet<u64>, u64) {
    let mut all_blamed = HashSet::new();
    let mut first = 0;
    while are_wanted() {
        let ids = first..first + 500;
        first = ids.end;
        let calls = ids.clone().map(|id| toil::submit(pool, log, id));
        let calls: Vec<_> = calls.collect();
        all_blamed.extend(blamed(ids, calls.into_iter().map(Soon::soon)));
    }
    (all_blamed, first)
}

/// The calls without a value; those that have one have the right one.
fn blamed(ids: Range<u64>, results: impl Iterator<Item = Result<u64, TaskError>>) -> HashSet<u64> {
    let lost = ids.zip(results).filter_map(|(id, result)| match result {
        Ok(value) => {
            assert_eq!(value, id * id);
            None
        }
        Err(error) => {
            assert!(is_death(&error, Death::Kill), "{id}: {error}");
            Some(id)
        }
    });
    lost.collect()
}

/// What is blamed may have been ended before it was noted; all others ran, and nothing twice.
fn assert_ran_once(log: &FileTally, blamed: &HashSet<u64>, calls: u64) {
    let notes = log.notes();
    let ran: HashSet<u64> = notes.iter().copied().collect();
    assert_eq!(ran.len(), notes.len(), "nothing ran twice");
    assert!((0..calls).all(|id| ran.contains(&id) || blamed.contains(&id)));
}

/// Kills the oldest worker each time the pool has all its workers, and calls went on: a pool
/// of which no worker comes to run a call would give up.
fn kill_again_and_again(pool: &ProcessPool, log: &FileTally, kills: &AtomicU64) {
    while kills.load(Ordering::Relaxed) < KILLS {
        let ran = log.count();
        eventually("calls go on", || log.count() > ran + 4);
        eventually("all workers are there", || pool.pids().len() == 4);
        let oldest = pool.pids()[0];
        signal(oldest, Signal::KILL);
        kills.fetch_add(1, Ordering::Relaxed);
        eventually("it is gone", || !pool.pids().contains(&oldest));
    }
}

pub(crate) fn four_workers() -> ProcessPool {
    let builder = ProcessPool::builder().workers(4);
    builder.build().expect("this program was initialized")
}
