//! What the benchmark programs have in common.
//!
//! ```text
//!   arguments   what was asked for
//!   works       what there is to measure, and its goals
//!   rounds      who runs when, and the statistics of it
//!   unit goal   what a cost is shown as, and what it should be
//!   report      one work, measured: the lines that are printed
//!   figures     reports, kept in a folder from program to program
//! ```
//!
//! Programs measure, each what needs a program of its own; the last one to
//! run, `report`, measures nothing and makes the table and the pictures.

pub(crate) mod arguments;
pub(crate) mod figures;
pub(crate) mod goal;
pub(crate) mod report;
pub(crate) mod rounds;
pub(crate) mod unit;
pub(crate) mod works;
