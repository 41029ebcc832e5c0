//! Fetches a hundred pages, of which one is missing and one is empty.
//!
//! The lesson: a call that fails ends nothing but itself. `map` gives an error
//! at its turn, and the later results still come. `as_completed` gives each
//! future with the key that it was paired with. `try_result` tells an `Err`
//! that the task returned from a task that did not return.
//!
//! ```text
//!   urls --> pool of 16 threads --HTTP--> a web server in this program:
//!                                         /50 is missing, /51 is empty
//! ```
//!
//! ```sh
//! cargo run --release --example hundred_fetches
//! ```

mod server;

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::thread;

use concurrent_futures::prelude::*;
use ureq::Agent;

use server::Answer;

const PAGES: u32 = 100;
const MISSING: u32 = 50;
const EMPTY: u32 = 51;

/// Shared by all fetches; it asks no proxy, since none reaches this machine.
static AGENT: LazyLock<Agent> = LazyLock::new(|| {
    let limit = Some(Duration::from_secs(10));
    let config = Agent::config_builder().timeout_global(limit).proxy(None);
    config.build().into()
});

/// Fetches a page.
#[task]
fn fetch(url: &str) -> Result<String, PortableError> {
    Ok(AGENT.get(url).call()?.body_mut().read_to_string()?)
}

/// The first word of a page; calls the other task as what it is, a function.
#[task]
fn first_word(url: &str) -> Result<String, PortableError> {
    let page = fetch(url)?;
    let word = page.split_whitespace().next();
    Ok(word.expect("a page has words").to_owned())
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let pool = ThreadPool::builder().workers(16).build()?;
    let urls = urls_of(start_server()?);

    fetch_in_order(&pool, &urls)?;
    fetch_as_completed(&pool, &urls);
    tell_failures_apart(&pool, &urls);
    Ok(())
}

/// Two `Result`s: the outer says whether the task returned, the inner is what
/// it returned.
fn fetch_in_order(pool: &ThreadPool, urls: &[String]) -> Result<(), TaskError> {
    println!("map, in the order of the pages:");
    let mut arrived = 0;
    for (number, page) in fetch::map(pool, urls).enumerate() {
        match page? {
            Ok(_) => arrived += 1,
            Err(error) => println!("  page {number}: {error}, after {arrived} that arrived"),
        }
    }
    println!("  {arrived} arrived in all");
    Ok(())
}

fn fetch_as_completed(pool: &ThreadPool, urls: &[String]) {
    println!("as_completed, each future with its number:");
    let fetches = (0..).zip(urls.iter().map(|url| fetch::submit(pool, url)));
    for (place, (number, future)) in (1..).zip(as_completed(fetches)) {
        match future.try_result() {
            Ok(page) if place == 1 => println!("  page {number} is the first to finish: {page}"),
            Ok(_) => {}
            Err(failure) => println!("  page {number} is number {place} to finish: {failure}"),
        }
    }
}

fn tell_failures_apart(pool: &ThreadPool, urls: &[String]) {
    println!("try_result, of a task that panics on the empty page:");
    let futures: Vec<_> = (MISSING - 1..=EMPTY)
        .map(|number| (number, first_word::submit(pool, &urls[number as usize])))
        .collect();
    for (number, future) in futures {
        match future.try_result() {
            Ok(word) => println!("  page {number}: the first word is `{word}`"),
            Err(Failure::Returned(error)) => println!("  page {number}: returned `{error}`"),
            Err(Failure::Task(error)) => println!("  page {number}: did not return: {error}"),
        }
    }
}

fn urls_of(server: SocketAddr) -> Vec<String> {
    (0..PAGES)
        .map(|number| format!("http://{server}/{number}"))
        .collect()
}

/// Serves the pages, each after 5 to 54 ms, as a server far away would.
fn start_server() -> io::Result<SocketAddr> {
    server::start(|path| {
        let number = path.trim_start_matches('/').parse().unwrap_or(MISSING);
        thread::sleep(Duration::from_millis(5 + u64::from(number) * 37 % 50));
        match number {
            MISSING => Answer::not_found(),
            EMPTY => Answer::page(""),
            _ => Answer::page(format!("This is page {number}.")),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_page_costs_no_other_one() {
        let urls = urls_of(start_server().expect("a free port"));
        let pool = ThreadPool::builder().workers(16).build().expect("a pool");

        let limit = MapOptions::new().timeout(Duration::from_secs(60));
        let pages = fetch::map_with(&pool, limit, &urls).expect("sound options");
        let pages = pages.into_vec().expect("every fetch returns");

        let failed: Vec<_> = (0..)
            .zip(&pages)
            .filter(|(_, page)| page.is_err())
            .collect();
        assert_eq!((pages.len(), failed.len()), (100, 1));
        assert_eq!(failed[0].0, MISSING);
    }
}
