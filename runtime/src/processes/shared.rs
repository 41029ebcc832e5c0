//! The memory that a worker and its parent both map.
//!
//! ```text
//!   table: counters | claim words (`claims`) | bytes of the `ring`
//! ```
//!
//! A worker may write anything into it. The parent copies before it looks, and checks what it
//! reads.

pub(super) mod claims;
#[cfg(all(loom, test))]
mod loom_claims;
#[cfg(all(loom, test))]
mod loom_wakeup;
pub(super) mod ring;
#[expect(
    unsafe_code,
    reason = "words and bytes in memory that two processes share"
)]
pub(super) mod table;
pub(super) mod wakeup;
