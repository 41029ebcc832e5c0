//! What the frames of a link mean.
//!
//! ```text
//!   parent                                             worker
//!
//!   Welcome: limits, initializer  ------------------>  (with the claim table, as a descriptor)
//!          <------------------ Hello: who it is, what the initializer gave
//!          <------------------ Unready: why it cannot begin
//!   Calls: task, number of the batch, arguments  -->
//!          <------------------ Started: number       (if it was asked for)
//!          <------------------ Answer: number, item, result
//!          <------------------ Log: a record         (if they were asked for)
//!          <------------------ News: look into the ring (what is short comes there, see `record`)
//!   Retire  ---------------------------------------->  (exits)
//! ```
//!
//! Both ends are the same program, so that numbers stand at fixed places and nothing describes itself.
//! Whatever a message says is checked all the same: the other end may have run wild.

use std::ops::Range;

use log::LevelFilter;

use super::{
    answers::AnswerBody,
    arguments::Arguments,
    explain::explain,
    features::SystemFeatures,
    fields::{Fields, Writer},
    frame::{self, Frame},
    identity::Identity,
    logs,
};
use crate::{
    error::{Panic, TaskError, TaskErrorKind},
    portable::Packed,
    processes::shared::claims::BatchNumber,
};

/// How the first bytes on a link begin.
pub(crate) const GREETING: [u8; 8] = frame::first_bytes(WELCOME);

const WELCOME: u32 = 1;
const BATCH: u32 = 2;
const RETIRE: u32 = 3;
const HELLO: u32 = 16;
const UNREADY: u32 = 17;
const STARTED: u32 = 18;
const ANSWER: u32 = 19;
pub(crate) const LOG: u32 = 20;
const NOTIFY: u32 = 21;

/// How a worker is to work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Welcome {
    pub(crate) protocol: u32,
    pub(crate) frame_limit: u64,
    /// Whether it says when it starts a call.
    pub(crate) tells_starts: bool,
    /// Whether its tasks may make pools of processes.
    pub(crate) may_nest: bool,
    /// What of the system its watching thread uses.
    pub(crate) features: SystemFeatures,
    /// Its standard output comes as a second descriptor.
    pub(crate) has_output: bool,
    /// Which of its log records are wanted.
    pub(crate) logs: LevelFilter,
    /// It goes when it has nothing to do and holds more than so many bytes. Zero if there is no limit.
    pub(crate) memory: u64,
    /// The name that the system is to show.
    pub(crate) name: String,
    /// A task, and the bytes of its arguments.
    pub(crate) initializer: Option<(u32, Vec<u8>)>,
}

/// A batch: some calls of one task.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CallBatch<'a> {
    pub(crate) number: BatchNumber,
    pub(crate) task: u32,
    /// On the clock that both ends read: after this nothing starts. Zero if there is no such moment.
    pub(crate) not_after: u64,
    /// Whether the moments of the claims are to be noted.
    pub(crate) is_timed: bool,
    /// A worker that holds more than so many bytes runs none of them. Zero if there is no limit.
    pub(crate) memory: u64,
    /// The arguments of each.
    pub(crate) arguments: Arguments<'a>,
}

/// What a parent says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FromParent<'a> {
    Welcome(Welcome),
    Batch(CallBatch<'a>),
    Retire,
}

/// What a worker says.
#[derive(Debug)]
pub(crate) enum FromWorker {
    Hello {
        identity: Identity,
        /// What its initializer gave, if it had one.
        initialized: Option<Vec<u8>>,
    },
    Unready {
        reason: String,
        /// No other worker would fare better.
        is_final: bool,
    },
    Started(BatchNumber),
    Answer(Answer),
    Log(logs::LogRecord),
    /// There is something in the ring.
    Notify,
}

/// What a worker answers to consecutive items of a batch.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) number: BatchNumber,
    pub(crate) items: Range<usize>,
    pub(crate) body: AnswerBody,
}

/// A message that is none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("it sent a message that makes no sense")]
pub(crate) struct ProtocolError;

impl Welcome {
    pub(crate) fn frame(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.number(self.protocol.into());
        writer.number(self.frame_limit);
        writer.flag(self.tells_starts);
        writer.flag(self.may_nest);
        self.features.write(&mut writer);
        writer.flag(self.has_output);
        writer.number(self.logs as u64);
        writer.number(self.memory);
        writer.bytes(self.name.as_bytes());
        writer.flag(self.initializer.is_some());
        if let Some((task, arguments)) = &self.initializer {
            writer.number((*task).into());
            writer.bytes(arguments);
        }
        writer.frame(WELCOME)
    }

