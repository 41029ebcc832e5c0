//! The format of what is no bulk: postcard, which in this part only this file names.

use std::{borrow::Cow, error::Error, fmt};

use postcard::{Deserializer, de_flavors, ser_flavors};
use serde::{Serialize, de::DeserializeOwned};

use super::{reason, stack::StackLimit};

/// Adds `value` to the end of `bytes`.
pub(super) fn write<T: Serialize>(value: &T, bytes: &mut Vec<u8>) -> Result<(), CodecError> {
    let floor = StackLimit::of_this_thread();
    postcard::serialize_with_flavor(value, VecSink { bytes, floor }).map_err(|error| match error {
        postcard::Error::SerdeSerCustom | postcard::Error::CollectStrError => {
            CodecError::of_value(value)
        }
        error => CodecError::of(error),
    })
}

/// Takes a value off the start of `bytes`.
pub(super) fn read<T: DeserializeOwned>(bytes: &mut &[u8]) -> Result<T, CodecError> {
    let start = SliceSource {
        bytes: de_flavors::Slice::new(bytes),
        floor: StackLimit::of_this_thread(),
    };
    let mut deserializer = Deserializer::from_flavor(start);
    let value = T::deserialize(&mut deserializer).map_err(CodecError::of)?;
    *bytes = deserializer.finalize().map_err(CodecError::of)?;
    Ok(value)
}

/// Says that a value is nested too deep: an error that postcard has for what is not done here.
const TOO_DEEP_TO_READ: postcard::Error = postcard::Error::DeserializeBadCrc;

/// What is said then.
pub(crate) const TOO_DEEP: &str =
    "it is nested deeper than the stack of this thread has room for; send it as a list";

/// The end of a vector, as postcard writes to it.
struct VecSink<'a> {
    bytes: &'a mut Vec<u8>,
    floor: StackLimit,
}

impl ser_flavors::Flavor for VecSink<'_> {
    type Output = ();

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.bytes.push(byte);
        if self.floor.is_reached() {
            throw_cold();
        }
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.bytes.extend_from_slice(bytes);
        if self.floor.is_reached() {
            throw_cold();
        }
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// Says so by a panic that no hook hears of, which those who write values catch: a writer that never
/// fails costs nothing but its bytes.
#[cold]
fn throw_cold() -> ! {
    std::panic::resume_unwind(Box::new(TOO_DEEP))
}

/// The start of some bytes, as postcard reads from it.
struct SliceSource<'de> {
    bytes: de_flavors::Slice<'de>,
    floor: StackLimit,
}

impl<'de> de_flavors::Flavor<'de> for SliceSource<'de> {
    type Remainder = &'de [u8];
    type Source = &'de [u8];

    #[inline]
    fn pop(&mut self) -> postcard::Result<u8> {
        if self.floor.is_reached() {
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

/// Why a value did not become bytes, or bytes no value.
#[derive(Debug)]
pub struct CodecError {
    /// The parameter, or the result.
    value: Option<CallValue>,
    reason: Cow<'static, str>,
}

/// Which of a call's values it was.
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

    /// The error that a `Serialize` impl gave.
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
