//! The threads of a pool, the event loop over its connections, and the state that they share.

pub(super) mod complete;
pub(super) mod connection;
pub(super) mod io_threads;
pub(super) mod leader_followers;
pub(super) mod reactor;
pub(super) mod shared;
pub(super) mod waker;