    fn read(mut fields: Fields<'_>) -> Option<Self> {
        Some(Self {
            protocol: fields.number()?.try_into().ok()?,
            frame_limit: fields.number()?,
            tells_starts: fields.flag()?,
            may_nest: fields.flag()?,
            features: SystemFeatures::read(&mut fields)?,
            has_output: fields.flag()?,
            logs: read_filter(fields.number()?)?,
            memory: fields.number()?,
            name: fields.text()?.to_owned(),
            initializer: match fields.flag()? {
                true => Some((fields.number()?.try_into().ok()?, fields.bytes()?.to_vec())),
                false => None,
            },
        })
    }
}

fn read_filter(number: u64) -> Option<LevelFilter> {
    LevelFilter::iter().find(|filter| *filter as u64 == number)
}

impl<'a> CallBatch<'a> {
    /// The frame of some calls, up to where the bytes of their parts begin.
    pub(crate) fn head(&self, parts: &Packed, items: Range<usize>, out: &mut Vec<u8>) {
        let all = parts.joined(items.clone());
        let lens = if all.flat().is_some() { 0..0 } else { items };
        let head_len = 8 * (6 + lens.len() as u64);
        out.extend_from_slice(&frame::header(BATCH, head_len + all.len() as u64));
        let fields = [
            self.number.0,
            self.task.into(),
            self.not_after,
            self.is_timed.into(),
            self.memory,
            lens.len() as u64,
        ];
        let lens = lens.map(|item| parts.part(item).len() as u64);
        for number in fields.into_iter().chain(lens) {
            out.extend_from_slice(&number.to_le_bytes());
        }
    }

    fn read(mut fields: Fields<'a>) -> Option<Self> {
        let number = BatchNumber(fields.number()?);
        let task = fields.number()?.try_into().ok()?;
        let (not_after, is_timed) = (fields.number()?, fields.flag()?);
        let memory = fields.number()?;
        let lens = fields.number()?.checked_mul(8)?;
        Some(Self {
            number,
            task,
            not_after,
            is_timed,
            memory,
            arguments: Arguments::new(fields.take(lens)?, fields.rest()),
        })
    }
}

impl<'a> FromParent<'a> {
    pub(crate) fn read(frame: &'a Frame<'_>) -> Result<Self, ProtocolError> {
        let fields = Fields::new(&frame.body);
        let message = match frame.kind {
            WELCOME => Welcome::read(fields).map(Self::Welcome),
            BATCH => CallBatch::read(fields).map(Self::Batch),
            RETIRE => Some(Self::Retire),
            _ => None,
        };
        message.ok_or(ProtocolError)
    }
}

/// The frame that asks a worker to leave.
pub(crate) fn retire() -> Vec<u8> {
    Writer::default().frame(RETIRE)
}

/// The frame by which a worker says that it is ready.
pub(crate) fn hello(identity: &Identity, initialized: Option<&[u8]>) -> Vec<u8> {
    let mut writer = Writer::default();
    identity
        .numbers()
        .into_iter()
        .for_each(|number| writer.number(number));
    writer.flag(initialized.is_some());
    writer.bytes(initialized.unwrap_or_default());
    writer.frame(HELLO)
}

/// The frame by which a worker says why it cannot begin.
pub(crate) fn unready(reason: &str, is_final: bool) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.flag(is_final);
    writer.text(reason);
    writer.frame(UNREADY)
}

/// The frame by which a worker says that it has started a call.
pub(crate) fn started(number: BatchNumber) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.number(number.0);
    writer.frame(STARTED)
}

/// The frame by which a worker wakes its parent.
pub(crate) fn notify() -> Vec<u8> {
    Writer::default().frame(NOTIFY)
}

/// How an answer begins that gives a result of so many bytes, which follow.
pub(crate) fn answer_head(number: BatchNumber, item: usize, len: u64) -> Vec<u8> {
    let mut head = frame::header(ANSWER, ANSWER_HEAD as u64 + len).to_vec();
    head.extend_from_slice(&number.0.to_le_bytes());
    head.extend_from_slice(&(item as u64).to_le_bytes());
    head.extend_from_slice(&[VALUE; 1]);
    head
}

