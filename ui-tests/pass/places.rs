//! A task stands wherever a function does.

#![deny(warnings)]

use concurrent_futures::prelude::*;

macro_rules! doubling {
    ($name:ident, $n:ident: $ty:ty) => {
        #[task]
        fn $name($n: $ty) -> $ty {
            $n * 2
        }
    };
    ($name:ident) => {
        doubling!($name, n: u64);
    };
}

macro_rules! measuring {
    ($name:ident($text:ident: $ty:ty), $limit:expr, $path:literal) => {
        #[task(timeout = $limit, name = $path)]
        fn $name($text: $ty) -> usize {
            $text.len()
        }
    };
}

doubling!(double);
doubling!(double_small, small: u8);
measuring!(measure(text: &str), "5s", "text.measure");
measuring!(measure_all(texts: &[String]), Duration::from_secs(5), "text.measure_all");

fn one() -> u64 {
    #[task]
    fn local() -> u64 {
        1
    }
    local::submit(&Inline).result().unwrap()
}

fn two() -> u64 {
    #[task]
    fn local() -> u64 {
        2
    }
    local::submit(&Inline).result().unwrap()
}

struct Math;

impl Math {
    fn three() -> u64 {
        #[task]
        fn local() -> u64 {
            3
        }
        Inline.submit(local {}).result().unwrap()
    }
}

mod tasks {
    pub(crate) mod deep {
        #[concurrent_futures::task]
        pub(crate) fn four() -> u64 {
            4
        }
    }
}

use tasks::deep::four;

fn main() -> Result<(), TaskError> {
    assert_eq!(double::submit(&Inline, 4).result()?, 8);
    assert_eq!(double_small::submit(&Inline, 4).result()?, 8);
    assert_eq!(measure(measure { text: "ab".to_owned() }.text.as_str()), 2);
    assert_eq!(measure::new("ab").run() + measure_all::new(["a".to_owned()]).run(), 3);
    assert_eq!((measure::name(), measure_all::name()), ("text.measure", "text.measure_all"));
    assert_eq!(measure::options(), measure_all::options());
    assert_eq!((one(), two(), Math::three()), (1, 2, 3));
    assert_eq!(four::submit(&Inline).result()?, four());
    let closure = || {
        #[task]
        fn local() -> u64 {
            5
        }
        local::submit(&Inline).result()
    };
    assert_eq!(closure()?, 5);
    Ok(())
}
