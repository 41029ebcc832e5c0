//! The work-stealing pool: the lists of facts that fit it, and what it alone promises.

pub(crate) mod lock_across_join;
pub(crate) mod rayon_inside;
pub(crate) mod rayon_panics;
pub(crate) mod stacked_calls;
pub(crate) mod threads;

everywhere!(crate::fixture::Stealing);
shared_memory!(crate::fixture::Stealing);
workers!(crate::fixture::Stealing);
local_workers!(crate::fixture::Stealing);
own_threads!(crate::fixture::Stealing);
work_stealing!();
#[cfg(target_os = "linux")]
own_threads_in_little_space!(crate::fixture::Stealing);
#[cfg(target_os = "linux")]
work_stealing_in_little_space!();
