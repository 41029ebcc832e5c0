//! What is wrong with the options of a `map`.

/// Why a `map` was refused at the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MapError {
    /// A chunk would hold no call.
    #[error("a chunk of zero calls runs nothing; ask for at least one")]
    ZeroChunk,
    /// The buffer would hold no call.
    #[error("a buffer of zero calls lets nothing in; ask for at least one")]
    ZeroBuffer,
    /// The inputs never end, and all would be submitted at once.
    #[error("inputs never end; set a buffer, so that they are pulled as results are taken")]
    Unbounded,
}
