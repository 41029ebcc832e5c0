//! How far the calls of an executor travel.
//!
//! ```text
//!   Here       every task            the call itself is handed over
//!   Anywhere   every `Remote` task   the call is handed over, and can become bytes
//! ```
//!
//! An executor states its reach as a type, so that the compiler refuses a call
//! that cannot go there, at the line that submits it.

/// How far calls travel: [`Here`] or [`Anywhere`].
///
/// An [`Executor`](crate::Executor) names one of the two, as in `type Reach = Here;`.
pub trait Reach: sealed::Sealed + Sized + Send + Sync + 'static {}

/// Calls stay in this process: every task can be submitted.
#[derive(Debug)]
pub enum Here {}

/// Calls may leave this process: tasks whose parameters and results are
/// [`Portable`](crate::Portable) can be submitted.
#[derive(Debug)]
pub enum Anywhere {}

/// What the compiler could choose as well, where it knows no reach yet.
///
/// Without it a task that is not [`Remote`](crate::Remote) would leave it one choice, `Here`, and the
/// error would be about that, instead of about the parameter that stays here.
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
