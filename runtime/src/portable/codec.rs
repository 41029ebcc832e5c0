//! The format of all values that are not bulk: postcard, which this file alone names.

use std::{borrow::Cow, error::Error, fmt};

use postcard::{Deserializer, de_flavors, ser_flavors};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    reason,
    stack::{StackLimit, TOO_DEEP},
};
use crate::error::debug_as_error;

/// Appends `value` to `bytes`.
pub(super) fn write<T: Serialize>(value: &T, bytes: &mut Vec<u8>) -> Result<(), CodecError> {
    let limit = StackLimit::of_this_thread();
    postcard::serialize_with_flavor(value, VecSink { bytes, limit }).map_err(|error| match error {
        postcard::Error::SerdeSerCustom | postcard::Error::CollectStrError => {
            CodecError::of_value(value)
        }
        error => CodecError::of(error),
    })
}

/// Reads a value from the start of `bytes`, and advances it.
pub(super) fn read<T: DeserializeOwned>(bytes: &mut &[u8]) -> Result<T, CodecError> {
    let start = SliceSource {
        bytes: de_flavors::Slice::new(bytes),
        limit: StackLimit::of_this_thread(),
    };
    let mut deserializer = Deserializer::from_flavor(start);
    let value = T::deserialize(&mut deserializer).map_err(CodecError::of)?;
    *bytes = deserializer.finalize().map_err(CodecError::of)?;
    Ok(value)
}

/// The error for a value that is nested too deep: one that postcard uses only for checksums, which
/// are not used here.
const TOO_DEEP_TO_READ: postcard::Error = postcard::Error::DeserializeBadCrc;

/// Postcard's writer: appends to a vector.
struct VecSink<'a> {
    bytes: &'a mut Vec<u8>,
    limit: StackLimit,
}

impl ser_flavors::Flavor for VecSink<'_> {
    type Output = ();

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.bytes.push(byte);
        if self.limit.is_reached() {
            throw_cold();
        }
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.bytes.extend_from_slice(bytes);
        if self.limit.is_reached() {
            throw_cold();
        }
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// Reports too deep a value by a panic without the hook, which all callers of `write` catch: so the
/// writer itself never fails, and the optimizer drops the error paths.
#[cold]
fn throw_cold() -> ! {
    std::panic::resume_unwind(Box::new(TOO_DEEP))
}

/// Postcard's reader: takes bytes from the start of a slice.
struct SliceSource<'de> {
    bytes: de_flavors::Slice<'de>,
    limit: StackLimit,
}

impl<'de> de_flavors::Flavor<'de> for SliceSource<'de> {
    type Remainder = &'de [u8];
    type Source = &'de [u8];

    #[inline]
    fn pop(&mut self) -> postcard::Result<u8> {
        if self.limit.is_reached() {
            return Err(TOO_DEEP_TO_READ);
        }
        self.bytes.pop()
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.bytes.size_hint()
    }

    #[inline]
    fn try_take_n(&mut self, len: usize) -> postcard::Result<&'de [u8]> {
        self.bytes.try_take_n(len)
    }

    fn finalize(self) -> postcard::Result<&'de [u8]> {
        self.bytes.finalize()
    }
}

/// Why a value could not be encoded, or bytes not decoded.
pub struct CodecError {
    /// The argument or result that the error is about, once known.
    value: Option<CallValue>,
    reason: Cow<'static, str>,
}

/// One of a call's values: an argument, or the result.
#[derive(Clone, Copy, Debug)]
enum CallValue {
    Argument(&'static str),
    Result,
}

impl CodecError {
    pub(super) fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        let (value, reason) = (None, reason.into());
        Self { value, reason }
    }

    /// The error that a `Serialize` impl returned.
    fn of_value(value: &impl Serialize) -> Self {
        let reason = reason::reason(value).map(Cow::Owned);
        Self::new(reason.unwrap_or(Cow::Borrowed("its `Serialize` gave an error")))
    }

    fn of(error: postcard::Error) -> Self {
        use postcard::Error as E;
        Self::new(match error {
            E::SerdeDeCustom => "its `Deserialize` refused what came",
            E::WontImplement | E::NotYetImplemented => {
                "its type needs a format that describes itself; send it as text"
            }
            E::SerializeSeqLengthUnknown => {
                "a part of it does not tell its length, as with serde's `flatten`; make it a `Vec`, or a struct of its own"
            }
            E::DeserializeUnexpectedEnd => "the bytes end early",
            TOO_DEEP_TO_READ => TOO_DEEP,
            _ => "the bytes are none of this type",
        })
    }

    /// The error, naming the parameter that it is about.
    pub(crate) fn in_argument(mut self, name: &'static str) -> Self {
        self.value = Some(CallValue::Argument(name));
        self
    }

    /// The error, naming the result as what it is about.
    pub(crate) fn in_result(mut self) -> Self {
        self.value = Some(CallValue::Result);
        self
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Some(CallValue::Argument(name)) => write!(f, "argument `{name}`: {}", self.reason),
            Some(CallValue::Result) => write!(f, "result: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl Error for CodecError {}

debug_as_error!(impl for CodecError);
