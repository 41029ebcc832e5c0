//! What was measured, kept in a folder until it is measured again.
//!
//! ```text
//!   compare --.
//!              >-- keep --> a file a work --> read --> report
//!   memory  --'
//! ```
//!
//! So the table and the pictures show all works, whichever programs measure
//! them, and a single one can be measured anew. Each file says on which
//! machine and day that was.

use super::arguments::Arguments;
use super::report::Report;
use super::rounds::Standing;
use super::works::{self, Work};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::process::Command;
use std::{fs, io};

/// A report as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    origin: Origin,
    standings: Vec<Standing>,
}

/// Where, when and how something was measured.
#[derive(Serialize, Deserialize, Clone)]
pub(crate) struct Origin {
    pub(crate) machine: String,
    pub(crate) day: String,
    /// With a tenth of the calls?
    pub(crate) is_quick: bool,
}

/// What is needed to keep reports.
pub(crate) struct Keeper {
    origin: Origin,
    keeps: bool,
}

impl Keeper {
    pub(crate) fn new(arguments: &Arguments) -> Keeper {
        let origin = Origin {
            machine: machine(),
            day: output_of("date", &["-u", "+%F"]),
            is_quick: arguments.is_quick(),
        };
        let keeps = arguments.is_benchmark();
        Keeper { origin, keeps }
    }

    /// Prints a report and keeps it; one that cannot be kept is only printed.
    pub(crate) fn tell(&self, report: Report) {
        println!("{report}");
        if self.keeps
            && let Err(error) = self.keep(report)
        {
            eprintln!("the figures cannot be kept: {error}");
        }
    }

    fn keep(&self, report: Report) -> io::Result<()> {
        let path = path(report.work, report.at);
        let kept = Kept {
            origin: self.origin.clone(),
            standings: report.standings,
        };
        fs::create_dir_all(folder())?;
        fs::write(path, serde_json::to_vec_pretty(&kept)?)
    }
}

/// The reports that are kept of the works that were asked for, in the order of the works.
pub(crate) fn read(arguments: &Arguments) -> Vec<(Report, Origin)> {
    let chosen = works::ALL.iter();
    let chosen = chosen.filter(|work| arguments.selects(work.name));
    chosen.flat_map(read_all_of).collect()
}

fn read_all_of(work: &'static Work) -> impl Iterator<Item = (Report, Origin)> {
    let sizes = [1, 2, 4, 8, 1_000, 10_000, 100_000, 1_000_000];
    let sizes = [None].into_iter().chain(sizes.map(Some));
    sizes.filter_map(move |at| {
        let bytes = fs::read(path(work, at)).ok()?;
        let Kept { origin, standings } = serde_json::from_slice(&bytes).ok()?;
        let report = Report {
            work,
            at,
            standings,
        };
        Some((report, origin))
    })
}

fn path(work: &Work, at: Option<u64>) -> PathBuf {
    let at = at.map_or(String::new(), |at| format!("-{at}"));
    folder().join(format!("{}{at}.json", work.name))
}

fn folder() -> PathBuf {
    [env!("CARGO_TARGET_TMPDIR"), "figures"].iter().collect()
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = output_of("uname", &["-s", "-r", "-m"]);
    let compiler = output_of("rustc", &["--version"]);
    format!("{cores} cores, {kernel}, {compiler}")
}

/// What a command prints, or that it is unknown: figures fail nothing.
fn output_of(command: &str, arguments: &[&str]) -> String {
    let output = Command::new(command).args(arguments).output();
    output.map_or_else(
        |_| format!("{command} unknown"),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}
