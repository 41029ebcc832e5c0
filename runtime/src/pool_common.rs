//! What the pools of this process have in common, whatever wakes their workers.
//!
//! ```text
//!   ThreadPool          WorkStealingPool
//!       |                      |
//!       |   settings, inbox    |         what was asked; pending calls, and why
//!       `------- scope --------'         no more are taken; closures that borrow
//!                 lot                    where threads sleep
//! ```
//!
//! A pool adds the threads, and how one of them hears of a call.

pub(crate) mod inbox;
#[expect(
    unsafe_code,
    reason = "gives calls that borrow to a pool, and waits for them"
)]
mod scope;
pub(crate) mod settings;
pub(crate) mod sleep_queue;

pub use scope::Scope;
pub(crate) use scope::scope;
