//! Rayon, or its stand-in when shuttle's models run, since those must see every lock.

#[cfg(all(shuttle, test))]
mod stand_in;

#[cfg(not(all(shuttle, test)))]
pub(super) use rayon_core::{
    ThreadBuilder, ThreadPool, ThreadPoolBuilder, Yield, current_thread_index, max_num_threads,
    yield_now,
};
#[cfg(all(shuttle, test))]
pub(crate) use stand_in::{
    ThreadBuilder, ThreadPool, ThreadPoolBuilder, Yield, current_thread_index, half_of_a_join,
    max_num_threads, yield_now,
};
