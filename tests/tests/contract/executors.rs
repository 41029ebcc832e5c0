//! The facts, by what they ask of an executor.
//!
//! A list names facts by module; each has a file, a table of contents of what it
//! asks for. A fact that is in no list is dead code, and the compiler says so.

/// Makes tests of facts: each runs on a thread of its own, and fails if it hangs.
macro_rules! facts {
    (<$fixture:ty> $($folder:ident::$module:ident { $($fact:ident,)* })*) => {$($(
        #[test]
        fn $fact() {
            tests::within(crate::LIMIT, crate::$folder::$module::$fact::<$fixture>);
        }
    )*)*};
    ($($folder:ident::$module:ident { $($fact:ident,)* })*) => {$($(
        #[test]
        fn $fact() {
            tests::within(crate::LIMIT, crate::$folder::$module::$fact);
        }
    )*)*};
}

/// The same of facts that Miri cannot show: it refuses no thread, starts no program and opens no
/// file, and a runtime of tokio was not seen to end there.
macro_rules! facts_of_the_system {
    ($($folder:ident::$module:ident { $($fact:ident,)* })*) => {$($(
        #[test]
        #[cfg_attr(miri, ignore = "Miri refuses no thread, has no programs and files, and takes too long over tokio")]
        fn $fact() {
            tests::within(crate::LIMIT, crate::$folder::$module::$fact);
        }
    )*)*};
    (<$fixture:ty> $($folder:ident::$module:ident { $($fact:ident,)* })*) => {$($(
        #[test]
        #[cfg_attr(miri, ignore = "Miri refuses no thread, has no programs and files, and takes too long over tokio")]
        fn $fact() {
            tests::within(crate::LIMIT, crate::$folder::$module::$fact::<$fixture>);
        }
    )*)*};
}

#[macro_use]
mod everywhere;
#[macro_use]
mod workers;
#[macro_use]
mod local_workers;
#[macro_use]
mod own_threads;
#[macro_use]
mod thread_pool;
#[macro_use]
mod work_stealing;
