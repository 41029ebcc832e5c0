//! A task is seen as far as its function.

#![deny(warnings, unreachable_pub, private_interfaces)]

use concurrent_futures::prelude::*;

mod tasks {
    use concurrent_futures::prelude::*;

    #[task]
    pub(crate) fn of_the_crate(n: u64) -> u64 {
        n
    }

    #[task]
    pub(super) fn of_the_parent(n: u64) -> u64 {
        of_the_module::submit(&Inline, n).result().unwrap() + self::inner::inside(n)
    }

    #[task]
    pub(self) fn of_the_module(n: u64) -> u64 {
        n
    }

    mod inner {
        use concurrent_futures::prelude::*;

        pub(super) fn inside(n: u64) -> u64 {
            from_here::submit(&Inline, n).result().unwrap()
        }

        #[task]
        pub(in crate::tasks) fn from_here(n: u64) -> u64 {
            n
        }
    }
}

struct Private(u64);

#[task]
fn of_a_private_type(value: Private) -> Private {
    Private(value.0 + 1)
}

fn main() -> Result<(), TaskError> {
    assert_eq!(tasks::of_the_crate::submit(&Inline, 1).result()?, 1);
    assert_eq!(tasks::of_the_parent::submit(&Inline, 1).result()?, 2);
    assert_eq!(of_a_private_type::submit(&Inline, Private(1)).result()?.0, 2);
    Ok(())
}
