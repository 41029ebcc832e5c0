//! Places that look like those where a task is refused, and are not.

use concurrent_futures::prelude::*;

struct Pages(u64);

impl Pages {
    fn count(self) -> u64 {
        #[task]
        fn double(n: u64) -> u64 {
            n * 2
        }
        double::submit(&Inline, self.0).result().unwrap()
    }
}

mod shop {
    use concurrent_futures::prelude::*;

    #[cfg(any())]
    mod price {}

    #[allow(dead_code)]
    mod inner {
        #[allow(non_camel_case_types)]
        pub struct price;
    }

    #[task]
    pub fn price(articles: u64) -> u64 {
        let _ = "mod price;"; // impl Pages {
        articles * 3
    }
}

macro_rules! free {
    (impl $outer:ident { $(#[$attr:meta])* fn $name:ident() }) => {
        $(#[$attr])*
        fn $name() -> &'static str {
            stringify!($outer)
        }
    };
}

free! {
    impl Pages {
        #[task]
        fn outer()
    }
}

// The same, with the name of a macro and of a function that is imported under another one.
use std::{assert as counted, mem::take as taken};

#[task]
fn counted(n: u64) -> u64 {
    let mut n = n;
    counted!(taken(&mut n) < 10);
    n
}

#[task(wrapper = PagesTask)]
fn pages(n: u64) -> u64 {
    Pages(n).count()
}

fn main() {
    assert_eq!(Pages(4).count(), 8);
    assert_eq!(shop::price::submit(&Inline, 4).result().unwrap(), 12);
    assert_eq!(outer::submit(&Inline).result().unwrap(), "Pages");
    assert_eq!(counted::submit(&Inline, 4).result().unwrap(), 0);
    assert_eq!(PagesTask::submit(&Inline, 4).result().unwrap(), 8);
}
