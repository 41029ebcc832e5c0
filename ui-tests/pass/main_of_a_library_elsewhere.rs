//! `#[main]` calls the library at the path that it is given.

#![deny(warnings)]

use std::sync::atomic::{AtomicBool, Ordering};

static IS_PREPARED: AtomicBool = AtomicBool::new(false);

mod framework {
    pub(crate) mod concurrency {
        pub(crate) mod private {
            use std::sync::atomic::Ordering;

            pub(crate) fn main<R>(body: impl FnOnce() -> R) -> R {
                crate::IS_PREPARED.store(true, Ordering::Relaxed);
                concurrent_futures::private::main(body)
            }
        }
    }
}

#[concurrent_futures::main(crate = crate::framework::concurrency)]
fn main() {
    assert!(IS_PREPARED.load(Ordering::Relaxed));
}
