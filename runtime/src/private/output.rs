//! Whether a task returns a `Result`, decided by the type and not by its name, so that
//! aliases of `Result` count.
//!
//! Autoref specialization: method lookup tries the traits of a value before those of a
//! reference to it. The methods have names that a user's blanket impl will not have.

use std::marker::PhantomData;

use super::{CodecError, Decoder, Encoder};
use crate::portable::Portable;

/// Whether an output counts as a failure.
#[derive(Debug)]
pub struct Output<'a, T>(pub &'a T);

/// An output that is a `Result`.
pub trait IsResult {
    /// Whether it is an `Err`.
    fn __task_is_failure(self) -> bool;
}

impl<T, E> IsResult for Output<'_, Result<T, E>> {
    fn __task_is_failure(self) -> bool {
        self.0.is_err()
    }
}

/// Any other output.
pub trait IsAny {
    /// `false`.
    fn __task_is_failure(self) -> bool;
}

impl<T> IsAny for &Output<'_, T> {
    fn __task_is_failure(self) -> bool {
        false
    }
}

/// Chooses how an output is encoded.
#[derive(Debug)]
pub struct Returned<T>(PhantomData<fn() -> T>);

impl<T> Returned<T> {
    /// For outputs of type `T`.
    #[expect(clippy::new_without_default, reason = "only the macro makes one")]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

/// A `Result` is encoded as one of its two values, each as if it were the output.
pub trait ResultOutput {
    /// The encoding of a `Result`.
    type Way;

    /// Chooses it.
    fn __task_way(self) -> Self::Way;
}

impl<T: Portable, E: Portable> ResultOutput for Returned<Result<T, E>> {
    type Way = AsResult<T, E>;

    fn __task_way(self) -> AsResult<T, E> {
        AsResult(PhantomData)
    }
}

/// Any other output is encoded as it is.
pub trait AnyOutput {
    /// The encoding of any other type.
    type Way;

    /// Chooses it.
    fn __task_way(self) -> Self::Way;
}

impl<T: Portable> AnyOutput for &Returned<T> {
    type Way = AsIs<T>;

    fn __task_way(self) -> AsIs<T> {
        AsIs(PhantomData)
    }
}

/// See [`AnyOutput`].
#[derive(Debug)]
pub struct AsIs<T>(PhantomData<fn() -> T>);

impl<T: Portable> AsIs<T> {
    /// Encodes the output.
    pub fn encode(self, output: T, encoder: &mut Encoder<'_>) -> Result<(), CodecError> {
        output.encode(encoder)
    }

    /// Decodes the output.
    pub fn decode(self, decoder: &mut Decoder<'_>) -> Result<T, CodecError> {
        T::decode(decoder)
    }
}

/// See [`ResultOutput`].
#[derive(Debug)]
pub struct AsResult<T, E>(PhantomData<fn() -> (T, E)>);

impl<T: Portable, E: Portable> AsResult<T, E> {
    /// Encodes the output.
    pub fn encode(self, output: Result<T, E>, encoder: &mut Encoder<'_>) -> Result<(), CodecError> {
        output.is_ok().encode(encoder)?;
        match output {
            Ok(value) => value.encode(encoder),
            Err(error) => error.encode(encoder),
        }
    }

    /// Decodes the output.
    pub fn decode(self, decoder: &mut Decoder<'_>) -> Result<Result<T, E>, CodecError> {
        Ok(if bool::decode(decoder)? {
            Ok(T::decode(decoder)?)
        } else {
            Err(E::decode(decoder)?)
        })
    }
}
