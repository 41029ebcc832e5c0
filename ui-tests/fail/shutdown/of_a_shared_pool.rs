use std::sync::Arc;

use concurrent_futures::ThreadPool;

fn main() {
    let pool = Arc::new(ThreadPool::new());
    pool.shutdown();
}
