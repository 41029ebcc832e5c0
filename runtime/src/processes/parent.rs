//! What runs in the parent only: the pool, and all that it does for its workers.
//!
//! ```text
//!   pool, builder, shutdown           the public surface
//!     io                              threads and event loop; calls to the scheduler
//!       stderr   spawn                what workers print; how they start
//!         scheduler                   which worker gets which call: a state machine
//!           handle                    process and connection of one worker
//! ```
//!
//! Each room uses only those below it. None trusts what a worker has sent or written.

pub(super) mod builder;
pub(super) mod handle;
pub(super) mod io;
pub(super) mod pool;
pub(super) mod scheduler;
pub(super) mod shutdown;
pub(super) mod spawn;
pub(super) mod status;
pub(super) mod stderr;
