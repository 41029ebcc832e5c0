//! Closures as calls, for executors that share memory with their caller.

use super::Task;

/// A closure whose value is the outcome.
pub(crate) struct Closure<F>(pub(crate) F);

impl<F, T> Task for Closure<F>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    type Output = T;

    fn name() -> &'static str {
        std::any::type_name::<F>()
    }

    fn run(self) -> T {
        (self.0)()
    }
}

/// A closure whose `Err` counts as a failure.
pub(crate) struct TryClosure<F>(pub(crate) F);

impl<F, T, E> Task for TryClosure<F>
where
    F: FnOnce() -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    type Output = Result<T, E>;

    fn name() -> &'static str {
        std::any::type_name::<F>()
    }

    fn run(self) -> Result<T, E> {
        (self.0)()
    }

    fn failed(output: &Result<T, E>) -> bool {
        output.is_err()
    }
}
