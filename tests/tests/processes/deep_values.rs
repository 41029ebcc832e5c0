//! Values that are nested deeper than a stack has room for: an error of their call, on whichever
//! side that is found.

use concurrent_futures::{TaskError, task};
use serde::{Deserialize, Serialize};
use tests::Soon;

use crate::{
    kit::{Pool, one_worker},
    tasks::who,
};

/// Holds itself; is dropped without going deep.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Deep {
    inner: Option<Box<Deep>>,
}

impl Deep {
    fn of(depth: usize) -> Self {
        let wrap = |inner, _| Self {
            inner: Some(Box::new(inner)),
        };
        (0..depth).fold(Self::default(), wrap)
    }

    fn depth(&self) -> usize {
        let first = self.inner.as_deref();
        std::iter::successors(first, |deep| deep.inner.as_deref()).count()
    }
}

impl Drop for Deep {
    fn drop(&mut self) {
        let mut next = self.inner.take();
        while let Some(mut deep) = next {
            next = deep.inner.take();
        }
    }
}

#[task]
fn dig(depth: usize) -> Deep {
    Deep::of(depth)
}

#[task]
fn measure(deep: Deep) -> usize {
    deep.depth()
}

/// From what fits anywhere to what fits nowhere, in steps of a tenth.
fn depths() -> impl Iterator<Item = usize> {
    let next = |depth: &usize| Some(depth + depth / 10);
    std::iter::successors(Some(100), next).take_while(|depth| *depth < 400_000)
}

/// Each of these calls gave its depth, or a typed error; the worker was none the worse. The errors.
#[track_caller]
fn assert_fit_or_refused(
    outcome: impl Fn(&Pool, usize) -> Result<usize, TaskError>,
) -> Vec<TaskError> {
    let (pool, pid) = one_worker();
    let mut errors = Vec::new();
    for depth in depths() {
        match outcome(&pool, depth) {
            Ok(found) => assert_eq!(found, depth),
            Err(error) => {
                assert!(error.is_encode() || error.is_decode(), "{depth}: {error}");
                assert!(error.to_string().contains("nested deeper"), "{error}");
                errors.push(error);
            }
        }
    }
    assert!(outcome(&pool, 100).is_ok());
    assert_eq!(who::submit(&pool).soon().unwrap(), pid);
    errors
}

#[test]
fn a_result_nested_too_deep_for_the_program_is_an_error_of_its_call() {
    let errors = assert_fit_or_refused(|pool, depth| {
        let deep = dig::submit(pool, depth).soon()?;
        Ok(deep.depth())
    });

    assert!(errors.iter().any(TaskError::is_decode), "{errors:?}");
    assert!(errors.iter().any(TaskError::is_encode), "{errors:?}");
}

#[test]
fn arguments_nested_too_deep_are_an_error_of_their_call() {
    let errors = assert_fit_or_refused(|pool, depth| measure::submit(pool, Deep::of(depth)).soon());

    assert!(errors.iter().any(TaskError::is_encode), "{errors:?}");
}
