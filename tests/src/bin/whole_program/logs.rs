//! What workers log, told by a logger of this program, which prints it.

use std::{
    mem,
    sync::Mutex,
    thread::{self, JoinHandle},
};

use concurrent_futures::{Future, ProcessPool, task};
use log::{LevelFilter, Log, Metadata, Record, set_logger, set_max_level};
use tests::{Soon, far::Death};

const THREADS: u64 = 4;
const RECORDS: u64 = 5_000;

/// Prints all that is known of a record, but for the id of its process. Panics if it is told to.
struct Printer;

impl Log for Printer {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() != "unwanted"
    }

    fn log(&self, record: &Record<'_>) {
        let (level, target) = (record.level(), record.target());
        let text = record.args().to_string();
        let (who, text) = text.split_once(": ").unwrap_or_default();
        let who = who.trim_end_matches(|char: char| char.is_ascii_digit());
        assert_ne!(text, "bomb", "no paper in the printer");
        let module = record.module_path().unwrap_or_default();
        let file = record.file().unwrap_or_default();
        let has_line = record.line().is_some_and(|line| line > 0);
        println!("{level} {target} {module} {file} {has_line} {who}: {text}");
    }

    fn flush(&self) {}
}

/// A pool of one worker whose records of these levels are printed.
fn printing(level: LevelFilter) -> ProcessPool {
    set_logger(&Printer).expect("this program has no other");
    set_max_level(level);
    let builder = ProcessPool::builder().workers(1).forward_logs(true);
    builder.build().expect("this program was initialized")
}

#[task]
fn log_and_die(text: &str) {
    log::warn!(target: "engine", "{text}");
    Death::Abort.now()
}

/// A worker logs something and dies; its record is told before its error.
pub(crate) fn log_last_words() {
    let pool = printing(LevelFilter::Trace);
    let error = log_and_die::submit(&pool, "too hot").soon();
    println!("{}", error.is_err_and(|error| error.is_worker_lost()));
}

#[task]
fn log_at_all_levels() -> String {
    log::error!("one");
    log::warn!("two");
    log::info!("three");
    log::debug!("four");
    log::trace!("five");
    log::info!(target: "unwanted", "six");
    log::max_level().to_string()
}

/// What a task logs at all levels, of which this program wants some.
pub(crate) fn log_what_is_wanted() {
    let pool = printing(LevelFilter::Info);
    println!("{:?}", log_at_all_levels::submit(&pool).soon());
    set_max_level(LevelFilter::Warn);
    println!("{:?}", log_at_all_levels::submit(&pool).soon());
}

#[task]
fn log_at(number: u64, text: &str) -> u64 {
    log::info!(target: "engine", "{text}");
    number
}

/// The logger panics in between.
pub(crate) fn log_a_bomb() {
    let pool = printing(LevelFilter::Trace);
    let calls = ["before", "bomb", "after"];
    let calls = (0..)
        .zip(calls)
        .map(|(n, text)| log_at::submit(&pool, n, text));
    let calls: Vec<_> = calls.collect();
    for call in calls {
        println!("{:?}", call.soon());
    }
}

/// Tasks log their numbers, and this program prints which of them have returned.
pub(crate) fn log_in_turn() {
    let pool = printing(LevelFilter::Trace);
    let calls: Vec<_> = (0..2_000)
        .map(|number| log_at::submit(&pool, number, format!("task {number}")))
        .collect();
    for call in calls {
        println!("program: {}", call.soon().expect("it logs its number"));
    }
}

static LOGGING: Mutex<Vec<JoinHandle<()>>> = Mutex::new(Vec::new());

/// Has many threads log, more than is kept for a logger that takes its time.
#[task]
fn start_logging() {
    let log_all = |thread| (0..RECORDS).for_each(|number| log::info!("{thread} {number}"));
    let threads = (0..THREADS).map(|thread| thread::spawn(move || log_all(thread)));
    LOGGING.lock().expect("nothing panics").extend(threads);
}

#[task]
fn finish_logging() -> bool {
    let threads = mem::take(&mut *LOGGING.lock().expect("nothing panics"));
    threads.into_iter().all(|thread| thread.join().is_ok())
}

/// More than a socket holds.
#[task]
fn repeat(byte: u8) -> Vec<u8> {
    vec![byte; 1 << 20]
}

/// Threads of a worker log while it sends long answers.
pub(crate) fn log_from_threads() {
    let pool = printing(LevelFilter::Trace);
    let started = start_logging::submit(&pool).soon();
    let calls: Vec<_> = (0..50).map(|byte| repeat::submit(&pool, byte)).collect();
    let is_right = |(byte, call): (u8, Future<Vec<u8>>)| call.soon().ok() == Some(repeat(byte));
    let are_right = (0..50).zip(calls).all(is_right);
    let finished = finish_logging::submit(&pool).soon();
    println!("{are_right} {started:?} {finished:?}");
}
