//! The trait of the executor inside a pool: it can be closed, waited for and shut down.

use std::{fmt, time::Duration};

#[cfg(all(unix, feature = "processes"))]
use crate::processes::ProcessPool;
#[cfg(feature = "work-stealing")]
use crate::work_stealing::WorkStealingPool;
use crate::{
    error::TaskError,
    executor::{AnyExecutor, StillBusy},
    threads::ThreadPool,
};

/// An executor that can be shut down; dropping it shuts it down.
pub(super) trait OwnedExecutor: AnyExecutor + fmt::Debug {
    fn close(&self);
    fn cancel_pending(&self) -> usize;
    fn is_closed(&self) -> bool;
    fn broken(&self) -> Option<TaskError>;
    fn wait_idle(&self);
    fn wait_idle_timeout(&self, limit: Duration) -> Result<(), StillBusy>;
    fn shutdown_detached(self: Box<Self>);
    fn shutdown_timeout(self: Box<Self>, limit: Duration) -> Result<(), StillBusy>;
}

/// Implements the trait for a pool that has methods of the same names.
macro_rules! inside {
    ($pool:ident) => {
        impl OwnedExecutor for $pool {
            fn close(&self) {
                $pool::close(self);
            }

            fn cancel_pending(&self) -> usize {
                $pool::cancel_pending(self)
            }

            fn is_closed(&self) -> bool {
                $pool::is_closed(self)
            }

            fn broken(&self) -> Option<TaskError> {
                $pool::broken(self)
            }

            fn wait_idle(&self) {
                $pool::wait_idle(self);
            }

            fn wait_idle_timeout(&self, limit: Duration) -> Result<(), StillBusy> {
                $pool::wait_idle_timeout(self, limit)
            }

            fn shutdown_detached(self: Box<Self>) {
                $pool::shutdown_detached(*self);
            }

            fn shutdown_timeout(self: Box<Self>, limit: Duration) -> Result<(), StillBusy> {
                $pool::shutdown_timeout(*self, limit)
            }
        }
    };
}

inside!(ThreadPool);
#[cfg(feature = "work-stealing")]
inside!(WorkStealingPool);
#[cfg(all(unix, feature = "processes"))]
inside!(ProcessPool);
