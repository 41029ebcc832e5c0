//! System calls that rustix does not offer, or offers as unsafe functions; and how sending to a
//! closed connection is kept from raising SIGPIPE.

use std::{
    io,
    os::fd::{AsRawFd, BorrowedFd, OwnedFd},
};

use rustix::{
    event::{FdSetElement, Timespec, fd_set_insert, fd_set_num_elements, select},
    io::Errno,
    net::SendFlags,
    process::{Pid, Signal},
};

/// Sends a signal to the process group whose leader the descriptor stands for, even if that leader
/// is gone: never to another group of the same id. Linux 6.9 and later; an error elsewhere.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn signal_group(leader: &OwnedFd, signal: Signal) -> Result<(), Errno> {
    const PIDFD_SIGNAL_PROCESS_GROUP: libc::c_uint = 4;

    let no_info = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: the descriptor is open, since it is borrowed, and no information is asked to be read.
    let sent = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            leader.as_raw_fd(),
            signal.as_raw(),
            no_info,
            PIDFD_SIGNAL_PROCESS_GROUP,
        )
    };
    if sent == 0 { Ok(()) } else { Err(last_error()) }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn signal_group(_: &OwnedFd, _: Signal) -> Result<(), Errno> {
    Err(Errno::NOSYS)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn last_error() -> Errno {
    let error = io::Error::last_os_error();
    Errno::from_io_error(&error).unwrap_or(Errno::IO)
}

/// The process group of a process, or of this one; `None` if that is not visible here: it may lie
/// outside of a namespace of processes, and is zero then, which rustix takes for no answer at all.
pub(crate) fn group_of(process: Option<Pid>) -> Option<Pid> {
    let process = process.map_or(0, |process| process.as_raw_nonzero().get());
    // SAFETY: it takes any number, and touches no memory of this process.
    let group = unsafe { libc::getpgid(process) };
    Pid::from_raw(group.max(0))
}

/// Ends this process at once, without cleanup. If a sandbox refuses that, it ends by a fault.
pub(crate) fn exit_now(code: i32) -> ! {
    // SAFETY: it takes any code, and touches no memory of this process.
    unsafe { libc::_exit(code) }
}

/// Flushes what C code of this process has printed to its standard output.
///
/// Only that stream: flushing all streams takes the lock of each, and a thread that waits for input
/// holds one.
pub(crate) fn flush_c_stdout() {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    let stream = {
        unsafe extern "C" {
            #[cfg_attr(target_vendor = "apple", link_name = "__stdoutp")]
            static stdout: *mut libc::FILE;
        }
        // SAFETY: the C library has set it before `main`; a program may change it only as C allows.
        unsafe { stdout }
    };
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if !has_pending(stream) {
        return;
    }
    // Null means all streams: other systems name this one by a macro.
    #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
    let stream = std::ptr::null_mut();
    // SAFETY: it is a stream of the C library, which locks it.
    unsafe { libc::fflush(stream) };
}

/// Whether the stream holds bytes that are to be written. Costs a tenth of a flush, which takes the
/// lock of the stream: after each of the smallest calls that is a sixth of their time.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn has_pending(stream: *mut libc::FILE) -> bool {
    unsafe extern "C" {
        fn __fpending(stream: *mut libc::FILE) -> libc::size_t;
    }
    // SAFETY: it is a stream of the C library, of which this compares two words. Another thread may
    // print meanwhile: what it prints has no order with the end of this call.
    unsafe { __fpending(stream) != 0 }
}

/// Whether a descriptor can be read at this moment. Unlike `poll`, this works with any limit on
/// open files. False for a descriptor that is not open.
pub(crate) fn is_readable(fd: BorrowedFd<'_>) -> bool {
    const NOW: Timespec = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let end = fd.as_raw_fd() + 1;
    let mut set = vec![FdSetElement::default(); fd_set_num_elements(1, end)];
    fd_set_insert(&mut set, fd.as_raw_fd());
    // SAFETY: the set has room for each descriptor below `end`; what is open is only looked at.
    let ready = unsafe { select(end, Some(&mut set), None, None, Some(&NOW)) };
    matches!(ready, Ok(1..))
}

/// How many buffers one `sendmsg` takes.
pub(crate) const SLICES: usize = 64;

/// Sending to a closed connection gives an error, and raises no SIGPIPE.
pub(crate) fn send_flags() -> SendFlags {
    #[cfg(not(target_vendor = "apple"))]
    return SendFlags::NOSIGNAL;
    // `disable_sigpipe` has set an option of the socket.
    #[cfg(target_vendor = "apple")]
    SendFlags::empty()
}

/// Has sending to a closed connection raise no SIGPIPE, on systems where no flag says so.
pub(crate) fn disable_sigpipe(socket: BorrowedFd<'_>) -> io::Result<()> {
    #[cfg(target_vendor = "apple")]
    rustix::net::sockopt::set_socket_nosigpipe(socket, true)?;
    let _ = socket;
    Ok(())
}
