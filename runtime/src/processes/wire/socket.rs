//! What both ends of a connection do with its socket.

use std::{io, os::fd::BorrowedFd};

use rustix::net::SendFlags;

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
