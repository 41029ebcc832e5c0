//! Leaves fifty calls behind, each of which prints a line; its `main` calls `init` by hand.

use std::sync::mpsc::channel;

use concurrent_futures::ThreadPool;

fn main() {
    let _guard = concurrent_futures::init();
    // The first call waits until this is dropped: nothing runs while `main` does.
    let (_until_main_ends, main_ends) = channel::<()>();
    let pool = ThreadPool::builder()
        .workers(1)
        .build()
        .expect("one worker is enough");
    pool.spawn(move || main_ends.recv().is_ok()).detach();
    for n in 0..50 {
        pool.spawn(move || println!("call {n}")).detach();
    }
    pool.shutdown_detached();
    println!("main ends");
}
