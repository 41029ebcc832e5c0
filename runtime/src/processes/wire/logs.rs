//! A log record on its way from a worker to its parent.

use std::borrow::Cow;

use log::Level;

use super::{
    fields::{Fields, Writer},
    message,
};
use crate::error::truncated;

/// How many bytes are sent of a target, a module's path and a file's.
const LONGEST_PATH: usize = 4 << 10;

/// One record on its way.
#[derive(Debug)]
pub(crate) struct LogRecord {
    pub(crate) level: Level,
    pub(crate) target: String,
    pub(crate) module: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) line: Option<u32>,
    pub(crate) text: String,
}

/// The frame of a record. Runs user code: what its arguments write.
pub(crate) fn frame(record: &log::Record<'_>) -> Vec<u8> {
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
    pub(crate) fn read(mut fields: Fields<'_>) -> Option<Self> {
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
}

fn read_path(fields: &mut Fields<'_>) -> Option<Option<String>> {
    let is_there = fields.flag()?;
    let path = fields.text()?;
    Some(is_there.then(|| path.to_owned()))
}
