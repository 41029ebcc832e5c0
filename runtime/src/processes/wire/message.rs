//! What the frames of a connection mean.
//!
//! ```text
//!   parent                                             worker
//!
//!   Welcome: limits, initializer  ------------------>  (with the table, as a descriptor)
//!          <------------------ Hello: its build, the result of the initializer
//!          <------------------ Unready: why it cannot begin
//!   Batch: task, number of the batch, arguments  --->
//!          <------------------ Started: number       (on demand)
//!          <------------------ Answer: number, item, result
//!          <------------------ Log: a record         (on demand)
//!          <------------------ Notify: look into the ring (see `record`)
//!   Retire  ---------------------------------------->  (exits)
//! ```
//!
//! Welcome, Hello and Unready are the `handshake`. Control messages are written by serde
//! (`control`). Batches, answers with a result, starts and notifications are sent for each call:
//! their numbers stand at fixed places, eight bytes each, with the least byte first. Whatever a
//! message says is checked: a worker may be corrupted.

use std::{ops::Range, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    batch::{self, CallBatch, NUMBER, take_number},
    control::{self, Text},
    explain::explain,
    frame::{self, Frame},
    handshake::{self, HELLO, Hello, UNREADY, Unready, WELCOME, Welcome},
    identity::{Identity, OtherVersion},
    logs,
};
use crate::{
    error::{Panic, TaskError, TaskErrorKind},
    processes::shared::claims::BatchNumber,
};

const RETIRE: u32 = 3;
const STARTED: u32 = 18;
const ANSWER: u32 = 19;
const NOTIFY: u32 = 21;

/// The size of what stands before the result in an answer: two numbers and an [`AnswerKind`].
const ANSWER_HEAD: usize = 17;

/// A message of the parent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FromParent<'a> {
    Welcome(Welcome),
    /// A welcome, of another version of the protocol.
    OtherVersion(OtherVersion),
    Batch(CallBatch<'a>),
    Retire,
}

/// A message of a worker.
#[derive(Debug)]
pub(crate) enum FromWorker {
    Hello {
        identity: Identity,
        /// The result of its initializer, if it has one.
        initialized: Option<Vec<u8>>,
    },
    Unready {
        reason: String,
        /// Whether it would be the same with any other worker.
        is_final: bool,
    },
    /// One of these two, of another version of the protocol.
    OtherVersion(OtherVersion),
    Started(BatchNumber),
    Answer(Answer),
    Log(logs::LogRecord),
    /// The ring is not empty.
    Notify,
}

/// What a worker answers to consecutive items of a batch.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) number: BatchNumber,
    pub(crate) items: Range<usize>,
    pub(crate) body: AnswerBody,
}

/// Bytes that came together from a worker.
pub(crate) type Slab = Arc<Vec<u8>>;

/// What was answered to consecutive items.
#[derive(Debug)]
pub(crate) enum AnswerBody {
    /// Results: records that begin here, one for each item.
    Values { slab: Slab, start: usize },
    /// The result of one item: the bytes from here on.
    Value { slab: Slab, start: usize },
    /// None of them has a result, for this reason.
    Error(TaskError),
}

/// A worker has sent a message that it must not send, or that cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("it sent a message that makes no sense")]
pub(crate) struct ProtocolError;

/// What an answer gives: the byte before its result. All but the first are errors.
#[derive(Serialize, Deserialize)]
enum AnswerKind {
    Value,
    Panicked,
    Encode,
    Decode,
    Cancelled,
    Other,
}

#[derive(Serialize, Deserialize)]
struct AnswerError<'a> {
    kind: AnswerKind,
    text: Text<'a>,
    /// Where the task panicked; empty if that is unknown.
    location: Text<'a>,
    /// The backtrace of a panic; empty if there is none.
    backtrace: Text<'a>,
}

impl<'a> FromParent<'a> {
    pub(crate) fn read(frame: &'a Frame<'_>) -> Result<Self, ProtocolError> {
        let message = match frame.kind {
            WELCOME => handshake::read(&frame.body)
                .map(|welcome| welcome.map_or_else(Self::OtherVersion, Self::Welcome)),
            batch::KIND => CallBatch::read(&frame.body).map(Self::Batch),
            RETIRE => frame.body.is_empty().then_some(Self::Retire),
            _ => None,
        };
        message.ok_or(ProtocolError)
    }
}

/// The frame that asks a worker to exit.
pub(crate) fn retire() -> [u8; frame::HEADER] {
    frame::header(RETIRE, 0)
}

/// The frame by which a worker says that it has started a call.
pub(crate) fn started(number: BatchNumber) -> [u8; frame::HEADER + NUMBER as usize] {
    let mut frame = [0; frame::HEADER + NUMBER as usize];
    frame[..frame::HEADER].copy_from_slice(&frame::header(STARTED, NUMBER));
    frame[frame::HEADER..].copy_from_slice(&number.0.to_le_bytes());
    frame
}

