//! How this program becomes a worker when it is started again.

use std::{ffi::OsString, sync::atomic::Ordering};

use crate::{
    executor::BuildError,
    processes::{IS_INITIALIZED, WorkerTest, wire::worker_env},
};

/// The entry point of a worker: how this program becomes one when it is started again.
pub(super) enum Entry {
    /// The `main` function calls `init`.
    Main,
    /// It is a test binary; these arguments select the test that becomes the worker.
    Test(Vec<OsString>),
}

impl Entry {
    /// The arguments that select it; `None` for those of this program.
    pub(super) fn arguments(self) -> Option<Vec<OsString>> {
        match self {
            Self::Main => None,
            Self::Test(arguments) => Some(arguments),
        }
    }

    /// The entry point of this program's workers, if it has one.
    pub(super) fn find() -> Result<Self, BuildError> {
        // This process was started as a worker and did not become one; its own workers would not
        // either, and each would start the next.
        if worker_env::is_unclaimed() {
            return Err(BuildError::NotInitialized);
        }
        // ORDERING: Acquire pairs with the Release stores of `IS_INITIALIZED`.
        if IS_INITIALIZED.load(Ordering::Acquire) {
            // A worker of a test binary began as a test as well.
            return Ok(Self::of_test().unwrap_or(Self::Main));
        }
        Self::of_test().ok_or(BuildError::NotInitialized)
    }

    /// The test that `worker_test!` has put into this binary.
    fn of_test() -> Option<Self> {
        let WorkerTest(path) = inventory::iter::<WorkerTest>.into_iter().next()?;
        // The test harness leaves the name of the crate out.
        let (_, name) = path.split_once("::")?;
        let arguments = [
            name,
            "--exact",
            "--nocapture",
            "--include-ignored",
            "--test-threads=1",
        ];
        Some(Self::Test(arguments.map(OsString::from).to_vec()))
    }
}
