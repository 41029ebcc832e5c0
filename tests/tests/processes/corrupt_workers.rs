//! Workers run wild: what they send is no frame, no message, no answer to anything, or their claim
//! table is garbage.
//!
//! Whatever it is, only calls of that worker suffer, and each of them ends.

use concurrent_futures::{ProcessPool, TaskError, hooks, task};
use tests::{
    Soon,
    far::{Death, FarHeld, FileTally},
};

use crate::{
    kit::{Pool, one_worker, one_worker_of, pool},
    tasks::{note, who},
};

pub(crate) const WELCOME: u32 = 1;
pub(crate) const HELLO: u32 = 16;
pub(crate) const UNREADY: u32 = 17;
const STARTED: u32 = 18;
const ANSWER: u32 = 19;
pub(crate) const LOG: u32 = 20;

/// The version of the protocol.
pub(crate) const PROTOCOL: u64 = 3;

/// A frame whose header claims a body of `len` bytes.
fn headed(kind: u32, len: u64, body: &[u8]) -> Vec<u8> {
    [b"cf01", &kind.to_le_bytes()[..], &len.to_le_bytes(), body].concat()
}

pub(crate) fn frame(kind: u32, body: &[u8]) -> Vec<u8> {
    headed(kind, body.len() as u64, body)
}

/// A frame of the handshake, in this version of the protocol.
pub(crate) fn greeting(version: u64, kind: u32, fields: &[u8]) -> Vec<u8> {
    frame(kind, &[&version.to_le_bytes(), fields].concat())
}

/// The answer to the one call of this batch: a value of these bytes.
pub(crate) fn answer(number: u64, value: &[u8]) -> Vec<u8> {
    answer_item(number, 0, value)
}

fn answer_item(number: u64, item: u64, value: &[u8]) -> Vec<u8> {
    frame(
        ANSWER,
        &[&numbers(&[number, item])[..], &[0], value].concat(),
    )
}

/// Numbers, one after another.
pub(crate) fn numbers(numbers: &[u64]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect()
}

/// Numbers as control messages have them: seven bits a byte, the least first.
pub(crate) fn varints(numbers: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for &number in numbers {
        let mut rest = number;
        while rest > 127 {
            bytes.push(rest as u8 | 128);
            rest >>= 7;
        }
        bytes.push(rest as u8);
    }
    bytes
}

/// Sends bytes to the parent, and waits for what comes of it.
#[task]
fn send_and_wait(bytes: &[u8]) {
    hooks::send(bytes);
    loop {
        std::thread::park();
    }
}

/// Sends bytes to the parent, and goes on.
#[task]
fn send(bytes: &[u8]) -> u64 {
    hooks::send(bytes);
    7
}

/// Sends bytes to the parent, and dies.
#[task]
fn send_and_die(bytes: &[u8]) {
    hooks::send(bytes);
    Death::Kill.now();
}

/// A worker that holds twenty other calls sends this; they run once each. How the sending call
/// ended.
#[track_caller]
fn assert_only_the_sender_falls(bytes: &[u8]) -> TaskError {
    assert_only_the_sender_falls_of(one_worker(), bytes)
}

/// The same in this pool of one worker.
#[track_caller]
fn assert_only_the_sender_falls_of(of: (Pool, u32), bytes: &[u8]) -> TaskError {
    let (error, mut notes) = fall(of, bytes);
    notes.sort_unstable();
    assert!(notes.into_iter().eq(0..20), "each of the others ran once");
    error
}

/// How the one worker of a pool ended that holds twenty other calls and sends this, in its second
/// call; and in which order those ran.
#[track_caller]
fn fall((pool, pid): (Pool, u32), bytes: &[u8]) -> (TaskError, Vec<u64>) {
    let tally = FileTally::new();
    let wild = send_and_wait::submit(&pool, bytes);
    let others: Vec<_> = (0..20).map(|n| note::submit(&pool, &tally, n)).collect();

    let error = wild.soon().unwrap_err();

    let death = error.death().expect("its worker was killed");
    assert_eq!((death.pid(), death.signal()), (pid, Some(9)), "{error}");
    for (n, other) in (0..).zip(others) {
        assert_eq!(other.soon().unwrap(), n);
    }
    (error, tally.notes())
}

#[track_caller]
fn assert_falls_since(bytes: &[u8], reason: &str) {
    let text = assert_only_the_sender_falls(bytes).to_string();
    assert!(text.contains(reason), "`{reason}` in: {text}");
}

