//! Each option, in each of its forms.

#![deny(warnings)]

use concurrent_futures::prelude::*;

const LIMIT: Duration = Duration::from_secs(5);
const ATTEMPTS: u32 = 2;
const BYTES: u64 = 1 << 30;
const IS_PATIENT: bool = true;

#[task(timeout = "1m 30s", memory = "512MiB", retries = 2, backoff = "0ms", retry_timeouts = true)]
fn render() {}

#[task(timeout = "1m 30s", retries = 2, name = "shop.price", wrapper = PriceTask)]
fn price(n: u64) -> u64 {
    n
}

#[task(
    timeout = LIMIT,
    memory = BYTES,
    retries = ATTEMPTS,
    backoff = LIMIT,
    retry_timeouts = IS_PATIENT
)]
fn by_constants() {}

#[task(timeout = Duration::from_secs(5) * 2, memory = 3 << 30, retry_timeouts = !IS_PATIENT,)]
fn by_expressions() {}

#[task()]
fn none() {}

// A type of this name is there already.
#[task(wrapper = PageTask)]
fn page(n: u64) -> page::Page {
    page::Page(n)
}

mod page {
    pub(crate) struct Page(pub(crate) u64);
}

#[task(memory = "7B")]
fn bytes() {}

#[task(memory = "8 kB")]
fn kilobytes() {}

#[task(memory = "9MB")]
fn megabytes() {}

#[task(memory = "10GB")]
fn gigabytes() {}

#[task(memory = "11KiB")]
fn kibibytes() {}

#[task(memory = "12GiB")]
fn gibibytes() {}

fn sizes() {
    let options = [
        bytes::options(),
        kilobytes::options(),
        megabytes::options(),
        gigabytes::options(),
        kibibytes::options(),
        gibibytes::options(),
    ];
    let sizes = options.map(|options| options.get_memory().unwrap());
    assert_eq!(sizes, [7, 8_000, 9_000_000, 10_000_000_000, 11 << 10, 12 << 30]);
    bytes();
    kilobytes();
    megabytes();
    gigabytes();
    kibibytes();
    gibibytes();
}

fn main() -> Result<(), TaskError> {
    assert_eq!(PriceTask::name(), "shop.price");
    assert_eq!(PriceTask::options().get_timeout(), Some(Duration::from_secs(90)));
    assert_eq!(PriceTask::options().get_retries(), Some(2));
    assert_eq!(price(PriceTask { n: 2 }.run()), 2);
    assert_eq!(by_constants::options().get_timeout(), Some(LIMIT));
    assert_eq!(by_constants::options().get_retries(), Some(ATTEMPTS));
    assert_eq!(by_constants::options().get_memory(), Some(BYTES));
    assert_eq!(by_constants::options().get_backoff(), Some(LIMIT));
    assert_eq!(by_constants::options().get_retry_timeouts(), Some(true));
    assert_eq!(by_expressions::options().get_memory(), Some(3 << 30));
    assert_eq!(by_expressions::options().get_retry_timeouts(), Some(false));
    assert_eq!(render::options().get_memory(), Some(512 << 20));
    assert_eq!(render::options().get_backoff(), Some(Duration::ZERO));
    sizes();
    render();
    assert_eq!(by_expressions::options().get_timeout(), Some(LIMIT * 2));
    assert_eq!(none::options(), Options::new());
    by_constants();
    by_expressions();
    assert_eq!(PageTask::submit(&Inline, 4).result()?.0, page(4).0);
    Ok(())
}
