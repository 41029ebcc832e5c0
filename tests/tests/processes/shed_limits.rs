//! Tasks that try to shed their limits by writing into what their worker shares with its parent.
//!
//! ```text
//!   claim table, by words:   | since |   | written |   | read |   | asleep |   | batches ...
//!                              0           16            32         48           64 .. 320
//! ```
//!
//! Whatever they write, each ends in the order of its limit, and costs no other call anything.

use std::{
    thread,
    time::{Duration, Instant},
};

use concurrent_futures::{MapOptions, Options, ProcessPool, Submit, TaskError, hooks, task};
use serde::{Deserialize, Serialize};
use tests::{MOMENT, Soon, far::FileTally, let_pass};

use crate::{
    corrupt_workers::{answer, frame, numbers},
    kit::{Pool, counts, made, one_worker, pool},
    tasks::{note, who},
};

const SINCE: usize = 0;
const ASLEEP: usize = 48;
const BATCHES: std::ops::Range<usize> = 64..320;

/// What a task asks for that it does not mean to keep.
const LIMIT: Duration = Duration::from_millis(300);

/// How long it may last all the same: its limit, the time that a worker has to come for a call,
/// three times over.
const ORDER: Duration = Duration::from_secs(8);

/// The stages of a batch, as its word has them.
const SENT: u64 = 1;
const CLAIMED: u64 = 2;
const DONE: u64 = 3;
const RECALLED: u64 = 4;
const CONDEMNED: u64 = 5;

const MIB: u64 = 1 << 20;

/// What a task does to its worker.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Trick {
    /// Says that it was claimed then.
    Since(u64),
    /// Says again and again that it was claimed just now.
    SinceNow,
    /// Gives the word of its batch another stage.
    Stage(u64),
    /// Gives it one stage and the other, in turn.
    Stages(u64, u64),
    /// Says that it runs one item after another, and begins again.
    Items,
    /// Fills the word of its batch.
    Word(u64),
    /// Fills the word of its batch with this and what was there, in turn.
    Words(u64),
    /// Keeps its worker from waking the parent.
    Silence,
    /// Closes its link.
    HangUp,
}

/// The word of the batch that this worker runs.
fn own_batch() -> usize {
    let is_claimed = |index: &usize| hooks::word(*index).is_some_and(|word| word & 7 == CLAIMED);
    let mut batches = BATCHES.filter(is_claimed);
    batches.next().expect("a task runs")
}

/// Nanoseconds on the clock of the table.
fn clock() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    u64::try_from(now.tv_sec).unwrap() * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap()
}

impl Trick {
    /// Writes what it writes, again and again if need be, until the worker is ended.
    fn play(self) -> ! {
        let batch = own_batch();
        let word = hooks::word(batch).expect("it is there");
        let staged = |stage| (word & !7) | stage;
        let mut round = 0_u64;
        loop {
            let is_even = round.is_multiple_of(2);
            match self {
                Self::Since(since) => hooks::set_word(SINCE, since),
                Self::SinceNow => hooks::set_word(SINCE, clock()),
                Self::Stage(stage) => hooks::set_word(batch, staged(stage)),
                Self::Stages(one, _) if is_even => hooks::set_word(batch, staged(one)),
                Self::Stages(_, other) => hooks::set_word(batch, staged(other)),
                Self::Items => {
                    let others = staged(CLAIMED) & !(0x3fff << 3);
                    hooks::set_word(batch, others | ((round % 4) << 3))
                }
                Self::Words(_) if is_even => hooks::set_word(batch, word),
                Self::Word(word) | Self::Words(word) => hooks::set_word(batch, word),
                Self::Silence => hooks::set_word(ASLEEP, 0),
                Self::HangUp => close_all(),
            };
            thread::sleep(Duration::from_micros(200));
            round += 1;
        }
    }
}

#[expect(unsafe_code, reason = "closes what others own")]
fn close_all() -> Option<u64> {
    for descriptor in 3..1_000 {
        // SAFETY: none. What this breaks is what the test is about, in a process that ends for it.
        unsafe { libc::close(descriptor) };
    }
    None
}

