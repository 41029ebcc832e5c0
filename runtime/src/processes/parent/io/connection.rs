//! One worker's socket and ring, as the reactor reads them.
//!
//! Of one batch, a worker writes to its ring first and to its socket later. So the reactor takes
//! the ring after it has read the socket, and handles the records before the frames.

use std::{
    io,
    sync::{Arc, atomic::AtomicU64},
};

use super::shared::Shared;
use crate::{
    error::WorkerEnd,
    processes::{
        parent::{
            handle::{backlog::Backlog, logged::Logged, outbox::Outbox, process::Process},
            scheduler::{Completion, Effects, Scheduler, WorkerRecord},
            stderr::pipe::StderrPipe,
        },
        shared::{
            ring::{Consumer, Overwritten},
            table::{Counter, Table},
        },
        wire::{
            frame::{FrameError, FrameReader, ReadStatus},
            identity::{BuildMismatch, WorkerId},
            logs::LogRecord,
            message::{self, FromWorker, ProtocolError},
            record,
        },
    },
};

/// The maximum number of reads from a dead worker's socket: more than any socket holds.
const DRAIN_READS: usize = 1024;

/// The number of notifications without a cause after which a worker is rejected.
const SPURIOUS_NOTIFICATIONS: u64 = 64;

/// The connection to one worker.
pub(super) struct Connection {
    pub(super) id: WorkerId,
    pub(super) outbox: Arc<Outbox>,
    pub(super) process: Arc<Process>,
    frames: FrameReader,
    table: Arc<Table>,
    ring: Consumer,
    pub(super) stderr: StderrPipe,
    /// What it has logged and this program's logger has not taken. Each worker has its own, so that
    /// one that logs without end delays no other. `None` if it is not to log.
    log_backlog: Option<Arc<Backlog>>,
    /// Nothing more is read from its socket.
    pub(super) read_closed: bool,
    /// It has broken the protocol: nothing that it has sent counts any more.
    is_rejected: bool,
    /// The number of messages without an answer. A worker sends at most one for each batch, and one
    /// for each record in its ring.
    notifications: u64,
    records: u64,
}

impl Connection {
    /// For a worker whose arguments and results have at most `limit` bytes.
    pub(super) fn new(worker: &WorkerRecord, pool: &Shared, limit: u64) -> Self {
        let (table, options) = (&worker.table, pool.output_options);
        Self {
            id: worker.id,
            outbox: worker.outbox.clone(),
            process: worker.process.clone(),
            frames: FrameReader::new(limit, message::longest_body),
            ring: Consumer::new(table.clone()),
            table: table.clone(),
            stderr: StderrPipe::new(worker.process.stderr.clone(), options.stderr_lines),
            log_backlog: options.logs.then(Arc::default),
            read_closed: false,
            is_rejected: false,
            notifications: 0,
            records: 0,
        }
    }

    /// The flag that tells the worker whether it has to notify.
    pub(super) fn sleep_flag(&self) -> &AtomicU64 {
        self.table.counter(Counter::Asleep)
    }

    /// Whether its ring has something to be handled.
    pub(super) fn ring_nonempty(&self) -> bool {
        !self.is_rejected && self.ring.is_nonempty()
    }

    /// Handles what has arrived; reads the socket once if it is readable.
    pub(super) fn receive(&mut self, pool: &Arc<Shared>, readable: bool) {
        let got = match readable {
            true => self.frames.fill(&mut self.outbox.socket()),
            false => Ok(ReadStatus::Nothing),
        };
        let messages = self.process_input(pool);
        match (got, messages) {
            (_, Err(error)) => self.reject(pool, error.to_string()),
            (Ok(ReadStatus::Closed), _) => {
                self.read_closed = true;
                self.outbox.clear();
                pool.schedule_without_notify(|scheduler, effects| {
                    scheduler.connection_closed(self.id, effects)
                });
            }
            (Err(error), _) if error.kind() == io::ErrorKind::OutOfMemory => {
                self.reject(pool, error.to_string());
            }
            (Err(error), _) => self.reject(pool, format!("its link broke: {error}")),
            (Ok(_), Ok(())) => {}
        }
    }

    /// Hands the scheduler what has arrived: the records of the ring, then the frames.
    fn process_input(&mut self, pool: &Arc<Shared>) -> Result<(), LinkError> {
        let mut messages = Vec::new();
        let received = self.read_messages(&mut messages);
        // What the worker printed before any of that is in the pipe by now, and is forwarded first.
        self.stderr
            .read_available(&pool.stderr.backlog, forward_to(pool));
        let handled = pool.schedule_without_notify(|scheduler, effects| {
            let mut answers = 0;
            for message in messages {
                if let FromWorker::Answer(answer) = &message {
                    answers += answer.items.len() as u32;
                }
                self.handle(pool, scheduler, message, effects)?;
            }
            if self.notifications
                > scheduler.sent_batches(self.id) + self.records + SPURIOUS_NOTIFICATIONS
            {
                return Err(ProtocolError.into());
            }
            scheduler.answers_received(self.id, answers, effects);
            scheduler.dispatch(effects);
            Ok(())
        });
        handled.and(received)
    }

