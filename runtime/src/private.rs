//! What the code that the macros write calls. No part of the public surface.

/// Whether an output counts as a failure, asked of its type and not of its name:
/// so aliases of `Result` count as well.
///
/// Method lookup tries [`IsResult`], which is there for the value, before
/// [`IsAny`], which is there for a reference to it.
#[derive(Debug)]
pub struct Output<'a, T>(pub &'a T);

/// An output that is a `Result`.
#[expect(
    clippy::wrong_self_convention,
    reason = "the self type is what is asked"
)]
pub trait IsResult {
    /// Whether it is an `Err`.
    fn is_failure(self) -> bool;
}

impl<T, E> IsResult for Output<'_, Result<T, E>> {
    fn is_failure(self) -> bool {
        self.0.is_err()
    }
}

/// Any other output.
#[expect(
    clippy::wrong_self_convention,
    reason = "the self type is what is asked"
)]
pub trait IsAny {
    /// It never is one.
    fn is_failure(self) -> bool;
}

impl<T> IsAny for &Output<'_, T> {
    fn is_failure(self) -> bool {
        false
    }
}

/// The body of a `main` that carries our attribute.
pub fn main<R>(body: impl FnOnce() -> R) -> R {
    let _guard = crate::init();
    body()
}
