//! The format of what is no bulk: postcard, which this file alone names.

use std::{borrow::Cow, error::Error, fmt};

use postcard::ser_flavors::Flavor;
use serde::{Serialize, de::DeserializeOwned};

use super::reason;

/// Adds `value` to the end of `bytes`.
pub(super) fn write<T: Serialize>(value: &T, bytes: &mut Vec<u8>) -> Result<(), CodecError> {
    postcard::serialize_with_flavor(value, End(bytes)).map_err(|error| match error {
        postcard::Error::SerdeSerCustom | postcard::Error::CollectStrError => {
            CodecError::of_value(value)
        }
        error => CodecError::of(error),
    })
}

/// Takes a value off the start of `bytes`.
pub(super) fn read<T: DeserializeOwned>(bytes: &mut &[u8]) -> Result<T, CodecError> {
    let (value, rest) = postcard::take_from_bytes(bytes).map_err(CodecError::of)?;
    *bytes = rest;
    Ok(value)
}

/// The end of a vector, as postcard writes to it.
struct End<'a>(&'a mut Vec<u8>);

impl Flavor for End<'_> {
    type Output = ();

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// Why a value did not become bytes, or bytes no value.
#[derive(Debug)]
pub struct CodecError {
    /// The parameter, or the result.
    place: Option<Place>,
    reason: Cow<'static, str>,
}

/// Which of a call's values it was.
#[derive(Clone, Copy, Debug)]
enum Place {
    Argument(&'static str),
    Result,
}

impl CodecError {
    pub(super) fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        let (place, reason) = (None, reason.into());
        Self { place, reason }
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
            _ => "the bytes are none of this type",
        })
    }

    /// The error, naming the parameter that it is about.
    pub(crate) fn in_argument(mut self, name: &'static str) -> Self {
        self.place = Some(Place::Argument(name));
        self
    }

    /// The error, naming the result as what it is about.
    pub(crate) fn in_result(mut self) -> Self {
        self.place = Some(Place::Result);
        self
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(Place::Argument(name)) => write!(f, "argument `{name}`: {}", self.reason),
            Some(Place::Result) => write!(f, "result: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl Error for CodecError {}
