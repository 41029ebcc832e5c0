//! What a worker logs is logged by the program that has started it, if a pool asks for that.
//!
//! ```text
//!   worker                                        program
//!
//!   log::warn!(..) --> forwarder ==== frame ====> completion --> its own logger: `process 4711: ..`
//!   (any thread)       (whole frames, in turn)    (in its order with answers)
//! ```
//!
//! What is logged before an answer is told before that, and what is logged before a crash is told before the call fails.

use std::{
    borrow::Cow,
    os::unix::net::UnixStream,
    sync::{Arc, OnceLock},
};

use log::{Level, LevelFilter, Log, Metadata};

use super::{
    bell::Waker,
    fields::{Fields, Writer},
    message, outlet,
    untold::Backlog,
};
use crate::{error::truncated, unwind};

/// How many bytes are sent of a target, a module's path and a file's.
const LONGEST_PATH: usize = 4 << 10;

/// What a record takes beside its texts, about.
const RECORD_OVERHEAD: usize = 256;

/// One record on its way.
#[derive(Debug)]
pub(super) struct LogRecord {
    level: Level,
    target: String,
    module: Option<String>,
    file: Option<String>,
    line: Option<u32>,
    text: String,
}

/// The worker's logger.
struct Forwarder {
    link: Arc<UnixStream>,
    level: LevelFilter,
}

static FORWARDER: OnceLock<Forwarder> = OnceLock::new();

/// Sends what this process logs over the link. A logger that it has already stays.
pub(super) fn forward(link: &Arc<UnixStream>, level: LevelFilter) {
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
            // Without a parent nobody is left to be told, and this process ends.
            let _ = outlet::send(&self.link, &[&frame(record)]);
        }
    }

    fn flush(&self) {}
}

/// The frame of a record. Runs user code: what its arguments write.
fn frame(record: &log::Record<'_>) -> Vec<u8> {
    let text = match record.args().as_str() {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(record.args().to_string()),
    };
    let mut writer = Writer::default();
    writer.number(record.level() as u64);
    writer.text(&truncated(record.target(), LONGEST_PATH));
    write_path(&mut writer, record.module_path());
    write_path(&mut writer, record.file());
    writer.flag(record.line().is_some());
    writer.number(record.line().unwrap_or_default().into());
    writer.text(&text);
    writer.frame(message::LOG)
}

fn write_path(writer: &mut Writer, path: Option<&str>) {
    writer.flag(path.is_some());
    writer.text(&truncated(path.unwrap_or_default(), LONGEST_PATH));
}

impl LogRecord {
    pub(super) fn read(mut fields: Fields<'_>) -> Option<Self> {
        let level = usize::try_from(fields.number()?).ok()?;
        let level = Level::iter().find(|each| *each as usize == level)?;
        let target = fields.text()?.to_owned();
        let (module, file) = (read_path(&mut fields)?, read_path(&mut fields)?);
        let (has_line, line) = (fields.flag()?, fields.number()?.try_into().ok()?);
        Some(Self {
            level,
            target,
            module,
            file,
            line: has_line.then_some(line),
            text: {
                let text = fields.text()?.to_owned();
                fields.end()?;
                text
            },
        })
    }

    /// How much it counts for while it is untold.
    fn weight(&self) -> usize {
        let paths = [&self.module, &self.file].into_iter().flatten();
        let texts = paths.chain([&self.target, &self.text]);
        RECORD_OVERHEAD + texts.map(String::len).sum::<usize>()
    }

    /// Logs it here. Runs user code.
    fn log(&self, pid: u32) {
        let mut metadata = Metadata::builder();
        let metadata = metadata.level(self.level).target(&self.target).build();
        let logger = log::logger();
        if self.level > log::max_level() || !logger.enabled(&metadata) {
            return;
        }
        let mut record = log::Record::builder();
        let record = record
            .metadata(metadata)
            .module_path(self.module.as_deref())
            .file(self.file.as_deref())
            .line(self.line);
        let text = &self.text;
        logger.log(&record.args(format_args!("process {pid}: {text}")).build());
    }
}

fn read_path(fields: &mut Fields<'_>) -> Option<Option<String>> {
    let is_there = fields.flag()?;
    let path = fields.text()?;
    Some(is_there.then(|| path.to_owned()))
}

/// What a worker has logged, to be logged here.
pub(super) struct Logged {
    pid: u32,
    record: LogRecord,
    backlog: Arc<Backlog>,
}

impl Logged {
    /// What the worker of this id has logged; it counts as untold until it is told.
    pub(super) fn new(pid: u32, record: LogRecord, backlog: &Arc<Backlog>) -> Self {
        backlog.add(record.weight());
        let backlog = backlog.clone();
        Self {
            pid,
            record,
            backlog,
        }
    }

    /// Logs it. Runs user code.
    pub(super) fn log_here(&self, waker: &Waker) {
        unwind::contain("logger", || self.record.log(self.pid));
        if self.backlog.release(self.record.weight()) {
            waker.wake();
        }
    }
}