    fn handle(
        &self,
        pool: &Shared,
        scheduler: &mut Scheduler,
        message: FromWorker,
        effects: &mut Effects,
    ) -> Result<(), LinkError> {
        match message {
            FromWorker::Answer(answer) => scheduler.answered(self.id, answer, effects)?,
            FromWorker::Log(record) => self.log(record, effects)?,
            FromWorker::Notify => unreachable!("it is counted where it is read"),
            FromWorker::Started(number) => scheduler.started(self.id, number, effects)?,
            FromWorker::Unready { reason, is_final } => {
                scheduler.greeted(self.id)?;
                if is_final {
                    scheduler.break_down(reason, effects);
                } else {
                    scheduler.refused(self.id, reason, effects);
                }
            }
            FromWorker::OtherVersion(theirs) => {
                scheduler.greeted(self.id)?;
                return Err(BuildMismatch::Protocol(theirs).into());
            }
            FromWorker::Hello {
                identity,
                initialized,
            } => {
                scheduler.greeted(self.id)?;
                pool.identity.check(&identity)?;
                if pool.worker_command.welcome.initializer.is_some() != initialized.is_some() {
                    return Err(ProtocolError.into());
                }
                match initialized {
                    Some(bytes) => effects.complete(Completion::Initialized(self.id, bytes)),
                    None => scheduler.ready(self.id, effects),
                }
            }
        }
        Ok(())
    }

    fn read_messages(&mut self, messages: &mut Vec<FromWorker>) -> Result<(), LinkError> {
        if self.ring.is_nonempty() {
            let mut records = Vec::new();
            self.ring.take(&mut records)?;
            record::read_all(records, messages)?;
            let each = messages.iter().map(FromWorker::items);
            self.records += each.sum::<u64>();
        }
        while let Some(frame) = self.frames.next()? {
            match FromWorker::read(frame)? {
                FromWorker::Notify => self.notifications += 1,
                message => {
                    self.notifications += u64::from(matches!(message, FromWorker::Started(_)));
                    messages.push(message);
                }
            }
        }
        Ok(())
    }

    /// Has standard error read, which is readable.
    pub(super) fn read_stderr(&mut self, pool: &Shared) {
        self.stderr.read(&pool.stderr.backlog, forward_to(pool));
    }

    /// Has a record logged. An error if the worker was not to log.
    fn log(&self, record: LogRecord, effects: &mut Effects) -> Result<(), ProtocolError> {
        let backlog = self.log_backlog.as_ref().ok_or(ProtocolError)?;
        let logged = Logged::new(self.process.id(), record, backlog);
        effects.complete(Completion::Logged(Box::new(logged)));
        Ok(())
    }

    /// Whether the socket is not read, because too many bytes of its log wait for our logger.
    pub(super) fn is_log_backlog_full(&self) -> bool {
        let backlog = self.log_backlog.as_ref();
        backlog.is_some_and(|backlog| backlog.is_full())
    }

    /// Reads nothing more from this worker, and has it killed.
    fn reject(&mut self, pool: &Arc<Shared>, reason: String) {
        self.read_closed = true;
        self.is_rejected = true;
        self.outbox.clear();
        pool.schedule_without_notify(|scheduler, effects: &mut Effects| {
            scheduler.reject(self.id, reason, effects)
        });
    }

    /// The worker has exited: handles what it had sent, kills what it has started, reaps it, and
    /// tells the scheduler.
    pub(super) fn reap(&mut self, pool: &Arc<Shared>) {
        // A process that it has started may hold its end of the socket, and go on writing.
        self.process.kill_group();
        self.stderr.drain(&pool.stderr.backlog, forward_to(pool));
        for _ in 0..DRAIN_READS {
            if self.read_closed {
                break;
            }
            match self.frames.fill(&mut self.outbox.socket()) {
                Ok(ReadStatus::Bytes) => {
                    if let Err(error) = self.process_input(pool) {
                        self.reject(pool, error.to_string());
                    }
                }
                _ => break,
            }
        }
        if self.ring_nonempty()
            && let Err(error) = self.process_input(pool)
        {
            self.reject(pool, error.to_string());
        }
        let end: WorkerEnd = self.process.reap();
        let messages = self.stderr.tail();
        pool.schedule_without_notify(|scheduler, effects| {
            scheduler.reap(self.id, end, &messages, effects);
            scheduler.dispatch(effects);
            effects.wake = true;
        });
    }
}

/// Has what was read from a worker's standard error forwarded.
fn forward_to(pool: &Shared) -> impl FnMut(Vec<u8>) {
    |text| {
        let completions = vec![Completion::Stderr(text)];
        pool.io_threads.add_as_leader(completions);
    }
}

/// Why the messages of a worker cannot be handled.
#[derive(Debug, thiserror::Error)]
enum LinkError {
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error(transparent)]
    Message(#[from] ProtocolError),
    #[error(transparent)]
    BuildMismatch(#[from] BuildMismatch),
    #[error(transparent)]
    Overwritten(#[from] Overwritten),
}
