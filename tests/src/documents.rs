//! The Rust blocks of the texts, as doc tests: here and not in the library, since some need the
//! crates beside which it is shown.

#[doc = include_str!("../../README.md")]
struct Readme;

#[doc = include_str!("../../COMPARE.md")]
struct Compare;

#[doc = include_str!("../../DESIGN.md")]
struct Design;

#[doc = include_str!("../../docs/from-python.md")]
struct FromPython;
