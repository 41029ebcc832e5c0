//! Support for the code that the macros write, and bounds that only have to be nameable; not part
//! of the public API.
//!
//! Much of it is autoref specialization: method lookup prefers an impl with a bound, and
//! falls back to one without if the bound does not hold.

mod output;
mod registration;
#[cfg(all(unix, feature = "processes"))]
mod worker_test;

#[cfg(not(all(unix, feature = "processes")))]
pub use crate::executor::InProcesses;
#[cfg(not(feature = "work-stealing"))]
pub use crate::executor::InWorkStealing;
#[cfg(all(unix, feature = "processes"))]
pub use crate::processes::{WorkerTest, become_worker_if_marked};
pub use crate::{
    cell::Placement,
    chunk::Chunk,
    error::{ReturnedError, ReturnedText},
    executor::{ChunkFuture, Cloned, EndsCalls},
    map::FromResults,
    portable::{CodecError, Decoder, Encoder, PortableReturn, PortableStatic},
    task::{collected::Registered, entry::RunFn},
};
pub use inventory;
pub use output::{AnyOutput, AsIs, AsResult, IsAny, IsResult, Output, ResultOutput, Returned};
pub use registration::{Runs, StaysHere, decode, encode};

/// The body of a `main` that carries our attribute.
pub fn main<R>(body: impl FnOnce() -> R) -> R {
    let _guard = crate::init();
    body()
}
