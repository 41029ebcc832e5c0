//! Which features of the system a worker uses.

use super::fields::{Fields, Writer};

/// What of the system the watching thread may use; tests do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SystemFeatures {
    pub(super) death_signal: bool,
    pub(super) pidfd: bool,
}

impl SystemFeatures {
    /// Whatever the system has.
    pub(super) const ALL: Self = Self {
        death_signal: true,
        pidfd: true,
    };

    pub(super) fn write(self, writer: &mut Writer) {
        writer.flag(self.death_signal);
        writer.flag(self.pidfd);
    }

    pub(super) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            death_signal: fields.flag()?,
            pidfd: fields.flag()?,
        })
    }
}