/// Notes that it runs, and plays its trick.
#[task]
fn cheat(log: &FileTally, number: u64, trick: Trick) -> u64 {
    log.note(number);
    trick.play()
}

/// As `cheat`, with so much memory that it holds on to.
#[task]
fn cheat_and_hoard(trick: Trick, bytes: u64) -> u64 {
    let memory = vec![1_u8; usize::try_from(bytes).unwrap()];
    std::hint::black_box(&memory);
    trick.play()
}

/// Plays its trick if its number is two; else notes its number.
#[task(timeout = LIMIT)]
fn cheat_third(log: &FileTally, number: u64, trick: Trick) -> u64 {
    log.note(number);
    if number == 2 {
        trick.play();
    }
    number
}

fn tricks() -> impl Iterator<Item = Trick> {
    let sinces = [0, 1, u64::MAX, u64::MAX / 2].map(Trick::Since);
    let stages = [0, SENT, DONE, RECALLED, CONDEMNED, 6, 7].map(Trick::Stage);
    let turns = [
        Trick::Stages(SENT, CLAIMED),
        Trick::Stages(DONE, CLAIMED),
        Trick::Stages(RECALLED, SENT),
    ];
    let words = [0, u64::MAX, 1 << 63].map(Trick::Word);
    let others = [
        Trick::Words(u64::MAX),
        Trick::SinceNow,
        Trick::Items,
        Trick::Silence,
        Trick::HangUp,
    ];
    let all = sinces.into_iter().chain(stages).chain(turns);
    all.chain(words).chain(others)
}

/// The call ended in the order of its limit, with the limit's error or that of its lost worker.
#[track_caller]
fn assert_was_ended(trick: Trick, error: &TaskError, since: Instant) {
    let is_ended = error.is_timed_out() || error.is_worker_lost() || error.is_memory_exceeded();
    assert!(is_ended, "{trick:?}: {error}");
    assert!(since.elapsed() < ORDER, "{trick:?}: {:?}", since.elapsed());
}

/// Calls behind the tricks; each ran once.
#[track_caller]
fn assert_others_run_once(pool: &Pool, trick: Trick) {
    let log = FileTally::new();
    let others: Vec<_> = (0..10).map(|n| note::submit(pool, &log, n)).collect();
    for (n, other) in (0..).zip(others) {
        assert_eq!(other.soon().unwrap(), n, "{trick:?}");
    }
    assert!((0..10).all(|n| counts(&log)[&n] == 1), "{trick:?}");
}

#[test]
fn no_word_in_the_table_keeps_a_call_beyond_its_time_limit() {
    for trick in tricks() {
        let (pool, log) = (pool(1), FileTally::new());
        let start = Instant::now();
        let options = Options::new().timeout(LIMIT);

        let call = pool.submit_with(cheat::new(&log, 1, trick), options);
        let others: Vec<_> = (2..12).map(|n| note::submit(&pool, &log, n)).collect();

        assert_was_ended(trick, &call.soon().unwrap_err(), start);
        for (n, other) in (2..).zip(others) {
            assert_eq!(other.soon().unwrap(), n, "{trick:?}");
        }
        assert!((2..12).all(|n| counts(&log)[&n] == 1), "{trick:?}");
    }
}

#[test]
fn no_word_in_the_table_keeps_a_call_beyond_its_memory_limit() {
    for trick in [
        Trick::Stage(SENT),
        Trick::Stage(DONE),
        Trick::Stages(SENT, CLAIMED),
        Trick::Since(u64::MAX),
        Trick::Silence,
    ] {
        let pool = pool(1);
        let start = Instant::now();
        let options = Options::new().memory(100 * MIB);

        let call = pool.submit_with(cheat_and_hoard::new(trick, 300 * MIB), options);

        assert_was_ended(trick, &call.soon().unwrap_err(), start);
        assert_others_run_once(&pool, trick);
    }
}

