//! How much memory a worker held that broke a limit, and sizes as people read them.

use std::fmt;

use super::{ErrorDetail, TaskError};

/// How much memory a call might make its worker hold, and how much that held.
///
/// # Examples
///
/// ```
/// use concurrent_futures::TaskError;
///
/// let error = TaskError::memory_exceeded(64 << 20, 74_711_040);
/// let memory = error.memory_use().expect("a limit was broken");
/// assert_eq!((memory.limit(), memory.size()), (67_108_864, 74_711_040));
/// assert_eq!(error.to_string(), "memory limit of 64 MiB exceeded: worker held 71.3 MiB");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryUse {
    pub(super) limit: u64,
    pub(super) size: u64,
}

impl MemoryUse {
    /// The limit, in bytes.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// What the worker held when it was looked at, in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl TaskError {
    /// The memory limit and what the worker held, if that is why there is no value.
    #[must_use]
    pub fn memory_use(&self) -> Option<MemoryUse> {
        match self.0.reason {
            ErrorDetail::MemoryExceeded(memory) => Some(memory),
            _ => None,
        }
    }
}

impl fmt::Display for MemoryUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (limit, size) = (Size(self.limit), Size(self.size));
        write!(f, "memory limit of {limit} exceeded: worker held {size}")
    }
}

/// So many bytes, in the largest unit that is not larger.
///
/// A fraction is rounded up to a tenth: what is more than a round limit looks like more.
struct Size(u64);

const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let power = self.0.checked_ilog2().unwrap_or(0) / 10;
        let unit = 1_u64 << (10 * power);
        if self.0.is_multiple_of(unit) {
            return write!(f, "{} {}", self.0 / unit, UNITS[power as usize]);
        }
        let tenths = (10 * u128::from(self.0)).div_ceil(unit.into());
        // What is rounded up to 1024 of a unit is one of the next.
        let (tenths, power) = match tenths {
            10_240.. => (10, power + 1),
            _ => (tenths, power),
        };
        let name = UNITS[power as usize];
        write!(f, "{}.{} {name}", tenths / 10, tenths % 10)
    }
}
