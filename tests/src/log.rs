//! Everything that is logged in this process, for tests to look through.

use std::sync::{Mutex, Once};

use log::{LevelFilter, Log, Metadata, Record, set_logger, set_max_level};

use crate::eventually;

static RECORDS: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Collector;

impl Log for Collector {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let text = format!("{} {}", record.level(), record.args());
        RECORDS
            .lock()
            .expect("nothing panics under the lock")
            .push(text);
    }

    fn flush(&self) {}
}

/// Collects, from now on, whatever is logged.
pub fn collect_log() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        set_logger(&Collector).expect("nobody else sets a logger");
        set_max_level(LevelFilter::Trace);
    });
}

/// The records that were logged with `needle` in them, in order: `LEVEL text`.
///
/// # Panics
///
/// If a logger has panicked before.
#[must_use]
pub fn log_records(needle: &str) -> Vec<String> {
    let records = RECORDS.lock().expect("nothing panics under the lock");
    let found = records.iter().filter(|record| record.contains(needle));
    found.cloned().collect()
}

/// Waits until a record with `needle` in it was logged, and returns it: `LEVEL text`.
///
/// # Panics
///
/// If none is within the deadline.
#[track_caller]
pub fn logged(needle: &str) -> String {
    let mut found = None;
    eventually(&format!("a record with `{needle}` is logged"), || {
        let records = RECORDS.lock().expect("nothing panics under the lock");
        found = records
            .iter()
            .find(|record| record.contains(needle))
            .cloned();
        found.is_some()
    });
    found.expect("it was found just now")
}