#[test]
fn an_item_of_a_chunk_that_plays_tricks_is_ended_and_the_finished_ones_keep_their_results() {
    for trick in [
        Trick::Items,
        Trick::Stage(SENT),
        Trick::SinceNow,
        Trick::Since(u64::MAX),
    ] {
        let (pool, log) = (pool(1), FileTally::new());
        let calls = (0..8).map(|n| cheat_third::new(&log, n, trick));
        let start = Instant::now();

        let results = pool.map_with(MapOptions::new().chunk_size(8), calls);
        let results: Vec<_> = results.unwrap().collect();

        let error = results[2].as_ref().unwrap_err();
        assert_was_ended(trick, error, start);
        let finished = results[..2].iter().zip(0..);
        for (result, n) in finished {
            assert_eq!(*result.as_ref().unwrap(), n, "{trick:?}");
        }
        assert_others_run_once(&pool, trick);
    }
}

/// Leaves a thread behind that says without end that what runs here was claimed long ago.
#[task]
fn slander() {
    thread::spawn(|| {
        loop {
            hooks::set_word(SINCE, 1);
        }
    });
}

#[task]
fn rest(time: Duration) -> u32 {
    let_pass(time);
    std::process::id()
}

#[test]
fn a_worker_cannot_have_run_a_call_since_before_the_parent_knew_it_idle() {
    let (pool, pid) = one_worker();
    slander::submit(&pool).soon().unwrap();
    // Looked at all the time, since its memory is limited too.
    let options = Options::new().memory(1 << 40).timeout(100 * MOMENT);

    for _ in 0..5 {
        let call = pool.submit_with(rest::new(10 * MOMENT), options.clone());

        assert_eq!(call.soon().unwrap(), pid);
    }
}

/// Answers itself, and goes on.
#[task]
fn answer_and_stay() -> u64 {
    let number = hooks::word(own_batch()).expect("it is there") >> 31;
    hooks::send(&answer(number, &7_u64.to_le_bytes()));
    loop {
        thread::park();
    }
}

#[test]
fn a_worker_that_answered_and_goes_on_is_ended_when_a_limited_call_waits_for_it() {
    let (pool, pid) = one_worker();
    let options = Options::new().timeout(LIMIT);
    let body = [&8_u64.to_le_bytes()[..], &7_u64.to_le_bytes()].concat();
    assert_eq!(body.len(), 16);
    let stays = pool.submit_with(answer_and_stay::new(), options.clone());
    // Whether its bytes are a result or none, it has ended.
    let _ = stays.soon();

    let next = pool.submit_with(who::new(), options);

    assert_ne!(next.soon().unwrap(), pid);
}

/// Wakes its parent without end.
#[task]
fn notify(kind: u32, body: &[u8]) {
    let notifications = frame(kind, body).repeat(100);
    loop {
        hooks::send(&notifications);
    }
}

#[test]
fn a_worker_that_wakes_its_parent_without_end_is_ended() {
    const STARTED: u32 = 18;
    const NOTIFY: u32 = 21;
    for (kind, body) in [(NOTIFY, vec![]), (STARTED, numbers(&[1 << 40]))] {
        let (pool, pid) = one_worker();

        let error = notify::submit(&pool, kind, &body[..]).soon().unwrap_err();

        assert!(error.to_string().contains("makes no sense"), "{error}");
        assert_ne!(who::submit(&pool).soon().unwrap(), pid);
    }
}

#[test]
fn an_honest_worker_whose_records_wait_for_the_logger_is_not_ended() {
    let pool = made(ProcessPool::builder().workers(1).forward_logs(true));
    let options = Options::new().timeout(5 * LIMIT);

    let calls: Vec<_> = (0..50)
        .map(|_| pool.submit_with(who::new(), options.clone()))
        .collect();

    let first = calls.into_iter().map(|call| call.soon().unwrap());
    let pids: Vec<u32> = first.collect();
    assert!(pids.iter().all(|pid| *pid == pids[0]), "{pids:?}");
}
