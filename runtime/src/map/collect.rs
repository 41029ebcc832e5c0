//! Collecting a `map` into any collection of results.
//!
//! `Iterator::collect`, under a bound of our own: of a collection that holds plain values, the
//! compiler then names [`Map::into_vec`].

use super::Map;
use crate::error::TaskError;

/// A collection that can be made of the results of a [`Map`].
#[diagnostic::on_unimplemented(
    message = "a `Map` yields a `Result` for each call; no `{Self}` can be made of that",
    label = "write `.into_vec()?` for the values, or collect into a `Result<{Self}, TaskError>`",
    note = "`into_vec` and `collect::<Result<_, _>>()` end at the first error; \
            `collect::<Vec<_>>()` keeps all results, errors too"
)]
pub trait FromResults<T>: Sized {
    /// Collects all results.
    fn from_results(map: Map<'_, T>) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T, B: FromIterator<Result<T, TaskError>>> FromResults<T> for B {
    fn from_results(map: Map<'_, T>) -> Self {
        Iterator::collect(map)
    }
}

impl<T> Map<'_, T> {
    #[doc(hidden)]
    pub fn collect<B: FromResults<T>>(self) -> B {
        B::from_results(self)
    }
}
