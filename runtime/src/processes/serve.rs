//! The life of a worker process: get ready, say hello, run calls one after another, go.
//!
//! ```text
//!   read a frame --> for each call: claim --> decode, run, encode --> flush output --> answer --> finish
//!                                     |                                                              |
//!                                     `- recalled: skip it                  condemned: wait for the end
//! ```
//!
//! Calls run on the thread that `init` was called on. A second thread watches the link: when the parent's end is
//! gone the process ends at once, whatever it is doing.

use std::{
    io::{self, IoSlice, Write},
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, poll},
    io::Errno,
    net::{SendAncillaryBuffer, sendmsg},
    process::{self, Signal},
};

use super::{
    arrival::{self, Arrived},
    claims::Number,
    clock,
    frame::{Got, Inbox},
    identity::Identity,
    link::{self, SLICES},
    mark,
    message::{self, Calls, FromParent, Welcome},
    table::Table,
};
use crate::{
    error::TaskError,
    hooks::{self, Moment},
    portable::{Part, Parts},
    task::{Entry, registry},
    unwind,
};

/// How long to look for the next call before sleeping.
const LOOKING: Duration = Duration::from_micros(20);

/// What this process works with.
struct Worker {
    link: Arc<UnixStream>,
    table: Arc<Table>,
    welcome: Welcome,
    tasks: &'static [&'static Entry],
    parts: Parts,
}

/// Works for the parent at the other end of the link, until that has no more to do.
pub(super) fn serve(link: OwnedFd, parent: u32) -> ! {
    unwind::capture_panics();
    let link = Arc::new(UnixStream::from(link));
    match begin(&link, parent) {
        Ok((mut worker, mut inbox)) => match worker.work(&mut inbox) {
            Ok(()) => leave(0),
            // The parent is gone, or has run wild: there is nobody to tell.
            Err(_) => leave(1),
        },
        Err(error) => {
            // What the system refuses to one worker it may give to the next.
            let is_final = error.raw_os_error().is_none();
            let reason = format!("worker cannot begin: {error}");
            let _ = send(&link, &message::unready(&reason, is_final), &[]);
            leave(1)
        }
    }
}

/// Leaves as a program does that returns from `main`.
fn leave(code: i32) -> ! {
    std::process::exit(code)
}

