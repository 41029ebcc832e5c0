use concurrent_futures::prelude::*;

#[allow(non_camel_case_types)]
pub struct price {
    pub cents: u64,
}

#[task]
fn price(article: u64) -> u64 {
    article * 3
}

fn main() {
    let _ = price(4) + price { cents: 5 }.cents;
}
