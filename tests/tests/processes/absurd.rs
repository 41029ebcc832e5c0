//! Absurd values in each word, each byte and each field that a worker can write. What they are is
//! listed in `docs/trust.md`.
//!
//! Whatever it is, only calls of that worker suffer, and each of them ends.

use std::time::Duration;

use concurrent_futures::{Options, ProcessPool, Submit, TaskError, hooks, task};
use proptest::{
    prelude::*,
    test_runner::{RngAlgorithm, TestRng},
};
use tests::{Soon, collect_log, far::FileTally};

use crate::{
    corrupt_workers::{
        HELLO, LOG, PROTOCOL, UNREADY, answer, assert_others_are_safe,
        assert_others_are_safe_but_one, frame, greeting, numbers, varints,
    },
    kit::{Pool, made},
    tasks::{note, who},
};

const STARTED: u32 = 18;
const ANSWER: u32 = 19;
const NOTIFY: u32 = 21;

/// Where the table has its counters, by words.
const SINCE: usize = 0;
const WRITTEN: usize = 16;
const READ: usize = 32;
const BATCHES: usize = 96;
const RING: u64 = 256 << 10;

const ABSURD: [u64; 8] = [0, 1, 2, RING, u64::MAX, u64::MAX / 2, 1 << 63, u64::MAX / 3];

/// Overwrites one word, and ends well.
#[task]
fn overwrite(index: usize, word: u64) -> u64 {
    hooks::set_word(index, word).expect("there is such a word");
    7
}

#[test]
fn an_absurd_counter_hurts_only_calls_of_its_worker() {
    for counter in [SINCE, WRITTEN, READ] {
        for word in ABSURD {
            assert_others_are_safe(|pool| overwrite::submit(pool, counter, word));
        }
    }
}

#[test]
fn an_absurd_word_of_any_batch_hurts_only_calls_of_its_worker() {
    for batch in (BATCHES..BATCHES + 256).step_by(51).chain([BATCHES + 1]) {
        for word in [0, 1 << 3 | 1, 3, 1 << 63 | 4, u64::MAX] {
            // The word is looked at when its turn comes again.
            assert_others_are_safe_but_one(|pool| overwrite::submit(pool, batch, word));
        }
    }
}

/// Puts bytes into the ring, claims another number of them, and waits for what comes of it.
#[task]
fn fill_ring(bytes: &[u8], more: u64) {
    let written = hooks::word(WRITTEN).expect("there is such a word");
    hooks::put(written, bytes);
    hooks::set_word(WRITTEN, written.wrapping_add(more));
    hooks::send(&frame(NOTIFY, &[]));
    loop {
        std::thread::park();
    }
}

/// One record, as the ring has it.
fn record(len: u32, item: u32, number: u64) -> Vec<u8> {
    let head = [len.to_le_bytes(), item.to_le_bytes()].concat();
    [head, number.to_le_bytes().to_vec()].concat()
}

/// The worker is ended for this reason; calls that it held run once each.
#[track_caller]
fn assert_falls(pool: &Pool, call: concurrent_futures::Future<()>, reason: &str) {
    let tally = FileTally::new();
    let others: Vec<_> = (0..5).map(|n| note::submit(pool, &tally, n)).collect();

    let error: TaskError = call.soon().unwrap_err();

    assert_eq!(error.death().and_then(|death| death.signal()), Some(9));
    assert!(error.to_string().contains(reason), "{error}");
    for (n, other) in (0..).zip(others) {
        assert_eq!(other.soon().unwrap(), n);
    }
    let mut notes = tally.notes();
    notes.sort_unstable();
    assert!(notes.into_iter().eq(0..5), "each of the others ran once");
}

/// One worker that is there, of a pool that hears logs.
fn one_that_logs() -> Pool {
    collect_log();
    let pool = made(ProcessPool::builder().workers(1).forward_logs(true));
    who::submit(&pool).soon().unwrap();
    pool
}

