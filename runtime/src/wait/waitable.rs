//! The futures that can be waited for together.

use std::fmt;

use crate::{
    cell::CellRef,
    future::{CancelOnDrop, Future, SharedFuture},
};

/// A future that [`wait`](crate::wait) and [`as_completed`](crate::as_completed) accept.
///
/// Futures, references to them, shared futures, and pairs of a key and one of these.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// let pool = ThreadPool::new();
/// let words = ["one", "three"];
/// let keyed = words.map(|word| (word, pool.spawn(move || word.len())));
/// for (word, length) in as_completed(keyed) {
///     assert_eq!(length.result()?, word.len());
/// }
/// # Ok::<(), TaskError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be waited for",
    note = "give futures, `&future`s, shared futures, or `(key, future)` pairs"
)]
pub trait Waitable {
    /// The call that is waited for.
    #[doc(hidden)]
    fn watched(&self) -> Watched<'_>;
}

/// The call behind a [`Waitable`].
#[doc(hidden)]
pub struct Watched<'a>(&'a CellRef);

impl<'a> Watched<'a> {
    pub(crate) fn new(cell: &'a CellRef) -> Self {
        Self(cell)
    }

    pub(super) fn cell(self) -> &'a CellRef {
        self.0
    }
}

impl fmt::Debug for Watched<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Watched({})", self.0.id)
    }
}

impl<T> Waitable for Future<T> {
    fn watched(&self) -> Watched<'_> {
        Watched(self.cell())
    }
}

impl<T> Waitable for CancelOnDrop<T> {
    fn watched(&self) -> Watched<'_> {
        Watched(self.cell())
    }
}

impl<T> Waitable for SharedFuture<T> {
    fn watched(&self) -> Watched<'_> {
        Watched(self.cell())
    }
}

impl<W: Waitable + ?Sized> Waitable for &W {
    fn watched(&self) -> Watched<'_> {
        (**self).watched()
    }
}

impl<K, W: Waitable> Waitable for (K, W) {
    fn watched(&self) -> Watched<'_> {
        self.1.watched()
    }
}