/// The frame by which a worker wakes its parent.
pub(crate) fn notify() -> [u8; frame::HEADER] {
    frame::header(NOTIFY, 0)
}

/// The start of an answer with a result of `len` bytes, which follow.
pub(crate) fn answer_head(number: BatchNumber, item: usize, len: u64) -> Vec<u8> {
    let mut head = frame::header(ANSWER, ANSWER_HEAD as u64 + len).to_vec();
    head.extend_from_slice(&number.0.to_le_bytes());
    head.extend_from_slice(&(item as u64).to_le_bytes());
    head.push(AnswerKind::Value as u8);
    head
}

/// The frame of an answer that is an error.
pub(crate) fn answer_error(number: BatchNumber, item: usize, error: &TaskError) -> Vec<u8> {
    let kind = match error.kind() {
        TaskErrorKind::Panicked => AnswerKind::Panicked,
        TaskErrorKind::Encode => AnswerKind::Encode,
        TaskErrorKind::Decode => AnswerKind::Decode,
        TaskErrorKind::Cancelled => AnswerKind::Cancelled,
        _ => AnswerKind::Other,
    };
    let cause = error.cause_text();
    let text = explain(&cause);
    let fields = AnswerError {
        kind,
        text: Text::new(&text),
        location: Text::new(error.location().unwrap_or_default()),
        backtrace: Text::new(error.backtrace().unwrap_or_default()),
    };
    let item = u64::try_from(item).unwrap_or(u64::MAX);
    control::frame_after([number.0, item], ANSWER, &fields)
}

/// The maximum length of the body of a worker's frame of this kind, if arguments and results have
/// at most `limit` bytes.
pub(crate) fn longest_body(kind: u32, limit: u64) -> u64 {
    match kind {
        HELLO => limit.saturating_add(frame::OVERHEAD),
        ANSWER => limit
            .saturating_add(frame::OVERHEAD)
            .max(frame::LONGEST_TEXTS),
        UNREADY | logs::KIND => frame::LONGEST_TEXTS,
        // The others have one number at most.
        _ => NUMBER,
    }
}

impl FromWorker {
    /// The number of records that it is in a ring.
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
        let mut body = &*frame.body;
        let message = match frame.kind {
            HELLO => handshake::read(body)
                .map(|hello| hello.map_or_else(Self::OtherVersion, Self::from_hello)),
            UNREADY => handshake::read(body)
                .map(|unready| unready.map_or_else(Self::OtherVersion, Self::from_unready)),
            STARTED => take_number(&mut body)
                .filter(|_| body.is_empty())
                .map(|number| Self::Started(BatchNumber(number))),
            logs::KIND => logs::LogRecord::read(body).map(Self::Log),
            NOTIFY => body.is_empty().then_some(Self::Notify),
            _ => None,
        };
        message.ok_or(ProtocolError)
    }

    fn from_hello(hello: Hello<'_>) -> Self {
        Self::Hello {
            identity: hello.identity,
            initialized: hello.initialized.map(|bytes| bytes.0.into_owned()),
        }
    }

    fn from_unready(unready: Unready<'_>) -> Self {
        Self::Unready {
            reason: unready.reason.into_string(),
            is_final: unready.is_final,
        }
    }
}

fn read_answer(frame: Frame<'_>) -> Option<FromWorker> {
    let mut fields = &*frame.body;
    let number = BatchNumber(take_number(&mut fields)?);
    let item = usize::try_from(take_number(&mut fields)?).ok()?;
    let body = if *fields.first()? == AnswerKind::Value as u8 {
        AnswerBody::Value {
            slab: frame.body.into_owned().into(),
            start: ANSWER_HEAD,
        }
    } else {
        AnswerBody::Error(control::read(fields).map(task_error)?)
    };
    let items = item..item.checked_add(1)?;
    Some(FromWorker::Answer(Answer {
        number,
        items,
        body,
    }))
}

fn task_error(error: AnswerError<'_>) -> TaskError {
    let nonempty = |text: Text<'_>| Some(text.into_string()).filter(|text| !text.is_empty());
    let text = error.text.into_string();
    match error.kind {
        AnswerKind::Panicked => {
            let mut panic = Panic::new(Box::new(text));
            panic.location = nonempty(error.location).map(Into::into);
            panic.backtrace = nonempty(error.backtrace).map(Into::into);
            TaskError::from_panic(panic)
        }
        AnswerKind::Encode => TaskError::encode(text),
        AnswerKind::Decode => TaskError::decode(text),
        AnswerKind::Cancelled => TaskError::cancelled(),
        AnswerKind::Value | AnswerKind::Other => TaskError::rejected(text),
    }
}
