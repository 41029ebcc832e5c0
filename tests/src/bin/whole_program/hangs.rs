//! A thousand calls that hang, among ten thousand.

use std::{collections::HashSet, thread, time::Duration};

use concurrent_futures::{MapOptions, Options, ProcessPool, Submit, TaskError, task};
use tests::{DEADLINE, Soon, far::FileTally, system::Belongings};

use crate::{
    leftovers::warm_up,
    storm::{all_at_work, four_workers},
};

const CALLS: u64 = 10_000;
/// The number of calls that are submitted one by one; the others by a `map`.
const ALONE: u64 = 6_916;
/// Of those submitted one by one, one hangs in this number of them.
const HANGS_ALONE: u64 = 7;
/// Of those of the `map`, one hangs in this number of them.
const HANGS_MAPPED: u64 = 257;
const HANGS: u64 = ALONE / HANGS_ALONE + (CALLS - ALONE) / HANGS_MAPPED;

/// For a call that hangs.
const SHORT: Duration = Duration::from_millis(10);
/// For all calls of the `map`: those that do not hang must end in time on a busy machine too.
const LONG: Duration = Duration::from_secs(1);

/// Notes that it runs, and hangs if it was asked to.
#[task(timeout = LONG)]
fn perhaps_hang(log: &FileTally, id: u64, hangs: bool) -> u64 {
    log.note(id);
    if hangs {
        loop {
            thread::park();
        }
    }
    id * id
}

fn hangs(id: u64) -> bool {
    match id.checked_sub(ALONE) {
        None => id.is_multiple_of(HANGS_ALONE),
        Some(place) => place.is_multiple_of(HANGS_MAPPED),
    }
}

/// Calls that come alone have limits of their own; chunks are submitted between them.
pub(crate) fn storm() {
    assert_eq!((0..CALLS).filter(|id| hangs(*id)).count() as u64, HANGS);
    warm_up();
    let before = Belongings::now();
    {
        let log = FileTally::new();
        let pool = four_workers();
        let with_workers = all_at_work(&pool);
        run_all(&pool, &log);
        assert_each_ran_once(&log);
        assert_eq!(
            all_at_work(&pool),
            with_workers,
            "an ended worker leaves nothing"
        );
    }
    Belongings::are_again(&before);
    println!("{HANGS} time-outs");
}

fn run_all(pool: &ProcessPool, log: &FileTally) {
    let alone = |id: u64| {
        let limit = if hangs(id) { SHORT } else { DEADLINE };
        let call = perhaps_hang::new(log, id, hangs(id));
        pool.submit_with(call, Options::new().timeout(limit))
    };
    let early: Vec<_> = (0..ALONE / 2).map(alone).collect();
    let chunks = MapOptions::new().chunk_size(300);
    let mapped = (ALONE..CALLS).map(|id| perhaps_hang::new(log, id, hangs(id)));
    let mapped = pool.map_with(chunks, mapped).expect("it makes sense");
    let late: Vec<_> = (ALONE / 2..ALONE).map(alone).collect();

    let alone = early.into_iter().chain(late).map(Soon::soon);
    for (id, result) in (0..).zip(alone.chain(mapped)) {
        let limit = if id < ALONE { SHORT } else { LONG };
        assert_outcome(id, limit, result);
    }
}

fn assert_outcome(id: u64, limit: Duration, result: Result<u64, TaskError>) {
    match result {
        Ok(value) => assert!(!hangs(id) && value == id * id, "{id}: {value}"),
        Err(error) => {
            assert!(hangs(id) && error.is_timed_out(), "{id}: {error}");
            let text = error.to_string();
            assert!(text.contains(&format!("{limit:?}")), "{id}: {text}");
        }
    }
}

/// What hung may have been ended before it was noted; all others ran, and nothing twice.
fn assert_each_ran_once(log: &FileTally) {
    let notes = log.notes();
    let ran: HashSet<u64> = notes.iter().copied().collect();
    assert_eq!(ran.len(), notes.len(), "nothing ran twice");
    assert!((0..CALLS).all(|id| ran.contains(&id) || hangs(id)));
    let hung = ran.iter().filter(|id| hangs(**id)).count();
    println!("{hung} hung before their limits struck");
}
