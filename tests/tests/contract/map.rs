//! `map`: one task over many inputs; docs/contract.md, lines 28 to 35.

pub(crate) mod chunk_sizes;
pub(crate) mod results;
pub(crate) mod size_hints;
pub(crate) mod timing;
pub(crate) mod values;
