//! How many calls run at once, and how many workers there are, whatever makes workers leave.

use std::{
    cell::RefCell,
    path::Path,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use concurrent_futures::{Options, ProcessPool, Submit, task};
use tests::{
    MOMENT, Soon,
    far::{Death, FileTally},
    let_pass,
};

use crate::kit::{Pool, made};

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum End {
    Well,
    Dies,
    Hangs,
    Leaks,
}

/// Notes that this worker runs a call, and for a moment how many do; ends as it is told.
#[task]
fn run_beside(log: &FileTally, most: &FileTally, end: End) {
    let own = u64::from(std::process::id());
    log.note(own << 1);
    most.note(running(&log.notes()));
    let_pass(MOMENT);
    most.note(running(&log.notes()));
    match end {
        End::Well => {}
        End::Dies => Death::Kill.now(),
        End::Hangs => loop {
            thread::park();
        },
        End::Leaks => std::mem::forget(std::hint::black_box(vec![1_u8; 64 << 20])),
    }
    log.note(own << 1 | 1);
}

/// How many processes run a call, as they have noted: those that began one more often than they
/// have ended, and live.
fn running(notes: &[u64]) -> u64 {
    let mut open = std::collections::HashMap::new();
    for note in notes {
        *open.entry(note >> 1).or_insert(0) += if note & 1 == 0 { 1 } else { -1 };
    }
    let lives = |pid: u64| {
        let state = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"));
        state.is_ok_and(|state| !state.contains(") Z ") && !state.contains(") X "))
    };
    let running = open.into_iter().filter(|(_, count)| *count > 0);
    running.filter(|(pid, _)| lives(*pid)).count() as u64
}

/// Does something with a pool; the most workers that it had meanwhile.
fn most_workers(pool: &Pool, work: impl FnOnce()) -> usize {
    let (most, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                most.fetch_max(pool.pids().len(), Ordering::Relaxed);
                thread::sleep(Duration::from_micros(100));
            }
        });
        work();
        is_over.store(true, Ordering::Relaxed);
    });
    most.into_inner()
}

#[track_caller]
fn assert_bounded(workers: u64, max_tasks: u64, calls: usize) {
    let pool = made(
        ProcessPool::builder()
            .workers(usize::try_from(workers).unwrap())
            .max_tasks(max_tasks),
    );
    let (log, most) = (FileTally::new(), FileTally::new());

    let there = most_workers(&pool, || {
        let calls = (0..calls).map(|_| run_beside::submit(&pool, &log, &most, End::Well));
        let calls: Vec<_> = calls.collect();
        calls.into_iter().for_each(|call| call.soon().unwrap());
    });

    let at_once = most.notes().into_iter().max().unwrap();
    assert!(at_once <= workers, "{at_once} calls at once");
    assert!(there as u64 <= 2 * workers, "{there} workers");
}

#[test]
fn a_worker_on_its_last_call_counts_as_one() {
    assert_bounded(1, 1, 20);
}

#[test]
fn with_a_limit_on_calls_no_more_run_at_once_than_there_may_be_workers() {
    assert_bounded(2, 3, 60);
    assert_bounded(3, 1, 60);
}

/// Says so when it ends, and takes its time for that.
#[task]
fn linger(log: &FileTally) {
    let log = log.clone();
    // The destructors of a thread's values run before the process ends.
    thread_local!(static LATE: RefCell<Option<Late>> = const { RefCell::new(None) });
    LATE.with(|late| late.replace(Some(Late(log))));
}

struct Late(FileTally);

impl Drop for Late {
    fn drop(&mut self) {
        let_pass(20 * MOMENT);
        self.0.add();
    }
}

#[test]
fn workers_that_take_long_to_leave_are_no_more_than_there_may_be() {
    let pool = made(ProcessPool::builder().workers(2).max_tasks(1));
    let log = FileTally::new();

    let there = most_workers(&pool, || {
        let calls: Vec<_> = (0..20).map(|_| linger::submit(&pool, &log)).collect();
        calls.into_iter().for_each(|call| call.soon().unwrap());
    });

    assert!(there <= 4, "{there} workers");
}

#[test]
fn whatever_ends_workers_no_more_calls_run_at_once_than_there_may_be_workers() {
    let builder = ProcessPool::builder().workers(2).max_tasks(3);
    let pool = made(builder.memory(150 << 20));
    let (log, most) = (FileTally::new(), FileTally::new());
    let options = Options::new().retries(1).backoff(Duration::ZERO);

    let there = most_workers(&pool, || {
        let submit = |n: u64| {
            let (end, options) = match n % 5 {
                0 => (End::Dies, options.clone()),
                1 => (End::Hangs, options.clone().timeout(3 * MOMENT)),
                2 => (End::Leaks, options.clone()),
                3 => (End::Hangs, options.clone()),
                _ => (End::Well, options.clone()),
            };
            let call = run_beside::new(&log, &most, end);
            (n, pool.submit_with(call, options))
        };
        let calls: Vec<_> = (0..100).map(submit).collect();
        for (n, call) in calls {
            if n % 5 == 3 {
                tests::eventually("it runs, and is aborted", || call.abort());
            }
            assert_eq!(call.soon().is_ok(), matches!(n % 5, 2 | 4), "{n}");
        }
    });

    let at_once = most.notes().into_iter().max().unwrap();
    assert!(at_once <= 2, "{at_once} calls at once");
    assert!(there <= 4, "{there} workers");
}
