//! Downloads many files: first one after another, then many at a time.
//!
//! The lesson: `fetch` is an ordinary function with `#[task]` on it. Called
//! it downloads one file; submitted it gives a future, and `as_completed`
//! hands the files over as they arrive, each with the URL it belongs to.
//! A file that fails is reported, and the others go on.
//!
//! ```text
//!   urls --submit--> pool of 16 threads --as_completed--> folder
//! ```
//!
//! ```sh
//! cargo run --release --example download_docs
//! cargo run --release --example download_docs -- --out docs \
//!     https://docs.rs/ https://doc.rust-lang.org/book/
//! ```
//!
//! Without URLs it starts a small web server on this machine, which serves
//! the sources of this workspace, waits 30 to 80 ms before each answer as a
//! distant server would, and has one page missing and one that breaks off.

mod arguments;
mod client;
mod folder;
mod pages;
mod progress;
mod run;
#[path = "../server.rs"]
mod server;
mod site;

use std::env;
use std::error::Error;

use concurrent_futures::prelude::*;

use arguments::{Arguments, HELP};
use client::fetch;
use folder::Folder;
use pages::Pages;
use run::Run;

/// Downloads wait for the network rather than compute, so a lot more threads
/// than cores pay off.
const WORKERS: usize = 16;

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(env::args_os().skip(1)).map_err(|error| error.to_string())?;
    if arguments.help {
        println!("{HELP}");
        return Ok(());
    }
    if arguments.urls.is_empty() {
        let urls = site::start(Pages::of_this_workspace()?)?;
        compare(&urls, arguments)
    } else {
        compare(&arguments.urls.clone(), arguments)
    }
}

fn compare(urls: &[String], arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let folder = Folder::open(arguments.out, urls)?;
    let serial = one_after_another(urls, &folder)?;
    let concurrent = many_at_a_time(urls, &folder)?;
    print_summary(&folder, &serial, &concurrent);
    Ok(())
}

/// A task is still a function: this loop knows nothing of pools.
fn one_after_another(urls: &[String], folder: &Folder) -> Result<Run, Box<dyn Error>> {
    let mut run = Run::start("one after another", urls.len());
    for url in urls {
        run.record(url, folder, fetch(url))?;
    }
    Ok(run.finish())
}

/// Submits every download, then takes each as it finishes.
fn many_at_a_time(urls: &[String], folder: &Folder) -> Result<Run, Box<dyn Error>> {
    let pool = ThreadPool::builder().workers(WORKERS).build()?;
    let mut run = Run::start("many at a time", urls.len());
    let downloads = urls.iter().map(|url| (url, fetch::submit(&pool, url)));
    for (url, download) in as_completed(downloads) {
        run.record(url, folder, download.try_result())?;
    }
    Ok(run.finish())
}

fn print_summary(folder: &Folder, serial: &Run, concurrent: &Run) {
    let times = serial.elapsed().as_secs_f64() / concurrent.elapsed().as_secs_f64();
    println!("saved in           {}", folder.path().display());
    println!("files              {}", concurrent.files());
    println!("bytes              {}", concurrent.bytes());
    println!("failures           {}", concurrent.failures().len());
    for (url, reason) in concurrent.failures() {
        println!("                   {url}: {reason}");
    }
    println!("one after another  {:.2?}", serial.elapsed());
    println!(
        "many at a time     {:.2?} ({WORKERS} threads)",
        concurrent.elapsed()
    );
    if concurrent.files() > 0 {
        println!("faster             {times:.1} times");
    }
}
