//! What a call comes back in that found no room.

use std::{error::Error, fmt};

/// The executor is full; holds the call that was not taken.
#[must_use = "it holds the call; take it back with `into_call`"]
pub struct Full<T> {
    pub(super) call: T,
}

impl<T> Full<T> {
    /// Gives the call back.
    pub fn into_call(self) -> T {
        self.call
    }
}

impl<T> fmt::Debug for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Full").finish_non_exhaustive()
    }
}

impl<T> fmt::Display for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "executor is full; submit again when a call has started, or with `submit`, which waits",
        )
    }
}

impl<T> Error for Full<T> {}
