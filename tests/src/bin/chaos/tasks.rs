//! What calls do, and what they leave in the log of their round.
//!
//! ```text
//!   Begun ---> the act ---> Ended       it returns, or throws a panic
//!                 `-------> Dying       it is about to end its process
//! ```

use std::{
    fmt, hint,
    panic::resume_unwind,
    process, thread,
    time::{Duration, Instant},
};

use concurrent_futures::task;
use rustix::process::{Signal, getpid, kill_process};
use serde::{Deserialize, Serialize};
use tests::far::{Death, FileTally};

use crate::log::{Step, note};

/// What a call does once it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Act {
    Return,
    Spin {
        micros: u64,
    },
    Sleep {
        millis: u64,
    },
    /// Returns an `Err`.
    Fail,
    Panic,
    Die(Death),
    /// Stops its process; the storm continues it.
    Stop,
    /// Never ends by itself.
    Hang,
    /// Holds so much memory for a while.
    Swell {
        mib: usize,
    },
}

/// What a call returns.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) id: u64,
    /// The process that ran it.
    pub(crate) pid: u32,
    /// What came with the call, turned around.
    pub(crate) payload: Vec<u8>,
}

impl fmt::Debug for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let len = self.payload.len();
        write!(
            f,
            "call {} of process {} with {len} bytes",
            self.id, self.pid
        )
    }
}

/// A call of the storm.
#[task]
pub(crate) fn act(log: &FileTally, id: u64, what: Act, payload: Vec<u8>) -> Result<Done, String> {
    note(log, Step::Begun, id, process::id());
    match what {
        Act::Die(death) => {
            note(log, Step::Dying, id, process::id());
            death.now();
        }
        Act::Return | Act::Fail | Act::Panic => {}
        Act::Spin { micros } => spin(Duration::from_micros(micros)),
        Act::Sleep { millis } => thread::sleep(Duration::from_millis(millis)),
        Act::Stop => stop_oneself(),
        Act::Hang => hang(),
        Act::Swell { mib } => swell(mib),
    }
    note(log, Step::Ended, id, process::id());
    match what {
        Act::Fail => Err(complaint(id)),
        // Without the hook, which would print thousands of them.
        Act::Panic => resume_unwind(Box::new(complaint(id))),
        _ => Ok(Done {
            id,
            pid: process::id(),
            payload: turned(payload),
        }),
    }
}

/// What a call says that fails or panics.
pub(crate) fn complaint(id: u64) -> String {
    format!("call {id} was asked to")
}

/// A payload as it comes back.
pub(crate) fn turned(mut payload: Vec<u8>) -> Vec<u8> {
    payload.reverse();
    payload
}

/// What goes with a call: bytes that say whose they are.
pub(crate) fn payload(id: u64, len: usize) -> Vec<u8> {
    let bytes = id.to_le_bytes().into_iter().cycle().enumerate();
    let bytes = bytes.map(|(place, byte)| byte ^ (place / 8).to_le_bytes()[0]);
    bytes.take(len).collect()
}

fn spin(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        hint::spin_loop();
    }
}

fn stop_oneself() {
    // That the signal has been sent is all that is known here.
    let _ = kill_process(getpid(), Signal::STOP);
}

fn hang() {
    loop {
        thread::park();
    }
}

/// Holds memory until a look at it must have come, on a machine that is not too busy.
fn swell(mib: usize) {
    let held = vec![1_u8; mib << 20];
    thread::sleep(Duration::from_millis(60));
    hint::black_box(held);
}
