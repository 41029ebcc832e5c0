//! What the code that the macros write calls. No part of the public surface.
//!
//! Much of it asks a type a question whose answer may be no, which a bound cannot: a
//! lookup that prefers an impl with a condition, and falls back to one without.

mod output;
mod registration;
#[cfg(all(unix, feature = "processes"))]
mod worker_test;

#[cfg(all(unix, feature = "processes"))]
pub use crate::processes::{WorkerTest, become_worker_if_marked};
pub use crate::{
    chunk::Chunk,
    executor::ChunkFuture,
    future::Placement,
    portable::{CodecError, Decoder, Encoder, PortableReturn, PortableStatic},
    task::{collected::Registered, entry::RunFn},
};
pub use inventory;
pub use output::{AnyOutput, AsIs, AsResult, IsAny, IsResult, Output, ResultOutput, Returned};
pub use registration::{Runs, StaysHere, argument_goes_to_a_worker, decode, encode};

/// The body of a `main` that carries our attribute.
pub fn main<R>(body: impl FnOnce() -> R) -> R {
    let _guard = crate::init();
    body()
}
