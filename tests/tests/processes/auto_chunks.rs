//! A `map` that was not told how large its chunks are: order, blame and bounds are by the item all
//! the same.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use concurrent_futures::{MapOptions, Options, Submit, TaskError, task};
use tests::{
    A_WHILE, Soon, eventually,
    far::{Death, FileGate, FileTally, busy},
};

use crate::{
    kit::{counts, pool},
    race_windows::{micros, pass_time},
};

#[task]
fn square(n: u64) -> u64 {
    n * n
}

#[test]
fn a_map_of_any_length_gives_its_results_in_order() {
    let pool = pool(2);

    for len in [0, 1, 2, 3, 1_000, 100_000] {
        let squares = square::map(&pool, 0..len).into_vec().unwrap();

        assert_eq!(squares.len() as u64, len);
        for (n, square) in (0..).zip(squares) {
            assert_eq!(square, n * n);
        }
    }
}

/// What one item of many does otherwise than the rest.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
enum Mishap {
    Death,
    Panic,
    Hang,
    Refusal,
}

/// Notes its number; the unlucky one fails.
#[task]
fn attempt(log: &FileTally, number: u64, mishap: Option<Mishap>) -> Result<u64, String> {
    log.note(number);
    match mishap {
        None => Ok(number),
        Some(Mishap::Death) => Death::Kill.now(),
        Some(Mishap::Panic) => std::panic::resume_unwind(Box::new("out of paper")),
        Some(Mishap::Hang) => loop {
            std::thread::park();
        },
        Some(Mishap::Refusal) => Err("out of ink".to_owned()),
    }
}

const ITEMS: u64 = 3_000;
const UNLUCKY: [u64; 3] = [0, 1_500, 2_999];

type Outcome = Result<Result<u64, String>, TaskError>;

/// All but the unlucky have their values, and each ran once; what became of the unlucky.
#[track_caller]
fn mishaps(mishap: Mishap, options: MapOptions) -> Vec<Outcome> {
    let (pool, log) = (pool(2), FileTally::new());
    let of = |n| UNLUCKY.contains(&n).then_some(mishap);
    let calls = (0..ITEMS).map(|n| attempt::new(&log, n, of(n)));

    let results: Vec<_> = pool.map_with(options, calls).unwrap().collect();

    assert_eq!(results.len() as u64, ITEMS);
    let counts = counts(&log);
    assert!((0..ITEMS).all(|n| counts[&n] == 1), "each ran once");
    let mut unlucky = Vec::new();
    for (n, result) in (0..).zip(results) {
        if UNLUCKY.contains(&n) {
            unlucky.push(result);
        } else {
            assert_eq!(result.unwrap(), Ok(n));
        }
    }
    unlucky
}

#[test]
fn an_item_that_ends_its_worker_fails_alone() {
    for outcome in mishaps(Mishap::Death, MapOptions::new()) {
        assert!(outcome.unwrap_err().is_worker_lost());
    }
}

#[test]
fn an_item_that_panics_fails_alone() {
    for outcome in mishaps(Mishap::Panic, MapOptions::new()) {
        assert_eq!(outcome.unwrap_err().message(), Some("out of paper"));
    }
}

#[test]
fn an_item_that_returns_an_err_gives_that() {
    for outcome in mishaps(Mishap::Refusal, MapOptions::new()) {
        assert_eq!(outcome.unwrap(), Err("out of ink".to_owned()));
    }
}

#[test]
fn an_item_past_its_time_limit_fails_alone() {
    // An item that does not hang has to end in time on a busy machine too.
    let each = Options::new().timeout(Duration::from_secs(1));

    for outcome in mishaps(Mishap::Hang, MapOptions::new().each(each)) {
        assert!(outcome.unwrap_err().is_timed_out());
    }
}

#[test]
fn an_item_that_ends_its_worker_fails_alone_in_a_map_without_order() {
    let (pool, log) = (pool(2), FileTally::new());
    let of = |n| UNLUCKY.contains(&n).then_some(Mishap::Death);
    let calls = (0..ITEMS).map(|n| attempt::new(&log, n, of(n)));

    let results = pool.map_with(MapOptions::new().unordered(), calls).unwrap();
    let (values, errors): (Vec<_>, Vec<_>) = results.partition(Result::is_ok);

    assert_eq!(errors.len(), UNLUCKY.len());
    let mut values: Vec<u64> = values
        .into_iter()
        .map(|value| value.unwrap().unwrap())
        .collect();
    values.sort_unstable();
    assert!(
        values
            .into_iter()
            .eq((0..ITEMS).filter(|n| !UNLUCKY.contains(n)))
    );
    let counts = counts(&log);
    assert!((0..ITEMS).all(|n| counts[&n] == 1), "each ran once");
}

/// Numbers, and how many were pulled.
fn counted(pulled: &Arc<AtomicUsize>, len: u64) -> impl Iterator<Item = u64> + Send + use<> {
    let pulled = pulled.clone();
    (0..len).inspect(move |_| {
        pulled.fetch_add(1, Ordering::Relaxed);
    })
}

#[test]
fn a_buffer_bounds_the_items_that_are_ahead_however_many_travel_as_one() {
    let pool = pool(2);
    for buffer in [1, 2, 3, 7, 100, 1_000] {
        let pulled = Arc::new(AtomicUsize::new(0));
        let inputs = counted(&pulled, 10_000);
        let options = MapOptions::new().buffer(buffer);

        let squares = square::map_with(&pool, options, inputs).unwrap();

        assert_eq!(pulled.load(Ordering::Relaxed), buffer);
        for (taken, square) in (1..).zip(squares.take(3_000)) {
            assert_eq!(square.unwrap(), (taken as u64 - 1).pow(2));
            let pulled = pulled.load(Ordering::Relaxed);
            assert!(pulled <= taken + buffer, "{pulled} of {taken} and {buffer}");
        }
    }
}