#[test]
fn bytes_that_are_no_frame_end_only_their_sender() {
    assert_falls_since(b"HTTP/1.1 200 OK\r\n\r\n", "bytes that are no frame");
}

#[test]
fn calls_that_an_expelled_worker_held_run_in_their_old_order() {
    for _ in 0..50 {
        let (_, notes) = fall(one_worker(), b"no frame at all, whatever it is");

        assert!(notes.iter().copied().eq(0..20), "{notes:?}");
    }
}

#[test]
fn a_frame_beyond_all_limits_ends_only_its_sender() {
    for len in [u64::MAX, u64::MAX / 2, (1 << 30) + (128 << 10) + 1] {
        assert_falls_since(&headed(ANSWER, len, b""), "the frame limit is 1073741824");
    }
}

#[test]
fn a_frame_of_no_known_kind_ends_only_its_sender() {
    for kind in [0, WELCOME, 99, u32::MAX] {
        assert_falls_since(&frame(kind, b""), "makes no sense");
    }
}

#[test]
fn a_message_that_ends_early_ends_only_its_sender() {
    for kind in [HELLO, UNREADY, STARTED, ANSWER, LOG] {
        let asked_to_log = one_worker_of(ProcessPool::builder().forward_logs(true));
        let error = assert_only_the_sender_falls_of(asked_to_log, &frame(kind, &[1, 2, 3]));

        assert!(error.to_string().contains("makes no sense"), "{error}");
    }
}

#[test]
fn an_answer_of_no_known_kind_ends_only_its_sender() {
    let body = [&numbers(&[1, 0])[..], &[6, 0, 0, 0]].concat();

    assert_falls_since(&frame(ANSWER, &body), "makes no sense");
}

#[test]
fn an_answer_to_an_item_never_sent_ends_only_its_sender() {
    for item in [1, 1 << 14, u64::MAX] {
        assert_falls_since(&answer_item(1, item, &[5]), "makes no sense");
    }
}

#[test]
fn an_answer_to_a_call_never_sent_ends_only_its_sender() {
    for number in [0, 1 << 40, u64::MAX] {
        assert_falls_since(&answer(number, &[5]), "makes no sense");
    }
}

#[test]
fn an_answer_given_twice_ends_only_its_sender() {
    assert_falls_since(&answer(1, &[5]), "makes no sense");
}

#[test]
fn a_hello_of_another_build_ends_only_its_sender() {
    for version in [PROTOCOL, PROTOCOL + 1] {
        let hello = greeting(version, HELLO, &varints(&[1, 2, 0]));

        assert_falls_since(&hello, "makes no sense");
    }
}

#[test]
fn a_worker_that_takes_itself_for_unready_ends_alone() {
    let reason = [&varints(&[0, 4])[..], b"wild"].concat();

    assert_falls_since(&greeting(PROTOCOL, UNREADY, &reason), "makes no sense");
}

#[test]
fn a_record_that_nobody_asked_for_ends_only_its_sender() {
    let record = varints(&[1, 0, 0, 0, 0, 0]);

    assert_falls_since(&frame(LOG, &record), "makes no sense");
}

#[test]
fn starts_of_calls_never_sent_hurt_nobody() {
    let (pool, pid) = one_worker();
    let starts: Vec<u8> = [0, 1 << 40, u64::MAX, 1 << 40]
        .into_iter()
        .flat_map(|number: u64| frame(STARTED, &number.to_le_bytes()))
        .collect();

    let wild = send::submit(&pool, &starts[..]);
    let others: Vec<_> = (0..20).map(|_| who::submit(&pool)).collect();

    assert_eq!(wild.soon().unwrap(), 7);
    for other in others {
        assert_eq!(other.soon().unwrap(), pid);
    }
}

#[test]
fn a_start_told_twice_ends_only_its_sender() {
    let start = frame(STARTED, &2_u64.to_le_bytes());

    assert_falls_since(&start.repeat(2), "makes no sense");
}

#[test]
fn a_frame_cut_short_by_a_death_hurts_only_the_call_that_ran() {
    let long = headed(ANSWER, 1 << 20, &[7; 100_000]);
    for len in [3, 15, 16, 20, 1_000, 100_000] {
        let (pool, _) = one_worker();
        let tally = FileTally::new();

        let wild = send_and_die::submit(&pool, &long[..len]);
        let others: Vec<_> = (0..20).map(|n| note::submit(&pool, &tally, n)).collect();

        assert!(wild.soon().unwrap_err().is_worker_lost());
        for (n, other) in (0..).zip(others) {
            assert_eq!(other.soon().unwrap(), n);
        }
        assert!(tally.notes().into_iter().eq(0..20), "{:?}", tally.notes());
    }
}

