//! What workers say on standard error, while a pool keeps the last of it.

use std::{
    fs::File,
    io::{self, PipeReader, Read},
};

use concurrent_futures::{ProcessPool, task};
use rustix::stdio::{dup2_stderr, stderr};
use tests::{
    DEADLINE, Soon,
    far::{Death, FarHeld, FileTally},
    system::Belongings,
    within,
};

use crate::leftovers::warm_up;

/// More lines than a pool and its pipes hold.
const LINES: u64 = 50_000;

fn line(number: u64) -> String {
    format!("line {number}\n")
}

/// Writes bytes to standard error as a C program does.
fn say(mut bytes: &[u8]) {
    while !bytes.is_empty() {
        let written = rustix::io::write(stderr(), bytes).expect("somebody hears it");
        bytes = &bytes[written..];
    }
}

fn pool(workers: usize) -> ProcessPool {
    let builder = ProcessPool::builder().workers(workers).keep_stderr(3);
    builder.build().expect("this program was initialized")
}

#[task]
fn say_lines(lines: u64) -> u64 {
    (0..lines).for_each(|number| say(line(number).as_bytes()));
    lines
}

/// A worker says more than its pipe holds, and this program the rest.
pub(crate) fn say_much() {
    let said = say_lines::submit(&pool(1), LINES).soon();
    say(format!("{said:?}").as_bytes());
}

#[task]
fn say_number(number: u64) {
    say(format!("task {number}\n").as_bytes());
}

/// Tasks say their numbers, and this program says which of them have returned; no more in all than
/// a pipe holds.
pub(crate) fn say_in_turn() {
    let pool = pool(8);
    let calls: Vec<_> = (0..2_000).map(|n| say_number::submit(&pool, n)).collect();
    for (number, call) in (0..).zip(calls) {
        call.soon().expect("it says its number");
        say(format!("program {number}\n").as_bytes());
    }
}

#[task]
fn say_and_die(text: &[u8]) {
    say(text);
    Death::Abort.now();
}

#[task]
fn say_without_end(log: &FileTally) {
    log.add();
    loop {
        say(&[b'x'; 1 << 16]);
    }
}

#[task]
fn double(number: u64) -> u64 {
    number * 2
}

/// A worker says something without end, while another works.
pub(crate) fn say_endlessly() {
    let pool = pool(2);
    let begun = FileTally::new();
    let endless = say_without_end::submit(&pool, &begun);
    begun.wait_for(1);
    for number in 0..100 {
        let doubled = double::submit(&pool, number).soon();
        assert_eq!(doubled.ok(), Some(number * 2));
    }
    assert!(endless.abort());
    assert!(endless.soon().is_err_and(|error| error.is_cancelled()));
    within(DEADLINE, || drop(pool));
    println!("all doubled");
}

/// A worker says more than any buffer keeps while this program's standard error is not read;
/// another works.
pub(crate) fn say_to_nobody() {
    let unread = unread_errors();
    let pool = pool(2);
    let saying = say_lines::submit(&pool, LINES);
    for number in 0..1_000 {
        let doubled = double::submit(&pool, number).soon();
        if doubled.ok() != Some(number * 2) {
            return println!("not doubled: {number}");
        }
    }
    let heard = within(DEADLINE, move || read_lines(unread));
    println!("all doubled, heard in order: {heard}, {:?}", saying.soon());
}

/// A worker says much while this program holds the lock of its own standard error.
pub(crate) fn say_under_lock() {
    let pool = pool(1);
    let _lock = io::stderr().lock();
    println!("{:?}", say_lines::submit(&pool, LINES).soon());
}

/// From here on standard error is a pipe, of which this is the other end.
fn unread_errors() -> PipeReader {
    let (unread, errors) = io::pipe().expect("the system has a pipe");
    dup2_stderr(errors).expect("standard error is there");
    unread
}

/// Whether all lines come, in their order.
fn read_lines(mut pipe: PipeReader) -> bool {
    let expected: String = (0..LINES).map(line).collect();
    let mut came = vec![0; expected.len()];
    pipe.read_exact(&mut came).is_ok() && came == expected.as_bytes()
}

/// A worker says what is no text, and dies.
pub(crate) fn say_garbage() {
    dup2_stderr(File::create("/dev/null").expect("it is there")).expect("standard error is there");
    let garbage: Vec<u8> = (0..=255).collect();
    let error = say_and_die::submit(&pool(1), garbage.repeat(1_000)).soon();
    let error = error.expect_err("its worker died");
    let said = error.death().expect("its worker died").stderr();
    assert_eq!(said.lines().count(), 3);
    assert!(
        said.contains("ABC") && said.contains('\u{fffd}'),
        "{said:?}"
    );
    let text = error.to_string();
    let is_harmful = |char: char| char.is_control() && !matches!(char, '\n' | '\t');
    assert!(!text.contains(is_harmful), "{text:?}");
    println!("harmless");
}

/// This program's standard error has no reader: it is closed at the other end.
pub(crate) fn say_into_the_void() {
    drop(unread_errors());
    let pool = pool(1);
    let said = say_lines::submit(&pool, LINES).soon();
    println!("{said:?}");
}

/// Pools that hear what their workers say, of which some die.
pub(crate) fn leave_nothing() {
    warm_up();
    let before = Belongings::now();
    for round in 0..20 {
        let pool = pool(3);
        let calls: Vec<_> = (0..30).map(|_| say_lines::submit(&pool, 10)).collect();
        let deadly = say_and_die::submit(&pool, &b"over"[..]);
        let error = deadly.soon().expect_err("its worker died");
        let said = error.death().map(|death| death.stderr().ends_with("over"));
        assert_eq!(said, Some(true));
        assert!(calls.into_iter().all(|call| call.soon().ok() == Some(10)));
        let held = FarHeld::on(&pool, 7);
        if round % 2 == 0 {
            assert_eq!(held.let_go().soon().ok(), Some(7));
        } else {
            pool.kill();
        }
    }
    Belongings::are_again(&before);
    println!("nothing left");
}

/// What is not asked for costs nothing: a worker's standard error is this program's.
pub(crate) fn share_errors() {
    let builder = ProcessPool::builder().workers(1).keep_stderr(0);
    let pool = builder.build().expect("this program was initialized");
    let of_worker = errors::submit(&pool).soon().expect("it has one");
    assert_eq!(of_worker, errors());
    println!("shared");
}

/// What the standard error of this process is.
#[task]
fn errors() -> String {
    let link = std::fs::read_link("/proc/self/fd/2").expect("the system tells");
    link.to_string_lossy().into_owned()
}
