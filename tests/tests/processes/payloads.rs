//! Arguments and results larger than a socket holds, and larger than allowed.

use std::{sync::mpsc::channel, thread, time::Duration};

use concurrent_futures::{MapOptions, ProcessPool, Submit, task};
use rustix::process::Signal;
use tests::{
    Soon, bytes_of,
    far::{Death, FileGate},
    let_pass,
    system::{Process, signal},
    within,
};

use crate::kit::{made, one_worker, pool};

const LONG: usize = 8 << 20;

const DEADLINE: Duration = Duration::from_secs(60);

/// Longer than calls wait behind one that takes its time.
const TAKEN_BACK: Duration = Duration::from_millis(50);

/// The length of what came, and whether it came whole.
#[task]
fn measure(bytes: &[u8]) -> (usize, bool) {
    (bytes.len(), bytes.iter().all(|byte| *byte == 7))
}

#[task]
fn produce(len: usize) -> Vec<u8> {
    vec![7; len]
}

/// Produces bytes in a worker that dies after the given time, whatever it does then.
#[task]
fn produce_and_die(len: usize, after: Duration) -> Vec<u8> {
    thread::spawn(move || {
        thread::park_timeout(after);
        Death::Kill.now()
    });
    vec![7; len]
}

/// Passes a gate, if there is one, with bytes beside it.
#[task]
fn pass_beside(gate: Option<FileGate>, bytes: Vec<u8>) -> usize {
    if let Some(gate) = gate {
        gate.pass();
    }
    bytes.len()
}

fn is_whole(bytes: &[u8]) -> bool {
    bytes.len() == LONG && bytes.iter().all(|byte| *byte == 7)
}

#[test]
fn a_long_call_taken_back_from_a_full_socket_runs_when_its_worker_is_free() {
    let pool = pool(1);
    let (gate, go) = FileGate::shut();
    let first = pass_beside::new(None, Vec::new());
    let held = pass_beside::new(Some(gate.clone()), Vec::new());
    let long = pass_beside::new(None, vec![7; LONG]);

    let chunk = MapOptions::new().chunk_size(3).timeout(DEADLINE);
    let lens = pool.map_with(chunk, [first, held, long]).unwrap();
    gate.reached_by(1);
    let_pass(TAKEN_BACK);
    drop(go);

    assert_eq!(lens.into_vec().unwrap(), [0, 0, LONG]);
}

#[test]
fn ten_long_arguments_on_their_way_to_a_worker_that_dies_arrive_elsewhere() {
    let (pool, pid) = one_worker();
    let worker = Process::of(pid);
    let long = vec![7; LONG];
    signal(pid, Signal::STOP);

    let calls: Vec<_> = (0..10).map(|_| measure::submit(&pool, &long[..])).collect();
    worker.signal(Signal::KILL);

    for call in calls {
        assert_eq!(call.soon().unwrap(), (LONG, true));
    }
}

#[test]
fn long_arguments_on_their_way_while_workers_die_lose_only_what_ran() {
    let pool = pool(2);
    let long = vec![7; LONG];
    let mut lost = 0;

    for round in 0..5_u64 {
        let calls: Vec<_> = (0..10).map(|_| measure::submit(&pool, &long[..])).collect();
        thread::park_timeout(Duration::from_millis(3 * round));
        let pid = pool.pids().first().copied();
        pid.into_iter().for_each(|pid| signal(pid, Signal::KILL));
        for call in calls {
            match call.soon() {
                Ok(measured) => assert_eq!(measured, (LONG, true)),
                Err(error) => {
                    assert!(error.is_worker_lost(), "{error}");
                    lost += 1;
                }
            }
        }
    }

    assert!(lost <= 5, "each death ends one call at most: {lost}");
}

#[test]
fn long_results_on_their_way_from_workers_that_die_lose_only_what_ran() {
    let pool = pool(2);

    for round in 0..10_u64 {
        let deadly = produce_and_die::submit(&pool, LONG, Duration::from_millis(round));
        let calls: Vec<_> = (0..9).map(|_| produce::submit(&pool, LONG)).collect();
        let results = std::iter::once(deadly).chain(calls).map(Soon::soon);
        let lost = results.filter(|result| match result {
            Ok(bytes) => {
                assert!(is_whole(bytes));
                false
            }
            Err(error) => {
                assert!(error.is_worker_lost(), "{error}");
                true
            }
        });
        assert!(lost.count() <= 1, "a death ends one call at most");
    }
}

