//! Asks for a pool of processes, and has never called `init`.

use concurrent_futures::{BuildError, ProcessPool};

fn main() {
    println!("main begins");
    match ProcessPool::new() {
        Ok(_) => println!("a pool"),
        Err(error @ BuildError::NotInitialized) => println!("NotInitialized: {error}"),
        Err(error) => println!("{error}"),
    }
}
