//! Closures as calls, for tests that share memory with their calls on any executor that allows it.

use concurrent_futures::Task;

/// A call that runs a closure; made by [`call`].
#[derive(Debug)]
pub struct Closure<F>(F);

/// Makes a call of a closure.
pub fn call<T, F: FnOnce() -> T>(closure: F) -> Closure<F> {
    Closure(closure)
}

impl<F, T> Task for Closure<F>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    type Output = T;

    fn name() -> &'static str {
        "closure"
    }

    fn run(self) -> T {
        (self.0)()
    }
}

/// A call that runs a closure whose `Err` is a failure; made by [`fallible`].
#[derive(Debug)]
pub struct Fallible<F>(F);

/// Makes a call of a closure whose `Err` is a failure.
pub fn fallible<T, E, F: FnOnce() -> Result<T, E>>(closure: F) -> Fallible<F> {
    Fallible(closure)
}

impl<F, T, E> Task for Fallible<F>
where
    F: FnOnce() -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    type Output = Result<T, E>;

    fn name() -> &'static str {
        "fallible closure"
    }

    fn run(self) -> Result<T, E> {
        (self.0)()
    }

    fn failed(output: &Result<T, E>) -> bool {
        output.is_err()
    }
}