/// One worker runs wild in this call while another holds one; calls of the wild one may be lost,
/// but they all end, and later calls have their values.
#[track_caller]
pub(crate) fn assert_others_are_safe(run_wild: impl Fn(&Pool) -> concurrent_futures::Future<u64>) {
    let lost = lost_later(run_wild);

    assert_eq!(lost, 0, "the pool goes on");
}

/// As [`assert_others_are_safe`], where the worker may be found out by a later call alone, and be
/// ended with that one.
#[track_caller]
pub(crate) fn assert_others_are_safe_but_one(
    run_wild: impl Fn(&Pool) -> concurrent_futures::Future<u64>,
) {
    let lost = lost_later(run_wild);

    assert!(lost <= 1, "{lost} calls were lost with one worker");
}

/// How many later calls are lost when one worker has run wild.
#[track_caller]
fn lost_later(run_wild: impl Fn(&Pool) -> concurrent_futures::Future<u64>) -> usize {
    let pool = pool(2);
    let innocent = FarHeld::on(&pool, 8);
    let tally = FileTally::new();
    let wild = run_wild(&pool);
    let others: Vec<_> = (0..40).map(|n| note::submit(&pool, &tally, n)).collect();

    let wild = wild.soon();
    let others: Vec<_> = others.into_iter().map(Soon::soon).collect();

    let is_hurt = |error: &TaskError| error.is_worker_lost() || error.is_decode();
    let mut all = others.iter().chain([&wild]);
    assert!(all.all(|call| call.as_ref().err().is_none_or(is_hurt)));
    assert_eq!(innocent.let_go().soon().unwrap(), 8);
    let after: Vec<_> = (0..40).map(|n| note::submit(&pool, &tally, n)).collect();
    let mut lost = 0;
    for (n, call) in (0..).zip(after) {
        match call.soon() {
            Ok(value) => assert_eq!(value, n),
            Err(error) => {
                assert!(error.is_worker_lost(), "{error}");
                lost += 1;
            }
        }
    }
    lost
}

#[test]
fn answers_to_calls_not_yet_run_hurt_only_those_of_the_same_worker() {
    let early: Vec<u8> = (1..60).flat_map(|number| answer(number, &[5])).collect();

    assert_others_are_safe(|pool| send::submit(pool, &early[..]));
}

#[test]
fn values_that_are_none_hurt_only_calls_of_the_same_worker() {
    let early: Vec<u8> = (1..60)
        .flat_map(|number| answer(number, &[255; 40]))
        .collect();

    assert_others_are_safe(|pool| send::submit(pool, &early[..]));
}

/// Closes all descriptors but the streams.
#[task]
#[expect(unsafe_code, reason = "closes what others own")]
fn close_all() -> u64 {
    for descriptor in 3..1_000 {
        // SAFETY: none. What this breaks is what the test is about, in a process that ends for it.
        unsafe { libc::close(descriptor) };
    }
    7
}

#[test]
fn a_worker_that_closed_its_descriptors_hurts_only_its_own_calls() {
    assert_others_are_safe(close_all::submit);
}

/// Fills the claim table.
#[task]
fn scribble(word: u64) -> u64 {
    hooks::scribble(word);
    7
}

/// Fills the claim table, and dies.
#[task]
fn scribble_and_die(word: u64) -> u64 {
    hooks::scribble(word);
    Death::Kill.now()
}

/// Nothing, everything, and the first calls at each stage that there is and some that are none.
fn words() -> impl Iterator<Item = u64> {
    let staged = (1..4).flat_map(|number: u64| (0..8).map(move |stage| number << 3 | stage));
    [0, 1, u64::MAX, u64::MAX / 3].into_iter().chain(staged)
}

#[test]
fn garbage_in_the_claim_table_hurts_only_calls_of_the_same_worker() {
    for word in words() {
        assert_others_are_safe(|pool| scribble::submit(pool, word));
    }
}

#[test]
fn garbage_in_the_claim_table_of_a_dead_worker_hurts_only_calls_of_that() {
    // Chance hardly writes that the very call that runs was never claimed; it would be run again
    // elsewhere.
    let first_was_sent = 1 << 3 | 1;
    for word in words().filter(|word| *word != first_was_sent) {
        assert_others_are_safe(|pool| scribble_and_die::submit(pool, word));
    }
}
