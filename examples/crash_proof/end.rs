//! How a call ended, as far as this program tells ends apart.

use std::fmt;

use concurrent_futures::prelude::*;

use crate::tasks::Answer;

#[derive(PartialEq, Eq)]
pub(crate) enum End {
    Value(u64),
    Returned(String),
    Panicked(String),
    Exited(i32),
    Killed(i32),
    TimedOut,
    Else(String),
}

impl End {
    /// How it ended, and which process is known to have run it.
    pub(crate) fn of(outcome: Result<Answer, TaskError>) -> (Self, Option<u32>) {
        match outcome {
            Ok(Ok((value, pid))) => (Self::Value(value), Some(pid)),
            Ok(Err(error)) => (Self::Returned(error.to_string()), None),
            Err(error) => (
                Self::of_error(&error),
                error.death().map(|death| death.pid()),
            ),
        }
    }

    fn of_error(error: &TaskError) -> Self {
        let death = error.death();
        if let Some(signal) = death.and_then(|death| death.signal()) {
            Self::Killed(signal)
        } else if let Some(code) = death.and_then(|death| death.exit_code()) {
            Self::Exited(code)
        } else if let Some(message) = error.message() {
            Self::Panicked(message.to_owned())
        } else if error.is_timed_out() {
            Self::TimedOut
        } else {
            Self::Else(error.to_string())
        }
    }

    pub(crate) fn is_value(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// Whether the process that ran the call ended with it.
    pub(crate) fn is_fatal(&self) -> bool {
        matches!(self, Self::Exited(_) | Self::Killed(_) | Self::TimedOut)
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "{value}"),
            Self::Returned(error) => write!(f, "returned: {error}"),
            Self::Panicked(message) => write!(f, "panicked: {message}"),
            Self::Exited(code) => write!(f, "process exited with code {code}"),
            Self::Killed(signal) => write!(f, "process killed by {}", name_of(*signal)),
            Self::TimedOut => write!(f, "time limit passed, process killed"),
            Self::Else(text) => f.write_str(text),
        }
    }
}

fn name_of(signal: i32) -> String {
    match signal {
        6 => "signal 6 (SIGABRT)".to_owned(),
        9 => "signal 9 (SIGKILL)".to_owned(),
        11 => "signal 11 (SIGSEGV)".to_owned(),
        other => format!("signal {other}"),
    }
}
