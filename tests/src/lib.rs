//! The test kit: what the tests of every executor wait with, hold and watch.
//!
//! No test sleeps. A test says "go on" through a [`Gate`]; whatever it waits
//! for has a [`DEADLINE`] that no healthy run comes near, and a wait that
//! reaches it panics with a text that says what did not happen:
//!
//! ```text
//!   test                         worker
//!   Held::on(&pool, ..) -------> started, waits at its gate
//!   looks at a running call
//!   held.let_go() -------------> goes on, returns
//!   future.soon() <------------- the outcome, or a panic after DEADLINE
//! ```
//!
//! Whatever a gate holds goes on when the test ends early: a test that fails
//! never leaves a worker behind that keeps its pool from being dropped.
//!
//! Calls that may run in another process have a kit of their own: [`far`].

mod blocked;
mod call;
#[cfg(doctest)]
mod documents;
pub mod elsewhere;
pub mod far;
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "calls of the system that std has not")]
pub mod filter;
mod gate;
mod held;
mod keeper;
mod log;
mod program;
mod soon;
pub mod system;
mod threads;
mod within;

pub use blocked::{Blocked, blocked};
pub use call::{Closure, Fallible, call, fallible};
pub use gate::{Gate, OpenOnDrop, Tally};
pub use held::{Held, HeldBy, busy};
pub use keeper::{Keeper, bytes_of, handed, sent};
pub use log::{collect_log, log_records, logged};
pub use program::{Ended, run, run_as_another_user, run_command, run_long, run_with_address_space};
pub use soon::{Soon, receive};
pub use threads::{thread_names, time_on_cpu};
pub use within::{eventually, let_pass, within};

use std::{
    ops::{Add, Div},
    time::Duration,
};

/// How long anything may take before it counts as hung: under Miri by its own clock, which counts
/// steps.
pub const DEADLINE: Duration = Duration::from_secs(if cfg!(miri) { 600 } else { 30 });

/// `count`, where the number only has to be large; fewer under Miri, which takes each step by
/// itself.
#[must_use]
pub fn many<N: Add<Output = N> + Div<Output = N> + From<u8>>(count: N) -> N {
    if cfg!(miri) {
        count / N::from(50) + N::from(1)
    } else {
        count
    }
}

/// A time limit that is meant to pass.
pub const MOMENT: Duration = Duration::from_millis(10);

/// A time limit that is meant to pass, though not before what was started has begun.
pub const A_WHILE: Duration = Duration::from_millis(300);
