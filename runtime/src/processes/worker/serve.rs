//! The main loop of a worker: get ready, say hello, run calls one after another, exit.
//!
//! ```text
//!   read a batch --> claim its first call --> decode, run, encode --> flush output --> answer --.
//!                      |     ^                                                                  |
//!                      |     `-------------------------- claim the next ------------------------|
//!                      `- revoked: skip it                      condemned: wait to be killed ---'
//! ```
//!
//! Calls run on the thread that `init` was called on. The `watchdog`, a second thread, ends the
//! process when the parent is gone, whatever a task does.

use std::{
    io::{self, Write},
    net::Shutdown,
    ops::ControlFlow,
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use log::LevelFilter;
use rustix::event::{PollFd, PollFlags, poll};

use super::{
    handshake::{self, Handshake},
    logger,
    memory::OwnMemory,
    reply::{self, ReplyWriter},
    watchdog,
};
use crate::{
    error::TaskError,
    hooks::{self, Moment},
    origin::Origin,
    portable::{Part, Parts},
    processes::{
        os::sys::{self, disable_sigpipe},
        shared::{
            claims::{BatchNumber, ClaimStep},
            table::{Table, clock},
        },
        wire::{
            batch::CallBatch,
            frame::{FrameReader, OnLong, ReadStatus},
            handshake::{Welcome, hello, unready},
            identity::Identity,
            message::FromParent,
        },
    },
    task::{Entry, registry},
    unwind,
};

/// How long a worker spins for the next call before it sleeps.
const SPIN: Duration = Duration::from_micros(20);

/// The state of this worker.
struct Worker {
    socket: Arc<UnixStream>,
    table: Arc<Table>,
    reply: ReplyWriter,
    welcome: Welcome,
    tasks: &'static [&'static Entry],
    parts: Parts,
    memory: OwnMemory,
    /// The process that owns the connection; a forked child does not.
    origin: Origin,
}

/// Works for the parent at the other end of the connection, until it asks to exit.
pub(crate) fn serve(link: OwnedFd, parent: u32) -> ! {
    unwind::capture_panics();
    let socket = Arc::new(UnixStream::from(link));
    match begin(&socket, parent) {
        Ok((mut worker, mut frames)) => match worker.work(&mut frames) {
            Ok(()) => leave(0),
            Err(error) if error.kind() == io::ErrorKind::OutOfMemory => {
                // As if an allocation had failed. The batch goes to another worker.
                let _ = writeln!(io::stderr(), "worker ends: {error}");
                leave(1)
            }
            // The parent is gone, or has broken the protocol: only this process can end what its
            // tasks have started.
            Err(_) => watchdog::end_group(),
        },
        Err(error) => {
            // What the system refuses to one worker it may allow to the next.
            let is_final = error.raw_os_error().is_none();
            let reason = format!("worker cannot begin: {error}");
            match reply::send(&socket, &[&unready(&reason, is_final)]) {
                Ok(()) => leave(1),
                Err(_) => watchdog::end_group(),
            }
        }
    }
}

/// Exits as a program does that returns from `main`.
fn leave(code: i32) -> ! {
    std::process::exit(code)
}

/// Gets ready, up to and including the hello.
fn begin(socket: &Arc<UnixStream>, parent: u32) -> io::Result<(Worker, FrameReader)> {
    let Handshake {
        welcome,
        table,
        mut frames,
    } = handshake::receive(socket)?;
    crate::processes::note_worker(welcome.may_nest);
    let table = Arc::new(table);
    watchdog::start(socket, &table, parent, welcome.features)?;
    // Without it the system shows the name of the program's file.
    set_name(&welcome.name);
    disable_sigpipe(socket.as_fd())?;
    logger::forward(socket, welcome.logs);
    let identity = Identity::of_this_program().map_err(io::Error::other)?;
    frames.trust_lengths(on_long_body(table.clone()));
    #[cfg(feature = "test-hooks")]
    share_with_hooks(socket, &table);
    let mut worker = Worker {
        socket: socket.clone(),
        reply: ReplyWriter::new(
            socket.clone(),
            table.clone(),
            welcome.logs == LevelFilter::Off,
        ),
        table,
        tasks: registry::tasks().map_err(io::Error::other)?,
        welcome,
        parts: Parts::new(),
        memory: OwnMemory::default(),
        origin: Origin::here(),
    };
    let initialized = worker.initialize().map_err(io::Error::other)?;
    let limit = worker.welcome.frame_limit;
    if initialized
        .as_ref()
        .is_some_and(|bytes| bytes.len() as u64 > limit)
    {
        return Err(io::Error::other(
            "the initializer's result exceeds the frame limit",
        ));
    }
    reply::send(socket, &[&hello(&identity, initialized.as_deref())])?;
    Ok((worker, frames))
}

