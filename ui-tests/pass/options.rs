//! Each option, in each of its forms.

#![deny(warnings)]

use concurrent_futures::prelude::*;

const LIMIT: Duration = Duration::from_secs(5);
const ATTEMPTS: u32 = 2;

#[task(timeout = "1m 30s", retries = 2, name = "shop.price", wrapper = PriceTask)]
fn price(n: u64) -> u64 {
    n
}

#[task(timeout = LIMIT, retries = ATTEMPTS)]
fn by_constants() {}

#[task(timeout = Duration::from_secs(5) * 2,)]
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

fn main() -> Result<(), TaskError> {
    assert_eq!(PriceTask::name(), "shop.price");
    assert_eq!(PriceTask::options().get_timeout(), Some(Duration::from_secs(90)));
    assert_eq!(PriceTask::options().get_retries(), Some(2));
    assert_eq!(price(PriceTask { n: 2 }.run()), 2);
    assert_eq!(by_constants::options().get_timeout(), Some(LIMIT));
    assert_eq!(by_constants::options().get_retries(), Some(ATTEMPTS));
    assert_eq!(by_expressions::options().get_timeout(), Some(LIMIT * 2));
    assert_eq!(none::options(), Options::new());
    by_constants();
    by_expressions();
    assert_eq!(PageTask::submit(&Inline, 4).result()?.0, page(4).0);
    Ok(())
}
