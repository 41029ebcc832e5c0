use concurrent_futures::prelude::*;

fn taken(future: Future<u32>) -> Result<u32, TaskError> {
    future.result()
}

fn main() {
    let _ = taken(ThreadPool::new().spawn(|| 6 * 7));
}
