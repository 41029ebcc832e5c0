//! What `#[task]` writes, and what the compiler and a reader see of the types.

pub(crate) mod arguments;
mod errors_shown;
pub(crate) mod failures;
pub(crate) mod helpers;
pub(crate) mod options;
mod question_marks;
mod strict_clippy;
pub(crate) mod texts;
pub(crate) mod types;
