//! What can cross a process boundary, and how it becomes bytes.
//!
//! ```text
//!   value --encode--> head: what serde knows, in the codec's bytes
//!                     bulk: long strings and vectors of plain numbers, untouched
//! ```
//!
//! A type is portable if serde can serialize and deserialize it. `codec` is the only file that
//! names the format; `bulk` recognises the types that need none; `parts` keeps the bytes of calls
//! and results. Nothing here knows tasks or processes.

mod bulk;
mod codec;
mod error;
mod parts;
mod reason;
#[cfg_attr(
    all(
        feature = "processes",
        any(target_os = "android", all(target_os = "linux", target_env = "gnu"))
    ),
    expect(
        unsafe_code,
        reason = "asks the system where the stack of a thread ends"
    )
)]
mod stack;

use serde::{Serialize, de::DeserializeOwned};

use crate::unwind::Contained;

pub use codec::CodecError;
pub use error::PortableError;
#[cfg(all(unix, feature = "processes"))]
pub(crate) use parts::packed::Packed;
pub(crate) use stack::TOO_DEEP;

pub use parts::{Decoder, Encoder, Part, Parts};

/// A type whose values can be sent to another process: any type that serde can serialize and
/// deserialize.
///
/// Derive `serde::Serialize` and `serde::Deserialize`; there is nothing else to
/// implement. Arguments and results of tasks need it only where a call leaves
/// the process.
///
/// Strings, paths and vectors of plain numbers are sent as they lie in memory, so both processes
/// must run on machines of one kind (byte order, size of `usize`). All other values are sent in a
/// compact format that is not self-describing. Fields that serde leaves out or guesses at are lost
/// or changed: `skip_serializing_if`, `flatten`, `untagged`, and types of unknown shape such as
/// `serde_json::Value`, which are best sent as text. A recursive type is serialized and
/// deserialized as deep as the stack of the thread has room for; a deeper value is an error of its
/// call. A vector of a zero-sized type (`Vec<()>`) has the length that the bytes state.
///
/// # Examples
///
/// ```
/// use concurrent_futures::Portable;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Page { title: String, words: Vec<u32> }
///
/// fn portable<T: Portable>() {}
/// portable::<(Page, Option<Page>, std::time::Duration)>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot cross a process boundary",
    label = "`{Self}` stays in this process",
    note = "derive `serde::Serialize` and `serde::Deserialize` for it, pass what it is made from \
            (a path instead of an open file), or use an executor on threads"
)]
pub trait Portable: Sized + Send + 'static {
    #[doc(hidden)]
    fn encode(self, encoder: &mut Encoder<'_>) -> Result<(), CodecError>;

    #[doc(hidden)]
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, CodecError>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + 'static> Portable for T {
    fn encode(self, encoder: &mut Encoder<'_>) -> Result<(), CodecError> {
        match bulk::encode(self, encoder) {
            None => Ok(()),
            Some(value) => encoder.write(Contained::new(value).get()),
        }
    }

    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, CodecError> {
        match bulk::decode(decoder) {
            Some(value) => value,
            None => decoder.read(),
        }
    }
}

/// [`Portable`], as a bound of a task's result: its compile error speaks of errors.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot cross a process boundary",
    label = "`{Self}` stays in this process",
    note = "an error that serde does not know crosses as a `PortableError`: return `Result<_, PortableError>`, \
            which `?` makes from any error"
)]
pub trait PortableReturn: Portable {}

#[diagnostic::do_not_recommend]
impl<T: Portable> PortableReturn for T {}

/// A type with a `&'static` in it, which has no meaning in another process. No type implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot cross a process boundary",
    label = "`{Self}` points into this process",
    note = "another process has other statics: take and return owned values, as `String` for `&'static str`, \
            or use an executor on threads"
)]
pub trait PortableStatic {}
