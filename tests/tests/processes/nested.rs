//! Pools inside the workers of a pool.

use concurrent_futures::{BuildError, ProcessPool, task};
use tests::Soon;

use crate::{
    kit::{made, pool},
    tasks::who,
};

/// Makes a pool in a worker; the text of what is refused.
#[task]
fn make_a_pool() -> Result<u32, String> {
    let pool = ProcessPool::new().map_err(|error| {
        assert!(matches!(error, BuildError::InWorker));
        error.to_string()
    })?;
    who::submit(&pool)
        .result()
        .map_err(|error| error.to_string())
}

#[test]
fn a_pool_inside_a_worker_is_refused() {
    let pool = pool(1);

    let error = make_a_pool::submit(&pool).soon().unwrap().unwrap_err();

    assert!(error.contains("`nested(true)`"), "{error}");
}

#[test]
fn a_pool_inside_a_worker_works_if_it_was_asked_for() {
    let pool = made(ProcessPool::builder().workers(1).nested(true));
    let outer = who::submit(&pool).soon().unwrap();

    let inner = make_a_pool::submit(&pool).soon().unwrap().unwrap();

    assert!(inner != outer && inner != std::process::id());
}
