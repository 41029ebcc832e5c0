//! The handshake: what parent and worker tell each other before the first batch.
//!
//! ```text
//!   | magic, 4 | kind, 4 | length, 8 | version, 8 | fields, by postcard |
//!   '-- header of the frame ---------'-- body -------------------------'
//! ```
//!
//! Parent and worker may be of different versions of the protocol. The header, the kinds of these
//! three frames, the limits on their length, and the place and size of the version are the same in
//! all versions. All else may differ, so the fields are read only if the version is [`PROTOCOL`]. A
//! peer of another version is refused, by an error that tells both versions.

use log::LevelFilter;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error},
};

use super::{
    batch::take_number,
    control::{self, RawBytes, Text},
    frame,
    identity::{Identity, OtherVersion, PROTOCOL},
};

/// The first bytes on a connection.
pub(crate) const GREETING: [u8; 8] = frame::first_bytes(WELCOME);

pub(super) const WELCOME: u32 = 1;
pub(super) const HELLO: u32 = 16;
pub(super) const UNREADY: u32 = 17;

/// How a worker is to work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Welcome {
    pub(crate) frame_limit: u64,
    /// Whether it tells when it starts a call.
    pub(crate) tells_starts: bool,
    /// Whether its tasks may make process pools.
    pub(crate) may_nest: bool,
    /// The features of the system that its watchdog uses.
    pub(crate) features: SystemFeatures,
    /// Whether its standard output comes as a second descriptor.
    pub(crate) has_output: bool,
    /// The levels of the log records that it sends.
    #[serde(serialize_with = "write_filter", deserialize_with = "read_filter")]
    pub(crate) logs: LevelFilter,
    /// It exits when it is idle and holds more bytes than this. Zero if there is no limit.
    pub(crate) memory: u64,
    /// The name that the system shows for it.
    pub(crate) name: String,
    /// A task, and its encoded arguments.
    pub(crate) initializer: Option<(u32, RawBytes<'static>)>,
}

/// The features of the system that a watchdog and its parent use; tests do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SystemFeatures {
    pub(crate) death_signal: bool,
    pub(crate) pidfd: bool,
}

/// A worker is ready.
#[derive(Serialize, Deserialize)]
pub(super) struct Hello<'a> {
    pub(super) identity: Identity,
    pub(super) initialized: Option<RawBytes<'a>>,
}

/// A worker cannot begin.
#[derive(Serialize, Deserialize)]
pub(super) struct Unready<'a> {
    pub(super) is_final: bool,
    pub(super) reason: Text<'a>,
}

impl SystemFeatures {
    /// Whatever the system has.
    pub(crate) const ALL: Self = Self {
        death_signal: true,
        pidfd: true,
    };
}

impl Welcome {
    pub(crate) fn frame(&self) -> Vec<u8> {
        write(WELCOME, self)
    }
}

fn write_filter<S: Serializer>(filter: &LevelFilter, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u32(*filter as u32)
}

fn read_filter<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LevelFilter, D::Error> {
    let number = u32::deserialize(deserializer)?;
    let filter = LevelFilter::iter().find(|filter| *filter as u32 == number);
    filter.ok_or_else(|| D::Error::custom("no such level"))
}

/// The frame by which a worker says that it is ready.
pub(crate) fn hello(identity: &Identity, initialized: Option<&[u8]>) -> Vec<u8> {
    let (identity, initialized) = (*identity, initialized.map(|bytes| RawBytes(bytes.into())));
    let fields = Hello {
        identity,
        initialized,
    };
    write(HELLO, &fields)
}

/// The frame by which a worker says why it cannot begin.
pub(crate) fn unready(reason: &str, is_final: bool) -> Vec<u8> {
    let reason = Text::new(reason);
    write(UNREADY, &Unready { is_final, reason })
}

fn write<T: Serialize>(kind: u32, fields: &T) -> Vec<u8> {
    control::frame_after([PROTOCOL], kind, fields)
}

/// The fields in the body of a frame of the handshake, if it is of our version; `None` if they are
/// not there.
pub(super) fn read<T: DeserializeOwned>(mut body: &[u8]) -> Option<Result<T, OtherVersion>> {
    match take_number(&mut body)? {
        PROTOCOL => control::read(body).map(Ok),
        theirs => Some(Err(OtherVersion(theirs))),
    }
}

#[cfg(all(test, not(loom)))]
pub(super) mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::processes::wire::{
        frame::{Frame, HEADER},
        message::{FromParent, FromWorker, ProtocolError},
    };

    /// A welcome, as any.
    pub(crate) fn welcome() -> Welcome {
        Welcome {
            frame_limit: 1,
            tells_starts: true,
            may_nest: true,
            features: SystemFeatures::ALL,
            has_output: true,
            logs: LevelFilter::Off,
            memory: 1,
            name: "name".to_owned(),
            initializer: None,
        }
    }

    /// Bodies of frames of the handshake that a later version of the library may write.
    fn of_later_versions() -> impl Iterator<Item = (u64, Vec<u8>)> {
        let layouts = [&b""[..], b"?", &[0; 7], &[255; 100]];
        let versions = [PROTOCOL + 1, PROTOCOL << 8, u64::MAX];
        versions.into_iter().flat_map(move |version| {
            layouts.map(|fields| (version, [&version.to_le_bytes(), fields].concat()))
        })
    }

    fn frame(kind: u32, body: &[u8]) -> Frame<'_> {
        let body = Cow::Borrowed(body);
        Frame { kind, body }
    }

    #[test]
    fn a_worker_of_a_later_version_is_known_by_it_whatever_follows() {
        for (version, body) in of_later_versions() {
            for kind in [HELLO, UNREADY] {
                let read = FromWorker::read(frame(kind, &body));

                let is_known =
                    matches!(read, Ok(FromWorker::OtherVersion(OtherVersion(it))) if it == version);
                assert!(is_known, "{kind}: {read:?}");
            }
        }
    }

    #[test]
    fn a_parent_of_a_later_version_is_known_by_it_whatever_follows() {
        for (version, body) in of_later_versions() {
            let other = FromParent::OtherVersion(OtherVersion(version));

            assert_eq!(FromParent::read(&frame(WELCOME, &body)), Ok(other));
        }
    }

    #[test]
    fn without_a_version_or_with_ours_alone_a_handshake_makes_no_sense() {
        let ours = PROTOCOL.to_le_bytes();
        for body in [&ours[..7], &ours] {
            for kind in [HELLO, UNREADY] {
                let read = FromWorker::read(frame(kind, body));
                assert!(matches!(read, Err(ProtocolError)), "{kind}: {read:?}");
            }
            let welcome = frame(WELCOME, body);
            assert_eq!(FromParent::read(&welcome), Err(ProtocolError));
        }
    }

    #[test]
    fn what_all_versions_have_in_common_stands_at_its_place() {
        let hello = hello(&Identity::of_numbers([1, 2]), None);
        for (kind, frame) in [
            (1_u32, welcome().frame()),
            (16, hello),
            (17, unready("why", true)),
        ] {
            let len = (frame.len() - HEADER) as u64;

            assert_eq!(frame[..4], *b"cf01");
            assert_eq!(frame[4..8], kind.to_le_bytes());
            assert_eq!(frame[8..16], len.to_le_bytes());
            assert_eq!(frame[16..24], PROTOCOL.to_le_bytes());
        }
    }
}
