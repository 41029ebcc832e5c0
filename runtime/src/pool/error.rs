//! Why a text makes no pool.
//!
//! `Debug` is the text too: that is what is seen where `main` returns the error, and a wrong option is a mistake of
//! whoever runs the program, not of who wrote it.

use std::{error::Error, fmt};

use crate::executor::BuildError;

/// Why a text names no executor.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PoolChoiceError {
    /// There is nothing in it.
    #[error("an empty text names no executor; choose one of {}", offered())]
    Empty,
    /// No executor has this name.
    #[error("no executor is called `{name}`; choose one of {}", offered())]
    Unknown {
        /// The name, without a number of workers.
        name: String,
    },
    /// The executor exists, but this program was built without it.
    #[error(
        "`{name}` is not part of this program, which would need {needs}; choose one of {}",
        offered()
    )]
    LeftOut {
        /// The executor.
        name: &'static str,
        /// What a program needs to have it.
        needs: &'static str,
    },
    /// The executor has no workers that one could count.
    #[error("`{text}` asks `{name}` for workers, of which it has none; write `{name}`")]
    NoWorkers {
        /// The whole text.
        text: String,
        /// The executor.
        name: &'static str,
    },
    /// What stands behind the colon is no number, or one that is too large for any machine.
    #[error("`{text}` gives no number of workers; write `{name}:8`, say")]
    NoNumber {
        /// The whole text.
        text: String,
        /// The executor.
        name: &'static str,
    },
    /// No worker would ever run a call.
    #[error("`{text}` asks for no worker at all; write `{name}:1`, or more")]
    ZeroWorkers {
        /// The whole text.
        text: String,
        /// The executor.
        name: &'static str,
    },
}

/// The names of the executors that this program was built with; `N` stands for a number of workers.
pub(super) const NAMES: &[&str] = &[
    "inline",
    "threads",
    "threads:N",
    #[cfg(feature = "work-stealing")]
    "stealing",
    #[cfg(feature = "work-stealing")]
    "stealing:N",
    #[cfg(all(unix, feature = "processes"))]
    "processes",
    #[cfg(all(unix, feature = "processes"))]
    "processes:N",
];

/// What there is to choose from, in a sentence.
fn offered() -> String {
    let quoted: Vec<_> = NAMES.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

impl fmt::Debug for PoolChoiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why there is no [`Pool`](crate::Pool).
#[derive(Clone)]
#[non_exhaustive]
pub enum PoolError {
    /// The text names no executor.
    Choice(PoolChoiceError),
    /// The executor that it names cannot be made.
    Build(BuildError),
    /// It was an environment variable that said so.
    Variable {
        /// Its name.
        variable: String,
        /// What is wrong with its text.
        error: Box<PoolError>,
    },
}

impl From<PoolChoiceError> for PoolError {
    fn from(error: PoolChoiceError) -> Self {
        Self::Choice(error)
    }
}

impl From<BuildError> for PoolError {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}

impl Error for PoolError {
    /// What lies behind the error inside, whose own text is a part of this one's.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Choice(error) => error.source(),
            Self::Build(error) => error.source(),
            Self::Variable { error, .. } => error.source(),
        }
    }
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Choice(error) => fmt::Display::fmt(error, f),
            Self::Build(error) => fmt::Display::fmt(error, f),
            Self::Variable { variable, error } => {
                write!(f, "environment variable `{variable}`: {error}")
            }
        }
    }
}

impl fmt::Debug for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        match self.source() {
            Some(cause) => write!(f, "\n\nCaused by:\n    {cause}"),
            None => Ok(()),
        }
    }
}
