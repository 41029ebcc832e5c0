//! Executors: submitting, bounds, options, workers, panics and shutdown; docs/contract.md, lines 27
//! and 36 to 48.

pub(crate) mod any_executor;
pub(crate) mod bound;
pub(crate) mod chosen;
pub(crate) mod chosen_inside;
pub(crate) mod closed;
pub(crate) mod drops;
pub(crate) mod hostile;
pub(crate) mod initializer;
pub(crate) mod jobs;
#[cfg(target_os = "linux")]
pub(crate) mod limited_address_space;
pub(crate) mod options;
pub(crate) mod own_threads;
pub(crate) mod panics;
pub(crate) mod programs;
pub(crate) mod refused_threads;
pub(crate) mod shutdown;
pub(crate) mod skipped_options;
pub(crate) mod status;
pub(crate) mod submit;
pub(crate) mod thread_count;
pub(crate) mod workers;