#[test]
fn absurd_bytes_in_the_ring_end_only_their_worker() {
    let senseless = [
        record(u32::MAX, 0, 2),
        record(1, 0, 2),
        record(0, 1, 2),
        record(0, 1 << 14, 2),
        record(0, u32::MAX - 1, 2),
        record(0, 0, 0),
        record(0, 0, 1),
        record(0, 0, u64::MAX),
        record(9, u32::MAX, 2),
        record(0, u32::MAX, 2).repeat(2),
        vec![255; 40],
        vec![7; 3],
    ];
    for bytes in senseless {
        let pool = crate::kit::one_worker().0;
        let call = fill_ring::submit(&pool, &bytes[..], bytes.len() as u64);

        assert_falls(&pool, call, "makes no sense");
    }
}

#[test]
fn a_ring_that_says_it_has_what_it_cannot_have_ends_only_its_worker() {
    for more in [RING + 1, u64::MAX, 1 << 63] {
        let pool = crate::kit::one_worker().0;
        let call = fill_ring::submit(&pool, &[][..], more);

        assert_falls(&pool, call, "overwrote the ring");
    }
    // That number of bytes may be there, but they were never written.
    let pool = crate::kit::one_worker().0;
    let call = fill_ring::submit(&pool, &[][..], RING);
    assert_falls(&pool, call, "makes no sense");
}

/// Sends bytes to the parent, and waits for what comes of it.
#[task]
fn send_and_wait(bytes: &[u8]) {
    hooks::send(bytes);
    loop {
        std::thread::park();
    }
}

fn text(text: &[u8]) -> Vec<u8> {
    [&varints(&[text.len() as u64])[..], text].concat()
}

/// The answer of batch two, an error of this code with three texts.
fn error(code: u8, texts: [&[u8]; 3]) -> Vec<u8> {
    let texts = texts.map(text).concat();
    [numbers(&[2, 0]), vec![code], texts].concat()
}

/// A record of a log, its numbers and its texts.
fn logged(level: u64, line: [u64; 2], texts: [&[u8]; 4]) -> Vec<u8> {
    let [target, module, file, said] = texts.map(text);
    let flag = varints(&[1]);
    let line = varints(&line);
    [
        varints(&[level]),
        target,
        flag.clone(),
        module,
        flag,
        file,
        line,
        said,
    ]
    .concat()
}

/// Messages with something in them that cannot be.
fn senseless() -> Vec<(u32, Vec<u8>)> {
    const FINE: &[u8] = b"fine";
    const NO_TEXT: &[u8] = b"\xff\xfe\xc3";
    let longer = vec![b'x'; (1 << 20) + 100];
    let long = &longer[..];
    let too_long = varints(&[u64::MAX]);
    let of_ours = |fields: Vec<u8>| [numbers(&[PROTOCOL]), fields].concat();
    vec![
        (ANSWER, error(6, [FINE; 3])),
        (ANSWER, error(1, [NO_TEXT, FINE, FINE])),
        (ANSWER, error(1, [FINE, NO_TEXT, FINE])),
        (ANSWER, error(2, [FINE, FINE, NO_TEXT])),
        (ANSWER, error(3, [long, FINE, FINE])),
        (ANSWER, error(1, [FINE, long, FINE])),
        (ANSWER, error(1, [FINE, FINE, long])),
        (ANSWER, [error(1, [FINE; 3]), vec![0]].concat()),
        (
            ANSWER,
            [numbers(&[2, 0]), vec![1], too_long.clone()].concat(),
        ),
        (ANSWER, [numbers(&[2, u64::MAX]), vec![0]].concat()),
        (STARTED, numbers(&[2, 2])),
        (NOTIFY, vec![0]),
        (HELLO, of_ours(varints(&[1, 2, 2]))),
        (HELLO, of_ours(varints(&[1, 2, 1, u64::MAX]))),
        (UNREADY, of_ours([varints(&[2]), text(FINE)].concat())),
        (UNREADY, of_ours([varints(&[1]), text(NO_TEXT)].concat())),
        (UNREADY, of_ours([varints(&[1]), text(long)].concat())),
        (UNREADY, of_ours([varints(&[1]), text(FINE)].concat())),
        (LOG, logged(0, [1, 1], [FINE; 4])),
        (LOG, logged(6, [1, 1], [FINE; 4])),
        (LOG, logged(u64::MAX, [1, 1], [FINE; 4])),
        (LOG, logged(1, [2, 1], [FINE; 4])),
        (LOG, logged(1, [1, 1 << 32], [FINE; 4])),
        (LOG, logged(1, [1, 1], [NO_TEXT, FINE, FINE, FINE])),
        (LOG, logged(1, [1, 1], [FINE, NO_TEXT, FINE, FINE])),
        (LOG, logged(1, [1, 1], [FINE, FINE, NO_TEXT, FINE])),
        (LOG, logged(1, [1, 1], [FINE, FINE, FINE, NO_TEXT])),
        (LOG, logged(1, [1, 1], [FINE, FINE, FINE, long])),
        (LOG, [logged(1, [1, 1], [FINE; 4]), vec![0]].concat()),
    ]
}

