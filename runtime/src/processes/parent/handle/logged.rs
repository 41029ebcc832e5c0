//! A record that a worker has logged, on its way to this program's logger.

use std::sync::Arc;

use log::Metadata;

use super::backlog::Backlog;
use crate::{processes::wire::logs::LogRecord, unwind};

/// About the number of bytes that a record takes beside its texts.
const RECORD_OVERHEAD: usize = 256;

/// A record of a worker, to be logged by this program's logger.
pub(crate) struct Logged {
    pid: u32,
    record: LogRecord,
    backlog: Arc<Backlog>,
}

impl Logged {
    /// A record of the worker with this process id. It counts for the backlog until it is logged.
    pub(crate) fn new(pid: u32, record: LogRecord, backlog: &Arc<Backlog>) -> Self {
        backlog.add(weight(&record));
        let backlog = backlog.clone();
        Self {
            pid,
            record,
            backlog,
        }
    }

    /// Logs it; calls `resume` if that makes room in a full backlog. Runs user code.
    pub(crate) fn log_here(&self, resume: impl Fn()) {
        unwind::contain("logger", || log(&self.record, self.pid));
        if self.backlog.release(weight(&self.record)) {
            resume();
        }
    }
}

/// The bytes that a record counts for in the backlog.
fn weight(record: &LogRecord) -> usize {
    let paths = [&record.module, &record.file].into_iter().flatten();
    let texts = paths.chain([&record.target, &record.text]);
    RECORD_OVERHEAD + texts.map(String::len).sum::<usize>()
}

/// Hands a record to this program's logger. Runs user code.
fn log(logged: &LogRecord, pid: u32) {
    let mut metadata = Metadata::builder();
    let metadata = metadata.level(logged.level).target(&logged.target).build();
    let logger = log::logger();
    if logged.level > log::max_level() || !logger.enabled(&metadata) {
        return;
    }
    let mut record = log::Record::builder();
    let record = record
        .metadata(metadata)
        .module_path(logged.module.as_deref())
        .file(logged.file.as_deref())
        .line(logged.line);
    let text = &logged.text;
    logger.log(&record.args(format_args!("process {pid}: {text}")).build());
}
