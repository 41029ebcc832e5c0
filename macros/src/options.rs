//! The options of `#[task]`, once they have been judged.

use std::time::Duration;

use syn::{Expr, Ident, LitStr, Path};

/// The value of each option that is given.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) timeout: Option<Written<Duration>>,
    pub(crate) memory: Option<Written<u64>>,
    pub(crate) retries: Option<Expr>,
    pub(crate) backoff: Option<Written<Duration>>,
    pub(crate) retry_timeouts: Option<Expr>,
    pub(crate) name: Option<LitStr>,
    pub(crate) wrapper: Option<Ident>,
    pub(crate) krate: Option<Path>,
}

/// A quantity with a unit.
pub(crate) enum Written<T> {
    /// Written as a text.
    Text(T),
    /// An expression, whose type the compiler checks.
    Expr(Expr),
}
