//! Which features of the system a worker uses.

use super::fields::{Fields, Writer};

/// What of the system the watching thread may use; tests do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    pub(crate) fn write(self, writer: &mut Writer) {
        writer.flag(self.death_signal);
        writer.flag(self.pidfd);
    }

    pub(crate) fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            death_signal: fields.flag()?,
            pidfd: fields.flag()?,
        })
    }
}
