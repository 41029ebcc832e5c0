//! The texts of [`TaskError`] (a fact, then the way out if there is one) and of its kinds.

use std::fmt;

use super::{ErrorDetail, TaskError, TaskErrorKind};

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_reason(f)?;
        match self.attempts() {
            0 | 1 => {}
            attempts => write!(f, ", in the last of {attempts} attempts")?,
        }
        // Last, since it may be several lines.
        self.death()
            .map_or(Ok(()), |death| write!(f, "{}", death.stderr_tail()))
    }
}

impl TaskError {
    fn write_reason(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.reason {
            ErrorDetail::Cancelled => write!(f, "call was cancelled"),
            ErrorDetail::Panicked(panic) => write!(f, "task panicked: {}", panic.message),
            ErrorDetail::TimedOut(limit) => write!(f, "time limit of {limit:?} passed"),
            ErrorDetail::MemoryExceeded(memory) => write!(f, "{memory}"),
            ErrorDetail::WorkerLost(cause) => match self.death() {
                Some(death) => death.write_end(f),
                None => write!(f, "worker ended before it sent a result: {cause}"),
            },
            ErrorDetail::ExecutorBroken(cause) => write!(f, "executor is broken: {cause}"),
            ErrorDetail::Rejected(cause) => write!(f, "{cause}"),
            ErrorDetail::Encode(cause) => write!(f, "value cannot be turned into bytes: {cause}"),
            ErrorDetail::Decode(cause) => write!(f, "bytes cannot be turned into a value: {cause}"),
            ErrorDetail::WouldDeadlock => write!(
                f,
                "this thread runs the call that it would wait for; \
                 return from its task or callback first"
            ),
        }
    }

    /// The text without the words of the kind, to be sent to another process with the kind.
    #[cfg(all(unix, feature = "processes"))]
    pub(crate) fn cause_text(&self) -> String {
        match &self.0.reason {
            ErrorDetail::Panicked(panic) => panic.message.to_string(),
            ErrorDetail::WorkerLost(cause)
            | ErrorDetail::ExecutorBroken(cause)
            | ErrorDetail::Rejected(cause)
            | ErrorDetail::Encode(cause)
            | ErrorDetail::Decode(cause) => cause.to_string(),
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for TaskErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cancelled => "cancelled",
            Self::Panicked => "panicked",
            Self::TimedOut => "timed out",
            Self::MemoryExceeded => "memory exceeded",
            Self::WorkerLost => "worker lost",
            Self::ExecutorBroken => "executor broken",
            Self::Rejected => "rejected",
            Self::Encode => "not encoded",
            Self::Decode => "not decoded",
            Self::WouldDeadlock => "would deadlock",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_after_retries_tells_the_attempts() {
        let error = TaskError::worker_lost("it fell down").with_attempts(3);

        assert_eq!(error.attempts(), 3);
        assert_eq!(
            error.to_string(),
            "worker ended before it sent a result: it fell down, in the last of 3 attempts"
        );
        #[cfg(all(unix, feature = "processes"))]
        assert_eq!(error.cause_text(), "it fell down");
    }

    #[test]
    fn an_error_of_one_attempt_tells_none() {
        let error = TaskError::cancelled().with_attempts(1);

        assert_eq!(error.to_string(), "call was cancelled");
    }

    #[test]
    fn an_error_that_others_hold_keeps_its_attempts() {
        let error = TaskError::cancelled();
        let held = error.clone();

        let error = error.with_attempts(2);

        assert_eq!((error.attempts(), held.attempts()), (1, 1));
    }
}
