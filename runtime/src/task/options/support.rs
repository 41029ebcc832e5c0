//! Which options an executor may not support, and what a refusal says of them.

use std::fmt;

use super::Options;

/// What an executor on threads cannot keep, and the ways out.
macro_rules! beyond_threads {
    ($what:literal) => {
        concat!(
            $what,
            "; use one that can end its workers, or one that skips what it cannot keep \
             (`skip_unsupported`, or `+skip` in the text of a `Pool`)"
        )
    };
}

/// The options that an executor keeps or skips together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OptionKind {
    Name,
    TimeLimit,
    MemoryLimit,
    /// Their number, and what configures them.
    Retries,
}

impl OptionKind {
    pub(crate) const ALL: [Self; 4] = [
        Self::Name,
        Self::TimeLimit,
        Self::MemoryLimit,
        Self::Retries,
    ];
}

impl fmt::Display for OptionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "its name",
            Self::TimeLimit => "its time limit",
            Self::MemoryLimit => "its memory limit",
            Self::Retries => "its retries",
        })
    }
}

impl Options {
    /// The options of one kind.
    pub(crate) fn only(&self, kind: OptionKind) -> Self {
        let mut alone = self.clone();
        let others = OptionKind::ALL.into_iter().filter(|other| *other != kind);
        others.for_each(|other| alone.unset(other));
        alone
    }

    /// Unsets the options of one kind.
    pub(crate) fn unset(&mut self, kind: OptionKind) {
        match kind {
            OptionKind::Name => self.name = None,
            OptionKind::TimeLimit => self.timeout = None,
            OptionKind::MemoryLimit => self.memory = None,
            OptionKind::Retries => {
                (self.retries, self.backoff, self.retry_timeouts) = (None, None, None);
            }
        }
    }

    /// Whether these options cause or configure retries.
    fn is_about_retries(&self) -> bool {
        match self.retries {
            Some(times) => times > 0,
            None => self.backoff.is_some() || self.retry_timeouts == Some(true),
        }
    }

    /// The first option that takes an executor which can end its workers, in words.
    pub(crate) fn beyond_threads(&self) -> Option<&'static str> {
        if self.time_limit().is_some() {
            Some(beyond_threads!("a time limit"))
        } else if self.is_about_retries() {
            Some(beyond_threads!("retries"))
        } else if self.memory_limit().is_some() {
            Some(beyond_threads!("a memory limit"))
        } else {
            None
        }
    }
}
