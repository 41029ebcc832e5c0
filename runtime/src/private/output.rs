//! What a task returns, asked of the type and not of its name: so that aliases of
//! `Result` are known for what they are.
//!
//! Method lookup tries the traits that are there for the value before those that are
//! there for a reference to it. What it looks for has names that no trait of a user's
//! for all types has.

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
    /// It never is one.
    fn __task_is_failure(self) -> bool;
}

impl<T> IsAny for &Output<'_, T> {
    fn __task_is_failure(self) -> bool {
        false
    }
}

/// How an output becomes bytes.
#[derive(Debug)]
pub struct Returned<T>(PhantomData<fn() -> T>);

impl<T> Returned<T> {
    /// Asks `T`.
    #[expect(clippy::new_without_default, reason = "only the macro makes one")]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

/// A `Result` travels as one of its two sides, each as if it were the output.
pub trait ResultOutput {
    /// The way of a `Result`.
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

/// Any other output travels as it is.
pub trait AnyOutput {
    /// The way of any other type.
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
    /// Writes the output.
    pub fn encode(self, output: T, encoder: &mut Encoder<'_>) -> Result<(), CodecError> {
        output.encode(encoder)
    }

    /// Reads the output.
    pub fn decode(self, decoder: &mut Decoder<'_>) -> Result<T, CodecError> {
        T::decode(decoder)
    }
}

/// See [`ResultOutput`].
#[derive(Debug)]
pub struct AsResult<T, E>(PhantomData<fn() -> (T, E)>);

impl<T: Portable, E: Portable> AsResult<T, E> {
    /// Writes the output.
    pub fn encode(self, output: Result<T, E>, encoder: &mut Encoder<'_>) -> Result<(), CodecError> {
        output.is_ok().encode(encoder)?;
        match output {
            Ok(value) => value.encode(encoder),
            Err(error) => error.encode(encoder),
        }
    }

    /// Reads the output.
    pub fn decode(self, decoder: &mut Decoder<'_>) -> Result<Result<T, E>, CodecError> {
        Ok(if bool::decode(decoder)? {
            Ok(T::decode(decoder)?)
        } else {
            Err(E::decode(decoder)?)
        })
    }
}
