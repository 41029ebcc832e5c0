//! The process pool: calls in worker processes, each of which may crash alone.
//!
//! ```text
//!   parent: this program                       worker: this program, started again
//!
//!   execute(job) --> scheduler --> outbox ==== frames ====> serve: claim, run, answer
//!     complete <---- reactor <==== frames, ring =======> (socket pair, shared memory)
//!                    scheduler <-- claim words -------> (shared memory: one a batch)
//! ```
//!
//! The rooms lie on their side of the trust boundary: `parent` and `worker` never use one another;
//! both use `wire` (bytes that they exchange), `shared` (memory that both map) and `os`. The parent
//! trusts nothing that a worker sends or writes into shared memory.
//!
//! Deliberately absent: a broker, a second program to install, and threads for each worker.

mod os;
mod parent;
mod shared;
mod wire;
mod worker;

use std::sync::atomic::{AtomicBool, Ordering};

pub use parent::{builder::ProcessPoolBuilder, pool::ProcessPool};

use worker::{
    inherited,
    role::{self, ProcessRole},
    serve,
};

/// Whether `init` has run, so that this program can be started again as a worker.
static IS_INITIALIZED: AtomicBool = AtomicBool::new(false);
/// Whether this process is a worker. Tasks in a worker may make no process pool.
static IS_WORKER: AtomicBool = AtomicBool::new(false);
/// Whether they may, because the pool was built as `nested`.
static MAY_NEST: AtomicBool = AtomicBool::new(false);

/// Becomes a worker if this process was started to be one, and then does not return.
pub fn become_worker_if_marked() {
    match role::take() {
        // ORDERING: Release pairs with the Acquire loads in `builder`; see `note_worker`.
        ProcessRole::Program => IS_INITIALIZED.store(true, Ordering::Release),
        ProcessRole::Worker { link, parent } => {
            inherited::reset(parent);
            serve::serve(link, parent)
        }
        // The parent is gone: running the program would be an accident.
        ProcessRole::Orphan => std::process::exit(1),
        ProcessRole::Unfit(unfit) => {
            unfit.report();
            std::process::exit(1)
        }
    }
}

fn note_worker(may_nest: bool) {
    // ORDERING: Release pairs with the Acquire loads in `builder`: a thread that finds the process
    // initialized finds that it is a worker, and whether it may nest.
    IS_WORKER.store(true, Ordering::Release);
    MAY_NEST.store(may_nest, Ordering::Release);
    IS_INITIALIZED.store(true, Ordering::Release);
}

/// The test through which a test binary is its own worker.
#[derive(Debug)]
pub struct WorkerTest(pub &'static str);

inventory::collect!(WorkerTest);
