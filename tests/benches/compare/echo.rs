//! The limit of what two processes can say to one another over a socket.
//!
//! ```text
//!   Link::start(DUTY) ---- socket pair ---- this program, started again
//!        write                              read, touch, write back
//! ```
//!
//! Nothing is encoded, no task is looked up, no death is reported.

use crate::mix::mix;
use std::env;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{self, Child, Command};

/// Says to a started program that it is a child, and what its duty is.
const VARIABLE: &str = "COMPARE_ECHO";

/// Mixes the number that each frame begins with.
pub(crate) const FRAMES: &str = "frames";

/// Changes a byte a page of all that comes.
pub(crate) const PAGES: &str = "pages";

/// The bytes of a frame: a number, and as much around it as a call has.
pub(crate) const FRAME: usize = 32;

pub(crate) const PAGE: usize = 4096;

/// Bytes that are read or written at once.
pub(crate) const BATCH: usize = 1 << 16;

/// A child and the way to it; it leaves when this is dropped.
pub(crate) struct Link {
    child: Child,
    pub(crate) stream: UnixStream,
}

impl Link {
    pub(crate) fn start(duty: &str) -> Link {
        let (stream, other) = UnixStream::pair().expect("two more descriptors are allowed");
        let mut command = Command::new(env::current_exe().expect("this program has a path"));
        command.env(VARIABLE, duty).stdin(OwnedFd::from(other));
        let child = command.spawn().expect("this program can be started again");
        Link { child, stream }
    }

    /// Sends one frame and waits until it is back.
    pub(crate) fn ping(&self, n: u64) -> u64 {
        let mut frame = frame(n);
        let mut stream = &self.stream;
        stream.write_all(&frame).expect("the child listens");
        stream.read_exact(&mut frame).expect("the child answers");
        number(&frame)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // A child that is gone already has nothing to be told.
        let _ = self.stream.shutdown(Shutdown::Both);
        let _ = self.child.wait();
    }
}

/// Serves, and does not return, if this process was started to be a child.
pub(crate) fn serve_if_asked() {
    let Ok(duty) = env::var(VARIABLE) else { return };
    let stream = io::stdin().as_fd().try_clone_to_owned();
    let stream = UnixStream::from(stream.expect("one more descriptor is allowed"));
    let served = match duty.as_str() {
        FRAMES => answer_frames(stream),
        _ => answer_pages(stream),
    };
    process::exit(served.is_err().into());
}

fn answer_frames(mut stream: UnixStream) -> io::Result<()> {
    let mut buffer = vec![0; BATCH];
    let mut filled = 0;
    loop {
        match stream.read(&mut buffer[filled..])? {
            0 => return Ok(()),
            read => filled += read,
        }
        let whole = filled - filled % FRAME;
        let (frames, _) = buffer[..whole].as_chunks_mut::<FRAME>();
        let answer = |bytes: &mut [u8; FRAME]| *bytes = frame(mix(number(bytes)));
        frames.iter_mut().for_each(answer);
        stream.write_all(&buffer[..whole])?;
        buffer.copy_within(whole..filled, 0);
        filled -= whole;
    }
}

fn answer_pages(mut stream: UnixStream) -> io::Result<()> {
    let mut buffer = vec![0; BATCH];
    let mut position: usize = 0;
    loop {
        let read = match stream.read(&mut buffer)? {
            0 => return Ok(()),
            read => read,
        };
        let first = position.next_multiple_of(PAGE) - position;
        let bytes = buffer[..read].iter_mut().skip(first);
        bytes.step_by(PAGE).for_each(change);
        stream.write_all(&buffer[..read])?;
        position += read;
    }
}

/// What is done to one byte of each page.
pub(crate) fn change(byte: &mut u8) {
    *byte = byte.wrapping_add(1);
}

/// A frame that begins with `n`.
pub(crate) fn frame(n: u64) -> [u8; FRAME] {
    let mut frame = [0; FRAME];
    frame[..8].copy_from_slice(&n.to_le_bytes());
    frame
}

/// What a frame begins with.
pub(crate) fn number(frame: &[u8]) -> u64 {
    let first = frame.first_chunk().expect("a frame is longer than that");
    u64::from_le_bytes(*first)
}
