//! The initializer: a task that each worker runs before it says hello.

use std::fmt;

use crate::{
    error::TaskError,
    portable::Parts,
    task::{Remote, registry, remote},
};

/// Returns the failure that the result of the initializer stands for, if it does. Runs user code.
pub(crate) type Check = Box<dyn Fn(&[u8]) -> Result<(), String> + Send + Sync>;

/// An initializer: its task, its encoded arguments, and the meaning of its result.
pub(crate) struct Initializer {
    pub(crate) call: Result<(u32, Vec<u8>), TaskError>,
    pub(crate) check: Check,
}

impl Initializer {
    /// An initializer that fails only by a panic.
    pub(crate) fn new<T: Remote>(call: T) -> Self {
        Self {
            call: encode(call),
            check: Box::new(|_| Ok(())),
        }
    }

    /// An initializer that may return an error.
    pub(crate) fn fallible<T, E>(call: T) -> Self
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
