//! A log record on its way from a worker to its parent.

use std::borrow::Cow;

use log::Level;
use serde::{Deserialize, Serialize};

use super::control::{self, Text};

/// The kind of its frame.
pub(super) const KIND: u32 = 20;

/// The maximum number of bytes of a target, a module's path and a file's.
const MAX_PATH: usize = 4 << 10;

/// One log record.
#[derive(Debug)]
pub(crate) struct LogRecord {
    pub(crate) level: Level,
    pub(crate) target: String,
    pub(crate) module: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) line: Option<u32>,
    pub(crate) text: String,
}

/// Its fields, as they travel.
#[derive(Serialize, Deserialize)]
struct Fields<'a> {
    level: u32,
    target: Text<'a>,
    module: Option<Text<'a>>,
    file: Option<Text<'a>>,
    line: Option<u32>,
    text: Text<'a>,
}

/// The frame of a record. Runs user code: the formatting of its arguments.
pub(crate) fn frame(record: &log::Record<'_>) -> Vec<u8> {
    let text = match record.args().as_str() {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(record.args().to_string()),
    };
    let path = |path| Text::within(path, MAX_PATH);
    let fields = Fields {
        level: record.level() as u32,
        target: path(record.target()),
        module: record.module_path().map(path),
        file: record.file().map(path),
        line: record.line(),
        text: Text::new(&text),
    };
    control::frame(KIND, &fields)
}

impl LogRecord {
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let fields: Fields<'_> = control::read(body)?;
        Some(Self {
            level: Level::iter().find(|level| *level as u32 == fields.level)?,
            target: fields.target.into_string(),
            module: fields.module.map(Text::into_string),
            file: fields.file.map(Text::into_string),
            line: fields.line,
            text: fields.text.into_string(),
        })
    }
}
