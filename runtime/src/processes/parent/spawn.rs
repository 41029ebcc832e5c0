//! How workers start: by which command, and on which thread.

pub(super) mod command;
pub(super) mod directory;
pub(super) mod initializer;
pub(super) mod supervisor;
