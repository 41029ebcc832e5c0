//! What a task adds passes the lints of a strict crate.

#![forbid(unsafe_code)]
#![deny(
    warnings,
    unused,
    nonstandard_style,
    rust_2018_idioms,
    future_incompatible,
    let_underscore,
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations,
    unreachable_pub,
    unused_qualifications,
    unused_results,
    unused_lifetimes,
    unused_import_braces,
    unit_bindings,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    explicit_outlives_requirements,
    variant_size_differences,
    redundant_lifetimes,
    elided_lifetimes_in_paths,
    meta_variable_misuse,
    macro_use_extern_crate,
    let_underscore_drop,
    non_ascii_idents,
    unsafe_op_in_unsafe_fn
)]

use concurrent_futures::prelude::*;

/// Adds numbers.
#[task(timeout = "5s", retries = 1)]
pub fn add(a: u64, b: &u64) -> u64 {
    a + b
}

/// Tasks of a module.
pub mod tasks {
    use concurrent_futures::prelude::*;

    /// Counts words.
    #[task]
    pub fn words(text: &str, least: &[usize]) -> Result<usize, PortableError> {
        let words = text.split(' ').filter(|word| least.contains(&word.len()));
        Ok(words.count())
    }
}

#[task]
fn private() {}

fn main() -> Result<(), TaskError> {
    assert_eq!(Inline.submit_with(add::new(1, 2), Options::new()).name(), add::name());
    assert_eq!(tasks::words::submit(&Inline, "a bb", [2]).try_result().ok(), Some(1));
    private::submit(&Inline).result()
}
