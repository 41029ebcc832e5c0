//! Counts the lines of all Rust sources on this machine, on the executor of your choice.
//!
//! The lesson: the executor is an option of the program. `PoolChoice` is what
//! `--on threads:8` becomes, with errors that say what there is to choose
//! from, and `build` makes the pool of it; the rest is the same for all.
//! `map` with a buffer keeps some files ahead of the counting, not
//! all, and gives the results in the order of the files.
//!
//! ```text
//!   cargo's crates --> files --map--> pool: count_file, count_file, …
//!                               <---- code, comments, blank --> progress, table
//! ```
//!
//! ```sh
//! cargo run --release --example source_lines
//! cargo run --release --example source_lines -- --on processes:2
//! cargo run --release --example source_lines -- --on inline --top 5 some/folder
//! ```
//!
//! If cargo has unpacked no crate yet, the sources of this workspace are counted.

mod arguments;
mod lines;
mod progress;
mod sources;
mod table;

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use concurrent_futures::{Executor, prelude::*};

use arguments::Arguments;
use lines::Lines;
use progress::Progress;
use sources::Crate;
use table::{Row, Table, grouped};

/// Enough to keep any pool busy, few enough to see progress on every one.
const FILES_AHEAD: usize = 2000;

/// Counts the lines of a file.
#[task]
fn count_file(path: &Path) -> Result<Lines, PortableError> {
    Ok(Lines::of(&fs::read(path)?))
}

#[concurrent_futures::main]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("source_lines: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(env::args_os().skip(1))?;
    if arguments.help {
        println!("{}", arguments::help());
        return Ok(());
    }
    let pool = arguments.on.build()?;
    let crates = match &arguments.folder {
        Some(folder) => sources::in_folder(folder)?,
        None => sources::of_this_machine()?,
    };
    if crates.is_empty() {
        return Err("no Rust sources there; name a folder that holds folders with some".into());
    }
    let started = Instant::now();
    let table = Table::new(count_all(&pool, &crates)?, arguments.top);
    let elapsed = started.elapsed();

    println!("{table}\n");
    let (total, workers) = (table.total(), pool.workers());
    let (lines, files) = (grouped(total.lines.all()), grouped(total.files));
    println!("  {lines} lines in {files} files: {elapsed:.2?} on `{pool}`, {workers} at a time");
    Ok(())
}

/// Counts each crate; a file that cannot be read is told, and left out.
fn count_all(pool: &Pool, crates: &[Crate]) -> Result<Vec<Row>, Box<dyn Error>> {
    let files = crates.iter().flat_map(|one| &one.files);
    let progress = Progress::start(files.clone().count() as u64);
    let options = MapOptions::new().buffer(FILES_AHEAD);
    let mut counts = count_file::map_with(pool, options, files)?.try_results();
    let mut rows = Vec::new();
    for Crate { name, files } in crates {
        progress.name(name);
        let mut row = Row::new(name);
        for (file, count) in files.iter().zip(&mut counts) {
            match count {
                Ok(lines) => row.add(lines),
                Err(error) => progress.note(&format!("{}: {error}", file.display())),
            }
            progress.step();
        }
        rows.push(row);
    }
    Ok(rows)
}

#[cfg(test)]
concurrent_futures::worker_test!();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_executor_counts_the_same() {
        let crates =
            sources::in_folder(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("it is there");

        let counted = ["inline", "threads:2", "processes:2"].map(|name| {
            let pool: Pool = name.parse().expect("there is such a pool");
            let rows = count_all(&pool, &crates).expect("options of a map that make sense");
            Table::new(rows, 0).total()
        });

        let [inline, threads, processes] = counted.map(|total| (total.files, total.lines));
        assert!(inline.1.code > 100, "at least this example is there");
        assert_eq!((threads, processes), (inline, inline));
    }
}
