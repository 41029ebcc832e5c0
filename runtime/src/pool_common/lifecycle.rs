//! The methods that close a pool, wait for its calls and say how it is, written once for all pools.
//!
//! A pool implements [`Lifecycle`]; `lifecycle_methods!` writes the public methods of the same
//! names, so that a user imports no trait for them. The shutdowns are written out in each pool:
//! rustc shows their line to a user who uses a pool after it.

use std::time::Duration;

use crate::{error::TaskError, executor::StillBusy};

/// What all pools can do while they are shared.
pub(crate) trait Lifecycle {
    fn close(&self);
    fn cancel_pending(&self) -> usize;
    fn is_closed(&self) -> bool;
    fn broken(&self) -> Option<TaskError>;
    fn wait_idle(&self);
    fn wait_idle_timeout(&self, limit: Duration) -> Result<(), StillBusy>;
}

/// Writes the methods of [`Lifecycle`] as public methods of `$pool`; what one pool has to add to
/// their docs stands before each name.
macro_rules! lifecycle_methods {
    ($pool:ident {
        $(#[$close:meta])* close;
        $(#[$cancel_pending:meta])* cancel_pending;
        $(#[$is_closed:meta])* is_closed;
        $(#[$is_broken:meta])* is_broken;
        $(#[$broken:meta])* broken;
        $(#[$wait_idle:meta])* wait_idle;
        $(#[$wait_idle_timeout:meta])* wait_idle_timeout;
    }) => {
        impl $pool {
            /// Closes the pool: it accepts no more calls; submitted calls still run. Does not wait.
            ///
            /// Later calls fail with [`is_rejected`](crate::TaskError::is_rejected). Meant for
            /// pools that are shared; closing a pool twice is harmless.
            ///
            $(#[$close])*
            pub fn close(&self) {
                $crate::pool_common::lifecycle::Lifecycle::close(self);
            }

            /// Cancels the pending calls, and returns their number.
            ///
            /// Their callbacks run on this thread, before this returns.
            ///
            $(#[$cancel_pending])*
            pub fn cancel_pending(&self) -> usize {
                $crate::pool_common::lifecycle::Lifecycle::cancel_pending(self)
            }

            /// Returns whether the pool was closed: it accepts no more calls.
            ///
            $(#[$is_closed])*
            #[must_use]
            pub fn is_closed(&self) -> bool {
                $crate::pool_common::lifecycle::Lifecycle::is_closed(self)
            }

            /// Returns whether the pool is broken: it runs no more calls.
            ///
            $(#[$is_broken])*
            #[must_use]
            pub fn is_broken(&self) -> bool {
                self.broken().is_some()
            }

            /// Returns the error that every call fails with, if the pool is broken.
            ///
            $(#[$broken])*
            #[must_use]
            pub fn broken(&self) -> Option<$crate::error::TaskError> {
                $crate::pool_common::lifecycle::Lifecycle::broken(self)
            }

            /// Blocks until no call is pending or running.
            ///
            /// Calls that are submitted meanwhile are waited for too: [`close`](Self::close) a
            /// shared pool before, or this returns in a moment in which no call is left. In async
            /// code await the futures.
            ///
            $(#[$wait_idle])*
            pub fn wait_idle(&self) {
                $crate::pool_common::lifecycle::Lifecycle::wait_idle(self);
            }

            /// Blocks until no call is pending or running, at most for `limit`.
            ///
            /// A limit of zero only looks. Otherwise as [`wait_idle`](Self::wait_idle).
            ///
            /// # Errors
            ///
            /// [`StillBusy`](crate::StillBusy) says how many calls were left; they go on.
            ///
            $(#[$wait_idle_timeout])*
            pub fn wait_idle_timeout(
                &self,
                limit: std::time::Duration,
            ) -> Result<(), $crate::executor::StillBusy> {
                $crate::pool_common::lifecycle::Lifecycle::wait_idle_timeout(self, limit)
            }
        }
    };
}
pub(crate) use lifecycle_methods;

/// How long workers without a call may take to sleep, to end, or to take a call.
const SOON: Duration = Duration::from_millis(1);

/// What a wait for the calls of a pool asks of it.
pub(crate) trait WaitForCalls {
    /// Whether the pool may be waiting for this thread.
    fn is_own_thread(&self) -> bool;

    /// The numbers of running and of pending calls.
    fn count_calls(&self) -> (usize, usize);

    /// Whether the workers have no call, although they are not at rest.
    fn are_none_left(&self) -> bool {
        false
    }

    /// How long this thread may wait if `limit` was asked for.
    fn limit_here(&self, limit: Duration) -> Duration {
        if self.is_own_thread() {
            Duration::ZERO
        } else {
            limit
        }
    }

    /// Waits until `have_ended`, which waits as long as it is told, or no call is left.
    fn wait_for_calls(
        &self,
        limit: Duration,
        have_ended: impl Fn(Duration) -> bool,
    ) -> Result<(), StillBusy> {
        let mut limit = limit;
        while !have_ended(limit) {
            let (running, pending) = self.count_calls();
            if running + pending > 0 {
                return Err(StillBusy::new(running, pending));
            }
            if self.are_none_left() {
                break;
            }
            limit = SOON;
        }
        Ok(())
    }
}