/// Announces a long batch before memory is allocated for it, and skips it if it was revoked.
fn on_long_body(table: Arc<Table>) -> OnLong {
    Box::new(move |number| {
        table.note_taking_over(number);
        hooks::reach(Moment::TakingOver);
        !table.claim(BatchNumber(number)).is_revoked()
    })
}

#[cfg(feature = "test-hooks")]
fn share_with_hooks(socket: &Arc<UnixStream>, table: &Arc<Table>) {
    hooks::lend(SharedWithHooks(socket.clone(), table.clone()));
}

/// What the tests of this project may write to.
#[cfg(feature = "test-hooks")]
struct SharedWithHooks(Arc<UnixStream>, Arc<Table>);

#[cfg(feature = "test-hooks")]
impl hooks::Shared for SharedWithHooks {
    fn send(&self, bytes: &[u8]) {
        let _ = reply::send(&self.0, &[bytes]);
    }

    fn word(&self, index: usize) -> Option<&std::sync::atomic::AtomicU64> {
        self.1.any_word(index)
    }

    fn put(&self, position: u64, bytes: &[u8]) {
        self.1.put(position, bytes);
    }
}

fn set_name(name: &str) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Ok(name) = std::ffi::CString::new(name) {
        let _ = rustix::thread::set_name(&name);
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = name;
}

impl Worker {
    /// Runs the initializer, if there is one; returns the bytes of its result.
    fn initialize(&mut self) -> Result<Option<Vec<u8>>, TaskError> {
        let Some((task, arguments)) = self.welcome.initializer.take() else {
            return Ok(None);
        };
        let result = self
            .tasks
            .get(task as usize)
            .ok_or_else(no_such_task)?
            .run(&arguments.0);
        flush_output();
        result.map(Some).map_err(|error| match error.message() {
            Some(message) => TaskError::rejected(format!("initializer panicked: {message}")),
            None => error,
        })
    }

