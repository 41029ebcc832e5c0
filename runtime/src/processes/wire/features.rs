//! Which features of the system the watchdog of a worker uses.

use serde::{Deserialize, Serialize};

/// What of the system the watchdog may use; tests do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SystemFeatures {
    pub(crate) death_signal: bool,
    pub(crate) pidfd: bool,
}

impl SystemFeatures {
    /// Whatever the system has.
    pub(crate) const ALL: Self = Self {
        death_signal: true,
        pidfd: true,
    };
}
