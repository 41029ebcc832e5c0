//! Scopes: closures that borrow; docs/contract.md, line 44.

pub(crate) mod borrowing;
pub(crate) mod end;
pub(crate) mod panics;