/// The frame of an answer that is an error.
pub(crate) fn answer_error(number: BatchNumber, item: usize, error: &TaskError) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.number(number.0);
    writer.number(item as u64);
    writer.byte(kind_code(error.kind()));
    writer.text(&explain(&error.cause_text()));
    writer.text(error.location().unwrap_or_default());
    writer.text(error.backtrace().unwrap_or_default());
    writer.frame(ANSWER)
}

/// How long the body of a worker's frame of this kind may be, of arguments and results of at most `limit` bytes.
pub(crate) fn longest_body(kind: u32, limit: u64) -> u64 {
    match kind {
        HELLO => limit.saturating_add(frame::OVERHEAD),
        ANSWER => limit
            .saturating_add(frame::OVERHEAD)
            .max(frame::LONGEST_TEXTS),
        UNREADY | LOG => frame::LONGEST_TEXTS,
        // Of the others each has a number at most.
        _ => size_of::<u64>() as u64,
    }
}

const ANSWER_HEAD: usize = 17;
const VALUE: u8 = 0;
const PANICKED: u8 = 1;
const ENCODE: u8 = 2;
const DECODE: u8 = 3;
const CANCELLED: u8 = 4;
const OTHER: u8 = 5;

fn kind_code(kind: TaskErrorKind) -> u8 {
    match kind {
        TaskErrorKind::Panicked => PANICKED,
        TaskErrorKind::Encode => ENCODE,
        TaskErrorKind::Decode => DECODE,
        TaskErrorKind::Cancelled => CANCELLED,
        _ => OTHER,
    }
}

impl FromWorker {
    /// How many records it is in a ring.
    pub(crate) fn items(&self) -> u64 {
        match self {
            Self::Answer(answer) => answer.items.len() as u64,
            _ => 1,
        }
    }

    pub(crate) fn read(frame: Frame<'_>) -> Result<Self, ProtocolError> {
        if frame.kind == ANSWER {
            return read_answer(frame).ok_or(ProtocolError);
        }
        let mut fields = Fields::new(&frame.body);
        let message = match frame.kind {
            HELLO => read_hello(fields),
            UNREADY => read_unready(fields),
            STARTED => fields.number().and_then(|number| {
                fields.end()?;
                Some(Self::Started(BatchNumber(number)))
            }),
            LOG => logs::LogRecord::read(fields).map(Self::Log),
            NOTIFY => fields.end().map(|()| Self::Notify),
            _ => None,
        };
        message.ok_or(ProtocolError)
    }
}

fn read_unready(mut fields: Fields<'_>) -> Option<FromWorker> {
    let is_final = fields.flag()?;
    let reason = fields.text()?.to_owned();
    fields.end()?;
    Some(FromWorker::Unready { reason, is_final })
}

fn read_hello(mut fields: Fields<'_>) -> Option<FromWorker> {
    let identity = Identity::of_numbers([fields.number()?, fields.number()?, fields.number()?]);
    let has_initialized = fields.flag()?;
    let initialized = fields.bytes()?;
    fields.end()?;
    Some(FromWorker::Hello {
        identity,
        initialized: has_initialized.then(|| initialized.to_vec()),
    })
}

fn read_answer(frame: Frame<'_>) -> Option<FromWorker> {
    let mut fields = Fields::new(&frame.body);
    let number = BatchNumber(fields.number()?);
    let item = usize::try_from(fields.number()?).ok()?;
    let body = match fields.byte()? {
        VALUE => AnswerBody::Value {
            slab: frame.body.into_owned().into(),
            start: ANSWER_HEAD,
        },
        code => AnswerBody::Error(read_error(code, fields)?),
    };
    let items = item..item.checked_add(1)?;
    Some(FromWorker::Answer(Answer {
        number,
        items,
        body,
    }))
}

fn read_error(code: u8, mut fields: Fields<'_>) -> Option<TaskError> {
    let text = fields.text()?.to_owned();
    let (location, backtrace) = (fields.text()?, fields.text()?);
    fields.end()?;
    let nonempty = |text: &str| (!text.is_empty()).then(|| text.into());
    Some(match code {
        PANICKED => {
            let mut panic = Panic::new(Box::new(text));
            panic.location = nonempty(location);
            panic.backtrace = nonempty(backtrace);
            TaskError::from_panic(panic)
        }
        ENCODE => TaskError::encode(text),
        DECODE => TaskError::decode(text),
        CANCELLED => TaskError::cancelled(),
        OTHER => TaskError::rejected(text),
        _ => return None,
    })
}
