//! What can cross a process boundary, and how it becomes bytes.
//!
//! ```text
//!   value --encode--> head: what serde knows, in the codec's bytes
//!                     bulk: long strings and vectors of plain numbers, untouched
//! ```
//!
//! A type is portable if serde can write and read it. `codec` is the only file
//! that names the format; `bulk` recognises by type what needs none; `parts`
//! keeps the bytes of calls and results. Nothing here knows tasks or processes.

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
pub(crate) use codec::TOO_DEEP;
pub use error::PortableError;
pub(crate) use parts::Packed;
pub use parts::{Decoder, Encoder, Part, Parts};

/// What can be sent to another process: whatever serde can write and read.
///
/// Derive `serde::Serialize` and `serde::Deserialize`; there is nothing else to
/// implement. Arguments and results of tasks need it only where a call leaves
/// the process.
///
/// Strings, paths and vectors of plain numbers travel as they lie in memory, so both
/// processes run on machines of one kind. All else travels in a compact format that does
/// not describe itself: what serde leaves out or guesses at does not come back, or comes back
/// as something else (`skip_serializing_if`, `flatten`, `untagged`, and types of unknown
/// shape such as `serde_json::Value`, which travel best as text). A type that holds itself
/// is written and read as deep as the stack of the thread has room for; what is nested deeper is an
/// error of its call. A vector of what has no size (`Vec<()>`) is read as long as the bytes say.
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

/// [`Portable`], asked of the result of a task: its error text knows of errors.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot cross a process boundary",
    label = "`{Self}` stays in this process",
    note = "an error that serde does not know crosses as a `PortableError`: return `Result<_, PortableError>`, \
            which `?` makes from any error"
)]
pub trait PortableReturn: Portable {}

#[diagnostic::do_not_recommend]
impl<T: Portable> PortableReturn for T {}

/// A type with a `&'static` in it, which means nothing to another process: none is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot cross a process boundary",
    label = "`{Self}` points into this process",
    note = "another process has other statics: take and return owned values, as `String` for `&'static str`, \
            or use an executor on threads"
)]
pub trait PortableStatic {}
