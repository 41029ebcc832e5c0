//! Control messages as frames: their fields are derived by serde and written by postcard.
//!
//! What a worker sends is untrusted. postcard compares each length with the bytes that are left
//! before it allocates memory, a text has a limit of its own, and bytes behind the last field are
//! an error.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error, Visitor},
};

use super::frame::{self, HEADER};
use crate::error::{MAX_TEXT, MAX_TRUNCATION_NOTE, truncated};

/// The frame of a message of this kind.
pub(crate) fn frame<T: Serialize>(kind: u32, fields: &T) -> Vec<u8> {
    frame_after([], kind, fields)
}

/// The frame of a message whose fields stand after these numbers, which are at fixed places.
pub(crate) fn frame_after<const N: usize, T: Serialize>(
    numbers: [u64; N],
    kind: u32,
    fields: &T,
) -> Vec<u8> {
    let mut bytes = frame::header(kind, 0).to_vec();
    for number in numbers {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    let mut bytes = postcard::to_extend(fields, bytes).expect("derived fields can be written");
    let len = bytes.len() - HEADER;
    bytes[..HEADER].copy_from_slice(&frame::header(kind, len as u64));
    bytes
}

/// The fields in the body of a frame; `None` if it holds anything else.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let (fields, rest) = postcard::take_from_bytes(body).ok()?;
    rest.is_empty().then_some(fields)
}

/// A text, truncated where it is written; one that is longer is refused where it is read.
#[derive(Debug, Serialize)]
pub(crate) struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self(truncated(text, MAX_TEXT))
    }

    /// Keeps at most `limit` bytes of it.
    pub(crate) fn within(text: &'a str, limit: usize) -> Self {
        Self(truncated(text, limit))
    }

    pub(crate) fn into_string(self) -> String {
        self.0.into_owned()
    }
}

impl<'de> Deserialize<'de> for Text<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Limited;

        impl Visitor<'_> for Limited {
            type Value = String;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
                // Before it is copied: a corrupt worker costs no memory beside its frame.
                if text.len() > MAX_TEXT + MAX_TRUNCATION_NOTE {
                    return Err(E::custom("a text beyond the limit"));
                }
                Ok(text.to_owned())
            }
        }

        let text = deserializer.deserialize_str(Limited)?;
        Ok(Self(text.into()))
    }
}

/// Bytes that are copied as a whole, and not one by one as a vector of numbers is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawBytes<'a>(pub(crate) Cow<'a, [u8]>);

impl Serialize for RawBytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for RawBytes<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Copied;

        impl Visitor<'_> for Copied {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }

        let bytes = deserializer.deserialize_bytes(Copied)?;
        Ok(Self(bytes.into()))
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// The body of a frame whose one field is a text of this length.
    fn body(len: usize) -> Vec<u8> {
        let text = Text("a".repeat(len).into());
        frame(1, &text).split_off(HEADER)
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri takes it byte by byte")]
    fn a_text_is_read_up_to_its_limit_and_refused_beyond() {
        let limit = MAX_TEXT + MAX_TRUNCATION_NOTE;

        let text = read::<Text<'_>>(&body(limit)).expect("it is within the limit");

        assert_eq!(text.into_string().len(), limit);
        assert!(read::<Text<'_>>(&body(limit + 1)).is_none());
    }

    #[test]
    fn a_byte_behind_the_last_field_is_refused() {
        let bytes = [body(3), vec![0]].concat();

        assert!(read::<Text<'_>>(&bytes).is_none());
    }
}
