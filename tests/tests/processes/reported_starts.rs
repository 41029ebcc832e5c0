//! Calls of which some has started and some is pending, where the pool tells starts: under a bound,
//! say.

use concurrent_futures::{
    MapOptions, Options, ProcessPool, Submit,
    hooks::{self, Moment},
    task,
};
use tests::{
    DEADLINE, MOMENT, Soon, eventually,
    far::{Death, FarHeld, FileGate, FileTally, pass_with},
    within,
};

use crate::{
    kit::{made, pool},
    tasks::{note, who},
};

/// Notes that it runs, and then does so for ever; but the first attempt ends its worker.
#[task]
fn die_then_hang(log: &FileTally) {
    log.note(1);
    if log.count() == 1 {
        Death::Kill.now();
    }
    loop {
        std::thread::park();
    }
}

#[test]
fn a_retried_call_keeps_its_time_limit() {
    let (pool, log) = (pool(2), FileTally::new());
    let warm: Vec<_> = (0..2).map(|_| who::submit(&pool)).collect();
    assert!(warm.into_iter().all(|call| call.soon().is_ok()));
    let options = Options::new()
        .retries(1)
        .timeout(10 * MOMENT)
        .backoff(5 * MOMENT);

    let call = pool.submit_with(die_then_hang::new(&log), options);

    let error = call.soon().unwrap_err();
    assert!(error.is_timed_out(), "{error}");
    assert_eq!((error.attempts(), log.count()), (2, 2));
}

#[test]
fn a_running_call_that_may_be_retried_holds_no_place_under_the_bound() {
    let pool = made(ProcessPool::builder().workers(2).max_pending(1).retries(1));
    let (gate, go) = FileGate::shut();

    let first = pass_with::submit(&pool, &gate, 1);
    gate.reached_by(1);
    // Blocks while the first is taken for pending.
    let (second, pool) = within(DEADLINE, move || (who::submit(&pool), pool));

    second.soon().unwrap();
    drop(go);
    assert_eq!(first.soon().unwrap(), 1);
    drop(pool);
}

/// Notes a number, and ends when the gate is open.
#[task]
fn note_and_pass(log: &FileTally, gate: &FileGate, number: u64) -> u64 {
    log.note(number);
    gate.pass();
    number
}

#[test]
fn what_has_not_started_of_a_chunk_is_cancelled_with_its_map_though_the_start_was_told() {
    let pool = made(ProcessPool::builder().workers(1).record_times(true));
    let (log, (gate, go)) = (FileTally::new(), FileGate::shut());
    let calls = (0..300).map(|n| note_and_pass::new(&log, &gate, n));

    let options = MapOptions::new().chunk_size(300).cancel_on_drop();
    let map = pool.map_with(options, calls).unwrap();
    gate.reached_by(1);
    drop(map);
    drop(go);
    drop(pool);

    assert_eq!(log.count(), 1);
}

#[test]
fn no_other_worker_goes_on_with_a_chunk_once_all_were_killed() {
    let pool = made(ProcessPool::builder().workers(1).record_times(true));
    let (log, (gate, _go)) = (FileTally::new(), FileGate::shut());
    let calls = (0..300).map(|n| note_and_pass::new(&log, &gate, n));
    let map = pool
        .map_with(MapOptions::new().chunk_size(300), calls)
        .unwrap();
    gate.reached_by(1);

    pool.kill();

    assert!(map.into_iter().all(|result| result.is_err()));
    drop(pool);
    assert_eq!(log.count(), 1);
}

#[test]
fn a_call_that_ends_with_its_pool_says_how_often_it_was_started() {
    let pool = made(ProcessPool::builder().workers(1).retries(3));
    let held = FarHeld::on(&pool, 1);

    pool.kill();

    let error = held.future.soon().unwrap_err();
    assert!(error.is_worker_lost(), "{error}");
    assert_eq!(error.attempts(), 1);
}

/// Has the worker stand still for a while whenever an answer has left and its claim goes on.
#[task]
fn linger_after_answers() {
    hooks::watch(Moment::Answered, || std::thread::park_timeout(20 * MOMENT));
}

#[test]
fn a_worker_that_lingers_after_its_answer_is_given_the_next_call_all_the_same() {
    let (pool, log) = (pool(1), FileTally::new());
    linger_after_answers::submit(&pool).soon().unwrap();
    let one = note::submit(&pool, &log, 1);
    eventually("its answer has left", || log.count() == 1 && one.done());

    // The word of the call comes round again. On a busy machine the worker may go on meanwhile, and
    // claim some.
    let claimed = (2..602).filter(|n| !note::submit(&pool, &log, *n).cancel());
    let claimed: Vec<u64> = claimed.collect();
    let last = note::submit(&pool, &log, 1_000);

    assert_eq!(last.soon().unwrap(), 1_000);
    assert_eq!(log.notes(), [&[1], &claimed[..], &[1_000]].concat());
}

/// Holds more memory than it gives back, and is long in leaving.
#[task]
fn leak_and_hang_at_exit() -> u32 {
    thread_local! {
        static LAST: Slow = const { Slow };
    }
    struct Slow;
    impl Drop for Slow {
        fn drop(&mut self) {
            loop {
                std::thread::park();
            }
        }
    }
    LAST.with(|_| ());
    std::mem::forget(vec![1_u8; 256 << 20]);
    std::process::id()
}

#[test]
fn a_worker_that_leaves_by_itself_and_hangs_in_that_is_ended() {
    let pool = made(ProcessPool::builder().workers(1).memory(128 << 20));

    let unlimited = Options::new().memory(u64::MAX);
    let before = pool.submit_with(leak_and_hang_at_exit::new(), unlimited);
    let before = before.soon().unwrap();

    assert_ne!(who::submit(&pool).soon().unwrap(), before);
}