/// Gets everything ready, up to the hello.
fn begin(link: &Arc<UnixStream>, parent: u32) -> io::Result<(Worker, Inbox)> {
    let Arrived {
        welcome,
        table,
        inbox,
    } = arrival::receive(link)?;
    super::note_worker(welcome.may_nest);
    if welcome.dies_with_parent {
        die_with_parent(parent)?;
    }
    // A name is for those who look; without one they see the program's file.
    set_name(&welcome.name);
    link::quiet(link.as_fd())?;
    watch(link.clone())?;
    let identity = Identity::of_this_program().map_err(io::Error::other)?;
    let table = Arc::new(table);
    #[cfg(feature = "test-hooks")]
    lend_to_hooks(link, &table);
    let mut worker = Worker {
        link: link.clone(),
        table,
        tasks: registry::tasks().map_err(io::Error::other)?,
        welcome,
        parts: Parts::new(),
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
    worker.send(&message::hello(&identity, initialized.as_deref()), &[])?;
    Ok((worker, inbox))
}

#[cfg(feature = "test-hooks")]
fn lend_to_hooks(link: &Arc<UnixStream>, table: &Arc<Table>) {
    let (link, table) = (link.clone(), table.clone());
    let send = move |bytes: &[u8]| {
        let _ = send(&link, bytes, &[]);
    };
    hooks::lend(send, move |word| table.scribble(word));
}

/// Has the system end this process when its parent ends.
fn die_with_parent(parent: u32) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    process::set_parent_process_death_signal(Some(Signal::KILL))?;
    // It may have ended before that took hold.
    if mark::parent_pid() == Some(parent) {
        Ok(())
    } else {
        Err(io::Error::other("the parent is gone"))
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

/// Ends this process, and what it has started, when the parent's end of the link is gone.
fn watch(link: Arc<UnixStream>) -> io::Result<()> {
    let body = move || {
        // Asks for nothing: that the other end is gone is told in any case.
        while !matches!(
            poll(&mut [PollFd::new(&*link, PollFlags::empty())], None),
            Ok(1)
        ) {}
        let own = process::getpid();
        if process::getpgid(None).ok() == Some(own) {
            let _ = process::kill_process_group(own, Signal::KILL);
        }
        let _ = process::kill_process(own, Signal::KILL);
    };
    thread::Builder::new()
        .name("cf-watch".to_owned())
        .spawn(body)?;
    Ok(())
}

impl Worker {
    /// Runs the initializer, if there is one; the bytes of its result.
    fn initialize(&mut self) -> Result<Option<Vec<u8>>, TaskError> {
        let Some((task, arguments)) = self.welcome.initializer.take() else {
            return Ok(None);
        };
        let result = self
            .tasks
            .get(task as usize)
            .ok_or_else(no_such_task)?
            .run(&arguments);
        result.map(Some).map_err(|error| match error.message() {
            Some(message) => TaskError::rejected(format!("initializer panicked: {message}")),
            None => error,
        })
    }

    /// Runs what comes, until the parent asks to leave.
    fn work(&mut self, inbox: &mut Inbox) -> io::Result<()> {
        loop {
            while let Some(frame) = inbox.next().map_err(io::Error::other)? {
                match FromParent::read(&frame).map_err(io::Error::other)? {
                    FromParent::Calls(calls) => self.run_all(&calls)?,
                    FromParent::Retire => return Ok(()),
                    FromParent::Welcome(_) => return Err(io::Error::other("a second welcome")),
                }
            }
            self.await_bytes();
            if inbox.fill(&mut &*self.link)? == Got::Closed {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// The next call often comes at once: looks a while before it sleeps.
    fn await_bytes(&self) {
        let link = [PollFd::new(&*self.link, PollFlags::IN)];
        let now = rustix::event::Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let start = Instant::now();
        while matches!(poll(&mut link.clone(), Some(&now)), Ok(0)) && start.elapsed() < LOOKING {
            thread::yield_now();
        }
    }

    fn run_all(&mut self, calls: &Calls<'_>) -> io::Result<()> {
        let tasks = self.tasks;
        let entry = tasks.get(calls.task as usize);
        for (step, arguments) in calls.parts.iter().enumerate() {
            hooks::reach(Moment::Read);
            let number = calls.first.plus(step as u64);
            if calls.is_timed {
                self.table.note_since(clock::now());
            }
            if !self.claim(number)? {
                continue;
            }
            hooks::reach(Moment::Claimed);
            if self.welcome.tells_starts {
                self.send(&message::started(number), &[])?;
            }
            let result = match entry {
                _ if is_over(calls.not_after) => Err(TaskError::cancelled()),
                Some(entry) => entry.run_into(arguments, &mut self.parts),
                None => Err(no_such_task()),
            };
            self.answer(number, result)?;
            hooks::reach(Moment::Answered);
            self.finish(number)?;
            hooks::reach(Moment::Finished);
        }
        Ok(())
    }

    /// Takes a call. False if the parent has taken it back.
    fn claim(&self, number: Number) -> io::Result<bool> {
        let claim = self.table.claim(number);
        match claim.claim() {
            true => Ok(true),
            false if claim.was_recalled() => Ok(false),
            false => Err(wild_table()),
        }
    }

    /// Ends a claim. Does not return if the call was condemned: no other may start before the end.
    fn finish(&self, number: Number) -> io::Result<()> {
        let claim = self.table.claim(number);
        if claim.finish() {
            return Ok(());
        }
        while claim.was_condemned() {
            thread::park();
        }
        Err(wild_table())
    }

    fn answer(&mut self, number: Number, result: Result<(), TaskError>) -> io::Result<()> {
        hooks::reach(Moment::Ran);
        // What the task has printed is seen before its result is.
        let _ = io::stdout().flush();
        let sent = match result.and_then(|()| self.checked()) {
            Ok(part) => {
                let head = message::answer_head(number, part.len() as u64);
                let pieces: Vec<&[u8]> = part.pieces().collect();
                self.send(&head, &pieces)
            }
            Err(error) => {
                let frame = message::answer_error(number, &error);
                unwind::discard(error);
                self.send(&frame, &[])
            }
        };
        self.parts.clear();
        sent
    }

    /// The result, if it is not too long.
    fn checked(&self) -> Result<Part<'_>, TaskError> {
        let limit = self.welcome.frame_limit;
        let part = self
            .parts
            .iter()
            .next()
            .expect("a call that ran has one result");
        match part.len() as u64 {
            len if len > limit => Err(TaskError::encode(format!(
                "result of {len} bytes exceeds the frame limit of {limit}; raise it with `frame_limit`"
            ))),
            _ => Ok(part),
        }
    }

    fn send(&self, head: &[u8], pieces: &[&[u8]]) -> io::Result<()> {
        send(&self.link, head, pieces)
    }
}

fn is_over(not_after: u64) -> bool {
    not_after != 0 && clock::now() >= not_after
}

/// A task has written where it must not: whatever this process does from here on means nothing.
fn wild_table() -> io::Error {
    io::Error::other("the claim table was overwritten")
}

fn no_such_task() -> TaskError {
    TaskError::rejected("no such task in this worker")
}

/// Sends all of these bytes; blocks until the parent has room for them.
fn send(link: &UnixStream, head: &[u8], pieces: &[&[u8]]) -> io::Result<()> {
    let all = std::iter::once(head).chain(pieces.iter().copied());
    let mut slices: Vec<IoSlice<'_>> = all.map(IoSlice::new).collect();
    let mut left = &mut slices[..];
    if hooks::is_watched(Moment::HalfAnswered) {
        let half = [IoSlice::new(&head[..head.len() / 2])];
        let sent = send_once(link, &half)?;
        IoSlice::advance_slices(&mut left, sent);
        hooks::reach(Moment::HalfAnswered);
    }
    while !left.is_empty() {
        let most = left.len().min(SLICES);
        let sent = send_once(link, &left[..most])?;
        IoSlice::advance_slices(&mut left, sent);
    }
    Ok(())
}

/// Sends some; how many bytes have left.
fn send_once(socket: &UnixStream, slices: &[IoSlice<'_>]) -> io::Result<usize> {
    loop {
        match sendmsg(
            socket,
            slices,
            &mut SendAncillaryBuffer::default(),
            link::send_flags(),
        ) {
            Err(Errno::INTR) => {}
            sent => return Ok(sent?),
        }
    }
}
