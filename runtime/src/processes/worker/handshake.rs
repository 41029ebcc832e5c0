//! The first message to a worker: how to work, and the descriptors that come with it.

use std::{
    io::{self, IoSliceMut},
    mem::MaybeUninit,
    os::{fd::OwnedFd, unix::net::UnixStream},
};

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

use crate::processes::{
    shared::table::Table,
    wire::{
        frame::{FrameReader, ReadStatus},
        handshake::Welcome,
        identity::{OtherVersion, PROTOCOL},
        message::FromParent,
    },
};

/// The welcome, and the descriptors that came with it.
pub(crate) struct Handshake {
    pub(crate) welcome: Welcome,
    pub(crate) table: Table,
    /// The bytes that came after it.
    pub(crate) frames: FrameReader,
}

/// Waits for the welcome.
pub(crate) fn receive(link: &UnixStream) -> io::Result<Handshake> {
    let (bytes, mut fds) = receive_first(link)?;
    // The parent is trusted.
    let mut frames = FrameReader::new(u64::MAX, |_, limit| limit);
    let mut first = &bytes[..];
    while !first.is_empty() {
        frames.fill(&mut first)?;
    }
    let welcome = loop {
        if let Some(frame) = frames.next().map_err(io::Error::other)? {
            match FromParent::read(&frame).map_err(io::Error::other)? {
                FromParent::Welcome(welcome) => break welcome,
                FromParent::OtherVersion(theirs) => return Err(other_version(theirs)),
                _ => return Err(io::Error::other("no welcome")),
            }
        }
        if frames.fill(&mut &*link)? == ReadStatus::Closed {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    if fds.is_empty() {
        return Err(io::Error::other("no claim table"));
    }
    let table = Table::open(fds.remove(0))?;
    if let Some(output) = fds.pop() {
        rustix::stdio::dup2_stdout(output)?;
    }
    Ok(Handshake {
        welcome,
        table,
        frames,
    })
}

fn other_version(OtherVersion(theirs): OtherVersion) -> io::Error {
    io::Error::other(format!(
        "worker speaks version {PROTOCOL} of the protocol, its parent version {theirs}"
    ))
}

/// The first bytes, and the descriptors that came with them.
fn receive_first(link: &UnixStream) -> io::Result<(Vec<u8>, Vec<OwnedFd>)> {
    let mut bytes = vec![0; 4096];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
    let mut rights = RecvAncillaryBuffer::new(&mut space);
    let came = recvmsg(
        link,
        &mut [IoSliceMut::new(&mut bytes)],
        &mut rights,
        flags(),
    )?;
    bytes.truncate(came.bytes);
    let fds = rights.drain().flat_map(|message| match message {
        RecvAncillaryMessage::ScmRights(fds) => fds.collect(),
        _ => Vec::new(),
    });
    Ok((bytes, fds.collect()))
}

/// Programs that a task starts do not inherit the descriptors.
fn flags() -> RecvFlags {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    return RecvFlags::CMSG_CLOEXEC;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    RecvFlags::empty()
}
