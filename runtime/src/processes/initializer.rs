//! A task that each worker runs before it says hello.

use std::{fmt, sync::Arc};

use super::{pool::Shared, scheduler::WorkerId};
use crate::{
    error::TaskError,
    portable::Parts,
    task::{Remote, registry, remote},
    unwind,
};

/// Says why the result of the initializer is a failure, if it is one. Runs user code.
pub(super) type Check = Box<dyn Fn(&[u8]) -> Result<(), String> + Send + Sync>;

/// An initializer: its task, the bytes of its arguments, and what its result means.
pub(super) struct Initializer {
    pub(super) call: Result<(u32, Vec<u8>), TaskError>,
    pub(super) check: Check,
}

impl Initializer {
    /// One that fails only by a panic.
    pub(super) fn new<T: Remote>(call: T) -> Self {
        Self {
            call: encode(call),
            check: Box::new(|_| Ok(())),
        }
    }

    /// One that may return an error.
    pub(super) fn fallible<T, E>(call: T) -> Self
    where
        T: Remote<Output = Result<(), E>>,
        E: fmt::Display,
    {
        Self {
            call: encode(call),
            check: Box::new(|bytes| {
                let result =
                    remote::decode_output::<T>(bytes).map_err(|error| error.to_string())?;
                result.map_err(|error| format!("initializer failed: {error}"))
            }),
        }
    }
}

fn encode<T: Remote>(call: T) -> Result<(u32, Vec<u8>), TaskError> {
    let task = registry::index_of(T::entry()).map_err(TaskError::rejected)?;
    let mut parts = Parts::new();
    remote::encode(call, &mut parts)?;
    let part = parts.iter().next().expect("a call is one part");
    Ok((task, part.to_vec()))
}

/// A worker has run the initializer: it is ready, or the pool is broken.
pub(super) fn initialized(pool: &Arc<Shared>, id: WorkerId, bytes: &[u8]) {
    let judged = match &pool.check {
        None => Ok(()),
        Some(check) => unwind::catch(|| check(bytes)).unwrap_or_else(|panic| {
            let reason = format!(
                "initializer failed: {}",
                panic.message().unwrap_or_default()
            );
            unwind::discard(panic);
            Err(reason)
        }),
    };
    pool.schedule(|scheduler, effects| match judged {
        Ok(()) => {
            scheduler.ready(id, effects);
            scheduler.dispatch(effects);
        }
        Err(reason) => scheduler.break_down(reason, effects),
    });
}
