//! Thumbnails of images that cannot be trusted.
//!
//! The lesson: decoders crash, loop and eat memory on files that were made to
//! that end, or just broke. Each file is decoded in a worker process, within
//! a limit of time and one of memory. A file that breaks a limit, or its
//! decoder, fails alone; its error says why, and the sheet shows it.
//!
//! ```text
//!   folder --submit--> worker: decode, decode, ...       --as_completed--> sheet
//!                      worker: decode, † too much memory
//!                      worker in its place: decode, ...
//! ```
//!
//! ```sh
//! cargo run --release --example thumbnails
//! cargo run --release --example thumbnails -- photos --limit 5s --memory 1GiB
//! ```
//!
//! Without a folder it paints a gallery, lays files among the pictures that
//! are up to no good, and fails if one of them does not end as it must.

mod arguments;
mod canvas;
mod colour;
mod decode;
mod gallery;
mod limits;
mod pages;
mod progress;
mod reason;
mod sheet;
mod snap;

use std::env;
use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use concurrent_futures::prelude::*;
use rustix::process::{Resource, Rlimit, setrlimit};

use arguments::{Arguments, HELP};
use decode::{Thumbnail, thumbnail};
use gallery::Gallery;
use limits::Limits;
use progress::Progress;
use reason::{Kind, Reason};
use sheet::{Card, End, SIDE};

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(env::args_os().skip(1)).map_err(|error| error.to_string())?;
    if arguments.help {
        println!("{HELP}");
        return Ok(());
    }
    match &arguments.folder {
        Some(folder) => {
            make_sheet(folder, &arguments)?;
            Ok(())
        }
        None => {
            let gallery = Gallery::paint()?;
            let cards = make_sheet(gallery.folder(), &arguments)?;
            check(&cards, gallery.folder(), &arguments)
        }
    }
}

fn make_sheet(folder: &Path, arguments: &Arguments) -> Result<Vec<Card>, Box<dyn Error>> {
    let cards = decode_all(&files_of(folder)?, arguments.limits, arguments)?;
    let sheet = match &arguments.sheet {
        Some(file) => file.clone(),
        None => env::current_exe()?.with_file_name("contact-sheet.png"),
    };
    sheet::draw(&cards, arguments.limits).save_with_format(&sheet, image::ImageFormat::Png)?;
    print_summary(&cards, &sheet);
    Ok(cards)
}

/// Submits every file, and takes each thumbnail as soon as it is there.
fn decode_all(
    files: &[PathBuf],
    limits: Limits,
    arguments: &Arguments,
) -> Result<Vec<Card>, Box<dyn Error>> {
    let pool = ProcessPool::builder()
        .workers(workers(arguments))
        .timeout(limits.time)
        .memory(limits.memory)
        .try_initializer(leave_no_dump {})
        .build()?;
    let mut progress = Progress::new(files.len());
    let calls = files
        .iter()
        .map(|file| (file, thumbnail::submit(&pool, file, SIDE)));
    let mut cards = Vec::new();
    for (file, call) in as_completed(calls) {
        let outcome = call.try_result();
        progress.step(outcome.is_err());
        let outcome = outcome.map_err(|failure| Reason::of(&failure, limits));
        cards.push(card(file, outcome));
    }
    progress.finish();
    cards.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(cards)
}

/// Its files, without folders and hidden ones.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let told = |error: io::Error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(told)? {
        let entry = entry?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !is_hidden && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    if files.is_empty() {
        return Err(format!("{} has no files; name a folder of images", folder.display()).into());
    }
    Ok(files)
}

fn card(file: &Path, outcome: Result<Thumbnail, Reason>) -> Card {
    let name = file.file_name().unwrap_or_default();
    Card {
        name: name.to_string_lossy().into_owned(),
        size: fs::metadata(file).map_or(0, |file| file.len()),
        outcome,
    }
}

fn workers(arguments: &Arguments) -> usize {
    let cores = thread::available_parallelism();
    arguments.workers.or(cores.ok()).map_or(1, usize::from)
}

/// Prepares a worker: one that crashes leaves no dump of its memory behind.
#[task]
fn leave_no_dump() -> Result<(), PortableError> {
    let nothing = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    Ok(setrlimit(Resource::Core, nothing)?)
}

fn print_summary(cards: &[Card], sheet: &Path) {
    let failures = cards
        .iter()
        .filter_map(|card| Some((card, card.outcome.as_ref().err()?)));
    let failures: Vec<_> = failures.collect();
    let pictures = cards.len() - failures.len();
    println!("pictures  {pictures}");
    println!("failures  {}", failures.len());
    for (card, reason) in failures {
        println!("          {:<16}  {}", card.name, reason.text);
    }
    println!("sheet     {}", sheet.display());
}

/// Fails unless each file of the gallery has ended as planned.
fn check(cards: &[Card], folder: &Path, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut unplanned = Vec::new();
    for (name, planned) in Gallery::plan() {
        let mut end = cards.iter().find(|card| card.name == name).map(Card::end);
        if (end, planned) == (Some(Err(Kind::TooSlow)), Err(Kind::TooLarge)) {
            end = end_with_time(&folder.join(name), arguments)?;
        }
        if end != Some(planned) {
            unplanned.push(name);
        }
    }
    match unplanned.as_slice() {
        [] => Ok(()),
        names => Err(format!("ended otherwise than planned: {}", names.join(", ")).into()),
    }
}

/// How a file ends that has all the time it needs.
///
/// On a busy machine time may be up before the memory is.
fn end_with_time(file: &Path, arguments: &Arguments) -> Result<Option<End>, Box<dyn Error>> {
    let limits = Limits {
        time: Duration::from_secs(60),
        ..arguments.limits
    };
    let cards = decode_all(&[file.to_owned()], limits, arguments)?;
    Ok(cards.first().map(Card::end))
}
