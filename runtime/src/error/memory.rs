//! The memory of a worker that exceeded a limit, and sizes in readable units.

use std::fmt;

use super::{ErrorDetail, TaskError};

/// The memory limit of a call, and the memory that its worker held.
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
    /// Returns the limit, in bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::TaskError;
    ///
    /// let error = TaskError::memory_exceeded(64 << 20, 65 << 20);
    /// assert_eq!(error.memory_use().map(|memory| memory.limit()), Some(64 << 20));
    /// ```
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Returns the memory that the worker held when it was sampled, in bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::TaskError;
    ///
    /// let error = TaskError::memory_exceeded(64 << 20, 65 << 20);
    /// assert_eq!(error.memory_use().map(|memory| memory.size()), Some(65 << 20));
    /// ```
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl TaskError {
    /// Returns the memory limit and the worker's memory, if the call exceeded its limit.
    ///
    /// # Examples
    ///
    /// ```
    /// use concurrent_futures::prelude::*;
    ///
    /// #[task]
    /// fn hoard() {
    ///     let hoard = vec![1_u8; 200 << 20];
    ///     loop {
    ///         std::thread::park();
    ///         assert!(!hoard.is_empty());
    ///     }
    /// }
    ///
    /// #[concurrent_futures::main]
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let pool = ProcessPool::builder().workers(1).memory(100 << 20).build()?;
    ///     let error = hoard::submit(&pool).result().unwrap_err();
    ///     let memory = error.memory_use().expect("it held too much");
    ///     assert_eq!(memory.limit(), 100 << 20);
    ///     assert!(memory.size() > memory.limit());
    ///     Ok(())
    /// }
    /// ```
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

/// Displays a number of bytes in the largest unit that is not larger.
///
/// A fraction is rounded up to a tenth, so that a size above a round limit is shown as above.
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
        // A size that is rounded up to 1024 of a unit is one of the next unit.
        let (tenths, power) = match tenths {
            10_240.. => (10, power + 1),
            _ => (tenths, power),
        };
        let name = UNITS[power as usize];
        write!(f, "{}.{} {name}", tenths / 10, tenths % 10)
    }
}
