//! A place where calls in other processes wait until they are let go.
//!
//! ```text
//!   knock(path) ---- its pid ---> Meeting::next() -> Arrival
//!        stays                           |
//!   its pid <------ end of file -------- drop
//! ```
//!
//! Two calls that are here at once are in two workers, and one that is here
//! is in a worker that can be killed in the midst of a call.

use concurrent_futures::task;
use rustix::event::{self, PollFd, PollFlags, Timespec};
use rustix::process::{self, Pid, Signal};
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::{env, fs};

/// Who does not come within this time does not come at all.
const DEADLINE: Timespec = Timespec {
    tv_sec: 10,
    tv_nsec: 0,
};

/// A socket with a path.
pub(crate) struct Meeting {
    listener: UnixListener,
    path: PathBuf,
}

/// A call that waits; it goes on when this is dropped.
pub(crate) struct Arrival {
    pid: u32,
    _stream: UnixStream,
}

impl Meeting {
    pub(crate) fn open(name: &str) -> Meeting {
        let file = format!("compare-{name}-{}", std::process::id());
        let path = env::temp_dir().join(file);
        let listener = UnixListener::bind(&path).expect("its path is free");
        Meeting { listener, path }
    }

    pub(crate) fn path(&self) -> &str {
        self.path.to_str().expect("temporary paths are text")
    }

    /// Waits for one more call.
    ///
    /// # Panics
    ///
    /// If none comes for ten seconds.
    pub(crate) fn next(&self) -> Arrival {
        let mut polled = [PollFd::new(&self.listener, PollFlags::IN)];
        let ready = event::poll(&mut polled, Some(&DEADLINE));
        assert_eq!(ready, Ok(1), "no call came to the meeting");
        let (mut stream, _) = self.listener.accept().expect("somebody is there");
        let mut pid = [0; 4];
        stream.read_exact(&mut pid).expect("a call says who it is");
        Arrival {
            pid: u32::from_le_bytes(pid),
            _stream: stream,
        }
    }
}

impl Drop for Meeting {
    fn drop(&mut self) {
        // A file that is gone already is what is wanted.
        let _ = fs::remove_file(&self.path);
    }
}

impl Arrival {
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Kills the process that the call runs in, which must not be this one.
    pub(crate) fn kill(self) {
        assert_ne!(self.pid, std::process::id(), "that would end the benchmark");
        let pid = Pid::from_raw(self.pid as i32).expect("0 is nobody's pid");
        process::kill_process(pid, Signal::KILL).expect("it is a child of ours");
    }
}

/// Says at the meeting of that path who it is, and stays until it is let go.
#[task]
pub(crate) fn knock(path: &str) -> u32 {
    let mut stream = UnixStream::connect(path).expect("the meeting is open");
    let pid = std::process::id();
    let said = stream.write_all(&pid.to_le_bytes());
    said.expect("the meeting listens");
    let end = stream.read(&mut [0]);
    end.expect("the meeting says nothing and ends");
    pid
}

/// Says in which process it runs.
#[task]
pub(crate) fn identify() -> u32 {
    std::process::id()
}
