//! How far the calls of an executor travel.
//!
//! ```text
//!   Here       every task            the call itself is handed over
//!   Anywhere   every `Remote` task   the call is handed over, and can become bytes
//! ```
//!
//! An executor states its reach as a type, so that the compiler refuses a call
//! that cannot go there, at the line that submits it.

/// How far the calls of an executor travel: [`Here`] or [`Anywhere`].
///
/// An [`Executor`](crate::Executor) names one of the two, as in `type Reach = Here;`.
pub trait Reach: sealed::Sealed + Sized + Send + Sync + 'static {}

/// The reach of executors whose calls stay in this process: every task can be submitted.
#[derive(Debug)]
pub enum Here {}

/// The reach of executors whose calls may leave this process: tasks whose parameters and
/// results are [`Portable`](crate::Portable) can be submitted.
#[derive(Debug)]
pub enum Anywhere {}

/// A third reach, for better errors: no executor has it.
///
/// Without it, a task that is not [`Remote`](crate::Remote) would leave the compiler one
/// choice, `Here`, and the error would be about that, not about the parameter that is not
/// portable.
#[doc(hidden)]
#[derive(Debug)]
pub enum Undecided {}

impl Reach for Here {}
impl Reach for Anywhere {}
impl Reach for Undecided {}

mod sealed {
    /// Keeps the reaches to those of this file.
    pub trait Sealed {}

    impl Sealed for super::Here {}
    impl Sealed for super::Anywhere {}
    impl Sealed for super::Undecided {}
}