    /// Runs what arrives, until the parent asks to exit.
    fn work(&mut self, frames: &mut FrameReader) -> io::Result<()> {
        loop {
            while let Some(frame) = frames.next()? {
                let held = frame.held();
                match FromParent::read(&frame).map_err(io::Error::other)? {
                    FromParent::Batch(calls) => {
                        if self.run_all(calls, held)?.is_break() {
                            return self.leave_early();
                        }
                    }
                    FromParent::Retire => return Ok(()),
                    FromParent::Welcome(_) | FromParent::OtherVersion(_) => {
                        return Err(io::Error::other("a second welcome"));
                    }
                }
            }
            if !frames.is_reading_long_body() && self.memory.is_above(self.welcome.memory, 0) {
                return self.leave_early();
            }
            self.spin_for_input();
            if frames.fill(&mut &*self.socket)? == ReadStatus::Closed {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Exits unasked: sends nothing more. The parent kills it if the exit takes too long.
    fn leave_early(&self) -> io::Result<()> {
        self.socket.shutdown(Shutdown::Write)
    }

    /// Spins for a short time before it sleeps, because the next call often arrives at once.
    fn spin_for_input(&self) {
        let socket = [PollFd::new(&*self.socket, PollFlags::IN)];
        let now = rustix::event::Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let start = Instant::now();
        while matches!(poll(&mut socket.clone(), Some(&now)), Ok(0)) && start.elapsed() < SPIN {
            thread::yield_now();
        }
    }

    /// Runs the calls of a batch, whose frame holds `held` bytes of memory. Breaks off if this
    /// process holds too much memory for the next call: calls that are not claimed run on another
    /// worker, and no call is blamed.
    fn run_all(&mut self, mut calls: CallBatch<'_>, held: u64) -> io::Result<ControlFlow<()>> {
        let tasks = self.tasks;
        let entry = tasks.get(calls.task as usize);
        let number = calls.number;
        hooks::reach(Moment::Read);
        if self.memory.is_above(calls.memory, held) {
            return Ok(ControlFlow::Break(()));
        }
        self.note_time(&calls);
        let mut step = self.table.claim(number).claim();
        self.reply.begin_batch();
        if self.welcome.tells_starts && matches!(step, ClaimStep::Run(_)) {
            self.reply.started(number)?;
        }
        let mut is_leaving = false;
        while let ClaimStep::Run(item) = step {
            hooks::reach(Moment::Claimed);
            let arguments = calls.arguments.next().ok_or_else(table_overwritten)?;
            let result = match entry {
                _ if is_past(calls.not_after) => Err(TaskError::cancelled()),
                Some(entry) => entry.run_into(arguments, &mut self.parts),
                None => Err(no_such_task()),
            };
            self.leave_if_forked();
            self.answer(number, item, result)?;
            hooks::reach(Moment::Answered);
            self.memory.note_run();
            self.note_time(&calls);
            is_leaving = self.memory.is_above(calls.memory, held);
            let claim = self.table.claim(number);
            step = if is_leaving {
                claim.leave(item)
            } else {
                claim.advance(item)
            };
            hooks::reach(Moment::Finished);
        }
        match step {
            ClaimStep::Condemned => await_kill(),
            ClaimStep::Corrupt => return Err(table_overwritten()),
            _ => self.reply.end_batch()?,
        }
        Ok(if is_leaving {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    }

    /// Ends a child that a task has forked: the call is its parent's.
    fn leave_if_forked(&self) {
        if !self.origin.is_here() {
            sys::exit_now(1);
        }
    }

    /// Writes the moment of the next claim to the table, if the calls have a time limit.
    fn note_time(&self, calls: &CallBatch<'_>) {
        if calls.is_timed {
            self.table.note_since(clock::now());
        }
    }

    fn answer(
        &mut self,
        number: BatchNumber,
        item: usize,
        result: Result<(), TaskError>,
    ) -> io::Result<()> {
        hooks::reach(Moment::Ran);
        flush_output();
        let said = match result.and_then(|()| checked(&self.parts, self.welcome.frame_limit)) {
            Ok(part) => self.reply.reply(number, item, &part),
            Err(error) => {
                let said = self.reply.reply_error(number, item, &error);
                unwind::discard(error);
                said
            }
        };
        self.parts.clear();
        said
    }
}

/// Flushes what a task has printed, from Rust or from C, so that it is seen before its result.
fn flush_output() {
    let _ = io::stdout().flush();
    sys::flush_c_stdout();
}

/// The result in `parts`, if it is not too long.
fn checked(parts: &Parts, limit: u64) -> Result<Part<'_>, TaskError> {
    // A call that ran has one result.
    let part = parts.part(0);
    match part.len() as u64 {
        len if len > limit => Err(TaskError::encode(format!(
            "result of {len} bytes exceeds the frame limit of {limit}; raise it with `max_frame`"
        ))),
        _ => Ok(part),
    }
}

/// Starts no other call until the parent kills this process.
fn await_kill() -> ! {
    loop {
        thread::park();
    }
}

fn is_past(not_after: u64) -> bool {
    not_after != 0 && clock::now() >= not_after
}

/// A task has overwritten the table: nothing that this process does from here on counts.
fn table_overwritten() -> io::Error {
    io::Error::other("the claim table was overwritten")
}

fn no_such_task() -> TaskError {
    TaskError::rejected("no such task in this worker")
}