#[test]
fn a_field_with_an_absurd_value_ends_only_its_sender() {
    for (kind, body) in senseless() {
        let pool = one_that_logs();
        let call = send_and_wait::submit(&pool, &frame(kind, &body)[..]);

        assert_falls(&pool, call, "makes no sense");
    }
}

#[test]
fn a_frame_longer_than_any_of_its_kind_ends_its_sender_before_it_has_come() {
    let headed =
        |kind: u32, len: u64| [b"cf01", &kind.to_le_bytes()[..], &len.to_le_bytes()].concat();
    for (kind, len) in [
        (STARTED, 9),
        (NOTIFY, 9),
        (99, 1 << 20),
        (LOG, 1 << 29),
        (UNREADY, 1 << 29),
    ] {
        let pool = one_that_logs();
        let call = send_and_wait::submit(&pool, &headed(kind, len)[..]);

        assert_falls(&pool, call, "makes no sense");
    }
}

/// Frames of all kinds, with some bytes changed, cut off or put in.
fn by_chance() -> impl Strategy<Value = Vec<u8>> {
    let fine = vec![
        frame(
            ANSWER,
            &[
                numbers(&[1, 0]),
                vec![1],
                text(b"a"),
                text(b"b"),
                text(b"c"),
            ]
            .concat(),
        ),
        answer(1, &[5; 9]),
        frame(STARTED, &numbers(&[1])),
        frame(NOTIFY, &[]),
        frame(LOG, &logged(2, [1, 7], [b"a", b"b", b"c", b"d"])),
        greeting(PROTOCOL, UNREADY, &[varints(&[1]), text(b"a")].concat()),
        greeting(PROTOCOL, HELLO, &varints(&[1, 2, 0])),
        greeting(PROTOCOL + 1, HELLO, &varints(&[1, 2, 3])),
    ];
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..4_u8);
    let frames = prop::collection::vec(prop::sample::select(fine), 1..6);
    (frames, prop::collection::vec(change, 0..4)).prop_map(|(frames, changes)| {
        let mut bytes = frames.concat();
        for (place, byte, how) in changes {
            let place = place.index(bytes.len().max(1)).min(bytes.len());
            match how {
                0 => bytes.truncate(place),
                1 => bytes.insert(place, byte),
                _ if place < bytes.len() => bytes[place] = byte,
                _ => {}
            }
        }
        bytes
    })
}

#[test]
fn frames_made_by_chance_hurt_only_calls_of_their_sender() {
    let config = ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(config, rng);
    let ran = runner.run(&by_chance(), |bytes| {
        let pool = made(ProcessPool::builder().workers(2));
        let limit = Options::new().timeout(Duration::from_millis(100));

        // It may say that all is well, and then has to be ended.
        let wild = pool.submit_with(send_and_wait::new(&bytes[..]), limit);
        let tally = FileTally::new();
        let others: Vec<_> = (0..10).map(|n| note::submit(&pool, &tally, n)).collect();

        let _ = wild.soon();
        for other in others {
            let hurt = other.soon().err();
            prop_assert!(hurt.is_none_or(|error| error.is_worker_lost() || error.is_decode()));
        }
        for n in 0..10 {
            prop_assert_eq!(note::submit(&pool, &tally, n).soon().unwrap(), n);
        }
        Ok(())
    });
    ran.unwrap();
}
