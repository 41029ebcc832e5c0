//! The worker's logger: sends what this process logs over the connection.
//!
//! ```text
//!   worker                                        program
//!
//!   log::warn!(..) --> forwarder ==== frame ====> completion --> its logger: `process 4711: ..`
//!   (any thread)       (complete frames)          (in order with answers)
//! ```
//!
//! A record that a worker logs before an answer is logged before the answer is told, and one that
//! it logs before a crash is logged before the call fails.

use std::{
    os::unix::net::UnixStream,
    sync::{Arc, OnceLock},
};

use log::{LevelFilter, Log, Metadata};

use super::reply;
use crate::processes::wire::logs;

/// The worker's logger.
struct Forwarder {
    link: Arc<UnixStream>,
    level: LevelFilter,
}

static FORWARDER: OnceLock<Forwarder> = OnceLock::new();

/// Sends what this process logs over the connection. A logger that it has already stays.
pub(crate) fn forward(link: &Arc<UnixStream>, level: LevelFilter) {
    if level == LevelFilter::Off {
        return;
    }
    let link = link.clone();
    let forwarder = FORWARDER.get_or_init(|| Forwarder { link, level });
    if log::set_logger(forwarder).is_ok() {
        log::set_max_level(level);
    }
}

impl Log for Forwarder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= self.level
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            // If the parent is gone, this process ends.
            let _ = reply::send(&self.link, &[&logs::frame(record)]);
        }
    }

    fn flush(&self) {}
}