#[test]
fn an_input_without_end_is_mapped_behind_a_buffer() {
    let pool = pool(2);

    let squares = square::map_with(&pool, MapOptions::new().buffer(500), 0..).unwrap();

    for (n, square) in (0..).zip(squares.take(20_000)) {
        assert_eq!(square.unwrap(), n * n);
    }
}

/// Passes a gate if it has one.
#[task]
fn pass_perhaps(gate: &Option<FileGate>, n: u64) -> u64 {
    if let Some(gate) = gate {
        gate.pass();
    }
    n
}

#[test]
fn what_comes_well_before_an_item_that_takes_long_is_given_without_it() {
    const LONG: u64 = 1_000;
    // The results of a chunk come together, and it has at most a sixteenth of what was submitted
    // before it, and one more.
    let well_before = LONG - LONG / 16;
    let pool = pool(2);
    let (gate, go) = FileGate::shut();
    let calls = (0..2 * LONG).map(|n| pass_perhaps::new((n == LONG).then(|| gate.clone()), n));

    let mut results = pool.map_with(MapOptions::new(), calls).unwrap();
    let before = results.by_ref().take(well_before as usize);
    let before: Result<Vec<u64>, _> = before.collect();
    drop(go);

    assert!(before.unwrap().into_iter().eq(0..well_before));
    assert!(results.map(Result::unwrap).eq(well_before..2 * LONG));
}

#[test]
fn what_travels_with_an_item_that_takes_long_runs_elsewhere() {
    let (pool, log) = (pool(2), FileTally::new());
    let (gate, go) = FileGate::shut();
    let of = |n| (n == 10).then(|| gate.clone());
    let calls = (0..2_000).map(|n| pass_and_note::new(of(n), &log, n));

    let results = pool.map_with(MapOptions::new(), calls).unwrap();
    eventually("all others have run", || log.count() == 1_999);
    drop(go);

    assert!(results.map(Result::unwrap).eq(0..2_000));
    assert_eq!(log.count(), 2_000);
}

/// Passes a gate if it has one, and notes its number.
#[task]
fn pass_and_note(gate: &Option<FileGate>, log: &FileTally, n: u64) -> u64 {
    if let Some(gate) = gate {
        gate.pass();
    }
    log.note(n);
    n
}

/// Runs for the given number of microseconds.
#[task]
fn toil(n: u64, time: u64) -> u64 {
    pass_time(micros(time));
    n
}

#[test]
fn work_of_every_shape_gives_its_results_in_order() {
    let pool = pool(2);
    let shapes: [fn(u64) -> u64; 4] = [
        |_| 20,
        |n| n / 10,
        |n| 200 - n / 10,
        |n| if n % 97 == 0 { 5_000 } else { 1 },
    ];

    for shape in shapes {
        let calls = (0..2_000).map(|n| toil::new(n, shape(n)));

        let results = pool.map_with(MapOptions::new(), calls).unwrap();

        assert!(results.map(Result::unwrap).eq(0..2_000));
    }
}

/// Notes its number after a millisecond.
#[task]
fn dawdle(log: &FileTally, n: u64) -> u64 {
    pass_time(micros(1_000));
    log.note(n);
    n
}

#[test]
fn at_its_deadline_a_map_gives_earlier_results_then_one_error_and_starts_nothing_more() {
    const LEN: u64 = 20_000;
    let (pool, log) = (pool(2), FileTally::new());
    // They are there, so that the time is not spent on their start.
    drop(busy(&pool, 2));
    let calls = (0..LEN).map(|n| dawdle::new(&log, n));

    let options = MapOptions::new().timeout(A_WHILE);
    let mut results = pool.map_with(options, calls).unwrap();
    let given = results.by_ref().map_while(Result::ok).collect::<Vec<_>>();
    let nothing = results.next();
    drop(results);
    drop(pool);

    let given_len = given.len() as u64;
    assert!(given.into_iter().eq(0..given_len));
    assert!(nothing.is_none(), "the error was the last");
    assert!(given_len < LEN && log.count() < LEN as usize);
}

#[test]
fn what_a_dropped_map_had_not_started_is_cancelled_if_that_was_asked() {
    const LEN: u64 = 20_000;
    let (pool, log) = (pool(2), FileTally::new());
    let calls = (0..LEN).map(|n| dawdle::new(&log, n));

    let options = MapOptions::new().cancel_on_drop();
    let mut results = pool.map_with(options, calls).unwrap();
    assert_eq!(results.next().unwrap().unwrap(), 0);
    drop(results);
    drop(pool);

    assert!(log.count() < LEN as usize, "{}", log.count());
}

#[test]
fn maps_of_many_threads_share_a_pool() {
    let pool = pool(2);

    thread::scope(|scope| {
        for start in 0..4 {
            let pool = &pool;
            scope.spawn(move || {
                let inputs = (0..5_000).map(|n| n * 4 + start);
                let squares = square::map(pool, inputs.clone()).into_vec();
                assert!(squares.unwrap().into_iter().eq(inputs.map(|n| n * n)));
            });
        }
    });
}

#[test]
fn calls_that_come_alone_get_their_turn_beside_a_map() {
    let (pool, log) = (pool(1), FileTally::new());
    let calls = (0..5_000).map(|n| dawdle::new(&log, n));
    let options = MapOptions::new().cancel_on_drop();
    let results = pool.map_with(options.buffer(50), calls).unwrap();

    let alone = square::submit(&pool, 7);

    assert_eq!(alone.soon().unwrap(), 49);
    assert!(log.count() < 500, "{} came before it", log.count());
    drop(results);
}
