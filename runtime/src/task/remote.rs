//! Tasks whose calls can leave the process.
//!
//! ```text
//!   caller                                        worker, another process
//!
//!   call --encode--> bytes, key  ---------------> find(key) --> Entry
//!                                                   decode, run, encode
//!   output <--decode-- bytes  <------------------ bytes
//! ```
//!
//! `#[task]` implements [`Remote`] for each task, under the condition that its
//! parameters and its result are portable. One that is not stays a task, for
//! executors in this process.

use super::{Task, registry::Entry};
use crate::{
    error::TaskError,
    hooks::{self, Moment},
    portable::{CodecError, Decoder, Encoder, Parts},
    unwind,
};

/// A task whose calls can be sent to another process.
///
/// `#[task]` implements it, where all parameters and the result are
/// [`Portable`](crate::Portable); there is nothing to write by hand.
#[diagnostic::on_unimplemented(
    message = "a call of `{Self}` cannot leave this process",
    label = "this executor takes calls that can be sent to another process",
    note = "such calls are made by `#[task]` functions whose parameters and result are portable; closures and \
            tasks written by hand run on threads"
)]
pub trait Remote: Task {
    #[doc(hidden)]
    fn entry() -> &'static Entry;

    #[doc(hidden)]
    fn encode(self, encoder: &mut Encoder<'_>) -> Result<(), CodecError>;

    #[doc(hidden)]
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, CodecError>;

    #[doc(hidden)]
    fn encode_output(output: Self::Output, encoder: &mut Encoder<'_>) -> Result<(), CodecError>;

    #[doc(hidden)]
    fn decode_output(decoder: &mut Decoder<'_>) -> Result<Self::Output, CodecError>;
}

/// Adds the call's arguments to `parts`, as one part.
pub(crate) fn encode<T: Remote>(call: T, parts: &mut Parts) -> Result<(), TaskError> {
    parts.add(|encoder| user_code(TaskError::encode, || call.encode(encoder)))
}

/// Makes a result of the bytes that a worker answered.
pub(crate) fn decode_output<T: Remote>(bytes: &[u8]) -> Result<T::Output, TaskError> {
    user_code(TaskError::decode, || {
        Decoder::whole(bytes, |decoder| {
            T::decode_output(decoder).map_err(CodecError::in_result)
        })
    })
}

/// Runs a call from its bytes, and adds its result to `parts`: the worker's half.
pub(crate) fn run<T: Remote>(arguments: &[u8], parts: &mut Parts) -> Result<(), TaskError> {
    let call = user_code(TaskError::decode, || Decoder::whole(arguments, T::decode))?;
    hooks::reach(Moment::Decoded);
    let output = unwind::catch(|| call.run())?;
    parts.add(|encoder| {
        user_code(TaskError::encode, || {
            T::encode_output(output, encoder).map_err(CodecError::in_result)
        })
    })
}

/// Why there is no result where an executor answers too little.
pub(crate) fn no_answer() -> TaskError {
    TaskError::worker_lost("executor has no answer to the call; give `finish` one for each part")
}

/// Runs impls of serde's traits, which may fail, or panic.
fn user_code<T>(
    kind: impl Fn(String) -> TaskError,
    body: impl FnOnce() -> Result<T, CodecError>,
) -> Result<T, TaskError> {
    match unwind::catch(body) {
        Ok(result) => result.map_err(|error| kind(error.to_string())),
        Err(panic) => {
            let place = panic.location().map(|place| format!(" at {place}"));
            let error = kind(format!(
                "its `Serialize` or `Deserialize` panicked{}: {}",
                place.unwrap_or_default(),
                panic.message().unwrap_or_default()
            ));
            unwind::discard(panic);
            Err(error)
        }
    }
}
