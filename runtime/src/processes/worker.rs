//! What runs in a worker process only.
//!
//! `role` finds out that this process is a worker, `inherited` gives up what it must not keep of
//! the parent, `handshake` receives how to work, `serve` runs calls until the end, and `reply`
//! answers them. The `watchdog` ends the process when the parent is gone.

pub(super) mod handshake;
#[expect(unsafe_code, reason = "signals that a worker must not keep")]
pub(super) mod inherited;
pub(super) mod logger;
pub(super) mod memory;
pub(super) mod reply;
#[expect(
    unsafe_code,
    reason = "removes the mark from the environment, and looks for a moved link"
)]
pub(super) mod role;
pub(super) mod serve;
pub(super) mod watchdog;
