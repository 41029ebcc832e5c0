//! Table and pictures of what the other benchmarks have kept.
//!
//! ```text
//!   cargo bench -- --markdown                   measures, then tables
//!   cargo bench -- --svg docs/speed.svg         measures, then pictures:
//!                                               docs/speed.svg, and
//!                                               docs/speed-growth.svg
//!   cargo bench --bench report -- --markdown    of what is kept, at once
//! ```
//!
//! It measures nothing, and without an option it does nothing. It must run
//! last: cargo takes benchmarks in the order of their names.

mod axis;
mod bars;
mod drawing;
mod lines;
mod table;

#[expect(dead_code, reason = "nothing is measured here")]
#[path = "../shared/mod.rs"]
mod shared;

use shared::arguments::Arguments;
use shared::figures::{self, Origin};
use shared::report::Report;
use shared::rounds::Standing;
use std::path::{Path, PathBuf};
use std::{fs, io};

fn main() -> io::Result<()> {
    let arguments = Arguments::read();
    if !arguments.markdown() && arguments.picture().is_none() {
        return Ok(());
    }
    let (reports, origins): (Vec<Report>, Vec<Origin>) =
        figures::read(&arguments).into_iter().unzip();
    let origin = described(&origins, &reports);
    if arguments.markdown() {
        println!("\n{origin}\n{}", table::of(&reports));
    }
    if let Some(path) = arguments.picture() {
        draw(path, bars::picture(&reports, &origin))?;
        draw(&beside(path), lines::picture(&reports, &origin))?;
    }
    Ok(())
}

/// Writes a picture; one without anything to show is none.
fn draw(path: &Path, picture: Option<String>) -> io::Result<()> {
    let Some(picture) = picture else {
        return Ok(());
    };
    fs::write(path, picture)?;
    println!("drawn: {}", path.canonicalize()?.display());
    Ok(())
}

/// The picture of growth goes beside the other: `speed-growth.svg`.
fn beside(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-growth.svg"))
}

/// Machine, days, and how thorough it was.
fn described(origins: &[Origin], reports: &[Report]) -> String {
    let all = |part: fn(&Origin) -> &str| {
        let mut parts: Vec<&str> = origins.iter().map(part).collect();
        parts.sort_unstable();
        parts.dedup();
        parts.join(" / ")
    };
    let is_quick = origins.iter().any(|origin| origin.is_quick);
    let quick = if is_quick {
        " of a tenth of the calls"
    } else {
        ""
    };
    let standings = reports.iter().flat_map(|report| &report.standings);
    let rounds = standings.map(Standing::rounds).min().unwrap_or_default();
    let (machine, days) = (all(|origin| &origin.machine), all(|origin| &origin.day));
    format!("{machine}, {days}; medians of {rounds} rounds{quick}")
}
