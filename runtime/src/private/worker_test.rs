//! Test binaries that are their own workers.

/// Lets a test binary be its own worker process.
///
/// Adds the test `worker_process`, through which [`ProcessPool`](crate::ProcessPool) starts the
/// binary again as a worker; in an ordinary run that test does nothing. Use it once in each
/// test binary that makes process pools, in any module.
///
/// # Examples
///
/// ```
/// // tests/crunching.rs
/// concurrent_futures::worker_test!();
///
/// #[test]
/// fn crunches_in_a_process() {
///     let pool = concurrent_futures::ProcessPool::new().unwrap();
///     // …
/// }
/// ```
#[expect(clippy::test_attr_in_doctest, reason = "that is where it belongs")]
#[macro_export]
macro_rules! worker_test {
    () => {
        #[test]
        fn worker_process() {
            $crate::private::become_worker_if_marked();
        }

        $crate::private::inventory::submit! {
            $crate::private::WorkerTest(::core::concat!(::core::module_path!(), "::worker_process"))
        }
    };
}