#[test]
fn long_arguments_and_results_cross_at_the_same_time() {
    let pool = pool(2);
    let long = vec![7; LONG];

    let there: Vec<_> = (0..10).map(|_| measure::submit(&pool, &long[..])).collect();
    let back: Vec<_> = (0..10).map(|_| produce::submit(&pool, LONG)).collect();

    for call in there {
        assert_eq!(call.soon().unwrap(), (LONG, true));
    }
    for call in back {
        assert!(is_whole(&call.soon().unwrap()));
    }
}

#[test]
fn short_and_long_results_of_one_chunk_come_in_their_order() {
    let pool = pool(2);
    // From nothing to far more than what shared memory holds, in no order.
    let lens = (0..3_000_usize).map(|n| match n % 50 {
        0 => 300_000 + n,
        1 => 16_000 + n,
        rest => n * rest % 700,
    });
    let lens: Vec<usize> = lens.collect();

    let inputs = lens.clone();
    let results = within(DEADLINE, move || {
        let chunks = MapOptions::new().chunk_size(500);
        let results = produce::map_with(&pool, chunks, inputs).unwrap();
        results.into_vec().unwrap()
    });

    assert!(results.iter().map(Vec::len).eq(lens));
    assert!(results.iter().flatten().all(|byte| *byte == 7));
}

#[test]
fn more_results_than_shared_memory_holds_wait_for_a_parent_that_is_busy() {
    let pool = pool(2);
    let (go, wait_for_go) = channel::<()>();
    let first = measure::submit(&pool, &[7][..]);
    // The thread that tells is held up, and the other serves the links.
    first.add_done_callback(move |_| {
        let _ = wait_for_go.recv();
    });

    let results = produce::map(&pool, vec![1_000; 5_000]);
    drop(go);

    let results: Vec<Vec<u8>> = within(DEADLINE, move || results.into_vec()).unwrap();
    assert_eq!(results.len(), 5_000);
}

#[test]
fn arguments_beyond_the_frame_limit_are_a_typed_error_that_names_it() {
    let pool = made(ProcessPool::builder().workers(1).max_frame(1_000));

    let error = measure::submit(&pool, &[7; 2_000][..]).soon().unwrap_err();

    assert!(error.is_encode());
    let text = error.to_string();
    assert!(
        text.contains("arguments of 2") && text.contains("the frame limit of 1000"),
        "{text}"
    );
    assert!(text.contains("`max_frame`"), "{text}");
    assert_eq!(
        measure::submit(&pool, &[7; 900][..]).soon().unwrap(),
        (900, true)
    );
}

#[test]
fn a_result_beyond_the_frame_limit_is_a_typed_error_that_names_it() {
    let pool = made(ProcessPool::builder().workers(1).max_frame(1_000));

    let error = produce::submit(&pool, 100_000).soon().unwrap_err();

    assert!(error.is_encode());
    let text = error.to_string();
    assert!(
        text.contains("result of 100") && text.contains("the frame limit of 1000"),
        "{text}"
    );
    assert_eq!(produce::submit(&pool, 900).soon().unwrap().len(), 900);
}

#[test]
fn what_has_exactly_the_length_of_the_frame_limit_passes() {
    let pool = made(ProcessPool::builder().workers(1).max_frame(1_000));
    // What stands beside the bytes themselves is as long in a result as in an argument.
    let beside = bytes_of(measure::new(&[7; 900][..])).len() - 900;
    let most = 1_000 - beside;

    let there = |len| measure::submit(&pool, &vec![7; len][..]).soon();
    let back = |len| produce::submit(&pool, len).soon();

    assert_eq!(there(most).unwrap(), (most, true));
    assert!(there(most + 1).unwrap_err().is_encode());
    assert_eq!(back(most).unwrap().len(), most);
    assert!(back(most + 1).unwrap_err().is_encode());
}
