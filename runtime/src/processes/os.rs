//! What the system tells of a process and does for it, where the standard library does not.
//!
//! Both sides use it. Nothing here knows workers, pools or calls.

pub(super) mod memory;
#[cfg(any(target_os = "linux", target_os = "android"))]
#[expect(unsafe_code, reason = "asks the loader what it has loaded")]
pub(super) mod modules;
pub(super) mod program;
#[expect(unsafe_code, reason = "asks whether the system has raised the rights")]
pub(super) mod rights;
#[expect(unsafe_code, reason = "calls of the system that rustix has not")]
pub(super) mod sys;
