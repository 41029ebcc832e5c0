//! Raised rights: those that a program has beyond the program that started it.

use rustix::process;

/// Whether this program runs with raised rights: it is set-uid or set-gid, has file capabilities,
/// or has taken another effective user or group, which its workers would inherit.
pub(crate) fn are_raised() -> bool {
    process::getuid() != process::geteuid()
        || process::getgid() != process::getegid()
        || is_secure_execution()
}

/// Whether the system says so. It does for file capabilities, which change no user.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_secure_execution() -> bool {
    // SAFETY: reads what the kernel has handed to this program.
    unsafe { libc::getauxval(libc::AT_SECURE) != 0 }
}

#[cfg(any(
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "dragonfly",
    target_os = "netbsd",
    target_os = "openbsd"
))]
fn is_secure_execution() -> bool {
    // SAFETY: asks the system, and changes nothing.
    unsafe { libc::issetugid() != 0 }
}

#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "dragonfly",
    target_os = "netbsd",
    target_os = "openbsd"
)))]
fn is_secure_execution() -> bool {
    false
}
