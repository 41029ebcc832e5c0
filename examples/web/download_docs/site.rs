//! The web site that is downloaded where no URL is given.
//!
//! It answers each page after a delay that depends on the page alone, so the
//! serial and the concurrent run meet the very same server. One of its URLs
//! leads nowhere, and one answer ends before its announced length.

use std::io;
use std::thread;
use std::time::Duration;

use crate::pages::Pages;
use crate::server::{self, Answer};

const MISSING: &str = "/missing.md";
const BROKEN: &str = "/broken.md";

/// Serves the pages on a free port; returns the URLs of all pages, and of the two that fail.
pub(crate) fn start(pages: Pages) -> io::Result<Vec<String>> {
    let paths = pages.paths().chain([MISSING, BROKEN]);
    let paths: Vec<_> = paths.map(str::to_owned).collect();
    let address = server::start(move |path| answer(&pages, path))?;
    let url = |path: &String| format!("http://{address}{path}");
    Ok(paths.iter().map(url).collect())
}

fn answer(pages: &Pages, path: &str) -> Answer {
    thread::sleep(delay(path));
    match pages.get(path) {
        Some(page) => Answer::page(page),
        None if path == BROKEN => broken_answer(),
        None => Answer::not_found(),
    }
}

/// 30 to 80 ms, always the same for the same path.
fn delay(path: &str) -> Duration {
    let hash = path.bytes().fold(0_u64, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(byte.into())
    });
    Duration::from_millis(30 + hash % 51)
}

/// Announces more bytes than it sends.
fn broken_answer() -> Answer {
    Answer {
        length: 4096,
        ..Answer::page("only the beginning")
    }
}
