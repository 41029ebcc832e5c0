//! What a test shares with calls that may run in another process: files, behind handles that become
//! bytes.
//!
//! ```text
//!   test                               worker, of whatever process
//!   let (gate, go) = FileGate::shut()
//!   task::submit(&pool, &gate) ------> gate.pass(): has come, waits
//!   gate.reached_by(1) <---- file ----
//!   drop(go) ------- unlocked -------> goes on
//!   tally.wait_for(1) <----- file ---- tally.add()
//! ```
//!
//! A gate is shut by a lock, and a lock goes with its process: a test that dies leaves no worker
//! behind that waits for it. [`FileGate`] and [`FileTally`] do what `Gate` and `Tally` do where
//! calls share the memory of the test.

mod death;
#[cfg(not(miri))]
mod file;
#[cfg(miri)]
#[path = "far/memory.rs"]
mod file;
mod gate;
mod held;
mod note_on_drop;
mod tally;

pub use death::Death;
pub use gate::{FileGate, UnlockOnDrop};
pub use held::{FarHeld, busy, pass, pass_with};
pub use note_on_drop::NoteOnDrop;
pub use tally::FileTally;
