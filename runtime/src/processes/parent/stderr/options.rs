//! What a pool keeps and forwards of what its workers print and log.

/// By default nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OutputOptions {
    /// The number of lines of each worker's standard error to keep. Zero disables its capture.
    pub(crate) stderr_lines: usize,
    /// Whether workers send what they log.
    pub(crate) logs: bool,
}

impl OutputOptions {
    /// Whether standard error is captured, and whether workers send what they log.
    pub(crate) fn flags(self) -> (bool, bool) {
        (self.stderr_lines > 0, self.logs)
    }
}
