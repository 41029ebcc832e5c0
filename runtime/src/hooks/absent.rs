//! The hooks of a build without the feature `test-hooks`: no-ops, inlined away.

/// As with the feature.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(all(unix, feature = "processes")),
    expect(dead_code, reason = "moments of a worker process")
)]
pub(crate) enum Moment {
    TakingOver,
    Read,
    Claimed,
    Decoded,
    Ran,
    HalfAnswered,
    Answered,
    Finished,
}

/// Whether a test watches for this moment: none does.
#[cfg(all(unix, feature = "processes"))]
pub(crate) const fn is_watched(_: Moment) -> bool {
    false
}

/// A call has come to `moment`.
#[inline(always)]
pub(crate) fn reach(_: Moment) {}
