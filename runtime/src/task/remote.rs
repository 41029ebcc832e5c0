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
//! `#[task]` implements [`Remote`] for each task whose parameters and result are portable.
//! Other tasks run on executors in this process only.
//!
//! A call of a task has one part and gets one answer. A chunk has one part for each of its calls,
//! so that they fail one by one in the worker too. Both implement [`Wire`].

use std::{cell::Cell, time::Instant};

use super::{Task, entry::Entry};
use crate::{
    error::TaskError,
    hooks::{self, Moment},
    portable::{CodecError, Decoder, Encoder, Parts, TOO_DEEP},
    unwind,
};

/// A task whose calls can be sent to another process.
///
/// `#[task]` implements it if all parameters and the result are
/// [`Portable`](crate::Portable); do not implement it by hand.
#[diagnostic::on_unimplemented(
    message = "a call of `{Self}` cannot leave this process",
    label = "this executor takes calls that can be sent to another process",
    note = "such calls are made by `#[task]` functions whose parameters and result are portable; \
            closures and tasks written by hand run on threads"
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

/// The answers to the parts of a call, in their order.
pub(crate) trait AnswerSource {
    /// Takes the next answer: bytes or an error; `None` if there is no further one.
    fn next(&mut self) -> Option<Result<&[u8], TaskError>>;
}

/// A source without an answer.
pub(crate) struct NoAnswers;

impl AnswerSource for NoAnswers {
    fn next(&mut self) -> Option<Result<&[u8], TaskError>> {
        None
    }
}

/// A call that can go to another process.
pub(crate) trait Wire: Task {
    /// The data that is kept here, to make the outcome from the answers.
    type Retained: Send + 'static;

    fn entry() -> &'static Entry;

    /// Encodes the call into `parts`; an error if no part of it could be encoded.
    fn into_parts(self, parts: &mut Parts) -> Result<Self::Retained, TaskError>;

    /// The time after which no part of the call is to start, if there is one.
    fn deadline(_retained: &Self::Retained) -> Option<Instant> {
        None
    }

    /// Makes the outcome from the answers.
    fn from_answers(
        answers: &mut dyn AnswerSource,
        retained: Self::Retained,
    ) -> Result<Self::Output, TaskError>;
}

impl<T: Remote> Wire for T {
    type Retained = ();

    fn entry() -> &'static Entry {
        <T as Remote>::entry()
    }

    fn into_parts(self, parts: &mut Parts) -> Result<(), TaskError> {
        encode(self, parts)
    }

    fn from_answers(answers: &mut dyn AnswerSource, (): ()) -> Result<T::Output, TaskError> {
        let answer = answers.next().unwrap_or_else(|| Err(no_answer()));
        decode_output::<T>(answer?)
    }
}

/// Encodes the call's arguments into `parts`, as one part.
pub(crate) fn encode<T: Remote>(call: T, parts: &mut Parts) -> Result<(), TaskError> {
    parts.add(|encoder| user_code(TaskError::encode, || call.encode(encoder)))
}

/// Encodes the arguments of each call into `parts`, as one part each.
///
/// Returns the calls that could not be encoded: index and error.
pub(crate) fn encode_all<T: Remote>(
    calls: &mut Vec<T>,
    parts: &mut Parts,
) -> Vec<(usize, TaskError)> {
    let mut failed = Vec::new();
    let mut calls = calls.drain(..).enumerate();
    let at = Cell::new(0);
    // One `catch_unwind` for the whole run of calls; after a panic, a new one.
    while let Err(panic) = unwind::catch(|| {
        for (index, call) in calls.by_ref() {
            at.set(index);
            if let Err(error) = parts.add(|encoder| call.encode(encoder)) {
                failed.push((index, broken(TaskError::encode)(error)));
            }
        }
    }) {
        parts.truncate(parts.len());
        failed.push((at.get(), panicked(TaskError::encode, panic)));
    }
    let named = failed.into_iter();
    named
        .map(|(index, error)| (index, error.of_task(T::name())))
        .collect()
}

/// Decodes the result of a call from the bytes of an answer.
pub(crate) fn decode_output<T: Remote>(bytes: &[u8]) -> Result<T::Output, TaskError> {
    unwind::catch(|| decode_uncaught::<T>(bytes))
        .unwrap_or_else(|panic| Err(panicked(TaskError::decode, panic)))
}

/// As [`decode_output`], for callers that catch panics themselves.
pub(crate) fn decode_uncaught<T: Remote>(bytes: &[u8]) -> Result<T::Output, TaskError> {
    let output = Decoder::whole(bytes, |decoder| {
        T::decode_output(decoder).map_err(CodecError::in_result)
    });
    output.map_err(broken(TaskError::decode))
}

/// Runs a call from its bytes, and encodes its result into `parts`: the worker's side.
pub(crate) fn run<T: Remote>(arguments: &[u8], parts: &mut Parts) -> Result<(), TaskError> {
    // One `catch_unwind` for all phases; the phase reached tells whose panic it was.
    let step = Cell::new(CallPhase::Decode);
    let ran = unwind::catch(|| {
        let call: T = Decoder::whole(arguments, T::decode).map_err(broken(TaskError::decode))?;
        hooks::reach(Moment::Decoded);
        step.set(CallPhase::Run);
        let output = call.run();
        step.set(CallPhase::Encode);
        parts.add(|encoder| {
            let encoded = T::encode_output(output, encoder);
            encoded.map_err(|error| broken(TaskError::encode)(error.in_result()))
        })
    });
    let caught = match ran {
        Ok(result) => return result,
        Err(panic) => panic,
    };
    Err(match step.get() {
        CallPhase::Run => caught,
        CallPhase::Decode => panicked(TaskError::decode, caught),
        CallPhase::Encode => {
            parts.truncate(parts.len());
            panicked(TaskError::encode, caught)
        }
    })
}

/// The phases of a call that runs from bytes.
#[derive(Clone, Copy)]
enum CallPhase {
    Decode,
    Run,
    Encode,
}

/// The error of a call for which the executor gave no answer.
pub(crate) fn no_answer() -> TaskError {
    TaskError::worker_lost("executor has no answer to the call; give `finish` one for each part")
}

/// Runs user code, an impl of serde's traits, which may fail or panic.
fn user_code<T>(
    kind: impl Fn(String) -> TaskError,
    body: impl FnOnce() -> Result<T, CodecError>,
) -> Result<T, TaskError> {
    match unwind::catch(body) {
        Ok(result) => result.map_err(broken(kind)),
        Err(panic) => Err(panicked(kind, panic)),
    }
}

/// Converts an error of the codec into one of `kind`.
fn broken(kind: impl Fn(String) -> TaskError) -> impl Fn(CodecError) -> TaskError {
    move |error| kind(error.to_string())
}

/// The error of a `Serialize` or `Deserialize` impl that panicked.
pub(crate) fn panicked(kind: impl Fn(String) -> TaskError, panic: TaskError) -> TaskError {
    if panic.message() == Some(TOO_DEEP) {
        return kind(TOO_DEEP.to_owned());
    }
    let place = panic.location().map(|place| format!(" at {place}"));
    let error = kind(format!(
        "its `Serialize` or `Deserialize` panicked{}: {}",
        place.unwrap_or_default(),
        panic.message().unwrap_or_default()
    ));
    unwind::discard(panic);
    error
}
